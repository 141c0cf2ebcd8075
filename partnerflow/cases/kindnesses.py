"""Watching a case, calling the partner back, and handing the partner's side to a colleague.

None of it moves the money, and watching moves no clock. A call that was made and noted is a message that a person wrote
to the partner, so it answers ``first_response`` and restarts ``next_update`` as a public note does; asking for one does
nothing to any clock. DOMAIN: Timeline (phone notes), Deadlines.
"""

from typing import Final

from partnerflow.cases import readers, responsibility, talking
from partnerflow.cases.calls import Call
from partnerflow.cases.events import CallAsked, CallMade, CaseUnwatched, CaseWatched, PartnerHanded
from partnerflow.cases.kindness_commands import AskCall, HandPartner, RecordCall, Unwatch, Watch
from partnerflow.cases.model import Case
from partnerflow.cases.view import Draft
from partnerflow.people import Actor, Person
from partnerflow.refusals import Refused

QUIET: Final = frozenset({Watch, Unwatch})
"""No act on the case: an owner who watches has not begun their work by it."""
SHORTEST: Final = 5
"""Digits of a number somebody can call."""
ACTIONS: Final[dict[str, type]] = {
    "watch": Watch,
    "unwatch": Unwatch,
    "ask_call": AskCall,
    "record_call": RecordCall,
    "hand_partner": HandPartner,
}


def watch(draft: Draft, _: Watch) -> None:
    """Once is enough: who watches already goes on watching."""
    actor = draft.actor
    if actor.name not in draft.case.watchers:
        draft.emit(CaseWatched(actor.name, actor.organisation or ""))


def unwatch(draft: Draft, _: Unwatch) -> None:
    actor = draft.actor
    if actor.name in draft.case.watchers:
        draft.emit(CaseUnwatched(actor.name, actor.organisation or ""))


def watchers(draft: Draft) -> tuple[Person, ...]:
    """Who watches and may still read it; whoever did something knows of it."""
    directory = draft.view.directory
    known = (directory.people.get(person) for person in draft.case.watchers)
    there = (person for person in known if person and person.id != draft.actor.person)
    return tuple(p for p in there if readers.may_read(draft.case, p, directory, draft.at))


def ask_call(draft: Draft, command: AskCall) -> None:
    """Whoever owns the case is told at once; it is theirs until somebody notes the call."""
    if draft.case.call:
        raise Refused("wrong-state", "A call is asked for already; add a note if the number has changed.")
    if sum(each.isdigit() for each in command.number) < SHORTEST:
        raise Refused("invalid-parameter", "Give a number that we can call.", pointer="/number")
    if command.slot and command.slot < draft.at:
        raise Refused("invalid-date", "Choose a time that is still to come.", pointer="/slot")
    number = f"call-{len(draft.case.calls) + 1}"
    call = Call(number, command.number, command.when, command.about, draft.actor.name, draft.at, command.slot)
    draft.emit(CallAsked(call))


def record_call(draft: Draft, command: RecordCall) -> None:
    """What was said stands in the timeline for both sides, so nobody has to say it again."""
    call = draft.case.call
    if call is None or call.id != command.call:
        raise Refused("wrong-state", "That call is not open; add a note instead.", pointer="/call")
    draft.emit(CallMade(command.call, command.text))
    talking.told_partner(draft)


def hand_partner(draft: Draft, command: HandPartner) -> None:
    """Questions and mails go to the colleague from now on; whoever asked stays a requester, and so does the
    colleague."""
    case, directory = draft.case, draft.view.directory
    to = directory.named(command.to)
    partner = case.reseller or case.distributor
    if to is None or to.organisation != partner or to.gone(draft.at):
        raise Refused("invalid-parameter", "Name a colleague of your organisation.", pointer="/to")
    if not to.roles & readers.PARTNERS:
        raise Refused("invalid-parameter", f"{to.name} does not work on orders and cases.", pointer="/to")
    before = responsibility.partner_people(case, directory)
    if to.id in (person.id for person in before):
        raise Refused("wrong-state", f"{to.name} has it already.", pointer="/to")
    draft.emit(PartnerHanded(to.id, before[0].id if before else "", command.text))


def offered(case: Case, name: str, actor: Actor) -> bool:
    """What is offered only while it makes a difference."""
    if name in ("watch", "unwatch"):
        return (actor.name in case.watchers) is (name == "unwatch")
    if name in ("ask_call", "record_call"):
        return bool(case.call) is (name == "record_call")
    return True
