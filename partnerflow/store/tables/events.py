"""The append-only history, and the commands that made it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Event(Base):
    """``text`` is compact JSON with sorted keys; ``hash`` = SHA-256(previous hash, newline, text)."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("seq > 0", "seq_from_one"),
        Index("ix_event_at", "at", postgresql_using="brin"),
    )

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    orgs: Mapped[list[str]]
    text: Mapped[str]
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]] = mapped_column(Computed("(text::jsonb) -> 'data'", persisted=True))


class Command(Base):
    """Answered for good: one row per principal and key; ``answer`` is the text a replay returns byte for byte."""

    __tablename__ = "command"
    __table_args__ = (
        UniqueConstraint("principal", "key"),
        CheckConstraint("state IN ('running', 'done', 'refused')", "state"),
        Index("ix_command_target", "target"),
        Index("ix_command_received_at", "received_at", postgresql_using="brin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    principal: Mapped[str]
    key: Mapped[str]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    target: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(server_default=text("partnerflow_now()"))
    state: Mapped[str] = mapped_column(server_default="running")
    status: Mapped[int | None]
    code: Mapped[str | None]
    answer: Mapped[str | None]
    etag: Mapped[str | None]
    location: Mapped[str | None]
