"""What a policy would change, in numbers: from the cases compared one by one."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from partnerflow.cases.simulation import Compared, Foreseen

Instant = Callable[[Foreseen], datetime | None]


@dataclass(frozen=True, slots=True)
class Shift:
    """``count`` cases went from ``before`` to ``after``; ``net`` is what was asked in them, in the operator's minor
    units."""

    before: str
    after: str
    count: int
    net: int


@dataclass(frozen=True, slots=True)
class Load:
    """In how many steps a person would be named."""

    person: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Of the cases that have one on both sides. Minutes by the clock, from the opening; None without any."""

    earlier: int
    later: int
    same: int
    median_minutes_before: int | None
    median_minutes_after: int | None


@dataclass(frozen=True, slots=True)
class Passed:
    """Cases that pass by themselves, and what they give, in the operator's minor units."""

    cases: int
    net: int


@dataclass(slots=True)
class Simulation:
    """Cases compared so far. ``skipped`` are (reference, why) of those that cannot be opened again; of those that
    change, the ``most`` with the biggest amounts are kept."""

    most: int = 200
    compared: list[Compared] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return sum(1 for case in self.compared if case.changed)

    @property
    def items(self) -> list[Compared]:
        found = (case for case in self.compared if case.changed)
        return sorted(found, key=lambda case: (-case.asked, case.ref))[: self.most]

    def shifts(self, of: Callable[[Foreseen], str]) -> list[Shift]:
        """Every pair, also of what stays; what changes first, then by number."""
        counts: Counter[tuple[str, str]] = Counter()
        nets: Counter[tuple[str, str]] = Counter()
        for case in self.compared:
            pair = (of(case.before), of(case.after))
            counts[pair] += 1
            nets[pair] += case.asked
        found = [Shift(*pair, count, nets[pair]) for pair, count in counts.items()]
        return sorted(found, key=lambda s: (s.before == s.after, -s.count, s.before, s.after))

    @property
    def routes(self) -> list[Shift]:
        """``none`` is no route: an owner has to propose first."""
        return self.shifts(lambda side: side.route or "none")

    @property
    def outcomes(self) -> list[Shift]:
        return self.shifts(lambda side: side.outcome)

    @property
    def deciders(self) -> list[Load]:
        before = _named(case.before for case in self.compared)
        after = _named(case.after for case in self.compared)
        people = sorted(before | after, key=lambda person: (-after[person], -before[person], person))
        return [Load(person, before[person], after[person]) for person in people]

    @property
    def decisions(self) -> Deadlines:
        """Until when the partner knows; at once where the policy decides."""
        return self._deadlines(lambda side: side.decide_by)

    @property
    def first_steps(self) -> Deadlines:
        return self._deadlines(lambda side: side.first_step_by)

    def _deadlines(self, of: Instant) -> Deadlines:
        both = [
            (before - case.opened_at, after - case.opened_at)
            for case in self.compared
            if (before := of(case.before)) and (after := of(case.after))
        ]
        minutes = [(int(b.total_seconds()) // 60, int(a.total_seconds()) // 60) for b, a in both]
        return Deadlines(
            earlier=sum(1 for before, after in both if after < before),
            later=sum(1 for before, after in both if after > before),
            same=sum(1 for before, after in both if after == before),
            median_minutes_before=int(median(b for b, _ in minutes)) if minutes else None,
            median_minutes_after=int(median(a for _, a in minutes)) if minutes else None,
        )

    def automatic(self, side: Callable[[Compared], Foreseen]) -> Passed:
        passed = [side(case) for case in self.compared if side(case).automatic]
        return Passed(len(passed), sum(each.net for each in passed))


def _named(sides: Iterable[Foreseen]) -> Counter[str]:
    return Counter(person for side in sides for step in side.steps for person in step.deciders)
