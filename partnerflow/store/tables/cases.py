"""Cases and their approval steps as lists ask for them; the whole case is ``state``, the fold of its events."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base

DECIDED = "decided_at IS NOT NULL"
STATED_ELSEWHERE = """state @> '{"issued": [{"external": true}]}'::jsonb"""
"""Cases with a credit note of another issuer."""

AWAITED = "stage IN ('remedy', 'passing_on') OR (stage = 'closed' AND state -> 'held' <> '{}'::jsonb)"
"""Something was granted, and somebody still has to issue, confirm or pass on."""
PRECEDENTS_BY = (("reason", "family"), ("reason",), ("reseller", "reason"), ("distributor", "reason"))


class Case(Base):
    """``live_net`` counts in the aggregates (operator's minor units, 0 once declined, withdrawn or void). From
    ``reason`` to ``decided_at`` is what precedents are found by; ``decided_at`` is empty where nobody decided."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint("stage IN ('assessment', 'approval', 'remedy', 'passing_on', 'closed')", "stage"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", "closed_has_an_instant"),
        CheckConstraint("outcome IS NULL OR stage = 'closed'", "an_outcome_ends_it"),
        Index("ix_case_next_due_at", "next_due_at", postgresql_where=text("next_due_at IS NOT NULL")),
        Index("ix_case_step_due_at", "step_due_at", postgresql_where=text("step_due_at IS NOT NULL")),
        Index("ix_case_open_owner", "owner", postgresql_where=text("stage <> 'closed'")),
        Index("ix_case_open", "opened_at", postgresql_where=text("stage <> 'closed'")),
        Index("ix_case_stated_elsewhere", "ref", postgresql_where=text(STATED_ELSEWHERE)),
        Index("ix_case_awaited", "opened_at", postgresql_where=text(AWAITED)),
        Index("ix_case_reseller_opened_at", "reseller", "opened_at"),
        *(
            Index(f"ix_case_decided_{'_'.join(by)}", *by, "decided_at", postgresql_where=text(DECIDED))
            for by in PRECEDENTS_BY
        ),
    )

    ref: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    vendor: Mapped[str | None]
    distributor: Mapped[str | None]
    reseller: Mapped[str | None]
    type: Mapped[str]
    stage: Mapped[str]
    outcome: Mapped[str | None]
    origin: Mapped[str]
    owner: Mapped[str] = mapped_column(ForeignKey("person.id"))
    country: Mapped[str | None]
    involved: Mapped[list[str]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    next_due_at: Mapped[datetime | None]
    step_due_at: Mapped[datetime | None]
    remedy_open: Mapped[bool] = mapped_column(server_default=text("false"))
    live_net: Mapped[int]
    rungs_fired: Mapped[int]
    words: Mapped[str]
    orgs: Mapped[list[str]]
    version: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    family: Mapped[str] = mapped_column(server_default=text("''"))
    verdict: Mapped[str | None]
    excepted: Mapped[bool] = mapped_column(server_default=text("false"))
    asked_net: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class Approval(Base):
    """One step of a round, for the inbox; ``deciders`` are the stored persons whose turn it is."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'pending', 'approved', 'declined', 'void')", "status"),
        Index(
            "one_pending_step_per_case", "case_ref", unique=True, postgresql_where=text("status = 'pending'")
        ),
        Index("ix_approval_pending_due_at", "due_at", postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("case.ref"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    status: Mapped[str]
    due_at: Mapped[datetime | None]
    deciders: Mapped[list[str]]
    orgs: Mapped[list[str]]
