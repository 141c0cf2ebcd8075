"""The case's machine: which command has an answer in which stage, and what is decided. Pure.

``decide`` settles what was due first, then answers the one command; it raises Refused or returns a draft, whose events
may be none but the settled ones. Every pair (stage, command) has a defined answer: DOMAIN, Endings.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from partnerflow.calendars import add, local_text
from partnerflow.cases import (
    clocks,
    commands,
    deciding,
    proposals,
    remedies,
    responsibility,
    rights,
    rounds,
    settling,
    talking,
)
from partnerflow.cases.events import CaseCancelled, CasePassedOn, CaseWithdrawn, ClocksSet, OwnerChanged
from partnerflow.cases.model import Case, Clock, ClockState, PassThrough, Stage
from partnerflow.cases.opening import open_case
from partnerflow.cases.view import Draft, View, draft_of
from partnerflow.people import Actor
from partnerflow.refusals import Refused

A, P, R, O, C = Stage.ASSESSMENT, Stage.APPROVAL, Stage.REMEDY, Stage.PASSING_ON, Stage.CLOSED  # noqa: E741

ALLOWED: Final[dict[type, frozenset[Stage]]] = {
    commands.AddNote: frozenset({A, P, R, O, C}),
    commands.Withdraw: frozenset({A, P, R}),
    commands.Escalate: frozenset({A, P, O}),
    commands.AskPartner: frozenset({A, P}),
    commands.Answer: frozenset({A, P}),
    commands.Propose: frozenset({A}),
    commands.DecideStep: frozenset(Stage),
    commands.ConfirmPassThrough: frozenset({O}),
    commands.CloseCase: frozenset({A, P}),
    commands.CaseDue: frozenset(Stage),
    commands.RecordAction: frozenset({R}),
    commands.IssueNotes: frozenset({R}),
    commands.FailRemedy: frozenset({R}),
    commands.RetryRemedy: frozenset({R}),
    commands.SyncPeople: frozenset({A, P, R, O}),
}
"""Deciding a step is answered in every stage, by the step's own state: already decided, or the case is closed."""

__all__ = ["ALLOWED", "allowed_actions", "decide", "not_yet", "open_case"]


def decide(case: Case, command: Any, actor: Actor, at: datetime, view: View) -> Draft:
    """Settle, then answer. Raises Refused; what was settled is then still written by the desk (see ``settle_only``)."""
    draft = draft_of(case, at, actor, view)
    settling.settle(draft, inclusive=isinstance(command, commands.CaseDue))
    answer(draft, command)
    return draft


def settle_only(case: Case, actor: Actor, at: datetime, view: View) -> Draft:
    """What was due, applied; for a command that is refused all the same."""
    draft = draft_of(case, at, actor, view)
    settling.settle(draft)
    _tell_of_change(draft)
    draft.settled = len(draft.events)
    return draft


def not_yet(case: Case, command: Any, at: datetime) -> datetime | None:
    """The instant a deadline's own command came too early for; None when something is due."""
    if not isinstance(command, commands.CaseDue):
        return None
    first = next(iter(case.clocks_due), None)
    return first[0] if first and first[0] > at else None


def answer(draft: Draft, command: Any) -> None:
    case, kind = draft.case, type(command)
    if not rights.may(kind, case, draft.actor, draft.view.directory, draft.at):
        raise Refused("forbidden", "You may not do this on this case.")
    if case.stage not in ALLOWED[kind]:
        raise _refuse_stage(case, kind)
    HANDLERS[kind](draft, command)
    _first_act(draft, kind)
    _tell_of_change(draft)


def allowed_actions(case: Case, actor: Actor, view_at: datetime, view: View) -> tuple[str, ...]:
    """The actions this reader has now, by their names in the API."""
    found = []
    for name, kind in ACTIONS.items():
        may = rights.may(kind, case, actor, view.directory, view_at)
        if may and case.stage in ALLOWED[kind] and _makes_sense(case, name):
            found.append(name)
    return tuple(found)


def _makes_sense(case: Case, name: str) -> bool:
    if name == "answer":
        return case.awaiting_partner
    if name == "withdraw":
        return not (case.remedy and case.remedy.done(remedies.CANCEL_UPSTREAM))
    if name == "escalate":
        return case.stage.value not in case.pulled
    return True


def _refuse_stage(case: Case, kind: type) -> Refused:
    if not case.open:
        return Refused("case-closed", f"{case.ref} is closed ({case.outcome}); a note can still be added.")
    name = next((name for name, act in ACTIONS.items() if act is kind), "this").replace("_", " ")
    stage = case.stage.replace("_", " ")
    return Refused("wrong-state", f"{name.capitalize()} is not possible while the case is in {stage}.")


def _add_note(draft: Draft, command: commands.AddNote) -> None:
    talking.add_note(draft, command)


def _withdraw(draft: Draft, command: commands.Withdraw) -> None:
    remedy = draft.case.remedy
    begun = (remedies.CANCEL_UPSTREAM, remedies.ISSUE)
    if draft.case.stage is Stage.REMEDY and remedy and any(remedy.done(act) for act in begun):
        raise Refused(
            "wrong-state", "The order is cancelled upstream already; it can no longer be withdrawn."
        )
    proposals.release(draft)
    draft.emit(CaseWithdrawn(command.reason))


def _escalate(draft: Draft, command: commands.Escalate) -> None:
    """The partner pulls the rung shown as next: once per stage, after half its allowance, with a reason."""
    case = draft.case
    clock = responsibility.climbing_clock(case)
    if clock is None or clock.exhausted or not _somebody_above(draft, clock):
        raise Refused("wrong-state", "There is nobody above to take it to.")
    if case.stage.value in case.pulled:
        raise Refused("wrong-state", "You took this stage up once already; the next rung comes by itself.")
    if clock.state is not ClockState.RUNNING:
        raise Refused("wrong-state", "The clock is paused: your answer is awaited.")
    calendar = clocks.calendar_of(draft.view.directory, clock.measured_by)
    since = clock.resumed_at or clock.started_at
    half = add(calendar, since, max(0, clock.allowance // 2 - clock.used))
    if draft.at < half:
        whole = half + timedelta(microseconds=-half.microsecond % 1_000_000)
        words = f"You can take this up from {local_text(whole, calendar.zone)} on."
        raise Refused("too-early", words, **{"from": f"{whole:%Y-%m-%dT%H:%M:%SZ}"})
    if not command.reason.strip():
        raise Refused("reason-required", "Say why you take it up.", pointer="/reason")
    settling.fire(draft, clock, draft.at, command.reason, pulled=True)


def _somebody_above(draft: Draft, clock: Clock) -> bool:
    view = draft.view
    climbed = responsibility.climb(draft.case, clock.name, clock.rung, view.policy, view.directory, draft.at)
    return climbed[1] is not None


def _ask(draft: Draft, command: commands.AskPartner) -> None:
    talking.ask_partner(draft, command)


def _answer(draft: Draft, command: commands.Answer) -> None:
    talking.answer(draft, command)


def _propose(draft: Draft, command: commands.Propose) -> None:
    """Ends the assessment. Who proposes is then excluded from deciding."""
    case = draft.case
    if command.version is not None and command.version != case.version:
        raise Refused(
            "stale-version", "The case has changed since you read it: read it again.", now=str(case.version)
        )
    talking.give_up(draft)
    held = proposals.change_hold(draft, command.portions, may_raise=True)
    legs = proposals.shown(held, case.wanted, draft.view)
    proposals.check_settlement(legs, case.settlement, draft.view)
    rounds.propose(
        draft,
        command.portions,
        held,
        by=draft.actor.name,
        clause=command.clause,
        text=command.text,
        root_cause=command.root_cause,
    )


def _confirm(draft: Draft, command: commands.ConfirmPassThrough) -> None:
    """The reseller's account shows it: this closes the case."""
    if command.at > draft.at + timedelta(minutes=5):
        raise Refused("invalid-date", "It cannot have been passed on in the future.", pointer="/at")
    passed = PassThrough(command.how, command.reference, command.at, draft.actor.name)
    draft.emit(CasePassedOn(passed))
    remedies.close(draft)


def _close(draft: Draft, command: commands.CloseCase) -> None:
    proposals.release(draft)
    reason = f"Duplicate of {command.duplicate_of}." if command.duplicate_of else "Made void by the desk."
    draft.emit(CaseCancelled(reason, command.root_cause, command.duplicate_of))


def _due(_: Draft, __: commands.CaseDue) -> None:
    """Settling was all there was to do."""


def _record(draft: Draft, command: commands.RecordAction) -> None:
    _same_round(draft, command.round)
    remedies.record(draft, command.action, command.reference)


def _issue(draft: Draft, command: commands.IssueNotes) -> None:
    _same_round(draft, command.round)
    remedies.issue(draft)


def _fail(draft: Draft, command: commands.FailRemedy) -> None:
    _same_round(draft, command.round)
    remedies.fail(draft, command.because)


def _retry(draft: Draft, command: commands.RetryRemedy) -> None:
    remedies.retry(draft, command.round)


def _same_round(draft: Draft, number: int) -> None:
    if draft.case.remedy is None or draft.case.remedy.round != number:
        raise Refused("wrong-state", f"Round {number} has no remedy.")


def _sync(draft: Draft, _: commands.SyncPeople) -> None:
    case = draft.case
    effective = responsibility.owner(case, draft.view.directory, draft.at)
    if effective.id != case.owner:
        stored = draft.view.directory.people[case.owner]
        draft.emit(OwnerChanged(effective.id, case.owner, "absence" if stored.active else "left"))
        clock = case.clock(clocks.OWNER)
        if clock and clock.state is ClockState.DONE:  # a running one keeps its due instant (DOMAIN: Ladder)
            settling.owner_clock(draft, effective)


HANDLERS: Final[dict[type, Callable[[Draft, Any], None]]] = {
    commands.AddNote: _add_note,
    commands.Withdraw: _withdraw,
    commands.Escalate: _escalate,
    commands.AskPartner: _ask,
    commands.Answer: _answer,
    commands.Propose: _propose,
    commands.DecideStep: deciding.decide_step,
    commands.ConfirmPassThrough: _confirm,
    commands.CloseCase: _close,
    commands.CaseDue: _due,
    commands.RecordAction: _record,
    commands.IssueNotes: _issue,
    commands.FailRemedy: _fail,
    commands.RetryRemedy: _retry,
    commands.SyncPeople: _sync,
}

ACTIONS: Final[dict[str, type]] = {
    "note": commands.AddNote,
    "withdraw": commands.Withdraw,
    "escalate": commands.Escalate,
    "ask_partner": commands.AskPartner,
    "answer": commands.Answer,
    "propose": commands.Propose,
    "confirm_pass_through": commands.ConfirmPassThrough,
    "close": commands.CloseCase,
}
"""The actions of the API; deciding has its own path."""


def _first_act(draft: Draft, kind: type) -> None:
    """Each new owner's clock runs to their first act."""
    clock = draft.case.clock(clocks.OWNER)
    if not draft.events or clock is None or clock.state is ClockState.DONE or kind is commands.CaseDue:
        return
    if draft.actor.person and rights.owner(draft.case, draft.actor, draft.view.directory, draft.at):
        draft.emit(ClocksSet((clocks.done(clock),)))


NAMES_SOMEBODY = (
    "case.approval_step_started",
    "case.escalated",
    "case.owner_changed",
    "case.remedy_started",
    "case.remedy_failed",
)


def _tell_of_change(draft: Draft) -> None:
    """Each mail naming a new stage, owner or decider restarts ``next_update`` (DOMAIN: Deadlines); the top of a ladder
    names nobody, it pages our own people."""
    named = any(e.KIND in NAMES_SOMEBODY and getattr(e, "to", "") is not None for e in draft.events)
    if named and draft.case.open and draft.case.clock(clocks.NEXT_UPDATE):
        draft.emit(ClocksSet((talking.restarted_update(draft),)))
