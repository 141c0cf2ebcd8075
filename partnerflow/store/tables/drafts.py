"""What a person has begun to write in the portal. A record of work: nothing is decided on it, and only they read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class DisputeDraft(Base):
    """``fields`` are the form's, as they were typed; ``opened`` the cases that came of it, by order."""

    __tablename__ = "dispute_draft"

    id: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    fields: Mapped[dict[str, Any]]
    opened: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    saved_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
