"""Policy versions: the document as data, who wrote it, who approved it, from when it holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class PolicyVersion(Base):
    """``effective_at`` null: a draft. Author and approver are two persons. ``source`` is the YAML as it was written.

    ``clocks`` null: the clocks of open cases stay; otherwise they are to be moved from its instant on (``waiting``),
    are being moved, were, or a later version moves them instead (``overtaken``). Only the publication is ever updated.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        CheckConstraint("approver IS NULL OR approver <> author", "four_eyes"),
        CheckConstraint("(effective_at IS NULL) = (published_at IS NULL)", "published_with_its_instant"),
        CheckConstraint(
            "clocks IS NULL OR clocks IN ('waiting', 'moving', 'moved', 'overtaken')",
            "clocks",
        ),
        CheckConstraint("clocks IS NULL OR published_at IS NOT NULL", "clocks_of_published"),
    )

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    author: Mapped[str]
    approver: Mapped[str | None]
    effective_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    clocks: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ClockOffset(Base):
    """How far the desk's clock is ahead; the row exists only in a database created with a test clock."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[int]
    micros: Mapped[int] = mapped_column(server_default=text("0"))
