"""File names as they may be shown and offered: no path, no control, nothing a computer keeps for itself."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 120

_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
_UNWANTED: Final = re.compile(r"[\"<>|:*?;%]")


def cleaned(name: str) -> str:
    """The last part of a path in visible characters; ``file`` when nothing is left."""
    whole = unicodedata.normalize("NFC", name)
    last = re.split(r"[\\/]", whole)[-1]
    seen = "".join(" " if c.isspace() else c for c in last if _visible(c))
    shown = re.sub(r" +", " ", _UNWANTED.sub("_", seen)).strip(". ")
    if _RESERVED.match(shown):
        shown = f"_{shown}"
    return _shortened(shown) or "file"


def extension_of(name: str) -> str:
    """In small letters, without dot; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if stem and dot else ""


def without_last(name: str) -> str:
    """The name before its last ending."""
    return name.rpartition(".")[0].rstrip(". ")


def _visible(character: str) -> bool:
    """Neither a control, nor one of those that turn the direction of writing round."""
    return character.isspace() or unicodedata.category(character)[0] != "C"


def _shortened(name: str) -> str:
    ending = extension_of(name)
    if len(name) <= LONGEST or not ending or len(ending) > 10:
        return name[:LONGEST].rstrip(". ")
    return f"{name[: LONGEST - len(ending) - 1].rstrip('. ')}.{ending}"
