"""What a case's mails say to whom: the same event reads otherwise for the partner than for those inside."""

import pytest

from notifications.case_words import words
from notifications.words import Voice
from partnerflow.cases import machine
from partnerflow.cases.commands import AskPartner, DecideStep
from partnerflow.cases.deciding import version
from partnerflow.cases.letters import letter
from partnerflow.cases.notices import owed
from partnerflow.cases.status import status
from partnerflow.people import Actor
from tests.domain.builders_cases import PaperDesk, jan
from tests.domain.builders_people import PRIYA

REF = "PF-2027-000001"
ENGLISH = Voice("en_GB", "Europe/London")


def headlines(desk: PaperDesk, decision: str, actor: Actor = PRIYA) -> dict[tuple[str, str], str]:
    """By event and audience, what the mails of a decision in the first step say."""
    case, at = desk.cases[REF], jan(4, 11)
    assert case.step
    said = {"reason_code": "not_substantiated"} if decision == "decline" else {}
    command = DecideStep(case.step.id, decision, version(case, case.step), text="As it is.", **said)
    draft = machine.decide(case, command, actor, at, desk.view(REF))
    now = status(draft.case, desk.policy, desk.directory, at)
    return {
        (n.event, n.audience): words(letter(n, draft, now), n.event, ENGLISH).headline
        for n in owed(draft, case.version + 1)
    }


@pytest.fixture
def desk() -> PaperDesk:
    desk = PaperDesk()
    desk.open()
    return desk


def test_a_decline_is_the_partners_request_and_the_owners_case(desk: PaperDesk) -> None:
    said = headlines(desk, "decline")
    assert said["case.declined", "partner"] == "Your request was declined"
    assert said["case.declined", "owner"] == "The request was declined"
    assert said["case.declined", "distributor"] == "The request was declined", "told of it when it was opened"


def test_a_question_that_a_decision_overtakes_is_not_called_late(desk: PaperDesk) -> None:
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10))
    said = headlines(desk, "approve")
    assert said["case.info_received", "partner"] == "The question was not answered; it goes on without"


def test_a_warning_names_the_instant_of_its_own_clock(desk: PaperDesk) -> None:
    case, at = desk.cases[REF], jan(4, 11, 45)
    draft = machine.settle_only(case, PRIYA, at, desk.view(REF))
    now = status(draft.case, desk.policy, desk.directory, at)
    warned = {n.data.clock: letter(n, draft, now) for n in owed(draft, case.version + 1)}
    owner = case.clock("owner")
    assert owner
    assert warned["owner"].due_at == owner.due_at != now.due_at


def test_what_is_next_speaks_to_the_partner_alone_as_you(desk: PaperDesk) -> None:
    desk.do(AskPartner("Which keys?"), PRIYA, jan(4, 10))
    now = status(desk.cases[REF], desk.policy, desk.directory, jan(4, 10))
    assert "your answer" in now.next
    assert "the partner's answer" in now.next_inside
