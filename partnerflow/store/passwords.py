"""Passwords: only argon2's hash is kept. Records of work like sessions; whose it is says the directory."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store.links import MAY_SIGN_IN


@dataclass(frozen=True, slots=True)
class Known:
    """``hash`` None: they have no password."""

    person: str
    hash: str | None


_OF_ADDRESS = text(f"""
SELECT p.id, w.hash FROM person p LEFT JOIN password w ON w.person = p.id
WHERE lower(p.email) = lower(:email) AND {MAY_SIGN_IN}
""")  # noqa: S608  our own words

_OF_PERSON = text("SELECT hash FROM password WHERE person = :person")

_PUT = text("""
INSERT INTO password (person, hash) VALUES (:person, :hash)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed_at = clock_timestamp()
""")

_REHASH = text("UPDATE password SET hash = :hash WHERE person = :person AND hash = :was")

_REMOVE = text("DELETE FROM password WHERE person = :person RETURNING person")


def of_address(session: Session, email: str) -> Known | None:
    """Who may sign in with this address, and the hash of their password."""
    row = session.execute(_OF_ADDRESS, {"email": email}).first()
    return Known(*row) if row else None


def of_person(session: Session, person: str) -> str | None:
    """The hash of a person's password; None: they have none."""
    found: str | None = session.execute(_OF_PERSON, {"person": person}).scalar_one_or_none()
    return found


def put(session: Session, person: str, hashed: str) -> None:
    """Set or change it."""
    session.execute(_PUT, {"person": person, "hash": hashed})


def rehash(session: Session, person: str, was: str, hashed: str) -> None:
    """The same password under newer parameters; nothing if it was changed meanwhile."""
    session.execute(_REHASH, {"person": person, "was": was, "hash": hashed})


def remove(session: Session, person: str) -> bool:
    """From now on they sign in by other means."""
    return session.execute(_REMOVE, {"person": person}).first() is not None
