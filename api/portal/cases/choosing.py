"""What the forms of a case's page offer: prefilled rows, colleagues, departments, closed lists."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from api.portal.inbox.colleagues import DEPARTMENTS
from api.schemas.shown.case import portion
from partnerflow.cases import acts, agreeing, explanation, external_notes, responsibility, voiding
from partnerflow.cases.model import Case, ClockState, Fact
from partnerflow.cases.view import View
from partnerflow.people import Actor, Directory, Person, Role
from partnerflow.policy.terms import RootCause

FACT_ACTS = ("confirm_fact", "dispute_fact", "correct_fact", "uphold_fact", "withdraw_fact")


def choices(case: Case, view: View, actor: Actor, may: set[str], at: datetime) -> dict[str, Any]:
    """What the forms need, by name; nothing for forms that this reader has not."""
    found: dict[str, Any] = {"fact_acts": {f.id: _fact_acts(case, f, actor, may) for f in case.facts}}
    if may & {"propose", "close"}:
        found["root_causes"] = [each.value for each in RootCause]
    if may & {"propose", "request_exception"}:
        found["rows"] = rows(case, view)
    if may & {"reassign", "redirect"}:
        found["colleagues"] = colleagues(case, view.directory, at)
        found["departments"] = DEPARTMENTS
    if "confirm_note" in may:
        found["awaited"] = [{"leg": i.leg.value, "currency": case.currency_of(i.leg)} for i in _awaited(case)]
    if "escalate" in may:
        found["up_from"] = _up_from(case, view, at)
    if Role.FINANCE in actor.roles and actor.organisation == view.directory.operator.code:
        found["voidable"] = voidable(case, actor, view.directory)
    return found


def rows(case: Case, view: View) -> list[dict[str, Any]]:
    """What a proposal starts from: what was proposed last, else what policy gives for what is asked, each with its
    rule's words."""
    put = case.earlier[-1] if case.earlier else case.proposal
    asked = put.portions if put else case.asked
    told = {(j.portion.line_no, j.portion.clause): j.text for j in explanation.judged(case, view)}
    return [
        portion(each, case.currency) | {"sku": _sku(each.line_no, view), "told": _told(each, told)}
        for each in asked
    ]


def _told(asked: Any, told: dict[tuple[int, str], str]) -> str:
    return told.get((asked.line_no, asked.clause), "")


def _sku(line_no: int, view: View) -> str:
    found = view.order.line(line_no)
    return found.sku if found else ""


def colleagues(case: Case, directory: Directory, at: datetime) -> list[Person]:
    """Present people of the operator who work on cases, but not whoever has it."""
    here = directory.of(directory.operator.code)
    found = (p for p in here if p.present(at) and responsibility.works_on_cases(p) and p.id != case.owner)
    return sorted(found, key=lambda person: person.name)


def _fact_acts(case: Case, fact: Fact, actor: Actor, may: set[str]) -> list[str]:
    alone = replace(case, facts=(fact,))
    return [name for name in FACT_ACTS if name in may and agreeing.offered(alone, name, actor)]


def _awaited(case: Case) -> Sequence[Any]:
    return external_notes.waiting(case)


def _up_from(case: Case, view: View, at: datetime) -> datetime | None:
    """From when it can be taken up; None where that is now."""
    clock = responsibility.climbing_clock(case)
    if clock is None or clock.state is not ClockState.RUNNING:
        return None
    since = acts.takes_up_from(clock, view.directory)
    return since if at < since else None


def voidable(case: Case, actor: Actor, directory: Directory) -> dict[str, dict[str, Any]]:
    """By number what finance may say to each credit note that stands; ``asked_by`` once one person wants it void."""
    found = {}
    for note in case.credit_notes:
        asked = voiding.pending(case, note.number)
        if note.external or (asked and asked.by == actor.person):
            continue
        known = directory.people.get(asked.by) if asked else None
        found[note.number] = {
            "asked_by": known.name if known else None,
            "reason": asked.reason if asked else None,
        }
    return found
