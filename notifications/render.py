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

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications import formats
from notifications.language import language, mark
from notifications.words import Voice

AUDIENCES: Final = {
    "partner": mark("You get this because your organisation is the partner of this case or order."),
    "decider": mark("You get this because a decision on this case is with you."),
    "owner": mark("You get this because you own this case."),
    "distributor": mark("You get this because your organisation is the distributor of this case or order."),
    "vendor": mark("You get this because a credit note of your organisation is awaited."),
    "manager": mark("You get this because you are accountable for this case."),
    "finance": mark("You get this because this case concerns your ledger."),
    "digest": mark("You get this because you chose one mail each working morning."),
}
"""Why a person gets the mail, said at its foot."""
NAMED: Final = mark("You get this because you are named on this case.")

_TONES: Final[Mapping[str, str]] = {
    "order.on_hold": "warn",
    "order.window_closing": "warn",
    "case.clock_warned": "warn",
    "case.escalated": "warn",
    "case.clock_breached": "late",
    "case.remedy_failed": "late",
    "case.declined": "late",
    "case.info_requested": "hold",
    "case.fact_disputed": "hold",
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
    ``link`` href and label; ``owner`` is shown where it is another than ``who``; ``choices`` is the address of the
    page on which the reader chooses mails, ``dial`` a number to call, with a link that does.
    """

    audience: str
    recipient: Mapping[str, str]
    ref: str | None
    order_number: str
    po_number: str | None
    headline: str
    body: list[str]
    who: WhoData | None
    owner: WhoData | None
    next: str
    due_at: datetime | str | None
    zone: str
    ask: str | None
    amounts: AmountsData | None
    quote: Mapping[str, str] | None
    link: Mapping[str, str] | None
    choices: str
    event: str
    dial: NotRequired[str]


class EntryData(TypedDict):
    """What a digest says of one case or order: its ``news`` (when, what, and more), then the four answers as of the
    last of them."""

    about: str
    news: list[Mapping[str, str]]
    who: WhoData | None
    next: str
    due_at: datetime | str | None
    ask: str | None
    link: Mapping[str, str]


class DigestData(TypedDict):
    """``link`` leads to where everything is."""

    recipient: Mapping[str, str]
    headline: str
    entries: list[EntryData]
    zone: str
    link: Mapping[str, str]
    choices: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail's words; ``subject`` is one line."""

    subject: str
    text: str
    html: str


def render(template: str, data: Mapping[str, Any], locale: str = "en", zone: str = "UTC") -> Rendered:
    """The notice ``data`` (NoticeData) in the layout of ``template``, an event's name (``case.opened``).

    Words and figures follow ``locale``; instants are shown in ``data["zone"]``, or in ``zone`` where that is empty.
    Raises ValueError for a name or a link that is none, jinja2.UndefinedError for a missing member.
    """
    if not _EVENT.fullmatch(template):
        raise ValueError(f"{template!r} is not an event's name")
    say = Voice(locale, data.get("zone") or zone)
    shown = {**_shown(data), **_spoken(say)}
    shown["subject"] = subject(shown)
    shown["about_line"] = _about(shown, say)
    shown["preheader"] = shown["ask"] or shown["next"] if "next" in shown else ""
    shown["why"] = say(AUDIENCES.get(shown["audience"], NAMED))
    shown["tone"] = _TONES.get(template, "ok")
    return _rendered(template, shown)


def render_digest(data: DigestData, locale: str) -> Rendered:
    """The morning's mail of one person; its subject is its headline."""
    say = Voice(locale, data["zone"])
    because = AUDIENCES["digest"]
    about = ", ".join(entry["about"] for entry in data["entries"])
    return render_page("digest", {**data, "preheader": about, "why": say(because)}, say)


def render_page(template: str, data: Mapping[str, Any], say: Voice) -> Rendered:
    """A mail of the family that is no notice; its subject is its ``headline``."""
    shown = {"preheader": "", **_shown(data), **_spoken(say)}
    shown["subject"] = _one_subject(shown["headline"])
    return _rendered(template, shown)


def _spoken(say: Voice) -> dict[str, Any]:
    return {"say": say, "locale": say.locale, "zone": say.zone, "language": language(say.locale)}


def _rendered(template: str, shown: Mapping[str, Any]) -> Rendered:
    html = _inliner().inline(_set(template, "html", shown))
    return Rendered(shown["subject"], _set(template, "txt", shown), html)


def subject(data: Mapping[str, Any]) -> str:
    """``[PF-2027-000123] headline``, before there is a case ``[Order D-8841] headline``."""
    about = data["ref"] or data["say"]("Order {number}", number=data["order_number"])
    return _one_subject(f"[{about}] {data['headline']}")


def _one_subject(text: str) -> str:
    line = formats.one_line(text)
    return line if len(line) <= _SUBJECT_LIMIT else line[: _SUBJECT_LIMIT - 1].rstrip() + "…"


def _about(data: Mapping[str, Any], say: Voice) -> str:
    """``PF-2027-000123 · order D-8841 · your PO H-2291``."""
    order = data["order_number"]
    about = say("{ref} · order {order}", ref=data["ref"], order=order) if data["ref"] else ""
    about = about or say("Order {number}", number=order)
    if not data["po_number"]:
        return about
    yours = say("your PO {number}", number=data["po_number"])
    return f"{about} · {yours}"


def _set(template: str, kind: str, shown: Mapping[str, Any]) -> str:
    chosen = _environment().select_template([f"mail/{template}.{kind}", f"mail/base.{kind}"])
    return _BLANK_LINES.sub("\n\n", chosen.render(shown)).strip() + "\n"


@lru_cache(maxsize=1)
def _inliner() -> CSSInliner:
    """Sets the sheet into the tags: mail programs drop sheets, but for the one that adapts to scheme and width."""
    return CSSInliner(load_remote_stylesheets=False)


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


def _presence(available: str | bool | None, say: Voice) -> str:
    if isinstance(available, bool):
        return say("in now") if available else say("not in at the moment")
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
    environment.filters |= {
        "money": formats.money,
        "amount": formats.amount,
        "percent": formats.percent,
        "local": formats.instant,
        "hours": formats.hours,
        "wrapped": _wrapped,
        "quoted": _quoted,
        "presence": _presence,
        "web": _web,
        "dial": _dial,
    }
    return environment
