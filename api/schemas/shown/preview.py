"""What opening a case would give: verdict, money, who would decide and by when (DOMAIN: Cases, preview)."""

from dataclasses import replace
from typing import Any

from api.auth import Reader
from api.schemas.shown import amounts
from api.schemas.shown.people import contact, owner
from api.schemas.shown.plain import instant
from api.seen import for_reader
from partnerflow import people
from partnerflow.cases import clocks, responsibility, status
from partnerflow.cases.model import Case, Step, StepStatus
from partnerflow.cases.view import Draft
from partnerflow.people import Directory, Role


def preview(draft: Draft, reader: Reader) -> dict[str, Any]:
    case, directory, at = draft.case, draft.view.directory, draft.at
    view = replace(draft.view, lines=draft.lines, invoices=draft.invoices, payments=draft.payments)
    holder = responsibility.owner(case, directory, at)
    seen = {
        "verdict": case.verdict.value,
        "clause": case.clause,
        **amounts.of_case(case, view, upstream=reader.sees_upstream, inside=False),
        "route": _route(draft),
        "owner": owner(status.contact(holder, directory, at)),
    }
    cleaned: dict[str, Any] = for_reader(seen, upstream=reader.sees_upstream)
    return cleaned


def _route(draft: Draft) -> list[dict[str, Any]]:
    """Empty where the policy itself grants; the owner alone where somebody must assess it first."""
    case, directory, at = draft.case, draft.view.directory, draft.at
    last = case.clock(clocks.DECISION)
    by = instant(last.due_at) if last else None
    if case.round is None:
        holder = responsibility.owner(case, directory, at)
        who = contact(status.contact(holder, directory, at))
        return [{"step": "assessment", "role": Role.CASE_MANAGER.value, "contact": who, "due_at": by}]
    return [_step(step, draft, by) for step in case.round.steps]


def _step(step: Step, draft: Draft, by: str | None) -> dict[str, Any]:
    """The step whose turn it would be is due by its own clock, a later one by the decision's."""
    case, directory, at = draft.case, draft.view.directory, draft.at
    own = case.clock(clocks.STEP) if step.status is StepStatus.PENDING else None
    who = _decider(step, case, directory, draft)
    return {
        "step": step.name,
        "role": step.role.value if step.role else None,
        "contact": contact(status.contact(who, directory, at)) if who else None,
        "due_at": instant(own.due_at) if own else by,
    }


def _decider(step: Step, case: Case, directory: Directory, draft: Draft) -> people.Person | None:
    if step.status is StepStatus.PENDING:
        return next(iter(responsibility.deciders(case, step, directory, draft.at)), None)
    if step.person:
        return directory.people.get(step.person)
    role = step.role or Role.CHANNEL_MANAGER
    out = responsibility.excluded(case, directory, step)
    return people.covering(directory, role, case.scope, draft.at, excluded=out)
