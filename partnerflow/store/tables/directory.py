"""Organisations, teams, people, absences, coverage, closures, keys, the catalogue and estates.

Every write raises ``directory_version`` by a trigger; each process keeps a snapshot under that version.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base

NOW = text("clock_timestamp()")


class Organisation(Base):
    """``hours`` as in policy documents (``{"mon-fri": ["09:00-17:30"]}``), ``holidays`` {country, subdivision,
    also, not}; ``mandated``: its credit notes are issued here, in its name and series, or (``issuer`` external) by a
    system that is told from here. ``version`` and ``head`` are
    number and hash of the last event of its history (0: nothing was changed by command yet)."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("kind IN ('vendor', 'distributor', 'reseller')", "kind"),
        CheckConstraint("issuer IN ('embedded', 'external')", "issuer"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    zone: Mapped[str]
    locale: Mapped[str]
    currency: Mapped[str]
    vat_id: Mapped[str]
    address: Mapped[list[str]]
    hours: Mapped[dict[str, Any]]
    holidays: Mapped[dict[str, Any]]
    series_code: Mapped[str] = mapped_column(unique=True)
    tier: Mapped[str] = mapped_column(server_default="standard")
    operator: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    mandated: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    fallbacks: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    on_call: Mapped[str | None]
    issuer: Mapped[str] = mapped_column(server_default="embedded")
    version: Mapped[int] = mapped_column(server_default=text("0"))
    head: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''"))


class Team(Base):
    """People of one organisation with the same hours; ``zone``, ``hours``, ``holidays`` null: the organisation's."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("code", "organisation"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    name: Mapped[str]
    zone: Mapped[str | None]
    hours: Mapped[dict[str, Any] | None]
    holidays: Mapped[dict[str, Any] | None]


class Person(Base):
    """A natural person; ``hours`` (zone, hours, holidays) null: the team's, else the organisation's.

    ``team``: one of the same organisation. ``authority_limit`` in the operator's minor units. ``asked``: a grant that
    waits for another admin; ``changed_at``: the last change that may have taken a right. ``locale`` null: the
    organisation's; ``mails``: a MailChoice.
    """

    __tablename__ = "person"
    __table_args__ = (
        ForeignKeyConstraint(["team", "organisation"], ["team.code", "team.organisation"]),
        CheckConstraint("mails IN ('at_once', 'digest', 'needs_me')", "mails"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    name: Mapped[str]
    title: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    roles: Mapped[list[str]]
    hours: Mapped[dict[str, Any] | None]
    manager: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    authority_limit: Mapped[int | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    team: Mapped[str | None] = mapped_column(index=True)
    asked: Mapped[dict[str, Any] | None]
    changed_at: Mapped[datetime | None]
    locale: Mapped[str | None]
    mails: Mapped[str] = mapped_column(server_default=text("'at_once'"))
    undeliverable: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Closure(Base):
    """A day on which an organisation, a team or a person is closed; it closes everybody beneath its owner.

    ``source``: the calendar it came from ('' by hand). Each keeps its own rows, so that a day taken out of one stays
    closed by another.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("num_nonnulls(organisation, team, person) = 1", "one_owner"),
        UniqueConstraint(
            "organisation", "team", "person", "source", "day", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    organisation: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    team: Mapped[str | None] = mapped_column(ForeignKey("team.code"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str] = mapped_column(server_default="")
    day: Mapped[date] = mapped_column(Date)
    name: Mapped[str]


class Absence(Base):
    """Half-open; no end means for good. ``leaves``: the person leaves at ``since``."""

    __tablename__ = "absence"
    __table_args__ = (CheckConstraint("until IS NULL OR until > since", "ends_after_it_begins"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    delegate: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(server_default="")
    leaves: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class Coverage(Base):
    """(role, country, family, tier) -> person; null is any."""

    __tablename__ = "coverage"
    __table_args__ = (
        UniqueConstraint("role", "country", "family", "tier", "person", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    role: Mapped[str]
    person: Mapped[str] = mapped_column(ForeignKey("person.id"))
    country: Mapped[str | None]
    family: Mapped[str | None]
    tier: Mapped[str | None]


class ApiKey(Base):
    """Only the SHA-256 of a key is kept; ``scopes`` null: all that its owner may do; ``made_by`` null: made at the
    console."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str]
    scopes: Mapped[list[str] | None]
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    revoked_at: Mapped[datetime | None]


class DirectoryVersion(Base):
    """One row, raised by every directory write."""

    __tablename__ = "directory_version"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(server_default=text("1"))


class DirectorySync(Base):
    """One row: how far stored owners and deciders have followed. ``asked`` counts changes by command, ``done`` those
    that were followed; ``done_until`` is the instant up to which comings and goings were."""

    __tablename__ = "directory_sync"
    __table_args__ = (CheckConstraint("id = 1", "one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked: Mapped[int] = mapped_column(server_default=text("0"))
    done: Mapped[int] = mapped_column(server_default=text("0"))
    done_until: Mapped[datetime] = mapped_column(server_default=text("partnerflow_now()"))


class Product(Base):
    """A catalogue entry; prices in millionths."""

    __tablename__ = "product"

    vendor: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class EstateItem(Base):
    """What an end customer already has."""

    __tablename__ = "estate_item"

    end_customer: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class ExchangeRate(Base):
    """The operator's daily rate: one unit of ``currency`` is ``micros`` millionths of the operator's unit."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("micros > 0", "positive"),)

    currency: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    micros: Mapped[int]
