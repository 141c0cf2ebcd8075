"""Which of the combinations in use nobody covers, or only the fallback person. DOMAIN: Coverage."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from partnerflow import people
from partnerflow.people import Directory, OrganisationKind, Person, Role, Scope

COVERED: Final = (Role.CASE_MANAGER, Role.CHANNEL_MANAGER, Role.LICENSING, Role.FINANCE, Role.EXECUTIVE)


@dataclass(frozen=True, slots=True)
class Gap:
    """``away``: rows name somebody, but nobody who is there; ``fallback`` answers meanwhile, None: nobody does."""

    role: Role
    country: str
    family: str
    away: tuple[Person, ...]
    fallback: Person | None


def gaps(directory: Directory, families: Iterable[str], at: datetime) -> Iterator[Gap]:
    """By role, country and family; the countries of those who buy, in their organisations' own tiers."""
    partners = (o for o in directory.organisations.values() if o.kind is not OrganisationKind.VENDOR)
    scopes = sorted({(o.country, family, o.tier) for o in partners for family in families})
    fallback = people.fallback(directory, directory.operator.code, at)
    told: set[tuple[Role, str, str]] = set()
    for role in COVERED:
        for country, family, tier in scopes:
            scope = Scope(country, family, tier)
            if (role, country, family) in told or people.covering(directory, role, scope, at):
                continue
            told.add((role, country, family))
            yield Gap(role, country, family, tuple(_named(directory, role, scope)), fallback)


def _named(directory: Directory, role: Role, scope: Scope) -> Iterator[Person]:
    rows = (r for r in directory.coverage if r.fits(role, scope.country, scope.family, scope.tier))
    found = {row.person: directory.people[row.person] for row in rows if row.person in directory.people}
    return iter(sorted((p for p in found.values() if p.active), key=lambda p: p.name))
