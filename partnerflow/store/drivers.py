"""What drives the record: which records owe a driver, and what a driver reads of its own.

A driver is a workflow with an id: ``order/<id>``, ``case/<ref>``, ``approval/<ref>-<round>``,
``remedy/<ref>-<round>``, ``payout/<key>``, ``delivery/<id>``, ``import/<id>``, ``policy/<version>``, ``people/sync``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Text,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy import case as when
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from partnerflow.cases.model import Case
from partnerflow.store.codec import decode_case
from partnerflow.store.following import NEXT
from partnerflow.store.tables.cases import Approval as ApprovalRow
from partnerflow.store.tables.cases import Case as CaseRow
from partnerflow.store.tables.deliveries import Delivery as DeliveryRow
from partnerflow.store.tables.directory import DirectorySync as SyncRow
from partnerflow.store.tables.imports import Import as ImportRow
from partnerflow.store.tables.money import Payout as PayoutRow
from partnerflow.store.tables.orders import Order as OrderRow
from partnerflow.store.tables.policies import PolicyVersion as PolicyRow

LATE: Final = timedelta(seconds=30)
"""So long after its instant a record shows that its driver missed something; it is woken once more."""


@dataclass(frozen=True, slots=True)
class Open:
    """A record that owes a driver; ``late``: its instant passed a while ago and nothing came of it."""

    workflow_id: str
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A row's ``state`` and due instant together with the clock they are compared with."""

    state: str
    due_at: datetime | None
    now: datetime


def read_order(session: Session, order_id: str) -> Reading | None:
    """The order's status and next instant, with the desk's clock."""
    found = select(OrderRow.status, OrderRow.next_due_at, func.partnerflow_now())
    row = session.execute(found.where(OrderRow.id == order_id)).one_or_none()
    return Reading(*row) if row else None


def read_case(session: Session, ref: str) -> tuple[Case, datetime] | None:
    """The case as it stands, with the desk's clock."""
    found = select(cast(CaseRow.state, Text), func.partnerflow_now())
    row = session.execute(found.where(CaseRow.ref == ref)).one_or_none()
    return (decode_case(row[0]), row[1]) if row else None


def read_delivery(session: Session, delivery_id: str) -> Reading | None:
    """The delivery's state and next attempt (or the end of its lease), with the machine's clock."""
    due = func.coalesce(DeliveryRow.next_attempt_at, DeliveryRow.lease_until)
    found = select(DeliveryRow.state, due, func.clock_timestamp())
    row = session.execute(found.where(DeliveryRow.id == delivery_id)).one_or_none()
    return Reading(*row) if row else None


def open_records(session: Session) -> tuple[Open, ...]:
    """Every record that owes a driver, nearest due instant first."""
    found = union_all(*(rows for rows, _ in _OWING.values())).subquery()
    ordered = select(found).order_by(found.c.due_at.nulls_last(), found.c.workflow_id)
    return tuple(Open(*row) for row in session.execute(ordered))


def still_open(session: Session, ids: Iterable[str]) -> frozenset[str]:
    """Those of these drivers whose record shows something open."""
    keys: dict[str, list[str]] = {}
    for workflow_id in ids:
        kind, _, key = workflow_id.partition("/")
        keys.setdefault(kind, []).append(key.rpartition("-")[0] if kind in _OF_A_ROUND else key)
    asked = [rows.where(column.in_(keys[kind])) for kind, (rows, column) in _OWING.items() if kind in keys]
    return frozenset(row[0] for row in session.execute(union_all(*asked))) if asked else frozenset()


def _rows(workflow_id: Any, due: Any, clock: Any, owes: ColumnElement[bool]) -> Select[Any]:
    late = func.coalesce(due < clock - LATE, literal(False))
    return select(workflow_id.label("workflow_id"), due.label("due_at"), late.label("late")).where(owes)


_NOW, _MACHINE = func.partnerflow_now(), func.clock_timestamp()

_ORDERS = _rows(
    literal("order/") + OrderRow.id, OrderRow.next_due_at, _NOW, OrderRow.next_due_at.is_not(None)
)
_CASES = _rows(
    literal("case/") + CaseRow.ref,
    CaseRow.next_due_at,
    _NOW,
    (CaseRow.stage != "closed") | CaseRow.next_due_at.is_not(None),
)
_APPROVALS = _rows(
    literal("approval/") + ApprovalRow.case_ref + "-" + cast(ApprovalRow.round, Text),
    CaseRow.step_due_at,
    _NOW,
    ApprovalRow.status == "pending",
).join(CaseRow, CaseRow.ref == ApprovalRow.case_ref)
_CARRIED_OUT = '$ ? (@.stage != "closed").remedy ? (@.state == "executing" || @.state == "failed").round'
_DEBITED = '$.issued[*] ? (@.kind == "debit_note" && @.ready == false).round'
_ROUND = (
    func.jsonb_array_elements_text(
        func.jsonb_path_query_array(CaseRow.state, cast(_CARRIED_OUT, JSONPATH)).op("||")(
            func.jsonb_path_query_array(CaseRow.state, cast(_DEBITED, JSONPATH))
        )
    )
    .table_valued("value")
    .lateral("round")
)
"""The round that is carried out, and those before it whose debit notes are not stored yet."""
_REMEDIES = (
    _rows(
        literal("remedy/") + CaseRow.ref + "-" + _ROUND.c.value,
        CaseRow.step_due_at,
        _NOW,
        CaseRow.remedy_open.is_(True),
    )
    .join(_ROUND, true())
    .distinct()
)
_DELIVERIES = _rows(
    literal("delivery/") + DeliveryRow.id,
    DeliveryRow.next_attempt_at,
    _MACHINE,
    DeliveryRow.state == "retrying",
)
_PAYOUTS = _rows(
    literal("payout/") + PayoutRow.key,
    null().cast(DateTime(timezone=True)),
    _MACHINE,
    PayoutRow.driven.is_(True),
)
_IMPORTS = _rows(
    literal("import/") + ImportRow.id,
    null().cast(DateTime(timezone=True)),
    _MACHINE,
    ImportRow.state == "running",
)

_POLICIES = _rows(
    literal("policy/") + cast(PolicyRow.version, Text),
    PolicyRow.effective_at,
    _NOW,
    PolicyRow.clocks.in_(["waiting", "moving"]),
)
_SYNC = aliased(SyncRow, name="s")
_NEXT: ColumnElement[Any] = literal_column(NEXT, DateTime(timezone=True))
_BEHIND = _SYNC.asked > _SYNC.done
_PEOPLE = _rows(
    literal("people/sync", Text),
    when((_BEHIND, _SYNC.done_until), else_=_NEXT),
    _NOW,
    _BEHIND | _NEXT.is_not(None),
).select_from(_SYNC)

_OF_A_ROUND: Final = frozenset({"approval", "remedy"})
"""Asked for by their case: the id of a round with nothing open is not among the found."""

_OWING: Final[dict[str, tuple[Select[Any], ColumnElement[str] | InstrumentedAttribute[str]]]] = {
    "order": (_ORDERS, OrderRow.id),
    "case": (_CASES, CaseRow.ref),
    "approval": (_APPROVALS, ApprovalRow.case_ref),
    "remedy": (_REMEDIES, CaseRow.ref),
    "delivery": (_DELIVERIES, DeliveryRow.id),
    "payout": (_PAYOUTS, PayoutRow.key),
    "import": (_IMPORTS, ImportRow.id),
    "policy": (_POLICIES, cast(PolicyRow.version, Text)),
    "people": (_PEOPLE, literal("sync", Text)),
}
"""Per kind: the records that owe a driver, and the column by which one of them is asked for."""
