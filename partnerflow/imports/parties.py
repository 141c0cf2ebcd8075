"""Who a feed's customers are here: resellers, with what their country lets one expect and nothing invented beyond."""

from dataclasses import dataclass
from typing import Any, Final

from partnerflow.imports.feeds import Customer

_ZONES: Final = {
    "AE": "Asia/Dubai", "AT": "Europe/Vienna", "AU": "Australia/Sydney", "BE": "Europe/Brussels",
    "BH": "Asia/Bahrain", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CH": "Europe/Zurich",
    "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GB": "Europe/London",
    "GR": "Europe/Athens", "HK": "Asia/Hong_Kong", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem",
    "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome", "JE": "Europe/Jersey", "JP": "Asia/Tokyo", "LB": "Asia/Beirut",
    "LT": "Europe/Vilnius", "MT": "Europe/Malta", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo",
    "PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "SA": "Asia/Riyadh", "SE": "Europe/Stockholm",
    "SG": "Asia/Singapore", "US": "America/New_York", "ZA": "Africa/Johannesburg",
}  # fmt: skip
_OFFICE: Final = {"mon-fri": ["09:00-17:30"]}
HOME: Final = "GB"
FAMILY: Final = "goods"


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation and its first person, as rows of the directory."""

    organisation: dict[str, Any]
    person: dict[str, Any]


def reseller(customer: Customer, currency: str) -> Party:
    """A reseller and its purchasing, whose mail goes to a name that can never be delivered by mistake (RFC 2606)."""
    name = f"Customer {customer.id}"
    organisation = _organisation(customer.code, "reseller", name, customer.country or HOME, currency)
    organisation |= {"series_code": customer.code.upper(), "fallbacks": [f"{customer.code}-purchasing"]}
    return Party(organisation, _person(customer.code, "purchasing", "Purchasing", name, ["buyer"]))


def wholesaler(code: str, currency: str, *, operates: bool) -> Party:
    """The seller, where the directory has none. It operates the desk if nobody does."""
    organisation = _organisation(code, "distributor", "The wholesaler", HOME, currency)
    organisation |= {
        "series_code": code.upper()[:12],
        "fallbacks": [f"{code}-desk"],
        "operator": operates,
        "mandated": True,
    }
    roles = ["desk", "case_manager"] if operates else ["desk"]
    return Party(organisation, _person(code, "desk", "Order desk", "The wholesaler", roles))


def _organisation(code: str, kind: str, name: str, country: str, currency: str) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "name": name,
        "country": country,
        "zone": _ZONES.get(country, _ZONES[HOME]),
        "locale": "en_GB",
        "currency": currency,
        "vat_id": "",
        "address": [name, country],
        "hours": _OFFICE,
        "holidays": {"country": country if country in _ZONES else HOME},
        "operator": False,
        "mandated": False,
    }


def _person(code: str, what: str, title: str, organisation: str, roles: list[str]) -> dict[str, Any]:
    return {
        "id": f"{code}-{what}",
        "organisation": code,
        "name": f"{title}, {organisation}",
        "title": title,
        "email": f"{what}@{code}.example",
        "phone": "",
        "roles": roles,
    }
