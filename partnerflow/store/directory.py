"""The directory, the catalogue and the estates as one snapshot per process, under the version every write raises.

Reading it costs nothing while the version stands; each transaction reads the version with its first rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
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
    organisations = {row.code: _organisation(row) for row in session.scalars(select(t.Organisation))}
    absences: dict[str, list[Absence]] = {}
    for gone in session.scalars(select(t.Absence)):
        absences.setdefault(gone.person, []).append(Absence(gone.since, gone.until, gone.delegate))
    people = {
        row.id: _person(row, organisations[row.organisation], absences.get(row.id, ()))
        for row in session.scalars(select(t.Person))
    }
    coverage = tuple(
        Coverage(Role(row.role), row.person, row.country, row.family, row.tier)
        for row in session.scalars(select(t.Coverage))
    )
    directory = Directory(version, organisations, people, coverage)
    return Snapshot(directory, _products(session), _estates(session), _rates(session))


def calendar(zone: str, hours: Mapping[str, Any], free: Mapping[str, Any]) -> Calendar:
    """Hours and public holidays by country and subdivision, plus ``also``, less ``not``."""
    return _calendar(zone, text_of(hours), text_of(free))


@lru_cache(maxsize=1_000)
def _calendar(zone: str, hours_text: str, free_text: str) -> Calendar:
    """Whole countries of partners keep the same hours, and resolving holidays takes milliseconds."""
    hours, free = decode(hours_text, dict[str, Any]), decode(free_text, dict[str, Any])
    closed = {date.fromisoformat(day) for day in free.get("also", ())}
    if country := free.get("country"):
        closed |= set(
            holidays.country_holidays(
                country, subdiv=free.get("subdivision"), years=YEARS, language=free.get("language", "en_US")
            )
        )
    closed -= {date.fromisoformat(day) for day in free.get("not", ())}
    return week(zone, dict(hours), closed=closed)


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


def _products(session: Session) -> dict[str, Product]:
    return {row.sku: decode(text_of(row.data), Product) for row in session.scalars(select(t.Product))}


def _estates(session: Session) -> dict[str, tuple[EstateItem, ...]]:
    found: dict[str, list[EstateItem]] = {}
    for row in session.scalars(select(t.EstateItem)):
        found.setdefault(row.end_customer, []).append(decode(text_of(row.data), EstateItem))
    return {customer: tuple(items) for customer, items in found.items()}


def _rates(session: Session) -> dict[tuple[str, date], int]:
    return {(row.currency, row.day): row.micros for row in session.scalars(select(t.ExchangeRate))}
