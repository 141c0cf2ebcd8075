"""What a draft must be to be recorded at all, and whether the same one came before.

What is merely suspicious about an order is a finding (orders.validation); what is refused here could not be
recorded.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from partnerflow.money import LARGEST_MINOR, WHOLE, decimals, line_net
from partnerflow.orders.commands import InvoiceDraft, OrderDraft
from partnerflow.orders.model import Leg, Line, Order
from partnerflow.refusals import Refused

MOST_LINES: Final = 1_000
LARGEST_QUANTITY: Final = 1_000_000_000
AHEAD: Final = timedelta(minutes=5)
"""How far a stated instant may be ahead of the desk's clock: clocks of two houses differ."""


def signature(content: OrderDraft | InvoiceDraft) -> str:
    """A fingerprint: equal for equal content, whatever the zone of its instants.

    What is not stated does not count, so that a member added to the shape later leaves old fingerprints
    valid.
    """
    text = json.dumps(_stated(content), sort_keys=True, separators=(",", ":"), default=_instant)
    return hashlib.sha256(text.encode()).hexdigest()


def check_draft(draft: OrderDraft, at: datetime) -> None:
    """Refuses an order without number, parties or lines that can be recorded, and one from the future."""
    decimals(draft.currency)
    check_instant(draft.placed_at, at, "placed_at")
    if not draft.number.strip():
        raise Refused("invalid-parameter", "An order needs a number.", pointer="/number")
    if sum(party is not None for party in (draft.vendor, draft.distributor, draft.reseller)) < 2:
        raise Refused("invalid-parameter", "Name at least two of vendor, distributor and reseller.")
    if draft.upstream_currency is not None:
        _check_upstream_currency(draft, draft.upstream_currency)
    check_lines(draft.lines, draft.currency, draft.upstream_currency)


def _check_upstream_currency(draft: OrderDraft, upstream: str) -> None:
    decimals(upstream)
    if not (draft.vendor and draft.distributor and draft.reseller):
        raise Refused(
            "invalid-currency", "An order of one leg has one currency.", pointer="/upstream_currency"
        )


def check_lines(lines: tuple[Line, ...], currency: str, upstream: str | None = None) -> None:
    """Refuses lines that cannot be recorded: their count, numbers, quantities, prices and rates."""
    check_count(line.line_no for line in lines)
    for line in lines:
        _check_line(line, currency, upstream or currency)


def check_count(numbers: Iterable[int]) -> None:
    """Refuses ``line-count`` for none or more than 1,000 lines, ``invalid-parameter`` for a number used
    twice."""
    listed = list(numbers)
    if not 1 <= len(listed) <= MOST_LINES:
        raise Refused("line-count", f"Send 1 to {MOST_LINES} lines, not {len(listed)}.")
    if len(set(listed)) < len(listed) or min(listed) < 1:
        raise Refused("invalid-parameter", "Number the lines from 1 on, each number once.")


def check_instant(at: datetime, now: datetime, what: str) -> None:
    """Refuses ``invalid-date`` for an instant without an offset or more than five minutes ahead."""
    if at.tzinfo is None:
        detail = f"{what} needs an offset, such as 2027-01-04T09:30:00Z."
        raise Refused("invalid-date", detail, pointer=f"/{what}")
    if at > now + AHEAD:
        raise Refused("invalid-date", f"{what} lies in the future.", pointer=f"/{what}")


def check_currency(stated: str | None, order: Order, leg: Leg) -> None:
    wanted = order.currency_of(leg)
    if stated is not None and stated != wanted:
        what = "The order" if wanted == order.currency else f"Its {leg.value} leg"
        raise Refused("invalid-currency", f"{what} is in {wanted}, not {stated}.")


def _check_line(line: Line, currency: str, upstream: str) -> None:
    where = f"Line {line.line_no}"
    if not 1 <= line.quantity <= LARGEST_QUANTITY:
        raise Refused("invalid-quantity", f"{where}: the quantity is from 1 to {LARGEST_QUANTITY:,}.")
    if not 0 <= line.activated <= line.quantity:
        raise Refused(
            "invalid-quantity", f"{where}: of {line.quantity} units, not {line.activated} can be active."
        )
    if not 0 <= line.tax_rate <= WHOLE:
        raise Refused("invalid-amount", f"{where}: the tax rate is from 0 to 100 percent.")
    for price, of in ((line.unit_price, currency), (line.upstream_price or 0, upstream)):
        if price < 0 or line_net(line.quantity, price, of) > LARGEST_MINOR:
            raise Refused(
                "invalid-amount", f"{where}: the price must not be negative, nor the line beyond reason."
            )


def _stated(value: Any) -> Any:
    """As ``dataclasses.asdict`` without what is not stated; that one copies every leaf, which imports feel."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is tuple:
        return [_stated(each) for each in value]
    if not is_dataclass(kind):
        return value
    members = [(name, getattr(value, name)) for name in _names(kind)]
    return {name: _stated(member) for name, member in members if member is not None and member != ""}


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def _instant(value: Any) -> str:
    assert isinstance(value, datetime), f"a draft has no {type(value).__name__}"
    return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
