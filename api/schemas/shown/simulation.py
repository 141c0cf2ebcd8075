"""What a policy would have changed, as whoever drafts or publishes it reads it; amounts in the operator's currency."""

from collections.abc import Callable
from typing import Any

from api.schemas.shown.plain import Money, instant, money
from partnerflow.cases.comparison import Deadlines, Passed, Shift, Simulation
from partnerflow.cases.simulation import Compared, Foreseen
from partnerflow.people import Directory

Amount = Callable[[int], Money]


def simulation(found: Simulation, version: int, days: int, directory: Directory) -> dict[str, Any]:
    currency = directory.operator.currency

    def amount(minor: int) -> Money:
        return money(minor, currency)

    return {
        "version": version,
        "days": days,
        "cases": len(found.compared),
        "changed": found.changed,
        "routes": [_shift(shift, amount) for shift in found.routes],
        "outcomes": [_shift(shift, amount) for shift in found.outcomes],
        "deciders": [
            {"person": _name(load.person, directory), "before": load.before, "after": load.after}
            for load in found.deciders
        ],
        "deadlines": _deadlines(found.decisions) | {"first_step": _deadlines(found.first_steps)},
        "automatic": {
            "before": _passed(found.automatic(lambda case: case.before), amount),
            "after": _passed(found.automatic(lambda case: case.after), amount),
        },
        "items": [_item(case, directory, amount) for case in found.items],
        "skipped": [{"ref": ref, "why": why} for ref, why in found.skipped[: found.most]],
    }


def _shift(shift: Shift, amount: Amount) -> dict[str, Any]:
    return {"from": shift.before, "to": shift.after, "count": shift.count, "net": amount(shift.net)}


def _deadlines(found: Deadlines) -> dict[str, Any]:
    return {
        "earlier": found.earlier,
        "later": found.later,
        "same": found.same,
        "median_minutes_before": found.median_minutes_before,
        "median_minutes_after": found.median_minutes_after,
    }


def _passed(passed: Passed, amount: Amount) -> dict[str, Any]:
    return {"cases": passed.cases, "net": amount(passed.net)}


def _item(case: Compared, directory: Directory, amount: Amount) -> dict[str, Any]:
    return {
        "ref": case.ref,
        "opened_at": instant(case.opened_at),
        "requested": amount(case.asked),
        "before": _side(case.before, directory, amount),
        "after": _side(case.after, directory, amount),
    }


def _side(side: Foreseen, directory: Directory, amount: Amount) -> dict[str, Any]:
    steps = [
        {"step": step.name, "deciders": [_name(person, directory) for person in step.deciders]}
        for step in side.steps
    ]
    return {
        "verdict": side.verdict.value,
        "clause": side.clause,
        "parts": list(side.parts),
        "outcome": side.outcome,
        "route": side.route,
        "net": amount(side.net),
        "steps": steps,
        "decide_by": instant(side.decide_by),
        "first_step_by": instant(side.first_step_by),
    }


def _name(person: str, directory: Directory) -> str:
    return directory.people[person].name
