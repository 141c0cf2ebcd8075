"""What may be asked of the directory. Persons are ids here; ``changes`` are members of the row with new values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from partnerflow.directory.rows import CoverageRow, OrganisationRow, PersonRow


@dataclass(frozen=True, slots=True)
class RecordAbsence:
    """``since`` None: from now on."""

    person: str
    since: datetime | None
    until: datetime | None
    delegate: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeAbsence:
    """Members ``since`` (while it has not begun), ``until``, ``delegate``, ``note``."""

    absence: int
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """``at`` None: now. One that has not begun then is cancelled."""

    absence: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """One row: an absence without end from ``at`` (None: now). ``successor`` is its delegate."""

    person: str
    at: datetime | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class FinishLeaving:
    """The instant has come: roles and sign-in go (by the service that follows people)."""

    person: str


@dataclass(frozen=True, slots=True)
class AddOrganisation:
    """With its first person, who is its fallback: an organisation nobody answers for cannot be."""

    row: OrganisationRow
    first: PersonRow


@dataclass(frozen=True, slots=True)
class ChangeOrganisation:
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Roles and authority limit of the row are what is asked for; another admin confirms them."""

    row: PersonRow


@dataclass(frozen=True, slots=True)
class ChangePerson:
    """Taking a role or lowering the limit holds at once; more of either waits for another admin."""

    person: str
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChooseMails:
    """Which mails a person wants one by one (a MailChoice), and in which locale (None: their organisation's)."""

    person: str
    mails: str
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class ConfirmRoles:
    person: str


@dataclass(frozen=True, slots=True)
class RefuseRoles:
    person: str


@dataclass(frozen=True, slots=True)
class MarkUndeliverable:
    """Mails to ``address`` came back; ``delivery`` is the one that did, which somebody else is to get."""

    person: str
    address: str
    reason: str
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class ClearUndeliverable:
    """The address works: somebody wrote or signed in from it, or an admin says so."""

    person: str


@dataclass(frozen=True, slots=True)
class AddCoverage:
    """The row's id is given by the record."""

    row: CoverageRow


@dataclass(frozen=True, slots=True)
class ChangeCoverage:
    coverage: int
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RemoveCoverage:
    coverage: int


@dataclass(frozen=True, slots=True)
class AddKey:
    """``digest`` is the SHA-256 of the secret, which nobody but the asker ever learns; ``scopes`` None: all."""

    person: str
    label: str
    scopes: tuple[str, ...] | None
    digest: bytes


@dataclass(frozen=True, slots=True)
class RevokeKey:
    key: int


@dataclass(frozen=True, slots=True)
class RotateKey:
    """Another secret in place of the old one, at once."""

    key: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class PeopleFollowed:
    """Every open case has followed what was asked up to ``asked`` and who came and went until ``until``."""

    asked: int
    until: datetime


ABSENCES = (RecordAbsence, ChangeAbsence, EndAbsence)
KEYS = (AddKey, RevokeKey, RotateKey)
FOLLOWING = (FinishLeaving, PeopleFollowed)
