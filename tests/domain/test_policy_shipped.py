"""The policy that ships: every number DOMAIN.md gives, routes and entitlements at their boundaries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from partnerflow.orders.model import Severity
from partnerflow.people import Role
from partnerflow.policy.document import Ladder, Policy, load
from partnerflow.policy.questions import NO_RULE, Bought, RouteFacts, entitlement, route_for
from partnerflow.policy.terms import FINDINGS, LADDERS, Exhausted, PassThrough, Reason, RootCause
from partnerflow.store.policies import names, read

SHIPPED = load(read("default"), 1)
DEMO = load(read("demo"), 2)

WITHIN = RouteFacts(
    aggregate=0,
    amount=0,
    type="cancellation",
    reason="wrong_item_ordered",
    exception=False,
    within_policy=True,
    family="licences",
    tier="standard",
    age_hours=1,
    rate_known=True,
)
ONE = ["channel_manager"]
TWO = ["channel_manager", "finance"]
THREE = ["channel_manager", "finance", "executive"]


def aged(hours: int) -> Bought:
    placed = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
    return Bought(placed, placed + timedelta(hours=hours))


def approvers(facts: RouteFacts, policy: Policy = SHIPPED) -> list[str]:
    return [str(step.role) for step in route_for(policy, facts).steps]


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [
        ("owner", 240),
        ("first_response", 480),
        ("next_update", 960),
        ("decision", 960),
        ("step", 480),
        ("step_minimum", 60),
        ("pass_through", 2400),
        ("hold", 960),
        ("appeal", 4800),
        ("partner_answer", 2400),
    ],
)
def test_each_clock_has_its_shipped_minutes(clock: str, minutes: int) -> None:
    assert SHIPPED.allowances[clock] == minutes


def test_no_clock_is_missing_from_the_list_above() -> None:
    assert len(SHIPPED.allowances) == 10


def test_people_are_warned_at_half_and_at_four_fifths() -> None:
    assert SHIPPED.warnings == (50, 80)


def test_reminders_come_three_days_one_day_and_two_hours_before_the_last_safe_minute() -> None:
    assert SHIPPED.reminder_hours == (72, 24, 2)


def test_a_vat_credit_note_is_due_within_14_days_wherever_the_issuer_is() -> None:
    assert (SHIPPED.vat_note_days, SHIPPED.vat_days("GB"), SHIPPED.vat_days("DE")) == (14, 14, 14)


@pytest.mark.parametrize("clock", LADDERS)
def test_each_ladder_climbs_two_managers_and_the_executive_then_pages(clock: str) -> None:
    assert SHIPPED.ladder(clock) == Ladder(("manager", "manager", "executive"), Exhausted.HOLD_AND_PAGE)


@pytest.mark.parametrize("clock", ["owner", "first_response", "next_update", "hold", "vat_note"])
def test_no_other_clock_climbs(clock: str) -> None:
    with pytest.raises(KeyError):
        SHIPPED.ladder(clock)


@pytest.mark.parametrize("family", [None, "licences", "hardware", "never heard of"])
def test_every_family_can_be_cancelled_for_168_hours(family: str | None) -> None:
    assert SHIPPED.window(family).cancel_hours == 168


def test_what_the_vendor_credits_follows_by_the_same_percentage() -> None:
    assert (SHIPPED.pass_through, SHIPPED.pass_through_cap_ppm) == (PassThrough.SAME_PERCENTAGE, None)


@pytest.mark.parametrize(
    ("aggregate", "deciders"),
    [
        (0, []),
        (50_000, []),
        (50_001, ONE),
        (250_000, ONE),
        (250_001, TWO),
        (2_500_000, TWO),
        (2_500_001, THREE),
        (10**15, THREE),
    ],
)
def test_within_policy_the_aggregate_decides_who_approves(aggregate: int, deciders: list[str]) -> None:
    assert approvers(replace(WITHIN, aggregate=aggregate)) == deciders


@pytest.mark.parametrize(
    ("aggregate", "deciders"),
    [(1, TWO), (50_000, TWO), (250_000, TWO), (2_500_000, TWO), (2_500_001, THREE)],
)
def test_an_exception_needs_two_steps_however_small_and_three_when_large(
    aggregate: int, deciders: list[str]
) -> None:
    asked = replace(WITHIN, aggregate=aggregate, exception=True, within_policy=False)
    assert approvers(asked) == deciders
    assert approvers(replace(asked, within_policy=True)) == deciders


def test_only_what_is_within_policy_and_no_exception_passes_by_itself() -> None:
    assert route_for(SHIPPED, replace(WITHIN, aggregate=50_000)).automatic
    assert approvers(replace(WITHIN, aggregate=1, within_policy=False)) == ONE


def test_splitting_a_request_does_not_lower_its_route() -> None:
    assert approvers(replace(WITHIN, amount=130_000, aggregate=260_000)) == TWO


def test_worked_example_1_needs_two_steps_because_of_its_exception() -> None:
    licences = replace(WITHIN, amount=240_000, aggregate=240_000, type="exchange")
    assert approvers(licences) == ONE
    assert approvers(replace(licences, exception=True, within_policy=False)) == TWO


def test_without_a_rate_the_strictest_route_is_taken_whatever_the_amount() -> None:
    assert approvers(replace(WITHIN, aggregate=1, rate_known=False)) == THREE


def test_any_one_present_decider_answers_a_shipped_step_within_the_shipped_minutes() -> None:
    for route in SHIPPED.routes:
        for step in route.steps:
            assert (step.mode, step.n, step.allowance_minutes) == ("any", 1, None)
            assert (step.person, step.manager_of, step.name) == (None, None, str(step.role))
            assert step.role is not Role.ADMIN


@pytest.mark.parametrize(
    ("age_hours", "percent_ppm", "rule"),
    [
        (0, 1_000_000, "unactivated.30-days"),
        (719, 1_000_000, "unactivated.30-days"),
        (720, 0, "after-30-days"),
        (100_000, 0, "after-30-days"),
    ],
)
def test_unactivated_licences_come_back_in_full_for_30_days_and_then_not_at_all(
    age_hours: int, percent_ppm: int, rule: str
) -> None:
    found = entitlement(SHIPPED, family="licences", activated=False, bought=aged(age_hours))
    assert (found.percent_ppm, found.rule) == (percent_ppm, rule)


def test_an_entitlement_says_until_when_it_holds_and_in_which_words() -> None:
    fresh = entitlement(SHIPPED, family="licences", activated=False, bought=aged(1))
    assert (fresh.until_hours, "within 30 days" in fresh.text) == (720, True)
    assert entitlement(SHIPPED, family="licences", activated=False, bought=aged(720)).until_hours is None


@pytest.mark.parametrize("family", ["licences", "hardware", "services"])
@pytest.mark.parametrize("age_hours", [0, 720])
def test_activated_units_come_back_not_at_all(family: str, age_hours: int) -> None:
    found = entitlement(SHIPPED, family=family, activated=True, bought=aged(age_hours))
    assert (found.percent_ppm, found.rule, found.until_hours) == (0, "activated", None)


@pytest.mark.parametrize(
    ("age_hours", "percent_ppm"), [(0, 1_000_000), (335, 1_000_000), (336, 850_000), (719, 850_000), (720, 0)]
)
def test_hardware_loses_a_part_after_14_days(age_hours: int, percent_ppm: int) -> None:
    found = entitlement(SHIPPED, family="hardware", activated=False, bought=aged(age_hours))
    assert found.percent_ppm == percent_ppm


def test_where_no_rule_fits_nothing_comes_back_and_the_answer_says_what_can_be_done() -> None:
    bare = replace(SHIPPED, rules=SHIPPED.rules[:1])
    found = entitlement(bare, family="licences", activated=False, bought=aged(0))
    assert (found.percent_ppm, found.rule, found.until_hours) == (0, NO_RULE, None)
    assert "exception" in found.text


@pytest.mark.parametrize(
    ("severity", "codes"),
    [
        ("block", {"missing-field", "unknown-sku", "pack-size"}),
        (
            "acknowledge",
            {
                "retired-sku",
                "edition-mismatch",
                "metric-mismatch",
                "segment-mismatch",
                "region-mismatch",
                "base-missing",
                "term-mismatch",
                "duplicate-order",
                "quantity-outlier",
                "window-short",
            },
        ),
        ("advise", {"price-mismatch"}),
    ],
)
def test_each_finding_has_its_shipped_severity(severity: str, codes: set[str]) -> None:
    assert {code for code in FINDINGS if SHIPPED.severity(code) == severity} == codes


def test_every_severity_of_the_policy_is_one_an_order_knows() -> None:
    assert {Severity(SHIPPED.severity(code)) for code in FINDINGS} == set(Severity)


def test_the_checks_have_their_shipped_parameters() -> None:
    checks = SHIPPED.validation
    assert (checks.duplicate_days, checks.outlier_factor, checks.outlier_min_orders) == (7, 5, 3)
    assert (checks.short_window_hours, checks.price_tolerance_ppm) == (24, 10_000)


def test_an_order_to_a_vendor_needs_a_po_number_and_an_end_customer_and_one_without_vendor_nothing() -> None:
    assert SHIPPED.validation.required_of("arbor") == ("po_number", "end_customer")
    assert SHIPPED.validation.required_of(None) == ()


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("wrong_item_ordered", "reseller_error"),
        ("wrong_quantity", "reseller_error"),
        ("ordered_twice", "reseller_error"),
        ("wrong_price", "wrong_quote_or_catalogue"),
        ("wrong_tax", "system_error"),
        ("wrong_end_customer", "reseller_error"),
        ("no_longer_needed", "end_customer_change"),
        ("not_as_agreed", "vendor_error"),
        ("other", "unknown"),
    ],
)
def test_each_reason_counts_as_a_root_cause(reason: str, cause: str) -> None:
    assert SHIPPED.root_cause(reason) == cause
    assert SHIPPED.root_cause(Reason(reason)) is RootCause(cause)


def test_the_demo_is_the_shipped_policy_but_for_its_pace() -> None:
    assert (
        replace(
            DEMO, version=1, name=SHIPPED.name, description=SHIPPED.description, allowances=SHIPPED.allowances
        )
        == SHIPPED
    )
    assert DEMO.allowances["step"] == DEMO.allowances["hold"] == 1
    assert max(DEMO.allowances.values()) <= 10


def test_in_the_demo_a_step_can_climb_and_the_next_be_decided_before_the_decision_is_late() -> None:
    assert DEMO.allowances["decision"] >= 3 * DEMO.allowances["step"]


def test_only_policies_that_ship_can_be_read() -> None:
    assert names() == ("default", "demo")
    for name in ("../default", "default.yaml", "", "/etc/passwd"):
        with pytest.raises(LookupError, match="there are default, demo"):
            read(name)


def test_what_is_read_is_ready_to_be_stored_and_loaded() -> None:
    assert "extends" not in read("demo")
    assert read("demo") is not read("demo")
    assert load(read("demo"), 7).version == 7
