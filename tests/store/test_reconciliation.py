"""What was instructed against what was confirmed: awaited, agreeing, differing, missing and extra; and the exposure."""

from dataclasses import replace

from partnerflow.cases.money_commands import ConfirmNote
from partnerflow.orders.model import Leg
from partnerflow.store.reports.awaited import Executed, Paper
from partnerflow.store.reports.exposure import exposed
from partnerflow.store.reports.reconciliation import Pair, Sum, pairs
from tests.domain.builders_cases import PaperDesk, a_request, jan
from tests.domain.builders_people import AMARA, NADIA, PRIYA
from tests.domain.test_cases_external_notes import unmandated

REF = "PF-2027-000001"


def executed(desk: PaperDesk) -> Executed:
    """The case as the report reads it: with the notes of the register, and the legs that are invoiced."""
    papers = tuple(
        Paper(n.number, n.kind.value, n.leg.value, 1, n.net, n.tax, n.gross, n.issued_at) for n in desk.notes
    )
    return Executed(desk.cases[REF], papers, tuple(leg.value for leg in desk.invoices), jan(8, 12))


def told(found: Executed) -> list[tuple[str, str, str]]:
    return [(pair.what, pair.leg.value, pair.state) for pair in pairs(found)]


def one(found: Executed, what: str, leg: Leg) -> Pair:
    return next(pair for pair in pairs(found) if (pair.what, pair.leg) == (what, leg))


def the_story() -> PaperDesk:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    return desk


def downstream_elsewhere() -> PaperDesk:
    desk = unmandated("meridian")
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 12))
    return desk


def test_what_is_approved_and_not_carried_out_is_awaited_from_us() -> None:
    found = executed(the_story())
    assert {state for _, _, state in told(found)} == {"awaited"}
    assert one(found, "credit_note", Leg.UPSTREAM).instructed == Sum(211_200, 42_240, 253_440)
    assert one(found, "credit_note", Leg.UPSTREAM).difference is None


def test_what_is_not_decided_yet_instructs_nobody() -> None:
    desk = PaperDesk()
    desk.open()
    assert pairs(executed(desk)) == ()


def test_notes_issued_here_answer_their_instruction_and_the_pass_through_waits() -> None:
    desk = the_story()
    desk.remedy(jan(4, 12))
    assert told(executed(desk)) == [
        ("credit_note", "downstream", "agrees"),
        ("rebill", "downstream", "agrees"),
        ("credit_note", "upstream", "agrees"),
        ("rebill", "upstream", "agrees"),
        ("pass_through", "downstream", "awaited"),
    ]
    desk.pass_on(jan(4, 13))
    passed = one(executed(desk), "pass_through", Leg.DOWNSTREAM)
    assert (passed.state, passed.number, passed.by) == ("agrees", "M-1", "meridian")


def test_a_note_that_the_register_does_not_have_is_missing_and_one_nobody_asked_for_is_extra() -> None:
    desk = the_story()
    desk.remedy(jan(4, 12))
    found = executed(desk)
    lost = replace(found, papers=tuple(p for p in found.papers if p.number != "MER-CN-2027-000001"))
    pair = one(lost, "credit_note", Leg.DOWNSTREAM)
    assert (pair.state, pair.difference) == ("missing", Sum(-240_000, -48_000, -288_000))
    stray = replace(found.papers[0], number="MER-CN-2027-000099", round=7)
    pair = next(p for p in pairs(replace(found, papers=(*found.papers, stray))) if p.state == "extra")
    assert (pair.number, pair.instructed) == ("MER-CN-2027-000099", None)
    void = replace(stray, kind="debit_note", number="MER-DN-2027-000001", round=1)
    assert told(replace(found, papers=(*found.papers, void))) == told(found)


def test_a_note_of_another_net_than_was_granted_differs() -> None:
    desk = the_story()
    desk.remedy(jan(4, 12))
    found = executed(desk)
    papers = tuple(replace(p, net=p.net - 100, gross=p.gross - 100) for p in found.papers)
    pair = one(replace(found, papers=papers), "credit_note", Leg.DOWNSTREAM)
    assert (pair.state, pair.difference) == ("differs", Sum(-100, 0, -100))


def test_another_issuers_note_is_awaited_then_agrees_or_differs() -> None:
    stated = ConfirmNote(Leg.DOWNSTREAM, "M-CN-9", jan(5, 9), 100_000, 20_000, 120_000)
    desk = downstream_elsewhere()
    pair = one(executed(desk), "credit_note", Leg.DOWNSTREAM)
    assert (pair.state, pair.by, pair.here, pair.since) == ("awaited", "meridian", False, jan(4, 12))
    assert one(executed(desk), "pass_through", Leg.DOWNSTREAM).instructed == Sum(100_000, 20_000, 120_000)
    desk.do(stated, NADIA, jan(5, 10))
    pair = one(executed(desk), "credit_note", Leg.DOWNSTREAM)
    assert (pair.state, pair.number, pair.confirmed_at) == ("agrees", "M-CN-9", jan(5, 9))
    desk = downstream_elsewhere()
    desk.do(replace(stated, net=90_000, tax=18_000, gross=108_000), NADIA, jan(5, 10))
    pair = one(executed(desk), "credit_note", Leg.DOWNSTREAM)
    assert (pair.state, pair.difference) == ("differs", Sum(-10_000, -2_000, -12_000))


def test_the_distributor_is_exposed_until_the_vendor_confirms() -> None:
    desk = unmandated("arbor")
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    before = exposed(executed(desk))
    assert before is not None
    assert (before.credited, before.to_credit, before.awaited) == (0, 120_000, 105_600)
    desk.remedy(jan(4, 12))
    row = exposed(executed(desk))
    assert row is not None
    assert (row.credited, row.to_credit, row.awaited, row.since) == (120_000, 0, 105_600, jan(4, 12))
    desk.do(ConfirmNote(Leg.UPSTREAM, "V-77", jan(5, 9), 88_000, 17_600, 105_600), NADIA, jan(5, 10))
    assert exposed(executed(desk)) is None


def test_a_distributor_whose_both_notes_are_issued_here_is_not_exposed() -> None:
    desk = the_story()
    assert exposed(executed(desk)) is not None
    desk.remedy(jan(4, 12))
    assert exposed(executed(desk)) is None
