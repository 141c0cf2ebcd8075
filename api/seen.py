"""What a reader who may not see the upstream leg never gets, wherever it hides in an answer."""

from typing import Any, Final

UPSTREAM: Final = "upstream"


def for_reader(value: Any, *, upstream: bool) -> Any:
    """``value`` (plain dicts and lists) as it is, or without the upstream leg.

    Left out, not null: members named ``upstream...``, entries that say ``leg: upstream``, and of a dict that
    itself speaks of the upstream leg everything that is a figure.
    """
    if upstream:
        return value
    if isinstance(value, dict):
        return _without(value)
    if isinstance(value, list | tuple):
        return [for_reader(each, upstream=False) for each in value if not _of_upstream(each)]
    return value


def _without(members: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in members.items() if not k.startswith(UPSTREAM) and not _of_upstream(v)}
    if _of_upstream(members):
        kept = {k: v for k, v in kept.items() if k in ("pointer", "line_no", "see")}
    return {k: for_reader(v, upstream=False) for k, v in kept.items()}


def _of_upstream(value: Any) -> bool:
    return isinstance(value, dict) and value.get("leg") == UPSTREAM
