"""What the house noticed last of itself. Records of work, not decisions."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class Watch(Base):
    """One row per round: ``verified`` (the record against itself) and ``compared`` (open records against running
    drivers). ``at`` is on the machine's clock, ``found`` how many faults there were, ``told`` the first of them; since
    ``wrong_since`` every round found some."""

    __tablename__ = "watch"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    found: Mapped[int]
    wrong_since: Mapped[datetime | None]
    told: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
