"""One mail of every kind, for every audience, in every language, as data that holds everything at once: long words,
long numbers, a quotation that tries to be markup."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from notifications import case_words, order_words
from notifications.messages import mail_for
from notifications.mime import Mail
from notifications.sign_in import sign_in_mail
from partnerflow.cases.contact import Contact
from partnerflow.cases.letters import AmountRow, Letter
from partnerflow.cases.status import Following
from partnerflow.desk.choosing import DigestLetter
from partnerflow.orders.notices import OrderLetter
from partnerflow.store.codec import plain
from tests.domain.builders_cases import jan

BASE = "https://desk.arbor.example"
REF = "PF-2027-000123"
AT = jan(4, 16)
AUDIENCES = ("partner", "decider", "owner", "manager", "distributor", "vendor")
LOCALES = {
    "en": ("en_GB", "Europe/London"),
    "de": ("de_DE", "Europe/Berlin"),
    "fr": ("fr_FR", "Europe/Paris"),
}
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> ' + "Donaudampfschifffahrt" * 6

PRIYA = Contact(
    "priya-nair", "Priya Nair", "Channel manager, UK licences", "priya.nair@arbor.example", "+44 20 7946 0112",
    "Mon-Fri 09:00-17:30 Europe/London", "Europe/London", False, jan(5, 9), "Tom Reyes",
)  # fmt: skip
OWEN = replace(
    PRIYA, id="owen-clarke", name="Owen Clarke", title="Channel case manager", email="owen.clarke@arbor.example",
    available_now=True, next_available_at=None, cover=None,
)  # fmt: skip
FACTS = {
    "actor": "Owen Clarke", "text": HOSTILE, "description": HOSTILE, "to": "Tom Reyes", "before": "Priya Nair",
    "because": "Insert <b>nothing</b> here.", "reason": "The deadline of the step passed.", "clock": "step",
    "pulled": "", "step": "1", "steps": "2", "deciders": "Priya Nair", "code": "not_substantiated",
    "appeal_until": "2027-02-05T17:30:00+00:00", "question": "Which keys?", "percent": "50",
    "due_at": "2027-01-05T09:30:00+00:00", "visibility": "public", "document": "proof-of-purchase.pdf",
    "held_by": "Priya Nair", "compensated": "", "passing_on": "yes", "credit": "ARB-CN-2027-000017",
    "gross": "288000", "invoice": "INV-7731", "unpaid_reduced": "180000", "account_credit": "50000",
    "refund": "58000", "settled_outside": "0", "rebill": "ARB-RI-2027-000018", "rebill_gross": "172224",
    "how": "account_credit", "reference": "MER-88123", "outcome": "credited", "by": "Tom Reyes", "fact": HOSTILE,
    "stated_by": "Owen Clarke", "source": "person", "change": "upheld", "why": "", "waits_for": "", "decisive": "yes",
    "objection": "They never were.", "evidence": "The vendor's log.", "times": "2", "number": "ARB-CN-2027-000017",
    "amount": "96000", "leg": "downstream", "debit_note": "ARB-DN-2027-000003", "reopened": "yes", "stored": "yes",
    "kind": "account_credit", "payer": "Meridian", "payee": "Harbour IT", "issuer": "Arbor", "no": "2",
    "since": "2027-01-05T09:30:00+00:00", "next_at": "2027-01-08T09:30:00+00:00", "currency": "GBP", "into": "EUR",
    "when": "after ten <b>o'clock</b>", "slot": "2027-01-05T10:00:00+00:00", "to_email": "tom.reyes@arbor.example",
    "loss": "1234", "then": "1150000", "now": "1160000",
    "grounds": "“Four keys are used.”, although it is disputed.\n“Activated by mistake.”",
}  # fmt: skip
AMOUNTS = tuple(
    AmountRow(what, leg, *figures)
    for leg in ("downstream", "upstream")
    for what, figures in (
        ("credit", (1_234_567_890, 246_913_578, 1_481_481_468)),
        ("rebill", (143_520, 28_704, 172_224)),
        ("falls_by", (-96_480, -19_296, -115_776)),
    )
)


@dataclass(frozen=True)
class Row:
    """A delivery as the outbox has it."""

    id: str
    stream: str
    event: str
    address: str
    data: Any
    gathered: tuple["Row", ...] = ()
    created_at: datetime = AT


def a_letter(event: str, audience: str, locale: str, zone: str) -> Letter:
    partner = audience == "partner"
    then = Following(
        "approval", "Priya Nair", "Owen Clarke", jan(4), jan(5), disputed=True, instead="Tom Reyes"
    )
    return Letter(
        kind=event, audience=audience, name="Amira Khan-Fortescue", ref=REF, order_number="D-8841",
        po_number="H-2291", stage="approval", case_type="quantity_reduction", who=PRIYA, owner=OWEN, next="",
        due_at=jan(5), zone="Europe/London", asked=(), currency="GBP",
        amounts=AMOUNTS[:3] if partner else AMOUNTS, facts=FACTS,
        approval=f"{REF}-1-1" if audience == "decider" else None, locale=locale, reader_zone=zone,
        following=then, asking=(("question", HOSTILE),) if partner and event == "case.info_requested" else (),
    )  # fmt: skip


def an_order_letter(event: str, locale: str, zone: str) -> OrderLetter:
    found = ("Line 1: 50 units are <twenty> times what you usually order. Did you mean 5?", HOSTILE)
    said = {"because": "corrected", "reason": "", "lines": "1, 2"}
    return OrderLetter(
        event, "partner", "Amira Khan", "o-1", "D-8841", "H-2291", jan(5), zone, found, said, locale
    )


def rows(locale: str, zone: str) -> Iterator[tuple[str, Row]]:
    for event in case_words.WORDS:
        for audience in AUDIENCES:
            letter = a_letter(event, audience, locale, zone)
            yield f"{event}-{audience}", Row(f"{REF}.7.ann", REF, event, "ann@harbour.example", plain(letter))
    for event in order_words.WORDS:
        order = plain(an_order_letter(event, locale, zone))
        yield event, Row("order/o-1.3.ann", "order/o-1", event, "ann@harbour.example", order)


def every_mail(locale: str, zone: str) -> Iterator[tuple[str, Mail]]:
    found = dict(rows(locale, zone))
    for name, row in found.items():
        yield name, mail_for(row, BASE, lambda _: b"")
    news = [found["case.note_added-partner"], found["case.approved-partner"], found["order.released"]]
    gathered = tuple(replace(row, created_at=jan(4, 15) + timedelta(hours=n)) for n, row in enumerate(news))
    letter = plain(DigestLetter("ann", "Amira Khan", locale, zone))
    digest = Row(f"digest/{REF}.7.ann", f"digest/{REF}", "digest", "ann@harbour.example", letter, gathered)
    yield "digest", mail_for(digest, BASE, lambda _: b"")
    asked = {"sign_in": "n1", "name": "Amira Khan", "agent": "Firefox on <Linux>", "locale": locale}
    link = Row("sign-in/n1", "sign-in/n1", "sign_in.link", "ann@harbour.example", asked)
    yield "sign_in.link", sign_in_mail(link, BASE, "t" * 43, 15)
