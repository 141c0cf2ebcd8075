"""A call that the partner asked for, as the case keeps it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Call:
    """``number`` as it was written, ``when`` it suits in the partner's words, ``slot`` an instant they chose instead;
    ``made_at`` once somebody called and noted what was said."""

    id: str
    number: str
    when: str
    about: str
    by: str
    at: datetime
    slot: datetime | None = None
    made_at: datetime | None = None
    made_by: str | None = None

    @property
    def open(self) -> bool:
        return self.made_at is None
