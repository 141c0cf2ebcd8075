"""Mails that came in: kept as they came before anybody is told that we have them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base

STATES = ("staged", "taken", "ignored", "quarantined", "released", "discarded")
WAITS = "state IN ('staged', 'released')"


class InboundMail(Base):
    """``staged -> taken | ignored | quarantined``; a person makes of the last ``released`` (then it is taken as a note)
    or ``discarded``.

    ``digest`` of message id and recipient: a mail that comes twice is one. ``origin`` says who wrote it, ``outcome``
    what it became, ``reason`` why not more; ``decided_*`` who let it through or put it away, and why.
    """

    __tablename__ = "inbound_mail"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", "state"),
        Index("ix_inbound_mail_waits", "received_at", postgresql_where=text(WAITS)),
        Index("ix_inbound_mail_state", "state", "received_at"),
        Index("ix_inbound_mail_sender", "sender", "received_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    channel: Mapped[str]
    envelope_from: Mapped[str | None]
    recipient: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    state: Mapped[str] = mapped_column(server_default="staged")
    attempt: Mapped[int] = mapped_column(server_default=text("0"))
    lease_until: Mapped[datetime | None]
    origin: Mapped[str | None]
    sender: Mapped[str | None]
    subject: Mapped[str | None]
    case_ref: Mapped[str | None]
    person: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_because: Mapped[str | None]
    decided_at: Mapped[datetime | None]
