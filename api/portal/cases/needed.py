"""What a case needs of whoever works on it: the next act that is theirs, and where on the page it is done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.portal.words import marked as _
from partnerflow.cases import external_notes, paying, responsibility, status, voiding
from partnerflow.cases.model import Case, RemedyState, Stage
from partnerflow.cases.view import View
from partnerflow.people import Actor, Role


@dataclass(frozen=True, slots=True)
class Need:
    """``text`` leads to ``href``; ``because`` says why, or by when it is due at ``until``."""

    text: str
    href: str
    because: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """One reading of a case; ``may`` names the actions its reader has."""

    case: Case
    view: View
    actor: Actor
    may: set[str]
    at: datetime


def needed(case: Case, view: View, actor: Actor, may: set[str], at: datetime) -> Need | None:
    """The first of what waits for this reader; None where it is somebody else's turn."""
    asked = _Asked(case, view, actor, may, at)
    found = (judge(asked) for judge in (_call_back, _decision, _assessment, _remedy, _money, _confirmation))
    return next((need for need in found if need), None)


def _call_back(a: _Asked) -> Need | None:
    owner = responsibility.owner(a.case, a.view.directory, a.at)
    if a.case.call is None or a.actor.person != owner.id:
        return None
    return Need(_("Your call to the partner"), "#call", _("they asked to be called back"))


def _decision(a: _Asked) -> Need | None:
    case = a.case
    step = case.step
    if case.stage is not Stage.APPROVAL or step is None or a.actor.person is None:
        return None
    if not responsibility.awaits(case, step, a.actor.person, a.view.directory, a.at):
        return None
    if case.awaiting_partner:
        return Need(
            _("Your decision"), f"/approvals/{step.id}", _("the clock waits for the partner's answer")
        )
    return Need(_("Your decision"), f"/approvals/{step.id}", until=_due(case))


def _assessment(a: _Asked) -> Need | None:
    case = a.case
    if a.actor.person is None or a.actor.person != responsibility.owner(case, a.view.directory, a.at).id:
        return None
    if case.disputed is not None:
        return Need(_("Your word on a disputed fact"), "#facts", _("nobody can decide before it is answered"))
    if case.stage is not Stage.ASSESSMENT or "propose" not in a.may:
        return None
    if case.awaiting_partner:
        return Need(_("Your proposal"), "#propose", _("we wait for the partner's answer"))
    return Need(_("Your proposal"), "#propose", until=_due(case))


def _remedy(a: _Asked) -> Need | None:
    case = a.case
    remedy = case.remedy
    failed = case.stage is Stage.REMEDY and remedy is not None and remedy.state is RemedyState.FAILED
    acting = {person.id for person in status.acting_people(case, a.view.directory, a.at)}
    if not failed or a.actor.person not in acting:
        return None
    return Need(_("See to the failed remedy"), "#money", until=_due(case))


def _money(a: _Asked) -> Need | None:
    case = a.case
    if "retry_payout" in a.may and paying.failed(case):
        return Need(_("See to a payment that was refused"), "#payments")
    open_ = [asked for asked in case.voids if voiding.pending(case, asked.number) is not None]
    if Role.FINANCE in a.actor.roles and any(asked.by != a.actor.person for asked in open_):
        return Need(_("Agree, or not, to void a credit note"), "#documents")
    return None


def _confirmation(a: _Asked) -> Need | None:
    case = a.case
    if "confirm_note" in a.may and external_notes.waiting(case):
        return Need(_("The number of your credit note"), "#confirm_note", until=_due(case))
    if "confirm_pass_through" in a.may:
        return Need(_("Confirm that the account shows the credit"), "#confirm_pass_through", until=_due(case))
    return None


def _due(case: Case) -> Any:
    clock = status.acting_clock(case)
    return clock.due_at if clock else None
