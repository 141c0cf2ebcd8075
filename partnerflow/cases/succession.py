"""Stored people follow the effective ones: after an absence has begun, a leaver, a role or the coverage has changed.

The derivation holds from its instant (DOMAIN: Who); this is only what lists, mails and the history show. The due
instants stay as they are (DOMAIN: Ladder).
"""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.cases import clocks, responsibility, settling
from partnerflow.cases.commands import SyncPeople
from partnerflow.cases.events import OwnerChanged, StepHanded
from partnerflow.cases.model import Case, Clock, ClockState, Step
from partnerflow.cases.paging import hold_and_page
from partnerflow.cases.view import Draft
from partnerflow.people import Directory
from partnerflow.policy.terms import StepMode

NOBODY = "Nobody whom the step names is there."


@dataclass(frozen=True, slots=True)
class Following:
    """Whom a step is to have in place of its stored deciders. ``because`` is of the first who is replaced: ``absence``,
    ``left`` or ``role``; ``enough``: the step can be decided by these."""

    persons: tuple[str, ...]
    because: str
    stands_for: dict[str, str]
    enough: bool


def follow(draft: Draft, _: SyncPeople) -> None:
    """Owner first, then whoever decides the pending step; where too few are left to decide, it climbs at once."""
    _follow_owner(draft)
    step = draft.case.step
    after = deciders_to_be(draft.case, step, draft.view.directory, draft.at) if step else None
    if step is None or after is None:
        return
    if after.enough:
        event = StepHanded(step.id, step.deciders, after.persons, after.because, "", after.stands_for)
        draft.emit(event)
    elif clock := _may_climb(draft.case):
        _climb(draft, clock)


def behind(case: Case, directory: Directory, at: datetime) -> bool:
    """Whether an open case has stored people who have to follow."""
    if responsibility.owner(case, directory, at).id != case.owner:
        return True
    after = deciders_to_be(case, case.step, directory, at) if case.step else None
    return after is not None and (after.enough or _may_climb(case) is not None)


def _follow_owner(draft: Draft) -> None:
    case, directory = draft.case, draft.view.directory
    effective = responsibility.owner(case, directory, draft.at)
    if effective.id == case.owner:
        return
    draft.emit(OwnerChanged(effective.id, case.owner, _because(case.owner, directory, draft.at)))
    clock = case.clock(clocks.OWNER)
    if clock and clock.state is ClockState.DONE:  # a running one keeps its due instant (DOMAIN: Ladder)
        settling.owner_clock(draft, effective)


def deciders_to_be(case: Case, step: Step, directory: Directory, at: datetime) -> Following | None:
    """None: the stored ones are the effective ones. Who has answered already keeps their seat."""
    there, seats = responsibility.answered(step), responsibility.seats(case, step, directory, at)
    has = {s: s if s in there else seats[s].id if s in seats else None for s in step.deciders}
    found: dict[str, str] = {}
    for stored, person in has.items():
        if person is not None:
            found.setdefault(person, stored)
    replaced = [stored for stored, person in has.items() if person != stored]
    if not replaced or set(found) == set(step.deciders):
        return None
    because = _because(replaced[0], directory, at)
    known = step.holders[-1].stands_for if step.holders else {}
    kept = {p: known[p] for p, stored in found.items() if p == stored and p in known}
    came = {p: known.get(stored, stored) for p, stored in found.items() if p != stored}
    stands_for = kept | (came if because == "absence" else {})
    return Following(tuple(found), because, stands_for, _enough(step, found))


def _because(stored: str, directory: Directory, at: datetime) -> str:
    known = directory.people[stored]
    if known.gone(at):
        return "left"
    return "role" if known.present(at) else "absence"


def _enough(step: Step, found: dict[str, str]) -> bool:
    """As many as were asked: one of any, everyone of all, n."""
    wanted = {StepMode.ANY: 1, StepMode.ALL: len(step.deciders), StepMode.N: step.needed}
    return len(found) >= (1 if step.rung else wanted[StepMode(step.mode)])


def _may_climb(case: Case) -> Clock | None:
    """The step's clock, unless the partner is waited for or the top is reached."""
    clock = case.clock(clocks.STEP)
    return clock if clock and clock.state is ClockState.RUNNING and not clock.exhausted else None


def _climb(draft: Draft, clock: Clock) -> None:
    """Nobody eligible: escalate at once; nobody at the top: hold and page (DOMAIN: Approvals, "Never")."""
    case, view = draft.case, draft.view
    _, person = responsibility.climb(case, clock.name, clock.rung, view.policy, view.directory, draft.at)
    if person is not None:
        settling.fire(draft, clock, draft.at, NOBODY)
    else:
        hold_and_page(draft, clock, draft.at, responsibility.holders(case, clock.name))
