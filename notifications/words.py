"""What one message says, before it is laid out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """``headline`` is a sentence; ``quote`` (by whom, text) is somebody's own words."""

    headline: str
    body: tuple[str, ...] = ()
    ask: str | None = None
    quote: tuple[str, str] | None = None
    shows_money: bool = False
