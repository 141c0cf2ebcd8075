"""The directory, the catalogue and the estates as one snapshot per process, under the version every write raises.

Reading it costs nothing while the version stands; each transaction reads the version with its first rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from partnerflow.calendars import Calendar
from partnerflow.credits.daily_rates import DailyRates
from partnerflow.orders.catalogue import EstateItem, Product
from partnerflow.people import (
    Absence,
    Coverage,
    Directory,
    MailChoice,
    Organisation,
    OrganisationKind,
    Person,
    Role,
)
from partnerflow.store.calendars import Closures, calendar
from partnerflow.store.codec import decode, instant, text_of
from partnerflow.store.tables import directory as t

READ: Final[tuple[Any, ...]] = (
    t.Organisation,
    t.Team,
    t.Person,
    t.Closure,
    t.Absence,
    t.Coverage,
    t.Product,
    t.EstateItem,
    t.ExchangeRate,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``rates``: (currency, day) -> millionths of the operator's unit."""

    directory: Directory
    products: dict[str, Product]
    estates: dict[str, tuple[EstateItem, ...]]
    rates: dict[tuple[str, date], int] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return self.directory.version

    def rate(self, currency: str, day: date) -> int | None:
        """The operator's daily rate: that day's, or the last one of the ten days before."""
        return self.daily.of(currency, day)

    @property
    def daily(self) -> DailyRates:
        return DailyRates(self.directory.operator.currency, self.rates)


_SNAPSHOTS: WeakKeyDictionary[Engine, Snapshot] = WeakKeyDictionary()


def snapshot(session: Session, version: int | None = None) -> Snapshot:
    """The directory as of ``version`` (None: as the database says now), from memory when it is known."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    wanted = version if version is not None else current_version(session)
    known = _SNAPSHOTS.get(engine)
    if known is None or known.version != wanted:
        known = _SNAPSHOTS[engine] = load(session, wanted)
    return known


def current_version(session: Session) -> int:
    return int(session.execute(text("SELECT version FROM directory_version")).scalar_one())


def load(session: Session, version: int) -> Snapshot:
    """Everything is read before anything is worked out: a transaction that computes is idle to the database."""
    rows = {table: list(session.scalars(select(table))) for table in READ}
    open_ = _Calendars(rows[t.Organisation], rows[t.Team], rows[t.Closure])
    organisations = {row.code: _organisation(row, open_) for row in rows[t.Organisation]}
    absences: dict[str, list[Absence]] = {}
    for gone in rows[t.Absence]:
        absences.setdefault(gone.person, []).append(_absence(gone))
    people = {row.id: _person(row, open_, absences.get(row.id, ())) for row in rows[t.Person]}
    coverage = tuple(
        Coverage(Role(row.role), row.person, row.country, row.family, row.tier) for row in rows[t.Coverage]
    )
    return Snapshot(
        Directory(version, organisations, people, coverage),
        {row.sku: decode(text_of(row.data), Product) for row in rows[t.Product]},
        _estates(rows[t.EstateItem]),
        {(row.currency, row.day): row.micros for row in rows[t.ExchangeRate]},
    )


class _Calendars:
    """Who is open when: own hours, else the team's, else the organisation's; the closures of all three add up."""

    def __init__(
        self, organisations: Iterable[t.Organisation], teams: Iterable[t.Team], closures: Iterable[t.Closure]
    ) -> None:
        self.organisations = {row.code: row for row in organisations}
        self.teams = {row.code: row for row in teams}
        self._known: dict[str, Calendar] = {}
        self.closures: dict[tuple[str, str], list[tuple[date, str]]] = {}
        for row in closures:
            for kind, owner in (("o", row.organisation), ("t", row.team), ("p", row.person)):
                if owner is not None:
                    self.closures.setdefault((kind, owner), []).append((row.day, row.name))

    def of_organisation(self, code: str) -> Calendar:
        """Worked out once, since most people keep exactly these hours."""
        if code not in self._known:
            row = self.organisations[code]
            self._known[code] = calendar(row.zone, row.hours, row.holidays, self._closed(("o", code)))
        return self._known[code]

    def of_person(self, row: t.Person) -> Calendar:
        above, team, own = self.organisations[row.organisation], self.teams.get(row.team or ""), row.hours
        if not own and not team and ("p", row.id) not in self.closures:
            return self.of_organisation(above.code)
        owners = [("o", above.code), ("p", row.id), *([("t", team.code)] if team else [])]
        closed = self._closed(*owners)
        if own:
            return calendar(own["zone"], own["hours"], own.get("holidays") or {}, closed)
        zone, hours, free = above.zone, above.hours, above.holidays
        if team:
            zone = team.zone or zone
            hours = hours if team.hours is None else team.hours
            free = free if team.holidays is None else team.holidays
        return calendar(zone, hours, free, closed)

    def _closed(self, *owners: tuple[str, str]) -> Closures:
        """Each day and name once, in order, so that people with the same days share one calendar."""
        return tuple(sorted({day for owner in owners for day in self.closures.get(owner, ())}))


def _organisation(row: t.Organisation, open_: _Calendars) -> Organisation:
    return Organisation(
        code=row.code,
        kind=OrganisationKind(row.kind),
        name=row.name,
        country=row.country,
        zone=row.zone,
        locale=row.locale,
        currency=row.currency,
        vat_id=row.vat_id,
        address=tuple(row.address),
        calendar=open_.of_organisation(row.code),
        series_code=row.series_code,
        tier=row.tier,
        operator=row.operator,
        mandated=row.mandated,
        fallbacks=tuple(row.fallbacks),
        on_call=row.on_call,
        issuer=row.issuer,
    )


def _absence(row: t.Absence) -> Absence:
    return Absence(row.since, row.until, row.delegate, row.id, row.leaves)


def _person(row: t.Person, open_: _Calendars, absences: Iterable[Absence]) -> Person:
    return Person(
        id=row.id,
        organisation=row.organisation,
        name=row.name,
        title=row.title,
        email=row.email,
        phone=row.phone,
        roles=frozenset(Role(role) for role in row.roles),
        calendar=open_.of_person(row),
        manager=row.manager,
        limit=row.authority_limit,
        absences=tuple(absences),
        active=row.active,
        locale=row.locale,
        mails=MailChoice(row.mails),
        undeliverable_since=instant(row.undeliverable["at"]) if row.undeliverable else None,
    )


def _estates(rows: Iterable[t.EstateItem]) -> dict[str, tuple[EstateItem, ...]]:
    found: dict[str, list[EstateItem]] = {}
    for row in rows:
        found.setdefault(row.end_customer, []).append(decode(text_of(row.data), EstateItem))
    return {customer: tuple(items) for customer, items in found.items()}
