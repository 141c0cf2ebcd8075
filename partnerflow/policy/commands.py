"""What may be asked of policy versions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class DraftPolicy:
    """A new version, from its YAML text or from a document; ``note`` says what is changed and why."""

    source: str | None
    document: dict[str, Any] | None
    note: str


@dataclass(frozen=True, slots=True)
class PublishPolicy:
    """From ``effective_at`` (None: at once) on. ``move_clocks``: those of open cases too, keeping used minutes."""

    effective_at: datetime | None
    move_clocks: bool = False


@dataclass(frozen=True, slots=True)
class BeginMovingClocks:
    """Its instant has come: what an earlier version was still to move is this one's now."""


@dataclass(frozen=True, slots=True)
class EndMovingClocks:
    """Every open case has been asked."""


PolicyCommand = DraftPolicy | PublishPolicy | BeginMovingClocks | EndMovingClocks
