"""Orders: the folded state beside the columns that lists and drivers ask for."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Order(Base):
    """``seller`` is the distributor, or the vendor of a direct order: a number is unique per seller. ``orgs`` are the
    organisations that may read it; ``version`` and ``head`` are number and hash of its last event."""

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("status IN ('on_hold', 'accepted', 'cancelled')", "status"),
        UniqueConstraint("seller", "number"),
        Index("ix_order_next_due_at", "next_due_at", postgresql_where=text("next_due_at IS NOT NULL")),
        Index("ix_order_reseller_placed_at", "reseller", "placed_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str]
    seller: Mapped[str]
    vendor: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    distributor: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    reseller: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    status: Mapped[str]
    placed_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None]
    signature: Mapped[str]
    orgs: Mapped[list[str]]
    version: Mapped[int]
    head: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[dict[str, Any]]
