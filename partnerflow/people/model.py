"""People, their houses, roles, absences and coverage, as one frozen snapshot. DOMAIN: Who."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partnerflow.calendars import Calendar


class Role(StrEnum):
    """The operator's roles, then ``buyer`` (resellers) and ``desk`` (distributors)."""

    CASE_MANAGER = "case_manager"
    CHANNEL_MANAGER = "channel_manager"
    LICENSING = "licensing"
    FINANCE = "finance"
    EXECUTIVE = "executive"
    ADMIN = "admin"
    BUYER = "buyer"
    DESK = "desk"


class OrganisationKind(StrEnum):
    VENDOR = "vendor"
    DISTRIBUTOR = "distributor"
    RESELLER = "reseller"


class MailChoice(StrEnum):
    """Which mails a person gets one by one; what needs their act always is (DOMAIN: Timeline)."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEEDS_ME = "needs_me"


@dataclass(frozen=True, slots=True)
class Organisation:
    """``series_code`` starts the numbers of its documents (ARB-CN-...); ``mandated`` says they are issued here,
    ``issuer`` by whose numbers (``directory.clearance.Issuer``)."""

    code: str
    kind: OrganisationKind
    name: str
    country: str
    zone: str
    locale: str
    currency: str
    vat_id: str
    address: tuple[str, ...]
    calendar: Calendar
    series_code: str
    tier: str = "standard"
    operator: bool = False
    mandated: bool = False
    fallbacks: tuple[str, ...] = ()
    on_call: str | None = None
    issuer: str = "embedded"


@dataclass(frozen=True, slots=True)
class Absence:
    """Half-open: ``since`` <= instant < ``until`` (None: for good); ``leaves``: the person leaves at ``since``."""

    since: datetime
    until: datetime | None
    delegate: str | None = None
    id: int = 0
    leaves: bool = False

    def covers(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """A natural person of one organisation. ``limit`` is the authority limit in the operator's minor units; ``locale``
    None: their organisation's; ``undeliverable_since``: since then mails to the address come back."""

    id: str
    organisation: str
    name: str
    title: str
    email: str
    phone: str
    roles: frozenset[Role]
    calendar: Calendar
    manager: str | None = None
    limit: int | None = None
    absences: tuple[Absence, ...] = ()
    active: bool = True
    locale: str | None = None
    mails: MailChoice = MailChoice.AT_ONCE
    undeliverable_since: datetime | None = None

    def present(self, at: datetime) -> bool:
        """Active and not covered by a recorded absence; hours do not count (DOMAIN: Who)."""
        return self.active and not any(absence.covers(at) for absence in self.absences)

    def gone(self, at: datetime) -> bool:
        """No longer with the organisation: a leaver's one row says so from its instant."""
        return not self.active or any(a.leaves and a.covers(at) for a in self.absences)

    def delegate(self, at: datetime) -> str | None:
        return next((a.delegate for a in self.absences if a.covers(at) and a.delegate), None)

    def back_at(self, at: datetime) -> datetime | None:
        """The first instant from ``at`` on without an absence; None when it has no end."""
        instant = at
        for absence in sorted(self.absences, key=lambda a: a.since):
            if absence.covers(instant):
                if absence.until is None:
                    return None
                instant = absence.until
        return instant


@dataclass(frozen=True, slots=True)
class Coverage:
    """One row of who covers what; None means any. The row with more columns set wins."""

    role: Role
    person: str
    country: str | None = None
    family: str | None = None
    tier: str | None = None

    def rank(self) -> tuple[int, bool, bool, bool]:
        columns = (self.family is not None, self.country is not None, self.tier is not None)
        return (sum(columns), *columns)

    def fits(self, role: Role, country: str | None, family: str | None, tier: str | None) -> bool:
        return (
            self.role is role
            and self.country in (None, country)
            and self.family in (None, family)
            and self.tier in (None, tier)
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who sends a command: a natural person (maybe through a key with ``scopes``), or a service.

    ``own_hand``: not through a key that somebody else has made, and so knows.

    ``principal`` is the idempotency scope: ``person:<id>`` or ``service:<name>``.
    """

    person: str | None
    organisation: str | None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] | None = None
    own_hand: bool = True
    service: str | None = None

    @property
    def principal(self) -> str:
        return f"person:{self.person}" if self.person else f"service:{self.service}"

    @property
    def name(self) -> str:
        return self.person or f"service:{self.service}"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a responsibility is about: the reseller's country and tier, and the deciding product family."""

    country: str | None = None
    family: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """A snapshot of the directory under its ``version``; every derivation of who is responsible starts here."""

    version: int
    organisations: dict[str, Organisation]
    people: dict[str, Person]
    coverage: tuple[Coverage, ...]

    @property
    def operator(self) -> Organisation:
        return next(org for org in self.organisations.values() if org.operator)

    def person(self, person_id: str) -> Person:
        return self.people[person_id]

    def named(self, stated: str) -> Person | None:
        """By id, or by the e-mail address that every answer shows."""
        address = stated.casefold()
        known = self.people.get(stated)
        return known or next((p for p in self.people.values() if p.email.casefold() == address), None)

    def locale_of(self, person_id: str) -> str:
        """A person's own, else their organisation's; the operator's for an address that is nobody's."""
        person = self.people.get(person_id)
        if person is None:
            return self.operator.locale
        return person.locale or self.organisations[person.organisation].locale

    def of(self, organisation: str) -> Iterator[Person]:
        return (p for p in self.people.values() if p.organisation == organisation)
