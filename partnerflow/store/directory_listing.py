"""The read side of the directory: its rows page by page, as far as an organisation sees them."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.directory.rows import AbsenceRow, CoverageRow, KeyRow, OrganisationRow, PersonRow
from partnerflow.store.codec import decode

_ORGANISATIONS = text("""
SELECT to_jsonb(o)::text FROM organisation o
WHERE (CAST(:own AS text) IS NULL OR o.code = :own) AND (CAST(:kind AS text) IS NULL OR o.kind = :kind)
  AND (CAST(:after AS text) IS NULL OR o.code > :after)
ORDER BY o.code LIMIT :limit
""")

_PEOPLE = text("""
SELECT to_jsonb(p)::text FROM person p
WHERE (CAST(:own AS text) IS NULL OR p.organisation = :own) AND (CAST(:role AS text) IS NULL OR :role = ANY (p.roles))
  AND (CAST(:asked AS boolean) IS NULL OR (jsonb_typeof(p.asked) IS NOT DISTINCT FROM 'object') = :asked)
  AND (CAST(:after AS text) IS NULL OR (p.name, p.id) > (CAST(:name AS text), :after))
ORDER BY p.name, p.id LIMIT :limit
""")

_ABSENCES = text("""
SELECT to_jsonb(a)::text FROM absence a JOIN person p ON p.id = a.person
WHERE (CAST(:own AS text) IS NULL OR p.organisation = :own) AND (CAST(:person AS text) IS NULL OR a.person = :person)
  AND (:over OR a.until IS NULL OR a.until > partnerflow_now())
  AND (CAST(:after AS bigint) IS NULL OR (a.since, a.id) > (CAST(:since AS timestamptz), :after))
ORDER BY a.since, a.id LIMIT :limit
""")

_KEYS = text("""
SELECT (to_jsonb(k) - 'hash')::text FROM api_key k
WHERE (CAST(:person AS text) IS NULL OR k.person = :person) AND (:revoked OR k.revoked_at IS NULL)
  AND (CAST(:after AS bigint) IS NULL OR k.id > :after)
ORDER BY k.id LIMIT :limit
""")

_COVERAGE = text("""
SELECT to_jsonb(c)::text FROM coverage c
WHERE (CAST(:role AS text) IS NULL OR c.role = :role) AND (CAST(:person AS text) IS NULL OR c.person = :person)
  AND (CAST(:after AS bigint) IS NULL OR c.id > :after)
ORDER BY c.id LIMIT :limit
""")


def list_organisations(
    session: Session, own: str | None, after: str | None, limit: int, **asked: Any
) -> list[OrganisationRow]:
    """By code; ``own``: this one only. As all of these at most ``limit`` + 1."""
    rows = session.execute(_ORGANISATIONS, asked | {"own": own, "after": after, "limit": limit + 1})
    return [decode(row[0], OrganisationRow) for row in rows]


def list_people(
    session: Session, own: str | None, after: tuple[str, str] | None, limit: int, **asked: Any
) -> list[PersonRow]:
    """By name; ``after`` is (name, id), ``asked`` only those for whom a grant waits."""
    name, last = after or (None, None)
    rows = session.execute(_PEOPLE, asked | {"own": own, "name": name, "after": last, "limit": limit + 1})
    return [decode(row[0], PersonRow) for row in rows]


def list_absences(
    session: Session, own: str | None, after: tuple[datetime, int] | None, limit: int, **asked: Any
) -> list[AbsenceRow]:
    """By beginning; ``over``: those that have ended too."""
    since, last = after or (None, None)
    rows = session.execute(_ABSENCES, asked | {"own": own, "since": since, "after": last, "limit": limit + 1})
    return [decode(row[0], AbsenceRow) for row in rows]


def list_coverage(session: Session, after: int | None, limit: int, **asked: Any) -> list[CoverageRow]:
    rows = session.execute(_COVERAGE, asked | {"after": after, "limit": limit + 1})
    return [decode(row[0], CoverageRow) for row in rows]


def list_keys(
    session: Session, after: int | None, limit: int, *, person: str | None, revoked: bool
) -> list[KeyRow]:
    """Keys in the order they were made, without what is kept of their secret; at most ``limit`` + 1."""
    asked = {"person": person, "revoked": revoked, "after": after, "limit": limit + 1}
    return [decode(row, KeyRow) for row in session.execute(_KEYS, asked).scalars()]
