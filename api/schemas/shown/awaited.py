"""Reconciliation and exposure as answers and sheets write them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from api.schemas.shown.plain import figures, instant, money
from partnerflow.cases import responsibility
from partnerflow.orders.model import Leg
from partnerflow.people import Directory
from partnerflow.store.reports.awaited import Executed
from partnerflow.store.reports.exposure import Exposed
from partnerflow.store.reports.reconciliation import DIFFERENCES, Pair, Sum

PAIR_COLUMNS: Final = (
    "case_ref", "order_number", "what", "leg", "round", "by", "issued_here", "state", "number", "currency",
    "instructed_net", "instructed_tax", "instructed_gross", "confirmed_net", "confirmed_tax", "confirmed_gross",
    "difference_gross", "since", "age_days", "owner",
)  # fmt: skip
EXPOSURE_COLUMNS: Final = (
    "case_ref", "order_number", "distributor", "reseller", "vendor", "currency", "credited", "to_credit", "awaited",
    "awaited_currency", "awaited_net", "awaited_tax", "advanced_at", "since", "age_days", "owner", "owner_email",
    "owner_phone", "chase", "chased", "last_chase_at", "next_chase_at",
)  # fmt: skip


def pair(found: Executed, row: Pair, directory: Directory) -> dict[str, Any]:
    """``difference`` is confirmed less instructed, null while it is awaited; ``owner`` has the case now."""
    case, currency = found.case, found.case.currency_of(row.leg)
    return {
        "case_ref": case.ref,
        "order_number": case.order_number,
        "what": row.what,
        "leg": row.leg.value,
        "round": row.round,
        "by": row.by,
        "issued_here": row.here,
        "state": row.state,
        "number": row.number,
        "confirmed_at": instant(row.confirmed_at),
        "currency": currency,
        "instructed": _figures(row.instructed, currency),
        "confirmed": _figures(row.confirmed, currency),
        "difference": _figures(row.difference, currency),
        "since": instant(row.since),
        "age_days": max(0, (found.now - row.since).days),
        "owner": _owner(found, directory),
    }


def totals(items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How many pairs are in which state, and the awaited gross per currency."""
    states: dict[str, int] = {}
    awaited: dict[str, Decimal] = {}
    for item in items:
        states[item["state"]] = states.get(item["state"], 0) + 1
        if item["state"] == "awaited" and item["instructed"]:
            gross = Decimal(item["instructed"]["gross"])
            awaited[item["currency"]] = awaited.get(item["currency"], Decimal(0)) + gross
    return {
        "states": dict(sorted(states.items())),
        "differences": sum(states.get(state, 0) for state in DIFFERENCES),
        "awaited": _sums(awaited),
    }


def pair_lines(items: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    yield PAIR_COLUMNS
    for item in items:
        sums = [
            _number(item[side], part)
            for side in ("instructed", "confirmed")
            for part in ("net", "tax", "gross")
        ]
        first = [str(item[name]) if name == "issued_here" else item[name] for name in PAIR_COLUMNS[:10]]
        rest = (_number(item["difference"], "gross"), item["since"], item["age_days"], item["owner"]["name"])
        yield (*first, *sums, *rest)


def exposure(row: Exposed, directory: Directory) -> dict[str, Any]:
    """Gross but for ``exposure``. ``owner`` answers for it: the distributor's contact; ``chase`` is the vendor it waits
    for, asked ``chased`` times. ``advanced_at``: the reseller had its credit by then; null while it waits too."""
    case = row.found.case
    return {
        "case_ref": case.ref,
        "order_number": case.order_number,
        "distributor": case.distributor,
        "reseller": case.reseller,
        "vendor": case.vendor,
        "stage": case.stage.value,
        "credited": money(row.credited, case.currency),
        "to_credit": money(row.to_credit, case.currency),
        "awaited": money(row.awaited, case.currency_of(Leg.UPSTREAM)),
        "since": instant(row.since),
        "age_days": max(0, (row.found.now - row.since).days),
        "exposure": _figures(row.sums, case.currency_of(Leg.UPSTREAM)),
        "advanced_at": instant(case.advanced_at),
        "owner": _answers(row.found, directory),
        "chase": directory.organisations[case.vendor].name if case.vendor else None,
        "chased": row.chased,
        "last_chase_at": instant(row.last_chase),
        "next_chase_at": instant(row.next_chase),
    }


def exposure_totals(items: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """What is awaited in all, per currency."""
    sums: dict[str, Decimal] = {}
    for item in items:
        currency = item["awaited"]["currency"]
        sums[currency] = sums.get(currency, Decimal(0)) + Decimal(item["awaited"]["amount"])
    return _sums(sums)


def exposure_lines(items: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    yield EXPOSURE_COLUMNS
    for item in items:
        who = [item[name] for name in EXPOSURE_COLUMNS[:5]]
        sums: list[Decimal | None] = [
            Decimal(item[name]["amount"]) for name in ("credited", "to_credit", "awaited")
        ]
        sums += [_number(item["exposure"], part) for part in ("net", "tax")]
        since = (item["advanced_at"], item["since"], item["age_days"])
        owner = (item["owner"][name] for name in ("name", "email", "phone"))
        chase = (item[name] for name in EXPOSURE_COLUMNS[-4:])
        currencies = [item[name]["currency"] for name in ("credited", "awaited")]
        yield (*who, currencies[0], *sums[:3], currencies[1], *sums[3:], *since, *owner, *chase)


def _owner(found: Executed, directory: Directory) -> dict[str, str]:
    person = responsibility.owner(found.case, directory, found.now)
    return {"name": person.name, "email": person.email}


def _answers(found: Executed, directory: Directory) -> dict[str, str]:
    person = responsibility.exposure_owner(found.case, directory, found.now)
    return {"name": person.name, "email": person.email, "phone": person.phone}


def _figures(found: Sum | None, currency: str) -> dict[str, str] | None:
    return None if found is None else figures(found.net, found.tax, currency)


def _number(found: dict[str, str] | None, part: str) -> Decimal | None:
    return Decimal(found[part]) if found else None


def _sums(sums: dict[str, Decimal]) -> list[dict[str, str]]:
    return [{"amount": str(amount), "currency": currency} for currency, amount in sorted(sums.items())]
