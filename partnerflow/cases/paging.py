"""The top of a ladder: nobody is left to take it, so the executive and the on-call address are told, at once and each
working morning. DOMAIN: Ladder (hold_and_page).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from partnerflow.calendars import Calendar, add, end_of_local_day, next_open
from partnerflow.cases import responsibility
from partnerflow.cases.events import CaseEscalated, ClocksSet
from partnerflow.cases.model import Clock, ClockState
from partnerflow.cases.view import Draft

A_DAY = timedelta(days=1)


def hold_and_page(draft: Draft, clock: Clock, when: datetime, before: tuple[str, ...]) -> None:
    """The clock is exhausted; its next due instant is the next page."""
    step = draft.case.step.id if clock.name == "step" and draft.case.step else None
    draft.emit(
        CaseEscalated(
            clock.name, clock.rung, before, None, when, "No rung is left.", step=step, again=clock.exhausted
        )
    )
    executive = responsibility.executive(draft.case, draft.view.directory, draft.at)
    calendar = (executive or draft.view.directory.operator).calendar
    again = next_morning(calendar, draft.at)
    state = replace(clock, state=ClockState.BREACHED, exhausted=True, due_at=again, warnings=())
    draft.emit(ClocksSet((state,)))


def next_morning(calendar: Calendar, at: datetime) -> datetime:
    """The next beginning of a working day after ``at``: today's if that is still to come."""
    midnight = end_of_local_day(at - A_DAY, calendar.zone, 0)
    this_morning = next_open(calendar, midnight)
    if this_morning and this_morning > at:
        return this_morning
    tonight = end_of_local_day(at, calendar.zone, 0)
    return next_open(calendar, tonight) or add(calendar, tonight, 1)
