"""When a case's clocks stood still, because of what, and who asked: derived from its history, never from a counter.

What is read here every party of the case may read: a partner explains its clocks from the same events. DOMAIN: Pauses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from partnerflow import calendars
from partnerflow.calendars import Calendar, Pause
from partnerflow.cases import events as e
from partnerflow.cases.clocks import PARTNER_ANSWER, STEP
from partnerflow.cases.model import Clock, ClockState, Fact
from partnerflow.cases.statements import PARTNER
from partnerflow.events import Stamp

History = Iterable[tuple[Stamp, Any]]
"""Events of one case in order, with their stamps; private ones may be missing."""

QUESTION, FACT = "question", "fact"
ENDINGS = (
    e.CaseApproved,
    e.CaseApprovedInPart,
    e.CaseDeclined,
    e.CaseWithdrawn,
    e.CaseCancelled,
    e.CaseClosed,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A question or a decisive fact that was open to the partner; ``until`` None: it still is."""

    kind: str
    id: str
    text: str
    by: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """A clock stood still. ``started_at`` tells one run of the clock from another of the same name; ``by`` asked, and
    so answers for the pause; ``points`` are what was open meanwhile."""

    clock: str
    started_at: datetime
    since: datetime
    until: datetime | None
    because: str
    by: str
    points: tuple[Point, ...] = ()

    @property
    def span(self) -> Pause:
        return self.since, self.until


def stops(history: History) -> tuple[Stop, ...]:
    """Every pause of every clock, in the order in which they began."""
    told = tuple(history)
    known = points(told)
    open_: dict[str, Stop] = {}
    ended: list[Stop] = []
    for stamp, event in told:
        ended += [replace(open_.pop(name), until=at) for name, at in tuple(_ends(event, stamp, open_))]
        if isinstance(event, e.ClockPaused):
            for clock in event.clocks:
                new = Stop(clock.name, clock.started_at, stamp.at, None, event.because, event.by)
                open_.setdefault(clock.name, new)
    found = (stop for stop in (*ended, *open_.values()) if stop.until != stop.since)
    ordered = sorted(found, key=lambda stop: (stop.since, stop.clock))
    return tuple(replace(stop, points=_meanwhile(stop, known)) for stop in ordered)


def _ends(event: Any, stamp: Stamp, open_: dict[str, Stop]) -> Iterator[tuple[str, datetime]]:
    """The clocks whose pause ends with the event, and when: a pause that lapsed ended when it was due to."""
    if isinstance(event, e.ClockResumed):
        yield from ((c.name, c.resumed_at or stamp.at) for c in event.clocks if c.name in open_)
    elif isinstance(event, e.ClocksSet):
        moved = (clock for clock in event.clocks if clock.state is not ClockState.PAUSED)
        yield from ((clock.name, stamp.at) for clock in moved if clock.name in open_)
    elif isinstance(event, e.ClockPaused):
        paused = (clock for clock in event.clocks if clock.name in open_)
        yield from ((c.name, stamp.at) for c in paused if c.started_at != open_[c.name].started_at)
    elif isinstance(event, ENDINGS):
        yield from ((name, stamp.at) for name in tuple(open_))
    elif STEP in open_ and _ends_step(event):
        yield STEP, stamp.at


def _ends_step(event: Any) -> bool:
    decided = isinstance(event, e.StepDecided) and event.final
    return decided or isinstance(event, e.StepStarted | e.CaseRecalled)


def points(history: History) -> tuple[Point, ...]:
    """What was open to the partner, and from when to when."""
    open_: dict[tuple[str, str], Point] = {}
    ended: list[Point] = []
    for stamp, event in history:
        ended += [replace(open_.pop(key), until=stamp.at) for key in _answered(event, open_)]
        if point := _asked(event, stamp):
            before = open_.get((point.kind, point.id))
            open_[point.kind, point.id] = replace(before, text=point.text) if before else point
    found = (point for point in (*ended, *open_.values()) if point.until != point.since)
    return tuple(sorted(found, key=lambda point: (point.since, point.kind, point.id)))


def _asked(event: Any, stamp: Stamp) -> Point | None:
    if isinstance(event, e.InfoRequested):
        asked = event.question
        return Point(QUESTION, asked.id, asked.text, asked.by, stamp.at)
    if isinstance(event, e.FactChanged | e.FactDisputed) and _waits(event.fact):
        fact = event.fact
        by = fact.dispute.by if fact.dispute else fact.by
        return Point(FACT, fact.id, fact.text, by, stamp.at)
    return None


def _answered(event: Any, open_: dict[tuple[str, str], Point]) -> tuple[tuple[str, str], ...]:
    if isinstance(event, ENDINGS):
        return tuple(open_)
    if isinstance(event, e.CaseRecalled):
        return tuple(key for key in open_ if key[0] == QUESTION)
    if isinstance(event, e.InfoReceived):
        key = (QUESTION, event.question)
    elif isinstance(event, e.FactChanged | e.FactDisputed) and not _waits(event.fact):
        key = (FACT, event.fact.id)
    else:
        return ()
    return (key,) if key in open_ else ()


def _waits(fact: Fact) -> bool:
    return fact.decisive and fact.waits_for == PARTNER


def _meanwhile(stop: Stop, known: Iterable[Point]) -> tuple[Point, ...]:
    def overlaps(point: Point) -> bool:
        begun = stop.until is None or point.since < stop.until
        return begun and (point.until is None or point.until > stop.since)

    return tuple(point for point in known if overlaps(point))


def spans_of(clock: Clock, history: History) -> tuple[Pause, ...]:
    """When this run of the clock did not count. The partner's own clock counts just while something is open to them."""
    told = tuple(history)
    if clock.name == PARTNER_ANSWER:
        return rests(clock, told)
    mine = (stop for stop in stops(told) if stop.clock == clock.name and stop.started_at == clock.started_at)
    return tuple(stop.span for stop in mine)


def rests(clock: Clock, history: History) -> tuple[Pause, ...]:
    """The spans between what was open to the partner, from the start of their clock on."""
    found: list[Pause] = []
    at: datetime | None = clock.started_at
    for since, until in _merged((p.since, p.until) for p in points(history)):
        if until is not None and until <= clock.started_at:
            continue
        if at is not None and since > at:
            found.append((at, since))
        at = until
    return (*found, (at, None)) if at is not None else tuple(found)


def _merged(spans: Iterable[Pause]) -> Iterator[Pause]:
    """Spans in order, those that touch made one."""
    held: Pause | None = None
    for since, until in sorted(spans, key=lambda span: span[0]):
        if held is None:
            held = since, until
        elif held[1] is None or since <= held[1]:
            held = held[0], None if held[1] is None or until is None else max(held[1], until)
        else:
            yield held
            held = since, until
    if held:
        yield held


def due(clock: Clock, calendar: Calendar, spans: Iterable[Pause]) -> datetime | None:
    """The due instant as the history makes it; None while paused. What was used up before it ran on (its allowance was
    lowered, or it stopped at its very instant, which is not yet over) is due as soon as it runs."""
    paused = tuple(spans)
    found = calendars.add_with_pauses(calendar, clock.started_at, clock.allowance, paused)
    if found is not None and any(until is None and since <= found for since, until in paused):
        return None
    since = clock.resumed_at or clock.started_at
    if found is not None and found < since:
        return calendars.add(calendar, since, 0)
    return found
