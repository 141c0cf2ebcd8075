"""A mail as it goes over the wire, read back by a parser that trusts nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.mime import Mail, build

MAIL_FROM = "Partnerflow desk <desk@arbor.example>"


def a_mail(**changes: Any) -> Mail:
    mail = Mail(
        to_name="Amira Khan",
        to_address="amira@harbour.example",
        subject="[PF-2027-000123] Your exchange is approved",
        text="Approved: £2,880.00.\n",
        html="<p>Approved: £2,880.00.</p>",
        message_id="notice.17.amira@arbor.example",
        headers={"X-Partnerflow-Ref": "PF-2027-000123", "X-Partnerflow-Event": "case.approved"},
        at=datetime(2027, 1, 5, 9, 30, tzinfo=UTC),
    )
    return replace(mail, **changes)


def over_the_wire(mail: Mail) -> EmailMessage:
    parsed = message_from_bytes(build(mail, MAIL_FROM).as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


def recipients(mail: Mail) -> list[tuple[str, str]]:
    """The To header as every old parser reads it, encoded words left as they are."""
    raw = message_from_bytes(build(mail, MAIL_FROM).as_bytes())
    return getaddresses(raw.get_all("To", []))


def test_text_and_html_stand_side_by_side():
    message = over_the_wire(a_mail())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content() == "Approved: £2,880.00.\r\n"
    assert "£2,880.00" in message.get_body(("html",)).get_content()


def test_an_attached_note_keeps_its_bytes_and_name():
    message = over_the_wire(
        a_mail(attachments=(("ARB-CN-2027-000001.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),))
    )
    (attachment,) = message.iter_attachments()
    assert message.get_content_type() == "multipart/mixed"
    assert attachment.get_filename() == "ARB-CN-2027-000001.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content() == b"%PDF-1.7 \x00\xff"


def test_the_headers_name_the_case_the_event_and_a_machine_as_the_writer():
    message = over_the_wire(a_mail(reply_to="desk+PF-2027-000123@arbor.example"))
    assert message["From"] == "Partnerflow desk <desk@arbor.example>"
    assert message["To"] == "Amira Khan <amira@harbour.example>"
    assert message["Reply-To"] == "desk+PF-2027-000123@arbor.example"
    assert message["Subject"] == "[PF-2027-000123] Your exchange is approved"
    assert message["Date"].datetime == datetime(2027, 1, 5, 9, 30, tzinfo=UTC)
    assert message["X-Partnerflow-Ref"] == "PF-2027-000123"
    assert message["X-Partnerflow-Event"] == "case.approved"
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("repeated", [1, 5])
def test_a_long_subject_begins_on_its_own_line_and_reads_back(repeated: int):
    subject = (
        "[PF-2027-000001] 50 % of the time for the next word to the partner is used" + " again" * repeated
    )
    raw = build(a_mail(subject=subject), MAIL_FROM).as_bytes()
    assert b"Subject: [PF-2027-000001] 50 %" in raw
    assert over_the_wire(a_mail(subject=subject))["Subject"] == subject


def test_the_message_id_is_the_caller_s_and_the_thread_is_kept():
    references = ("case.PF-2027-000123@arbor.example", "<notice.16.amira@arbor.example>")
    message = over_the_wire(a_mail(references=references))
    assert message["Message-ID"] == "<notice.17.amira@arbor.example>"
    assert message["In-Reply-To"] == "<notice.16.amira@arbor.example>"
    assert message["References"] == "<case.PF-2027-000123@arbor.example> <notice.16.amira@arbor.example>"


def test_a_first_mail_refers_to_none():
    message = over_the_wire(a_mail())
    assert "References" not in message
    assert "In-Reply-To" not in message


def test_long_ids_and_long_threads_read_back_as_they_were_with_the_root_first():
    ids = tuple(f"<{'n' * 100}.{n}@arbor.example>" for n in range(200))
    message = over_the_wire(a_mail(message_id=ids[0], references=ids))
    kept = message["References"].split()
    assert message["Message-ID"] == ids[0]
    assert kept[0] == ids[0]
    assert kept[-1] == ids[-1] == message["In-Reply-To"]
    assert len(kept) == 21
    assert max(map(len, build(a_mail(references=ids), MAIL_FROM).as_bytes().splitlines())) < 200


@pytest.mark.parametrize(
    "name",
    [
        "Finance <ceo@evil.example>",
        "ceo@evil.example, b",
        "A, " * 40,
        'Doe, "John" (x) \\ <a@b>',
        'Ünal, Ali <ceo@evil.example> "x"',
        "=?utf-8?q?ceo=40evil=2Eexample=2C?=",
        "漢字, " * 20,
    ],
)
def test_a_hostile_display_name_stays_a_name(name: str):
    assert [address for _, address in recipients(a_mail(to_name=name))] == ["amira@harbour.example"]


def test_an_ordinary_foreign_name_reads_back_exactly():
    (address,) = over_the_wire(a_mail(to_name="Łukasz Müller-Ünal, Vertrieb"))["To"].addresses
    assert address.display_name == "Łukasz Müller-Ünal, Vertrieb"


@given(st.text(max_size=150))
def test_no_name_whatever_adds_a_recipient_or_a_header(name: str):
    mail = a_mail(
        to_name=name, subject=name, headers={"X-Partnerflow-Ref": name, "X-Partnerflow-Event": name}
    )
    raw = message_from_bytes(build(mail, MAIL_FROM).as_bytes())
    assert [address for _, address in recipients(mail)] == ["amira@harbour.example"]
    assert sorted(set(raw.keys())) == sorted(set(build(a_mail(), MAIL_FROM).keys()))
    assert len(raw.keys()) == len(set(raw.keys()))
    assert raw.get_content_type() == "multipart/alternative"


def test_line_ends_in_names_subjects_and_headers_start_no_header():
    evil = "x\r\nBcc: victim@evil.example\r\n\r\nbody"
    message = over_the_wire(a_mail(to_name=evil, subject=evil, headers={"X-Partnerflow-Ref": evil}))
    assert "Bcc" not in message
    assert message["Subject"] == "x Bcc: victim@evil.example body"
    assert message["X-Partnerflow-Ref"] == "x Bcc: victim@evil.example body"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amira",
        "a@b\nc",
        "a@b.example, c@d.example",
        '"a b"@x.example',
        "a b@x.example",
        "<a@b.example>",
        "a@" + "b" * 300,
    ],
)
def test_what_is_not_one_address_is_not_built(address: str):
    with pytest.raises((ValueError, UnicodeError)):
        build(a_mail(to_address=address), MAIL_FROM)


def test_a_domain_in_another_script_goes_out_in_ascii():
    assert (
        over_the_wire(a_mail(to_address="amira@bücher.example"))["To"].addresses[0].domain
        == "xn--bcher-kva.example"
    )


@pytest.mark.parametrize("name", ["Bcc", "X-Evil\r\nBcc", "X Y", "Subject"])
def test_only_own_headers_can_be_set(name: str):
    with pytest.raises(ValueError, match="header of our own"):
        build(a_mail(headers={name: "x"}), MAIL_FROM)


@pytest.mark.parametrize("message_id", ["", "x", "a b@c", "a@b>\r\nBcc: <c@d"])
def test_what_is_not_a_message_id_is_not_sent(message_id: str):
    with pytest.raises(ValueError, match="message id"):
        build(a_mail(message_id=message_id), MAIL_FROM)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\a.pdf", "a.pdf"),
        ('a"b\r\nc.pdf', "a_b c.pdf"),
        ("..", "attachment"),
    ],
)
def test_a_file_name_is_only_a_name(given_name: str, shown: str):
    (attachment,) = over_the_wire(
        a_mail(attachments=((given_name, "application/pdf", b"x"),))
    ).iter_attachments()
    assert attachment.get_filename() == shown


def test_every_line_fits_the_wire_and_is_ascii():
    raw = build(a_mail(text="ü" * 5000, html="<p>" + "x" * 5000), MAIL_FROM).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert message_from_bytes(raw, policy=SMTP).get_body(("plain",)).get_content().strip() == "ü" * 5000
