"""Mails that come in, as their programs write them."""

from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from notifications import reply

SECRET = "a secret of the tests, long enough for all"
DESK = "desk@partnerflow.invalid"
ELLIE = "ellie.marsh@harbour.example"


def a_mail(
    text: str, *, sender: str = f"Ellie Marsh <{ELLIE}>", to: str = "x@reply.example", n: int = 1
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = "Re: Which keys?"
    message["Date"] = "Mon, 04 Jan 2027 10:00:00 +0000"
    message["Message-ID"] = f"<mail-{n}@harbour.example>"
    message.set_content(text)
    return message


def a_bounce(
    address: str,
    *,
    delivery: str = "PF-2027-000001.7.ellie-marsh",
    secret: str = SECRET,
    status: str = "5.1.1",
    action: str = "failed",
    n: int = 1,
) -> EmailMessage:
    """As Postfix writes it (RFC 3464), with the headers of our mail."""
    ref, _, person = delivery.split(".")
    ours = reply.message_id(secret, f"<{delivery}@partnerflow.mail>", ref, person)
    raw = f"""From: MAILER-DAEMON@mx.harbour.example (Mail Delivery System)
To: {DESK}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-{n}@mx.harbour.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.harbour.example

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

From: {DESK}
To: {address}
Subject: Which keys?
Message-ID: {ours}

--b--
"""
    made: Message = BytesParser(EmailMessage, policy=policy.default).parsebytes(raw.encode())
    assert isinstance(made, EmailMessage)
    return made
