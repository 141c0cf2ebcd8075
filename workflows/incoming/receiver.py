"""The receiver: takes mails by SMTP or LMTP, and says so only once they are in the record.

It takes mail for our own addresses alone, so that it passes nothing on; it decides nothing.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from notifications import inbound as parsing
from partnerflow.desk.bell import ring
from partnerflow.store import inbound
from partnerflow.store.database import unit_of_work

LARGEST: Final = 35 * 1024 * 1024
"""Bytes of a mail: its files take a third more on the wire than on the disk."""
MOST_RECIPIENTS: Final = 20

_LISTEN: Final = re.compile(r"(?:(smtp|lmtp)://)?(.+):(\d+)")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the receiver listens, and what it speaks there."""

    lmtp: bool
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Address":
        """``host:port``, ``smtp://host:port`` or ``lmtp://host:port``; ValueError otherwise."""
        found = _LISTEN.fullmatch(text)
        if found is None:
            raise ValueError("where to listen reads [smtp://|lmtp://]host:port")
        return cls(found[1] == "lmtp", found[2].strip("[]"), int(found[3]))


class Receiver:
    """What is asked at each step of a mail's way in."""

    def __init__(self, engine: Engine, domain: str, mail_from: str, *, lmtp: bool = False) -> None:
        """``domain`` is that of reply addresses; reports come back to the address of ``mail_from``."""
        self.engine = engine
        self.domain = domain.lower()
        self.own = parseaddr(mail_from)[1].lower()
        self.lmtp = lmtp

    async def handle_RCPT(  # noqa: N802  the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Ours, or refused for good."""
        if not self._ours(address.lower()):
            return "550 5.7.1 No mail is taken for this address"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        """Accepted once it is in the record; else the sender keeps it and comes again."""
        raw = envelope.original_content or b""
        sent_from = envelope.mail_from or ""
        said = [await asyncio.to_thread(self._keep, sent_from, to, raw) for to in envelope.rcpt_tos]
        if self.lmtp:  # one answer for each recipient (RFC 2033)
            return "\r\n".join(said)
        return next((each for each in said if not each.startswith("250")), "250 2.0.0 Kept")

    def _ours(self, address: str) -> bool:
        return address == self.own or address.rpartition("@")[2] == self.domain

    def _keep(self, envelope_from: str, recipient: str, raw: bytes) -> str:
        try:
            message = parsing.parse(raw)
            digest = parsing.digest_of(message, raw, recipient)
            with unit_of_work(self.engine) as session:
                inbound.stage(session, digest, "smtp", envelope_from, recipient, raw)
        except SQLAlchemyError as error:
            _log.warning("a mail could not be kept: %s", error)
            return "451 4.3.0 It cannot be kept now; try again later"
        ring(self.engine)
        return "250 2.0.0 Kept"


def protocol(receiver: Receiver, lmtp: bool) -> Callable[[], Any]:
    """Makes one conversation."""
    kind = LMTP if lmtp else SMTP
    return lambda: kind(
        receiver, data_size_limit=LARGEST, enable_SMTPUTF8=True, ident="Partnerflow", hostname=receiver.domain
    )


class Listening(Controller):
    """The receiver on a thread of its own, for a stack on one machine."""

    def __init__(self, receiver: Receiver, address: Address) -> None:
        """Not before ``start``."""
        super().__init__(receiver, hostname=address.host, port=address.port, ready_timeout=10)
        self._conversation = protocol(receiver, address.lmtp)

    def factory(self) -> Any:
        """One conversation."""
        return self._conversation()


async def serve(receiver: Receiver, address: Address) -> None:
    """Receive until cancelled."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol(receiver, address.lmtp), address.host, address.port)
    _log.info("mail is taken at %s:%d", address.host, address.port)
    async with server:
        await server.serve_forever()
