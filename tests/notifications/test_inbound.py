"""A mail that comes in is read for what its writer said, and for whether a person wrote it at all."""

from email.message import EmailMessage

import pytest

from notifications import inbound, reply
from notifications.inbound import Incoming, Origin
from notifications.inbound.quoting import own_words, without
from notifications.inbound.texts import of_html
from tests.notifications.inbound_mails import DESK, ELLIE, SECRET, a_bounce, a_mail

ANSWER = "Four keys:\n- two in Leeds\n- two in Hull"
QUOTED = {
    "gmail en": "On Mon, 4 Jan 2027 at 10:00, Owen Clarke <desk@partnerflow.invalid>\nwrote:\n\n> Which keys?",
    "gmail de": "Am Mo., 4. Jan. 2027 um 10:00 Uhr schrieb Owen Clarke <desk@partnerflow.invalid>:\n\n> Welche?",
    "gmail fr": "Le lun. 4 janv. 2027 à 10:00, Owen Clarke <desk@partnerflow.invalid> a écrit :\n\n> Lesquelles ?",
    "apple en": "> On 4 Jan 2027, at 10:00, Owen Clarke <desk@partnerflow.invalid> wrote:\n> \n> Which keys?",
    "apple de": "> Am 04.01.2027 um 10:00 schrieb Owen Clarke <desk@partnerflow.invalid>:\n> \n> Welche?",
    "apple fr": "> Le 4 janv. 2027 à 10:00, Owen Clarke <desk@partnerflow.invalid> a écrit :\n> \n> Lesquelles ?",
    "outlook en": "________________________________\nFrom: Owen <desk@x.invalid>\nSent: Monday, 4 January 2027 10:00\n"
    "To: Ellie\nSubject: Which keys?\n\nWhich keys?",
    "outlook de": "Von: Owen <desk@x.invalid>\nGesendet: Montag, 4. Januar 2027 10:00\nAn: Ellie\n"
    "Betreff: Schlüssel\n\nWelche?",
    "outlook fr": "De : Owen <desk@x.invalid>\nEnvoyé : lundi 4 janvier 2027 10:00\nÀ : Ellie\n"
    "Objet : Clés\n\nLaquelle ?",
    "old outlook": "-----Original Message-----\nFrom: Owen\nSent: Monday\nTo: Ellie\nSubject: Keys\n\nWhich?",
    "signature": "-- \nEllie Marsh\nHarbour Systems",
    "nothing": "",
}  # fmt: skip
HTML = {
    "gmail": '<div dir="ltr">Four &amp; more<br>in Leeds</div><div class="gmail_quote"><div>On Mon wrote:</div>'
    "<blockquote>Which?</blockquote></div>",
    "outlook": "<div>Four &amp; more<br>in Leeds</div><div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>"
    "<b>From:</b> Owen<br></div><div>Which?</div>",
    "apple": "<html><body>Four &amp; more<div>in Leeds</div><blockquote type='cite'>Which?</blockquote></body></html>",
    "thunderbird": "<p>Four &amp; more</p><p>in Leeds</p><div class='moz-cite-prefix'>On Monday, Owen wrote:</div>"
    "<blockquote type='cite'>Which?</blockquote><script>alert(1)</script><style>p{}</style>",
}
AUTOMATIC = {
    "rfc 3834": {"Auto-Submitted": "auto-replied"},
    "list": {"List-Id": "<l.example>"},
    "precedence": {"Precedence": "bulk"},
    "old": {"X-Autoreply": "yes"},
    "no way back": {"Return-Path": "<>"},
    "outlook": {"Subject": "Automatic reply: Which keys?"},
    "outlook de": {"Subject": "Automatische Antwort: Welche?"},
    "notes de": {"Subject": "Abwesenheitsnotiz: bis Montag"},
    "outlook fr": {"Subject": "Réponse automatique : Lesquelles ?"},
    "words": {"Subject": "Out of office until Monday"},
}


def read(message: EmailMessage, envelope_from: str | None = ELLIE) -> Incoming:
    return inbound.read(inbound.parse(message.as_bytes()), envelope_from, DESK)


@pytest.mark.parametrize("style", QUOTED)
def test_what_was_answered_is_cut_off(style: str) -> None:
    assert read(a_mail(f"{ANSWER}\n\n{QUOTED[style]}\n")).said == ANSWER


@pytest.mark.parametrize("style", HTML)
def test_a_mail_in_html_alone_is_read_as_text(style: str) -> None:
    message = a_mail("")
    message.set_content(HTML[style], subtype="html")
    assert read(message).said.replace("\n\n", "\n") == "Four & more\nin Leeds"


def test_answers_between_the_lines_stay_and_our_own_lines_go() -> None:
    said = "> Which keys were never used?\nThe two in Leeds.\n> And since when?\nMay."
    assert own_words(said) == "The two in Leeds.\nMay."
    ours = "Which keys were never used?\nAnd since when?\nReply here"
    assert without("Which  keys were NEVER used?\nTwo.\n| And since when?", ours) == "Two."
    assert without("And since when?", ours) == "And since when?"


def test_long_mails_are_read_to_their_end() -> None:
    for nasty in ("On " * 50_000, "On a\n" * 30_000, "From: x\n" * 20_000, " \n" * 90_000, "> " * 90_000):
        own_words(nasty)
    of_html("<div>" * 20_000 + "x")
    text = "word " * 30_000
    assert own_words(text) == text.strip()


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_what_no_person_wrote_is_recognised(kind: str) -> None:
    message = a_mail("I am away.")
    for name, value in AUTOMATIC[kind].items():
        del message[name]
        message[name] = value
    assert read(message).origin is Origin.AUTOMATIC


def test_a_mail_that_wants_no_answer_is_automatic_and_one_that_says_no_is_not() -> None:
    assert read(a_mail("x"), "").origin is Origin.AUTOMATIC
    message = a_mail("x")
    message["Auto-Submitted"] = "no"
    assert read(message).origin is Origin.PERSON
    assert read(a_mail("x"), None).origin is Origin.PERSON


def test_our_own_mail_coming_back_is_a_loop() -> None:
    forwarded = a_mail("x")
    forwarded["X-Partnerflow-Ref"] = "PF-2027-000001"
    assert read(forwarded).origin is Origin.LOOP
    assert read(a_mail("x", sender=f"Desk <{DESK}>"), DESK).origin is Origin.LOOP


def test_a_report_says_whom_it_did_not_reach_and_which_mail_it_was() -> None:
    found = read(a_bounce(ELLIE), "")
    assert (found.origin, found.because) == (Origin.BOUNCE, "a delivery report")
    assert found.bounce is not None
    assert (found.bounce.address, found.bounce.hard) == (ELLIE, True)
    assert found.bounce.reason == "5.1.1 550 no such user"
    assert found.bounce.of is not None
    assert (found.bounce.of.ref, found.bounce.of.delivery) == (
        "PF-2027-000001",
        "PF-2027-000001.7.ellie-marsh",
    )
    assert reply.fits(found.bounce.of, SECRET, "ellie-marsh")
    later = read(a_bounce(ELLIE, status="4.2.2"), "").bounce
    assert later is not None and not later.hard
    delayed = a_bounce(ELLIE, action="delayed")
    assert read(delayed, "").bounce is None


def test_names_and_several_senders_are_taken_as_text() -> None:
    message = a_mail("x", sender='"Finance <ceo@arbor.example>" <ellie.marsh@harbour.example>')
    found = read(message)
    assert (found.sender, found.sender_name) == (ELLIE, "Finance <ceo@arbor.example>")
    assert read(a_mail("x", sender="a@b.example, c@d.example")).sender == ""
    assert read(a_mail("x", sender="nobody")).sender == ""


def test_files_come_along_and_a_logo_does_not() -> None:
    message = a_mail("See the file.")
    message.add_attachment(b"keys", maintype="text", subtype="csv", filename="../keys.csv")
    message.add_attachment(b"\x89PNG" + b"0" * 40_000, maintype="image", subtype="png", cid="<shot@x>")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", cid="<logo@x>", disposition="inline")
    message.add_attachment(a_mail("inner"))
    names = [name for name, _ in read(message).files]
    assert names == ["../keys.csv", "file.png", "mail.eml"]


def test_a_reply_address_is_one_case_and_one_person() -> None:
    address = reply.address(SECRET, "reply.example", "PF-2027-000123", "ellie-marsh")
    assert len(address.partition("@")[0]) <= 64
    known = reply.read_address(address.upper())
    assert known is not None and known.ref == "PF-2027-000123"
    assert reply.fits(known, SECRET, "ellie-marsh")
    assert not reply.fits(known, SECRET, "karl-jensen")
    assert not reply.fits(known, "another secret", "ellie-marsh")
    for other in ("reply+pf-2027-000123@reply.example", "desk@reply.example", ""):
        assert reply.read_address(other) is None


def test_the_mail_that_is_answered_is_known_by_its_id() -> None:
    signed = reply.message_id(
        SECRET, "<PF-2027-000001.7.ellie-marsh@partnerflow.mail>", "PF-2027-000001", "ellie-marsh"
    )
    message = a_mail("x")
    message["References"] = f"<PF-2027-000001.thread@partnerflow.mail> {signed}"
    (known,) = read(message).answers
    assert known.delivery == "PF-2027-000001.7.ellie-marsh"
    assert reply.fits(known, SECRET, "ellie-marsh")


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\0", b"From: \xff\r\n\r\n\0", b"Content-Type: multipart/mixed\r\n\r\nx"]
)
def test_what_is_hardly_a_mail_is_read_all_the_same(raw: bytes) -> None:
    message = inbound.parse(raw)
    assert inbound.read(message, None, DESK).sender == ""
    assert len(inbound.digest_of(message, raw, "a@b.example")) == 32
