"""The view of one order that every decision, preview and answer is made on, put together in one place."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from partnerflow.cases.view import View
from partnerflow.orders.model import Order
from partnerflow.policy.document import Policy
from partnerflow.store.ceilings import Ceilings
from partnerflow.store.directory import Snapshot
from partnerflow.store.policy_versions import policy


def view_of(
    session: Session,
    order: Order,
    snap: Snapshot,
    found: Ceilings,
    version: int | None = None,
    clocks: int | None = None,
    **more: Any,
) -> View:
    """``version`` is the case's policy (None: the order's own), ``clocks`` the one its clocks were moved to.

    The rate is that of the invoice's day, else of the day the order was placed (DOMAIN: Approvals). ``more``: what the
    command's kind needs beside it.
    """
    own = policy(session, order.policy_version)
    invoice = order.invoice_of(order.main_leg)
    return View(
        directory=snap.directory,
        policy=_with_clocks_of(session, own if version is None else policy(session, version), clocks),
        order_policy=own,
        order=order,
        products=snap.products,
        lines=found.lines,
        invoices=found.invoices,
        payments=found.payments,
        rate=snap.rate(order.currency, (invoice.issued_at if invoice else order.placed_at).date()),
        daily=snap.daily,
        **more,
    )


def _with_clocks_of(session: Session, own: Policy, version: int | None) -> Policy:
    """A case keeps its rules and routes; its clocks may have been moved to a later policy's allowances."""
    if version is None:
        return own
    later = policy(session, version)
    return replace(own, allowances=later.allowances, warnings=later.warnings, allowances_of=version)
