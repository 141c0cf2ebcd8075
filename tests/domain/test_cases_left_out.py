"""What an appeal is about, in numbers: left out and granted are together what was asked (DOMAIN: Endings, Money)."""

from typing import Any

import pytest

from partnerflow.cases.commands import Appeal, Propose, Withdraw
from partnerflow.cases.granted import approved, live_net
from partnerflow.cases.model import Case, CaseOutcome, RequestedLine, Stage
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import (
    HALF,
    PaperDesk,
    a_request,
    an_amount,
    jan,
    refused,
    story_order,
    the_exchange,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import (
    AMARA,
    DANIEL,
    ELLIE,
    OWEN,
    PRIYA,
    person,
)

REF = "PF-2027-000001"
OTHERS = Appeal("Please look again.")


def partial(desk: PaperDesk, **decision: Any) -> Case:
    """Granted in part by Priya, endorsed by Amara, executed and passed on by Monday 13:30."""
    desk.decide(PRIYA, jan(4, 10), "approve_partial", **decision)
    if desk.cases[REF].step:
        desk.decide(AMARA, jan(4, 11))
    return executed(desk, 12)


def executed(desk: PaperDesk, hour: int) -> Case:
    desk.remedy(jan(4, hour))
    return desk.pass_on(jan(4, hour + 1))


def asked(case: Case) -> list[tuple[int, int, int | None, bool]]:
    assert case.appeal
    return [(p.quantity, p.percent, p.amount, p.convert) for p in case.appeal.asked]


def confirmed(desk: PaperDesk) -> Case:
    """Approved by whoever has it, step by step, with the amount confirmed."""
    while (step := desk.cases[REF].step) is not None:
        desk.decide(person(step.deciders[0]), jan(4, 15), convert=True)
    return desk.cases[REF]


@pytest.mark.parametrize(("granted", "left"), [
    ({"portions": (Portion(1, 46),)}, [(4, HALF, None, False)]),
    ({"portions": (Portion(1, 30),)}, [(16, 2 * HALF, None, False), (4, HALF, None, False)]),
    ({"portions": (Portion(1, 4, HALF, exception=True),)}, [(46, 2 * HALF, None, False)]),
    ({"portions": (Portion(1, 46, HALF), Portion(1, 4, HALF, exception=True))}, [(0, 2 * HALF, 115_000, True)]),
    ({"portions": (Portion(1, 20, HALF),)}, [
        (26, 2 * HALF, None, False), (4, HALF, None, False), (0, 2 * HALF, 50_000, True)]),
    ({"amount": 120_000}, [(0, 2 * HALF, 120_000, True)]),
    ({"amount": 239_999}, [(0, 2 * HALF, 1, True)]),
])  # fmt: skip
def test_what_a_partial_approval_left_out_and_what_was_granted_are_what_was_asked(
    granted: dict[str, Any], left: list[Any]
) -> None:
    desk = PaperDesk()
    desk.open()
    closed = partial(desk, **granted)
    assert closed.outcome is CaseOutcome.CREDITED
    assert closed.appeal_until
    credited = desk.lines[Leg.DOWNSTREAM][1].credited_net
    case = desk.do(OTHERS, ELLIE, jan(4, 14))
    assert asked(case) == left
    assert credited + desk.lines[Leg.DOWNSTREAM][1].reserved_net == 240_000
    assert case.appeal
    assert case.appeal.requested[0].credit.net == 240_000 - credited
    upstream = desk.lines[Leg.UPSTREAM][1]
    assert abs(upstream.credited_net + upstream.reserved_net - 211_200) <= 1
    confirmed(desk)
    executed(desk, 16)
    done = desk.cases[REF]
    assert (done.outcome, done.appeal_until) == (CaseOutcome.CREDITED, None)
    line = desk.lines[Leg.DOWNSTREAM][1]
    assert (line.credited_net, line.reserved_net) == (240_000, 0)
    assert sum(d.net for d in done.issued if d.kind == "credit_note" and d.leg is Leg.DOWNSTREAM) == 240_000
    assert sum(d.tax for d in done.issued if d.kind == "credit_note" and d.leg is Leg.DOWNSTREAM) == 48_000
    assert len([d for d in done.issued if d.kind == "rebill"]) == 2, "one per leg, supplied once"
    assert approved(done, Leg.DOWNSTREAM) == (240_000, 48_000)
    assert desk.fold(REF) == done


def test_the_amount_that_is_still_missing_converts_and_its_decider_confirms_it() -> None:
    desk = PaperDesk()
    desk.open()
    partial(desk, amount=120_000)
    desk.do(OTHERS, ELLIE, jan(4, 14))
    for decision in ({}, {"decision": "approve_partial", "amount": 60_000}):
        with refused("convert-required"):
            desk.decide(DANIEL, jan(4, 15), **decision)
    rows = (Portion(1, amount=60_000),)
    with refused("convert-required"):
        desk.decide(DANIEL, jan(4, 15), "approve_partial", portions=rows)
    desk.decide(DANIEL, jan(4, 15), "approve_partial", amount=60_000, convert=True)
    confirmed(desk)
    assert executed(desk, 16).outcome is CaseOutcome.CREDITED
    assert desk.lines[Leg.DOWNSTREAM][1].credited_net == 180_000
    assert desk.events("case.approved_in_part")


def test_up_to_what_is_left_when_others_were_credited_meanwhile() -> None:
    """46 units were declined; 40 of the 50 went to another request since, and 100.00 more by amount."""
    desk = PaperDesk()
    desk.open(a_request(46))
    desk.decline(PRIYA, jan(4, 10))
    desk.open(a_request(40), at=jan(4, 11))
    other = desk.open(an_amount(10_000, convert=True), at=jan(4, 11))
    case = desk.do(OTHERS, ELLIE, jan(4, 12))
    assert asked(case) == [(10, 2 * HALF, None, False)], "ten units are left, at what the line still has"
    line = desk.lines[Leg.DOWNSTREAM][1]
    assert (line.left_net, line.reserved_net) == (0, 250_000)
    assert other.held


def test_nothing_left_is_refused_and_stays_closed() -> None:
    desk = PaperDesk()
    desk.open(a_request(46))
    desk.decline(PRIYA, jan(4, 10))
    desk.open(a_request(50), at=jan(4, 11))
    with refused("exceeds-creditable"):
        desk.do(OTHERS, ELLIE, jan(4, 12))
    assert desk.cases[REF].stage is Stage.CLOSED


def test_a_line_given_more_than_asked_leaves_less_for_the_others() -> None:
    """Two lines at 500.00 each; the owner gives 700.00 on one: of the other 300.00 is left, not 500.00."""
    order = story_order(a_line(quantity=20), a_line(line_no=2, quantity=20), activated=0)
    desk = PaperDesk(order=order)
    lines = (RequestedLine(1, 0, 50_000), RequestedLine(2, 0, 50_000))
    desk.open(a_request(lines=lines))
    desk.do(Propose((Portion(1, amount=70_000),), "c", "Line 1."), OWEN, jan(4, 10))
    desk.decide(PRIYA, jan(4, 11))
    executed(desk, 12)
    case = desk.do(OTHERS, ELLIE, jan(4, 14))
    assert [(p.line_no, p.amount) for p in case.appeal.asked] == [(2, 30_000)]  # type: ignore[union-attr]


def test_what_was_granted_before_counts_in_the_aggregate_of_the_appeal() -> None:
    """2,400.00 was granted of 2,500.00 asked: the missing 100.00 are not a request of 100.00."""
    desk = PaperDesk(order=story_order(activated=0))
    desk.open(a_request(50))
    partial(desk, portions=(Portion(1, 48),))
    case = desk.do(OTHERS, ELLIE, jan(4, 14))
    assert case.round
    assert (case.round.aggregate, case.round.inputs["amount"]) == (250_000, 10_000)
    assert case.round.route == "one-step"
    assert live_net(case) == 250_000


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_what_counts_after_an_appeal_that_came_to_nothing_is_what_was_granted(end: str) -> None:
    for invoiced in (tuple(Leg), ()):
        desk = PaperDesk(order=story_order(invoiced=invoiced, paid=0))
        desk.open()
        partial(desk, portions=(Portion(1, 46),))
        desk.do(OTHERS, ELLIE, jan(4, 14))
        assert live_net(desk.cases[REF]) == 240_000
        if end == "declined":
            case = desk.decide(DANIEL, jan(4, 15), "decline", text="No.", reason_code="other")
        else:
            case = desk.do(Withdraw("Enough."), ELLIE, jan(4, 15))
        assert (case.outcome, live_net(case)) == (CaseOutcome.CREDITED, 230_000)
        assert approved(case, Leg.DOWNSTREAM) == (230_000, 46_000)
        assert case.pass_through


def test_a_partial_exchange_appealed_is_not_supplied_again() -> None:
    desk = PaperDesk()
    desk.open(the_exchange())
    partial(desk, portions=(Portion(1, 46),))
    case = desk.do(OTHERS, ELLIE, jan(4, 14))
    assert case.proposal
    assert [leg.rebill for leg in case.proposal.legs] == [None, None]
    assert case.to_supply == ()
