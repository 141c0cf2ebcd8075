"""Mails that nobody could place: an admin lets one through as a note, or puts it away, with a reason.

Nothing of a mail in quarantine is carried out without a person.
"""

from dataclasses import dataclass
from typing import Any

from partnerflow.desk.work import Work
from partnerflow.directory.rights import admin
from partnerflow.refusals import Refused
from partnerflow.store import cases, inbound


@dataclass(frozen=True, slots=True)
class ReleaseMail:
    """``case`` where the mail itself does not say which."""

    reason: str
    case: str | None = None


@dataclass(frozen=True, slots=True)
class DiscardMail:
    reason: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The mail as it stands after what was decided about it."""

    mail: dict[str, Any]


def decide(work: Work) -> Placed:
    """``not-found`` for a mail that is not there."""
    command, actor = work.request.command, work.request.actor
    mail_id = work.request.target.partition("/")[2]
    if not admin(actor, work.snapshot().directory):
        raise Refused("forbidden", "Only an admin decides about mails in quarantine.")
    found = inbound.read(work.session, mail_id, lock=True)
    if found is None:
        raise Refused("not-found", "There is no such mail.")
    if found["state"] != "quarantined":
        raise Refused("wrong-state", f"The mail is {found['state']}, it does not wait for anybody.")
    case = _case(work, command, found) if isinstance(command, ReleaseMail) else None
    state = "released" if isinstance(command, ReleaseMail) else "discarded"
    work.begin_writing()
    inbound.decide(work.session, mail_id, state, actor.name, command.reason, work.at, case)
    after = inbound.read(work.session, mail_id)
    assert after is not None
    return Placed(after)


def _case(work: Work, command: ReleaseMail, found: dict[str, Any]) -> str:
    ref = command.case or found["case_ref"]
    if ref is None:
        raise Refused("invalid-parameter", "The mail names no case: say which.", pointer="/case")
    if not cases.exists(work.session, ref):
        raise Refused("invalid-parameter", "There is no such case.", pointer="/case")
    return str(ref)
