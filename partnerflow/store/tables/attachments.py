"""Files on cases. What they are called and who added them stands in the history; here are the bytes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Attachment(Base):
    """Append-only; ``orgs`` are those who may read the event that added it."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("octet_length(content) BETWEEN 1 AND 10485760", "size"),
        CheckConstraint("octet_length(sha256) = 32", "digest"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(ForeignKey("case.ref"), index=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    orgs: Mapped[list[str]]
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
