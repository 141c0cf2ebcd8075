"""Policy versions: the document as data, who wrote it, who approved it, from when it holds."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class PolicyVersion(Base):
    """``effective_at`` null: a draft. Author and approver are two persons."""

    __tablename__ = "policy_version"
    __table_args__ = (CheckConstraint("approver IS NULL OR approver <> author", "four_eyes"),)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    author: Mapped[str]
    approver: Mapped[str | None]
    effective_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class ClockOffset(Base):
    """How far the desk's clock is ahead; the row exists only in a database created with a test clock."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seconds: Mapped[int]
    micros: Mapped[int] = mapped_column(server_default=text("0"))
