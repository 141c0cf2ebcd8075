"""The remedy, withdrawing and the ends of a case (DOMAIN: Money, Endings, Exchange)."""

from dataclasses import replace

import pytest

from partnerflow.cases.commands import (
    CloseCase,
    ConfirmPassThrough,
    FailRemedy,
    IssueNotes,
    Propose,
    RecordAction,
    RetryRemedy,
    Withdraw,
)
from partnerflow.cases.model import CaseOutcome, RemedyState, Stage
from partnerflow.cases.remedies import next_action
from partnerflow.credits.portions import Portion
from partnerflow.orders.commands import RecordActivation
from partnerflow.orders.model import Leg
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import (
    REMEDY,
    PaperDesk,
    a_request,
    an_amount,
    due,
    jan,
    refused,
    story_order,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA, directory, person

REF = "PF-2027-000001"


def granted(desk: PaperDesk) -> PaperDesk:
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    return desk


def reserved(desk: PaperDesk) -> list[int]:
    return [line.reserved_net for lines in desk.lines.values() for line in lines.values()]


def credited(desk: PaperDesk) -> list[int]:
    return [line.credited_net for lines in desk.lines.values() for line in lines.values()]


def test_the_partner_may_withdraw_until_the_upstream_cancel() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check")
    case = desk.do(Withdraw("We keep it."), ELLIE, jan(4, 12))
    assert (case.outcome, case.held, reserved(desk)) == (CaseOutcome.WITHDRAWN, {}, [0, 0])
    assert case.remedy
    assert case.remedy.state is RemedyState.COMPENSATED
    assert next_action(case) is None


@pytest.mark.parametrize("done", [("check", "cancel_upstream"), ("check", "cancel_upstream", "issue")])
def test_and_not_after_it(done: tuple[str, ...]) -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), *done)
    with refused("wrong-state"):
        desk.do(Withdraw("We keep it."), ELLIE, jan(4, 12))


def test_no_act_of_a_remedy_comes_before_its_turn() -> None:
    desk = granted(PaperDesk())
    for action in ("cancel_upstream", "issue", "publish"):
        with refused("wrong-state"):
            desk.remedy(jan(4, 12), action)
    assert not desk.notes


def test_an_act_reported_twice_is_done_once() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check", "cancel_upstream", "issue")
    version = desk.cases[REF].version
    desk.remedy(jan(4, 12), "check", "cancel_upstream", "issue")
    assert (desk.cases[REF].version, len(desk.notes), len(desk.entries)) == (version, 4, 4)


def test_more_activated_than_approved_voids_the_approval_before_anything_is_cancelled() -> None:
    desk = granted(PaperDesk())
    desk.order = orders.do(desk.order, RecordActivation(1, 5, jan(4, 11), "vendor"), at=jan(4, 11))
    case = desk.remedy(jan(4, 12), "check")
    assert (case.stage, case.round.state if case.round else "") == (Stage.ASSESSMENT, "void")
    assert reserved(desk) == [240_000, 211_200]
    assert due(case, "decision") == jan(6, 12, 30)


def test_a_remedy_that_fails_before_the_first_note_returns_to_the_owner_who_may_propose_anew() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check")
    case = desk.do(FailRemedy(1, "The vendor is away."), REMEDY, jan(4, 12))
    assert (case.stage, case.remedy.state if case.remedy else "") == (Stage.ASSESSMENT, "compensated")
    case = desk.do(Propose((Portion(1, 46),), "c", "The unused."), OWEN, jan(4, 13))
    assert case.step
    assert (case.step.id, case.rounds[-1].no) == (f"{REF}-2-1", 2)
    assert desk.decide(PRIYA, jan(4, 14)).remedy


@pytest.mark.parametrize(("code", "category"), [("meridian", "S"), ("harbour", "AE")])
def test_without_a_vat_id_that_its_note_must_state_nothing_is_issued_and_the_owner_has_it(
    code: str, category: str
) -> None:
    known = directory()
    nameless = replace(known.organisations[code], vat_id=" ")
    line = a_line(tax_category=category, tax_rate=200_000 if category == "S" else 0)
    known = replace(known, organisations={**known.organisations, code: nameless})
    desk = granted(PaperDesk(known, order=story_order(line)))
    case = desk.remedy(jan(4, 12), "check", "cancel_upstream", "issue")
    assert case.remedy
    assert (case.stage, case.remedy.state) == (Stage.ASSESSMENT, RemedyState.COMPENSATED)
    assert f"{nameless.name} has no VAT id in the directory" in (case.remedy.failed_because or "")
    assert (desk.notes, desk.counters) == ([], {})


def test_after_the_first_note_it_only_goes_forward_with_a_named_person() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check", "cancel_upstream", "issue")
    case = desk.do(FailRemedy(1, "The printer burns."), REMEDY, jan(4, 12))
    assert case.remedy
    assert (case.stage, case.remedy.state, case.remedy.held_by) == (
        Stage.REMEDY,
        RemedyState.FAILED,
        "owen-clarke",
    )
    assert due(case, "step") == jan(5, 12, 30)
    with refused("wrong-state"):
        desk.remedy(jan(4, 13), "publish")
    case = desk.do(RetryRemedy(1), OWEN, jan(4, 13))
    assert desk.remedy(jan(4, 13), "publish").stage is Stage.PASSING_ON


def test_a_failed_remedy_has_no_next_rung_but_is_paged_until_somebody_mends_it() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check", "cancel_upstream", "issue")
    desk.do(FailRemedy(1, "The printer burns."), REMEDY, jan(4, 12))
    case = desk.until(jan(7, 12))
    assert case.owner == "owen-clarke"
    pages = [e.due_at for e in desk.events("case.escalated")]
    assert pages == [jan(5, 12, 30), jan(6, 9, 0), jan(7, 9, 0)]
    assert case.clocks_due


def test_what_is_wanted_and_no_longer_sold_at_execution_stops_credit_and_rebill() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12), "check", "cancel_upstream")
    desk.products = desk.products | {"LIC-STD": replace(desk.products["LIC-STD"], retired=True)}
    case = desk.remedy(jan(4, 12), "issue")
    assert (case.stage, desk.notes, credited(desk)) == (Stage.ASSESSMENT, [], [0, 0])


def test_a_leg_not_invoiced_is_corrected_without_a_note() -> None:
    desk = PaperDesk(order=story_order(invoiced=[Leg.UPSTREAM], paid=0))
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    case = desk.remedy(jan(4, 12))
    assert [note.number for note in desk.notes] == ["ARB-CN-2027-000001"]
    assert desk.uninvoiced == [(1, 20)]
    assert (case.held, reserved(desk)) == ({}, [0, 0])


def test_nothing_invoiced_at_all_needs_no_note_and_keeps_no_reservation() -> None:
    desk = PaperDesk(order=story_order(invoiced=[], paid=0))
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    case = desk.remedy(jan(4, 12))
    assert (desk.notes, desk.entries, case.held, reserved(desk)) == ([], [], {}, [0, 0])
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.CREDITED), "there is nothing to pass on"


@pytest.mark.parametrize(("missing", "leg"), [("distributor", Leg.DOWNSTREAM), ("reseller", Leg.UPSTREAM)])
def test_an_order_of_one_leg_is_done_with_its_last_note(missing: str, leg: Leg) -> None:
    desk = PaperDesk(order=story_order(**{missing: None}))
    asker = NADIA if missing == "reseller" else ELLIE
    desk.open(a_request(20), actor=asker)
    desk.decide(PRIYA, jan(4, 10))
    case = desk.remedy(jan(4, 12))
    assert case.legs == (leg,)
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.CREDITED)
    assert [note.leg for note in desk.notes] == [leg]


def test_a_leg_issued_elsewhere_keeps_its_reservation_on_the_case() -> None:
    desk = PaperDesk()
    known = desk.directory.organisations
    meridian = replace(known["meridian"], mandated=False)
    desk.directory = replace(desk.directory, organisations=known | {"meridian": meridian})
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    case = desk.remedy(jan(4, 12))
    assert [note.leg for note in desk.notes] == [Leg.UPSTREAM]
    assert list(case.held) == [Leg.DOWNSTREAM]
    assert desk.lines[Leg.DOWNSTREAM][1].reserved_net == 100_000


def test_closing_cancels_what_another_case_makes_void() -> None:
    desk = PaperDesk()
    desk.open()
    with refused("forbidden"):
        desk.do(CloseCase("reseller_error"), ELLIE, jan(4, 10))
    case = desk.do(CloseCase("reseller_error", "PF-2027-000009"), OWEN, jan(4, 10))
    assert (case.outcome, case.root_cause, reserved(desk)) == (
        CaseOutcome.CANCELLED,
        "reseller_error",
        [0, 0],
    )
    assert case.step is None


def test_only_the_distributor_confirms_and_not_ahead_of_time() -> None:
    desk = granted(PaperDesk())
    desk.remedy(jan(4, 12))
    command = ConfirmPassThrough("refund", "M-1", jan(4, 13))
    with refused("forbidden"):
        desk.do(command, ELLIE, jan(4, 13))
    with refused("invalid-date"):
        desk.do(command, NADIA, jan(4, 12))
    assert desk.do(command, NADIA, jan(4, 13)).pass_through


def test_passing_on_climbs_by_the_owners_ladder() -> None:
    desk = granted(PaperDesk())
    case = desk.remedy(jan(4, 12))
    assert due(case, "pass_through") == jan(11, 12, 30)
    assert desk.until(jan(11, 12, 30)).owner == "sam-whitfield"


def test_the_vat_note_is_due_at_the_end_of_the_14th_local_day() -> None:
    desk = granted(PaperDesk())
    assert due(desk.cases[REF], "vat_note") == jan(19, 0, 0)


def test_amounts_are_bound_by_the_line_whatever_several_cases_ask() -> None:
    desk = PaperDesk()
    desk.open(a_request(30))
    desk.open(a_request(16))
    with refused("exceeds-creditable") as info:
        desk.open(a_request(5))
    assert info.value.extra["remaining"]["quantity"] == 4


def test_what_is_given_back_may_be_asked_again() -> None:
    desk = PaperDesk()
    desk.open(a_request(46))
    desk.do(Withdraw("Never mind."), ELLIE, jan(4, 10))
    assert desk.open(a_request(46), at=jan(4, 10)).open


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": ()}, "line-count"),
        ({"lines": (orders_line := a_request(25).lines[0], orders_line)}, "invalid-parameter"),
        ({"lines": a_request(0).lines}, "invalid-quantity"),
        ({"lines": a_request(-1).lines}, "invalid-quantity"),
        ({"lines": an_amount(0).lines}, "invalid-amount"),
        ({"lines": an_amount(-5).lines}, "invalid-amount"),
        ({"lines": (replace(orders_line, line_no=9),)}, "unknown-line"),
        ({"on_behalf_of": "nobody"}, "invalid-parameter"),
        ({"on_behalf_of": "karl-jensen"}, "invalid-parameter"),
        ({"lines": a_request(51).lines}, "exceeds-creditable"),
    ],
)
def test_what_no_request_may_ask_is_refused_in_its_own_words(change: dict[str, object], code: str) -> None:
    with refused(code):
        PaperDesk().open(replace(a_request(), **change))


def test_opening_on_behalf_keeps_both_persons_from_deciding() -> None:
    desk = PaperDesk()
    case = desk.open(replace(a_request(20), on_behalf_of="ben-archer"), actor=person("sam-whitfield"))
    assert (case.requester, case.opened_for) == ("sam-whitfield", "ben-archer")


def test_the_wanted_item_is_taxed_as_the_line_it_replaces() -> None:
    from partnerflow.cases.model import RequestedLine
    from tests.domain.builders_cases import the_exchange

    book = a_line(1, sku="HW-DOCK", quantity=1, tax_category="Z", tax_rate=0)
    desk = PaperDesk(order=story_order(book, a_line(2), activated=0))
    case = desk.open(replace(the_exchange(), lines=(RequestedLine(2, 46),), exception=None))
    assert case.wanted[0].tax_rate == 200_000


def test_a_remedy_of_another_round_is_not_this_one() -> None:
    desk = granted(PaperDesk())
    for command in (IssueNotes(2), RecordAction(2, "check"), FailRemedy(2, "x")):
        with refused("wrong-state"):
            desk.do(command, REMEDY, jan(4, 12))
