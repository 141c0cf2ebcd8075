"""A mail server that delivers nothing: every message becomes one file of a Maildir, surely on disk."""

import mailbox
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.embedded.process import HOST


class MailSink:
    """An SMTP server on a thread of its own, filing into ``directory``."""

    def __init__(self, directory: Path, port: int) -> None:
        """Take a port somebody has found free: asking the server for any port does not work."""
        directory.parent.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.port = port
        self._box = mailbox.Maildir(directory, create=True)
        self._controller = Controller(self, hostname=HOST, port=port, ready_timeout=10)

    @property
    def url(self) -> str:
        """Where a sender delivers."""
        return f"smtp://{HOST}:{self.port}"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  its name
        """File one message under the addresses of its envelope, then say so."""
        header = "".join(f"Delivered-To: {address}\n" for address in envelope.rcpt_tos)
        self._box.add(header.encode() + (envelope.original_content or b"").replace(b"\r\n", b"\n"))
        return "250 Message filed"

    def start(self) -> None:
        """Listen, until ``stop``."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()


def messages(directory: Path) -> Iterator[EmailMessage]:
    """What a sink has filed, oldest first."""
    filed = (path for part in ("new", "cur") for path in (directory / part).glob("*"))
    for path in sorted(filed, key=lambda path: (path.stat().st_mtime_ns, path.name)):
        yield BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
