"""The sentences for an order's events: held, released, cancelled, or its cancel window closing."""

from collections.abc import Callable
from typing import Final

from notifications.language import mark
from notifications.render import NoticeData
from notifications.words import Voice
from partnerflow.orders.notices import OrderLetter

Said = tuple[str, tuple[str, ...], str, str | None]
"""Headline, paragraphs, what happens next, what we need from the reader."""

RELEASED: Final = {
    "corrected": mark("It was corrected."),
    "acknowledged": mark("It was confirmed as meant."),
    "expired": mark("The hold ended."),
}


def notice(letter: OrderLetter, event: str, base_url: str, say: Voice) -> NoticeData:
    headline, body, following, ask = WORDS[event](letter, say)
    return NoticeData(
        audience=letter.audience,
        recipient={"name": letter.name},
        ref=None,
        order_number=letter.order_number,
        po_number=letter.po_number,
        headline=headline,
        body=[paragraph for paragraph in body if paragraph],
        who=None,
        owner=None,
        next=following,
        due_at=letter.due_at,
        zone=letter.zone,
        ask=ask,
        amounts=None,
        quote=None,
        link={"href": f"{base_url}/orders/{letter.order_id}", "label": say("See the order")},
        choices=f"{base_url}/account",
        event=event,
    )


def _by(letter: OrderLetter, say: Voice) -> str:
    return say.when(letter.due_at) if letter.due_at else say("then")


def _on_hold(letter: OrderLetter, say: Voice) -> Said:
    body = (say("We held it before it went on, because:"), *letter.findings)
    after = say(
        "If nobody answers by {when}, it is cancelled where something blocks it, and released otherwise.",
        when=_by(letter, say),
    )
    ask = say("Correct the order, say that it is meant so, or cancel it.")
    return say("Your order is on hold: please look"), body, after, ask


def _released(letter: OrderLetter, say: Voice) -> Said:
    why = say.of(RELEASED, letter.facts["because"]) if letter.facts["because"] in RELEASED else ""
    return say("Your order goes on"), (why,), say("The order is accepted."), None


def _cancelled(letter: OrderLetter, say: Voice) -> Said:
    reason = letter.facts.get("reason") or say("It was cancelled on request.")
    return say("Your order is cancelled"), (reason,), say("Nothing is delivered or invoiced."), None


def _closing(letter: OrderLetter, say: Voice) -> Said:
    body = (
        say(
            "Line {lines} can be cancelled until {when}, without anybody's approval.",
            lines=letter.facts["lines"],
            when=_by(letter, say),
        ),
    )
    after = say("After that a case is needed to put it right.")
    return say("Last chance to cancel without asking"), body, after, None


WORDS: Final[dict[str, Callable[[OrderLetter, Voice], Said]]] = {
    "order.on_hold": _on_hold,
    "order.released": _released,
    "order.cancelled": _cancelled,
    "order.window_closing": _closing,
}
