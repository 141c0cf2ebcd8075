"""What people do on a case: one path per action, one command each."""

from typing import Final

from flask import Response

from api.auth import own_reading
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, if_match, read_body
from api.schemas import cases as bodies
from api.schemas import deciding
from api.schemas.money_actions import PayoutBody
from api.v1 import acts_agreement, acts_kindnesses, acts_rounds
from api.v1.acts import Act
from api.v1.answers import decide
from api.v1.cases import WRITE, need_currency, told
from partnerflow.cases import commands as c
from partnerflow.cases.money_commands import RetryPayout
from partnerflow.store import listing

group = Group("case actions", "What a case lists under actions for its reader.")


ACTS: Final[dict[str, Act]] = {
    "note": Act(bodies.NoteBody, lambda sent: c.AddNote(sent["text"], sent["visibility"])),
    "withdraw": Act(bodies.ReasonBody, lambda sent: c.Withdraw(sent["reason"])),
    "escalate": Act(bodies.ReasonBody, lambda sent: c.Escalate(sent["reason"])),
    "ask_partner": Act(bodies.QuestionBody, lambda sent: c.AskPartner(sent["text"])),
    "answer": Act(bodies.AnswerBody, lambda sent: c.Answer(sent["question"], sent["text"])),
    "confirm_pass_through": Act(
        bodies.PassThroughBody,
        lambda sent: c.ConfirmPassThrough(sent["how"], sent["reference"], sent["at"]),
    ),
    "close": Act(bodies.CloseBody, lambda sent: c.CloseCase(sent["root_cause"], sent["duplicate_of"])),
    "retry_payout": Act(PayoutBody, lambda sent: RetryPayout(sent["payout"])),
    **acts_agreement.ACTS,
    **acts_kindnesses.ACTS,
    **acts_rounds.ACTS,
}
"""Every action but ``propose``, which binds the version it was read in, and those of ``money_actions``."""


def register(name: str, act: Act) -> None:
    """Give an action its path."""

    def view(ref: str) -> Response:
        key, sent = idempotency_key(), read_body(act.body())
        return decide(act.command(sent), f"case/{ref}", key, told)

    view.__name__ = f"{name}_case"
    view.__doc__ = f"{name.replace('_', ' ').capitalize()}."
    group.route(
        "POST",
        f"/v1/cases/<ref>/actions/{name}",
        body=act.body,
        answers={200: "The case as it stands now."},
        scope=WRITE,
        keyed=True,
    )(view)


for _name, _act in ACTS.items():
    register(_name, _act)


@group.route(
    "POST",
    "/v1/cases/<ref>/actions/propose",
    body=deciding.ProposeBody,
    answers={200: "The case, before its deciders."},
    scope=WRITE,
    keyed=True,
    matched=True,
)
def propose_case(ref: str) -> Response:
    """Propose what to credit; ends the assessment."""
    key, sent = idempotency_key(), read_body(deciding.ProposeBody())
    version = need_version(ref)
    need_currency(bodies.amounts(sent), case=ref)
    return decide(deciding.proposal(sent, number_of(version)), f"case/{ref}", key, told)


def number_of(version: str) -> int:
    """The event number an If-Match states; -1, which no case has, for what is none."""
    return int(version) if version.isascii() and version.isdigit() and len(version) < 19 else -1


def need_version(ref: str) -> str:
    """If-Match; who sends none learns first whether there is such a case (FAULTS: 404 before 428)."""
    version = if_match()
    if version is not None:
        return version
    with own_reading() as opened:
        if listing.currency_of(opened, case=ref) is None:
            raise Problem("not-found", "There is no such case.")
    raise Problem("precondition-required", "Send If-Match with the version you read.")
