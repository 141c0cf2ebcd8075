"""Where the state clears credit notes, our own series numbers none."""

from dataclasses import replace
from datetime import date

import pytest

from partnerflow.directory.clearance import CLEARANCE, numbered_here, refuse_embedded, told_to_issue
from partnerflow.directory.rows import OrganisationRow
from tests.domain.builders_cases import refused
from tests.domain.builders_people import directory

DAY = date(2027, 1, 4)
ACME = OrganisationRow(
    "acme", "vendor", "Acme", "GB", "Europe/London", "en_GB", "GBP", "GB 1", ("1 High Street",), {}, {}, "ACM",
    mandated=True,
)  # fmt: skip
MERIDIAN = directory().organisations["meridian"]


@pytest.mark.parametrize("country", CLEARANCE)
def test_an_issuer_of_a_clearance_country_keeps_no_series_of_ours(country: str) -> None:
    with refused("invalid-parameter") as info:
        refuse_embedded(replace(ACME, country=country), DAY)
    assert CLEARANCE[country].system in info.value.detail
    assert "external" in info.value.detail
    refuse_embedded(replace(ACME, country=country, issuer="external"), DAY)
    refuse_embedded(replace(ACME, country=country, mandated=False), DAY)


@pytest.mark.parametrize("country", ["GB", "DE", "FR", "HU", "BE", "ES"])
def test_a_report_or_an_exchange_is_no_clearance(country: str) -> None:
    refuse_embedded(replace(ACME, country=country), DAY)


def test_clearance_binds_from_its_day_on() -> None:
    bound = CLEARANCE["PL"].since
    polish = replace(MERIDIAN, country="PL")
    assert numbered_here(polish, date(2026, 1, 31))
    assert not numbered_here(polish, bound)
    assert told_to_issue(polish, bound)


def test_an_external_issuer_is_told_and_one_without_mandate_is_nobodys_to_tell() -> None:
    external = replace(MERIDIAN, issuer="external")
    assert (numbered_here(external, DAY), told_to_issue(external, DAY)) == (False, True)
    stranger = replace(MERIDIAN, mandated=False, operator=False)
    assert (numbered_here(stranger, DAY), told_to_issue(stranger, DAY)) == (False, False)
