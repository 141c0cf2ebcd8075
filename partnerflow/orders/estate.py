"""The checks against the end customer's estate: does what is ordered fit what they are licensed for already?

Only estate items of the ordered product's family are compared. The catalogue fixes what a SKU is; what it
leaves open (often the region) is what the line's licence says.
"""

from collections.abc import Iterator
from datetime import date

from partnerflow.calendars import add_months
from partnerflow.orders.catalogue import EstateItem, Product
from partnerflow.orders.checks import Asked, Found, newest
from partnerflow.orders.model import Suggestion

ATTRIBUTES = ("edition", "metric", "segment", "region")

_CO_TERMINATES_DAYS = (
    31  # a term is sold in whole months, so an end within a month of the other is the nearest one
)


def mismatches(asked: Asked) -> Iterator[Found]:
    """``edition-mismatch`` and its three kin; an upgrade whose base is there is not one."""
    product, owned = asked.product, _owned(asked)
    if product is None or not owned or any(item.sku == product.requires_base for item in owned):
        return
    for name in ATTRIBUTES:
        fixed = getattr(product, name) is not None
        items = [item for item in owned if getattr(item, name)]
        wanted = _wanted(asked, product, name)
        if wanted is None or not items or (fixed and any(item.sku == product.sku for item in items)):
            continue
        if not any(_alike(wanted, getattr(item, name)) for item in items):
            yield _mismatch(asked, name, wanted, items)


def base_missing(asked: Asked) -> Iterator[Found]:
    """What it builds on is not there: the product the end customer would have, or the order line that is named."""
    yield from _base_unknown(asked)
    base = asked.product.requires_base if asked.product else None
    if base is None:
        return
    licensed = {item.sku for item in asked.context.estate} | {line.sku for line in asked.order.lines}
    if base not in licensed:
        text = f"{asked.line.sku} builds on {base}, which {asked.customer} does not have."
        yield asked.found("base-missing", text, Suggestion(sku=base))


def _base_unknown(asked: Asked) -> Iterator[Found]:
    line = asked.line
    if line.base_order is None or asked.context.base(line.base_order, line.base_line):
        return
    of = f" line {line.base_line}" if line.base_line else ""
    text = f"Line {line.line_no} builds on order {line.base_order}{of}, which is not one earlier line between you."
    yield asked.found("base-missing", text)


def term(asked: Asked) -> Iterator[Found]:
    """A term that ends with none of the family's running terms, nor with one of them renewed."""
    months, start = _months(asked), asked.order.placed_at.date()
    running = sorted({item.term_ends for item in _owned(asked) if item.term_ends and item.term_ends > start})
    if not months or not running:
        return
    end = add_months(start, months)
    fitting = [*running, *(add_months(each, months) for each in running)]
    if any(abs((end - each).days) <= _CO_TERMINATES_DAYS for each in fitting):
        return
    latest = running[-1]
    text = (
        f"{months} months of {asked.line.sku} would end on {end}, but what {asked.customer} has ends on "
        f"{latest}; {_months_until(start, latest)} months would end with it."
    )
    yield asked.found("term-mismatch", text)


def _owned(asked: Asked) -> list[EstateItem]:
    if asked.product is None:
        return []
    products, family = asked.context.products, (asked.product.vendor, asked.product.family)
    items = [i for i in asked.context.estate if (p := products.get(i.sku)) and (p.vendor, p.family) == family]
    return sorted(items, key=lambda item: (-item.quantity, item.sku))


def _mismatch(asked: Asked, name: str, wanted: str, items: list[EstateItem]) -> Found:
    owned = items[0]
    text = (
        f"{asked.customer} has {owned.sku} ({name} {getattr(owned, name)}), "
        f"but the order is for {asked.line.sku} ({name} {wanted})."
    )
    product = asked.context.products[owned.sku]
    instead = newest(asked.context, product)
    fits = instead is not None and instead.sku != asked.line.sku
    return asked.found(f"{name}-mismatch", text, Suggestion(sku=instead.sku) if instead and fits else None)


def _wanted(asked: Asked, product: Product, name: str) -> str | None:
    value = getattr(product, name) or getattr(asked.line.licence, name, None)
    return None if value is None else str(value)


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _months(asked: Asked) -> int | None:
    stated = asked.line.licence.term_months if asked.line.licence else None
    return stated or (asked.product.term_months if asked.product else None)


def _months_until(start: date, end: date) -> int:
    return max(1, round((end - start).days * 12 / 365.25))
