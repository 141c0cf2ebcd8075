"""One case or one order as its readers see it, in one statement; with ``set_config`` a status read takes two.

Row-level security shows a transaction only its own organisation's rows: what is foreign does not exist.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.cases.view import View
from partnerflow.orders.model import Order
from partnerflow.store.ceilings import of_rows
from partnerflow.store.codec import decode_case, decode_order
from partnerflow.store.directory import snapshot
from partnerflow.store.views import view_of

_CEILINGS = "(SELECT coalesce(json_agg(c), '[]') FROM ceiling c WHERE c.order_id = o.id)"

_CASE = text(f"""
SELECT o.state::text AS order_state, {_CEILINGS} AS ceilings, partnerflow_now() AS now,
  (SELECT version FROM directory_version) AS directory, c.state::text AS case_state
FROM "case" c JOIN "order" o ON o.id = c.order_id WHERE c.ref = :ref
""")  # noqa: S608

_ORDER = text(f"""
SELECT o.state::text AS order_state, {_CEILINGS} AS ceilings, partnerflow_now() AS now,
  (SELECT version FROM directory_version) AS directory
FROM "order" o WHERE o.id = :id
""")  # noqa: S608


def read_case(session: Session, ref: str) -> tuple[Case, View, datetime] | None:
    row = session.execute(_CASE, {"ref": ref}).first()
    if row is None:
        return None
    case = decode_case(row.case_state)
    return case, _view(session, row, case.policy_version, ref, case.clock_policy_version), row.now


def read_order(session: Session, order_id: str) -> tuple[Order, View, datetime] | None:
    row = session.execute(_ORDER, {"id": order_id}).first()
    if row is None:
        return None
    view = _view(session, row, None, "")
    return view.order, view, row.now


def _view(session: Session, row: Row[Any], policy: int | None, ref: str, clocks: int | None = None) -> View:
    order = decode_order(row.order_state)
    found = of_rows(order, row.ceilings)
    return view_of(session, order, snapshot(session, row.directory), found, policy, clocks, ref=ref)
