"""Settle first: whatever is commanded, what was due before it is applied first, in order (DOMAIN: Settle first)."""

from dataclasses import replace
from datetime import datetime, timedelta

from partnerflow.cases import chasing, clocks, naming, reasons, responsibility, rounds, routing, talking
from partnerflow.cases.events import (
    CaseEscalated,
    ClockBreached,
    ClocksSet,
    ClockWarned,
    OwnerChanged,
)
from partnerflow.cases.model import Clock, ClockState, Stage
from partnerflow.cases.paging import hold_and_page
from partnerflow.cases.view import Draft
from partnerflow.people import Person
from partnerflow.policy.terms import DeclineReason, Exhausted

DECISIONS = (clocks.STEP, clocks.DECISION)
CLOSE = timedelta(seconds=60)
"""A rung that fires this soon after its due instant starts its allowance from the due instant."""


def settle(draft: Draft, *, inclusive: bool = False) -> None:
    """Apply every stored due instant earlier than the draft's (``inclusive``: or equal), at most one rung per clock."""
    climbed: set[str] = set()
    while due := _first_due(draft, climbed, inclusive):
        when, name = due
        if (when, name) in draft.case.chases_due:
            chasing.chase(draft, name)
            continue
        clock = draft.case.clock(name)
        assert clock is not None
        if clock.state is ClockState.RUNNING and clock.warnings and clock.warnings[0].at == when:
            _warn(draft, clock)
        elif name in clocks.CLIMBING:
            climbed.add(name)
            fire(draft, clock, when)
        elif name == clocks.PARTNER_ANSWER:
            _lapse(draft, clock, when)
        else:
            draft.emit(ClockBreached(name, when))
            draft.emit(ClocksSet((replace(clock, state=ClockState.BREACHED),)))
    draft.settled = len(draft.events)


def _first_due(draft: Draft, climbed: set[str], inclusive: bool) -> tuple[datetime, str] | None:
    at = draft.at
    found = (due for due in draft.case.instants_due if due[1] not in climbed)
    return next((due for due in found if due[0] < at or (inclusive and due[0] == at)), None)


def _warn(draft: Draft, clock: Clock) -> None:
    first, *rest = clock.warnings
    draft.emit(ClockWarned(clock.name, first.percent, clock.due_at or first.at))
    draft.emit(ClocksSet((replace(clock, warnings=tuple(rest)),)))


def _lapse(draft: Draft, clock: Clock, when: datetime) -> None:
    """The pause ends when it was due to end, however late that is recorded."""
    talking.give_up(draft, when)
    known = draft.case.clock(clock.name)
    if known and known.state is not ClockState.DONE:
        draft.emit(ClocksSet((clocks.done(known),)))


def fire(draft: Draft, clock: Clock, when: datetime, reason: str = "", *, pulled: bool = False) -> None:
    """The next rung: somebody else has it now, with an allowance of their own, and everybody concerned is told."""
    case, view = draft.case, draft.view
    if (
        case.stage is Stage.REMEDY
    ):  # there is no next rung: whoever holds the failed remedy has it, and the top is told
        held_by = case.remedy.held_by if case.remedy else None
        hold_and_page(draft, clock, when, (held_by or case.owner,))
        return
    if clock.exhausted and _taken_up_again(draft, clock):
        return
    rung, person = responsibility.climb(case, clock.name, clock.rung, view.policy, view.directory, draft.at)
    before = responsibility.holders(case, clock.name)
    step = case.step.id if clock.name == clocks.STEP and case.step else None
    because = reason or f"The deadline of the {clock.name.replace('_', ' ')} passed."
    if person is None:
        _exhaust(draft, clock, when, before)
        return
    since = when if draft.at - when <= CLOSE else draft.at
    named = reasons.climbed(case, clock.name, rung, person.id, view.policy, view.directory, draft.at)
    draft.emit(CaseEscalated(clock.name, rung, before, person.id, when, because, pulled, step, named))
    draft.emit(ClocksSet((_own_allowance(draft, clock, person, since, rung),)))
    if step is None:
        draft.emit(OwnerChanged(person.id, before[0], "rung"))
        owner_clock(draft, person)


def _taken_up_again(draft: Draft, clock: Clock) -> bool:
    """A step that was held because nobody could decide it: once somebody can, it is theirs, as when its turn came."""
    step = draft.case.step
    if clock.name != clocks.STEP or step is None or step.deciders:
        return False
    enough = len(naming.named(draft.case, step, draft)) >= step.needed
    if not enough and naming.first_rung(draft, step)[1] is None:
        return False
    rounds.start_step(draft, step)
    return True


def _own_allowance(draft: Draft, clock: Clock, person: Person, since: datetime, rung: int) -> Clock:
    """A step's rung has the step's full allowance by the new decider's calendar, the others a step's too."""
    view, step = draft.view, draft.case.step
    minutes = view.policy.allowances["step"]
    if clock.name == clocks.STEP and step and step.allowance_minutes:
        minutes = step.allowance_minutes
    by = clock.measured_by if clock.name == clocks.PASS_THROUGH else clocks.by_person(person.id)
    seconds = minutes * clocks.MINUTE
    basis = clocks.rung_basis(view.policy)
    return clocks.start(clock.name, by, seconds, since, view.directory, view.policy, rung, basis)


def owner_clock(draft: Draft, person: Person) -> None:
    """Each new owner has their own time to their first act (DOMAIN: Deadlines)."""
    view = draft.view
    seconds = view.policy.allowances["owner"] * clocks.MINUTE
    by = clocks.by_person(person.id)
    draft.emit(ClocksSet((clocks.start(clocks.OWNER, by, seconds, draft.at, view.directory, view.policy),)))


def _exhaust(draft: Draft, clock: Clock, when: datetime, before: tuple[str, ...]) -> None:
    """No rung is left: as the ladder says (DOMAIN: Ladder). What it may not approve is held and paged."""
    ending = draft.view.policy.ladder(clock.name).on_exhausted
    undisputed = draft.case.disputed is None
    deciding = (
        clock.name in DECISIONS and draft.case.stage in (Stage.ASSESSMENT, Stage.APPROVAL) and undisputed
    )
    if deciding and ending is Exhausted.DECLINE:
        rounds.decline(draft, DeclineReason.OTHER, "Nobody decided it in time; you can appeal.")
    elif deciding and ending is Exhausted.APPROVE and routing.passes_by_itself(draft):
        rounds.grant(draft)
    else:
        hold_and_page(draft, clock, when, before)
