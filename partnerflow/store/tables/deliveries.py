"""The outbox: messages that are owed and drivers to wake. Records of work, not decisions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Delivery(Base):
    """One message to one recipient for one event: ``queued -> sending -> sent | retrying | parked | dropped``, or
    ``held -> sent`` with a ``digest``, whose id it then has; the digest has its own once it has gathered.

    ``not_before`` is on the desk's clock; ``reminds`` of what a reminder is, and until when it has a point.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("stream", "seq", "recipient"),
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'retrying', 'parked', 'dropped', 'held')", "state"
        ),
        CheckConstraint(
            "not_before IS NULL OR reminds IS NOT NULL OR event = 'digest'", "only_reminders_wait"
        ),
        Index(
            "ix_delivery_unsent",
            "created_at",
            postgresql_where=text("state IN ('queued', 'sending', 'retrying')"),
        ),
        Index(
            "ix_delivery_waiting",
            "not_before",
            postgresql_where=text("state = 'queued' AND not_before IS NOT NULL"),
        ),
        Index("ix_delivery_held", "recipient", postgresql_where=text("state = 'held'")),
        Index(
            "ix_delivery_digest",
            "recipient",
            unique=True,
            postgresql_where=text("event = 'digest' AND state = 'queued' AND digest IS NULL"),
        ),
        Index("ix_delivery_parked", "created_at", postgresql_where=text("state = 'parked'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str]
    seq: Mapped[int]
    event: Mapped[str]
    recipient: Mapped[str]
    audience: Mapped[str]
    address: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    lease_until: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    not_before: Mapped[datetime | None]
    reminds: Mapped[str | None]
    reminds_until: Mapped[datetime | None]
    digest: Mapped[str | None]


class Wake(Base):
    """A driver to wake; coalesces on a generation, so a wake between claim and delete is never lost."""

    __tablename__ = "wake"

    workflow_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    since: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    claimed_until: Mapped[datetime | None]
