"""A box that mails are fetched from by IMAP: unseen ones are staged, and marked as seen only then.

One worker looks at a time; two would only fetch the same mail twice, and keep it once.
"""

import asyncio
import imaplib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from imap_tools import MailBox, MailBoxUnencrypted, MailMessage, MailMessageFlags
from imap_tools.errors import ImapToolsError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from notifications import inbound as parsing
from partnerflow.desk.bell import ring
from partnerflow.store import inbound
from partnerflow.store.database import unit_of_work
from workflows.incoming.receiver import LARGEST

EVERY: Final = 20.0
"""Seconds between two looks."""
PATIENCE: Final = 20.0
AT_ONCE: Final = 50

_LOCK: Final = "hashtext('partnerflow inbound box')"
_AWAY: Final = (ImapToolsError, imaplib.IMAP4.error, OSError, SQLAlchemyError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Box:
    """``imaps://user:password@host[:port][/folder]``; ``imap://`` without encryption. Parsing raises ValueError."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str

    @classmethod
    def parse(cls, url: str) -> "Box":
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or parts.username is None:
            raise ValueError("the box reads imaps://user:password@host[:port][/folder]")
        tls = parts.scheme == "imaps"
        return cls(
            parts.hostname,
            parts.port or (993 if tls else 143),
            tls,
            unquote(parts.username),
            unquote(parts.password or ""),
            unquote(parts.path.strip("/")) or "INBOX",
        )


class _Whole(MailMessage):
    """With its bytes as they came."""

    def __init__(self, fetch_data: list[Any]) -> None:
        super().__init__(fetch_data)
        self.raw = bytes(self._get_message_data_parts(fetch_data)[0])


def fetch(engine: Engine, box: Box) -> int:
    """Stage what is unseen, and mark it; how many mails. Raises what ``_AWAY`` names when box or record is away."""
    kept = 0
    with _alone(engine) as alone:
        if not alone:
            return 0
        with _opened(box) as opened:
            opened.email_message_class = _Whole
            for uid in opened.uids("UNSEEN", charset=None)[:AT_ONCE]:
                kept += _keep(engine, opened, uid)
                opened.flag(uid, MailMessageFlags.SEEN, True)
    if kept:
        ring(engine)
    return kept


@contextmanager
def _opened(box: Box) -> Iterator[Any]:
    """Signed in; the connection ends with the block, however that ends."""
    kind = MailBox if box.tls else MailBoxUnencrypted
    made = kind(box.host, box.port, timeout=PATIENCE)
    try:
        made.login(box.user, box.password, box.folder)
        yield made
        made.logout()
    finally:
        with suppress(OSError):
            made.client.shutdown()


def _keep(engine: Engine, opened: Any, uid: str) -> int:
    """1 if it was staged; one that is too large, or was taken from under us, is left as it is."""
    head = next(opened.fetch(uid_list=[uid], mark_seen=False, headers_only=True), None)
    if head is None or head.size_rfc822 > LARGEST:
        _log.warning("mail %s in the box is too large or gone", uid)
        return 0
    found = next(opened.fetch(uid_list=[uid], mark_seen=False), None)
    if found is None:
        return 0
    message = parsing.parse(found.raw)
    recipient = parsing.addressee(message)
    digest = parsing.digest_of(message, found.raw, recipient)
    with unit_of_work(engine) as session:
        return int(inbound.stage(session, digest, "imap", parsing.return_path(message), recipient, found.raw))


@contextmanager
def _alone(engine: Engine) -> Iterator[bool]:
    with engine.connect() as connection:
        got = bool(connection.execute(text(f"SELECT pg_try_advisory_lock({_LOCK})")).scalar_one())
        connection.commit()
        try:
            yield got
        finally:
            if got:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
                connection.commit()


async def look_in(engine: Engine, url: str, threads: ThreadPoolExecutor) -> None:
    """Until cancelled; a box that is away only costs time."""
    loop, box = asyncio.get_running_loop(), Box.parse(url)
    while True:
        try:
            await loop.run_in_executor(threads, fetch, engine, box)
        except _AWAY as error:
            _log.warning("the box cannot be read: %s", str(error).strip()[:300])
        await asyncio.sleep(EVERY)
