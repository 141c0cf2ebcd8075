"""The read side: lists of cases, orders and approvals, page by page, as far as their reader may see them.

Row-level security is the second wall; the first is ``Sight``, which every query here asks. A page is read
from the place where the last one ended, and one row more than asked says that there is another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.orders.model import Leg, Order
from partnerflow.store.codec import decode_case, decode_order


@dataclass(frozen=True, slots=True)
class Sight:
    """Which records of their organisation a reader sees: those of ``countries`` (None: of every country), and
    those they are involved in. FAULTS: Who may do what (region, involved).
    """

    person: str
    countries: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    stage: str | None = None
    reseller: str | None = None
    owner: str | None = None
    overdue: bool | None = None
    min_age_days: int | None = None
    min_rungs: int | None = None
    text: str | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort instant and the id of its last row."""

    at: datetime
    id: str


SEEN = "(CAST(:countries AS text[]) IS NULL OR c.country = ANY (:countries) OR :person = ANY (c.involved))"
"""The condition on ``"case" c`` for a reader with a region; with ``seen_by`` as its values."""

_OVERDUE = """(c.stage <> 'closed' AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.state -> 'clocks') k
  WHERE k ->> 'state' = 'breached' OR (k ->> 'due_at')::timestamptz < partnerflow_now()))"""

_CONDITIONS = {
    "stage": "c.stage = :stage",
    "reseller": "c.reseller = :reseller",
    "owner": "c.owner = :owner",
    "overdue": f"{_OVERDUE} = :overdue",
    "min_age_days": "c.opened_at <= partnerflow_now() - :min_age_days * interval '1 day'",
    "min_rungs": "c.rungs_fired >= :min_rungs",
    "text": "c.words LIKE :text",
    "open": "(c.stage <> 'closed') = :open",
}


def list_cases(
    session: Session, sight: Sight, asked: CaseFilter, after: Place | None, limit: int
) -> list[tuple[Case, datetime]]:
    """Cases with the instant of reading, newest first; at most ``limit`` + 1."""
    where, values = [SEEN], seen_by(sight) | {"limit": limit + 1}
    for name, condition in _CONDITIONS.items():
        value = getattr(asked, name)
        if value is not None:
            where.append(condition)
            values[name] = _pattern(value) if name == "text" else value
    if after:
        where.append("(c.opened_at, c.ref) < (:after_at, :after_id)")
        values |= {"after_at": after.at, "after_id": after.id}
    query = f"""SELECT c.state::text, partnerflow_now() FROM "case" c WHERE {" AND ".join(where)}
    ORDER BY c.opened_at DESC, c.ref DESC LIMIT :limit"""  # noqa: S608  our own words
    return [(decode_case(row[0]), row[1]) for row in session.execute(text(query), values)]


_ORDERS = """
SELECT o.state::text FROM "order" o
WHERE (CAST(:countries AS text[]) IS NULL OR EXISTS (SELECT 1 FROM organisation r
    WHERE r.code = coalesce(o.reseller, o.distributor) AND r.country = ANY (:countries)))
  AND (CAST(:status AS text) IS NULL OR o.status = :status)
  AND (CAST(:number AS text) IS NULL OR o.number = :number)
  AND (CAST(:after_id AS text) IS NULL OR (o.placed_at, o.id) < (CAST(:after_at AS timestamptz), :after_id))
ORDER BY o.placed_at DESC, o.id DESC LIMIT :limit
"""


def list_orders(
    session: Session,
    sight: Sight,
    after: Place | None,
    limit: int,
    *,
    status: str | None = None,
    number: str | None = None,
) -> list[Order]:
    """Orders, the newest first; at most ``limit`` + 1."""
    values = seen_by(sight) | {"status": status, "number": number, "limit": limit + 1}
    values |= {"after_at": after.at if after else None, "after_id": after.id if after else None}
    return [decode_order(row[0]) for row in session.execute(text(_ORDERS), values)]


_APPROVALS = f"""
SELECT a.id, c.state::text, coalesce(a.due_at, c.opened_at) FROM approval a JOIN "case" c ON c.ref = a.case_ref
WHERE {SEEN} AND a.status <> 'waiting'
  AND (CAST(:status AS text[]) IS NULL OR a.status = ANY (:status))
  AND (CAST(:deciders AS text[]) IS NULL OR a.deciders && :deciders)
  AND (CAST(:after_id AS text) IS NULL
    OR (coalesce(a.due_at, c.opened_at), a.id) > (CAST(:after_at AS timestamptz), :after_id))
ORDER BY coalesce(a.due_at, c.opened_at), a.id LIMIT :limit
"""  # noqa: S608  our own words


def list_approvals(
    session: Session,
    sight: Sight,
    after: Place | None,
    limit: int,
    *,
    status: Sequence[str] | None = None,
    deciders: Sequence[str] | None = None,
) -> list[tuple[str, Case, datetime]]:
    """Steps whose turn came, by due instant: (id, case, that instant); ``deciders``: one of these has it stored."""
    values = seen_by(sight) | {"limit": limit + 1}
    values |= {"status": list(status) if status else None, "deciders": list(deciders) if deciders else None}
    values |= {"after_at": after.at if after else None, "after_id": after.id if after else None}
    rows = session.execute(text(_APPROVALS), values)
    return [(row[0], decode_case(row[1]), row[2]) for row in rows]


def now(session: Session) -> tuple[datetime, int]:
    """The desk's clock, and the version of the directory."""
    row = session.execute(text("SELECT partnerflow_now(), version FROM directory_version")).one()
    return row[0], int(row[1])


def currency_of(
    session: Session, *, order: str | None = None, case: str | None = None, leg: Leg = Leg.DOWNSTREAM
) -> str | None:
    """The currency of an order's leg, or of a case's; None where the reader sees no such record."""
    own = "coalesce(state ->> 'upstream_currency', state ->> 'currency')"
    found_in = own if leg is Leg.UPSTREAM else "state ->> 'currency'"
    if order is not None:
        query = f"""SELECT {found_in} FROM "order" WHERE id = :id"""  # noqa: S608
    else:
        query = f"""SELECT {found_in} FROM "case" WHERE ref = :id"""  # noqa: S608
    found: str | None = session.execute(text(query), {"id": order or case}).scalar()
    return found


def seen_by(sight: Sight) -> dict[str, Any]:
    return {"person": sight.person, "countries": None if sight.countries is None else list(sight.countries)}


def has_invoice(session: Session, order: str, leg: str, number: str) -> bool | None:
    """Whether the order has this invoice; None where the reader sees no such order."""
    query = """SELECT EXISTS (SELECT 1 FROM jsonb_array_elements(state -> 'invoices') i
      WHERE i ->> 'leg' = :leg AND i ->> 'number' = :number) FROM "order" WHERE id = :id"""
    found: bool | None = session.execute(text(query), {"id": order, "leg": leg, "number": number}).scalar()
    return found


def _pattern(words: str) -> str:
    escaped = words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
