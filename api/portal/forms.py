"""What people send: a form becomes the same body the API takes, the same command, through the same door.

Fields are named by their place in that body (``lines.0.quantity``). Every form carries a ``key``, made when the page
was set, so that one sent twice is one request. A refused form comes back with what was typed and what to do.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from flask import Response, g, redirect, request
from marshmallow import Schema, ValidationError
from sqlalchemy.orm import Session

from api.auth import engine, reader
from api.errors import STATUS, Problem, Wrong
from api.portal import typed
from api.requests import valid_key
from api.schemas.faults import problem
from partnerflow import desk
from partnerflow.store.database import read_only

OURS: Final = frozenset({"key", "csrf_token"})
"""Fields that are about the form, not of the body."""
WHOLE: Final = frozenset({"line_no", "quantity", "activated_quantity", "left", "of"})
SWITCHES: Final = frozenset({"convert", "decisive"})


@dataclass(frozen=True, slots=True)
class Said:
    """Why a form was refused: ``errors`` says which field."""

    code: str
    detail: str
    errors: tuple[Wrong, ...] = ()

    @property
    def status(self) -> int:
        return STATUS[self.code]


def attempt(
    send: Callable[[], desk.Outcome],
    then: str | Callable[[desk.Outcome], str],
    again: Callable[[Said], Response],
) -> Response:
    """Send a command; on to ``then`` (an address) when it is done, else the page ``again`` with what was said."""
    try:
        outcome = send()
    except Problem as refused:
        if refused.code in ("not-found", "unauthenticated"):
            raise
        return afresh(again, Said(refused.code, refused.detail, refused.errors))
    if outcome.state is desk.State.REFUSED:
        told = msgspec.json.decode(outcome.body)
        return afresh(again, Said(told["code"], told["detail"]))
    return onward(then if isinstance(then, str) else then(outcome))


def onward(address: str) -> Response:
    """On to the page that shows what a form has done."""
    answer = redirect(address, 303)
    assert isinstance(answer, Response)
    return answer


def afresh(again: Callable[[Said], Response], said: Said) -> Response:
    """The page again, with what was typed."""
    g.refused = True
    made = at_once(lambda: again(said))
    made.status_code = said.status
    return made


def at_once(show: Callable[[], Response]) -> Response:
    """A page as the answer to a form, where there is something to be seen once. It is read in a transaction of its own:
    the command's is over."""
    g.session = Session(engine(), expire_on_commit=False)
    read_only(g.session, reader().organisation)
    return show()


def hand(
    command: Any, target: str, *, key: str | None = None, fingerprint: bytes | None = None
) -> desk.Outcome:
    """One command to the desk, under the form's key; ``key`` where the business has a better one, with what makes two
    requests under it the same request."""
    said = valid_key(request.form.get("key")) if key is None else key
    asked = desk.Request(command, reader().actor, said, target, fingerprint or _fingerprint())
    return desk.handle(engine(), asked)


def fresh(name: str, body: Any) -> str:
    """A key for this content under a name: the same again is the same request, another is a new one."""
    return f"{name[:180]}-{hashlib.sha256(msgspec.json.encode(body, order='deterministic')).hexdigest()[:32]}"


def told(outcome: desk.Outcome) -> dict[str, Any]:
    """What the desk answered, as ``brief`` writes it: the ``id`` of what was decided on."""
    found: dict[str, Any] = msgspec.json.decode(outcome.body)
    return found


def body(schema: Schema, without: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """The form as the body it stands for, by its schema; fields left empty were not sent. Problem names the fields.

    ``without``: fields that the caller reads itself and gives as ``more``."""
    sent = ((name, value) for name, value in request.form.items(multi=True) if name not in without)
    try:
        loaded: dict[str, Any] = schema.load(nested(sent) | more)
    except ValidationError as error:
        raise problem(error, query=False) from None
    return loaded


def nested(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """``{"lines.0.quantity": "4"}`` as ``{"lines": [{"quantity": "4"}]}``; gaps in a list close up."""
    found: dict[str, Any] = {}
    for name, value in fields:
        if name in OURS or not value.strip():
            continue
        *path, last = name.split(".")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = _typed(last, value.replace("\r\n", "\n"))
    closed: dict[str, Any] = _lists(found)
    return closed


def _typed(name: str, value: str) -> Any:
    """Numbers and switches as JSON has them; whatever else was typed there, the schema says so."""
    if name in WHOLE and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        return int(value)
    return value == "true" if name in SWITCHES and value in ("true", "false") else value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdigit() for name in value):
        return [_lists(value[name]) for name in sorted(value, key=int)]
    if value.keys() == {"amount", "currency"}:
        return value | {"amount": typed.amount(value["amount"], value["currency"])}
    return {name: _lists(member) for name, member in value.items()}


def _fingerprint() -> bytes:
    """What makes two forms with one key the same form."""
    sent = sorted(item for item in request.form.items(multi=True) if item[0] not in OURS)
    return hashlib.sha256(msgspec.json.encode([request.method, request.path, sent])).digest()
