"""Floor 1: people, roles, absences, coverage, and who is responsible at an instant.

Everything here is derived from one frozen Directory snapshot and an instant; nothing is stored. DOMAIN: Who.
"""

from collections.abc import Callable, Iterable, Iterator
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


def covering(
    directory: Directory,
    role: Role,
    scope: Scope,
    at: datetime,
    *,
    load: Callable[[str], int] | None = None,
    excluded: Iterable[str] = (),
) -> Person | None:
    """The present person whom the coverage names for ``role`` and ``scope`` and who still has the role, or None.

    Order (DOMAIN: Coverage): more columns set, then family, country, tier, then the smallest open ``load``, then the
    name. Derivations pass no ``load``, so they break ties by name.
    """
    out = set(excluded)
    rows = [row for row in directory.coverage if row.fits(role, scope.country, scope.family, scope.tier)]
    found = [
        (tuple(-int(x) for x in row.rank()), load(row.person) if load else 0, person.name, person)
        for row in rows
        if (person := directory.people.get(row.person))
        and person.id not in out
        and role in person.roles
        and person.present(at)
    ]
    return min(found, key=lambda entry: entry[:3])[3] if found else None


def all_covering(directory: Directory, role: Role, scope: Scope, at: datetime) -> tuple[Person, ...]:
    """Everyone present with the role whom any fitting row names for it, best row first, then by name."""
    rows = [row for row in directory.coverage if row.fits(role, scope.country, scope.family, scope.tier)]
    rows.sort(key=lambda row: (tuple(-int(x) for x in row.rank()), directory.people[row.person].name))
    people = dict.fromkeys(row.person for row in rows)
    return tuple(p for p in map(directory.person, people) if role in p.roles and p.present(at))


def stand_in(
    directory: Directory, person_id: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The person if present, else the first present delegate: at most three hops, no cycle (DOMAIN: Who).

    Nobody stands in for an excluded person, nor through one: never also not through a delegate (DOMAIN: Approvals).
    """
    seen, current = set(excluded), directory.people.get(person_id)
    for _ in range(4):
        if current is None or current.id in seen:
            return None
        if current.present(at):
            return current
        seen.add(current.id)
        following = current.delegate(at)
        current = directory.people.get(following) if following else None
    return None


def managers(directory: Directory, person_id: str) -> Iterator[Person]:
    """The chain of managers above a person, nearest first, each once."""
    seen, current = {person_id}, directory.people[person_id].manager
    while current and current not in seen and current in directory.people:
        seen.add(current)
        yield directory.people[current]
        current = directory.people[current].manager


def fallback(
    directory: Directory, organisation: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The first present fallback person of an organisation (its last present one cannot leave)."""
    out = set(excluded)
    named = directory.organisations[organisation].fallbacks
    people = (directory.people[f] for f in named if f in directory.people)
    return next((p for p in people if p.present(at) and p.id not in out), None)


def effective(
    directory: Directory, person_id: str, role: Role, scope: Scope, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """Who answers for a stored person now: they, else delegate, manager, coverage, fallback (DOMAIN: Who)."""
    out = tuple(excluded)
    organisation = directory.people[person_id].organisation
    manager = next((m for m in managers(directory, person_id) if m.present(at) and m.id not in out), None)
    return (
        stand_in(directory, person_id, at, out)
        or manager
        or covering(directory, role, scope, at, excluded=out)
        or fallback(directory, organisation, at, out)
    )


def first_contact(directory: Directory, organisation: str, role: Role) -> Person | None:
    """Whom an organisation's mails go to where nobody of it is named yet: its fallback persons first, then by name."""
    known = directory.organisations.get(organisation)
    order = known.fallbacks if known else ()
    found = (p for p in directory.of(organisation) if p.active and role in p.roles)
    return min(
        found, key=lambda p: (order.index(p.id) if p.id in order else len(order), p.name), default=None
    )


def accountable(
    directory: Directory, person_id: str, at: datetime, excluded: Iterable[str] = ()
) -> Person | None:
    """The nearest present manager above a person, delegates included; None at the top of the organisation."""
    out = {*excluded, person_id}
    return next(
        (p for m in managers(directory, person_id) if (p := stand_in(directory, m.id, at, out))), None
    )
