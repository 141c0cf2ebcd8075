"""The stored rendering of notes: written once, never changed."""

import hashlib

from sqlalchemy import Text, cast, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

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


def keep(session: Session, number: str, pdf: bytes) -> None:
    """Store a rendering; a second one of the same note changes nothing."""
    digest = hashlib.sha256(pdf).digest()
    row = insert(DocumentRow).values(number=number, pdf=pdf, sha256=digest)
    session.execute(row.on_conflict_do_nothing())


def pdf_of(session: Session, number: str) -> bytes | None:
    """The stored PDF; None until it is ready. Who may read it, the note's own row decides."""
    found = select(DocumentRow.pdf).join(NoteRow, NoteRow.number == DocumentRow.number)
    return session.scalar(found.where(NoteRow.number == number))
