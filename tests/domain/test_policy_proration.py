"""What of a term is left: day by day, month by month, hour by hour, across leap years, clock changes and zones."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerflow.money import TermPart
from partnerflow.policy.document import Policy, PolicyFault, load
from partnerflow.policy.proration import Proration, Term, left, words
from partnerflow.policy.questions import Bought, entitlement
from partnerflow.policy.terms import ProrationUnit
from partnerflow.store.policies import read

MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
BY_DAY = Proration(ProrationUnit.DAY)
BY_MONTH = Proration(ProrationUnit.MONTH)
BY_HOUR = Proration(ProrationUnit.HOUR)
PRORATED: dict[str, Any] = {"id": "subscription", "when": "true", "percent": 100, "text": "The unused part."}


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]


def counted(
    rule: Proration, at: datetime, start: datetime = MONDAY, months: int = 12, zone: str = "UTC"
) -> str:
    part = left(rule, Term(start, months, zone), start, at).part
    return f"{part.left}/{part.of}"


def with_rule(**prorate: Any) -> Policy:
    document = deepcopy(read("default"))
    document["rules"].insert(1, PRORATED | {"prorate": prorate})  # type: ignore[attr-defined]
    return load(document, 2)


def test_the_day_of_cancellation_is_charged_unless_the_policy_says_free() -> None:
    at = utc(2027, 9, 9, 12)  # the 249th day
    assert counted(BY_DAY, at) == "116/365"
    assert counted(Proration(ProrationUnit.DAY, charged=False), at) == "117/365"


def test_a_term_has_its_real_length_or_months_of_thirty_days() -> None:
    assert counted(BY_DAY, MONDAY) == "364/365"
    assert counted(BY_DAY, utc(2028, 1, 4), utc(2028, 1, 4)) == "365/366"
    assert counted(BY_DAY, utc(2027, 3, 1), utc(2027, 3, 1)) == "365/366"  # 29 February 2028 lies in it
    assert counted(Proration(ProrationUnit.DAY, nominal=True), MONDAY) == "359/360"
    assert counted(Proration(ProrationUnit.HOUR, nominal=True), MONDAY) == "8639/8640"


def test_a_month_that_is_too_short_ends_the_term_on_its_last_day() -> None:
    start = utc(2028, 2, 29, 12)
    assert counted(BY_DAY, start, start) == "364/365"  # to 28 February 2029
    assert counted(BY_DAY, utc(2027, 1, 31), utc(2027, 1, 31), months=1) == "27/28"


def test_months_begin_on_the_day_of_the_start_or_on_their_last() -> None:
    start = utc(2027, 1, 31, 15)
    days = [(2, 27), (2, 28), (3, 1), (3, 30), (3, 31)]
    assert [counted(BY_MONTH, utc(2027, *day), start) for day in days] == [
        "11/12",
        "10/12",
        "10/12",
        "10/12",
        "9/12",
    ]
    nominal = Proration(ProrationUnit.MONTH, nominal=True, charged=False)
    assert [counted(nominal, MONDAY + timedelta(days=n)) for n in (0, 29, 30)] == ["12/12", "12/12", "11/12"]


def test_hours_are_elapsed_ones_so_a_month_with_a_clock_change_has_one_less_or_more() -> None:
    spring, autumn = utc(2027, 3, 1), utc(2027, 9, 30, 23)
    assert counted(BY_HOUR, spring, spring, 1, "Europe/London") == "742/743"
    assert counted(BY_HOUR, autumn, autumn, 1, "Europe/London") == "744/745"
    assert counted(BY_HOUR, spring + 2 * HOUR - TICK, spring, 1, "Europe/London") == "741/743"
    assert counted(BY_HOUR, spring + 2 * HOUR, spring, 1, "Europe/London") == "740/743"


def test_a_day_with_a_clock_change_is_a_day() -> None:
    start, term = utc(2027, 3, 27, 12), 1
    at = [utc(2027, 3, 27, 23, 59), utc(2027, 3, 28, 0), utc(2027, 3, 28, 22, 59), utc(2027, 3, 28, 23)]
    shown = [counted(BY_DAY, each, start, term, "Europe/London") for each in at]
    assert shown == ["30/31", "29/31", "29/31", "28/31"]


def test_a_day_ends_at_midnight_where_the_buyer_is() -> None:
    at = utc(2027, 6, 30, 22, 30)  # half past midnight in Berlin
    assert counted(BY_DAY, at, zone="Europe/Berlin") == "186/365"
    assert counted(BY_DAY, at, zone="UTC") == "187/365"
    assert left(BY_DAY, Term(MONDAY, 12, "Europe/Berlin"), MONDAY, at).falls_at == utc(2027, 7, 1, 22)


def test_the_free_hours_are_over_to_the_instant() -> None:
    rule = Proration(ProrationUnit.DAY, free_hours=24)
    assert counted(rule, MONDAY + 24 * HOUR - TICK) == "365/365"
    assert counted(rule, MONDAY + 24 * HOUR) == "363/365"
    assert left(rule, Term(MONDAY, 12, "UTC"), MONDAY, MONDAY).falls_at == MONDAY + 24 * HOUR


def test_free_hours_count_from_the_purchase_and_the_term_from_its_own_start() -> None:
    rule, term = Proration(ProrationUnit.DAY, free_hours=24), Term(MONDAY + 48 * HOUR, 12, "UTC")
    assert left(rule, term, MONDAY, MONDAY + 49 * HOUR).part == TermPart(364, 365, "day")


def test_after_the_term_nothing_is_left_and_nothing_falls() -> None:
    for at in (utc(2028, 1, 3, 23), utc(2028, 1, 4), utc(2030, 1, 1)):
        found = left(BY_DAY, Term(MONDAY, 12, "UTC"), MONDAY, at)
        assert (found.part.left, found.falls_at) == (0, None)


def test_a_clock_a_little_behind_the_start_counts_as_its_first_unit() -> None:
    assert counted(BY_HOUR, MONDAY - HOUR) == "8759/8760"


RULES = st.builds(
    Proration, st.sampled_from(ProrationUnit), st.booleans(), st.sampled_from([0, 1, 24, 720]), st.booleans()
)
STARTS = st.integers(0, 8 * 365 * 24 * 60).map(lambda minutes: utc(2024, 1, 1) + timedelta(minutes=minutes))
ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])


@given(RULES, STARTS, st.integers(1, 36), ZONES, st.timedeltas(timedelta(0), timedelta(days=1_200)))
def test_the_part_stays_until_the_instant_it_says_and_never_grows(
    rule: Proration, start: datetime, months: int, zone: str, after: timedelta
) -> None:
    term, at = Term(start, months, zone), start + after
    now = left(rule, term, start, at)
    assert now.part.sound
    if now.falls_at is None:
        assert now.part.left == 0
        return
    assert now.falls_at > at
    assert left(rule, term, start, now.falls_at - TICK) == now
    later = left(rule, term, start, now.falls_at).part
    assert later.of == now.part.of
    assert later.left < now.part.left or (rule.free_hours and now.falls_at == start + rule.free_hours * HOUR)


def test_a_rule_that_prorates_is_for_what_has_a_term() -> None:
    policy = with_rule(unit="day", free_hours=24)
    bought = Bought(MONDAY, utc(2027, 9, 9, 12), Term(MONDAY, 12, "UTC"))
    found = entitlement(policy, family="licences", activated=False, bought=bought)
    assert (found.rule, found.part) == ("subscription", TermPart(116, 365, "day"))
    without = Bought(MONDAY, utc(2027, 9, 9, 12))
    assert entitlement(policy, family="licences", activated=False, bought=without).rule == "after-30-days"


def test_a_policy_says_how_it_prorates() -> None:
    rule = with_rule(unit="month", day_of_cancellation="free", free_hours=24, term="nominal").rules[1]
    assert rule.prorate == Proration(ProrationUnit.MONTH, charged=False, free_hours=24, nominal=True)
    assert with_rule(unit="hour").rules[1].prorate == Proration(ProrationUnit.HOUR, True, 0, False)
    assert with_rule(unit="hour").rules[0].prorate is None


@pytest.mark.parametrize(
    ("prorate", "path"),
    [
        ({}, "rules[1].prorate"),
        ("day", "rules[1].prorate"),
        ({"unit": "week"}, "rules[1].prorate.unit"),
        ({"unit": "day", "free_hours": -1}, "rules[1].prorate.free_hours"),
        ({"unit": "day", "day_of_cancellation": "half"}, "rules[1].prorate.day_of_cancellation"),
        ({"unit": "day", "term": "long"}, "rules[1].prorate.term"),
        ({"unit": "day", "rounding": "up"}, "rules[1].prorate.rounding"),
    ],
)
def test_a_fault_in_it_says_where(prorate: Any, path: str) -> None:
    document = deepcopy(read("default"))
    document["rules"].insert(1, PRORATED | {"prorate": prorate})  # type: ignore[attr-defined]
    with pytest.raises(PolicyFault) as found:
        load(document, 2)
    assert found.value.path == path


def test_a_part_reads_as_people_say_it() -> None:
    assert words(TermPart(116, 365, "day")) == "116 of 365 days unused"
    assert words(TermPart(8_000, 8_760, "hour")) == "8,000 of 8,760 hours unused"
    assert words(TermPart(1, 3)) == "1 of 3 unused"
