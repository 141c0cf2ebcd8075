"""The queue of the simulated year: each entry the next stored instant of a case, or somebody's act.

Whoever has something to do is planned once, by their own working time; when the moment comes and it is no longer
theirs, whoever has it now is planned instead. Deadlines are driven at their stored instants.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any, Final

from bench.year_desk import YearDesk
from bench.year_habits import PAGED, Habits
from bench.year_world import END
from partnerflow.calendars import add
from partnerflow.cases import commands as c
from partnerflow.cases.events import CaseEscalated
from partnerflow.cases.model import Case
from partnerflow.people import Actor, Person

DEADLINE: Final = Actor(None, None, service="deadline")
LAST: Final = END + timedelta(days=150)
"""Nothing new comes after the year; this long the rest may take."""

Act = Callable[[datetime], None]


@dataclass
class Queue(ABC):
    """``planned``: per case what is in the queue already, or never comes because somebody stays silent."""

    desk: YearDesk
    habits: Habits
    random: Random
    queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    planned: dict[str, set[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(set))
    waiting_for: dict[str, datetime] = field(default_factory=dict)
    stood_in: int = 0
    number: int = 0
    now: datetime = END

    def at(self, when: datetime, act: Act) -> None:
        self.number += 1
        heappush(self.queue, (when, self.number, act))

    def run(self) -> None:
        while self.queue:
            when, _, act = heappop(self.queue)
            if when > LAST:
                break
            self.now = when
            act(when)

    def send(self, ref: str, command: Any, actor: Actor, at: datetime) -> str:
        before = len(self.desk.log[ref])
        answer = self.desk.send(ref, command, actor, at)
        for _, _, event in self.desk.log[ref][before:]:
            if isinstance(event, CaseEscalated) and event.to is None and self.random.random() < PAGED:
                keys = self.planned[ref]
                self.planned[ref] = {key for key in keys if key[0] not in ("step", "assess", "pass")}
        self.after(ref, at)
        return answer

    def by(self, ref: str, person: str, seconds: int, at: datetime, command: Any) -> None:
        """Somebody sends something after so much of their working time, if they are there and the case is open."""
        calendar = self.desk.directory.people[person].calendar

        def do(when: datetime) -> None:
            if self.desk.cases[ref].open and self.desk.directory.people[person].present(when):
                self.send(ref, command, self.desk.actor(person), when)

        self.at(add(calendar, at, seconds), do)

    @abstractmethod
    def after(self, ref: str, at: datetime) -> None:
        """Look at a case that has changed: who has something to do."""

    def watch(self, case: Case) -> None:
        """The case's next instant, once."""
        due = case.clocks_due
        if due and self.waiting_for.get(case.ref) != due[0][0]:
            self.waiting_for[case.ref] = due[0][0]
            self.at(due[0][0], self.settle(case.ref))

    def settle(self, ref: str) -> Act:
        def due(at: datetime) -> None:
            case = self.desk.cases[ref]
            if case.clocks_due and case.clocks_due[0][0] == at:
                self.send(ref, c.CaseDue(case.clocks_due[0][1], at), DEADLINE, at)

        return due

    def plan(
        self,
        ref: str,
        key: tuple[Any, ...],
        who: Callable[[Case, datetime], tuple[Person, ...]],
        act: Callable[[Case, Person, datetime], None],
        at: datetime,
        never: float = 0.0,
    ) -> None:
        """Each of those who have it acts once, after their own time, if it is still theirs then."""
        for person in who(self.desk.cases[ref], at):
            whole = (*key, person.id)
            if whole in self.planned[ref]:
                continue
            self.planned[ref].add(whole)
            delay = self.habits.delay(person.id)
            if delay is None or self.random.random() < never:
                continue

            def come(when: datetime, person: Person = person, whole: tuple[Any, ...] = whole) -> None:
                self.planned[ref].discard(whole)
                case = self.desk.cases[ref]
                if case.open and not case.awaiting_partner and person.id in {p.id for p in who(case, when)}:
                    self.planned[ref].add(whole)
                    act(case, person, when)
                self.after(ref, when)

            self.at(add(person.calendar, at, delay), come)
