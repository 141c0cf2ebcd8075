"""The case as a whole: opened, handed over, talked about, ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from partnerflow.cases.attachments import Attachment
from partnerflow.cases.model import Case, Issued, PassThrough


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """``posted`` is the paper of a correction made elsewhere, which the ledger takes over with the case."""

    KIND: ClassVar[str] = "case.opened"
    VERSION: ClassVar[int] = 1
    case: Case
    posted: Issued | None = None


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """``because`` is ``rung``, ``absence``, ``left``, ``role``, ``reassigned`` or ``redirected``."""

    KIND: ClassVar[str] = "case.owner_changed"
    VERSION: ClassVar[int] = 1
    owner: str
    before: str
    because: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """``visibility`` is ``public``, or ``internal`` to the writer's ``organisation``; ``channel`` is ``mail`` where it
    came by one."""

    KIND: ClassVar[str] = "case.note_added"
    VERSION: ClassVar[int] = 1
    text: str
    visibility: str
    organisation: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class DocumentAdded:
    """A file was put to the case; ``visibility`` and ``organisation`` are those of ``document``."""

    KIND: ClassVar[str] = "case.document_added"
    VERSION: ClassVar[int] = 1
    document: Attachment
    visibility: str
    organisation: str


@dataclass(frozen=True, slots=True)
class CaseWithdrawn:
    KIND: ClassVar[str] = "case.withdrawn"
    VERSION: ClassVar[int] = 1
    reason: str


@dataclass(frozen=True, slots=True)
class CaseCancelled:
    KIND: ClassVar[str] = "case.cancelled"
    VERSION: ClassVar[int] = 1
    reason: str
    root_cause: str
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class CasePassedOn:
    KIND: ClassVar[str] = "case.passed_on"
    VERSION: ClassVar[int] = 1
    pass_through: PassThrough


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """``appeal_until`` where a partial approval left something out."""

    KIND: ClassVar[str] = "case.closed"
    VERSION: ClassVar[int] = 1
    outcome: str
    root_cause: str
    appeal_until: datetime | None = None
