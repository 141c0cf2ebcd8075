"""Every decision has a defined answer in every state a step can be in (DOMAIN: Approvals, Endings)."""

from typing import Any

import pytest

from partnerflow.cases.commands import AskPartner, DecideStep, Recall, Withdraw
from partnerflow.cases.deciding import step_of
from partnerflow.cases.model import Case, Step, StepStatus
from partnerflow.people import Actor
from tests.domain.builders_cases import PaperDesk, jan, policy, refused
from tests.domain.builders_people import AMARA, DANIEL, ELLIE, OWEN, PRIYA, person

REF = "PF-2027-000001"
FIRST, SECOND = f"{REF}-1-1", f"{REF}-1-2"
NOW = jan(4, 11)
DECISIONS: dict[str, dict[str, Any]] = {
    "approve": {},
    "approve_partial": {"amount": 100_000},
    "decline": {"text": "No.", "reason_code": "activated"},
    "ask": {"text": "Which ones?"},
    "pass_on": {"to": "daniel-reeves"},
    "redirect": {"to": "licensing", "text": "A question of keys."},
}
"""What each needs beside its name."""


def pending() -> tuple[PaperDesk, str, Actor]:
    desk = PaperDesk()
    desk.open()
    return desk, FIRST, PRIYA


def paused() -> tuple[PaperDesk, str, Actor]:
    desk, step, actor = pending()
    desk.do(AskPartner("Which?"), OWEN, jan(4, 10))
    return desk, step, actor


def climbed() -> tuple[PaperDesk, str, Actor]:
    """To Daniel on Tuesday; asked on Monday all the same would be before it: so the table's instant moves with it."""
    desk, step, _ = pending()
    desk.until(jan(5))
    return desk, step, DANIEL


def waiting() -> tuple[PaperDesk, str, Actor]:
    desk, _, _ = pending()
    return desk, SECOND, AMARA


def approved() -> tuple[PaperDesk, str, Actor]:
    desk, step, actor = pending()
    desk.decide(PRIYA, jan(4, 10))
    return desk, step, actor


def half_answered() -> tuple[PaperDesk, str, Actor]:
    """Both must say yes; Priya has."""
    both = {"person": ["priya-nair", "tom-becker"], "mode": "all"}
    desk = PaperDesk(policy=policy(routes=[{"id": "both", "when": "true", "steps": [both]}]))
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    return desk, FIRST, PRIYA


def declined() -> tuple[PaperDesk, str, Actor]:
    desk, step, actor = pending()
    desk.decline(PRIYA, jan(4, 10))
    return desk, step, actor


def void_by_recall() -> tuple[PaperDesk, str, Actor]:
    desk, step, actor = pending()
    desk.do(Recall("The wrong lines."), ELLIE, jan(4, 10))
    return desk, step, actor


def void_by_withdrawal() -> tuple[PaperDesk, str, Actor]:
    desk, step, actor = pending()
    desk.do(Withdraw("No need."), ELLIE, jan(4, 10))
    return desk, step, actor


STATES = {
    make.__name__: make
    for make in (
        pending, paused, climbed, waiting, approved, half_answered, declined, void_by_recall, void_by_withdrawal,
    )
}  # fmt: skip
DONE, OVER, CLOSED, OTHERS = "done", "already-decided", "case-closed", "forbidden"
ANSWERS: dict[tuple[str, str], str] = {
    **{("pending", what): DONE for what in DECISIONS},
    **{("paused", what): DONE for what in DECISIONS},
    **{("climbed", what): DONE for what in DECISIONS},
    ("climbed", "pass_on"): "wrong-state",
    **{("waiting", what): OTHERS for what in DECISIONS},
    **{("approved", what): OVER for what in DECISIONS},
    **{("half_answered", what): OVER for what in DECISIONS},
    **{("declined", what): CLOSED for what in DECISIONS},
    **{("void_by_recall", what): OVER for what in DECISIONS},
    **{("void_by_withdrawal", what): CLOSED for what in DECISIONS},
}
"""A waiting step is nobody's yet; whom the rung named has it already, so Daniel cannot pass it on to himself; who has
said yes says nothing more. A question asked again while one is open is a second point."""

STATUSES = {
    "pending": StepStatus.PENDING, "paused": StepStatus.PENDING, "climbed": StepStatus.PENDING,
    "waiting": StepStatus.WAITING, "approved": StepStatus.APPROVED, "half_answered": StepStatus.PENDING,
    "declined": StepStatus.DECLINED, "void_by_recall": StepStatus.VOID, "void_by_withdrawal": StepStatus.VOID,
}  # fmt: skip


def test_the_table_names_every_pair_and_every_status() -> None:
    assert set(ANSWERS) == {(state, what) for state in STATES for what in DECISIONS}
    assert set(STATUSES.values()) == set(StepStatus)


def the_step(case: Case, step_id: str) -> Step:
    found = step_of(case, step_id)
    assert found
    return found


@pytest.mark.parametrize(("state", "what"), ANSWERS)
def test_every_decision_has_its_answer_in_every_state_of_a_step(state: str, what: str) -> None:
    desk, step_id, actor = STATES[state]()
    case, answer = desk.cases[REF], ANSWERS[state, what]
    before = the_step(case, step_id)
    assert before.status is STATUSES[state]
    command = DecideStep(step_id, what, "1.1", **DECISIONS[what])
    at = jan(5, 10) if state == "climbed" else NOW
    if answer == DONE:
        after = desk.do(command, actor, at, REF)
        recorded = the_step(after, step_id)
        assert (recorded.decisions != before.decisions) is (what in ("approve", "approve_partial", "decline"))
        assert (recorded.deciders != before.deciders) is (what in ("pass_on", "redirect"))
    else:
        with refused(answer):
            desk.do(command, actor, at, REF)
        assert desk.cases[REF] == case
    assert desk.fold(REF) == desk.cases[REF]


@pytest.mark.parametrize("what", DECISIONS)
def test_who_has_nothing_to_do_with_the_step_is_told_so(what: str) -> None:
    desk, step_id, _ = pending()
    for stranger in (person("tom-becker"), person("lucy-pemberton")):
        with refused("forbidden"):
            desk.do(DecideStep(step_id, what, "1.1", **DECISIONS[what]), stranger, NOW, REF)
