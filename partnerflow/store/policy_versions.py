"""Policy versions in the record: written once, published once, read into a Policy once per process."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row, select, text
from sqlalchemy.orm import Session

from partnerflow.policy.document import Policy, load
from partnerflow.policy.versions import Version
from partnerflow.store.codec import text_of
from partnerflow.store.tables.policies import PolicyVersion

_KNOWN: WeakKeyDictionary[Engine, dict[int, Policy]] = WeakKeyDictionary()

IN_FORCE: Final = """
coalesce((SELECT version FROM policy_version WHERE effective_at <= partnerflow_now()
  ORDER BY effective_at DESC, published_at DESC, version DESC LIMIT 1), 0)
"""
"""The version in force now, as an SQL expression: of those whose instant has come the one whose came last; 0: none."""


def policy(session: Session, version: int) -> Policy:
    """One version; LookupError when it does not exist."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    known = _KNOWN.setdefault(engine, {})
    if version not in known:
        document = session.scalar(select(PolicyVersion.document).where(PolicyVersion.version == version))
        if document is None:
            raise LookupError(f"there is no policy version {version}: load one with a seed or publish one")
        known[version] = load(document, version)
    return known[version]


_NOW = text(f"SELECT partnerflow_now(), {IN_FORCE}")
_COLUMNS = "version, name, note, author, created_at, approver, published_at, effective_at, clocks"
_READ = f"SELECT {_COLUMNS} FROM policy_version WHERE version = :version"  # noqa: S608
_READING, _LOCKING = text(_READ), text(f"{_READ} FOR UPDATE")
_LISTED = text(
    f"SELECT {_COLUMNS} FROM policy_version WHERE CAST(:before AS bigint) IS NULL OR version < :before "  # noqa: S608
    "ORDER BY version DESC LIMIT :limit"
)


def now(session: Session) -> tuple[datetime, int]:
    """The desk's clock, and the version in force by it."""
    row = session.execute(_NOW).one()
    return row[0], row[1]


def read(session: Session, version: int, *, lock: bool = False) -> Version | None:
    """What is known of a version beside its document."""
    row = session.execute(_LOCKING if lock else _READING, {"version": version}).first()
    return _found(row) if row else None


def written(session: Session, version: int) -> tuple[dict[str, Any], str]:
    """The document and its source, as its author wrote it."""
    found = select(PolicyVersion.document, PolicyVersion.source).where(PolicyVersion.version == version)
    document, source = session.execute(found).one()
    return document, source


def listed(session: Session, before: int | None = None, limit: int = 50) -> Sequence[Version]:
    """Newest first; ``before``: those below this version."""
    return [_found(row) for row in session.execute(_LISTED, {"before": before, "limit": limit})]


def _found(row: Row[Any]) -> Version:
    return Version(**row._asdict())


_DRAFT = text("""
INSERT INTO policy_version (name, document, source, note, author, created_at)
VALUES (:name, CAST(:document AS jsonb), :source, :note, :author, :at) RETURNING version
""")


def draft(
    session: Session,
    *,
    name: str,
    document: dict[str, Any],
    source: str,
    note: str,
    author: str,
    at: datetime,
) -> int:
    """A new version; its number."""
    row = {"name": name, "document": text_of(document), "source": source, "note": note}
    return int(session.execute(_DRAFT, row | {"author": author, "at": at}).scalar_one())


_PUBLISH = text("""
UPDATE policy_version SET approver = :approver, effective_at = :effective_at, published_at = :at, clocks = :clocks
WHERE version = :version
""")


def publish(session: Session, version: Version) -> None:
    """Store the publication of a locked draft."""
    row = {"approver": version.approver, "effective_at": version.effective_at, "at": version.published_at}
    session.execute(_PUBLISH, row | {"clocks": version.clocks, "version": version.version})
