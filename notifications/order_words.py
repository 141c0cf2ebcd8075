"""The sentences for an order's events: held, released, cancelled, or its cancel window closing."""

from collections.abc import Callable

from notifications.render import NoticeData
from partnerflow.calendars import local_text
from partnerflow.orders.notices import OrderLetter

Said = tuple[str, tuple[str, ...], str, str | None]
"""Headline, paragraphs, what happens next, what we need from the reader."""


def notice(letter: OrderLetter, event: str, href: str) -> NoticeData:
    headline, body, following, ask = WORDS[event](letter)
    return NoticeData(
        audience=letter.audience,
        recipient={"name": letter.name},
        ref=None,
        order_number=letter.order_number,
        po_number=letter.po_number,
        headline=headline,
        body=list(body),
        who=None,
        next=following,
        due_at=letter.due_at,
        zone=letter.zone,
        ask=ask,
        amounts=None,
        quote=None,
        link={"href": href, "label": "See the order"},
        event=event,
    )


def _by(letter: OrderLetter) -> str:
    return local_text(letter.due_at, letter.zone) if letter.due_at else "then"


def _on_hold(letter: OrderLetter) -> Said:
    body = ("We held it before it went on, because:", *letter.findings)
    after = f"If nobody answers by {_by(letter)}, it is cancelled where something blocks it, and released otherwise."
    return (
        "Your order is on hold: please look",
        body,
        after,
        "Correct the order, say that it is meant so, or cancel it.",
    )


def _released(letter: OrderLetter) -> Said:
    why = {
        "corrected": "It was corrected.",
        "acknowledged": "It was confirmed as meant.",
        "expired": "The hold ended.",
    }
    return "Your order goes on", (why.get(letter.facts["because"], ""),), "The order is accepted.", None


def _cancelled(letter: OrderLetter) -> Said:
    reason = letter.facts.get("reason") or "It was cancelled on request."
    return "Your order is cancelled", (reason,), "Nothing is delivered or invoiced.", None


def _closing(letter: OrderLetter) -> Said:
    body = (
        f"Line {letter.facts['lines']} can be cancelled until {_by(letter)}, without anybody's approval.",
    )
    return "Last chance to cancel without asking", body, "After that a case is needed to put it right.", None


WORDS: dict[str, Callable[[OrderLetter], Said]] = {
    "order.on_hold": _on_hold,
    "order.released": _released,
    "order.cancelled": _cancelled,
    "order.window_closing": _closing,
}
