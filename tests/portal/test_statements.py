"""Statements as pages: the period in the address, and what a partner reads of its own."""

from datetime import date
from typing import Any

import pytest

from api.portal.statements import days
from tests.api.calling import World, ordered
from tests.portal.browsing import Browser

TODAY = date(2027, 2, 15)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("month", date(2027, 2, 1), TODAY),
        ("last", date(2027, 1, 1), date(2027, 1, 31)),
        ("quarter", date(2027, 1, 1), TODAY),
    ],
)
def test_a_running_period_ends_today_and_a_past_one_with_its_month(
    period: str, first: date, last: date
) -> None:
    asked: dict[str, Any] = {"period": period, "since": None, "until": None}
    assert days(asked, TODAY) == (first, last)


def test_own_dates_win_over_the_name_of_a_period() -> None:
    own = {"since": date(2026, 12, 24), "until": None}
    assert days({"period": "month"} | own, TODAY) == (date(2026, 12, 24), None)


def test_a_partner_reads_its_own_with_sheet_and_paper_of_the_same_days(
    world: World, browser: Browser
) -> None:
    order = ordered(world)
    browser.sign_in("ellie.marsh@harbour.example")
    page = browser.get("/statements")
    assert page.status_code == 200 and f"I-{order['number']}" in page.text and "you owe" in page.text
    assert "/v1/reports/statement.pdf?from=" in page.text and "Arbor" not in page.text.split("<main")[1]
    sheet = page.text.split('href="/v1/reports/statement.csv')[1].split('"')[0].replace("&amp;", "&")
    assert order["number"] in browser.get(f"/v1/reports/statement.csv{sheet}", Accept="*/*").text
    assert browser.get("/statements?organisation=quayside").status_code == 404
    wrong = browser.get("/statements?period=own&from=2027-02-02&to=2027-02-01")
    assert wrong.status_code == 422


def test_finance_chooses_a_partner_first(world: World, browser: Browser) -> None:
    browser.sign_in("amara.diallo@arbor.example")
    page = browser.get("/statements")
    assert "Whose statement?" in page.text and 'value="harbour"' in page.text
    assert "Statement of Harbour IT Ltd" in browser.get("/statements?organisation=harbour").text
