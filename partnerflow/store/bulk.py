"""What a chunk of an import reads and writes: many orders, cases and ceilings, by one statement per table."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Raw
from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.imports.matching import Book
from partnerflow.orders.catalogue import RecentLine
from partnerflow.orders.model import Order, OrderStatus
from partnerflow.store.ceilings import COLUMNS, RECORDSET, Ceilings, Row, of_rows
from partnerflow.store.codec import decode_order, text_of
from partnerflow.store.orders import Head

_ORDERS = text("""
INSERT INTO "order" (id, number, seller, vendor, distributor, reseller, status, placed_at, next_due_at, signature, orgs,
                     version, head, state)
SELECT id, number, seller, vendor, distributor, reseller, status, placed_at, next_due_at, signature, orgs,
       version, decode(head, 'base64'), state
FROM json_to_recordset(CAST(:rows AS json))
  AS o (id text, number text, seller text, vendor text, distributor text, reseller text, status text,
        placed_at timestamptz, next_due_at timestamptz, signature text, orgs text[], version bigint, head text,
        state jsonb)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, next_due_at = excluded.next_due_at,
  version = excluded.version, head = excluded.head, state = excluded.state
""")

_CASES = text("""
INSERT INTO "case" (ref, order_id, vendor, distributor, reseller, type, stage, outcome, origin, owner, country,
                    involved, opened_at, closed_at, next_due_at, step_due_at, remedy_open, live_net, rungs_fired, words,
                    orgs, version, head, state)
SELECT ref, order_id, vendor, distributor, reseller, type, stage, outcome, origin, owner, country, involved, opened_at,
       closed_at, next_due_at, step_due_at, remedy_open, live_net, rungs_fired, words, orgs, version,
       decode(head, 'base64'), state
FROM json_to_recordset(CAST(:rows AS json))
  AS c (ref text, order_id text, vendor text, distributor text, reseller text, type text, stage text, outcome text,
        origin text, owner text, country text, involved text[], opened_at timestamptz, closed_at timestamptz,
        next_due_at timestamptz, step_due_at timestamptz, remedy_open boolean, live_net bigint, rungs_fired bigint,
        words text, orgs text[], version bigint, head text, state jsonb)
""")

_CEILINGS = text(f"""
INSERT INTO ceiling (order_id, {", ".join(COLUMNS)})
SELECT order_id, {", ".join(COLUMNS)}
FROM json_to_recordset(CAST(:rows AS json)) AS r (order_id text, kind text, leg text, id text,
  {RECORDSET})
ON CONFLICT (kind, leg, id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[3:])}
""")  # noqa: S608  (column names of our own)


def write_orders(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Rows as ``orders.columns`` makes them, in one statement."""
    _write(session, _ORDERS, rows)


def write_cases(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """New rows as ``cases.columns`` makes them, in one statement."""
    _write(session, _CASES, rows)


def write_ceilings(session: Session, rows: Iterable[tuple[str, Row]]) -> None:
    """(order id, row) of many orders in one statement, in the lock order of ceilings."""
    ordered = sorted(rows, key=lambda each: (each[1]["kind"], each[1]["leg"], each[1]["id"]))
    if ordered:
        found = [row | {"order_id": order_id} for order_id, row in ordered]
        session.execute(_CEILINGS, {"rows": text_of(found)})


def _write(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        # The state is JSON already; it goes in as it is.
        found = [row | {"state": Raw(row["state"].encode())} for row in rows]
        session.execute(statement, {"rows": text_of(found)})


_LOCK_ORDERS = text("""
SELECT id, state::text AS state, version, head FROM "order" WHERE id = ANY (:ids) ORDER BY id FOR UPDATE
""")
_RECENT = text("""
SELECT reseller, number, placed_at, customer, sku, quantity FROM (
  SELECT o.reseller, o.number, o.placed_at, o.state #>> '{end_customer,code}' AS customer, l ->> 'sku' AS sku,
    (l ->> 'quantity')::bigint AS quantity,
    row_number() OVER (PARTITION BY o.reseller ORDER BY o.placed_at DESC) AS place
  FROM "order" o, jsonb_array_elements(o.state -> 'lines') l
  WHERE o.reseller = ANY (:resellers) AND o.status <> 'cancelled' AND l ->> 'sku' = ANY (:skus)
) r WHERE place <= 1000
""")


def lock_orders(session: Session, ids: Sequence[str]) -> dict[str, tuple[Order, Head]]:
    """Orders that are about to change, by id."""
    rows = session.execute(_LOCK_ORDERS, {"ids": list(ids)}) if ids else ()
    return {row.id: (decode_order(row.state), Head(row.version, bytes(row.head))) for row in rows}


def ceilings_of(session: Session, orders: Iterable[Order]) -> dict[str, Ceilings]:
    """The ceilings of several orders, locked."""
    by_id = {order.id: order for order in orders}
    rows: dict[str, list[Any]] = {order_id: [] for order_id in by_id}
    for row in session.execute(_OF_BOOKS, {"ids": [*by_id]}).mappings() if by_id else ():
        rows[row["order_id"]].append(row)
    return {order_id: of_rows(order, rows[order_id]) for order_id, order in by_id.items()}


def recent_lines(
    session: Session, resellers: Sequence[str], skus: Sequence[str]
) -> dict[str, list[RecentLine]]:
    """By reseller: its earlier lines of these SKUs, at most 1,000 of the newest."""
    found: dict[str, list[RecentLine]] = {reseller: [] for reseller in resellers}
    for row in session.execute(_RECENT, {"resellers": list(resellers), "skus": list(skus)}):
        found[row[0]].append(RecentLine(*row[1:]))
    return found


# A chunk thinks longer between two statements than a person's command does.
_SERIALISE = text("""
SELECT set_config('idle_in_transaction_session_timeout', '30s', true),
  pg_advisory_xact_lock(hashtextextended('import ' || :seller, 0))
""")
_KNOWN_ORDERS = text('SELECT id, signature FROM "order" WHERE id = ANY (:ids)')
_KNOWN_CORRECTIONS = text("""
SELECT c.state ->> 'external_reference', upper(l ->> 'sku'), sum((r ->> 'quantity')::bigint)::bigint
FROM "case" c JOIN "order" o ON o.id = c.order_id,
  jsonb_array_elements(c.state -> 'lines') r, jsonb_array_elements(o.state -> 'lines') l
WHERE c.reseller = ANY (:resellers) AND c.origin = 'import' AND o.seller = ANY (:sellers)
  AND c.state ->> 'external_reference' = ANY (:numbers) AND l ->> 'line_no' = r ->> 'line_no'
GROUP BY 1, 2
""")
_BOOKS = text("""
SELECT o.id, o.state::text AS state FROM "order" o
WHERE o.reseller = ANY (:resellers) AND o.seller = ANY (:sellers) AND o.status = :status AND o.placed_at <= :until
  AND EXISTS (SELECT 1 FROM jsonb_array_elements(o.state -> 'lines') l WHERE upper(l ->> 'sku') = ANY (:skus))
ORDER BY o.id FOR SHARE
""")
_OF_BOOKS = text(f"""
SELECT order_id, {", ".join(COLUMNS)} FROM ceiling WHERE order_id = ANY (:ids) ORDER BY kind, leg, id FOR UPDATE
""")  # noqa: S608


def serialise(session: Session, seller: str) -> None:
    """One chunk of a seller at a time: two imports of the same rows must see each other."""
    session.execute(_SERIALISE, {"seller": seller})


def known_orders(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Id -> signature of those that exist."""
    rows = session.execute(_KNOWN_ORDERS, {"ids": list(ids)}) if ids else ()
    return {row[0]: row[1] for row in rows}


def known_corrections(
    session: Session, sellers: Sequence[str], resellers: Sequence[str], numbers: Sequence[str]
) -> dict[str, dict[str, int]]:
    """External reference -> SKU -> units that are booked under it."""
    found: dict[str, dict[str, int]] = {}
    asked = {"sellers": list(sellers), "resellers": list(resellers), "numbers": list(numbers)}
    for number, sku, quantity in session.execute(_KNOWN_CORRECTIONS, asked) if numbers else ():
        found.setdefault(number, {})[sku] = quantity
    return found


def books(session: Session, **asked: Any) -> dict[str, Book]:
    """Invoiced orders of these ``resellers`` and ``sellers`` placed ``until`` then with a line of these ``skus``,
    with their ceilings locked."""
    rows = (
        session.execute(_BOOKS, asked | {"status": OrderStatus.ACCEPTED.value}).all() if asked["skus"] else []
    )
    orders = {row.id: decode_order(row.state) for row in rows}
    ceilings = ceilings_of(session, orders.values())
    found: dict[str, Book] = {}
    for order_id, order in orders.items():
        held, leg = ceilings[order_id], order.main_leg
        if leg in held.invoices:
            found[order_id] = Book(order, held.lines[leg], held.invoices[leg], held.payments[leg])
    return found


_NUMBERS = text("SELECT nextval('case_number') FROM generate_series(1, :n)")


def case_numbers(session: Session, n: int) -> list[int]:
    return list(session.scalars(_NUMBERS, {"n": n})) if n else []


_ORGANISATIONS = text("""
INSERT INTO organisation (code, kind, name, country, zone, locale, currency, vat_id, address, hours, holidays,
                          series_code, fallbacks, operator, mandated)
SELECT code, kind, name, country, zone, locale, currency, vat_id, address, hours, holidays, series_code, fallbacks,
       operator, mandated
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r (code text, kind text, name text, country text, zone text, locale text, currency text, vat_id text,
        address text[], hours jsonb, holidays jsonb, series_code text, fallbacks text[], operator boolean,
        mandated boolean)
ON CONFLICT DO NOTHING
""")
_PEOPLE = text("""
INSERT INTO person (id, organisation, name, title, email, phone, roles)
SELECT id, organisation, name, title, email, phone, roles
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r (id text, organisation text, name text, title text, email text, phone text, roles text[])
ON CONFLICT DO NOTHING
""")
_PRODUCTS = text("""
INSERT INTO product (vendor, sku, data) SELECT data ->> 'vendor', data ->> 'sku', data
FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS data ON CONFLICT DO NOTHING
""")


def add_organisations(
    session: Session, organisations: Sequence[dict[str, Any]], people: Sequence[dict[str, Any]]
) -> None:
    """Those that are not there yet, with their people."""
    if organisations:
        session.execute(_ORGANISATIONS, {"rows": text_of(organisations)})
        session.execute(_PEOPLE, {"rows": text_of(people)})


def add_products(session: Session, products: Sequence[object]) -> None:
    """Catalogue entries that are not there yet."""
    if products:
        session.execute(_PRODUCTS, {"rows": text_of(products)})
