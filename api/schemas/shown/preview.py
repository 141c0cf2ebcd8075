"""What opening a case would give: verdict, money, who would decide and by when (DOMAIN: Cases, preview)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown import amounts
from api.schemas.shown.people import contact, owner
from api.schemas.shown.plain import instant
from api.seen import for_reader
from partnerflow import people
from partnerflow.cases import clocks, responsibility
from partnerflow.cases.contact import contact as named
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
        "owner": owner(named(holder, directory, at)),
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
        who = contact(named(holder, directory, at))
        return [{"step": "assessment", "role": Role.CASE_MANAGER.value, "contact": who, "due_at": by}]
    route, due, left = [], at, len(case.round.steps)
    for step in case.round.steps:
        person = _decider(step, case, directory, draft)
        due = _due(step, person, draft, due, left)
        left -= 1
        route.append(
            {
                "step": step.name,
                "role": step.role.value if step.role else None,
                "contact": contact(named(person, directory, at)) if person else None,
                "due_at": instant(due),
            }
        )
    return route


def _due(step: Step, who: people.Person | None, draft: Draft, before: datetime, left: int) -> datetime:
    """By its own clock the step whose turn it would be; a later one as if each before it took all its time."""
    case, view = draft.case, draft.view
    own = case.clock(clocks.STEP) if step.status is StepStatus.PENDING else None
    if own is None:
        seconds = clocks.step_seconds(case, step.allowance_minutes, left, before, view.policy, view.directory)
        by = clocks.by_person(who.id) if who else clocks.by_organisation(view.directory.operator.code)
        own = clocks.start(clocks.STEP, by, seconds, before, view.directory, view.policy)
    return own.due_at or before


def _decider(step: Step, case: Case, directory: Directory, draft: Draft) -> people.Person | None:
    if step.status is StepStatus.PENDING:
        return next(iter(responsibility.deciders(case, step, directory, draft.at)), None)
    if step.person:
        return directory.people.get(step.person)
    role = step.role or Role.CHANNEL_MANAGER
    out = responsibility.excluded(case, directory, step)
    return people.covering(directory, role, case.scope, draft.at, excluded=out)
