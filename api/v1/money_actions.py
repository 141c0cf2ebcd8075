"""What people do about the money of a case: confirm another issuer's note, change how the excess is given back."""

from flask import Response

from api.openapi import Group
from api.requests import idempotency_key, read_body
from api.schemas import money_actions as bodies
from api.v1.answers import decide
from api.v1.case_actions import need_version, number_of
from api.v1.cases import WRITE, need_currency, told

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
    need_currency(bodies.stated(sent), case=ref)
    return decide(bodies.confirmed(sent), f"case/{ref}", key, told)


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
