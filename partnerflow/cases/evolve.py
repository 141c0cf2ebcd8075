"""The fold: what each event makes of the case. Nothing is decided here, so replaying a history gives the state."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases import evolve_kindnesses, evolve_money, evolve_rounds, evolve_statements
from partnerflow.cases.evolve_rounds import changed_step, shown_before, void_rest
from partnerflow.cases.evolve_statements import without_answer
from partnerflow.cases.model import (
    Action,
    Case,
    CaseOutcome,
    Clock,
    Holder,
    Question,
    Remedy,
    RemedyState,
    Round,
    Stage,
    Step,
    StepStatus,
)
from partnerflow.cases.parts import RUNG
from partnerflow.credits.ceilings import Reservation
from partnerflow.events import Stamp
from partnerflow.orders.model import Leg


def evolve(case: Case, event: e.Event, stamp: Stamp) -> Case:
    """The case after the event, with the event's number as its version."""
    handler = HANDLERS.get(type(event))
    changed = handler(case, event, stamp) if handler else case
    return replace(changed, version=stamp.seq)


def merge_clocks(case: Case, changed: Iterable[Clock]) -> tuple[Clock, ...]:
    by_name = {clock.name: clock for clock in case.clocks} | {clock.name: clock for clock in changed}
    return tuple(by_name.values())


def _round(case: Case, **changes: Any) -> tuple[Round, ...]:
    return (*case.rounds[:-1], replace(case.rounds[-1], **changes))


def _remedy(case: Case, **changes: Any) -> Remedy:
    assert case.remedy is not None
    return replace(case.remedy, **changes)


def _opened(_: Case, event: e.CaseOpened, __: Stamp) -> Case:
    return event.case


def _owner(case: Case, event: e.OwnerChanged, _: Stamp) -> Case:
    return replace(case, owner=event.owner)


def _proposed(case: Case, event: e.CaseProposed, _: Stamp) -> Case:
    cause = event.proposal.root_cause or case.root_cause
    seen = shown_before(case)
    return replace(case, proposal=event.proposal, held=event.held, root_cause=cause, earlier=seen)


def _round_started(case: Case, event: e.RoundStarted, _: Stamp) -> Case:
    return replace(case, rounds=(*case.rounds, event.round), stage=Stage.APPROVAL)


def _step_started(case: Case, event: e.StepStarted, _: Stamp) -> Case:
    return replace(case, rounds=changed_step(case, event.step.id, lambda _step: event.step))


def _step_decided(case: Case, event: e.StepDecided, _: Stamp) -> Case:
    status = {"decline": StepStatus.DECLINED}.get(event.decision.what, StepStatus.APPROVED)

    def decided(step: Step) -> Step:
        changed = replace(step, decisions=(*step.decisions, event.decision))
        return replace(changed, status=status) if event.final else changed

    return replace(case, rounds=changed_step(case, event.step, decided))


def _lowered(case: Case, event: e.ProposalLowered, _: Stamp) -> Case:
    return replace(case, proposal=event.proposal, held=event.held, earlier=shown_before(case))


def _approved(case: Case, event: e.CaseApproved | e.CaseApprovedInPart, stamp: Stamp) -> Case:
    (*earlier, last) = void_rest(case.rounds, "granted")
    rounds = (*earlier, replace(last, granted=event.granted, granted_at=stamp.at))
    return replace(case, rounds=rounds, questions=_not_answered(case), facts=without_answer(case))


def _not_answered(case: Case) -> tuple[Question, ...]:
    """Once it is decided, what was still open was not answered."""
    return tuple(replace(q, lapsed=True) if q.open else q for q in case.questions)


def _closed(case: Case, outcome: CaseOutcome, stamp: Stamp, state: str = "void", **changes: Any) -> Case:
    rounds = void_rest(case.rounds, state)
    return replace(
        case,
        stage=Stage.CLOSED,
        outcome=outcome,
        closed_at=stamp.at,
        rounds=rounds,
        clocks=_all_done(case),
        questions=_not_answered(case),
        facts=without_answer(case),
        **changes,
    )


def _all_done(case: Case) -> tuple[Clock, ...]:
    from partnerflow.cases.clocks import done

    return tuple(done(clock) for clock in case.clocks)


def _declined(case: Case, event: e.CaseDeclined, stamp: Stamp) -> Case:
    """A refused appeal leaves the case as it was decided before."""
    return _closed(
        case,
        case.appeal.outcome if case.appeal else CaseOutcome.DECLINED,
        stamp,
        "declined",
        decline_code=event.reason_code,
        decline_text=event.text,
        appeal_until=event.appeal_until,
        held=_kept(case),
    )


def _kept(case: Case) -> dict[Leg, tuple[Reservation, ...]]:
    """What an appeal that comes to nothing leaves held, as it was before it."""
    return case.appeal.kept if case.appeal else {}


def _withdrawn(case: Case, _: e.CaseWithdrawn, stamp: Stamp) -> Case:
    remedy = replace(case.remedy, state=RemedyState.COMPENSATED) if case.remedy else None
    outcome = case.appeal.outcome if case.appeal else CaseOutcome.WITHDRAWN
    return _closed(case, outcome, stamp, held=_kept(case), remedy=remedy)


def _cancelled(case: Case, event: e.CaseCancelled, stamp: Stamp) -> Case:
    outcome = case.appeal.outcome if case.appeal else CaseOutcome.CANCELLED
    closed = _closed(case, outcome, stamp, root_cause=event.root_cause, held=_kept(case))
    return replace(closed, duplicate_of=event.duplicate_of)


def _case_closed(case: Case, event: e.CaseClosed, stamp: Stamp) -> Case:
    until = event.appeal_until
    return _closed(case, CaseOutcome(event.outcome), stamp, root_cause=event.root_cause, appeal_until=until)


def _escalated(case: Case, event: e.CaseEscalated, stamp: Stamp) -> Case:
    fired = case.rungs_fired + (1 if event.to else 0)
    pulled = (*case.pulled, case.stage.value) if event.pulled else case.pulled
    changed = replace(case, rungs_fired=fired, pulled=pulled)
    to = event.to
    if event.step is None or to is None:
        return replace(changed, owner=to) if to else changed

    def handed(step: Step) -> Step:
        before = tuple(replace(h, until=h.until or event.due_at) for h in step.holders)
        now = Holder((to,), stamp.at, named_by=RUNG, named=(event.named,) if event.named else ())
        return replace(step, rung=event.rung, holders=(*before, now))

    return replace(changed, rounds=changed_step(changed, event.step, handed))


def _superseded(case: Case, _: e.RungSuperseded, __: Stamp) -> Case:
    return replace(case, rungs_fired=case.rungs_fired - 1)


def _clocks(case: Case, event: e.ClocksSet | e.ClockPaused | e.ClockResumed, _: Stamp) -> Case:
    return replace(case, clocks=merge_clocks(case, event.clocks))


def _asked(case: Case, event: e.InfoRequested, _: Stamp) -> Case:
    return replace(case, questions=(*case.questions, event.question))


def _answered(case: Case, event: e.InfoReceived, stamp: Stamp) -> Case:
    def answer(question: Question) -> Question:
        if question.id != event.question:
            return question
        if event.text is None:
            return replace(question, lapsed=True)
        return replace(question, answered_at=stamp.at, answer=event.text)

    facts = (*case.facts, event.fact) if event.fact else case.facts
    return replace(case, questions=tuple(answer(q) for q in case.questions), facts=facts)


def _remedy_started(case: Case, event: e.RemedyStarted, stamp: Stamp) -> Case:
    return replace(case, stage=Stage.REMEDY, remedy=Remedy(event.round, RemedyState.EXECUTING, stamp.at))


def _acted(case: Case, event: e.RemedyActed, stamp: Stamp) -> Case:
    action = Action(event.action, stamp.at, event.reference)
    remedy = _remedy(case, actions=(*(case.remedy.actions if case.remedy else ()), action))
    told = (*case.instructed, *event.instructed)
    held, weighed = case.held if event.held is None else event.held, event.weighed or case.vat_gate
    return replace(case, remedy=remedy, held=held, instructed=told, vat_gate=weighed)


def _failed(case: Case, event: e.RemedyFailed, _: Stamp) -> Case:
    state = RemedyState.COMPENSATED if event.compensated else RemedyState.FAILED
    remedy = _remedy(case, state=state, failed_because=event.because, held_by=event.held_by)
    if not event.compensated:
        return replace(case, remedy=remedy)
    return replace(case, remedy=remedy, rounds=_round(case, state="void"), stage=Stage.ASSESSMENT)


def _retried(case: Case, _: e.RemedyRetried, __: Stamp) -> Case:
    return replace(case, remedy=_remedy(case, state=RemedyState.EXECUTING, failed_because=None, held_by=None))


def _remedy_done(case: Case, event: e.RemedyDone, _: Stamp) -> Case:
    stage = Stage.PASSING_ON if event.passing_on else case.stage
    issued = tuple(replace(document, ready=not document.external) for document in case.issued)
    return replace(case, remedy=_remedy(case, state=RemedyState.DONE), stage=stage, issued=issued)


def _passed_on(case: Case, event: e.CasePassedOn, _: Stamp) -> Case:
    return replace(case, pass_through=event.pass_through)


HANDLERS: dict[type, Callable[[Case, Any, Stamp], Case]] = {
    e.CaseOpened: _opened,
    e.OwnerChanged: _owner,
    e.CaseProposed: _proposed,
    e.RoundStarted: _round_started,
    e.StepStarted: _step_started,
    e.StepDecided: _step_decided,
    e.ProposalLowered: _lowered,
    e.CaseApproved: _approved,
    e.CaseApprovedInPart: _approved,
    e.CaseDeclined: _declined,
    e.CaseWithdrawn: _withdrawn,
    e.CaseCancelled: _cancelled,
    e.CaseClosed: _case_closed,
    e.CaseEscalated: _escalated,
    e.RungSuperseded: _superseded,
    e.ClocksSet: _clocks,
    e.ClockPaused: _clocks,
    e.ClockResumed: _clocks,
    e.InfoRequested: _asked,
    e.InfoReceived: _answered,
    e.RemedyStarted: _remedy_started,
    e.RemedyActed: _acted,
    e.RemedyFailed: _failed,
    e.RemedyRetried: _retried,
    e.RemedyDone: _remedy_done,
    e.CasePassedOn: _passed_on,
    **evolve_kindnesses.FOLDS,
    **evolve_money.FOLDS,
    **evolve_rounds.FOLDS,
    **evolve_statements.FOLDS,
}
"""Kinds without a handler (notes, warnings, breaches) change nothing but the version."""
