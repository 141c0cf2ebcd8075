"""What goes in and out of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from partnerflow.cases.model import Case
from partnerflow.cases.view import View
from partnerflow.directory.rows import AbsenceRow, CoverageRow, KeyRow, OrganisationRow, PersonRow
from partnerflow.people import Actor, Directory
from partnerflow.policy.versions import Version
from partnerflow.store.codec import text_of


class State(StrEnum):
    """``not_yet``: a due instant has not come; nothing was written."""

    DONE = "done"
    REFUSED = "refused"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Decided:
    """The state after the decision, as its answer shows it; ``case`` is None for orders; ``created``: it is new."""

    command: Any
    actor: Actor
    at: datetime
    view: View
    case: Case | None
    created: bool


@dataclass(frozen=True, slots=True)
class Booked:
    """What became of a chunk of an import: rows in the record (now, or already before), and rows listed."""

    import_id: str
    booked: int
    listed: int


@dataclass(frozen=True, slots=True)
class Ruled:
    """What became of a policy version; ``in_force`` is the one that holds now."""

    version: Version
    at: datetime
    in_force: int
    directory: Directory
    created: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """A row of the directory as it was filed (one that was taken out: as it was); ``directory`` is the one before.
    ``row`` None: there is none to show."""

    row: OrganisationRow | PersonRow | AbsenceRow | CoverageRow | KeyRow | None
    directory: Directory
    at: datetime
    created: bool


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str
    etag: str | None = None
    location: str | None = None


def brief(decided: Any) -> Answer:
    """The answer services get: where it stands now."""
    if isinstance(decided, Ruled):
        told = f'{{"version": {decided.version.version}, "clocks": "{decided.version.clocks or ""}"}}'
        return Answer(201 if decided.created else 200, told)
    if isinstance(decided, Booked):
        return Answer(
            200, f'{{"id": "{decided.import_id}", "booked": {decided.booked}, "listed": {decided.listed}}}'
        )
    if isinstance(decided, Filed):
        row = decided.row
        key = "" if row is None else row.code if isinstance(row, OrganisationRow) else row.id
        return Answer(201 if decided.created else 200, f'{{"id": "{key}"}}')
    if not isinstance(decided, Decided):
        return Answer(200, text_of(decided))
    name = decided.case.ref if decided.case else decided.view.order.id
    return Answer(201 if decided.created else 200, f'{{"id": "{name}"}}')


@dataclass(frozen=True, slots=True)
class Request:
    """``target`` is ``order/<id>``, ``case/<ref>``, ``import/<id>``, ``policy/<version>``, ``calendar/<code>`` or
    ``organisation/<code>`` (opening a case: the order's).

    ``fingerprint`` covers method, path, body and If-Match. ``answer`` is called inside the transaction; its text is
    stored and replayed byte for byte.
    """

    command: Any
    actor: Actor
    key: str
    target: str
    fingerprint: bytes = b""
    answer: Callable[[Any], Answer] = brief


@dataclass(frozen=True, slots=True)
class Outcome:
    """A stored answer. Refused: ``body`` is JSON of code, detail and extra. ``due_at`` goes with ``not_yet``."""

    state: State
    status: int | None = None
    code: str | None = None
    body: str = ""
    etag: str | None = None
    location: str | None = None
    replayed: bool = False
    due_at: datetime | None = None


class NotRecorded(Exception):
    """Answered, but nothing stands under the key: ``request-in-progress``, ``idempotency-key-reused``,
    ``not-found``."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Unavailable(Exception):
    """The database is away, or a row stayed locked: nothing was recorded, the same request may come again."""
