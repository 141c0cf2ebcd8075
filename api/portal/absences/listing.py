"""The page: absences that are or are to come, and what stands with whom meanwhile."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import Response

from api.auth import reader, session
from api.portal import instants
from api.portal.absences import room
from api.portal.board.openings import Open, open_cases
from api.portal.forms import Said
from api.portal.me import Me, need_me
from api.portal.page import page
from api.schemas.shown import directory as shown
from api.v1.directory import own
from partnerflow.directory import rights
from partnerflow.people import Person, stand_in
from partnerflow.store import directory_listing
from partnerflow.store.listing import CaseFilter

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What of an absent person's somebody else has now."""

    name: str
    cases: int
    steps: int


@room.get("/absences")
def absences() -> Response:
    """Who is away and who stands in; with the form for one's own."""
    return absences_page()


def absences_page(said: Said | None = None) -> Response:
    """The page; ``said`` when something sent from it was refused."""
    who = need_me()
    seen = shown.Seen(reader(), who.directory, who.at)
    rows = directory_listing.list_absences(session(), own(), None, MOST, person=None, over=False)
    found = [
        shown.absence(row, seen)
        | {"now": row.since <= who.at, "may": not row.leaves and _may(who, row.person), "of": row.person}
        for row in rows
    ]
    found = [each for each in found if each["organisation"] == who.organisation.code]
    here = _meanwhile([each["of"] for each in found if each["now"]], who) if reader().staff else {}
    mine = _mine(who)
    return page(
        "absences/absences.html",
        away=[
            each | {"meanwhile": here.get(each["of"], []), "stands_in": _stands_in(each, who)}
            for each in found
        ],
        people=mine,
        colleagues=_colleagues(who),
        from_now=instants.field(who.at),
        said=said,
    )


def _may(who: Me, person: str) -> bool:
    return rights.may_record_absence(reader().actor, person, who.directory)


def _mine(who: Me) -> list[Person]:
    """Oneself, then whoever's time away is this person's to record."""
    others = [p for p in _colleagues(who) if p.id != who.person.id and _may(who, p.id)]
    return [who.person, *others]


def _colleagues(who: Me) -> list[Person]:
    same = who.directory.of(who.organisation.code)
    return sorted((p for p in same if not p.gone(who.at)), key=lambda p: p.name)


def _stands_in(each: dict[str, Any], who: Me) -> str | None:
    """Who answers for them now, through delegates of delegates; None while they are here."""
    found = stand_in(who.directory, each["of"], who.at) if each["now"] else None
    return found.name if found else None


def _meanwhile(away: Iterable[str], who: Me) -> dict[str, list[Meanwhile]]:
    found, _ = open_cases(CaseFilter(open=True))
    return {person: _of(person, found, who) for person in set(away)}


def _of(person: str, found: list[Open], who: Me) -> list[Meanwhile]:
    """Cases whose stored owner is away, and steps that were theirs, by who has them now."""
    cases = Counter(each.owner for each in found if each.stored == person and each.owner != person)
    steps = Counter(has for each in found for theirs, has in each.seats if theirs == person and has != person)
    names = sorted({*cases, *steps}, key=lambda each: who.directory.people[each].name)
    return [Meanwhile(who.directory.people[p].name, cases[p], steps[p]) for p in names]
