"""How the excess is given back is changed before the notes are issued, adds up exactly, and never stops a note."""

from dataclasses import replace

from partnerflow.cases.events import SettlementChanged
from partnerflow.cases.machine import allowed_actions
from partnerflow.cases.money_commands import Settle
from partnerflow.credits.ceilings import PaymentCeiling
from partnerflow.credits.settlement import Settlement
from partnerflow.orders.commands import RecordPayment
from partnerflow.orders.model import Leg, Payment
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import MONDAY, PaperDesk, jan, refused
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA

REF = "PF-2027-000001"
REFUND = Settlement(refund=108_000)


def asked() -> PaperDesk:
    """Worked example 1: 1,080.00 are left over once nothing is unpaid."""
    desk = PaperDesk()
    desk.open()
    return desk


def test_the_partner_asks_for_a_refund_and_the_note_gives_it() -> None:
    desk = asked()
    case = desk.do(Settle(REFUND, desk.cases[REF].version), ELLIE, jan(4, 10))
    assert case.settlement == REFUND
    desk.decide(PRIYA, jan(4, 11))
    desk.decide(AMARA, jan(4, 11))
    desk.remedy(jan(4, 12))
    (note,) = [n for n in desk.notes if n.leg is Leg.DOWNSTREAM and n.allocation]
    assert note.allocation
    assert (note.allocation.unpaid_reduced, note.allocation.refund, note.allocation.account_credit) == (
        180_000, 108_000, 0,
    )  # fmt: skip
    assert desk.fold(REF) == desk.cases[REF]


def test_it_must_add_up_exactly() -> None:
    desk = asked()
    for given in (Settlement(refund=120_000), Settlement(refund=107_999), Settlement(50_000, 50_000, 7_999)):
        with refused("allocation-mismatch") as info:
            desk.do(Settle(given), ELLIE, jan(4, 10))
        assert info.value.extra["excess"] == {"amount": "1080.00", "currency": "GBP"}
    assert desk.do(Settle(Settlement(50_000, 50_000, 8_000)), ELLIE, jan(4, 10)).settlement


def test_it_binds_the_version_it_was_read_in() -> None:
    desk = asked()
    with refused("stale-version"):
        desk.do(Settle(REFUND, desk.cases[REF].version - 1), ELLIE, jan(4, 10))


def test_reseller_distributor_and_finance_may_and_nobody_else() -> None:
    for actor in (ELLIE, NADIA, AMARA):
        desk = asked()
        assert desk.do(Settle(REFUND), actor, jan(4, 10)).settlement == REFUND
        assert {n.event for n in desk.told} == {"case.settlement_changed"}
        assert actor.person not in {n.recipient for n in desk.told}
    for actor in (OWEN, PRIYA):
        with refused("forbidden"):
            asked().do(Settle(REFUND), actor, jan(4, 10))


def test_the_same_again_changes_nothing() -> None:
    desk = asked()
    first = desk.do(Settle(REFUND), ELLIE, jan(4, 10))
    assert desk.do(Settle(REFUND), ELLIE, jan(4, 11)).version == first.version


def test_an_approval_is_not_stale_by_it() -> None:
    desk = asked()
    desk.decide(PRIYA, jan(4, 10))
    desk.do(Settle(REFUND), ELLIE, jan(4, 11))
    assert desk.decide(AMARA, jan(4, 12)).step is None


def test_after_the_notes_it_is_too_late() -> None:
    desk = asked()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 10))
    assert "settle" in allowed_actions(desk.cases[REF], ELLIE, jan(4, 10), desk.view(REF))
    desk.remedy(jan(4, 11), "check", "cancel_upstream", "issue")
    assert "settle" not in allowed_actions(desk.cases[REF], ELLIE, jan(4, 11), desk.view(REF))
    with refused("already-settled"):
        desk.do(Settle(REFUND), ELLIE, jan(4, 12))


def test_what_no_longer_fits_at_issue_goes_to_account_credit_and_the_timeline() -> None:
    """Another 1,800.00 came in since: the excess is larger than the refund that was asked."""
    desk = asked()
    desk.do(Settle(REFUND), ELLIE, jan(4, 10))
    desk.decide(PRIYA, jan(4, 11))
    desk.decide(AMARA, jan(4, 11))
    late = Payment("p-2", Leg.DOWNSTREAM, "downstream-1", 180_000, MONDAY)
    desk.order = orders.do(desk.order, RecordPayment(late))
    desk.payments[Leg.DOWNSTREAM] = _paid(desk)
    case = desk.remedy(jan(4, 12))
    left = SettlementChanged(Settlement(108_000, 180_000, 0), "left")
    assert desk.events("case.settlement_changed")[1:] == [left]
    assert case.settlement == left.settlement


def _paid(desk: PaperDesk) -> PaymentCeiling:

    now = desk.payments[Leg.DOWNSTREAM]
    return replace(now, paid=desk.order.received(Leg.DOWNSTREAM, now.invoice))
