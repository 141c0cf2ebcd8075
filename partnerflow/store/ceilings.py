"""Ceilings in the record. The core decides under the lock; the CHECKs are the second wall."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.credits.ceilings import InvoiceCeiling, LineCeiling, PaymentCeiling, RateCeiling
from partnerflow.credits.legs import Legs, line_ceilings
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.orders.model import Leg, Order

COLUMNS = (
    "kind", "leg", "id", "max_amount", "credited", "reserved", "max_quantity", "credited_quantity", "reserved_quantity",
    "share", "share_over", "share_of", "by_quantity", "max_tax", "credited_tax",
)  # fmt: skip
_UNBOUNDED = ("share_over", "share_of")
"""The rest of a share: numbers that may be too large for a bigint, so they travel as text."""
RECORDSET = ", ".join(f"{name} {'numeric' if name in _UNBOUNDED else 'bigint'}" for name in COLUMNS[3:])
"""The columns after kind, leg and id, as a JSON recordset has them."""

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM ceiling WHERE order_id = :order_id ORDER BY kind, leg, id"  # noqa: S608
_READ, _LOCK = text(_SELECT), text(_SELECT + " FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Ceilings:
    """All ceilings of one order. The invoice of a leg is the one that corrections refer to: its first."""

    lines: Legs
    invoices: dict[Leg, InvoiceCeiling]
    payments: dict[Leg, PaymentCeiling]
    credited: frozenset[tuple[Leg, str]] = frozenset()


def read(session: Session, order: Order, *, lock: bool) -> Ceilings:
    rows = session.execute(_LOCK if lock else _READ, {"order_id": order.id}).mappings().all()
    return of_rows(order, rows)


def of_rows(order: Order, rows: Iterable[Any]) -> Ceilings:
    """From rows of the table (mappings with its columns)."""
    lines: Legs = {leg: {} for leg in order.legs}
    rates: dict[tuple[Leg, str], list[RateCeiling]] = {}
    found = [dict(row) for row in rows]
    for row in found:
        leg = Leg(row["leg"])
        if row["kind"] == "line":
            ceiling = _line(leg, row)
            lines.setdefault(leg, {})[ceiling.line_no] = ceiling
        elif row["kind"] == "rate":
            number, category, rate = _tail(row["id"]).rsplit("/", 2)
            rates.setdefault((leg, number), []).append(_rate(category, int(rate), row))
    invoices = {(Leg(r["leg"]), _tail(r["id"])): r for r in found if r["kind"] == "invoice"}
    payments = {(Leg(r["leg"]), _tail(r["id"])): r for r in found if r["kind"] == "payment"}
    ceilings: dict[Leg, InvoiceCeiling] = {}
    paid: dict[Leg, PaymentCeiling] = {}
    for leg in order.legs:
        invoice = order.invoice_of(leg)
        if invoice and (key := (leg, invoice.number)) in invoices:
            ceilings[leg] = _invoice(leg, invoice.number, invoices[key], tuple(rates.get(key, ())))
            received = order.received(leg, invoice.number)
            returned = payments[key]["credited"] if key in payments else 0
            paid[leg] = PaymentCeiling(leg, invoice.number, received, returned)
    used = frozenset(key for key, row in invoices.items() if row["credited"] or row["reserved"])
    return Ceilings(lines, ceilings, paid, used)


def _tail(row_id: str) -> str:
    return row_id.partition("/")[2]


def _line(leg: Leg, row: dict[str, Any]) -> LineCeiling:
    return LineCeiling(
        leg,
        int(_tail(row["id"])),
        row["max_quantity"],
        row["max_amount"],
        row["credited_quantity"],
        row["credited"],
        row["reserved_quantity"],
        row["reserved"],
        row["share"],
        row["by_quantity"],
        int(row["share_over"]),
        int(row["share_of"]),
    )


def _rate(category: str, rate: int, row: dict[str, Any]) -> RateCeiling:
    return RateCeiling(
        category, rate, row["max_amount"], row["max_tax"], row["credited"], row["credited_tax"]
    )


def _invoice(leg: Leg, number: str, row: dict[str, Any], rates: tuple[RateCeiling, ...]) -> InvoiceCeiling:
    return InvoiceCeiling(
        leg,
        number,
        row["max_amount"],
        row["max_tax"],
        row["credited"],
        row["credited_tax"],
        row["reserved"],
        rates,
    )


Row = dict[str, Any]


def line_rows(order_id: str, lines: Iterable[LineCeiling]) -> list[Row]:
    return [
        _row("line", c.leg, f"{order_id}/{c.line_no}", c.limit_net, c.credited_net, c.reserved_net)
        | {
            "max_quantity": c.limit_quantity,
            "credited_quantity": c.credited_quantity,
            "reserved_quantity": c.reserved_quantity,
            "share": c.share,
            "share_over": str(c.share_over),
            "share_of": str(c.share_of),
            "by_quantity": c.by_quantity_net,
        }
        for c in lines
    ]


def invoice_rows(order_id: str, ceiling: InvoiceCeiling) -> list[Row]:
    base = f"{order_id}/{ceiling.number}"
    own = _row("invoice", ceiling.leg, base, ceiling.limit_net, ceiling.credited_net, ceiling.reserved_net)
    own |= {"max_tax": ceiling.limit_tax, "credited_tax": ceiling.credited_tax}
    rates = [
        _row("rate", ceiling.leg, f"{base}/{r.category}/{r.rate}", r.limit_net, r.credited_net, 0)
        | {"max_tax": r.limit_tax, "credited_tax": r.credited_tax}
        for r in ceiling.rates
    ]
    return [own, *rates]


def payment_row(order: Order, ceiling: PaymentCeiling) -> Row:
    """``max_amount`` is all that ever came in: a payment that bounces after a refund must not break the wall."""
    ever = sum(
        p.amount
        for p in order.payments
        if p.kind == "payment" and (p.leg, p.invoice) == (ceiling.leg, ceiling.invoice)
    )
    return _row("payment", ceiling.leg, f"{order.id}/{ceiling.invoice}", ever, ceiling.returned, 0)


def _row(kind: str, leg: Leg, row_id: str, most: int, credited: int, reserved: int) -> Row:
    zero = dict.fromkeys(COLUMNS, 0)
    return zero | {
        "share_of": 1,
        "kind": kind, "leg": leg.value, "id": row_id, "max_amount": most, "credited": credited, "reserved": reserved
    }  # fmt: skip


_WRITE = text(f"""
INSERT INTO ceiling (order_id, {", ".join(COLUMNS)})
SELECT :order_id, {", ".join(COLUMNS)}
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (kind text, leg text, id text,
  {RECORDSET})
ON CONFLICT (kind, leg, id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])}
""")  # noqa: S608  (column names of our own)


def write(session: Session, order_id: str, rows: Sequence[Row]) -> None:
    """Put the rows in one statement, in the lock order of ceilings."""
    if rows:
        from partnerflow.store.codec import text_of

        ordered = sorted(rows, key=lambda row: (row["kind"], row["leg"], row["id"]))
        session.execute(_WRITE, {"order_id": order_id, "rows": text_of(ordered)})


def for_new_order(order: Order) -> list[Row]:
    """Line ceilings exist from the order's entry (DOMAIN: Issuer)."""
    return [row for leg in order.legs for row in line_rows(order.id, line_ceilings(order, leg).values())]


def for_changed_order(order: Order, now: Ceilings) -> list[Row]:
    """New limits after an invoice, a payment or a reduced quantity; what is credited and reserved stays."""
    rows: list[Row] = []
    for leg in order.legs:
        fresh = line_ceilings(order, leg)
        held = now.lines.get(leg, {})
        rows += line_rows(order.id, (_limits(held.get(no), ceiling) for no, ceiling in fresh.items()))
    for invoice in order.invoices:
        if order.invoice_of(invoice.leg) is invoice:
            known = now.invoices.get(invoice.leg)
            reserved = sum(c.reserved_net for c in now.lines.get(invoice.leg, {}).values())
            ceiling = invoice_ceiling(invoice, reserved)
            rows += invoice_rows(order.id, ceiling if known is None else _keep(known, ceiling))
            paid = now.payments.get(invoice.leg)
            returned = paid.returned if paid else 0
            rows.append(payment_row(order, PaymentCeiling(invoice.leg, invoice.number, 0, returned)))
    return rows


def _limits(held: LineCeiling | None, fresh: LineCeiling) -> LineCeiling:
    from dataclasses import replace

    if held is None:
        return fresh
    return replace(held, limit_quantity=fresh.limit_quantity, limit_net=fresh.limit_net)


def _keep(known: InvoiceCeiling, fresh: InvoiceCeiling) -> InvoiceCeiling:
    """A replaced invoice carries no credits (the machine refuses it else), but open cases may hold some of it."""
    from dataclasses import replace

    return known if known.credited_net else replace(fresh, reserved_net=known.reserved_net)
