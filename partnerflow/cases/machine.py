"""The case's machine: which command has an answer in which stage, and what is decided. Pure.

``decide`` settles what was due first, then answers the one command; it raises Refused or returns a draft, whose events
may be none but the settled ones. Every pair (stage, command) has a defined answer: DOMAIN, Endings.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from partnerflow.cases import (
    acts,
    agreeing,
    appeals,
    attachments,
    clocks,
    commands,
    deciding,
    exceptions,
    external_notes,
    handing,
    kindness_commands,
    kindnesses,
    money_commands,
    paying,
    payouts,
    remedies,
    rights,
    settlements,
    settling,
    succession,
    talking,
    voiding,
)
from partnerflow.cases.events import ClocksSet
from partnerflow.cases.model import Case, ClockState, Stage
from partnerflow.cases.opening import open_case
from partnerflow.cases.view import Draft, View, draft_of
from partnerflow.people import Actor
from partnerflow.refusals import Refused

A, P, R, O, C = Stage.ASSESSMENT, Stage.APPROVAL, Stage.REMEDY, Stage.PASSING_ON, Stage.CLOSED  # noqa: E741

ALLOWED: Final[dict[type, frozenset[Stage]]] = {
    commands.AddNote: frozenset({A, P, R, O, C}),
    attachments.AddAttachment: frozenset({A, P, R, O}),
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
    commands.AlreadyTold: frozenset(Stage),
    commands.AddFact: frozenset({A, P}),
    commands.CorrectFact: frozenset({A, P, R}),
    commands.ConfirmFact: frozenset({A, P}),
    commands.DisputeFact: frozenset({A, P}),
    commands.UpholdFact: frozenset({A, P}),
    commands.WithdrawFact: frozenset({A, P, R}),
    commands.FollowOrder: frozenset({A, P}),
    commands.RequestException: frozenset({A, P}),
    commands.Recall: frozenset({P}),
    commands.Appeal: frozenset({C}),
    commands.Reassign: frozenset({A, P, R, O}),
    commands.Redirect: frozenset({A, P}),
    commands.AdoptPolicy: frozenset({A, P, R, O}),
    money_commands.ConfirmNote: frozenset(Stage),
    money_commands.Settle: frozenset({A, P, R, O}),
    money_commands.VoidNote: frozenset(Stage),
    money_commands.PublishVoids: frozenset(Stage),
    money_commands.SubmitPayout: frozenset(Stage),
    money_commands.PayoutAnswered: frozenset(Stage),
    money_commands.RetryPayout: frozenset(Stage),
    kindness_commands.Watch: frozenset(Stage),
    kindness_commands.Unwatch: frozenset(Stage),
    kindness_commands.AskCall: frozenset({A, P, R, O}),
    kindness_commands.RecordCall: frozenset({A, P, R, O}),
    kindness_commands.HandPartner: frozenset({A, P, R, O}),
}
"""Deciding a step is answered in every stage, by the step's own state: already decided, or the case is closed. The
note of another issuer may come whenever it is awaited, also after the distributor has passed the credit on; whether a
credit note can still be void is the note's own matter."""

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
    first = next(iter(case.instants_due), None)
    return first[0] if first and first[0] > at else None


def answer(draft: Draft, command: Any) -> None:
    case, kind = draft.case, type(command)
    if not rights.may(kind, case, draft.actor, draft.view.directory, draft.at):
        raise Refused("forbidden", "You may not do this on this case.")
    if case.stage not in ALLOWED[kind]:
        raise _refuse_stage(case, kind)
    if kind in (commands.Propose, commands.RequestException):
        voiding.refuse_half_void(case)
    HANDLERS[kind](draft, command)
    _first_act(draft, kind)
    _tell_of_change(draft)


def allowed_actions(case: Case, actor: Actor, view_at: datetime, view: View) -> tuple[str, ...]:
    """The actions this reader has now, by their names in the API."""
    found = []
    for name, kind in ACTIONS.items():
        may = rights.may(kind, case, actor, view.directory, view_at)
        if may and case.stage in ALLOWED[kind] and _makes_sense(case, name, actor, view_at, view):
            found.append(name)
    return tuple(found)


def _makes_sense(case: Case, name: str, actor: Actor, at: datetime, view: View) -> bool:
    if name in agreeing.STATES:
        return agreeing.offered(case, name, actor)
    if name == "confirm_pass_through":
        return external_notes.may_pass_on(case, view.policy) and not paying.under_way(case)
    if name in kindnesses.ACTIONS:
        return kindnesses.offered(case, name, actor)
    return name not in OFFERED or OFFERED[name](case, at)


OFFERED: Final[dict[str, Callable[[Case, datetime], bool]]] = {
    "answer": lambda case, _: any(question.open for question in case.questions),
    "appeal": lambda case, at: case.appeal is None and at < (case.appeal_until or at),
    "recall": lambda case, _: not appeals.last_step_begun(case),
    "request_exception": lambda case, _: case.appeal is None,
    "withdraw": lambda case, _: not (case.remedy and case.remedy.done(remedies.CANCEL_UPSTREAM)),
    "escalate": lambda case, _: case.stage.value not in case.pulled,
    "confirm_note": lambda case, _: bool(external_notes.waiting(case)),
    "settle": lambda case, _: not case.notes_issued,
    "retry_payout": lambda case, _: bool(paying.failed(case)),
}
"""What is offered only while it has an answer other than a refusal; facts have a table of their own."""


def _refuse_stage(case: Case, kind: type) -> Refused:
    if not case.open:
        return Refused("case-closed", f"{case.ref} is closed ({case.outcome}); a note can still be added.")
    if kind is commands.Appeal:
        return Refused("wrong-state", "Nothing is refused yet: an appeal follows a decision.")
    name = next((name for name, act in ACTIONS.items() if act is kind), "this").replace("_", " ")
    stage = case.stage.replace("_", " ")
    return Refused("wrong-state", f"{name.capitalize()} is not possible while the case is in {stage}.")


HANDLERS: Final[dict[type, Callable[[Draft, Any], None]]] = {
    commands.AddNote: talking.add_note,
    attachments.AddAttachment: talking.attach,
    commands.Withdraw: acts.withdraw,
    commands.Escalate: acts.escalate,
    commands.AskPartner: talking.ask_partner,
    commands.Answer: talking.answer,
    commands.Propose: acts.propose,
    commands.DecideStep: deciding.decide_step,
    commands.ConfirmPassThrough: acts.confirm,
    commands.CloseCase: acts.close,
    commands.CaseDue: acts.due,
    commands.RecordAction: acts.record,
    commands.IssueNotes: acts.issue,
    commands.FailRemedy: acts.fail,
    commands.RetryRemedy: acts.retry,
    commands.SyncPeople: succession.follow,
    commands.AlreadyTold: talking.already_told,
    commands.AddFact: agreeing.add_fact,
    commands.CorrectFact: agreeing.correct_fact,
    commands.ConfirmFact: agreeing.confirm_fact,
    commands.DisputeFact: agreeing.dispute_fact,
    commands.UpholdFact: agreeing.uphold_fact,
    commands.WithdrawFact: agreeing.withdraw_fact,
    commands.FollowOrder: agreeing.follow_order,
    commands.RequestException: exceptions.request_exception,
    commands.Recall: appeals.recall,
    commands.Appeal: appeals.appeal,
    commands.Reassign: handing.reassign,
    commands.Redirect: handing.redirect,
    commands.AdoptPolicy: acts.adopt_policy,
    money_commands.ConfirmNote: acts.confirm_note,
    money_commands.Settle: settlements.settle,
    money_commands.VoidNote: voiding.void,
    money_commands.PublishVoids: voiding.stored,
    money_commands.SubmitPayout: payouts.submit,
    money_commands.PayoutAnswered: payouts.answered,
    money_commands.RetryPayout: payouts.retry,
    kindness_commands.Watch: kindnesses.watch,
    kindness_commands.Unwatch: kindnesses.unwatch,
    kindness_commands.AskCall: kindnesses.ask_call,
    kindness_commands.RecordCall: kindnesses.record_call,
    kindness_commands.HandPartner: kindnesses.hand_partner,
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
    "already_told": commands.AlreadyTold,
    "add_fact": commands.AddFact,
    "correct_fact": commands.CorrectFact,
    "confirm_fact": commands.ConfirmFact,
    "dispute_fact": commands.DisputeFact,
    "uphold_fact": commands.UpholdFact,
    "withdraw_fact": commands.WithdrawFact,
    "request_exception": commands.RequestException,
    "recall": commands.Recall,
    "appeal": commands.Appeal,
    "reassign": commands.Reassign,
    "redirect": commands.Redirect,
    "confirm_note": money_commands.ConfirmNote,
    "settle": money_commands.Settle,
    "retry_payout": money_commands.RetryPayout,
    **kindnesses.ACTIONS,
}
"""The actions of the API; deciding has its own path."""


def _first_act(draft: Draft, kind: type) -> None:
    """Each new owner's clock runs to their first act."""
    clock = draft.case.clock(clocks.OWNER)
    if (
        kind in kindnesses.QUIET
        or not draft.events
        or clock is None
        or clock.state is ClockState.DONE
        or kind is commands.CaseDue
    ):
        return
    if draft.actor.person and rights.owner(draft.case, draft.actor, draft.view.directory, draft.at):
        draft.emit(ClocksSet((clocks.done(clock),)))


NAMES_SOMEBODY = (
    "case.approval_step_started",
    "case.step_handed_on",
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
