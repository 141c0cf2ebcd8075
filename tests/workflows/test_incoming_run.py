"""The way there and back with real parts: a question goes out by SMTP, its reply comes in, the clock runs on."""

import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path

from api.embedded.mail import MailSink, messages
from api.embedded.process import free_port
from partnerflow.cases.commands import AskPartner
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, seeded, until
from workflows.incoming.receiver import Address, Listening, Receiver

DOMAIN = "reply.example"
ELLIE = "ellie.marsh@harbour.example"


def question(directory: Path) -> EmailMessage | None:
    """The mail that asks Ellie, once it is there."""
    asked = (m for m in messages(directory) if m["X-Partnerflow-Event"] == "case.info_requested")
    return next((m for m in asked if m["Delivered-To"] == ELLIE), None)


def answered(asked: EmailMessage, text: str) -> EmailMessage:
    """As a mail program does it: to the Reply-To, with the id of what it answers, and the quotation below."""
    body = asked.get_body(("plain",))
    assert body is not None
    quoted = "\n".join(f"> {line}" for line in body.get_content().splitlines())
    made = EmailMessage()
    made["From"], made["To"] = f"Ellie Marsh <{ELLIE}>", str(asked["Reply-To"])
    made["Subject"], made["Message-ID"] = f"Re: {asked['Subject']}", "<one@harbour.example>"
    made["In-Reply-To"] = made["References"] = str(asked["Message-ID"])
    made.set_content(
        f"{text}\n\nOn Mon, 4 Jan 2027 at 10:00, Partnerflow <desk@partnerflow.example> wrote:\n\n{quoted}"
    )
    return made


def test_a_mailed_question_is_answered_by_a_reply(
    database: Database, temporal: Namespace, mail: MailSink
) -> None:
    with seeded(database) as house:
        ref = house.open_exchange(house.order())
        receiving = Receiver(house.engine, DOMAIN, "Partnerflow <desk@partnerflow.example>")
        listening = Listening(receiving, Address(False, "127.0.0.1", free_port()))
        listening.start()
        try:
            asyncio.run(_driven(house, temporal, ref, mail, listening))
        finally:
            listening.stop()


async def _driven(house: House, temporal: Namespace, ref: str, mail: MailSink, listening: Listening) -> None:
    async with driven(house, temporal, sending=True, smtp_url=mail.url, reply_domain=DOMAIN):
        await _asked_and_answered(house, ref, mail, listening)


async def _asked_and_answered(house: House, ref: str, mail: MailSink, listening: Listening) -> None:
    house.do("priya-nair", f"case/{ref}", AskPartner("Which keys were never used?"))
    assert house.case(ref).awaiting_partner
    await until(lambda: question(mail.directory) is not None)
    asked = question(mail.directory)
    assert asked is not None

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", listening.port, timeout=20) as session:
            session.send_message(answered(asked, "Four keys."), ELLIE, [str(asked["Reply-To"])])

    await asyncio.to_thread(send)
    await until(lambda: not house.case(ref).awaiting_partner)
    case = house.case(ref)
    assert case.questions[0].answer == "Four keys."
    assert {c.state.value for c in case.clocks if c.name in ("decision", "step")} == {"running"}
