"""What a person chose to be mailed one by one, and in which language: theirs alone to set."""

from typing import Any
from uuid import uuid4

from babel import Locale, UnknownLocaleError
from flask import Response, request

from api.auth import reader
from api.errors import Problem, Wrong
from api.openapi import Group
from api.requests import idempotency_key, read_body
from api.schemas import directory as bodies
from api.v1.answers import answer, decide, encode
from api.v1.directory import READ, WRITE, known, row
from partnerflow import desk
from partnerflow.directory.commands import ChooseMails
from partnerflow.directory.rows import PersonRow
from partnerflow.people import MailChoice

PATH = "/v1/people/me/mail-choices"
group = Group("mail choices", "Mails at once, gathered each working morning, or only what needs one's act.")


@group.route("GET", PATH, answers={200: "What holds for the reader."}, scope=READ)
def read_mail_choices() -> Response:
    """Read your own choice."""
    return answer(_shown(row(PersonRow, reader().actor.person or "", "person")[0]))


@group.route("PUT", PATH, body=bodies.MailChoices, answers={200: "What holds from now on."}, scope=WRITE)
def choose_mails() -> Response:
    """Choose which mails you get one by one; what needs your act always comes at once."""
    # PUT is the same however often it comes, so a key is optional; without one each request is its own.
    key = idempotency_key() if "Idempotency-Key" in request.headers else f"put-{uuid4()}"
    sent = read_body(bodies.MailChoices())
    person = known().people[reader().actor.person or ""]
    command = ChooseMails(person.id, sent["mails"], _locale(sent["locale"]))
    return decide(command, f"organisation/{person.organisation}", key, _told)


def _locale(stated: str | None) -> str | None:
    """``de-DE`` as ``de_DE``; one that nobody knows is refused."""
    if stated is None:
        return None
    try:
        return str(Locale.parse(stated.replace("-", "_")))
    except (UnknownLocaleError, ValueError, TypeError):
        said = "There is no such locale."
        raise Problem("invalid-parameter", said, [Wrong("/locale", said)]) from None


def _told(filed: desk.Filed) -> desk.Answer:
    assert isinstance(filed.row, PersonRow)
    return desk.Answer(200, encode(_shown(filed.row)), None, None)


def _shown(found: PersonRow) -> dict[str, Any]:
    return {"mails": found.mails, "locale": found.locale, "choices": [each.value for each in MailChoice]}
