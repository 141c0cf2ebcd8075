"""How a clock of a case came to its due instant: what it measures, whose time, how much and why, where it stood still.

Worked out from the case and its history with the policy that the clock runs by; where it no longer gives the stored
instant, because a calendar has changed since, the stored one holds and that is said. DOMAIN: Deadlines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from partnerflow import calendars
from partnerflow.calendars import Calendar, Explanation, Pause, end_of_local_day
from partnerflow.cases import clocks
from partnerflow.cases.grounds import DATE, FULL, MINIMUM, OWN, POLICY, RUNG, SHARE, Basis
from partnerflow.cases.model import Case, Clock, ClockState
from partnerflow.cases.pauses import Stop, due, spans_of, stops
from partnerflow.events import Stamp
from partnerflow.people import Directory
from partnerflow.policy.document import Policy

APPEAL: Final = "appeal"

MEASURES: Final = {
    clocks.OWNER: "From having the case to the first act on it, for each new owner.",
    clocks.FIRST_RESPONSE: "From the submission to the first message a person wrote to the partner.",
    clocks.NEXT_UPDATE: "From one message that a person wrote to the partner to the next.",
    clocks.DECISION: "From the submission to the decision that grants or refuses; after an appeal, from the appeal.",
    clocks.STEP: "From the turn of an approval step to its decision, or of whoever a rung named.",
    clocks.PASS_THROUGH: "From the last document until the distributor confirms that the account shows the credit.",
    clocks.PARTNER_ANSWER: "How long points open to the partner may hold up the decision, all in all, in a round.",
    clocks.VAT_NOTE: "From the granting decision until the credit notes must be issued.",
    APPEAL: "From the end of the case until it can no longer be appealed.",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """``at`` None: not while the clock is paused."""

    percent: int
    at: datetime | None
    given: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """``used`` and ``longest`` are working seconds of the partner's calendar: what the pause took, and what all pauses
    of a round may take."""

    stop: Stop
    used: int
    longest: int


@dataclass(frozen=True, slots=True)
class Explained:
    """``used`` is working seconds. ``due`` is as the history makes it; ``agrees``: as it is stored. ``told`` says how,
    day by day; of a clock that ended before, how it would have come."""

    clock: Clock
    calendar: Calendar
    basis: Basis
    used: int
    due: datetime | None
    agrees: bool
    warnings: tuple[Warned, ...]
    pauses: tuple[Paused, ...]
    told: Explanation


def known(case: Case, policy: Policy, directory: Directory) -> tuple[Clock, ...]:
    """Every clock of the case, with the one of its appeal window, in the order in which they started."""
    appeal = _appeal(case, policy, directory)
    return tuple(sorted((*case.clocks, *appeal), key=lambda clock: clock.started_at))


def _appeal(case: Case, policy: Policy, directory: Directory) -> tuple[Clock, ...]:
    if case.appeal_until is None or case.closed_at is None:
        return ()
    return (
        Clock(
            name=APPEAL,
            measured_by=clocks.by_organisation(directory.operator.code),
            allowance=policy.allowances["appeal"] * clocks.MINUTE,
            started_at=case.closed_at,
            due_at=case.appeal_until,
            state=ClockState.RUNNING,
            basis=Basis(POLICY, clocks.numbers_of(policy)),
        ),
    )


def explain(
    clock: Clock,
    case: Case,
    history: Sequence[tuple[Stamp, Any]],
    policy: Policy,
    directory: Directory,
    at: datetime,
) -> Explained:
    """``policy`` is the case's, with the allowances its clocks were moved to; ``history`` what the reader may see."""
    calendar = clocks.calendar_of(directory, clock.measured_by)
    spans = spans_of(clock, history)
    found = _date(clock, policy, directory) or due(clock, calendar, spans)
    settled = clock.state is ClockState.DONE or clock.exhausted
    return Explained(
        clock=clock,
        calendar=calendar,
        basis=clock.basis or Basis(POLICY, case.clock_policy_version or case.policy_version),
        used=_used(clock, case, calendar, spans, directory, at),
        due=found,
        agrees=settled or found == clock.due_at,
        warnings=tuple(_warned(clock, percent, calendar, spans, at) for percent in _percents(clock, policy)),
        pauses=tuple(_paused(stop, case, policy, directory, at) for stop in _own_stops(clock, history)),
        told=calendars.explain(calendar, clock.started_at, clock.allowance, spans),
    )


def _date(clock: Clock, policy: Policy, directory: Directory) -> datetime | None:
    """The end of a local day of the issuer, for the one clock that is due by date."""
    if clock.name != clocks.VAT_NOTE:
        return None
    issuer = directory.organisations[clock.measured_by.partition(":")[2]]
    return end_of_local_day(clock.started_at, issuer.zone, policy.vat_days(issuer.country))


def _used(
    clock: Clock,
    case: Case,
    calendar: Calendar,
    spans: tuple[Pause, ...],
    directory: Directory,
    at: datetime,
) -> int:
    ended = (clock.ended_at or case.closed_at) if clock.state is ClockState.DONE else None
    if ended is None:
        return clocks.used(clock, at, directory)
    spent = calendars.used_with_pauses(calendar, clock.started_at, ended, spans)
    return min(clock.allowance, spent)


def _percents(clock: Clock, policy: Policy) -> tuple[int, ...]:
    return () if clock.name in (clocks.VAT_NOTE, APPEAL) else policy.warnings


def _warned(clock: Clock, percent: int, calendar: Calendar, spans: tuple[Pause, ...], at: datetime) -> Warned:
    when = calendars.add_with_pauses(calendar, clock.started_at, clock.allowance * percent // 100, spans)
    to_come = any(warning.percent == percent for warning in clock.warnings)
    ended = clock.ended_at if clock.state is ClockState.DONE else None
    return Warned(percent, when, when is not None and not to_come and when < (ended or at))


def _own_stops(clock: Clock, history: Sequence[tuple[Stamp, Any]]) -> tuple[Stop, ...]:
    found = (stop for stop in stops(history) if stop.clock == clock.name)
    return tuple(stop for stop in found if stop.started_at == clock.started_at)


def _paused(stop: Stop, case: Case, policy: Policy, directory: Directory, at: datetime) -> Paused:
    partner = directory.organisations[case.reseller or case.distributor or directory.operator.code]
    bound = case.clock(clocks.PARTNER_ANSWER)
    longest = bound.allowance if bound else policy.allowances[clocks.PARTNER_ANSWER] * clocks.MINUTE
    used = calendars.used(partner.calendar, stop.since, stop.until or at)
    return Paused(stop, min(used, longest), longest)


def allowance_words(told: Explained) -> str:
    """How much, and where it comes from, in a sentence."""
    basis, full = told.basis, length(told.clock.allowance)
    left, steps = length(basis.left or 0), basis.steps or 1
    among = (
        f"the {left} of decision time left among the {steps} steps left" if steps > 1 else f"the {left} left"
    )
    return {
        POLICY: f"{full}, by the policy.",
        OWN: f"{full}, the step's own.",
        SHARE: f"{full}, an equal share of {among}: less than a step usually has.",
        MINIMUM: f"{full}, the least a step has; an equal share of {among} would be less.",
        FULL: f"{full}, all that a step has: no decision time is left to share.",
        RUNG: f"{full}: rung {told.clock.rung} starts anew.",
        DATE: "To the end of a local day of the issuer, so many after the granting decision as policy says.",
    }[basis.source]


def length(seconds: int) -> str:
    """``480 min``, ``418 min 20 s``."""
    minutes, rest = divmod(seconds, clocks.MINUTE)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
