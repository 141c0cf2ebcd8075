"""What the views of the directory share: who sees which rows, whom a name means, and the answer to a change."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from api.auth import own_reading, reader, session
from api.errors import Problem, Wrong
from api.schemas.shown import directory as shown
from api.schemas.shown.directory import Seen
from api.v1.answers import encode
from partnerflow import desk
from partnerflow.directory.rows import AbsenceRow, CoverageRow, KeyRow, OrganisationRow, PersonRow
from partnerflow.money import Money
from partnerflow.people import Directory
from partnerflow.store import listing, people
from partnerflow.store.directory import snapshot

READ, WRITE = "directory:read", "directory:write"
SHOW: Final[dict[type, Callable[[Any, Seen], dict[str, Any]]]] = {
    OrganisationRow: shown.organisation,
    PersonRow: shown.person,
    AbsenceRow: shown.absence,
    CoverageRow: shown.coverage,
    KeyRow: shown.api_key,
}
Row = TypeVar("Row", OrganisationRow, PersonRow, AbsenceRow, CoverageRow, KeyRow)


def told(filed: desk.Filed) -> desk.Answer:
    """The row as it stands now."""
    body = SHOW[type(filed.row)](filed.row, Seen(reader(), filed.directory, filed.at))
    where = body["links"]["self"]
    return desk.Answer(201 if filed.created else 200, encode(body), None, where if filed.created else None)


def seen() -> Seen:
    """For a page: the directory of now."""
    at, version = listing.now(session())
    return Seen(reader(), snapshot(session(), version).directory, at)


def own(asked: str | None = None) -> str | None:
    """Whose rows the reader gets: the operator's people every organisation's (None), partners their own alone."""
    if reader().operator:
        return asked
    if asked not in (None, reader().organisation):
        raise Problem("not-found", "There is no such organisation.")
    return reader().organisation


def known() -> Directory:
    """For a command, which holds no transaction of its own."""
    with own_reading() as opened:
        return snapshot(opened).directory


def organisation_of(person: str, directory: Directory) -> tuple[str, str]:
    """(person, their organisation) of an address; who is not the reader's to see does not exist."""
    found = directory.named(person)
    if found is None or not (reader().operator or found.organisation == reader().organisation):
        raise Problem("not-found", "There is no such person.")
    return found.id, found.organisation


def whom(stated: str, directory: Directory, pointer: str) -> tuple[str, str]:
    """The same for a member of a body."""
    found = directory.named(stated)
    if found is None or not (reader().operator or found.organisation == reader().organisation):
        said = "There is no such person."
        raise Problem("invalid-parameter", said, [Wrong(pointer, said)])
    return found.id, found.organisation


def persons(sent: dict[str, Any], directory: Directory, *members: str) -> dict[str, Any]:
    """``sent`` with ids where persons are named, by id or e-mail address."""
    return sent | {m: whom(sent[m], directory, f"/{m}")[0] for m in members if sent.get(m) is not None}


def minor(amount: Money | None, directory: Directory) -> int | None:
    """An authority limit is in the operator's currency."""
    if amount is not None and amount.currency != directory.operator.currency:
        said = f"Limits are in {directory.operator.currency}."
        raise Problem("invalid-currency", said, [Wrong("/authority_limit/currency", said)])
    return None if amount is None else amount.minor


def row(kind: type[Row], key: str, about: str) -> tuple[Row, str]:
    """(row, its organisation), as far as this reader sees it."""
    number: str | int = key
    if kind in (AbsenceRow, CoverageRow, KeyRow):
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else -1
    with own_reading() as opened:
        found = people.read(opened, kind, number)
        directory = snapshot(opened).directory
    if found is None:
        raise Problem("not-found", f"There is no such {about}.")
    code = _organisation(found, directory)
    if not (reader().operator or code == reader().organisation):
        raise Problem("not-found", f"There is no such {about}.")
    return found, code


def _organisation(
    found: OrganisationRow | PersonRow | AbsenceRow | CoverageRow | KeyRow, directory: Directory
) -> str:
    if isinstance(found, OrganisationRow):
        return found.code
    if isinstance(found, PersonRow):
        return found.organisation
    return directory.people[found.person].organisation
