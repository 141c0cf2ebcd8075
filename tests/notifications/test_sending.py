"""One attempt against a real SMTP server on this machine: taken, refused, hanging, cut."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import SMTP
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from notifications.email import Mail, SendFailed, SmtpServer, send

MAIL_FROM = "Partnerflow desk <desk@arbor.example>"
MAIL = Mail(
    to_name="Amira Khan",
    to_address="amira@harbour.example",
    subject="[PF-2027-000123] Opened",
    text="Opened.\n.\nA line of one dot above.\n",
    html="<p>Opened.</p>",
    message_id="notice.1.amira@arbor.example",
)


class Sink:
    """aiosmtpd's handler: keeps what it takes and answers as told."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.taken: list[Any] = []
        self._rcpt, self._data = rcpt, data

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self._rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self._rcpt

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # as above
        if self._data.startswith("250"):
            self.taken.append(envelope)
        return self._data


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[str]:
    controller = Controller(sink, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[str]:
    """A bare listener that plays ``script`` on its one connection: what no well-behaved server does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                script(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def failure(url: str, timeout: float = 5.0, mail: Mail = MAIL) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        send(mail, url, MAIL_FROM, timeout)
    return caught.value


def test_an_accepted_mail_arrives_once_as_it_was_written():
    sink = Sink()
    with serving(sink) as url:
        send(MAIL, url, MAIL_FROM)
    (envelope,) = sink.taken
    message = message_from_bytes(envelope.content, policy=SMTP)
    assert envelope.mail_from == "desk@arbor.example"
    assert envelope.rcpt_tos == ["amira@harbour.example"]
    assert message["Message-ID"] == "<notice.1.amira@arbor.example>"
    assert message.get_body(("plain",)).get_content() == "Opened.\r\n.\r\nA line of one dot above.\r\n"


@pytest.mark.parametrize(("code", "permanent"), [("550 no such mailbox", True), ("451 try later", False)])
def test_a_refused_recipient_is_permanent_only_with_a_5xx(code: str, permanent: bool):
    with serving(Sink(rcpt=code)) as url:
        failed = failure(url)
    assert failed.permanent is permanent
    assert failed.reason == code


@pytest.mark.parametrize(
    ("code", "permanent"), [("554 spam", True), ("452 disk full", False), ("421 closing", False)]
)
def test_a_refused_message_is_permanent_only_with_a_5xx(code: str, permanent: bool):
    with serving(Sink(data=code)) as url:
        failed = failure(url)
    assert failed.permanent is permanent
    assert code in failed.reason


def test_a_server_that_wants_a_sign_in_we_do_not_have_keeps_the_mail_waiting():
    with serving(Sink(rcpt="530 5.7.0 Authentication required")) as url:
        assert failure(url).permanent is False


def test_a_server_that_is_not_there_may_be_there_later():
    assert failure(f"smtp://127.0.0.1:{free_port()}").permanent is False


def test_a_server_that_never_greets_ends_the_attempt_in_time():
    started = time.monotonic()
    with scripted(lambda connection: connection.recv(1) and None) as url:
        failed = failure(url, timeout=0.3)
    assert failed.permanent is False
    assert time.monotonic() - started < 5


def test_a_server_that_answers_letter_by_letter_is_cut_off_too():
    def drip(connection: socket.socket) -> None:
        try:
            for _ in range(200):
                connection.sendall(b"2")
                time.sleep(0.05)
        except OSError:
            return  # we were cut off, as we should be

    with scripted(drip) as url:
        started = time.monotonic()
        failed = failure(url, timeout=0.4)
        took = time.monotonic() - started
    assert failed.permanent is False
    assert took < 3


def _converse(connection: socket.socket, hang: bool) -> None:
    """Takes the whole message, then cuts the line or hangs instead of answering to DATA."""
    reader = connection.makefile("rb")
    connection.sendall(b"220 desk\r\n")
    for line in reader:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go\r\n")
        elif line == b".\r\n":
            break
        elif line[:4].upper() in {b"EHLO", b"MAIL", b"RCPT"}:
            connection.sendall(b"250 OK\r\n")
    if hang:
        connection.recv(1)
    reader.close()


@pytest.mark.parametrize("hang", [True, False])
def test_a_lost_answer_to_data_is_tried_again(hang: bool):
    with scripted(lambda connection: _converse(connection, hang)) as url:
        failed = failure(url, timeout=0.5)
    assert failed.permanent is False
    assert failed.reason.startswith("connection lost")


def test_an_address_that_is_none_is_permanent_and_asks_no_server():
    mail = Mail("A", "a@b.example, c@d.example", "s", "t", "<p>t", "1@x.example")
    failed = failure("smtp://127.0.0.1:1", mail=mail)
    assert failed.permanent is True
    assert "not one e-mail address" in failed.reason


def _only_the_desk(
    server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"desk", b"p@ss/word"))


def test_it_signs_in_and_a_wrong_password_is_the_server_s_matter_not_the_mail_s():
    sink = Sink()
    options = {"authenticator": _only_the_desk, "auth_require_tls": False}
    with serving(sink, **options) as url:
        send(MAIL, url.replace("//", "//desk:p%40ss%2Fword@"), MAIL_FROM)
        failed = failure(url.replace("//", "//desk:secret@"), timeout=1)
    assert len(sink.taken) == 1
    assert failed.permanent is False
    assert "secret" not in failed.reason


def test_wanted_encryption_that_the_server_does_not_offer_stops_the_mail():
    sink = Sink()
    with serving(sink) as url:
        failed = failure(f"{url}?starttls=1")
    assert failed.permanent is False
    assert sink.taken == []


def test_a_server_that_does_not_speak_tls_is_not_spoken_to_in_clear():
    with serving(Sink()) as url:
        assert failure(url.replace("smtp:", "smtps:"), timeout=2).permanent is False


def test_the_address_of_the_server_reads_as_documented():
    server = SmtpServer.parse("smtp://desk:p%40ss@mail.arbor.example:587?starttls=1")
    assert server == SmtpServer("mail.arbor.example", 587, False, True, "desk", "p@ss")
    assert SmtpServer.parse("smtps://mail.arbor.example").port == 465
    assert SmtpServer.parse("smtp://mail.arbor.example").port == 25


@pytest.mark.parametrize("url", ["", "mail.arbor.example", "http://mail.arbor.example", "smtp://"])
def test_a_malformed_server_address_is_said_at_once(url: str):
    with pytest.raises(ValueError, match="smtp://"):
        send(MAIL, url, MAIL_FROM)
