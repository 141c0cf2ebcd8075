"""What is given back goes through the payment port: intended with the note, submitted before anybody is told, and left
``unknown`` by looking alone. One key for ever."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases import machine, paying
from partnerflow.cases.commands import ConfirmPassThrough
from partnerflow.cases.model import Case, CaseOutcome, Stage
from partnerflow.cases.money_commands import Found, PayoutAnswered, RetryPayout, SubmitPayout
from partnerflow.cases.money_parts import Payout, PayoutKind, PayoutState
from partnerflow.cases.paying import PayoutAct
from partnerflow.cases.postings import after, entries, parties
from partnerflow.cases.status import status
from partnerflow.credits.ledger import balances
from partnerflow.credits.settlement import Settlement
from tests.domain.builders_cases import PAYMENTS, a_request, jan, refused, story_order
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA
from tests.domain.test_cases_voids import LINUS, OWN, REF, Desk, both

KEY = f"payout:{REF}:1:downstream:downstream-1:"
REFUND, CREDIT = KEY + "refund", KEY + "account_credit"


def credited(*, payments: bool = True, refund: int = 0, order: dict[str, Any] | None = None) -> Desk:
    """46 of 50 x LIC-PRO credited: 960.00 more than is unpaid, which goes to the account, or is refunded."""
    desk = Desk(order=story_order(**order), pays=payments) if order else Desk(pays=payments)
    settlement = Settlement(refund, 96_000 - refund, 0) if refund else None
    desk.open(a_request(46, settlement=settlement), actor=ELLIE)
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 12))
    return desk


def submit(desk: Desk, key: str, hour: int = 13, *, looked: bool = False) -> Payout:
    return _payout(desk.do(SubmitPayout(key, looked), PAYMENTS, jan(4, hour)), key)


def answer(desk: Desk, key: str, found: Found, hour: int = 13, minute: int = 40, **more: Any) -> Case:
    tries = more.pop("tries", _payout(desk.cases[REF], key).tries)
    return desk.do(PayoutAnswered(key, tries, found, **more), PAYMENTS, jan(4, hour, minute))


def _payout(case: Case, key: str) -> Payout:
    found = paying.find(case, key)
    assert found
    return found


def test_without_a_payment_port_nothing_is_intended_and_it_is_passed_on_by_hand() -> None:
    desk = credited(payments=False)
    assert desk.cases[REF].payouts == ()
    assert desk.pass_on(jan(4, 13)).outcome is CaseOutcome.CREDITED


def test_each_part_of_what_a_note_gives_back_is_intended_in_the_transaction_that_issues_it() -> None:
    desk = credited(refund=60_000)
    case = desk.cases[REF]
    assert [(p.key, p.kind, p.amount, p.state, p.note) for p in case.payouts] == [
        (REFUND, PayoutKind.REFUND, 60_000, PayoutState.INTENDED, OWN),
        (CREDIT, PayoutKind.ACCOUNT_CREDIT, 36_000, PayoutState.INTENDED, OWN),
    ]
    assert {(p.payer, p.payee, p.payee_name) for p in case.payouts} == {
        ("meridian", "harbour", desk.directory.organisations["harbour"].name)
    }
    assert desk.fold(REF) == case


def test_nothing_is_submitted_before_its_papers_stand() -> None:
    desk = Desk(pays=True)
    desk.open(a_request(46))
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 11), "check", "cancel_upstream", "issue")
    case = desk.cases[REF]
    assert paying.next_act(case, case.payouts[0]) is None
    with refused("wrong-state"):
        submit(desk, CREDIT, 11)
    case = desk.remedy(jan(4, 12), "publish")
    assert paying.next_act(case, case.payouts[0]) is PayoutAct.SUBMIT


def test_a_confirmed_payment_passes_the_credit_on_and_closes_the_case_by_itself() -> None:
    desk = credited()
    assert submit(desk, CREDIT).state is PayoutState.SUBMITTED
    case = answer(desk, CREDIT, Found.CONFIRMED, reference="BANK-7", at=jan(4, 13, 35))
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.CREDITED)
    passed = case.pass_through
    assert passed
    assert (passed.how, passed.reference, passed.at) == ("account_credit", "BANK-7", jan(4, 13, 35))
    assert {"ellie-marsh", "nadia-rahman"} <= {n.recipient for n in desk.told if n.event == "case.paid_out"}
    assert desk.fold(REF) == case


def test_with_two_payments_the_last_one_closes_it() -> None:
    desk = credited(refund=60_000)
    submit(desk, REFUND)
    submit(desk, CREDIT)
    assert answer(desk, REFUND, Found.CONFIRMED, reference="A").stage is Stage.PASSING_ON
    case = answer(desk, CREDIT, Found.CONFIRMED, 13, 50, reference="B")
    assert case.pass_through
    assert (case.stage, case.pass_through.how, case.pass_through.reference) == (
        Stage.CLOSED,
        "refund",
        "A, B",
    )


def test_a_refund_leaves_the_books_once_with_its_payment_and_not_again_with_the_passing_on() -> None:
    desk = credited(refund=60_000)
    submit(desk, REFUND)
    submit(desk, CREDIT)
    answer(desk, REFUND, Found.CONFIRMED, reference="A")
    answer(desk, CREDIT, Found.CONFIRMED, 13, 50, reference="B")
    left = {account: -sum_ for (account, _), sum_ in balances(desk.entries).items()}
    assert "meridian:refunds-payable:harbour" not in left
    assert left["meridian:clearing:harbour"] == 60_000
    assert left["meridian:account-credit:harbour"] == 36_000
    assert [entry.key for entry in desk.entries if entry.key.startswith(("payout", "passed-on"))] == [REFUND]


def test_the_ledger_is_worked_out_again_from_the_events() -> None:
    desk = credited(refund=60_000)
    submit(desk, REFUND)
    answer(desk, REFUND, Found.CONFIRMED, reference="A")
    submit(desk, CREDIT)
    answer(desk, CREDIT, Found.FAILED, 13, 50, reason="Closed.")
    desk.do(ConfirmPassThrough("refund", "M-9", jan(4, 14)), NADIA, jan(4, 14))
    (first, *rest) = desk.log[REF]
    known = parties(first[1].case)
    again = []
    for stamp, event in rest:
        again += entries(known, event, stamp.at)
        known = after(known, event)
    assert again == desk.entries
    by_hand = next(entry for entry in desk.entries if entry.key.startswith("passed-on"))
    assert sum(posting.debit for posting in by_hand.postings) == 36_000


def test_a_lost_answer_is_unknown_and_is_not_submitted_again_before_somebody_has_looked() -> None:
    desk = credited()
    submit(desk, CREDIT)
    case = answer(desk, CREDIT, Found.UNKNOWN, reason="No answer: ReadTimeout.")
    assert _payout(case, CREDIT).state is PayoutState.UNKNOWN
    assert paying.next_act(case, _payout(case, CREDIT)) is PayoutAct.LOOK
    with refused("wrong-state"):
        submit(desk, CREDIT, 14)
    with refused("wrong-state"):
        desk.do(RetryPayout(CREDIT), AMARA, jan(4, 14))
    again = submit(desk, CREDIT, 14, looked=True)
    assert (again.state, again.tries, again.key) == (PayoutState.SUBMITTED, 2, CREDIT)


def test_what_was_accepted_is_never_submitted_again() -> None:
    desk = credited()
    submit(desk, CREDIT)
    case = answer(desk, CREDIT, Found.ACCEPTED, reference="BANK-7")
    assert _payout(case, CREDIT).accepted
    with refused("wrong-state"):
        submit(desk, CREDIT, 14, looked=True)
    assert answer(desk, CREDIT, Found.CONFIRMED, 14).outcome is CaseOutcome.CREDITED


def test_a_late_answer_to_an_earlier_submission_counts_only_when_it_says_paid() -> None:
    desk = credited()
    submit(desk, CREDIT)
    answer(desk, CREDIT, Found.UNKNOWN)
    submit(desk, CREDIT, 14, looked=True)
    for found in (Found.FAILED, Found.UNKNOWN, Found.ACCEPTED):
        case = answer(desk, CREDIT, found, 14, tries=1)
        assert _payout(case, CREDIT).state is PayoutState.SUBMITTED
    case = answer(desk, CREDIT, Found.CONFIRMED, 14, 50, tries=1, reference="BANK-7")
    assert case.outcome is CaseOutcome.CREDITED
    version = case.version
    assert answer(desk, CREDIT, Found.FAILED, 15, reason="No.").version == version


def test_a_refusal_is_somebodys_who_has_it_tried_again_under_the_same_key() -> None:
    desk = credited()
    submit(desk, CREDIT)
    case = answer(desk, CREDIT, Found.FAILED, reason="422 The account is closed.")
    payout = _payout(case, CREDIT)
    assert (payout.state, payout.held_by) == (PayoutState.FAILED, "amara-diallo")
    assert {n.recipient for n in desk.told} == {"amara-diallo", "owen-clarke"}
    now = status(case, desk.policy, desk.directory, jan(4, 14))
    assert now.contacts.deciding_now
    assert now.contacts.deciding_now.name in now.next
    assert "refused" in now.next
    assert "422" not in now.next
    view = desk.view(REF)
    assert "retry_payout" in machine.allowed_actions(case, AMARA, jan(4, 14), view)
    for stranger in (ELLIE, NADIA, PRIYA):
        with refused("forbidden"):
            desk.do(RetryPayout(CREDIT), stranger, jan(4, 14))
    case = desk.do(RetryPayout(CREDIT), AMARA, jan(4, 14))
    assert _payout(case, CREDIT).state is PayoutState.INTENDED
    assert submit(desk, CREDIT, 15).tries == 2


def test_while_it_is_being_paid_nobody_passes_it_on_by_hand() -> None:
    desk = credited()
    submit(desk, CREDIT)
    with refused("wrong-state") as info:
        desk.pass_on(jan(4, 14))
    assert "being paid" in info.value.detail
    view = desk.view(REF)
    assert "confirm_pass_through" not in machine.allowed_actions(desk.cases[REF], NADIA, jan(4, 14), view)


@pytest.mark.parametrize("refused_first", [False, True])
def test_what_is_passed_on_by_hand_is_never_paid_by_the_port(refused_first: bool) -> None:
    desk = credited()
    if refused_first:
        submit(desk, CREDIT)
        answer(desk, CREDIT, Found.FAILED, reason="No.")
    case = desk.pass_on(jan(4, 14))
    assert (case.outcome, _payout(case, CREDIT).state) == (CaseOutcome.CREDITED, PayoutState.CANCELLED)
    with refused("wrong-state"):
        submit(desk, CREDIT, 15)


@pytest.mark.parametrize("found", [None, Found.UNKNOWN, Found.ACCEPTED])
def test_a_note_that_is_being_paid_is_not_void(found: Found | None) -> None:
    desk = credited()
    submit(desk, CREDIT)
    if found:
        answer(desk, CREDIT, found)
    with refused("already-settled"):
        desk.void(OWN, AMARA)


def test_the_second_person_is_refused_too_when_it_was_submitted_in_between() -> None:
    desk = credited()
    desk.void(OWN, AMARA, 13)
    submit(desk, CREDIT, 14)
    with refused("already-settled"):
        desk.void(OWN, LINUS, 15)


@pytest.mark.parametrize("refused_first", [False, True])
def test_a_void_takes_its_payment_with_it_for_ever(refused_first: bool) -> None:
    desk = credited()
    if refused_first:
        submit(desk, CREDIT)
        answer(desk, CREDIT, Found.FAILED, reason="No.")
    case = both(desk)
    assert (case.stage, _payout(case, CREDIT).state) == (Stage.ASSESSMENT, PayoutState.CANCELLED)
    with refused("wrong-state"):
        submit(desk, CREDIT, 16)
    with refused("wrong-state"):
        desk.do(RetryPayout(CREDIT), AMARA, jan(4, 16))


def test_an_order_of_one_leg_is_closed_with_its_note_and_paid_all_the_same() -> None:
    desk = credited(order={"distributor": None}, refund=60_000)
    case = desk.cases[REF]
    assert case.stage is Stage.CLOSED
    assert paying.next_act(case, case.payouts[0]) is PayoutAct.SUBMIT
    submit(desk, case.payouts[0].key)
    case = answer(desk, case.payouts[0].key, Found.CONFIRMED, reference="A")
    assert (case.stage, case.pass_through) == (Stage.CLOSED, None)


def test_a_payment_of_the_vendors_leg_waits_while_the_partners_own_note_is_void() -> None:
    desk = credited()
    case = desk.cases[REF]
    other = replace(case.payouts[0], key="other", leg=case.legs[1], note="ARB-CN-2027-000001")
    desk.cases[REF] = replace(case, payouts=(*case.payouts, other))
    assert paying.next_act(desk.cases[REF], other) is PayoutAct.SUBMIT
    case = both(desk)
    assert paying.next_act(case, other) is None


def test_the_partner_reads_that_the_payment_is_on_its_way() -> None:
    desk = credited()
    now = status(desk.cases[REF], desk.policy, desk.directory, jan(4, 13))
    assert now.next.startswith("The payment is on its way; ")
    assert "your account" in now.next


def test_only_the_payment_service_submits_and_answers() -> None:
    desk = credited()
    for person in (AMARA, OWEN, NADIA):
        with refused("forbidden"):
            desk.do(SubmitPayout(CREDIT), person, jan(4, 13))
        with refused("forbidden"):
            desk.do(PayoutAnswered(CREDIT, 1, Found.CONFIRMED), person, jan(4, 13))
    with refused("not-found"):
        submit(desk, KEY + "nothing")
