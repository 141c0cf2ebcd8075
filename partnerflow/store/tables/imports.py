"""Imports: rows staged while they stream in, one chunk command at a time, position in the record."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Import(Base):
    """``position`` is the last row number that was booked or listed."""

    __tablename__ = "import"
    __table_args__ = (CheckConstraint("state IN ('staging', 'running', 'done', 'failed')", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    organisation: Mapped[str]
    person: Mapped[str]
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    booked: Mapped[int] = mapped_column(server_default=text("0"))
    rejected: Mapped[int] = mapped_column(server_default=text("0"))
    position: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    reason: Mapped[str | None]


class ImportRow(Base):
    """One staged row; ``code`` and ``text`` say why it was not booked."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_rejected", "import_id", "no", postgresql_where=text("code IS NOT NULL")),
    )

    import_id: Mapped[str] = mapped_column(ForeignKey("import.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    code: Mapped[str | None]
    text: Mapped[str | None]
