"""Figures and instants as a reader sees them."""

from datetime import UTC, date, datetime

import pytest

from notifications import formats


@pytest.mark.parametrize(
    ("locale", "shown"),
    [
        ("en_GB", "1,234,567.89"),
        ("de-DE", "1.234.567,89"),
        ("en_IN", "12,34,567.89"),
        ("de_CH", "1’234’567.89"),
        ("xx_QQ", "1,234,567.89"),
        ("", "1,234,567.89"),
    ],
)
def test_an_amount_is_grouped_as_the_reader_groups(locale: str, shown: str):
    assert formats.amount(123456789, "GBP", locale) == shown


def test_an_amount_has_exactly_the_currency_s_decimals():
    assert formats.amount(1234, "JPY") == "1,234"
    assert formats.amount(5, "BHD") == "0.005"
    assert formats.amount(-100, "GBP") == "-1.00"
    assert formats.amount(10**15 + 1, "GBP") == "10,000,000,000,000.01"


def test_money_carries_its_symbol_where_the_locale_has_it():
    assert formats.money(288000, "GBP", "en_GB") == "£2,880.00"
    assert formats.money(288000, "EUR", "de_DE") == "2.880,00\xa0€"
    assert formats.money(1234, "JPY", "en_GB") == "JP¥1,234"
    assert formats.money(5, "BHD", "en_GB") == "BHD\xa00.005"


def test_a_unit_price_shows_the_decimals_it_has():
    assert formats.unit_price(31_200_000, "GBP") == "31.20"
    assert formats.unit_price(12_500, "GBP") == "0.0125"
    assert formats.unit_price(31_200_000, "GBP", digits=4) == "31.2000"
    assert [formats.price_digits(micros) for micros in (31_200_000, 12_500, 5_000_000, 1)] == [1, 4, 0, 6]


def test_a_percent_is_exact():
    assert [formats.percent(ppm) for ppm in (0, 200_000, 1_000_000, 333_333)] == [
        "0%",
        "20%",
        "100%",
        "33.3333%",
    ]


def test_seconds_are_rounded_down_and_zones_without_a_name_are_counted_from_utc():
    moment = datetime(2027, 1, 5, 9, 30, 59, tzinfo=UTC)
    assert formats.instant(moment, "Europe/London") == "Tue 5 Jan 2027, 09:30 GMT"
    assert formats.instant(moment, "America/Sao_Paulo") == "Tue 5 Jan 2027, 06:30 UTC-03:00"
    with pytest.raises(ValueError, match="zone"):
        formats.instant("2027-01-05T09:30:00", "UTC")


def test_days_and_countries_are_written_out():
    assert formats.day(date(2027, 9, 4)) == "4 September 2027"
    assert (formats.country("GB"), formats.country("??")) == ("United Kingdom", "??")


def test_one_line_is_one_line():
    assert formats.one_line(" a\r\n\tb\u2028c\x00\u202e ") == "a b c"
