"""What the page of a case offers beside its business: a view of the case's page asks for it by ``kindnesses``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from api.auth import reader
from api.portal.kindnesses import room
from api.portal.kindnesses.duplicates import Merged, into, merged, suggested
from api.portal.me import need_me
from api.v1.sight import seen_case
from partnerflow import calendars
from partnerflow.calendars import Calendar
from partnerflow.cases import responsibility
from partnerflow.cases.calendar_entry import entry
from partnerflow.cases.model import Case
from partnerflow.cases.readers import PARTNERS
from partnerflow.people import Directory

HOUR: Final = timedelta(hours=1)
TALK: Final = (timedelta(0), timedelta(minutes=29))
SLOTS: Final = 8
LOOKED_AHEAD: Final = 10 * 24
"""Hours."""


@dataclass(frozen=True, slots=True)
class Offer:
    """``slots`` are instants at which the owner is in; ``colleagues`` (id, name and title) may have the partner's side;
    ``likely`` cases may be the same request; ``merged`` were closed as duplicates of this one, ``original`` is what
    this one was closed as a duplicate of; ``dated``: there is a deadline for one's calendar."""

    slots: tuple[datetime, ...]
    colleagues: tuple[tuple[str, str], ...]
    likely: tuple[dict[str, Any], ...]
    merged: tuple[Merged, ...]
    original: str | None
    dated: bool


@room.app_context_processor
def _known() -> dict[str, Callable[..., Offer]]:
    return {"kindnesses": offer}


def offer(ref: str, may: set[str]) -> Offer:
    """For the reader of the page, who may do what ``may`` says."""
    found, view, at = seen_case(ref)
    directory = view.directory
    owner = responsibility.owner(found, directory, at)
    return Offer(
        tuple(slots(owner.calendar, at)) if "ask_call" in may else (),
        tuple(_colleagues(found, directory, at)) if "hand_partner" in may else (),
        tuple(suggested(found)) if "close" in may and reader().staff else (),
        tuple(merged(found, view, at)),
        into(found),
        entry(found, view.policy, directory, at, partner=_is_partner(found)) is not None,
    )


def slots(calendar: Calendar, at: datetime) -> Iterator[datetime]:
    """The next full hours of somebody's working time with half an hour to talk, none sooner than an hour from now."""
    first = (at + 2 * HOUR).replace(minute=0, second=0, microsecond=0)
    hours = (first + n * HOUR for n in range(LOOKED_AHEAD))
    fitting = (when for when in hours if all(calendars.is_open(calendar, when + part) for part in TALK))
    yield from islice(fitting, SLOTS)


def _colleagues(case: Case, directory: Directory, at: datetime) -> Iterator[tuple[str, str]]:
    """Who of the reader's organisation works on cases; who has the side already is not offered."""
    present = {person.id for person in responsibility.partner_people(case, directory)}
    own = need_me().organisation.code
    known = sorted(directory.people.values(), key=lambda person: person.name)
    for person in known:
        mine = person.organisation == own and person.id not in present
        if mine and person.roles & PARTNERS and not person.gone(at):
            yield person.id, f"{person.name}, {person.title}" if person.title else person.name


def _is_partner(case: Case) -> bool:
    return reader().organisation == (case.reseller or case.distributor)
