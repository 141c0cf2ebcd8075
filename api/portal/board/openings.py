"""Open cases as those who work on them count them: who has each, whom it waits for, how old it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from api.auth import reader, session
from api.errors import Problem
from api.portal.me import Me, need_me
from api.schemas.shown import case as shown
from api.v1.sight import own_sight
from partnerflow import people
from partnerflow.cases import responsibility, status
from partnerflow.cases.model import Case
from partnerflow.store import listing

MOST: Final = 300
"""Open cases that are read for one page; what is beyond is said, not left out silently."""
OLD: Final = ((timedelta(days=5), "late"), (timedelta(days=2), "warn"))
"""From which age on a card has which tone: one of the oldest stands out however far its clocks are."""


@dataclass(frozen=True, slots=True)
class Open:
    """``owner`` and ``acting`` are persons' ids, effective at the instant of reading; ``stored`` whom the record names;
    ``seats`` are the pending step's stored deciders, each with who answers for them. ``shown``
    is the case as lists show it."""

    ref: str
    stage: str
    reseller: str | None
    owner: str
    stored: str
    acting: tuple[str, ...]
    deciders: tuple[str, ...]
    seats: tuple[tuple[str, str], ...]
    overdue: bool
    age: timedelta
    shown: dict[str, Any]

    @property
    def days(self) -> int:
        return max(0, self.age.days)

    @property
    def tone(self) -> str:
        return next((tone for least, tone in OLD if self.age >= least), "")


def need_staff() -> Me:
    """The board is the operator's: partners see their own cases on their home page."""
    if not reader().staff:
        raise Problem("forbidden", "Only those who work on cases see this.")
    return need_me()


def open_cases(wanted: listing.CaseFilter) -> tuple[list[Open], bool]:
    """What this reader may see of it, and whether there is more than is read at once."""
    who = need_me()
    rows = listing.list_cases(session(), own_sight(), wanted, None, MOST)
    return [_open(case, who) for case, _ in rows[:MOST]], len(rows) > MOST


def _open(case: Case, who: Me) -> Open:
    directory, at = who.directory, who.at
    return Open(
        case.ref,
        case.stage.value,
        case.reseller,
        responsibility.owner(case, directory, at).id,
        case.owner,
        tuple(person.id for person in status.acting_people(case, directory, at)),
        tuple(p.id for p in responsibility.awaited(case, case.step, directory, at)) if case.step else (),
        tuple(_seats(case, who)),
        status.overdue(case, at),
        at - case.opened_at,
        shown.summary(case, directory, at, reader()),
    )


def _seats(case: Case, who: Me) -> Iterable[tuple[str, str]]:
    found = responsibility.seats(case, case.step, who.directory, who.at) if case.step else {}
    return ((stored, person.id) for stored, person in found.items())


def team_of(who: Me) -> frozenset[str]:
    """Whoever reports to this person, at whatever distance, and they themselves; for one whom nobody reports to,
    those of the same manager."""
    below = _below(who, who.person.id)
    if not below and who.person.manager:
        below = {p.id for p in who.directory.people.values() if p.manager == who.person.manager}
    return frozenset(below | {who.person.id})


def _below(who: Me, person: str) -> set[str]:
    directory = who.directory
    return {
        p.id
        for p in directory.people.values()
        if any(m.id == person for m in people.managers(directory, p.id))
    }


def concerns(each: Open, persons: Iterable[str]) -> bool:
    """Whether one of these persons has it, or the next act is theirs."""
    return bool({each.owner, *each.acting, *each.deciders} & set(persons))
