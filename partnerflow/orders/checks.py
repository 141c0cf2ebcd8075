"""The checks of one line against the catalogue, and of the order against what its vendor asks to be filled
in.

A check takes what is asked and yields findings without their severity, which is the policy's
(orders.validation).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

from partnerflow.money import WHOLE, format_unit_price
from partnerflow.orders.catalogue import Context, Product, RecentLine
from partnerflow.orders.model import Line, Order, Suggestion
from partnerflow.orders.purchase import window_ends
from partnerflow.policy.document import Policy

_MOST_GUESSES: Final = 20
_WORDS: Final = {
    "distributor": "its distributor",
    "reseller": "its reseller",
    "end_customer": "an end customer",
    "po_number": "a PO number",
    "upstream_price": "the price between vendor and distributor",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A finding before the policy says how grave it is."""

    code: str
    line_no: int | None
    text: str
    suggestion: Suggestion | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of an order, its product if there is one, and what to compare with.

    ``recent`` are the reseller's lines of this SKU in other orders.
    """

    order: Order
    line: Line
    product: Product | None
    recent: tuple[RecentLine, ...]
    context: Context
    policy: Policy

    def found(self, code: str, text: str, suggestion: Suggestion | None = None) -> Found:
        return Found(code, self.line.line_no, text, suggestion)

    @property
    def customer(self) -> str:
        return self.order.end_customer.name if self.order.end_customer else "the end customer"


def missing_fields(order: Order, policy: Policy) -> Iterator[Found]:
    """What the vendor requires beyond what every order has: of the order (``po_number``) or of each line
    (``line.licence.edition``), by the names of policy.terms.REQUIRABLE."""
    for name in policy.validation.required_of(order.vendor):
        of_line = name.removeprefix("line.")
        if of_line == name and _lacks(order, name):
            yield Found("missing-field", None, f"The order needs {_WORDS.get(name, name)}.")
        if of_line != name:
            lacking = [line.line_no for line in order.lines if _lacks(line, of_line)]
            yield from (Found("missing-field", no, f"Line {no} needs {_words(of_line)}.") for no in lacking)


def known_sku(asked: Asked) -> Iterator[Found]:
    if asked.product is not None:
        return
    sku = asked.line.sku
    close = _nearest(asked)
    text = f"{sku} is not in the catalogue" + (f"; did you mean {close[0]}?" if close else ".")
    yield asked.found("unknown-sku", text, Suggestion(sku=close[0]) if close else None)


def current_sku(asked: Asked) -> Iterator[Found]:
    product = asked.product
    if product is None or not product.retired:
        return
    successor = newest(asked.context, product)
    if successor is None:
        yield asked.found("retired-sku", f"{product.sku} is no longer sold and has no successor.")
    else:
        text = f"{product.sku} is no longer sold; its successor is {successor.sku} ({successor.description})."
        yield asked.found("retired-sku", text, Suggestion(sku=successor.sku))


def pack_size(asked: Asked) -> Iterator[Found]:
    product, quantity = asked.product, asked.line.quantity
    if product is None:
        return
    pack = max(1, product.pack_size)
    fitting = -(-max(quantity, product.minimum) // pack) * pack
    if fitting == quantity:
        return
    sold = f"in packs of {pack}" if pack > 1 else "by the unit"
    least = f", at least {product.minimum}" if product.minimum > pack else ""
    text = f"{product.sku} is sold {sold}{least}; {quantity} does not fit, {fitting} would."
    yield asked.found("pack-size", text, Suggestion(quantity=fitting))


def price(asked: Asked) -> Iterator[Found]:
    """The price on the distributor -> reseller leg against the contract, else the list (never the upstream
    one)."""
    expected, source = expected_price(asked.context, asked.line.sku, asked.order.currency)
    if expected is None or asked.order.reseller is None:
        return
    difference = abs(asked.line.unit_price - expected)
    if difference * WHOLE <= expected * asked.policy.validation.price_tolerance_ppm:
        return
    currency = asked.order.currency
    stated, usual = (format_unit_price(each, currency) for each in (asked.line.unit_price, expected))
    text = f"{asked.line.sku} is ordered at {stated} {currency}; the {source} price is {usual} {currency}."
    yield asked.found("price-mismatch", text, Suggestion(unit_price=expected))


def window(asked: Asked) -> Iterator[Found]:
    if asked.product is None:
        return
    ends = window_ends(asked.order, asked.line, asked.policy, asked.product.family)
    hours = max(0, (ends - asked.order.placed_at) // timedelta(hours=1))
    least = asked.policy.validation.short_window_hours
    if hours >= max(1, least):
        return
    sku = asked.line.sku
    if hours == 0:
        yield asked.found("window-short", f"{sku} cannot be cancelled once the order is accepted.")
    else:
        yield asked.found("window-short", f"{sku} can be cancelled for {hours} hours only.")


def expected_price(context: Context, sku: str, currency: str) -> tuple[int | None, str]:
    """The contract price in millionths, else the list price in the order's currency, and which of the two it
    is."""
    if sku in context.contract_prices:
        return context.contract_prices[sku], "contract"
    product = context.products.get(sku)
    listed = product.list_price if product and product.currency == currency else None
    return listed, "list"


def newest(context: Context, product: Product) -> Product | None:
    """The product that is sold in place of a retired one; the chain of successors may have several links."""
    seen: set[str] = set()
    current: Product | None = product
    while current and current.retired and current.sku not in seen:
        seen.add(current.sku)
        current = context.products.get(current.successor or "")
    return None if current is None or current.retired else current


def _nearest(asked: Asked) -> list[str]:
    """The name most like an unknown one. Looking is slow, so not for an order that is unknown throughout."""
    unknown = sum(line.sku not in asked.context.products for line in asked.order.lines)
    offered = sorted(_offered(asked)) if unknown <= _MOST_GUESSES else []
    return get_close_matches(asked.line.sku, offered, n=1, cutoff=0.6)


def _offered(asked: Asked) -> Iterator[str]:
    vendor = asked.order.vendor
    return (p.sku for p in asked.context.products.values() if not p.retired and vendor in (None, p.vendor))


def _lacks(subject: object, path: str) -> bool:
    value: object = subject
    for name in path.split("."):
        value = getattr(value, name, None)
    return value is None or value == ""


def _words(path: str) -> str:
    return _WORDS.get(path, f"its {path.replace('.', ' ').replace('_', ' ')}")
