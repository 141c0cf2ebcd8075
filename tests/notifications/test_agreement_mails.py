"""The mails about facts, exceptions and what they do to an approval, as whole mails: text and HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from notifications.messages import case_mail
from partnerflow.cases import machine
from partnerflow.cases.commands import (
    AddFact,
    AlreadyTold,
    CaseDue,
    ConfirmFact,
    CorrectFact,
    DecideStep,
    DisputeFact,
    RequestException,
    UpholdFact,
    WithdrawFact,
)
from partnerflow.cases.deciding import version
from partnerflow.cases.letters import letter
from partnerflow.cases.model import ExceptionAsked, ExceptionLine
from partnerflow.cases.notices import owed
from partnerflow.cases.status import status
from partnerflow.people import Actor
from tests.domain.builders_cases import DEADLINE, HALF, PaperDesk, a_request, jan
from tests.domain.builders_people import AMARA, ELLIE, OWEN, PRIYA, SAM

REF = "PF-2027-000001"
USED = "Two keys were <used> in December."
DESK = "https://desk.example"


@dataclass(frozen=True)
class Row:
    """A delivery as the outbox has it."""

    id: str
    stream: str
    event: str
    address: str
    created_at: datetime
    data: Any = None
    gathered: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Sent:
    """``said`` is the text without its line breaks."""

    said: str
    html: str


def mails(desk: PaperDesk, command: Any, actor: Actor, at: datetime) -> dict[tuple[str, str], Sent]:
    """By recipient and event what a command has sent; the desk goes on from there."""
    return dict(_sent(desk, command, actor, at))


def _sent(
    desk: PaperDesk, command: Any, actor: Actor, at: datetime
) -> Iterator[tuple[tuple[str, str], Sent]]:
    case = desk.cases[REF]
    draft = machine.decide(case, command, actor, at, desk.view(REF))
    now = status(draft.case, desk.policy, desk.directory, at)
    for n in owed(draft, case.version + 1):
        row = Row(f"{REF}/{n.seq}/{n.recipient}", REF, n.event, n.address, at)
        mail = case_mail(row, letter(n, draft, now), DESK, ())
        yield (n.recipient, n.event), Sent(" ".join(mail.text.split()), mail.html)
    desk.do(command, actor, at)


@pytest.fixture
def desk() -> PaperDesk:
    desk = PaperDesk()
    desk.open()
    return desk


FACT, DISPUTE = "case.fact_changed", "case.fact_disputed"


def test_the_partner_is_asked_whether_it_is_right_and_by_when(desk: PaperDesk) -> None:
    sent = mails(desk, AddFact(USED), OWEN, jan(4, 10))
    assert set(sent) == {("ellie-marsh", FACT)}
    mail = sent["ellie-marsh", FACT]
    assert "Is this right? Please confirm or dispute it" in mail.said
    assert f"Please answer: confirm or dispute: {USED}" in mail.said
    assert "We wait for you to confirm or dispute a fact by Mon 11 Jan 10:30 GMT" in mail.said
    assert "Owen Clarke" in mail.said
    assert "<used>" not in mail.html
    assert "&lt;used&gt;" in mail.html


def test_a_dispute_goes_to_whoever_stated_it_and_to_whoever_has_to_wait(desk: PaperDesk) -> None:
    desk.do(AddFact(USED), SAM, jan(4, 10))
    sent = mails(desk, DisputeFact("f1", "They never were."), ELLIE, jan(4, 11))
    assert {who for who, _ in sent} == {"sam-whitfield", "owen-clarke", "priya-nair"}
    owner = sent["owen-clarke", DISPUTE].said
    assert "Ellie Marsh disputes a fact" in owner
    assert "Objection: They never were." in owner
    assert "Nobody decides on it before that is answered." in owner
    assert "upheld with evidence by somebody who did not add it" in owner
    assert "Sam Whitfield" in owner, "it is his statement that is quoted"


def test_upholding_tells_the_partner_what_follows_from_it(desk: PaperDesk) -> None:
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    desk.do(DisputeFact("f1", "Never."), ELLIE, jan(4, 11))
    sent = mails(desk, UpholdFact("f1", "The vendor's log."), SAM, jan(4, 12))
    partner = sent["ellie-marsh", FACT].said
    assert "Sam Whitfield upholds a fact, although it is disputed" in partner
    assert "Evidence: The vendor's log." in partner
    assert "It will say that you dispute it, and you can appeal on that ground." in partner
    decision = DecideStep(
        f"{REF}-1-1", "decline", "1.1", "The log shows it.", "not_substantiated", facts=("f1",)
    )
    declined = mails(desk, decision, PRIYA, jan(4, 13))["ellie-marsh", "case.declined"]
    assert f"It rests on: “{USED}”, although it is disputed." in declined.said
    assert "It rests on: “Activated by mistake.”" in declined.said


def test_silence_is_told_to_both_sides(desk: PaperDesk) -> None:
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    due = desk.cases[REF].clock("partner_answer")
    assert due
    assert due.due_at
    desk.until(due.warnings[-1].at)
    sent = mails(desk, CaseDue("partner_answer", due.due_at), DEADLINE, due.due_at)
    assert "We have not heard from you on this; it goes on without" in sent["ellie-marsh", FACT].said
    decider = sent["priya-nair", FACT].said
    assert "The partner has not said whether this is right" in decider
    assert "Silence neither confirms nor withdraws it" in decider
    assert "Approve, approve in part, ask the partner, or decline with a reason." in decider
    assert f"{DESK}/approvals/{REF}-1-1" in decider


def test_who_decides_hears_that_the_point_they_waited_for_is_answered(desk: PaperDesk) -> None:
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    sent = mails(desk, ConfirmFact("f1"), ELLIE, jan(4, 11))
    assert "Ellie Marsh confirms it" in sent["priya-nair", FACT].said
    assert ("ellie-marsh", FACT) not in sent


def test_a_changed_fact_says_what_it_said_before_to_whoever_had_endorsed_it(desk: PaperDesk) -> None:
    desk.do(
        DecideStep(f"{REF}-1-1", "approve", version(desk.cases[REF], desk.cases[REF].step)),  # type: ignore[arg-type]
        PRIYA,
        jan(4, 10),
    )
    sent = mails(desk, CorrectFact("activated-1", "5 are activated."), OWEN, jan(4, 11))
    partner = sent["ellie-marsh", "case.round_restarted"].said
    assert "“4 of 50 units of LIC-PRO are activated.” now reads: “5 are activated.”" in partner
    assert ("ellie-marsh", "case.approval_step_started") not in sent, "it begins again: that is said once"
    assert ("priya-nair", "case.approval_step_started") in sent


def test_what_staff_dispute_the_partner_is_asked_to_answer(desk: PaperDesk) -> None:
    sent = mails(desk, DisputeFact("justification", "It was in use for a month."), OWEN, jan(4, 10))
    mail = sent["ellie-marsh", DISPUTE].said
    assert "Owen Clarke disputes a fact" in mail
    assert "Please answer: correct, withdraw or substantiate: Activated by mistake." in mail


def test_a_withdrawn_fact_says_why(desk: PaperDesk) -> None:
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    sent = mails(desk, WithdrawFact("f1", "It was another order."), OWEN, jan(4, 11))
    mail = sent["ellie-marsh", FACT].said
    assert "Owen Clarke no longer states this" in mail
    assert "It was another order." in mail


def test_an_exception_and_a_reminder_go_to_the_owner() -> None:
    desk = PaperDesk()
    desk.open(a_request(50))
    asked = ExceptionAsked("Tried once.", (ExceptionLine(1, 4, HALF),))
    sent = mails(desk, RequestException(asked), ELLIE, jan(4, 10))
    assert "Ellie Marsh asks for an exception" in sent["owen-clarke", "case.exception_requested"].said
    assert ("owen-clarke", FACT) not in sent, "the same is not said twice"
    told = mails(desk, AlreadyTold("On Monday."), ELLIE, jan(4, 11))["owen-clarke", "case.already_told"]
    assert "The partner had told us this already (no. 1)" in told.said


def test_an_approval_that_is_taken_back_is_not_said_to_stand(desk: PaperDesk) -> None:
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    sent = mails(desk, WithdrawFact("activated-1"), OWEN, jan(4, 12))
    partner = sent["ellie-marsh", "case.remedy_failed"].said
    assert "The approval does not hold; your case is assessed again" in partner
    assert "Your approval stands" not in partner
