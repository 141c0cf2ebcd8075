"""One step of a round as those see it who decide it: what is asked, on what grounds, and what it does to the money."""

from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown import agreement, amounts
from api.schemas.shown.case import appeal, fault_share, portion, request
from api.schemas.shown.plain import instant, money, part
from api.seen import for_reader
from partnerflow.cases import clocks, naming, responsibility
from partnerflow.cases.deciding import step_of, version
from partnerflow.cases.model import Case, Decision, Step, StepStatus
from partnerflow.cases.view import View
from partnerflow.credits.portions import Portion
from partnerflow.money import format_percent
from partnerflow.people import Directory

DECIDED = (StepStatus.APPROVED, StepStatus.DECLINED)


def approval(case: Case, step: Step, view: View, at: datetime, reader: Reader) -> dict[str, Any]:
    """The step whole, for deciding it."""
    seen = summary(case, step, view.directory, at, reader) | {
        **amounts.of_case(case, view, upstream=reader.sees_upstream, inside=True),
        "proposal": _proposal(case, view.directory),
        "facts": agreement.cited_here(case, view.directory),
        "questions": [
            {"id": q.id, "text": q.text, "since": instant(q.at), "answer": q.answer, "open": q.open}
            for q in case.questions
        ],
        "clause": case.proposal.clause if case.proposal else case.clause,
        "verdict": case.verdict.value,
        "route": [_place(each, view.directory) for each in _round_of(case, step).steps],
        "aggregate": money(_round_of(case, step).aggregate, view.directory.operator.currency),
        "decisions": [_decision(each, view.directory) for each in step.decisions],
        "handed_on": _handed_on(step, view.directory),
        "appeal": appeal(case, view.directory),
        "links": {
            "decision": f"/v1/approvals/{step.id}/decision",
            "case": f"/v1/cases/{case.ref}",
            "precedents": f"/v1/cases/{case.ref}/precedents",
            "order": f"/v1/orders/{case.order_id}",
        },
    }
    cleaned: dict[str, Any] = for_reader(seen, upstream=reader.sees_upstream)
    return cleaned


def summary(case: Case, step: Step, directory: Directory, at: datetime, reader: Reader) -> dict[str, Any]:
    """As the inbox shows it. ``version`` is its ETag without quotes."""
    pending = step.status is StepStatus.PENDING
    due = case.clock(clocks.STEP) if pending else None
    who = responsibility.deciders(case, step, directory, at) if pending else ()
    seen = {
        "id": step.id,
        "case_ref": case.ref,
        "step": step.name,
        "due_at": instant(due.due_at) if due else None,
        "version": version(case, step),
        "status": state_of(step),
        "deciders": [person.name for person in who],
        "rung": step.rung,
        "request": {
            "type": case.type.value,
            "reason": case.reason.value,
            "description": case.description,
            "order": {"id": case.order_id, "number": case.order_number, "po_number": case.po_number},
            "reseller": case.reseller,
            "distributor": case.distributor,
            "requested_by": _name(case.requester, directory),
            "on_behalf_of": _name(case.opened_for, directory),
            **request(case),
        },
        **amounts.brief(case, upstream=reader.sees_upstream),
    }
    cleaned: dict[str, Any] = for_reader(seen, upstream=reader.sees_upstream)
    return cleaned


def state_of(step: Step) -> str:
    """``pending``, ``decided`` or ``void`` (API: approvals)."""
    if step.status in DECIDED:
        return "decided"
    return "void" if step.status is StepStatus.VOID else "pending"


def find(case: Case, step_id: str) -> Step | None:
    """The step, once its turn has come; also while it waits again because the round has begun again."""
    step = step_of(case, step_id)
    if step is None:
        return None
    begun = step.status is not StepStatus.WAITING or responsibility.had_before(case, step)
    return step if begun else None


def _round_of(case: Case, step: Step) -> Any:
    return next(r for r in case.rounds if any(each.id == step.id for each in r.steps))


def _proposal(case: Case, directory: Directory) -> dict[str, Any] | None:
    put = case.proposal
    if put is None:
        return None
    return {
        "lines": [portion(each, case.currency) | _due(each) for each in put.portions],
        "fault_share": fault_share(put),
        "fees": [{"line_no": fee.line_no, "amount": money(fee.amount, case.currency)} for fee in put.fees],
        "by": _name(put.by, directory),
        "at": instant(put.at),
        "clause": put.clause,
        "text": put.text,
    }


def _due(row: Portion) -> dict[str, Any]:
    """What was found due before the reseller's own share was taken off."""
    if row.entitled is None:
        return {}
    return {"entitled_percent": format_percent(row.entitled), "entitled_part": part(row.entitled_part)}


def _place(step: Step, directory: Directory) -> dict[str, Any]:
    return {
        "step": step.name,
        "role": step.role.value if step.role else None,
        "roles": [role.value for role in responsibility.roles_of(step)],
        "persons": [_name(person, directory) for person in naming.asked_for(step)],
        "manager_of": step.manager_of,
        "mode": step.mode,
        "needed": step.needed,
        "status": step.status.value,
        "rung": step.rung,
        "deciders": [_name(person, directory) for person in step.deciders],
    }


def _handed_on(step: Step, directory: Directory) -> list[dict[str, Any]]:
    """Who had the step before whom, and why it moved: ``rung``, ``pass_on``, ``redirect``, ``absence`` ..."""
    pairs = zip(step.holders, step.holders[1:], strict=False)
    return [
        {
            "before": [_name(person, directory) for person in had.persons],
            "to": [_name(person, directory) for person in has.persons],
            "because": has.named_by,
            "at": instant(has.since),
        }
        for had, has in pairs
    ]


def _decision(found: Decision, directory: Directory) -> dict[str, Any]:
    return {
        "by": _name(found.by, directory),
        "instead_of": _name(found.instead_of, directory),
        "at": instant(found.at),
        "decision": found.what,
        "reason_code": found.reason_code,
        "text": found.text,
        "facts": agreement.cited(found.facts),
    }


def _name(person: str | None, directory: Directory) -> str | None:
    known = directory.people.get(person or "")
    return known.name if known else person
