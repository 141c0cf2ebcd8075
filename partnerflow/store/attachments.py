"""The bytes of files on cases: written once with the event that names them, never changed."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerflow.cases.attachments import Attachment as Described
from partnerflow.store.tables.attachments import Attachment


def keep(session: Session, ref: str, described: Described, content: bytes, orgs: Iterable[str]) -> None:
    """Store a file under its random id, for the organisations that may read it."""
    session.add(
        Attachment(
            id=described.id,
            case_ref=ref,
            sha256=bytes.fromhex(described.sha256),
            content=content,
            orgs=list(orgs),
        )
    )
    session.flush()


def content_of(session: Session, ref: str, attachment: str) -> bytes | None:
    """A file of a case, if the reader's organisation may have it."""
    found = select(Attachment.content).where(Attachment.id == attachment, Attachment.case_ref == ref)
    return session.scalar(found)
