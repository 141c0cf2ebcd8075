"""Validation finds each thing it has a code for, says it in a sentence, and suggests what would be right."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from partnerflow.orders.catalogue import EstateItem, Product
from partnerflow.orders.commands import EnterOrder, OrderDraft
from partnerflow.orders.estate import add_months
from partnerflow.orders.model import EndCustomer, Finding, Licence, Severity, Suggestion
from partnerflow.orders.validation import refuse_blocked, validate
from partnerflow.policy.document import Policy
from partnerflow.policy.parts import Window
from partnerflow.policy.terms import FINDINGS
from tests.domain.builders_orders import (
    MONDAY,
    OWNS_STANDARD,
    POLICY,
    PRO,
    PRODUCTS,
    STD,
    a_draft,
    a_line,
    a_view,
    an_earlier_line,
    do,
    refused,
)

STANDARD = a_line(sku="LIC-STD", unit_price=31_200_000)
NO_WINDOW = replace(POLICY, windows=(Window(None, 0),))
HISTORY = tuple(an_earlier_line(order_number=f"D-{n}", quantity=10, end_customer=None) for n in range(3))


def found(draft: OrderDraft, policy: Policy = POLICY, **context: Any) -> tuple[Finding, ...]:
    """What validation finds, by way of the front door."""
    return do(None, EnterOrder("o-1", draft), policy=policy, view=a_view(**context)).findings


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    assert [finding.code for finding in findings] == [code]
    return findings[0]


def variant(product: Product, **changes: Any) -> dict[str, Product]:
    return PRODUCTS | {product.sku: replace(product, **changes)}


def requiring(*fields: str) -> Policy:
    return replace(POLICY, validation=replace(POLICY.validation, required=fields))


def test_the_worked_example_would_have_been_stopped() -> None:
    finding = only(found(a_draft(), estate=OWNS_STANDARD), "edition-mismatch")
    assert (finding.severity, finding.line_no) == (Severity.ACKNOWLEDGE, 1)
    assert finding.suggestion == Suggestion(sku="LIC-STD")
    assert finding.text == (
        "Elm College has LIC-STD (edition standard), but the order is for LIC-PRO (edition pro)."
    )


@pytest.mark.parametrize("licence", [Licence(edition="std"), Licence(edition="Standard"), None])
def test_what_the_end_customer_has_already_fits_however_its_edition_is_written(
    licence: Licence | None,
) -> None:
    assert found(a_draft(replace(STANDARD, licence=licence)), estate=OWNS_STANDARD) == ()


def test_an_end_customer_without_an_estate_may_have_any_edition() -> None:
    assert found(a_draft()) == ()


def test_an_estate_of_another_family_is_not_compared() -> None:
    products = variant(STD, family="storage")
    assert found(a_draft(), estate=OWNS_STANDARD, products=products) == ()


def test_an_edition_among_several_the_end_customer_has_fits() -> None:
    both = (*OWNS_STANDARD, EstateItem("LIC-UP", edition="PRO"))
    assert found(a_draft(), estate=both) == ()


def test_a_mismatch_with_a_retired_item_suggests_its_successor() -> None:
    owned = (EstateItem("LIC-OLD", edition="standard"),)
    assert only(found(a_draft(), estate=owned), "edition-mismatch").suggestion == Suggestion(sku="LIC-STD")


@pytest.mark.parametrize(
    ("name", "licensed", "owned"),
    [("metric", "device", "user"), ("segment", "education", "commercial"), ("region", "US", "GB")],
)
def test_metric_segment_and_region_must_fit_the_estate(name: str, licensed: str, owned: str) -> None:
    estate = (EstateItem("LIC-STD", **{name: owned}),)  # type: ignore[arg-type]
    line = replace(STANDARD, licence=Licence(**{name: licensed}))  # type: ignore[arg-type]
    finding = only(found(a_draft(line), estate=estate), f"{name}-mismatch")
    assert (finding.severity, finding.suggestion) == (Severity.ACKNOWLEDGE, None)
    assert f"({name} {owned})" in finding.text
    assert f"({name} {licensed})" in finding.text
    fitting = replace(STANDARD, licence=Licence(**{name: owned}))  # type: ignore[arg-type]
    assert found(a_draft(fitting), estate=estate) == ()


def test_what_the_catalogue_says_of_a_product_wins_over_the_licence_on_the_line() -> None:
    products = variant(PRO, edition=None, metric="device")
    line = a_line(licence=Licence(metric="user"))
    estate = (EstateItem("LIC-STD", metric="user"),)
    finding = only(found(a_draft(line), estate=estate, products=products), "metric-mismatch")
    assert finding.suggestion == Suggestion(sku="LIC-STD")


def test_required_fields_of_the_order_block() -> None:
    codes = [(f.code, f.severity, f.text) for f in found(a_draft(po_number="", end_customer=None))]
    assert codes == [
        ("missing-field", Severity.BLOCK, "The order needs a PO number."),
        ("missing-field", Severity.BLOCK, "The order needs an end customer."),
    ]


@pytest.mark.parametrize(
    ("field", "line", "text"),
    [
        ("line.licence", a_line(), "Line 1 needs its licence."),
        ("line.licence.term_months", a_line(licence=Licence()), "Line 1 needs its licence term months."),
        ("line.licence.edition", a_line(), "Line 1 needs its licence edition."),
        ("line.upstream_price", None, "Line 1 needs the price between vendor and distributor."),
    ],
)
def test_required_fields_of_a_line_name_the_line(field: str, line: Any, text: str) -> None:
    products = variant(PRO, upstream_list_price=None)
    draft = a_draft(line or a_line(upstream_price=None))
    finding = only(found(draft, requiring(field), products=products), "missing-field")
    assert (finding.line_no, finding.text) == (1, text)


def test_an_unknown_item_blocks_and_the_nearest_name_is_suggested() -> None:
    finding = only(found(a_draft(a_line(sku="LIC-PRQ"))), "unknown-sku")
    assert (finding.severity, finding.suggestion) == (Severity.BLOCK, Suggestion(sku="LIC-PRO"))
    assert finding.text == "LIC-PRQ is not in the catalogue; did you mean LIC-PRO?"


def test_an_unknown_item_like_no_other_gets_no_suggestion() -> None:
    assert only(found(a_draft(a_line(sku="85123A"))), "unknown-sku").suggestion is None


def test_an_item_of_another_vendor_is_unknown() -> None:
    assert only(found(a_draft(vendor="birch")), "unknown-sku").severity is Severity.BLOCK


def test_a_retired_item_is_acknowledged_or_replaced_by_its_successor() -> None:
    finding = only(found(a_draft(a_line(sku="LIC-OLD", unit_price=31_200_000))), "retired-sku")
    assert (finding.severity, finding.suggestion) == (Severity.ACKNOWLEDGE, Suggestion(sku="LIC-STD"))


@pytest.mark.parametrize("successor", [None, "LIC-NONE", "LIC-OLD"])
def test_a_retired_item_without_a_living_successor_has_no_suggestion(successor: str | None) -> None:
    products = variant(PRODUCTS["LIC-OLD"], successor=successor)
    draft = a_draft(a_line(sku="LIC-OLD", unit_price=31_200_000))
    assert only(found(draft, products=products), "retired-sku").suggestion is None


@pytest.mark.parametrize(("quantity", "fitting"), [(1, 20), (19, 20), (21, 30), (25, 30)])
def test_a_quantity_that_is_no_whole_pack_or_too_small_blocks(quantity: int, fitting: int) -> None:
    box = a_line(sku="HW-BOX", unit_price=10_000_000, quantity=quantity)
    finding = only(found(a_draft(box)), "pack-size")
    assert (finding.severity, finding.suggestion) == (Severity.BLOCK, Suggestion(quantity=fitting))
    assert found(a_draft(replace(box, quantity=fitting))) == ()


def test_more_than_five_times_what_the_reseller_usually_orders_stands_out() -> None:
    finding = only(found(a_draft(a_line(quantity=51)), recent=HISTORY), "quantity-outlier")
    assert (finding.severity, finding.suggestion) == (Severity.ACKNOWLEDGE, Suggestion(quantity=10))
    assert found(a_draft(a_line(quantity=50)), recent=HISTORY) == ()


def test_a_history_too_short_or_of_other_items_shows_no_outlier() -> None:
    other = tuple(replace(line, sku="LIC-STD") for line in HISTORY)
    later = tuple(replace(line, placed_at=MONDAY + timedelta(hours=1)) for line in HISTORY)
    for history in (HISTORY[:2], other, later, (HISTORY[0],) * 3):
        assert found(a_draft(a_line(quantity=500)), recent=history) == ()


def test_a_price_off_the_list_is_advised() -> None:
    finding = only(found(a_draft(a_line(unit_price=49_490_000))), "price-mismatch")
    assert (finding.severity, finding.suggestion) == (Severity.ADVISE, Suggestion(unit_price=50_000_000))
    assert finding.text == "LIC-PRO is ordered at 49.49 GBP; the list price is 50.00 GBP."
    assert found(a_draft(a_line(unit_price=49_500_000))) == ()


def test_the_contract_price_wins_over_the_list() -> None:
    contract = {"LIC-PRO": 45_000_000}
    finding = only(found(a_draft(), contract_prices=contract), "price-mismatch")
    assert "the contract price is 45.00 GBP" in finding.text
    assert found(a_draft(a_line(unit_price=45_000_000)), contract_prices=contract) == ()


def test_a_list_in_another_currency_is_not_compared() -> None:
    assert found(a_draft(a_line(unit_price=1), currency="EUR")) == ()


def test_no_finding_ever_speaks_of_the_upstream_price() -> None:
    assert found(a_draft(a_line(upstream_price=1))) == ()


def test_the_same_order_within_seven_days_is_pointed_out() -> None:
    finding = only(found(a_draft(), recent=(an_earlier_line(),)), "duplicate-order")
    assert (finding.severity, finding.line_no) == (Severity.ACKNOWLEDGE, 1)
    assert finding.text.endswith("order D-8800.")


def test_seven_days_to_the_second_is_a_duplicate_and_a_second_more_is_not() -> None:
    week_ago = MONDAY - timedelta(days=7)
    assert found(a_draft(), recent=(an_earlier_line(placed_at=week_ago),))
    assert found(a_draft(), recent=(an_earlier_line(placed_at=week_ago - timedelta(seconds=1)),)) == ()


@pytest.mark.parametrize(
    "changes", [{"quantity": 49}, {"sku": "LIC-STD"}, {"end_customer": "EC-18"}, {"order_number": "D-8841"}]
)
def test_another_quantity_item_customer_or_the_order_itself_is_no_duplicate(changes: dict[str, Any]) -> None:
    assert found(a_draft(), recent=(an_earlier_line(**changes),)) == ()


def test_an_upgrade_without_its_base_is_pointed_out() -> None:
    upgrade = a_line(sku="LIC-UP")
    finding = only(found(a_draft(upgrade)), "base-missing")
    assert (finding.severity, finding.suggestion) == (Severity.ACKNOWLEDGE, Suggestion(sku="LIC-STD"))
    assert found(a_draft(upgrade, replace(STANDARD, line_no=2))) == ()


def test_a_term_that_ends_with_nothing_the_end_customer_has_is_pointed_out() -> None:
    estate = (EstateItem("LIC-STD", edition="standard", term_ends=date(2027, 7, 1)),)
    year = replace(STANDARD, licence=Licence(term_months=12))
    finding = only(found(a_draft(year), estate=estate), "term-mismatch")
    assert finding.text == (
        "12 months of LIC-STD would end on 2028-01-04, but what Elm College has ends on 2027-07-01; "
        "6 months would end with it."
    )
    assert found(a_draft(replace(STANDARD, licence=Licence(term_months=6))), estate=estate) == ()


@pytest.mark.parametrize(
    "ends", [None, date(2027, 1, 4), date(2027, 1, 20), date(2028, 1, 4), date(2026, 6, 30)]
)
def test_a_term_that_renews_co_terminates_or_meets_no_running_one_fits(ends: date | None) -> None:
    estate = (EstateItem("LIC-STD", edition="standard", term_ends=ends),)
    year = replace(STANDARD, licence=Licence(term_months=12))
    assert found(a_draft(year), estate=estate) == ()


def test_months_end_on_the_last_day_where_there_is_no_such_day() -> None:
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert add_months(date(2027, 12, 4), 1) == date(2028, 1, 4)


def test_a_product_that_can_never_or_hardly_be_cancelled_is_pointed_out() -> None:
    finding = only(found(a_draft(), NO_WINDOW), "window-short")
    assert finding.severity is Severity.ACKNOWLEDGE
    assert "cannot be cancelled" in finding.text
    short = replace(POLICY, windows=(Window(None, 168), Window("licences", 23)))
    assert "23 hours only" in only(found(a_draft(), short), "window-short").text
    assert found(a_draft(), replace(POLICY, windows=(Window(None, 24),))) == ()


def test_findings_come_in_the_order_of_lines_those_of_the_whole_order_first() -> None:
    lines = (a_line(sku="LIC-OLD", unit_price=1), replace(a_line(sku="LIC-NO"), line_no=2))
    codes = [(f.line_no, f.code) for f in found(a_draft(*lines, po_number=None))]
    assert codes == [(None, "missing-field"), (1, "retired-sku"), (1, "price-mismatch"), (2, "unknown-sku")]


def test_how_grave_a_finding_is_the_policy_says() -> None:
    strict = replace(POLICY.validation, severities=dict.fromkeys(FINDINGS, "block"))
    finding = only(
        found(a_draft(), replace(POLICY, validation=strict), estate=OWNS_STANDARD), "edition-mismatch"
    )
    assert finding.severity is Severity.BLOCK


def test_a_thing_wanted_in_an_exchange_is_validated_as_an_order_would_be() -> None:
    order = do(None, EnterOrder("o-1", a_draft(), imported=True))
    wanted = replace(order, number="D-8841-R1", lines=(a_line(sku="LIC-NONE"),))
    with refused("unknown-sku"):
        refuse_blocked(validate(wanted, a_view().context, POLICY, MONDAY))
    advised = replace(wanted, lines=(a_line(unit_price=1),))
    refuse_blocked(validate(advised, a_view().context, POLICY, MONDAY))


def test_an_end_customer_is_named_as_the_order_names_it() -> None:
    named = a_draft(end_customer=EndCustomer("EC-17", "<script>"))
    assert only(found(named, estate=OWNS_STANDARD), "edition-mismatch").text.startswith("<script> has")


def test_an_order_unknown_throughout_gets_its_findings_without_guesses() -> None:
    lines = (a_line(number, sku=f"LIC-PR{number}") for number in range(1, 22))
    findings = found(a_draft(*lines))
    assert [finding.code for finding in findings] == ["unknown-sku"] * 21
    assert {finding.suggestion for finding in findings} == {None}
