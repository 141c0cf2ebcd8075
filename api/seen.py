"""What a reader who may not see the upstream leg never gets, wherever it hides in an answer."""

from typing import Any, Final

UPSTREAM: Final = "upstream"
HARMLESS: Final = frozenset({"pointer", "line_no", "see"})
"""What may be said of something that is itself of the upstream leg."""


def for_reader(value: Any, *, upstream: bool) -> Any:
    """``value`` (plain dicts and lists) as it is, or without the upstream leg.

    Left out, not null: members named ``upstream...``, entries that say ``leg: upstream``, and of a dict that
    itself speaks of the upstream leg everything that is a figure.
    """
    return value if upstream else _cleaned(value)


def _cleaned(value: Any) -> Any:
    """Only containers are looked into: a status is read far more often than anything else is done."""
    if isinstance(value, dict):
        own = value.get("leg") == UPSTREAM
        return {
            name: _cleaned(member) if isinstance(member, dict | list | tuple) else member
            for name, member in value.items()
            if not _of_upstream(name, member) and (not own or name in HARMLESS)
        }
    if isinstance(value, list | tuple):
        return [_cleaned(each) for each in value if not _of_upstream("", each)]
    return value


def _of_upstream(name: str, member: Any) -> bool:
    return name.startswith(UPSTREAM) or (isinstance(member, dict) and member.get("leg") == UPSTREAM)
