"""From what happened to what a person reads: an event and its letter become one mail. Pure; the words live beside it.

The letter was taken at the decision, so the same delivery is the same mail whenever it goes out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from notifications import next_words, order_words, places
from notifications.case_words import words
from notifications.digest import digest_of
from notifications.language import mark
from notifications.mime import Mail
from notifications.people_words import who_data
from notifications.render import AmountsData, NoticeData, Rendered, RowData, render, render_digest
from notifications.words import Voice, Words
from partnerflow.cases.letters import AmountRow, Letter
from partnerflow.desk.choosing import DigestLetter
from partnerflow.orders.notices import OrderLetter
from partnerflow.store.codec import decode, text_of
from partnerflow.store.messages import DIGEST

DOMAIN: Final = "partnerflow.mail"

ROWS: Final = {
    ("credit", True): mark("Credit"),
    ("rebill", True): mark("New invoice"),
    ("falls_by", True): mark("Your bill falls by"),
    ("credit", False): mark("Credit"),
    ("rebill", False): mark("New invoice"),
    ("falls_by", False): mark("Bill falls by"),
}
LEGS: Final = {
    "downstream": mark("{what}, distributor to reseller"),
    "upstream": mark("{what}, vendor to distributor"),
}
TO_DO: Final = {
    "question": mark("{text}"),
    "state": mark("confirm or dispute: {text}"),
    "dispute": mark("correct, withdraw or substantiate: {text}"),
}


class Delivery(Protocol):
    """What a delivery row says; ``data`` is the letter as plain JSON, ``gathered`` what a digest brings."""

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
    @property
    def gathered(self) -> "Sequence[Delivery]": ...


ReplyTo = Callable[[Delivery], str | None]
"""The address that an answer to a delivery's mail goes to; None: the sender's."""


def mail_for(
    delivery: Delivery, base_url: str, pdf: Callable[[str], bytes], reply_to: ReplyTo = lambda _: None
) -> Mail:
    """The mail of a delivery; ``pdf`` gives a stored document by its number."""
    if delivery.event == DIGEST:
        return digest_mail(delivery, decode(text_of(delivery.data), DigestLetter), base_url, pdf)
    answers = reply_to(delivery)
    if "order_id" in delivery.data:
        return order_mail(delivery, decode(text_of(delivery.data), OrderLetter), base_url, answers)
    letter = decode(text_of(delivery.data), Letter)
    documents = [(number, pdf(number)) for number in letter.documents]
    return case_mail(delivery, letter, base_url, documents, answers)


def case_mail(
    delivery: Delivery,
    letter: Letter,
    base_url: str,
    documents: Sequence[tuple[str, bytes]],
    reply_to: str | None = None,
) -> Mail:
    """The mail of a case's event; ``documents`` are (number, PDF) to attach."""
    say = voice(letter)
    data = case_notice(letter, delivery.event, base_url, say)
    rendered = render(delivery.event, data, say.locale, say.zone)
    return _mail(delivery, letter.name, rendered, letter.ref, documents, reply_to)


def case_notice(letter: Letter, event: str, base_url: str, say: Voice) -> NoticeData:
    """What the mail of a case's event says, as data."""
    said = words(letter, event, say)
    owner = letter.owner if letter.owner and (not letter.who or letter.owner.id != letter.who.id) else None
    return NoticeData(
        audience=letter.audience,
        recipient={"name": letter.name},
        ref=letter.ref,
        order_number=letter.order_number,
        po_number=letter.po_number,
        headline=said.headline,
        body=[paragraph for paragraph in said.body if paragraph],
        who=who_data(letter.who, say),
        owner=who_data(owner, say),
        next=_next(letter, say),
        due_at=letter.due_at,
        zone=say.zone,
        ask=_ask(letter, said, say),
        amounts=_amounts(letter, say) if said.shows_money else None,
        quote={"by": said.quote[0], "text": said.quote[1]} if said.quote else None,
        link=places.of_case(letter, event, base_url, say),
        choices=f"{base_url}/account",
        event=event,
        dial=said.dial,
    )


def order_mail(delivery: Delivery, letter: OrderLetter, base_url: str, reply_to: str | None = None) -> Mail:
    """The mail of an order's event."""
    say = Voice(letter.locale, letter.zone)
    data = order_words.notice(letter, delivery.event, base_url, say)
    rendered = render(delivery.event, data, say.locale, say.zone)
    return _mail(delivery, letter.name, rendered, letter.order_number, (), reply_to)


def digest_mail(delivery: Delivery, letter: DigestLetter, base_url: str, pdf: Callable[[str], bytes]) -> Mail:
    """A morning's mail: everything that was gathered, with the documents that would have gone with it."""
    say = Voice(letter.locale, letter.zone)
    notices, numbers = [], list[str]()
    for each in delivery.gathered:
        if "order_id" in each.data:
            order = decode(text_of(each.data), OrderLetter)
            notices.append((each.created_at, order_words.notice(order, each.event, base_url, say)))
        else:
            case = decode(text_of(each.data), Letter)
            notices.append((each.created_at, case_notice(case, each.event, base_url, say)))
            numbers += case.documents
    data = digest_of(letter.name, notices, base_url, say)
    documents = [(number, pdf(number)) for number in dict.fromkeys(numbers)]
    return _mail(delivery, letter.name, render_digest(data, say.locale), None, documents, None)


def voice(letter: Letter) -> Voice:
    """How a letter's reader is spoken to; letters of earlier releases know only the zone of whoever must act."""
    return Voice(letter.locale or "en", letter.reader_zone or letter.zone)


def _mail(
    delivery: Delivery,
    name: str,
    rendered: Rendered,
    ref: str | None,
    documents: Sequence[tuple[str, bytes]],
    reply_to: str | None,
) -> Mail:
    about = {"X-Partnerflow-Ref": ref} if ref else {}
    return Mail(
        to_name=name,
        to_address=delivery.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=_message_id(delivery.id),
        references=(_message_id(f"{delivery.stream}.thread"),),
        headers=about | {"X-Partnerflow-Event": delivery.event},
        reply_to=reply_to,
        attachments=tuple((f"{number}.pdf", "application/pdf", pdf) for number, pdf in documents),
        at=delivery.created_at,
    )


def _message_id(name: str) -> str:
    """Stable: the same message has the same id at every attempt; a case's mails share their thread's root."""
    safe = "".join(c if c.isalnum() or c in ".-_" else "." for c in name)
    return f"<{safe}@{DOMAIN}>"


def _next(letter: Letter, say: Voice) -> str:
    if letter.following is None:
        return letter.next
    return next_words.sentence(letter.following, say, partner=letter.audience == "partner")


def _ask(letter: Letter, said: Words, say: Voice) -> str | None:
    asked = [say(TO_DO[kind], text=text) for kind, text in letter.asking] or letter.asked
    return say("Please answer: {questions}", questions=" / ".join(asked)) if asked else said.ask


def _amounts(letter: Letter, say: Voice) -> AmountsData | None:
    if not letter.amounts:
        return None
    several = len({row.leg for row in letter.amounts}) > 1
    own = {row.currency or letter.currency for row in letter.amounts}
    currency = next(iter(own)) if len(own) == 1 else ""
    rows = [_row(row, letter, say, legs=several, own=not currency) for row in letter.amounts]
    return AmountsData(currency=currency, rows=rows)


def _row(row: AmountRow, letter: Letter, say: Voice, *, legs: bool, own: bool) -> RowData:
    """``legs``: of both, ``own``: of several currencies, so that each row says its own."""
    label = say(ROWS[row.what, letter.audience == "partner"])
    shown = say(LEGS[row.leg], what=label) if legs else label
    currency = row.currency or letter.currency
    return RowData(
        label=f"{shown}, {currency}" if own else shown,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        total=row.what == "falls_by",
        currency=currency,
    )
