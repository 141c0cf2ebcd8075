"""What people do about the money of a case: confirm another issuer's note, change how the excess is given back."""

from flask import Response, current_app
from sqlalchemy.orm import Session

from api.auth import own_reading, reader
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body
from api.schemas import money_actions as bodies
from api.schemas.shown import case as shown
from api.schemas.shown import voids
from api.v1.answers import decide, encode
from api.v1.case_actions import need_version, number_of
from api.v1.cases import WRITE, need_currency, told
from api.v1.sight import need_partner_or_staff
from partnerflow import desk
from partnerflow.cases.money_commands import VoidNote
from partnerflow.credits.notes import Note, NoteKind
from partnerflow.orders.model import Leg
from partnerflow.store import notes

group = Group("money actions", "Notes of other issuers, and how a credit is given back.")


@group.route(
    "POST",
    "/v1/cases/<ref>/actions/confirm_note",
    body=bodies.ConfirmNoteBody,
    answers={200: "The case, with the note and how it differs from what was instructed."},
    scope=WRITE,
    keyed=True,
)
def confirm_note(ref: str) -> Response:
    """Confirm the number, date and amounts of a note that another system issued."""
    key, sent = idempotency_key(), read_body(bodies.ConfirmNoteBody())
    command = bodies.confirmed(sent)
    need_currency(bodies.stated(sent), case=ref, leg=command.leg)
    return decide(command, f"case/{ref}", key, told)


@group.route(
    "POST",
    "/v1/credit-notes/<number>/actions/void",
    body=bodies.VoidBody,
    answers={
        200: "The credit note: asked to be void by one person of finance, or void by two; and the other leg's."
    },
    scope=WRITE,
    keyed=True,
)
def void_credit_note(number: str) -> Response:
    """Take a credit note back by a debit note; a second person of finance does it by asking the same."""
    key, sent = idempotency_key(), read_body(bodies.VoidBody())
    with own_reading() as opened:
        found = voidable(opened, number)
    if found is None:
        raise Problem("not-found", "There is no such credit note.")
    command = VoidNote(number, sent["reason"])
    return decide(command, f"case/{found.case_ref}", key, _told_of_void)


def voidable(opened: Session, number: str) -> Note | None:
    """The credit note, as far as this reader sees it."""
    need_partner_or_staff()
    found = notes.read(opened, number)
    return None if found is None or found.kind is not NoteKind.CREDIT_NOTE or _hidden(found) else found


def _hidden(found: Note) -> bool:
    return found.leg is Leg.UPSTREAM and not reader().sees_upstream


def _told_of_void(decided: desk.Decided) -> desk.Answer:
    """The note as it stands, and what is asked about the other leg."""
    case, paper = decided.case, decided.view.note
    assert case is not None
    assert paper is not None
    seen = shown.Shown(reader(), decided.at, current_app.config["BASE_URL"])
    return desk.Answer(200, encode(voids.void(paper, case, decided.view.directory, seen)))


@group.route(
    "POST",
    "/v1/cases/<ref>/actions/settle",
    body=bodies.SettleBody,
    answers={200: "The case, with the settlement as it is asked now."},
    scope=WRITE,
    keyed=True,
    matched=True,
)
def settle_case(ref: str) -> Response:
    """Change how the excess is given back, before the notes are issued."""
    key, sent = idempotency_key(), read_body(bodies.SettleBody())
    version = need_version(ref)
    need_currency(bodies.stated(sent), case=ref)
    return decide(bodies.settled(sent, number_of(version)), f"case/{ref}", key, told)
