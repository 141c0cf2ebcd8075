"""Every pair (stage, command) has a defined answer (DOMAIN: Endings)."""

from collections.abc import Callable
from typing import Any

import pytest

from partnerflow.cases import commands as c
from partnerflow.cases import kindness_commands as k
from partnerflow.cases import money_commands as m
from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.machine import ALLOWED, HANDLERS, allowed_actions
from partnerflow.cases.model import Case, ExceptionAsked, ExceptionLine, Stage
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.model import Leg
from partnerflow.people import Actor
from tests.domain.builders_cases import (
    DEADLINE,
    HALF,
    ORDERS,
    PAYMENTS,
    PEOPLE,
    POLICY,
    REMEDY,
    PaperDesk,
    a_request,
    an_amount,
    jan,
    refused,
)
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA

REF = "PF-2027-000001"
LATER = jan(5, 11, 0)
A, P, R, O, C = Stage  # noqa: E741


def at_stage(stage: Stage) -> PaperDesk:
    """A desk whose one case stands at a stage, reached by commands."""
    desk = PaperDesk()
    desk.open(an_amount(10_000) if stage is Stage.ASSESSMENT else a_request(20))
    if stage in (Stage.REMEDY, Stage.PASSING_ON, Stage.CLOSED):
        desk.decide(PRIYA, jan(4, 10))
    if stage in (Stage.PASSING_ON, Stage.CLOSED):
        desk.remedy(jan(4, 10))
    if stage is Stage.CLOSED:
        desk.pass_on(jan(4, 11))
    assert desk.cases[REF].stage is stage
    return desk


EXCEPTION = ExceptionAsked("Activated by mistake.", (ExceptionLine(1, 1, HALF),))


def decision(case: Case) -> c.DecideStep:
    step = f"{REF}-1-1"
    return c.DecideStep(step, "approve", "1.1")


PAYOUT = f"payout:{REF}:1:downstream:downstream-1:refund"
COMMANDS: dict[type, tuple[Callable[[Case], Any], Actor]] = {
    c.AddNote: (lambda _: c.AddNote("Hello."), ELLIE),
    AddAttachment: (lambda _: AddAttachment("a1", "keys.txt", "text/plain", "00", b"0"), ELLIE),
    c.Withdraw: (lambda _: c.Withdraw("No need."), ELLIE),
    c.Escalate: (lambda _: c.Escalate("Nobody moves."), ELLIE),
    c.AskPartner: (lambda _: c.AskPartner("Which?"), OWEN),
    c.Answer: (lambda _: c.Answer("q1", "These."), ELLIE),
    c.Propose: (lambda _: c.Propose((Portion(1, amount=10_000),), "c", "Fair."), OWEN),
    c.DecideStep: (decision, PRIYA),
    c.ConfirmPassThrough: (lambda _: c.ConfirmPassThrough("refund", "M", LATER), NADIA),
    c.CloseCase: (lambda _: c.CloseCase("unknown"), OWEN),
    c.CaseDue: (lambda _: c.CaseDue("any", LATER), DEADLINE),
    c.RecordAction: (lambda _: c.RecordAction(1, "check"), REMEDY),
    c.IssueNotes: (lambda _: c.IssueNotes(1), REMEDY),
    c.FailRemedy: (lambda _: c.FailRemedy(1, "It broke."), REMEDY),
    c.RetryRemedy: (lambda _: c.RetryRemedy(1), OWEN),
    c.SyncPeople: (lambda _: c.SyncPeople(), PEOPLE),
    c.AlreadyTold: (lambda _: c.AlreadyTold("On Monday."), ELLIE),
    c.AddFact: (lambda _: c.AddFact("Two keys were never used."), OWEN),
    c.CorrectFact: (lambda _: c.CorrectFact("activated-1", "5 of 50 are activated."), OWEN),
    c.ConfirmFact: (lambda _: c.ConfirmFact("activated-1"), ELLIE),
    c.DisputeFact: (lambda _: c.DisputeFact("activated-1", "None is."), ELLIE),
    c.UpholdFact: (lambda _: c.UpholdFact("activated-1", "The vendor's log."), OWEN),
    c.WithdrawFact: (lambda _: c.WithdrawFact("activated-1"), OWEN),
    c.FollowOrder: (lambda _: c.FollowOrder(), ORDERS),
    c.RequestException: (lambda _: c.RequestException(EXCEPTION), ELLIE),
    c.Recall: (lambda _: c.Recall("The wrong lines."), ELLIE),
    c.Appeal: (lambda _: c.Appeal("Look again."), ELLIE),
    c.Reassign: (lambda _: c.Reassign("sam-whitfield"), OWEN),
    c.Redirect: (lambda _: c.Redirect("licensing", "A key question."), OWEN),
    c.AdoptPolicy: (lambda _: c.AdoptPolicy(2), POLICY),
    m.ConfirmNote: (lambda _: m.ConfirmNote(Leg.UPSTREAM, "V-1", LATER, 88_000, 17_600, 105_600), NADIA),
    m.Settle: (lambda _: m.Settle(Settlement()), ELLIE),
    m.VoidNote: (lambda _: m.VoidNote("MER-CN-2027-000001", "Wrong price."), AMARA),
    m.PublishVoids: (lambda _: m.PublishVoids(1), REMEDY),
    m.SubmitPayout: (lambda _: m.SubmitPayout(PAYOUT), PAYMENTS),
    m.PayoutAnswered: (lambda _: m.PayoutAnswered(PAYOUT, 1, m.Found.UNKNOWN), PAYMENTS),
    m.RetryPayout: (lambda _: m.RetryPayout(PAYOUT), AMARA),
    k.Watch: (lambda _: k.Watch(), ELLIE),
    k.Unwatch: (lambda _: k.Unwatch(), ELLIE),
    k.AskCall: (lambda _: k.AskCall("+44 20 7946 0001", "", "The keys."), ELLIE),
    k.RecordCall: (lambda _: k.RecordCall("call-1", "We spoke."), OWEN),
    k.HandPartner: (lambda _: k.HandPartner("ellie-marsh"), ELLIE),
}

DONE, CLOSED, WRONG = "done", "case-closed", "wrong-state"
ANSWERS: dict[tuple[type, Stage], str] = {
    **{(c.AddNote, stage): DONE for stage in Stage},
    (AddAttachment, A): DONE, (AddAttachment, P): DONE, (AddAttachment, R): DONE,
    (AddAttachment, O): DONE, (AddAttachment, C): CLOSED,
    (c.Withdraw, A): DONE, (c.Withdraw, P): DONE, (c.Withdraw, R): DONE,
    (c.Withdraw, O): WRONG, (c.Withdraw, C): CLOSED,
    (c.Escalate, A): DONE, (c.Escalate, P): "too-early", (c.Escalate, R): WRONG,
    (c.Escalate, O): "too-early", (c.Escalate, C): CLOSED,
    (c.AskPartner, A): DONE, (c.AskPartner, P): DONE, (c.AskPartner, R): WRONG,
    (c.AskPartner, O): WRONG, (c.AskPartner, C): CLOSED,
    (c.Answer, A): WRONG, (c.Answer, P): WRONG, (c.Answer, R): WRONG,
    (c.Answer, O): WRONG, (c.Answer, C): CLOSED,
    (c.Propose, A): DONE, (c.Propose, P): WRONG, (c.Propose, R): WRONG,
    (c.Propose, O): WRONG, (c.Propose, C): CLOSED,
    (c.DecideStep, A): "not-found", (c.DecideStep, P): "forbidden", (c.DecideStep, R): "already-decided",
    (c.DecideStep, O): "already-decided", (c.DecideStep, C): CLOSED,
    (c.ConfirmPassThrough, A): WRONG, (c.ConfirmPassThrough, P): WRONG, (c.ConfirmPassThrough, R): WRONG,
    (c.ConfirmPassThrough, O): DONE, (c.ConfirmPassThrough, C): CLOSED,
    (c.CloseCase, A): DONE, (c.CloseCase, P): DONE, (c.CloseCase, R): WRONG,
    (c.CloseCase, O): WRONG, (c.CloseCase, C): CLOSED,
    **{(c.CaseDue, stage): DONE for stage in Stage},
    (c.RecordAction, A): WRONG, (c.RecordAction, P): WRONG, (c.RecordAction, R): DONE,
    (c.RecordAction, O): WRONG, (c.RecordAction, C): CLOSED,
    (c.IssueNotes, A): WRONG, (c.IssueNotes, P): WRONG, (c.IssueNotes, R): WRONG,
    (c.IssueNotes, O): WRONG, (c.IssueNotes, C): CLOSED,
    (c.FailRemedy, A): WRONG, (c.FailRemedy, P): WRONG, (c.FailRemedy, R): DONE,
    (c.FailRemedy, O): WRONG, (c.FailRemedy, C): CLOSED,
    (c.RetryRemedy, A): WRONG, (c.RetryRemedy, P): WRONG, (c.RetryRemedy, R): WRONG,
    (c.RetryRemedy, O): WRONG, (c.RetryRemedy, C): CLOSED,
    (c.SyncPeople, A): DONE, (c.SyncPeople, P): DONE, (c.SyncPeople, R): DONE,
    (c.SyncPeople, O): DONE, (c.SyncPeople, C): CLOSED,
    **{(c.AlreadyTold, stage): DONE for stage in Stage},
    (c.AddFact, A): DONE, (c.AddFact, P): DONE, (c.AddFact, R): WRONG,
    (c.AddFact, O): WRONG, (c.AddFact, C): CLOSED,
    (c.CorrectFact, A): DONE, (c.CorrectFact, P): DONE, (c.CorrectFact, R): DONE,
    (c.CorrectFact, O): WRONG, (c.CorrectFact, C): CLOSED,
    (c.ConfirmFact, A): WRONG, (c.ConfirmFact, P): WRONG, (c.ConfirmFact, R): WRONG,
    (c.ConfirmFact, O): WRONG, (c.ConfirmFact, C): CLOSED,
    (c.DisputeFact, A): DONE, (c.DisputeFact, P): DONE, (c.DisputeFact, R): WRONG,
    (c.DisputeFact, O): WRONG, (c.DisputeFact, C): CLOSED,
    (c.UpholdFact, A): WRONG, (c.UpholdFact, P): WRONG, (c.UpholdFact, R): WRONG,
    (c.UpholdFact, O): WRONG, (c.UpholdFact, C): CLOSED,
    (c.WithdrawFact, A): DONE, (c.WithdrawFact, P): DONE, (c.WithdrawFact, R): DONE,
    (c.WithdrawFact, O): WRONG, (c.WithdrawFact, C): CLOSED,
    (c.FollowOrder, A): DONE, (c.FollowOrder, P): DONE, (c.FollowOrder, R): WRONG,
    (c.FollowOrder, O): WRONG, (c.FollowOrder, C): CLOSED,
    (c.RequestException, A): "invalid-quantity", (c.RequestException, P): DONE, (c.RequestException, R): WRONG,
    (c.RequestException, O): WRONG, (c.RequestException, C): CLOSED,
    (c.Recall, A): WRONG, (c.Recall, P): DONE, (c.Recall, R): WRONG,
    (c.Recall, O): WRONG, (c.Recall, C): CLOSED,
    (c.Appeal, A): WRONG, (c.Appeal, P): WRONG, (c.Appeal, R): WRONG,
    (c.Appeal, O): WRONG, (c.Appeal, C): CLOSED,
    (c.Reassign, A): DONE, (c.Reassign, P): DONE, (c.Reassign, R): DONE,
    (c.Reassign, O): DONE, (c.Reassign, C): CLOSED,
    (c.Redirect, A): DONE, (c.Redirect, P): DONE, (c.Redirect, R): WRONG,
    (c.Redirect, O): WRONG, (c.Redirect, C): CLOSED,
    (c.AdoptPolicy, A): DONE, (c.AdoptPolicy, P): DONE, (c.AdoptPolicy, R): DONE,
    (c.AdoptPolicy, O): DONE, (c.AdoptPolicy, C): CLOSED,
    (m.ConfirmNote, A): WRONG, (m.ConfirmNote, P): WRONG, (m.ConfirmNote, R): WRONG,
    (m.ConfirmNote, O): WRONG, (m.ConfirmNote, C): CLOSED,
    (m.Settle, A): DONE, (m.Settle, P): DONE, (m.Settle, R): DONE,
    (m.Settle, O): "already-settled", (m.Settle, C): CLOSED,
    (m.VoidNote, A): "not-found", (m.VoidNote, P): "not-found", (m.VoidNote, R): "not-found",
    (m.VoidNote, O): DONE, (m.VoidNote, C): "already-settled",
    **{(m.PublishVoids, stage): DONE for stage in Stage},
    **{(kind, stage): "not-found" for kind in (m.SubmitPayout, m.PayoutAnswered) for stage in Stage},
    **{(m.RetryPayout, stage): WRONG for stage in Stage},
    **{(k.Watch, stage): DONE for stage in Stage},
    **{(k.Unwatch, stage): DONE for stage in Stage},
    **{(k.AskCall, stage): CLOSED if stage is C else DONE for stage in Stage},
    **{(kind, stage): CLOSED if stage is C else WRONG for kind in (k.RecordCall, k.HandPartner) for stage in Stage},
}  # fmt: skip
"""On Tuesday 11:00: Priya's step has just gone up (``forbidden`` to her, ``too-early`` to pull it further), passing
on is young, no question was asked, the activated units are confirmed and cited, no remedy has failed, and notes wait
for the acts before them; all of them are issued here. In assessment an amount is asked for: there are no units
to except."""


def test_the_table_names_every_pair() -> None:
    assert set(ANSWERS) == {(kind, stage) for kind in HANDLERS for stage in Stage}
    assert set(COMMANDS) == set(ALLOWED) == set(HANDLERS)


@pytest.mark.parametrize(("kind", "stage"), ANSWERS, ids=lambda x: getattr(x, "__name__", str(x)))
def test_every_command_has_its_answer_in_every_stage(kind: type, stage: Stage) -> None:
    desk = at_stage(stage)
    make, actor = COMMANDS[kind]
    answer = ANSWERS[kind, stage]
    if answer == DONE:
        desk.do(make(desk.cases[REF]), actor, LATER)
    else:
        with refused(answer):
            desk.do(make(desk.cases[REF]), actor, LATER)
    assert desk.fold(REF) == desk.cases[REF]


def test_a_reader_is_offered_only_what_would_be_answered() -> None:
    for stage in Stage:
        desk = at_stage(stage)
        case, view = desk.cases[REF], desk.view(REF)
        for actor in (ELLIE, OWEN, PRIYA, AMARA, NADIA):
            for name in allowed_actions(case, actor, jan(4, 11), view):
                kind = {"note": c.AddNote, "close": c.CloseCase}.get(name)
                assert kind is None or stage in ALLOWED[kind]
        assert allowed_actions(case, AMARA, jan(4, 11), view) == (
            ("settle", "watch") if case.open and not case.notes_issued else ("watch",)
        )
