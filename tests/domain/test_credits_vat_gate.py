"""The VAT gate: each condition can fail, and what fails one is not issued."""

from dataclasses import replace

import pytest

from partnerflow.cases import vat_checks
from partnerflow.cases.commands import Propose
from partnerflow.cases.model import RemedyState, Stage
from partnerflow.credits.portions import Portion
from partnerflow.credits.vat_gate import Condition, Grounds, unmet, weigh
from partnerflow.orders.commands import RecordPayment
from partnerflow.orders.model import Leg, Payment
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import MONDAY, PaperDesk, a_request, an_amount, jan, refused
from tests.domain.builders_people import PRIYA, person

SOUND = Grounds(
    "GBP", "Granted.", "Wrong quantity.", 288_000, 180_000, "Harbour IT Ltd", "Harbour IT Ltd", "M-1"
)


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({}, None),
        ({"agreed": None}, Condition.AGREED),
        ({"corrects": None}, Condition.GENUINE),
        ({"gross": 0}, Condition.REAL_VALUE),
        ({"customer": "Quayside Ltd"}, Condition.ISSUED_TO_CUSTOMER),
        ({"written_off": 1}, Condition.NOT_BAD_DEBT),
        ({"gross": 100_000, "written_off": 80_000}, None),
        ({"gross": 100_001, "written_off": 80_000}, Condition.NOT_BAD_DEBT),
        ({"unpaid": 0, "written_off": 0}, None),
    ],
)
def test_each_condition_fails_by_itself(
    changes: dict[str, int | str | None], fails: Condition | None
) -> None:
    found = weigh(replace(SOUND, **changes))  # type: ignore[arg-type]
    assert [each.condition for each in found] == list(Condition)
    bad = unmet(found)
    assert (bad and bad.condition) == fails


def test_the_value_is_said_as_what_the_bill_falls_by_and_what_is_given_back() -> None:
    value = weigh(SOUND)[2]
    assert value.because == "The bill falls by 1800.00 GBP and 1080.00 GBP is given back."


def written_off(desk: PaperDesk, amount: int) -> None:
    """meridian's books give up a part of what harbour owes."""
    lost = Payment("w-1", Leg.DOWNSTREAM, "downstream-1", amount, MONDAY, "write_off")
    desk.order = orders.do(desk.order, RecordPayment(lost))


def test_what_was_weighed_when_the_notes_were_issued_stays_with_the_case() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    case = desk.remedy(jan(4, 11))
    assert [each.leg for each in case.vat_gate] == [Leg.DOWNSTREAM, Leg.UPSTREAM]
    assert all(w.met for each in case.vat_gate for w in each.conditions)
    assert "granted in round 1 on 04.01.2027" in case.vat_gate[0].conditions[0].because
    assert vat_checks.shown(case, desk.view()) == case.vat_gate
    assert desk.fold(case.ref) == case


def test_a_bad_debt_is_not_lowered_by_a_credit_note_and_the_owner_has_it_again() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    written_off(desk, 180_000)
    case = desk.remedy(jan(4, 11), "check", "cancel_upstream", "issue")
    assert case.remedy is not None
    assert (case.stage, case.remedy.state) == (Stage.ASSESSMENT, RemedyState.COMPENSATED)
    assert "written off on invoice downstream-1" in (case.remedy.failed_because or "")
    assert (desk.notes, desk.counters) == ([], {})
    clock = case.clock("vat_note")
    assert clock is None or clock.state == "done"


def test_it_is_refused_as_soon_as_it_is_proposed() -> None:
    desk = PaperDesk()
    case = desk.open(an_amount(60_000))
    written_off(desk, 180_000)
    proposal = Propose((Portion(1, 0, 0, 60_000),), "by-amount", "As agreed.")
    with refused("wrong-state") as info:
        desk.do(proposal, person(case.owner), jan(4, 10))
    assert "bad debt relief" in info.value.detail
    back = Payment("w-2", Leg.DOWNSTREAM, "downstream-1", 180_000, MONDAY, "write_off_reversal")
    desk.order = orders.do(desk.order, RecordPayment(back))
    assert desk.do(proposal, person(case.owner), jan(4, 10)).stage is not Stage.ASSESSMENT


def test_a_write_off_is_no_payment_and_no_more_than_the_invoice() -> None:
    desk = PaperDesk()
    written_off(desk, 180_000)
    assert desk.order.received(Leg.DOWNSTREAM, "downstream-1") == 120_000
    assert desk.order.written_off(Leg.DOWNSTREAM, "downstream-1") == 180_000
    too_much = Payment("w-3", Leg.DOWNSTREAM, "downstream-1", 120_001, MONDAY, "write_off")
    with refused("invalid-amount"):
        orders.do(desk.order, RecordPayment(too_much))
