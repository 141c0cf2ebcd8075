"""The mails about a payment: what arrived and where, in whose words, and a refusal to whoever has it."""

from partnerflow.cases.money_commands import Found, PayoutAnswered, SubmitPayout
from tests.domain.builders_cases import PAYMENTS, jan
from tests.domain.test_cases_payouts import CREDIT, REFUND, credited
from tests.notifications.test_agreement_mails import mails


def test_the_partner_reads_what_was_credited_with_the_payers_reference() -> None:
    desk = credited()
    mails(desk, SubmitPayout(CREDIT), PAYMENTS, jan(4, 13))
    done = PayoutAnswered(CREDIT, 1, Found.CONFIRMED, "BANK-<7>", jan(4, 13))
    sent = mails(desk, done, PAYMENTS, jan(4, 13, 40))
    mine = sent["ellie-marsh", "case.paid_out"]
    assert "960.00 was credited to your account" in mine.said
    assert "reference BANK-<7>" in mine.said
    assert "BANK-&lt;7&gt;" in mine.html
    assert "Harbour" in sent["nadia-rahman", "case.paid_out"].said


def test_a_refusal_goes_to_finance_with_the_reason_and_not_to_the_partner() -> None:
    desk = credited(refund=60_000)
    mails(desk, SubmitPayout(REFUND), PAYMENTS, jan(4, 13))
    sent = mails(
        desk, PayoutAnswered(REFUND, 1, Found.FAILED, reason="422 Closed."), PAYMENTS, jan(4, 13, 40)
    )
    assert {who for who, _ in sent} == {"amara-diallo", "owen-clarke"}
    mine = sent["amara-diallo", "case.payout_changed"].said
    assert "600.00" in mine
    assert "422 Closed." in mine
    assert "tried again" in mine
