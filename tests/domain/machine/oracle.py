"""What must hold of every case at every moment, whatever was sent (FAULTS: the oracle, 5 and 8; DOMAIN: Deadlines)."""

from datetime import datetime, timedelta
from typing import Any

from partnerflow.calendars import add_length, add_with_pauses
from partnerflow.cases import clocks
from partnerflow.cases.model import Case, Clock, ClockState, RemedyState, Stage
from partnerflow.cases.responsibility import deciders, next_rung, owner
from partnerflow.cases.status import status
from partnerflow.events import Stamp
from partnerflow.people import Directory, Role
from partnerflow.policy.document import Policy


def goes_on_by_itself(case: Case, known: Directory, policy: Policy, at: datetime) -> None:
    """An open case has a present owner of ours and an instant at which something happens; a closed one has none."""
    if not case.open:
        assert not case.clocks_due
        assert not case.held or case.outcome == "credited"
        return
    has_it = owner(case, known, at)
    assert has_it.present(at)
    assert has_it.organisation == known.operator.code
    assert has_it.roles != {Role.ADMIN}
    driven = case.remedy is not None and case.remedy.state is RemedyState.EXECUTING
    assert case.clocks_due or (case.stage is Stage.REMEDY and driven)
    assert status(case, policy, known, at).next
    _next_rung_is_due(case, known, policy, at)
    if case.step is not None:
        assert case.stage is Stage.APPROVAL
        for person in deciders(case, case.step, known, at):
            assert person.present(at)
    assert (case.stage is Stage.APPROVAL) is (case.step is not None)


def _next_rung_is_due(case: Case, known: Directory, policy: Policy, at: datetime) -> None:
    found = next_rung(case, policy, known, at)
    if found:
        assert found[0].present(at)
        assert found[1] in {when for when, _ in case.clocks_due} or any(c.warnings for c in case.clocks)


def clocks_are_kept(case: Case, history: list[tuple[Stamp, Any]], known: Directory, at: datetime) -> None:
    """Each due instant is what its calendar, start, allowance and pauses say; no more is used than allowed."""
    pauses = pauses_of(history)
    for clock in case.clocks:
        assert clocks.used(clock, at, known) <= max(clock.allowance, clock.used)
        assert clock.used <= clock.allowance or case.clock_policy_version is not None
        assert (clock.due_at is None) is (clock.state in (ClockState.PAUSED, ClockState.DONE))
        assert clock.due_at is None or all(w.at <= clock.due_at for w in clock.warnings)
        if clock.state is ClockState.PAUSED:
            assert case.awaiting_partner
            assert clock.name in clocks.PAUSED_BY_QUESTION
        elif clock.state is ClockState.RUNNING and clock.name != clocks.VAT_NOTE:
            _due_recomputed(case, clock, pauses.get(clock.name, []), known)
    if case.awaiting_partner:
        answer = case.clock(clocks.PARTNER_ANSWER)
        assert answer
        assert answer.state is ClockState.RUNNING
        running = [c.name for c in case.clocks if c.state is ClockState.RUNNING]
        assert not set(running) & set(clocks.PAUSED_BY_QUESTION)


def _due_recomputed(
    case: Case, clock: Clock, pauses: list[tuple[datetime, datetime | None]], known: Directory
) -> None:
    """Exactly, from the stored parts and from the history alike."""
    calendar = clocks.calendar_of(known, clock.measured_by)
    assert clock.due_at
    left = max(timedelta(), timedelta(seconds=clock.allowance) - clock.spent)
    assert clock.due_at == add_length(calendar, clock.resumed_at or clock.started_at, left)
    if clock.name == clocks.PARTNER_ANSWER or not left:
        return
    since = [pause for pause in pauses if pause[0] >= clock.started_at]
    assert clock.due_at == add_with_pauses(calendar, clock.started_at, clock.allowance, since)


def pauses_of(history: list[tuple[Stamp, Any]]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """When each running clock stood still, from its pause to the instant at which it ran on; a new start has none."""
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for stamp, event in history:
        for clock in getattr(event, "clocks", ()):
            rows = found.setdefault(clock.name, [])
            if clock.state is ClockState.PAUSED and not (rows and rows[-1][1] is None):
                rows.append((stamp.at, None))
            elif clock.state is ClockState.RUNNING and clock.resumed_at == clock.started_at:
                rows.clear()
            elif clock.state is ClockState.RUNNING and rows and rows[-1][1] is None:
                rows[-1] = (rows[-1][0], clock.resumed_at)
    return found


def settled(case: Case, at: datetime) -> None:
    """After any command nothing older than it is due, but what may climb only one rung at a time."""
    left = [name for when, name in case.instants_due if when < at]
    assert set(left) <= set(clocks.CLIMBING)
