"""Policies in the record: documents as data, read into a Policy once per process and version (versions never
change)."""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerflow.policy.document import Policy, load
from partnerflow.store.tables.policies import PolicyVersion

_KNOWN: WeakKeyDictionary[Engine, dict[int, Policy]] = WeakKeyDictionary()


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
