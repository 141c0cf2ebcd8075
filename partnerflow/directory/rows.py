"""The rows of the directory as their history tells them: each event carries the whole row as it stands after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final


@dataclass(frozen=True, slots=True)
class RolesAsked:
    """A grant that waits for another admin: roles to add, and the authority limit it comes with (operator's minor
    units, None: unlimited) where ``limit_too``."""

    roles: tuple[str, ...]
    by: str
    at: datetime
    limit_too: bool = False
    authority_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """Mails to the person's address came back, since when and as the mail server put it."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """``hours`` {zone, hours, holidays}; None: the team's, else the organisation's. ``locale`` None: the
    organisation's; ``mails``: a MailChoice."""

    id: str
    organisation: str
    name: str
    title: str
    email: str
    phone: str
    roles: tuple[str, ...] = ()
    hours: dict[str, Any] | None = None
    manager: str | None = None
    authority_limit: int | None = None
    team: str | None = None
    active: bool = True
    asked: RolesAsked | None = None
    locale: str | None = None
    mails: str = "at_once"
    undeliverable: Undeliverable | None = None


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Half-open; ``leaves``: the person leaves for good at ``since``."""

    id: int
    person: str
    since: datetime
    until: datetime | None
    delegate: str | None = None
    note: str = ""
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """None is any."""

    id: int
    role: str
    person: str
    country: str | None = None
    family: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key without its secret. ``scopes`` None: all that its owner may do; ``made_by`` None: at the console."""

    id: int
    person: str
    label: str
    scopes: tuple[str, ...] | None
    made_by: str | None
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def own_hand(self) -> bool:
        """Whether nobody but its owner has ever seen it."""
        return self.made_by in (None, self.person)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """``hours`` and ``holidays`` as in calendar documents; ``issuer`` embedded or external."""

    code: str
    kind: str
    name: str
    country: str
    zone: str
    locale: str
    currency: str
    vat_id: str
    address: tuple[str, ...]
    hours: dict[str, Any]
    holidays: dict[str, Any]
    series_code: str
    tier: str = "standard"
    operator: bool = False
    mandated: bool = False
    fallbacks: tuple[str, ...] = ()
    on_call: str | None = None
    issuer: str = "embedded"


@dataclass(frozen=True, slots=True)
class OrganisationSet:
    """``what``: added or changed."""

    KIND: ClassVar[str] = "directory.organisation_set"
    VERSION: ClassVar[int] = 1
    what: str
    row: OrganisationRow


@dataclass(frozen=True, slots=True)
class PersonSet:
    """``what``: added, changed, roles_asked, roles_confirmed, roles_refused, mails_chosen, undeliverable, reachable or
    left."""

    KIND: ClassVar[str] = "directory.person_set"
    VERSION: ClassVar[int] = 1
    what: str
    row: PersonRow


@dataclass(frozen=True, slots=True)
class AbsenceSet:
    """``what``: recorded, leaving, changed, ended or cancelled (then the row is gone)."""

    KIND: ClassVar[str] = "directory.absence_set"
    VERSION: ClassVar[int] = 1
    what: str
    row: AbsenceRow


@dataclass(frozen=True, slots=True)
class CoverageSet:
    """``what``: added, changed or removed."""

    KIND: ClassVar[str] = "directory.coverage_set"
    VERSION: ClassVar[int] = 1
    what: str
    row: CoverageRow


@dataclass(frozen=True, slots=True)
class KeySet:
    """``what``: added or revoked."""

    KIND: ClassVar[str] = "directory.key_set"
    VERSION: ClassVar[int] = 1
    what: str
    row: KeyRow


Row = OrganisationRow | PersonRow | AbsenceRow | CoverageRow | KeyRow
Event = OrganisationSet | PersonSet | AbsenceSet | CoverageSet | KeySet
EVENTS: Final[dict[str, type[Event]]] = {
    kind.KIND: kind for kind in (OrganisationSet, PersonSet, AbsenceSet, CoverageSet, KeySet)
}
ROWS: Final[dict[str, type[Row]]] = {
    "organisation": OrganisationRow,
    "person": PersonRow,
    "absence": AbsenceRow,
    "coverage": CoverageRow,
    "key": KeyRow,
}
CALENDARS: Final = {
    "organisation": ("zone", "hours", "holidays"),
    "person": ("hours", "team"),
    "key": ("revoked_at",),
}
"""Members that are set otherwise too: as calendars, and of keys by whoever runs the machine, in an emergency."""
GONE: Final = frozenset({"cancelled", "removed"})


def key_of(row: Row) -> str:
    """``person:ann``: what a row is called in the state of its organisation's history."""
    name = next(name for name, kind in ROWS.items() if isinstance(row, kind))
    return f"{name}:{row.code if isinstance(row, OrganisationRow) else row.id}"


def fold(state: Mapping[str, Row | None] | None, event: Event) -> dict[str, Row | None]:
    """The rows that the history speaks of, by key; None: it was taken out."""
    return {**(state or {}), key_of(event.row): None if event.what in GONE else event.row}
