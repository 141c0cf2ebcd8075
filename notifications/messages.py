"""From what happened to what a person reads: an event and its letter become one mail. Pure; the words live here.

The letter was taken at the decision, so the same delivery is the same mail whenever it goes out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from notifications import order_words
from notifications.case_words import words
from notifications.mime import Mail
from notifications.render import AmountsData, NoticeData, RowData, WhoData, render
from notifications.words import Words
from partnerflow.calendars import local_text
from partnerflow.cases.letters import AmountRow, Letter
from partnerflow.cases.status import Contact
from partnerflow.orders.notices import OrderLetter
from partnerflow.store.codec import decode, text_of

DOMAIN = "partnerflow.mail"

ROWS = {
    ("credit", True): "Credit",
    ("rebill", True): "New invoice",
    ("falls_by", True): "Your bill falls by",
    ("credit", False): "Credit",
    ("rebill", False): "New invoice",
    ("falls_by", False): "Bill falls by",
}
LEGS = {"downstream": "distributor to reseller", "upstream": "vendor to distributor"}


class Delivery(Protocol):
    """What a delivery row says; ``data`` is the letter as plain JSON."""

    @property
    def id(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def event(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


def mail_for(delivery: Delivery, base_url: str, pdf: Callable[[str], bytes]) -> Mail:
    """The mail of a delivery; ``pdf`` gives a stored document by its number."""
    if "order_id" in delivery.data:
        return order_mail(delivery, decode(text_of(delivery.data), OrderLetter), base_url)
    letter = decode(text_of(delivery.data), Letter)
    return case_mail(delivery, letter, base_url, [(number, pdf(number)) for number in letter.documents])


def case_mail(
    delivery: Delivery, letter: Letter, base_url: str, documents: Sequence[tuple[str, bytes]]
) -> Mail:
    """The mail of a case's event; ``documents`` are (number, PDF) to attach."""
    said = words(letter, delivery.event)
    link = (
        f"{base_url}/v1/approvals/{letter.approval}"
        if letter.approval
        else f"{base_url}/v1/cases/{letter.ref}"
    )
    data = NoticeData(
        audience=letter.audience,
        recipient={"name": letter.name},
        ref=letter.ref,
        order_number=letter.order_number,
        po_number=letter.po_number,
        headline=said.headline,
        body=list(said.body),
        who=_who(letter.who),
        next=letter.next,
        due_at=letter.due_at,
        zone=letter.zone,
        ask=_ask(letter, said),
        amounts=_amounts(letter) if said.shows_money else None,
        quote={"by": said.quote[0], "text": said.quote[1]} if said.quote else None,
        link={"href": link, "label": "See the request and decide" if letter.approval else "See the case"},
        event=delivery.event,
    )
    return _mail(delivery, letter.name, data, letter.ref, documents)


def order_mail(delivery: Delivery, letter: OrderLetter, base_url: str) -> Mail:
    """The mail of an order's event."""
    data = order_words.notice(letter, delivery.event, f"{base_url}/v1/orders/{letter.order_id}")
    return _mail(delivery, letter.name, data, letter.order_number, ())


def _mail(
    delivery: Delivery, name: str, data: NoticeData, ref: str, documents: Sequence[tuple[str, bytes]]
) -> Mail:
    rendered = render(delivery.event, data)
    root = _message_id(f"{delivery.stream}.thread")
    return Mail(
        to_name=name,
        to_address=delivery.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=_message_id(delivery.id),
        references=(root,),
        headers={"X-Partnerflow-Ref": ref, "X-Partnerflow-Event": delivery.event},
        attachments=tuple((f"{number}.pdf", "application/pdf", pdf) for number, pdf in documents),
        at=delivery.created_at,
    )


def _message_id(name: str) -> str:
    """Stable: the same message has the same id at every attempt; a case's mails share their thread's root."""
    safe = "".join(c if c.isalnum() or c in ".-_" else "." for c in name)
    return f"<{safe}@{DOMAIN}>"


def _ask(letter: Letter, said: Words) -> str | None:
    if letter.asked:
        return "Please answer: " + " / ".join(letter.asked)
    return said.ask


def _who(contact: Contact | None) -> WhoData | None:
    if contact is None:
        return None
    return WhoData(
        name=contact.name,
        title=contact.title,
        email=contact.email,
        phone=contact.phone,
        hours=contact.hours,
        available=_available(contact),
    )


def _available(contact: Contact) -> str:
    if contact.available_now:
        return "in now"
    back = (
        f"back {local_text(contact.next_available_at, contact.zone)}" if contact.next_available_at else "away"
    )
    return f"{back}, {contact.cover} answers until then" if contact.cover else back


def _amounts(letter: Letter) -> AmountsData | None:
    if not letter.amounts:
        return None
    legs = {row.leg for row in letter.amounts}
    own = {row.currency or letter.currency for row in letter.amounts}
    return AmountsData(
        currency=next(iter(own)) if len(own) == 1 else "",
        rows=[_row(row, letter, len(legs) > 1, several=len(own) > 1) for row in letter.amounts],
    )


def _row(row: AmountRow, letter: Letter, both: bool, *, several: bool) -> RowData:
    label = ROWS[row.what, letter.audience == "partner"]
    shown = f"{label}, {LEGS[row.leg]}" if both else label
    currency = row.currency or letter.currency
    return RowData(
        label=f"{shown}, {currency}" if several else shown,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        total=row.what == "falls_by",
        currency=currency,
    )
