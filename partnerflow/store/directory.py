"""The directory, the catalogue and the estates as one snapshot per process, under the version every write raises.

Reading it costs nothing while the version stands; each transaction reads the version with its first rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final
from weakref import WeakKeyDictionary

import holidays
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from partnerflow.calendars import Calendar, week
from partnerflow.orders.catalogue import EstateItem, Product
from partnerflow.people import Absence, Coverage, Directory, Organisation, OrganisationKind, Person, Role
from partnerflow.store.codec import decode, text_of
from partnerflow.store.tables import directory as t

YEARS = range(2009, 2042)
"""Holidays are resolved for these years; outside them only weekends are free."""


READ: Final[tuple[Any, ...]] = (
    t.Organisation,
    t.Person,
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
        if currency == self.directory.operator.currency:
            return 1_000_000
        days = (day - timedelta(days=back) for back in range(10))
        return next((self.rates[currency, d] for d in days if (currency, d) in self.rates), None)


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
    organisations = {row.code: _organisation(row) for row in rows[t.Organisation]}
    absences: dict[str, list[Absence]] = {}
    for gone in rows[t.Absence]:
        absences.setdefault(gone.person, []).append(Absence(gone.since, gone.until, gone.delegate))
    people = {
        row.id: _person(row, organisations[row.organisation], absences.get(row.id, ()))
        for row in rows[t.Person]
    }
    coverage = tuple(
        Coverage(Role(row.role), row.person, row.country, row.family, row.tier) for row in rows[t.Coverage]
    )
    return Snapshot(
        Directory(version, organisations, people, coverage),
        {row.sku: decode(text_of(row.data), Product) for row in rows[t.Product]},
        _estates(rows[t.EstateItem]),
        {(row.currency, row.day): row.micros for row in rows[t.ExchangeRate]},
    )


def calendar(zone: str, hours: Mapping[str, Any], free: Mapping[str, Any]) -> Calendar:
    """Hours and public holidays by country and subdivision, plus ``also``, less ``not``. Equal ones are one object."""
    return _calendar(zone, text_of(hours), text_of(free))


@lru_cache(maxsize=4096)
def _calendar(zone: str, hours: str, free: str) -> Calendar:
    said = decode(free, dict[str, Any])
    closed = {date.fromisoformat(day) for day in said.get("also", ())}
    if country := said.get("country"):
        closed |= _public_holidays(country, said.get("subdivision"), said.get("language", "en_US"))
    closed -= {date.fromisoformat(day) for day in said.get("not", ())}
    return week(zone, decode(hours, dict[str, list[str]]), closed=closed)


@lru_cache(maxsize=256)
def _public_holidays(country: str, subdivision: str | None, language: str) -> frozenset[date]:
    found = holidays.country_holidays(country, subdiv=subdivision, years=YEARS, language=language)
    return frozenset(found)


def _organisation(row: t.Organisation) -> Organisation:
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
        calendar=calendar(row.zone, row.hours, row.holidays),
        series_code=row.series_code,
        tier=row.tier,
        operator=row.operator,
        mandated=row.mandated,
        fallbacks=tuple(row.fallbacks),
        on_call=row.on_call,
    )


def _person(row: t.Person, organisation: Organisation, absences: Iterable[Absence]) -> Person:
    own = row.hours
    return Person(
        id=row.id,
        organisation=row.organisation,
        name=row.name,
        title=row.title,
        email=row.email,
        phone=row.phone,
        roles=frozenset(Role(role) for role in row.roles),
        calendar=calendar(own["zone"], own["hours"], own.get("holidays", {}))
        if own
        else organisation.calendar,
        manager=row.manager,
        limit=row.authority_limit,
        absences=tuple(absences),
        active=row.active,
    )


def _estates(rows: Iterable[t.EstateItem]) -> dict[str, tuple[EstateItem, ...]]:
    found: dict[str, list[EstateItem]] = {}
    for row in rows:
        found.setdefault(row.end_customer, []).append(decode(text_of(row.data), EstateItem))
    return {customer: tuple(items) for customer, items in found.items()}
