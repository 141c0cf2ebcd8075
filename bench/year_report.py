"""What the simulated year came to: the faults of its end, and its numbers as text and as JSON."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from bench.year_desk import YearDesk
from bench.year_run import Year
from partnerflow.calendars import used
from partnerflow.cases import events as e
from partnerflow.cases import responsibility
from partnerflow.cases.evolve import evolve
from partnerflow.cases.model import Case, Stage
from partnerflow.events import Stamp
from tests.domain.machine.judging import each_rung_once

ENDS: Final = (e.CaseApproved, e.CaseApprovedInPart, e.CaseDeclined, e.CaseWithdrawn, e.CaseCancelled)
HOURS: Final = (1, 2, 4, 8, 12, 16, 24, 32, 40, 60, 80, 120, 200)
"""Upper edges of the histogram, in working hours; the last bar is open."""
FOLDED: Final = 20
"""Every so manieth history is folded again, from its first event."""


def faults_of(year: Year) -> list[str]:
    """What failed on the way and what is wrong at the end; empty when all is well."""
    desk, found = year.desk, list(year.desk.faults)
    for place, (ref, case) in enumerate(desk.cases.items()):
        try:
            each_rung_once([event for _, _, event in desk.log[ref]])
        except AssertionError:
            found.append(f"{ref}: a rung fired twice")
        if ending(case, desk, year.now) is None:
            found.append(f"{ref}: {case.stage}, neither decided nor on the top rung with a named executive")
        if place % FOLDED == 0 and folded(desk, ref) != case:
            found.append(f"{ref}: its state is not the fold of its events")
    return found


def ending(case: Case, desk: YearDesk, at: datetime) -> str | None:
    """How a case ended: its outcome, ``granted`` (on its way to the partner), ``top_rung``; None: it hangs."""
    if case.outcome:
        return case.outcome.value
    if case.stage in (Stage.REMEDY, Stage.PASSING_ON):
        return "granted"
    clock = responsibility.climbing_clock(case)
    named = responsibility.executive(case, desk.directory, at)
    return "top_rung" if clock and clock.exhausted and named and named.present(at) else None


def folded(desk: YearDesk, ref: str) -> Case:
    case: Any = None
    for number, (at, actor, event) in enumerate(desk.log[ref], start=1):
        case = evolve(case, event, Stamp(number, at, actor))
    found: Case = case
    return found


def numbers(year: Year, seconds: float) -> dict[str, Any]:
    """Everything that is printed."""
    desk = year.desk
    hours = sorted(h for ref in desk.cases if (h := decided_after(desk, ref)) is not None)
    events = [event for log in desk.log.values() for _, _, event in log]
    kinds = Counter(type(event).__name__ for event in events)
    rungs = Counter(sum(isinstance(x[2], e.CaseEscalated) and x[2].to is not None for x in log)
                    for log in desk.log.values())  # fmt: skip
    pages = sum(isinstance(event, e.CaseEscalated) and event.to is None for event in events)
    return {
        "cases": len(desk.cases),
        "endings": dict(Counter(ending(case, desk, year.now) or "hanging" for case in desk.cases.values())),
        "decision_hours": {"p50": at(hours, 50), "p90": at(hours, 90), "p99": at(hours, 99), "max": at(hours, 100)},
        "histogram": histogram(hours),
        "rungs_per_case": dict(sorted(rungs.items())),
        "reminders": kinds["ClockWarned"],
        "breaches": kinds["ClockBreached"],
        "pages": pages,
        "absences_covered": year.stood_in + sum(
            isinstance(x, e.OwnerChanged) and x.because in ("absence", "left", "role") for x in events
        ),
        "moved_clocks": kinds["ClocksMoved"],
        "decisions_by": dict(Counter(x.decision.by for x in events if isinstance(x, e.StepDecided)).most_common()),
        "commands": desk.commands,
        "events": len(events),
        "refused": sum(n for (_, answer), n in desk.answers.items() if answer != "done"),
        "seconds": round(seconds, 1),
        "cases_per_second": round(len(desk.cases) / seconds, 1),
    }  # fmt: skip


def decided_after(desk: YearDesk, ref: str) -> float | None:
    """Working hours of the operator from the submission to the first decision."""
    opened = desk.cases[ref].opened_at
    when = next((at for at, _, event in desk.log[ref] if isinstance(event, ENDS)), None)
    return None if when is None else used(desk.directory.operator.calendar, opened, when) / 3600


def at(hours: Sequence[float], percent: int) -> float:
    return round(hours[min(len(hours) - 1, len(hours) * percent // 100)], 2) if hours else 0.0


def histogram(hours: Sequence[float]) -> dict[str, int]:
    edges = [0.0, *HOURS, float("inf")]
    found = {}
    for low, high in pairwise(edges):
        name = f"{low:g}-{high:g} h" if high != float("inf") else f"{low:g} h -"
        found[name] = sum(low <= h < high for h in hours)
    return found


def told(found: dict[str, Any]) -> str:
    """The numbers as a reader wants them."""
    hours = found["decision_hours"]
    widest = max(found["histogram"].values(), default=1) or 1
    bars = [
        f"    {name:>10} {count:6}  {'#' * (50 * count // widest)}"
        for name, count in found["histogram"].items()
    ]
    load = list(found["decisions_by"].items())
    busiest = ", ".join(f"{who} {n}" for who, n in load[:5])
    endings = ", ".join(f"{n} {name}" for name, n in sorted(found["endings"].items()))
    rungs = ", ".join(f"{n} cases {rungs}" for rungs, n in found["rungs_per_case"].items())
    quantiles = ", ".join(f"{name} {value:.1f}" for name, value in hours.items())
    lines = [
        f"cases        {found['cases']}: {endings}",
        f"decided in   {quantiles} working hours of the operator",
        *bars,
        f"rungs        {rungs}",
        f"reminders    {found['reminders']}, breaches {found['breaches']}, pages {found['pages']}",
        f"people       {found['absences_covered']} times stood in for; {found['moved_clocks']} cases' clocks moved",
        f"load         {len(load)} deciders: {busiest}, ...",
        f"desk         {found['commands']} commands ({found['refused']} refused), {found['events']} events",
        f"speed        {found['seconds']} s, {found['cases_per_second']:.0f} cases/s on one core",
    ]
    return "\n".join(lines)
