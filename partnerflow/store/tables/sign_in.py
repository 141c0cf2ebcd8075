"""Signing in: sessions, mailed links, passwords, and the log of both. Records of work; what decides is the directory.

They run on the machine's clock. None is walled by organisation: they are read before anybody knows whose they are.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerflow.store.tables import Base

NOW = text("clock_timestamp()")


class PersonSession(Base):
    """``id`` is the SHA-256 of a random token that only the cookie holds; ``how``: link, password, oidc.

    ``seen_at`` is coarse, to the minute: it is written by requests, and most of them need not.
    """

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("how IN ('link', 'password', 'oidc')", "how"),)

    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    seen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    agent: Mapped[str]
    address: Mapped[str]
    revoked_at: Mapped[datetime | None]


class SignInLink(Base):
    """``hash`` is the SHA-256 of the link's token; ``next`` the page it leads to. Used once."""

    __tablename__ = "sign_in_link"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    next: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Password(Base):
    """``hash`` is argon2's, with its parameters and salt."""

    __tablename__ = "password"

    person: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hash: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)


class SignInEvent(Base):
    """Who signed in or tried to, how, when, from where. Append-only; ``person`` null where nobody is known."""

    __tablename__ = "sign_in_event"
    __table_args__ = (Index("ix_sign_in_event_person_at", "person", "at"), Index("ix_sign_in_event_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    person: Mapped[str | None]
    what: Mapped[str]
    how: Mapped[str]
    address: Mapped[str]
    agent: Mapped[str]


class SignInBrake(Base):
    """How far ahead of its rate somebody's attempts are: ``until`` moves on with each of them."""

    __tablename__ = "sign_in_brake"

    key: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
