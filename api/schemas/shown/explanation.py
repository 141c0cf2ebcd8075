"""Why a case was decided as it was, for its readers: a partner reads verdict, clause, route and people; limits, what
others asked, votes before the end and whom the rules passed over are for those who work on cases.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown.case import portion
from api.schemas.shown.explanation_rounds import Explaining, explained_round
from api.schemas.shown.plain import instant
from api.seen import for_reader
from partnerflow.cases import explanation as told
from partnerflow.cases import vat_checks
from partnerflow.cases.explanation import Judged
from partnerflow.cases.model import Case, Gated
from partnerflow.cases.view import View
from partnerflow.events import Stamp
from partnerflow.money import format_percent
from partnerflow.policy.document import Policy, Rule
from partnerflow.policy.proration import Proration
from partnerflow.policy.terms import Purchase


def explanation(
    case: Case, view: View, history: Sequence[tuple[Stamp, Any]], reader: Reader, at: datetime
) -> dict[str, Any]:
    return whole(Explaining(case, view, history, reader.staff), at, upstream=reader.sees_upstream)


def whole(e: Explaining, at: datetime, *, upstream: bool) -> dict[str, Any]:
    """The whole of it; ``at`` is when it was read."""
    seen = {
        "ref": e.case.ref,
        "at": instant(at),
        "policy": _version(e.view.policy),
        "order_policy": _version(e.view.order_policy),
        "verdict": {
            "verdict": e.case.verdict.value,
            "clause": e.case.clause,
            "lines": [_judged(each, e) for each in told.judged(e.case, e.view)],
        },
        "owner": _owner(e),
        "rounds": [explained_round(each, e) for each in told.routed(e.case, e.view)],
        "ladder": [_fired(each, e) for each in told.fired(e.history)],
        "outcome": _outcome(e.case),
    }
    if e.inside:
        seen["vat_gate"] = [_gated(each) for each in vat_checks.shown(e.case, e.view)]
        seen["no_longer_standing"] = [_endorsed(each, e) for each in told.endorsed(e.case, e.history)]
    cleaned: dict[str, Any] = for_reader(seen, upstream=upstream)
    return cleaned


def _gated(found: Gated) -> dict[str, Any]:
    """The conditions under which a credit note may change VAT."""
    rows = ({"condition": w.condition.value, "met": w.met, "because": w.because} for w in found.conditions)
    return {"leg": found.leg.value, "conditions": list(rows)}


def _version(policy: Policy) -> dict[str, Any]:
    return {"version": policy.version, "name": policy.name}


def _judged(judged: Judged, e: Explaining) -> dict[str, Any]:
    line = judged.line
    return portion(judged.portion, e.case.currency) | {
        "sku": line.sku if line else None,
        "rule": _rule(judged.rule),
        "text": judged.text,
        "inputs": {
            "family": line.family if line else None,
            "activated": judged.activated,
            "age_hours": judged.age_hours,
            "order_type": (line.purchase or Purchase.NEW).value if line else "",
        },
        "window": {"hours": judged.window_hours, "cancellable_until": instant(judged.window_until)},
    }


def _rule(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    return {
        "id": rule.id,
        "when": rule.when,
        "percent": format_percent(rule.percent_ppm),
        "within_hours": rule.within_hours,
        "prorate": _prorate(rule.prorate),
    }


def _prorate(found: Proration | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "unit": found.unit.value,
        "day_of_cancellation": "charged" if found.charged else "free",
        "free_hours": found.free_hours,
        "term": "nominal" if found.nominal else "real",
    }


def _owner(e: Explaining) -> dict[str, Any]:
    case, directory = e.case, e.view.directory
    named = case.owner_named
    first = (
        {
            "name": e.name(named.person),
            "why": told.why(named, directory),
            **({"still_so": told.still_so(named, case, directory)} if e.inside else {}),
        }
        if named
        else None
    )
    changes = [
        {
            "at": instant(stamp.at),
            "name": e.name(event.owner),
            "before": e.name(event.before),
            "because": event.because,
            **({"by": e.name(stamp.actor), "text": event.text} if e.inside else {}),
        }
        for stamp, event in told.owners(e.history)
    ]
    return {"name": e.name(case.owner), "first": first, "changes": changes}


def _fired(fired: told.Fired, e: Explaining) -> dict[str, Any]:
    event, directory = fired.event, e.view.directory
    return {
        "at": instant(fired.at),
        "clock": event.clock,
        "rung": event.rung,
        "due_at": instant(event.due_at),
        "pulled": event.pulled,
        "because": event.reason,
        "before": told.names_of(event.before, directory),
        "to": e.name(event.to) if event.to else None,
        "why": told.why(event.named, directory) if event.named else None,
        "superseded": fired.superseded,
    }


def _endorsed(found: told.Endorsed, e: Explaining) -> dict[str, Any]:
    return {
        "step": found.step,
        "by": e.name(found.decision.by),
        "at": instant(found.decision.at),
        "decision": found.decision.what,
        "because": found.because,
    }


def _outcome(case: Case) -> dict[str, Any] | None:
    if case.outcome is None:
        return None
    return {"outcome": case.outcome.value, "reason_code": case.decline_code}
