"""A notice as subject, text and HTML: one layout, in which every mail says who has it, what is next, by when.

The words come in the data, as sentences (notifications/messages.py writes them); a template only sets them.
An event that needs another shape has its own ``templates/mail/<event>.html`` or ``.txt``, extending ``base``.
"""

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, NotRequired, TypedDict

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications import formats

AUDIENCES: Final[Mapping[str, str]] = {
    "partner": "your organisation is the partner of this case or order",
    "decider": "a decision on this case is with you",
    "owner": "you own this case",
    "distributor": "your organisation is the distributor of this case or order",
    "vendor": "a credit note of your organisation is awaited",
    "manager": "you are accountable for this case",
    "finance": "this case concerns your ledger",
}
"""Why a person gets the mail, said at its foot."""

_TONES: Final[Mapping[str, str]] = {
    "order.on_hold": "warn",
    "order.window_closing": "warn",
    "deadline.warning": "warn",
    "case.escalated": "warn",
    "deadline.breached": "late",
    "case.remedy_failed": "late",
    "case.declined": "late",
    "case.info_requested": "hold",
    "case.clock_paused": "hold",
}
_EVENT = re.compile(r"[a-z_]+(\.[a-z_]+)?", re.ASCII)
_BLANK_LINES = re.compile(r"\n{3,}")
_SUBJECT_LIMIT = 200


class WhoData(TypedDict):
    """A named contact. ``available`` says it in words (``in now, until 17:30``) or only whether."""

    name: str
    title: str
    email: str
    phone: str
    hours: str
    available: str | bool | None


class RowData(TypedDict):
    """One row of the money table in minor units; None is shown as a dash. ``total`` sets the row off."""

    label: str
    net: int | None
    tax: int | None
    gross: int | None
    total: NotRequired[bool]
    currency: NotRequired[str]


class AmountsData(TypedDict):
    """``currency`` "": the rows are of several, and each says its own."""

    currency: str
    rows: list[RowData]


class NoticeData(TypedDict):
    """What every template gets; every member is there, None where it may be.

    ``headline`` and ``next`` are sentences, ``body`` paragraphs; ``due_at`` is an aware instant (or its RFC
    3339 text), shown in ``zone``; ``ask`` what we need from the reader, None for nothing; ``ref`` None before
    there is a case. ``audience`` is a key of AUDIENCES; ``recipient`` has name, ``quote`` by and text,
    ``link`` href and label.
    """

    audience: str
    recipient: Mapping[str, str]
    ref: str | None
    order_number: str
    po_number: str | None
    headline: str
    body: list[str]
    who: WhoData | None
    next: str
    due_at: datetime | str | None
    zone: str
    ask: str | None
    amounts: AmountsData | None
    quote: Mapping[str, str] | None
    link: Mapping[str, str] | None
    event: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail's words; ``subject`` is one line."""

    subject: str
    text: str
    html: str


def render(template: str, data: Mapping[str, Any], locale: str = "en", zone: str = "UTC") -> Rendered:
    """The notice ``data`` (NoticeData) in the layout of ``template``, an event's name (``case.opened``).

    Figures follow ``locale``; instants are shown in ``data["zone"]``, or in ``zone`` where that is empty.
    Raises ValueError for a name or a link that is none, jinja2.UndefinedError for a missing member.
    """
    if not _EVENT.fullmatch(template):
        raise ValueError(f"{template!r} is not an event's name")
    shown = {**_shown(data), "locale": locale, "zone": data.get("zone") or zone}
    shown["subject"] = subject(shown)
    shown["tone"] = _TONES.get(template, "ok")
    return Rendered(shown["subject"], _set(template, "txt", shown), _set(template, "html", shown))


def subject(data: Mapping[str, Any]) -> str:
    """``[PF-2027-000123] headline``, before there is a case ``[Order D-8841] headline``."""
    about = data["ref"] or f"Order {data['order_number']}"
    line = formats.one_line(f"[{about}] {data['headline']}")
    return line if len(line) <= _SUBJECT_LIMIT else line[: _SUBJECT_LIMIT - 1].rstrip() + "…"


def _set(template: str, kind: str, shown: Mapping[str, Any]) -> str:
    chosen = _environment().select_template([f"mail/{template}.{kind}", f"mail/base.{kind}"])
    return _BLANK_LINES.sub("\n\n", chosen.render(shown)).strip() + "\n"


def _shown(value: Any) -> Any:
    """The data with every text made fit to be shown, however deep."""
    if isinstance(value, str):
        return formats.plain(value)
    if isinstance(value, Mapping):
        return {key: _shown(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(member) for member in value]
    return value


def _wrapped(text: str, indent: int = 0, width: int = 72) -> str:
    """Paragraphs of a text mail; a long address in them is never cut."""
    fill = partial(textwrap.fill, width=width, break_long_words=False, break_on_hyphens=False)
    margin = " " * indent
    lines = (fill(line, initial_indent=margin, subsequent_indent=margin) for line in text.split("\n"))
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Somebody's words in a text mail, each line marked, so that they are never taken for ours."""
    return "\n".join(f"> {line}".rstrip() for line in _wrapped(text, width=70).split("\n"))


def _presence(available: str | bool | None) -> str:
    if isinstance(available, bool):
        return "in now" if available else "not in at the moment"
    return available or ""


def _web(address: str) -> str:
    """A link we made ourselves; anything but a web address is a defect, and not one to mail out."""
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{address[:100]!r} is not a web address")
    return address


def _dial(phone: str) -> str:
    return re.sub(r"[^+0-9]", "", phone)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["audiences"] = AUDIENCES
    environment.filters |= {
        "money": formats.money,
        "amount": formats.amount,
        "percent": formats.percent,
        "local": formats.instant,
        "wrapped": _wrapped,
        "quoted": _quoted,
        "presence": _presence,
        "web": _web,
        "dial": _dial,
    }
    return environment
