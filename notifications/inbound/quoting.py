"""What a person wrote, without what they answered: attributions in the languages mail programs speak, quoted lines,
and last whatever our own mail had said, however it is quoted.
"""

import re
from collections.abc import Iterable
from typing import Final

from mailparser_reply import EmailReplyParser

LANGUAGES: Final = ["en", "de", "fr", "es", "it", "nl", "pl", "sv", "da", "cs"]
LOOKED_AT: Final = 20_000
"""Characters in which a quotation begins or does not; the library's patterns take the third power of long lines."""
LONG_LINE: Final = 400
TELLING: Final = 12
"""A line of ours this long is not written by accident."""

_FORWARD: Final = re.compile(r"-{3,}\s*(?:urspr|original|forward|weitergel|message d|begin)", re.IGNORECASE)
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)
_PARSER: Final = EmailReplyParser(languages=list(LANGUAGES))


def own_words(text: str, marked: bool = False) -> str:
    """``marked``: quotations with a mark are gone already; what is left of them is cut like in plain text."""
    plain = re.sub(r"\n[ \t]*(?:\n[ \t]*){2,}", "\n\n", text.replace("\r\n", "\n").replace("\0", ""))
    found = _before_quotation(plain)
    found = _SIGNATURE.split(found, maxsplit=1)[0]
    kept = [line.rstrip() for line in found.split("\n") if marked or not line.lstrip().startswith(">")]
    return "\n".join(_without_tail(kept)).strip()


def without(said: str, ours: str) -> str:
    """Without the lines that our own mail has too, whatever program quoted and however it broke them. A single line is
    an answer, whatever it says."""
    lines = said.split("\n")
    if len([line for line in lines if line.strip()]) < 2:
        return said
    known = {plain for line in ours.split("\n") if (plain := _plain(line))}
    whole = _plain(ours)
    quoted = {line for line in lines if _is_ours(_plain(line), known, whole)}
    kept = [line for line in lines if line not in quoted and not (quoted and _plain(line) in known)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_ours(line: str, known: set[str], whole: str) -> bool:
    return (len(line) >= TELLING and line in known) or (len(line) >= 2 * TELLING and line in whole)


def _before_quotation(text: str) -> str:
    """Long lines are no attribution: they stand aside while the library looks for one."""
    head, tail = text[:LOOKED_AT], text[LOOKED_AT:]
    lines = head.split("\n")
    aside = {n: line for n, line in enumerate(lines) if len(line) > LONG_LINE}
    shown = "\n".join(f"\ue000{n}\ue000" if n in aside else line for n, line in enumerate(lines))
    reply = _PARSER.parse_reply(shown)
    if reply is None:
        return text
    whole = "".join(reply.split()) == "".join(shown.split())
    back = re.sub("\ue000(\\d+)\ue000", lambda m: aside.get(int(m[1]), ""), reply)
    return back + tail if whole else back


def _without_tail(lines: list[str]) -> Iterable[str]:
    """From a line that begins a forwarded mail, or a bare rule of underscores, on, nothing is theirs."""
    for line in lines:
        if _FORWARD.match(line.strip()) or re.fullmatch(r"_{20,}", line.strip()):
            return
        yield line


def _plain(text: str) -> str:
    return re.sub(r"[\s>|]+", " ", text).strip().casefold()
