"""Who is told of a call that is asked for or made, and of the partner's side handed on; and what a watcher hears."""

from collections.abc import Callable, Collection
from typing import Any, Final

from partnerflow.cases import audience as to
from partnerflow.cases import events as e
from partnerflow.cases.audience import Told
from partnerflow.cases.view import Draft
from partnerflow.people import Person


def _call_asked(_: e.CallAsked, draft: Draft) -> Told:
    yield "owner", (to.owner(draft),)


def _call_made(_: e.CallMade, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", to.others(draft, (to.owner(draft),))


def _handed(event: e.PartnerHanded, draft: Draft) -> Told:
    """Who has it now, who had it, and who owns the case: they are to know whom to ask."""
    yield "partner", to.others(draft, to.people(draft, (event.person,)))
    yield "partner", to.others(draft, to.still_here(draft, (event.before,)))
    yield "owner", (to.owner(draft),)


RULES: dict[type, Callable[[Any, Draft], Told]] = {
    e.CallAsked: _call_asked,
    e.CallMade: _call_made,
    e.PartnerHanded: _handed,
}

HEARD_INSIDE: Final = frozenset(
    {
        e.NoteAdded,
        e.DocumentAdded,
        e.InfoReceived,
        e.AlreadyTold,
        e.FactChanged,
        e.FactDisputed,
        e.ExceptionRequested,
        e.CaseRecalled,
        e.CaseAppealed,
        e.CasePassedOn,
        e.ClockBreached,
        e.CallAsked,
        e.CallMade,
        e.PartnerHanded,
    }
)
"""What the owner is told that our other people read as well; the rest is addressed to somebody in particular."""


def heard_as(event: Any, person: Person, audiences: Collection[str], draft: Draft) -> str | None:
    """As which audience a watcher hears of an event that these are told of; None: not at all. What the partner is told
    everybody who may read the case may read, so it is what a watcher gets; beside it our people hear what the owner
    does, and the distributor's what their contact does."""
    if "partner" in audiences:
        return "partner"
    if person.organisation == draft.view.directory.operator.code:
        return "owner" if "owner" in audiences and type(event) in HEARD_INSIDE else None
    partner = draft.case.reseller or draft.case.distributor
    return "distributor" if "distributor" in audiences and person.organisation != partner else None
