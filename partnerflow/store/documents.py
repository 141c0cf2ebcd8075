"""The stored renderings of notes, PDF and e-invoices: written once and together, never changed."""

import hashlib
from typing import Any

from sqlalchemy import Text, cast, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from partnerflow.credits.notes import Note
from partnerflow.store.codec import decode
from partnerflow.store.tables.money import Document as DocumentRow
from partnerflow.store.tables.money import Note as NoteRow


def unprinted(session: Session, ref: str, round_no: int) -> tuple[Note, ...]:
    """The notes and rebills of a round that have no PDF yet, by number."""
    printed = select(DocumentRow.number).where(DocumentRow.number == NoteRow.number).exists()
    found = select(cast(NoteRow.data, Text)).where(
        NoteRow.case_ref == ref, NoteRow.round == round_no, ~printed
    )
    return tuple(decode(text, Note) for text in session.scalars(found.order_by(NoteRow.number)))


def keep(
    session: Session, number: str, pdf: bytes, cii: bytes | None = None, ubl: bytes | None = None
) -> None:
    """Store a note's renderings together; a second time changes nothing."""
    digest = hashlib.sha256(pdf).digest()
    row = insert(DocumentRow).values(number=number, pdf=pdf, sha256=digest, cii=cii, ubl=ubl)
    session.execute(row.on_conflict_do_nothing())


def pdf_of(session: Session, number: str) -> bytes | None:
    """The stored PDF; None until it is ready. Who may read it, the note's own row decides."""
    return _stored(session, number, DocumentRow.pdf)


def cii_of(session: Session, number: str) -> bytes | None:
    """The stored CII; None until it is ready, and for a document that has none."""
    return _stored(session, number, DocumentRow.cii)


def ubl_of(session: Session, number: str) -> bytes | None:
    """As ``cii_of``, in UBL."""
    return _stored(session, number, DocumentRow.ubl)


def _stored(session: Session, number: str, column: InstrumentedAttribute[Any]) -> bytes | None:
    found = select(column).join(NoteRow, NoteRow.number == DocumentRow.number)
    return session.scalar(found.where(NoteRow.number == number))
