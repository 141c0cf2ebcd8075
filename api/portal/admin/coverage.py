"""Coverage: who answers for which role, country and family now; where nobody does; and the rows it follows from."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from api.auth import session
from api.portal import forms
from api.portal.admin import admin_page, done, room
from api.portal.admin.people import everybody
from api.portal.forms import Said
from api.portal.words import marked as _
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.directory import known, row, seen, whom
from partnerflow import desk, people
from partnerflow.directory.commands import AddCoverage, RemoveCoverage
from partnerflow.directory.gaps import COVERED, gaps
from partnerflow.directory.rows import CoverageRow
from partnerflow.people import Directory, OrganisationKind, Person, Role, Scope
from partnerflow.store import directory_listing, listing
from partnerflow.store.directory import Snapshot, snapshot

MOST = 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    """Who answers: ``person`` by a row; nobody by one: ``fallback`` answers meanwhile, and ``away`` would have.
    ``tiers``: it differs by the partner's tier, and then ``person`` is the first's. Not ``used``: there is
    no partner in that country."""

    person: Person | None
    fallback: Person | None = None
    away: tuple[Person, ...] = ()
    tiers: tuple[tuple[str, Person], ...] = ()
    used: bool = True


@room.get("/admin/coverage")
def coverage() -> Response:
    """The matrix, its gaps, and its rows."""
    return coverage_page()


def coverage_page(said: Said | None = None) -> Response:
    """``said`` when a row was refused."""
    now, snap = seen(), _snapshot()
    role = request.args.get("role", "")
    shown_roles = [r for r in COVERED if r.value == role] or list(COVERED)
    countries, families = _countries(now.directory), _families(snap)
    rows = directory_listing.list_coverage(session(), None, MOST, role=None, person=None)
    return admin_page(
        "coverage",
        matrix=[(r.value, _matrix(now, r, countries, families)) for r in shown_roles],
        families=families,
        countries=countries,
        gaps=open_gaps(),
        rows=sorted((shown.coverage(each, now) for each in rows), key=_order),
        roles=[r.value for r in COVERED],
        role=role,
        people=[
            (key, name)
            for key, name in everybody(now.directory)
            if now.directory.people[key].roles & set(COVERED)
        ],
        tiers=sorted({o.tier for o in now.directory.organisations.values()}),
        said=said,
    )


def _order(each: dict[str, Any]) -> tuple[str, ...]:
    return each["role"], each["country"] or "", each["family"] or "", each["tier"] or "", str(each["id"])


def open_gaps() -> list[dict[str, Any]]:
    """What nobody, or only the fallback, covers, as the API lists it."""
    now, snap = seen(), _snapshot()
    return [shown.gap(each, now.directory) for each in gaps(now.directory, _families(snap), now.at)]


def _snapshot() -> Snapshot:
    _at, version = listing.now(session())
    return snapshot(session(), version)


def _families(snap: Snapshot) -> list[str]:
    return sorted({product.family for product in snap.products.values()})


def _countries(directory: Directory) -> list[str]:
    """Where there are partners, and what rows speak of."""
    buyers = {o.country for o in directory.organisations.values() if o.kind is not OrganisationKind.VENDOR}
    return sorted(buyers | {row.country for row in directory.coverage if row.country})


def _matrix(
    now: shown.Seen, role: Role, countries: list[str], families: list[str]
) -> list[tuple[str, list[Cell]]]:
    """Per country a row of cells, one for each family."""
    return [(country, [_cell(now, role, country, family) for family in families]) for country in countries]


def _cell(now: shown.Seen, role: Role, country: str, family: str) -> Cell:
    directory = now.directory
    tiers = sorted(
        {
            o.tier
            for o in directory.organisations.values()
            if o.country == country and o.kind is not OrganisationKind.VENDOR
        }
    )
    used = bool(tiers)
    tiers = tiers or sorted({o.tier for o in directory.organisations.values()})
    found = [(tier, people.covering(directory, role, Scope(country, family, tier), now.at)) for tier in tiers]
    named = tuple((tier, person) for tier, person in found if person is not None)
    if len(named) < len(found):
        rows = (r for r in directory.coverage if any(r.fits(role, country, family, tier) for tier in tiers))
        away = {r.person for r in rows if not directory.people[r.person].present(now.at)}
        fallback = people.fallback(directory, directory.operator.code, now.at)
        return Cell(None, fallback, tuple(directory.people[key] for key in sorted(away)), used=used)
    different = len({person.id for _tier, person in named}) > 1
    return Cell(named[0][1], tiers=named if different else ())


@room.post("/admin/coverage")
def add_row() -> Response:
    """Add a row; cases that are open follow by themselves."""

    def send() -> desk.Outcome:
        sent = forms.body(bodies.CoverageBody())
        person, code = whom(sent["person"], known(), "/person")
        command = AddCoverage(CoverageRow(id=0, **sent | {"person": person}))
        return done(forms.hand(command, f"organisation/{code}"), _("Added. Open cases follow by themselves."))

    return forms.attempt(send, "/admin/coverage", coverage_page)


@room.post("/admin/coverage/<coverage>/remove")
def remove_row(coverage: str) -> Response:
    """Take a row out."""

    def send() -> desk.Outcome:
        found, code = row(CoverageRow, coverage, "row of the coverage")
        return done(
            forms.hand(RemoveCoverage(found.id), f"organisation/{code}"),
            _("Taken out. Open cases follow by themselves."),
        )

    return forms.attempt(send, "/admin/coverage", coverage_page)
