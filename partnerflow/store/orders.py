"""Orders in the record: read under a lock, written as the fold of their events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from partnerflow.orders.catalogue import Context, RecentLine
from partnerflow.orders.commands import OrderDraft
from partnerflow.orders.machine import next_due
from partnerflow.orders.model import Order
from partnerflow.orders.purchase import base_numbers, bases
from partnerflow.policy.document import Policy
from partnerflow.store.codec import decode_order, text_of
from partnerflow.store.directory import Snapshot
from partnerflow.store.policy_versions import policy as policy_of

NAMESPACE = UUID("8f2e1d1e-2f0b-4c3b-9a53-6f1c1b6f7a10")
"""Order ids come from the business: the seller's code and the order's number."""


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of a stream's last event; ``b""`` and 0 before the first."""

    seq: int = 0
    hash: bytes = b""


def order_id(seller: str, number: str) -> str:
    return str(uuid5(NAMESPACE, f"{seller}/{number}"))


def seller_of(order: Order | OrderDraft) -> str:
    return order.distributor or order.vendor or ""


_READ = 'SELECT state::text AS state, version, head FROM "order" WHERE id = :id'
_LOCK = {"share": text(_READ + " FOR SHARE"), "update": text(_READ + " FOR UPDATE"), "": text(_READ)}


def read(session: Session, order: str, lock: str = "") -> tuple[Order, Head] | None:
    """The order and its head; ``lock`` is ``share``, ``update`` or none."""
    row = session.execute(_LOCK[lock], {"id": order}).first()
    return _found(row) if row else None


_OF_CASE = (
    'SELECT state::text AS state, version, head FROM "order" '
    'WHERE id = (SELECT order_id FROM "case" WHERE ref = :ref)'
)
_LOCK_OF_CASE = {"share": text(_OF_CASE + " FOR SHARE"), "update": text(_OF_CASE + " FOR UPDATE")}


def read_of_case(session: Session, ref: str, lock: str) -> tuple[Order, Head] | None:
    """The order a case is about: a case never changes its order, so the inner read needs no lock."""
    row = session.execute(_LOCK_OF_CASE[lock], {"ref": ref}).first()
    return _found(row) if row else None


_LOCK_OPENING = text("""
SELECT o.state::text AS state, o.version, o.head FROM "order" o
JOIN reseller_lock l ON l.organisation = coalesce(o.reseller, o.distributor)
WHERE o.id = :id FOR SHARE OF o FOR UPDATE OF l
""")


def read_for_opening(session: Session, order: str) -> tuple[Order, Head] | None:
    """The order under a shared lock, and its partner's lock, under which aggregates are fixed."""
    row = session.execute(_LOCK_OPENING, {"id": order}).first()
    return _found(row) if row else None


def _found(row: Row[Any]) -> tuple[Order, Head]:
    return decode_order(row.state), Head(row.version, bytes(row.head))


_WRITE = text("""
INSERT INTO "order" (id, number, seller, vendor, distributor, reseller, status, placed_at, next_due_at, signature, orgs,
                     version, head, state)
VALUES (:id, :number, :seller, :vendor, :distributor, :reseller, :status, :placed_at, :next_due_at, :signature, :orgs,
        :version, :head, CAST(:state AS jsonb))
ON CONFLICT (id) DO UPDATE SET status = excluded.status, next_due_at = excluded.next_due_at,
  version = excluded.version, head = excluded.head, state = excluded.state
""")


def orgs_of(order: Order, operator: str) -> list[str]:
    return sorted({o for o in (operator, order.vendor, order.distributor, order.reseller) if o})


def write(
    session: Session, order: Order, head: Head, policy: Policy, at: datetime, operator: str
) -> datetime | None:
    """Store the folded order; returns its next due instant."""
    due = next_due(order, at, policy)
    session.execute(_WRITE, columns(order, head, due, operator))
    return due


def columns(order: Order, head: Head, due: datetime | None, operator: str) -> dict[str, Any]:
    """The row of an order."""
    return {
        "id": order.id,
        "number": order.number,
        "seller": seller_of(order),
        "vendor": order.vendor,
        "distributor": order.distributor,
        "reseller": order.reseller,
        "status": order.status.value,
        "placed_at": order.placed_at,
        "next_due_at": due,
        "signature": order.upstream_signature,
        "orgs": orgs_of(order, operator),
        "version": head.seq,
        "head": head.hash,
        "state": text_of(order),
    }


_RECENT = text("""
SELECT o.number, o.placed_at, o.state #>> '{end_customer,code}', l ->> 'sku', (l ->> 'quantity')::bigint
FROM "order" o, jsonb_array_elements(o.state -> 'lines') l
WHERE o.reseller = :reseller AND o.status <> 'cancelled' AND l ->> 'sku' = ANY (:skus) AND o.id <> :id
ORDER BY o.placed_at DESC LIMIT 1000
""")


_NAMED = text('SELECT state::text AS state FROM "order" WHERE id = ANY (:ids) ORDER BY id')


def named(session: Session, drafts: Iterable[OrderDraft]) -> list[Order]:
    """The orders that the lines of these drafts add to or upgrade, as far as there are such."""
    ids = sorted({order_id(seller_of(draft), number) for draft in drafts for number in base_numbers(draft)})
    rows = session.execute(_NAMED, {"ids": ids}) if ids else ()
    return [decode_order(row.state) for row in rows]


def zone_of(snapshot: Snapshot, draft: OrderDraft) -> str:
    """Of whoever buys."""
    buyer = snapshot.directory.organisations.get(draft.reseller or draft.distributor or "")
    return buyer.zone if buyer else "UTC"


def context(session: Session, snapshot: Snapshot, draft: OrderDraft, own_id: str) -> Context:
    """What validation compares with: catalogue, estate and the reseller's own history of the same SKUs."""
    skus = sorted({line.sku for line in draft.lines})
    rows = session.execute(_RECENT, {"reseller": draft.reseller, "skus": skus, "id": own_id}).all()
    customer = draft.end_customer.code if draft.end_customer else None
    return Context(
        products=snapshot.products,
        estate=snapshot.estates.get(customer, ()) if customer else (),
        recent=tuple(RecentLine(*row) for row in rows),
        bases=bases(draft, named(session, [draft]), lambda version: policy_of(session, version)),
        zone=zone_of(snapshot, draft),
    )
