"""A window belongs to a purchase: an added seat has its own, an upgrade that of what it upgrades."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partnerflow.events import Stamp
from partnerflow.orders.catalogue import Context
from partnerflow.orders.commands import EnterOrder, OrderDraft, OrderView
from partnerflow.orders.drafts import signature
from partnerflow.orders.eligibility import RefundOption, eligibility, window_closes
from partnerflow.orders.machine import decide, evolve
from partnerflow.orders.model import Licence, Line, Order, OrderStatus
from partnerflow.orders.purchase import bases
from partnerflow.policy.document import Policy
from partnerflow.policy.parts import Rule, Window
from partnerflow.policy.proration import Proration
from partnerflow.policy.terms import ProrationUnit, Purchase
from tests.domain.builders_orders import (
    DESK,
    MONDAY,
    OFFICE,
    POLICY,
    PRODUCTS,
    a_draft,
    a_line,
    an_order,
)

HOUR = timedelta(hours=1)
LATER = MONDAY + 100 * HOUR
CLOSES = MONDAY + 168 * HOUR
GENEROUS = replace(POLICY, version=2, windows=(Window(None, 300),))
YEAR = Licence(term_months=12)
PRORATED = replace(
    POLICY,
    rules=(
        Rule("days", "true", 1_000_000, None, "The days left.", Proration(ProrationUnit.DAY, free_hours=24)),
    ),
)


def an_upgrade(**changes: Any) -> Line:
    return a_line(**{"purchase": Purchase.UPGRADE, "base_order": "D-8841", **changes})


def entered(
    *lines: Line, before: tuple[Order, ...] = (), policy: Policy = POLICY, zone: str = "UTC", **changes: Any
) -> Order:
    """A later order of the same parties, entered by a policy whose window is three hundred hours unless said."""
    draft = a_draft(*lines, **{"number": "D-9000", "placed_at": LATER, **changes})
    context = Context(products=PRODUCTS, bases=bases(draft, before, lambda _: POLICY), zone=zone)
    order: Order | None = None
    events = decide(None, EnterOrder("o-2", draft), DESK, LATER + HOUR, policy, OrderView(context, OFFICE))
    for seq, event in enumerate(events, start=1):
        order = evolve(order, event, Stamp(seq, LATER + HOUR, "nadia"))
    assert order
    return order


def findings(order: Order) -> list[str]:
    return [finding.code for finding in order.findings]


def test_an_upgrade_inherits_the_window_of_its_base_by_the_policy_of_then() -> None:
    order = entered(an_upgrade(), before=(an_order(),), policy=GENEROUS)
    found = eligibility(order, order.lines[0], LATER, GENEROUS)
    assert found.cancellable_until == CLOSES
    assert found.rule == "It can be cancelled within 168 hours of order D-8841, which it upgrades."
    assert "base-missing" not in findings(order)


def test_an_added_seat_has_its_own_window_from_its_own_purchase() -> None:
    seat = a_line(purchase=Purchase.ADD_ON, base_order="D-8841")
    order = entered(seat, before=(an_order(),), policy=GENEROUS)
    assert window_closes(order, GENEROUS) == LATER + 300 * HOUR
    assert "base-missing" not in findings(order)


def test_an_upgrade_of_an_upgrade_goes_back_to_the_first_purchase() -> None:
    second = entered(an_upgrade(), before=(an_order(),), policy=GENEROUS)
    draft = a_draft(an_upgrade(base_order="D-9000"), number="D-9001", placed_at=LATER + HOUR)
    (base,) = bases(draft, (second,), lambda _: GENEROUS)
    assert (base.bought_at, base.window_hours) == (MONDAY, 168)


def test_the_line_is_named_where_the_base_has_several() -> None:
    two = an_order(a_line(1), a_line(2, quantity=20))
    assert "base-missing" in findings(entered(an_upgrade(), before=(two,)))
    assert "base-missing" not in findings(entered(an_upgrade(base_line=2), before=(two,)))
    assert "base-missing" in findings(entered(an_upgrade(base_line=3), before=(two,)))


@pytest.mark.parametrize(
    "changes",
    [
        {"reseller": "quayside"},
        {"vendor": "other"},
        {"status": OrderStatus.CANCELLED},
        {"placed_at": LATER + HOUR},
        {"number": "D-1"},
    ],
)
def test_only_an_earlier_line_between_the_same_parties_is_a_base(changes: dict[str, Any]) -> None:
    order = entered(an_upgrade(), before=(replace(an_order(), **changes),))
    assert "base-missing" in findings(order)
    assert window_closes(order, POLICY) == LATER + 168 * HOUR, "its own, as if it were a new one"


def test_a_window_that_is_nearly_over_when_it_is_inherited_is_pointed_out() -> None:
    late = MONDAY + 150 * HOUR
    order = entered(an_upgrade(), before=(an_order(),), placed_at=late - 60 * HOUR)
    assert "window-short" not in findings(order)
    draft = a_draft(an_upgrade(), number="D-9002", placed_at=late)
    context = Context(products=PRODUCTS, bases=bases(draft, (an_order(),), lambda _: POLICY))
    view = OrderView(context, OFFICE)
    (event,) = decide(None, EnterOrder("o-3", draft), DESK, late, POLICY, view)
    assert "window-short" in findings(event.order)  # type: ignore[union-attr]


def test_ages_count_from_the_inherited_purchase() -> None:
    order = entered(an_upgrade(), before=(an_order(),))
    assert option(order, MONDAY + 719 * HOUR).kind == "full"
    assert option(order, MONDAY + 720 * HOUR).kind == "none"
    assert option(order, LATER).until == MONDAY + 720 * HOUR


def option(order: Order, at: datetime, policy: Policy = POLICY) -> RefundOption:
    return eligibility(order, order.lines[0], at, policy).refund_options[0]


def test_what_is_left_unsaid_leaves_the_fingerprint_of_an_order_as_it_was() -> None:
    def fingerprint(line: Line) -> str:
        return signature(OrderDraft("1", None, "m", "h", None, None, "GBP", MONDAY, (line,)))

    assert fingerprint(a_line()) == fingerprint(a_line(purchase=None, base_order=None))
    assert fingerprint(a_line()) != fingerprint(an_upgrade())


def test_an_option_says_the_amount_now_until_when_and_what_it_is_then() -> None:
    order = entered(a_line(quantity=10, licence=YEAR), policy=PRORATED, placed_at=MONDAY)
    first = option(order, MONDAY, PRORATED)
    assert (first.kind, first.amount, first.until) == ("full", 50_000, MONDAY + 24 * HOUR)
    assert first.then == 49_726  # 363 of 365 days
    later = option(order, datetime(2027, 9, 9, 12, tzinfo=UTC), PRORATED)
    assert (later.kind, later.amount, later.upstream_amount) == ("partial", 15_890, 13_984)
    assert later.part and (later.part.left, later.part.of, later.part.unit) == (116, 365, "day")
    assert (later.until, later.then) == (datetime(2027, 9, 10, tzinfo=UTC), 15_753)


def test_a_day_ends_where_the_buyer_is() -> None:
    at = datetime(2027, 9, 9, 22, 30, tzinfo=UTC)
    here, there = (
        entered(a_line(licence=YEAR), policy=PRORATED, placed_at=MONDAY, zone=zone)
        for zone in ("Europe/London", "Europe/Berlin")
    )
    parts = [option(order, at, PRORATED).part for order in (here, there)]
    assert [part.left for part in parts if part] == [116, 115]


def test_after_the_end_of_the_term_there_is_nothing_to_fall() -> None:
    order = entered(a_line(licence=YEAR), policy=PRORATED, placed_at=MONDAY)
    over = option(order, datetime(2028, 1, 4, tzinfo=UTC), PRORATED)
    assert (over.kind, over.amount, over.until, over.then) == ("none", 0, None, None)


def test_a_rule_about_upgrades_knows_them() -> None:
    rule = Rule("upgrades", "order_type == 'upgrade'", 500_000, None, "Half of an upgrade.")
    rules = replace(POLICY, rules=(rule, *POLICY.rules))
    assert option(entered(an_upgrade(), before=(an_order(),)), LATER, rules).rule == "upgrades"
    assert option(an_order(), LATER, rules).rule == "unactivated.30-days"
