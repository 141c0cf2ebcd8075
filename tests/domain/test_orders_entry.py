"""Entering an order: what is refused, what comes again, what the catalogue adds, and when it goes on hold."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from partnerflow.orders.commands import EnterOrder, OrderDraft
from partnerflow.orders.events import OrderOnHold
from partnerflow.orders.machine import next_due, signature
from partnerflow.orders.model import EndCustomer, OrderStatus
from tests.domain.builders_orders import (
    BUYER,
    DESK,
    MONDAY,
    OWNS_STANDARD,
    POLICY,
    PRODUCTS,
    UPGRADE,
    a_draft,
    a_held_order,
    a_line,
    a_view,
    an_order,
    do,
    events,
    refused,
)


def enter(draft: OrderDraft) -> EnterOrder:
    return EnterOrder("o-1", draft)


def test_an_order_without_findings_is_accepted_with_the_policy_in_force() -> None:
    order = do(None, enter(a_draft()), actor=BUYER)
    assert (order.status, order.findings, order.policy_version) == (OrderStatus.ACCEPTED, (), POLICY.version)
    assert (order.entered_by, order.entered_for, order.accepted_at, order.version) == (
        "pia",
        "harbour",
        MONDAY,
        1,
    )


def test_the_wrong_edition_puts_the_order_on_hold_for_960_working_minutes() -> None:
    order = do(None, enter(a_draft()), view=a_view(estate=OWNS_STANDARD))
    assert order.status is OrderStatus.ON_HOLD
    assert order.hold_until == datetime(2027, 1, 6, 9, 30, tzinfo=UTC)
    assert next_due(order, MONDAY, POLICY) == order.hold_until
    assert order.accepted_at is None


def test_a_price_off_the_list_is_said_but_does_not_hold_the_order() -> None:
    order = do(None, enter(a_draft(a_line(unit_price=49_000_000))))
    assert [finding.code for finding in order.findings] == ["price-mismatch"]
    assert order.status is OrderStatus.ACCEPTED


def test_a_dry_run_decides_the_same_without_an_id() -> None:
    (event,) = events(None, EnterOrder("", a_draft()), view=a_view(estate=OWNS_STANDARD))
    assert isinstance(event, OrderOnHold)
    assert event.order.id == ""


def test_the_same_content_again_changes_nothing() -> None:
    assert events(a_held_order(), enter(a_draft())) == ()


def test_the_same_content_again_changes_nothing_even_after_a_correction() -> None:
    corrected = replace(a_held_order(), lines=(a_line(sku="LIC-STD"),))
    assert events(corrected, enter(a_draft())) == ()


def test_the_same_instant_written_in_another_zone_is_the_same_content() -> None:
    paris = MONDAY.astimezone(timezone(timedelta(hours=1)))
    assert signature(a_draft(placed_at=paris)) == signature(a_draft())


@pytest.mark.parametrize(
    "other",
    [
        a_draft(po_number="H-2292"),
        a_draft(a_line(quantity=46)),
        a_draft(end_customer=EndCustomer("EC-18", "Oak School")),
        a_draft(placed_at=MONDAY - timedelta(seconds=1)),
    ],
)
def test_other_content_under_the_same_number_is_refused(other: OrderDraft) -> None:
    with refused("order-exists"):
        events(a_held_order(), enter(other))


def test_five_minutes_ahead_is_accepted_and_a_second_more_is_not() -> None:
    ahead = MONDAY + timedelta(minutes=5)
    assert events(None, enter(a_draft(placed_at=ahead)))
    with refused("invalid-date") as info:
        events(None, enter(a_draft(placed_at=ahead + timedelta(seconds=1))))
    assert info.value.extra["pointer"] == "/placed_at"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (a_draft(placed_at=datetime(2027, 1, 4, 9, 30)), "invalid-date"),  # noqa: DTZ001 - that is the fault
        (a_draft(currency="eur"), "invalid-currency"),
        (a_draft(currency="XXX"), "invalid-currency"),
        (a_draft(number=" "), "invalid-parameter"),
        (a_draft(vendor=None, distributor=None), "invalid-parameter"),
        (replace(a_draft(), lines=()), "line-count"),
        (a_draft(*(a_line(number) for number in range(1, 1_002))), "line-count"),
        (a_draft(a_line(1), a_line(1)), "invalid-parameter"),
        (a_draft(a_line(0)), "invalid-parameter"),
        (a_draft(a_line(quantity=0)), "invalid-quantity"),
        (a_draft(a_line(quantity=10**9 + 1)), "invalid-quantity"),
        (a_draft(a_line(activated=51)), "invalid-quantity"),
        (a_draft(a_line(activated=-1)), "invalid-quantity"),
        (a_draft(a_line(unit_price=-1)), "invalid-amount"),
        (a_draft(a_line(upstream_price=-1)), "invalid-amount"),
        (a_draft(a_line(quantity=10**9, unit_price=10**14)), "invalid-amount"),
        (a_draft(a_line(tax_rate=1_000_001)), "invalid-amount"),
    ],
)
def test_what_could_not_be_recorded_is_refused(draft: OrderDraft, code: str) -> None:
    with refused(code):
        events(None, enter(draft))


def test_a_thousand_lines_are_an_order() -> None:
    assert len(do(None, enter(a_draft(*(a_line(number) for number in range(1, 1_001))))).lines) == 1_000


def test_a_free_line_is_an_order() -> None:
    assert do(None, enter(a_draft(a_line(unit_price=0)))).lines[0].unit_price == 0


def test_a_direct_order_and_one_without_a_reseller_are_orders_of_one_leg() -> None:
    assert len(do(None, enter(a_draft(distributor=None))).legs) == 1
    assert len(do(None, enter(a_draft(reseller=None))).legs) == 1


def test_the_catalogue_adds_family_description_and_upstream_price() -> None:
    bare = a_line(family="", description="", upstream_price=None)
    line = do(None, enter(a_draft(bare)), actor=BUYER).lines[0]
    assert (line.family, line.description, line.upstream_price) == ("licences", "Licence Pro", 44_000_000)


def test_a_stated_upstream_price_stays_as_it_was_stated() -> None:
    stated = a_line(upstream_price=43_000_000)
    assert do(None, enter(a_draft(stated)), actor=DESK).lines[0].upstream_price == 43_000_000


def test_a_direct_order_has_no_upstream_price() -> None:
    direct = a_draft(a_line(upstream_price=None), distributor=None)
    assert do(None, enter(direct)).lines[0].upstream_price is None


def test_an_imported_order_is_history_and_accepted_as_it_was() -> None:
    unknown = a_draft(a_line(sku="85123A", family=""), end_customer=None, po_number=None)
    order = do(None, EnterOrder("o-1", unknown, imported=True))
    assert (order.status, order.findings) == (OrderStatus.ACCEPTED, ())


def test_a_replacement_was_approved_with_its_findings_so_nothing_holds_it() -> None:
    replacement = a_draft(number="D-8841-R1", replaces="D-8841")
    order = do(None, enter(replacement), view=a_view(estate=OWNS_STANDARD))
    assert order.status is OrderStatus.ACCEPTED
    assert [finding.acknowledged_by for finding in order.findings] == ["dora"]


def test_a_replacement_that_cannot_be_supplied_is_refused() -> None:
    replacement = a_draft(a_line(sku="LIC-NONE"), number="D-8841-R1", replaces="D-8841")
    with refused("unknown-sku"):
        events(None, enter(replacement))


def test_a_new_order_has_its_whole_content_in_its_first_event() -> None:
    (event,) = events(None, enter(a_draft()), view=a_view(estate=OWNS_STANDARD))
    assert isinstance(event, OrderOnHold)
    assert event.order.findings
    assert event.order.hold_until


def test_an_upgrade_with_its_base_in_the_estate_is_accepted() -> None:
    upgrade = a_line(sku=UPGRADE.sku)
    order = do(None, enter(a_draft(upgrade)), view=a_view(estate=OWNS_STANDARD, products=PRODUCTS))
    assert order.findings == ()


def test_the_builders_order_is_accepted() -> None:
    assert an_order().status is OrderStatus.ACCEPTED
