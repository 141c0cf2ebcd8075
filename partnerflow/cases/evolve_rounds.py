"""The fold of what happens to a round beside its decisions: revised, restarted, handed on, recalled, appealed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.model import Case, Holder, Proposal, Round, Stage, Step, StepStatus
from partnerflow.events import Stamp

STILL = (StepStatus.WAITING, StepStatus.PENDING)


def changed_step(case: Case, step_id: str, change: Callable[[Step], Step]) -> tuple[Round, ...]:
    """The rounds with one step of the last of them changed."""
    last = case.rounds[-1]
    steps = tuple(change(step) if step.id == step_id else step for step in last.steps)
    return (*case.rounds[:-1], replace(last, steps=steps))


def void_rest(rounds: tuple[Round, ...], state: str) -> tuple[Round, ...]:
    """The rounds with the last one ended as ``state``; a round that has ended stays as it is."""
    if not rounds or rounds[-1].state != "open":
        return rounds
    steps = (replace(s, status=StepStatus.VOID) if s.status in STILL else s for s in rounds[-1].steps)
    return (*rounds[:-1], replace(rounds[-1], state=state, steps=tuple(steps)))


def shown_before(case: Case) -> tuple[Proposal, ...]:
    """Every proposal that was shown, so that whoever saw an earlier one can be told the difference."""
    return (*case.earlier, *((case.proposal,) if case.proposal else ()))


def _revised(case: Case, event: e.CaseRevised, _: Stamp) -> Case:
    return replace(case, proposal=event.proposal, held=event.held, earlier=shown_before(case))


def _restarted(case: Case, event: e.RoundRestarted, _: Stamp) -> Case:
    return replace(case, rounds=(*case.rounds[:-1], event.round), stage=Stage.APPROVAL)


def _handed(case: Case, event: e.StepHanded, stamp: Stamp) -> Case:
    def handed(step: Step) -> Step:
        before = tuple(replace(h, until=h.until or stamp.at) for h in step.holders)
        now = Holder(event.persons, stamp.at, None, event.because, event.stands_for)
        return replace(step, holders=(*before, now))

    return replace(case, rounds=changed_step(case, event.step, handed))


def _recalled(case: Case, _: e.CaseRecalled, __: Stamp) -> Case:
    questions = tuple(replace(q, lapsed=True) if q.open else q for q in case.questions)
    return replace(
        case, rounds=void_rest(case.rounds, "recalled"), stage=Stage.ASSESSMENT, questions=questions
    )


def _appealed(case: Case, event: e.CaseAppealed, _: Stamp) -> Case:
    return replace(
        case,
        stage=Stage.ASSESSMENT,
        appeal=event.appeal,
        held=event.held,
        outcome=None,
        decline_code=None,
        decline_text=None,
        closed_at=None,
        appeal_until=None,
        proposal=None,
        earlier=shown_before(case),
        remedy=None,
        pulled=(),
    )


def _moved(case: Case, event: e.ClocksMoved, _: Stamp) -> Case:
    by_name = {clock.name: clock for clock in (*case.clocks, *event.clocks)}
    return replace(case, clocks=tuple(by_name.values()), clock_policy_version=event.policy_version)


FOLDS: dict[type, Callable[[Case, Any, Stamp], Case]] = {
    e.CaseRevised: _revised,
    e.RoundRestarted: _restarted,
    e.StepHanded: _handed,
    e.CaseRecalled: _recalled,
    e.CaseAppealed: _appealed,
    e.ClocksMoved: _moved,
}
