"""Sending one mail: a single attempt over SMTP that ends within its time, or raises ``SendFailed``.

Whoever calls keeps the record (ARCHITECTURE: Deliveries): a permanent failure is parked, any other is tried
again with the same Message-ID.
"""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from notifications.formats import one_line
from notifications.mime import Mail, build

__all__ = ["ATTEMPT_SECONDS", "Mail", "SendFailed", "SmtpServer", "build", "send"]

ATTEMPT_SECONDS: Final = 60.0
"""The longest an attempt may take: the delivery's lease is 90 s, and two senders must never hold one mail."""

_NOT_THE_MAIL: Final = frozenset({530, 534, 535, 538})
"""Sign-in or encryption wanted: our settings are wrong, and once they are right every mail must go."""

_NO_SUCH: Final = re.compile(r"\b5\.(?:1\.\d{1,2}|2\.1)\b")
"""RFC 3463, of a recipient: there is no such mailbox, or it is closed. A bare 550 may as well be about us."""

_PORTS: Final = {"smtp": 25, "smtps": 465}


class SendFailed(Exception):
    """The mail did not go.

    ``permanent``: trying again cannot help, as the server refused this message with a 5xx or the address is none.
    ``address``: it is the recipient's address that was refused for good. ``reason``: one line for the record; it
    never holds the server's password.
    """

    def __init__(self, permanent: bool, reason: str, *, address: bool = False) -> None:
        self.permanent = permanent
        self.address = address
        self.reason = one_line(reason)[:300]
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """``smtp://user:pass@host:587?starttls=1`` or ``smtps://host``. Parsing raises ValueError."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str | None
    password: str

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("the SMTP address reads smtp://[user:password@]host[:port] or smtps://...")
        wanted = parse_qs(parts.query).get("starttls", ["0"])[-1].lower()
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=wanted in {"1", "true", "yes", "required"},
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or ""),
        )


def send(mail: Mail, smtp_url: str, mail_from: str, timeout: float = 30.0) -> None:
    """One attempt, over within ``timeout`` seconds (60 at most); returns once the server has taken the mail.

    Raises SendFailed; ValueError for a malformed ``smtp_url``. If the answer to DATA is lost, the failure is
    not permanent and the next attempt may bring the mail a second time, under the same Message-ID.
    """
    server = SmtpServer.parse(smtp_url)
    try:
        message = build(mail, mail_from)
    except (ValueError, UnicodeError) as error:
        raise SendFailed(True, f"not sent: {error}") from error
    with _session(server, _domain(message["From"]), min(timeout, ATTEMPT_SECONDS)) as client:
        _transmit(client, message)


@contextmanager
def _session(server: SmtpServer, own_name: str, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connected and signed-in client that is cut off when its time is over, whatever it waits for."""
    client = _Client(server, own_name, time.monotonic() + seconds)
    cut = threading.Timer(seconds, client.cut)
    cut.daemon = True
    cut.start()
    try:
        with _not_permanent():
            client.open()
        yield client
        with suppress(smtplib.SMTPException, OSError):
            client.quit()  # the mail is accepted; a lost goodbye changes nothing
    finally:
        cut.cancel()
        client.close()


def _transmit(client: smtplib.SMTP, message: EmailMessage) -> None:
    to = message["To"].addresses[0].addr_spec
    try:
        client.send_message(message, _sender(message), [to])
    except smtplib.SMTPRecipientsRefused as error:
        code, text = error.recipients[to]
        refused = _answered(code, text)
        refused.address = refused.permanent and bool(_NO_SUCH.search(refused.reason))
        raise refused from error
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise SendFailed(True, str(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise SendFailed(False, f"connection lost: {error}") from error


def _answered(code: int, text: bytes | str) -> SendFailed:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return SendFailed(500 <= code < 600 and code not in _NOT_THE_MAIL, f"{code} {words}")


@contextmanager
def _not_permanent() -> Iterator[None]:
    """Before the message is offered, a failure is the server's or the network's, never the mail's."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise SendFailed(False, f"{error.smtp_code} {error.smtp_error!r}") from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise SendFailed(False, f"no session: {error}") from error


class _Client(smtplib.SMTP):
    """smtplib's client with one deadline over all its steps instead of a timeout for each of them."""

    def __init__(self, server: SmtpServer, own_name: str, deadline: float) -> None:
        self._server = server
        self._deadline = deadline
        self._cut = False
        super().__init__(local_hostname=own_name, timeout=self._left())
        self._host = server.host  # what STARTTLS compares the certificate with

    def open(self) -> None:
        code, text = self.connect(self._server.host, self._server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        if self._server.starttls:
            self._within_deadline().starttls(context=ssl.create_default_context())
        self.ehlo_or_helo_if_needed()
        if self._server.user is not None:
            self.login(self._server.user, self._server.password)

    def cut(self) -> None:
        """From the timer's thread: wakes whatever the sending thread waits for on the connection."""
        self._cut = True
        sock = self.sock
        if sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        # Set at once, so that the timer can cut the handshake and the greeting too.
        self.sock = self._connect(host, port)
        if self._server.tls:
            tls = ssl.create_default_context()
            self.sock = tls.wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
            self.sock.do_handshake()
        if self._cut:
            raise TimeoutError("timed out")
        return self.sock

    def _connect(self, host: str, port: int) -> socket.socket:
        """The first of the host's addresses that answers within what is left of the attempt."""
        failure: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self._left())
                sock.connect(address)
            except OSError as error:
                failure = error
                sock.close()
            else:
                return sock
        raise failure

    def _within_deadline(self) -> "_Client":
        if self.sock is not None:
            self.sock.settimeout(self._left())
        return self

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.01)


def _sender(message: EmailMessage) -> str:
    return str(message["From"].addresses[0].addr_spec)


def _domain(sender: Any) -> str:
    """Our name in the greeting: taken from the sender, so that no attempt waits for the resolver."""
    return str(sender.addresses[0].domain)
