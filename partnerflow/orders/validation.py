"""Validation: what an order looks wrong for, at once, in sentences with a suggestion (DOMAIN: Orders).

The checks live in orders.checks, orders.history and orders.estate; how grave a finding is, the policy says.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from partnerflow.orders import checks, estate, history
from partnerflow.orders.catalogue import Context, RecentLine
from partnerflow.orders.checks import Asked, Found
from partnerflow.orders.model import Finding, Order, Severity
from partnerflow.policy.document import Policy
from partnerflow.policy.terms import FINDINGS
from partnerflow.refusals import Refused

__all__ = ["Context", "RecentLine", "holds", "refuse_blocked", "validate"]

_LINE_CHECKS: tuple[Callable[[Asked], Iterator[Found]], ...] = (
    checks.known_sku,
    checks.current_sku,
    checks.pack_size,
    history.quantity_outlier,
    checks.price,
    history.duplicate_order,
    estate.mismatches,
    estate.base_missing,
    estate.term,
    checks.window,
)

_REFUSALS = {"unknown-sku": "unknown-sku", "retired-sku": "unknown-sku", "pack-size": "invalid-quantity"}


def validate(order: Order, context: Context, policy: Policy, at: datetime) -> tuple[Finding, ...]:  # noqa: ARG001
    """Every finding on the order, those of the whole order first, then by line, each line's in the order of
    policy.terms.FINDINGS.

    ``at`` is the instant of validation; no shipped rule depends on it, they compare with ``placed_at``.
    """
    found = [*checks.missing_fields(order, policy)]
    recent = _recent_by_sku(order, context)
    for line in order.lines:
        product = context.products.get(line.sku)
        if product and order.vendor and product.vendor != order.vendor:
            product = None
        asked = Asked(order, line, product, tuple(recent.get(line.sku, ())), context, policy)
        found += [each for check in _LINE_CHECKS for each in check(asked)]
    return tuple(
        Finding(each.code, Severity(policy.severity(each.code)), each.line_no, each.text, each.suggestion)
        for each in sorted(found, key=lambda f: (f.line_no or 0, FINDINGS.index(f.code)))
    )


def holds(findings: tuple[Finding, ...]) -> bool:
    """True while something blocks or waits to be acknowledged."""
    return any(finding.open for finding in findings)


def refuse_blocked(findings: tuple[Finding, ...]) -> None:
    """For what has no hold, such as the replacement in an exchange: the first blocking finding refuses it."""
    for finding in findings:
        if finding.severity is Severity.BLOCK:
            code = _REFUSALS.get(finding.code, "wrong-state")
            raise Refused(code, finding.text, finding=finding.code, line_no=finding.line_no)


def _recent_by_sku(order: Order, context: Context) -> dict[str, list[RecentLine]]:
    by_sku: dict[str, list[RecentLine]] = {}
    for line in context.recent:
        if line.order_number != order.number:
            by_sku.setdefault(line.sku, []).append(line)
    return by_sku
