"""What can be followed, and the mark that says whether it changed; read behind the same wall as the pages.

A mark means nothing by itself: another one than before means that the page shows something old.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from api.auth import Reader
from api.v1.sight import may_read
from partnerflow.store import listing_keys
from partnerflow.store.database import reading
from partnerflow.store.reading import read_case


@dataclass(frozen=True, slots=True)
class Topic:
    """``kind`` is case, home or inbox; ``of`` the case's reference, or the person whose page it is."""

    kind: str
    of: str
    organisation: str


_CASES = text('SELECT ref, version FROM "case" WHERE ref = ANY (:refs)')

_HOME = text("""
SELECT (SELECT coalesce(sum(version), 0) || '/' || count(*) FROM "case" WHERE stage <> 'closed') || '/' ||
  (SELECT count(*) FROM "order" WHERE status = 'on_hold')
""")

_INBOX = text("""
SELECT coalesce(md5(string_agg(id || coalesce(due_at::text, ''), ' ' ORDER BY id)), '')
FROM approval WHERE status = 'pending'
""")


def admit(engine: Engine, digest: bytes) -> Reader | None:
    """Whose session it is, as every page asks; None: nobody's, or it was ended."""
    from api.entrance import reader_of

    owner = listing_keys.find_owner(engine, digest, listing_keys.SESSIONS)
    return reader_of(owner) if owner else None


def topic(engine: Engine, who: Reader, path: str) -> Topic | None:
    """What an address stands for; None for what this reader may not see, or what there is not."""
    kind, _, of = path.strip("/").partition("/")
    if kind in ("home", "inbox") and not of:
        return Topic(kind, who.person, who.organisation)
    if kind != "cases" or not of:
        return None
    with reading(engine, who.organisation) as session:
        found = read_case(session, of)
    return Topic("case", of, who.organisation) if found and may_read(who, *found) else None


def marks(engine: Engine, topics: Iterable[Topic]) -> dict[Topic, str]:
    """The present mark of each; one transaction for each organisation that looks."""
    found: dict[Topic, str] = {}
    wanted = set(topics)
    for organisation in {topic.organisation for topic in wanted}:
        own = {topic for topic in wanted if topic.organisation == organisation}
        with reading(engine, organisation) as session:
            found |= _of_house(session, own)
    return found


def _of_house(session: Session, own: set[Topic]) -> dict[Topic, str]:
    refs = [topic.of for topic in own if topic.kind == "case"]
    versions = {row.ref: str(row.version) for row in session.execute(_CASES, {"refs": refs})} if refs else {}
    kinds = {topic.kind for topic in own}
    home = str(session.scalar(_HOME)) if "home" in kinds else ""
    inbox = str(session.scalar(_INBOX)) if "inbox" in kinds else ""
    shared = {"home": home, "inbox": inbox}
    return {
        topic: versions.get(topic.of, "") if topic.kind == "case" else shared[topic.kind] for topic in own
    }
