"""What people search by: one row per word of what is found, kept by triggers beside what it is of."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base


class SearchTerm(Base):
    """``term`` in lower case; ``target`` a case's reference, an order's id or a note's number; ``orgs`` may find it by
    this word: the beginning of a word is a range of text, which an index serves behind row-level security."""

    __tablename__ = "search_term"
    __table_args__ = (
        CheckConstraint("kind IN ('case', 'order', 'note')", "kind"),
        Index("ix_search_term_kind_term", "kind", "term"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    term: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    at: Mapped[datetime]
    orgs: Mapped[list[str]]
