"""The rounds of an explanation: route, aggregate, steps, who had them and why, and what they answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.schemas.shown.plain import instant, money
from partnerflow.cases import explanation as told
from partnerflow.cases.clock_explanation import length
from partnerflow.cases.explanation import Routed
from partnerflow.cases.grounds import Sums
from partnerflow.cases.model import Case, CitedFact, Decision, Round, Step, StepStatus
from partnerflow.cases.view import View
from partnerflow.events import Stamp
from partnerflow.policy.questions import RouteFacts

FINAL = (StepStatus.APPROVED, StepStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Explaining:
    """One reading: ``inside`` for those who work on cases."""

    case: Case
    view: View
    history: Sequence[tuple[Stamp, Any]]
    inside: bool

    @property
    def own(self) -> str:
        """The operator's currency, in which routes and limits are compared."""
        return self.view.directory.operator.currency

    def name(self, person: str | None) -> str:
        return told.name_of(person, self.view.directory)


def explained_round(routed: Routed, e: Explaining) -> dict[str, Any]:
    """One round; whom the rules passed over, and every amount but the request's own, is for our own people."""
    round_, route = routed.round, routed.route
    seen: dict[str, Any] = {
        "no": round_.no,
        "appeal": round_.appeal,
        "state": round_.state,
        "started_at": instant(round_.started_at),
        "granted_at": instant(round_.granted_at),
        "policy_version": e.view.policy.version,
        "decided_by": told.route_words(route),
        "route": {"id": round_.route, "automatic": not round_.steps},
        "steps": [_step(step, round_, e) for step in round_.steps if _shown(step, e)],
    }
    if not e.inside:
        return seen
    seen["route"] |= {"when": route.when if route else None}
    seen["considered"] = [
        {"id": each.id, "when": each.when, "held": held} for each, held in routed.considered
    ]
    seen["inputs"] = _inputs(routed.facts, e) if routed.facts else None
    seen["aggregate"] = _aggregate(round_, e)
    return seen


def _shown(step: Step, e: Explaining) -> bool:
    return e.inside or step.status is not StepStatus.WAITING or bool(step.holders)


def _inputs(facts: RouteFacts, e: Explaining) -> dict[str, Any]:
    return {
        "amount": money(facts.amount, e.own),
        "aggregate": money(facts.aggregate, e.own),
        "case_type": facts.type,
        "reason": facts.reason,
        "exception": facts.exception,
        "within_policy": facts.within_policy,
        "family": facts.family,
        "tier": facts.tier,
        "age_hours": facts.age_hours,
        "rate_known": facts.rate_known,
    }


def _aggregate(round_: Round, e: Explaining) -> dict[str, Any]:
    """This request and the larger of the two sums of other live ones, and how the currency was converted."""
    seen: dict[str, Any] = {"total": money(round_.aggregate, e.own)}
    if round_.sums:
        seen |= _sums(round_.sums, e)
    return seen


def _sums(sums: Sums, e: Explaining) -> dict[str, Any]:
    others = sums.others
    which = "order" if others.of_order >= others.of_partner else "partner_30_days"
    converted = e.case.currency != e.own
    return {
        "this": money(sums.net, e.case.currency),
        "others": money(others.larger, e.own),
        "which": which if others.larger else None,
        "others_of_order": money(others.of_order, e.own),
        "others_of_partner_30_days": money(others.of_partner, e.own),
        "rate": _rate(sums.rate) if converted else None,
    }


def _rate(rate: int | None) -> str | None:
    """Of the operator's unit for one of the order's; six decimals."""
    return None if rate is None else f"{rate // 1_000_000}.{rate % 1_000_000:06}"


def _step(step: Step, round_: Round, e: Explaining) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "id": step.id,
        "name": step.name,
        "status": step.status.value,
        "needs": {"mode": step.mode, "n": step.needed},
        "rungs_fired": step.rung,
        "started_at": instant(step.started_at),
        "deciders": [_holder(step, n, e) for n in range(len(step.holders))],
        "decisions": [_decision(d, step, round_, e) for d in step.decisions if _told(step, round_, e)],
    }
    if e.inside:
        seen["names"] = _names(step)
        seen["allowance"] = length(step.allowance_minutes * 60) if step.allowance_minutes else None
    return seen


def _told(step: Step, round_: Round, e: Explaining) -> bool:
    """A partner learns no vote of a step that is not final, nor of a round that goes on."""
    return e.inside or (round_.state != "open" and step.status in FINAL)


def _names(step: Step) -> dict[str, Any]:
    """By what the policy names the deciders."""
    return {
        "roles": [role.value for role in step.roles or ((step.role,) if step.role else ())],
        "persons": list(step.persons or ((step.person,) if step.person else ())),
        "manager_of": step.manager_of,
    }


def _holder(step: Step, place: int, e: Explaining) -> dict[str, Any]:
    holder, directory = step.holders[place], e.view.directory
    handed = told.handed_by(step, holder, e.history)
    found = told.why_holder(e.case, step, holder, directory, handed)
    seen: dict[str, Any] = {
        "since": instant(holder.since),
        "until": instant(holder.until),
        "named_by": holder.named_by,
        "persons": [
            {"name": e.name(person), "why": why, **({"still_so": still} if e.inside else {})}
            for person, why, still in found
        ],
    }
    if e.inside:
        seen["passed_over"] = [
            {"name": e.name(over.person), "why": told.why_not(over)} for over in holder.passed_over
        ]
    return seen


def _decision(decision: Decision, step: Step, round_: Round, e: Explaining) -> dict[str, Any]:
    put = e.case.proposal
    seen: dict[str, Any] = {
        "by": e.name(decision.by),
        "instead_of": e.name(decision.instead_of) if decision.instead_of else None,
        "at": instant(decision.at),
        "decision": decision.what,
        "reason_code": decision.reason_code,
        "text": decision.text,
        "clause": put.clause if put else e.case.clause,
        "facts": [_cited(fact, e) for fact in (*decision.facts, *(put.facts if put else ()))],
    }
    if e.inside:
        seen["authority"] = _authority(decision, step, round_, e)
    return seen


def _cited(cited: CitedFact, e: Explaining) -> dict[str, Any]:
    return {
        "id": cited.id,
        "version": cited.version,
        "text": told.wording(cited, e.case),
        "although": cited.although,
    }


def _authority(decision: Decision, step: Step, round_: Round, e: Explaining) -> dict[str, Any]:
    """Limits bind the last step, which grants; what was compared then, and what the directory says now."""
    found = decision.authority
    if found is None:
        last = round_.steps[-1].id == step.id
        said = "A decline needs no limit." if decision.what == "decline" else "Not recorded."
        return {"binds": False, "text": said if last else "It endorses: limits bind the last step."}
    now = e.view.directory.people.get(decision.by)
    return {
        "binds": True,
        "limit": None if found.limit is None else money(found.limit, e.own),
        "aggregate": money(found.aggregate, e.own),
        "still_so": now is not None and now.limit == found.limit,
    }
