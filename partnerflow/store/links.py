"""Links that sign somebody in: asked for by mail or made at the command line, shown as often as one likes, used once.

Records of work like sessions. Only the SHA-256 of a token is kept; the mail's token is worked out again by the sender
from the nonce in its delivery and the installation's secret, so that the outbox holds nothing that signs anybody in.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.store.outbox import SIGN_IN as VERSION
from partnerflow.store.sessions import Visit

MINUTES: Final = 15
LIFETIME: Final = timedelta(minutes=MINUTES)
EVENT: Final = "sign_in.link"


@dataclass(frozen=True, slots=True)
class Link:
    """``state``: good, used, expired, or gone where the person may not sign in any more."""

    person: str
    name: str
    next: str
    state: str


# Whoever may sign in: active, not gone, and with a role, since roles decide what there is to see.
MAY_SIGN_IN: Final = """
p.active AND p.roles <> '{}' AND NOT EXISTS
  (SELECT 1 FROM absence a WHERE a.person = p.id AND a.leaves AND a.since <= partnerflow_now())
"""

# One statement whoever is meant: an unknown address costs what a known one does.
_ASK = text(f"""
WITH who AS (
  SELECT p.id, p.name, p.email, coalesce(p.locale, o.locale) AS locale
  FROM person p JOIN organisation o ON o.code = p.organisation
  WHERE lower(p.email) = lower(:email) AND {MAY_SIGN_IN}
), made AS (
  INSERT INTO sign_in_link (hash, person, next, expires_at)
  SELECT :hash, id, :next, clock_timestamp() + :lifetime FROM who RETURNING expires_at
), owed AS (
  INSERT INTO delivery (id, stream, seq, event, recipient, audience, address, data, version, reminds, reminds_until)
  SELECT 'sign-in/' || :nonce, 'sign-in/' || :nonce, 1, :event, who.id, 'person', who.email,
    jsonb_build_object('sign_in', CAST(:nonce AS text), 'name', who.name, 'agent', CAST(:agent AS text),
      'locale', who.locale),
    :version, 'sign_in', made.expires_at
  FROM who, made
)
INSERT INTO sign_in_event (person, what, how, address, agent)
SELECT (SELECT id FROM who), 'link-asked', 'link', :address, :agent
""")  # noqa: S608  our own words

_MAKE = text(f"""
INSERT INTO sign_in_link (hash, person, next, expires_at)
SELECT :hash, p.id, :next, clock_timestamp() + :lifetime FROM person p
WHERE (lower(p.email) = lower(:who) OR p.id = :who) AND {MAY_SIGN_IN}
RETURNING person
""")  # noqa: S608  as above

_READ = text(f"""
SELECT l.person, p.name, l.next, CASE WHEN l.used_at IS NOT NULL THEN 'used'
  WHEN l.expires_at <= clock_timestamp() THEN 'expired' WHEN {MAY_SIGN_IN} THEN 'good' ELSE 'gone' END
FROM sign_in_link l JOIN person p ON p.id = l.person WHERE l.hash = :hash
""")  # noqa: S608  as above

_USE = text(f"""
UPDATE sign_in_link l SET used_at = clock_timestamp() FROM person p
WHERE l.hash = :hash AND p.id = l.person AND l.used_at IS NULL AND l.expires_at > clock_timestamp() AND {MAY_SIGN_IN}
RETURNING l.person, l.next
""")  # noqa: S608  as above

_RUN_OUT = text("SELECT CAST(:until AS timestamptz) <= clock_timestamp()")


def mailed_token(secret: str, nonce: str) -> str:
    """The token of a mailed link: only whoever has the installation's secret can work it out."""
    made = hmac.digest(secret.encode(), f"sign-in link {nonce}".encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def ask(session: Session, email: str, next_: str, nonce: str, token: str, visit: Visit) -> None:
    """Mail a link to whoever has this address, if anybody; says nothing of whether there is somebody."""
    session.execute(
        _ASK,
        {
            "email": email,
            "hash": digest(token),
            "next": next_,
            "nonce": nonce,
            "event": EVENT,
            "version": VERSION,
            "lifetime": LIFETIME,
            "address": visit.address,
            "agent": visit.agent,
        },
    )


def make(session: Session, who: str, next_: str, token: str) -> str | None:
    """A link without a mail, for a person by id or address; the person, or None where nobody may sign in so."""
    said = {"who": who, "hash": digest(token), "next": next_, "lifetime": LIFETIME}
    found: str | None = session.execute(_MAKE, said).scalar_one_or_none()
    return found


def read(session: Session, token: str) -> Link | None:
    """What a link is, unused; None: there is no such link."""
    row = session.execute(_READ, {"hash": digest(token)}).first()
    return Link(*row) if row else None


def use(session: Session, token: str) -> tuple[str, str] | None:
    """(person, next page), this once; None for a link that is not good any more."""
    row = session.execute(_USE, {"hash": digest(token)}).first()
    return (row[0], row[1]) if row else None


def run_out(session: Session, until: datetime | None) -> bool:
    """Whether a mailed link that waited to be sent leads nowhere any more."""
    return bool(session.scalar(_RUN_OUT, {"until": until}))
