"""Handing on: a step to another person or department, a case to another owner. The due instants stay as they are;
only a rung starts anew (DOMAIN: Ladder, Approvals, Redirect).
"""

from partnerflow import people
from partnerflow.cases import clocks, responsibility, settling
from partnerflow.cases.commands import DecideStep, Reassign, Redirect
from partnerflow.cases.events import OwnerChanged, StepHanded
from partnerflow.cases.model import ClockState, Step
from partnerflow.cases.view import Draft
from partnerflow.people import Directory, Person, Role
from partnerflow.policy.terms import DECIDING_ROLES
from partnerflow.refusals import Refused

TO = "/to"


def pass_on(draft: Draft, step: Step, stored: str | None, command: DecideStep) -> None:
    """One's own step to a named person of equal or higher authority, never to a participant."""
    to = _named(draft, command.to)
    _refuse_unnamable(draft, step, to)
    if not _equal_or_higher(draft.view.directory, step, stored or draft.actor.name, to):
        raise Refused(
            "forbidden",
            f"{to.name} has less authority than the step needs: pass it to an equal or higher.",
            pointer=TO,
        )
    _hand(draft, step, stored, to, "pass_on", command.text or "")


def redirect_step(draft: Draft, step: Step, stored: str | None, command: DecideStep) -> None:
    """The step to whoever covers another department."""
    role = _department(command.to)
    out = responsibility.unnamable(draft.case, draft.view.directory, step) | set(step.deciders)
    to = people.covering(draft.view.directory, role, draft.case.scope, draft.at, excluded=out)
    if to is None:
        raise Refused("wrong-state", f"Nobody of {role.replace('_', ' ')} can take it.", pointer=TO)
    _hand(draft, step, stored, to, "redirect", command.text or "")


def reassign(draft: Draft, command: Reassign) -> None:
    """The case to a named person of ours."""
    to = _named(draft, command.to)
    if not responsibility.works_on_cases(to):
        raise Refused("forbidden", f"{to.name} does not work on cases.", pointer=TO)
    _change_owner(draft, to, "reassigned", command.text)


def redirect(draft: Draft, command: Redirect) -> None:
    """The case to another department: whoever covers it."""
    role, case = _department(command.to), draft.case
    to = people.covering(draft.view.directory, role, case.scope, draft.at, excluded={case.owner})
    if to is None:
        raise Refused("wrong-state", f"Nobody of {role.replace('_', ' ')} can take it.", pointer=TO)
    if not command.text.strip():
        raise Refused("reason-required", "Say why in text: the partner reads it.", pointer="/text")
    _change_owner(draft, to, "redirected", command.text)


def _change_owner(draft: Draft, to: Person, because: str, text: str) -> None:
    if to.id == draft.case.owner:
        raise Refused("wrong-state", f"{to.name} has it already.", pointer=TO)
    draft.emit(OwnerChanged(to.id, draft.case.owner, because, text))
    clock = draft.case.clock(clocks.OWNER)
    if clock is None or clock.state is ClockState.DONE:  # a running one keeps its due instant
        settling.owner_clock(draft, to)


def _hand(draft: Draft, step: Step, stored: str | None, to: Person, because: str, text: str) -> None:
    if to.id in step.deciders:
        raise Refused("wrong-state", f"{to.name} has it already.", pointer=TO)
    persons = tuple(to.id if person == stored else person for person in step.deciders)
    came = step.holders[-1].stands_for
    kept = {person: whom for person, whom in came.items() if person in persons}
    draft.emit(StepHanded(step.id, step.deciders, persons, because, text, kept))


def _named(draft: Draft, stated: str | None) -> Person:
    """A present person of ours, by id or e-mail address."""
    directory = draft.view.directory
    found = directory.named(stated or "")
    if found is None or found.organisation != directory.operator.code:
        raise Refused("invalid-parameter", "Name a colleague, by id or e-mail address.", pointer=TO)
    if not found.present(draft.at):
        raise Refused("wrong-state", f"{found.name} is away; name somebody who is here.", pointer=TO)
    return found


def _refuse_unnamable(draft: Draft, step: Step, to: Person) -> None:
    if not responsibility.works_on_cases(to):
        raise Refused("forbidden", f"{to.name} does not decide on cases.", pointer=TO)
    if to.id in responsibility.unnamable(draft.case, draft.view.directory, step):
        raise Refused("four-eyes", f"{to.name} takes part in this case and cannot decide it.", pointer=TO)


def _department(stated: str | None) -> Role:
    known = [role.value for role in DECIDING_ROLES]
    if stated not in known:
        raise Refused("invalid-parameter", "Name a department: " + ", ".join(known), pointer=TO)
    return Role(stated)


def _equal_or_higher(directory: Directory, step: Step, mine: str, to: Person) -> bool:
    """Above in the line of management, or in the step's role or one's own with no smaller limit (none: unlimited)."""
    if any(manager.id == to.id for manager in people.managers(directory, mine)):
        return True
    own = directory.people[mine]
    roles = set(responsibility.roles_of(step)) | own.roles & set(DECIDING_ROLES)
    enough = to.limit is None or (own.limit is not None and to.limit >= own.limit)
    return bool(to.roles & roles) and enough
