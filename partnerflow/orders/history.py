"""The checks against the reseller's own history: an unusual quantity, and the same order once more."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median_low

from partnerflow.orders.catalogue import RecentLine
from partnerflow.orders.checks import Asked, Found
from partnerflow.orders.model import Suggestion


def quantity_outlier(asked: Asked) -> Iterator[Found]:
    """More than ``outlier_factor`` times the median of what this reseller ordered of the SKU, once there is
    enough."""
    rules = asked.policy.validation
    earlier = [recent for recent in asked.recent if recent.placed_at <= asked.order.placed_at]
    orders = {recent.order_number for recent in earlier}
    if not orders or len(orders) < rules.outlier_min_orders:
        return
    usual = median_low(recent.quantity for recent in earlier)
    if asked.line.quantity <= usual * rules.outlier_factor:
        return
    text = (
        f"{asked.line.quantity} x {asked.line.sku} is far above what was ordered before: "
        f"usually {usual}, in {len(orders)} orders."
    )
    yield asked.found("quantity-outlier", text, Suggestion(quantity=usual))


def duplicate_order(asked: Asked) -> Iterator[Found]:
    """Same reseller, end customer, SKU and quantity within ``duplicate_days``, counted in hours."""
    days = asked.policy.validation.duplicate_days
    same = [recent for recent in asked.recent if _same(asked, recent, timedelta(hours=24 * days))]
    if not same:
        return
    twin = max(same, key=lambda recent: (recent.placed_at, recent.order_number))
    line = asked.line
    text = (
        f"{line.quantity} x {line.sku} for {asked.customer} was ordered within {days} days "
        f"already: order {twin.order_number}."
    )
    yield asked.found("duplicate-order", text)


def _same(asked: Asked, recent: RecentLine, within: timedelta) -> bool:
    customer = asked.order.end_customer.code if asked.order.end_customer else None
    return (
        recent.quantity == asked.line.quantity
        and recent.end_customer == customer
        and abs(asked.order.placed_at - recent.placed_at) <= within
    )
