"""The simulated year itself: who sends what, and what each change of a case gives whom to do."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from bench.year_desk import DONE, Book, YearDesk
from bench.year_habits import DESK_NEVER, PARTNER_NEVER, Habits
from bench.year_orders import a_request, an_order
from bench.year_queue import LAST, Act, Queue
from bench.year_world import END, World, arrivals
from partnerflow.calendars import add
from partnerflow.cases import commands as c
from partnerflow.cases import responsibility
from partnerflow.cases.model import Case, Fact, FactState, RemedyState, Stage
from partnerflow.cases.remedies import next_action
from partnerflow.people import Actor, Directory, Person

REMEDY, PEOPLE, POLICY = (Actor(None, None, service=name) for name in ("remedy", "people", "policy"))
BATCH: Final = timedelta(minutes=20)


@dataclass
class Year(Queue):
    """``bought`` are the orders per buyer."""

    bought: dict[str, list[Book]] = field(default_factory=lambda: defaultdict(list))

    def arrive(self, number: int, buyer: str) -> Act:
        def come(at: datetime) -> None:
            if not self.desk.directory.people[buyer].present(at):
                self.at(at + timedelta(hours=1), self.arrive(number, self.colleague(buyer)))
                return
            mine = self.bought[buyer]
            if mine and self.random.random() < 0.1:
                found = self.random.choice(mine[-3:])
            else:
                found = an_order(number, buyer, at, self.desk.world, self.random)
                mine.append(found)
            self.desk.books[found.order.id] = found
            ref = self.desk.open(a_request(found.order, self.random), self.desk.actor(buyer), at)
            if ref is None:
                self.at(at + timedelta(hours=1), come)
                return
            self.moods(ref, buyer, at)
            self.after(ref, at)

        return come

    def colleague(self, buyer: str) -> str:
        return f"{buyer[:-1]}{'2' if buyer.endswith('1') else '1'}"

    def moods(self, ref: str, buyer: str, at: datetime) -> None:
        """What a partner may do of their own accord, and the owner's first word."""
        for likely, hours, command in (
            (0.03, (1, 40), c.Withdraw("We keep them after all.")),
            (0.05, (5, 20), c.Escalate("It takes too long.")),
            (0.02, (2, 30), c.AlreadyTold("On the phone.")),
            (0.015, (1, 8), c.Recall("Some are missing.")),
        ):
            if self.random.random() < likely:
                self.by(ref, buyer, self.random.randint(*hours) * 3600, at, command)
        owner = self.desk.cases[ref].owner
        if self.random.random() < 0.7:
            self.by(ref, owner, self.random.randint(1, 6) * 3600, at, c.AddNote("We are looking at it."))
        if self.random.random() < 0.02:
            self.by(ref, owner, 1800, at, c.Redirect("licensing", "A question of keys."))
        if self.random.random() < 0.02:
            self.by(ref, owner, 1800, at, c.Reassign("arbor-support-head", "Please take this one."))

    def after(self, ref: str, at: datetime) -> None:
        """Look at a case that has changed: its next instant, and who has something to do."""
        case = self.desk.cases[ref]
        self.watch(case)
        if not case.open:
            self.maybe_appeal(case, at)
        elif case.awaiting_partner:
            self.ask(case, at)
        elif case.stage is Stage.ASSESSMENT:
            self.plan(ref, ("assess", len(case.rounds), len(case.questions)), self.owners, self.assess, at)
        elif case.stage is Stage.APPROVAL:
            self.decide(case, at)
        elif case.stage is Stage.REMEDY:
            self.remedy(case, at)
        elif case.stage is Stage.PASSING_ON:
            self.plan(ref, ("pass",), self.contact, self.confirm, at, DESK_NEVER)

    def owners(self, case: Case, at: datetime) -> tuple[Person, ...]:
        return (
            (responsibility.owner(case, self.desk.directory, at),) if case.stage is Stage.ASSESSMENT else ()
        )

    def contact(self, case: Case, at: datetime) -> tuple[Person, ...]:
        found = responsibility.distributor_contact(case, self.desk.directory, at)
        return (found,) if found and case.stage is Stage.PASSING_ON else ()

    def deciders(self, case: Case, at: datetime) -> tuple[Person, ...]:
        if case.step is None:
            return ()
        return responsibility.deciders(case, case.step, self.desk.directory, at)

    def assess(self, case: Case, person: Person, at: datetime) -> None:
        self.stood_in += person.id != case.owner
        self.send(case.ref, self.habits.assessment(case), self.desk.actor(person.id), at)

    def decide(self, case: Case, at: datetime) -> None:
        assert case.step
        key = ("step", case.step.id, case.step.rung, case.proposal.version if case.proposal else 0)
        self.plan(case.ref, key, self.deciders, self.answer, at)

    def answer(self, case: Case, person: Person, at: datetime) -> None:
        assert case.step
        command = self.habits.decision(case, person.manager)
        self.stood_in += person.id not in case.step.deciders
        answer = self.send(case.ref, command, self.desk.actor(person.id), at)
        if answer == "limit-exceeded" and person.manager:
            up = c.DecideStep(command.step, "pass_on", command.version, "Above my limit.", to=person.manager)
            self.send(case.ref, up, self.desk.actor(person.id), at)

    def confirm(self, case: Case, person: Person, at: datetime) -> None:
        passed = c.ConfirmPassThrough("account_credit", "ACC", at)
        self.send(case.ref, passed, self.desk.actor(person.id), at)

    def ask(self, case: Case, at: datetime) -> None:
        """The partner answers what is open to them: soon, late, or never."""
        who = responsibility.partner_people(case, self.desk.directory)[0]
        points: list[tuple[str, Any]] = [(q.id, c.Answer(q.id, "Those.")) for q in case.questions if q.open]
        points += [(f"{f.id}.{f.version}", self._reply(f)) for f in case.facts_for_partner]
        for name, command in points:
            if ("reply", name) in self.planned[case.ref]:
                continue
            self.planned[case.ref].add(("reply", name))
            if self.random.random() >= PARTNER_NEVER:
                late = self.random.random() < 0.3
                seconds = 3600 * self.random.randint(*((12, 60) if late else (1, 6)))
                self.by(case.ref, who.id, seconds, at, command)

    def _reply(self, fact: Fact) -> Any:
        if self.random.random() < 0.7:
            return c.ConfirmFact(fact.id)
        return c.DisputeFact(fact.id, "That is not so.")

    def remedy(self, case: Case, at: datetime) -> None:
        assert case.remedy
        number, action = case.remedy.round, next_action(case)
        if case.remedy.state is RemedyState.FAILED:
            self.plan(case.ref, ("retry", number, case.version), self.failed, self.retry, at)
            return
        key = ("remedy", number, action)
        if key in self.planned[case.ref] or action is None:
            return
        self.planned[case.ref].add(key)
        command: Any = c.IssueNotes(number) if action == "issue" else c.RecordAction(number, action, "r")
        if self.random.random() < 0.01:
            command = c.FailRemedy(number, "The vendor's service refused it.")

        def act(when: datetime) -> None:
            self.planned[case.ref].discard(key)
            if self.desk.cases[case.ref].stage is Stage.REMEDY:
                self.send(case.ref, command, REMEDY, when)

        self.at(at + timedelta(seconds=20), act)

    def failed(self, case: Case, at: datetime) -> tuple[Person, ...]:
        held = case.remedy is not None and case.remedy.state is RemedyState.FAILED
        return (responsibility.owner(case, self.desk.directory, at),) if held else ()

    def retry(self, case: Case, person: Person, at: datetime) -> None:
        assert case.remedy
        self.send(case.ref, c.RetryRemedy(case.remedy.round), self.desk.actor(person.id), at)

    def maybe_appeal(self, case: Case, at: datetime) -> None:
        if case.appeal or case.appeal_until is None or ("appeal",) in self.planned[case.ref]:
            return
        self.planned[case.ref].add(("appeal",))
        if self.random.random() < 0.2:
            who = responsibility.partner_people(case, self.desk.directory)[0].id
            hours = self.random.randint(2, 60)
            when = add(self.desk.directory.people[who].calendar, at, 3600 * hours)
            appeal = c.Appeal("It was agreed.")
            self.at(when, lambda now: self._appeal(case.ref, appeal, who, now))

    def _appeal(self, ref: str, command: Any, who: str, at: datetime) -> None:
        self.send(ref, command, self.desk.actor(who), at)

    def argue(self, at: datetime) -> None:
        """Somebody who did not add it looks at every fact that the partner disputes, each morning."""
        looking = self.desk.actor("arbor-support-head")
        for ref in list(self.desk.still_open):
            for fact in self.desk.cases[ref].facts:
                if fact.state is FactState.DISPUTED and fact.dispute and fact.dispute.side == "partner":
                    command: Any = c.UpholdFact(fact.id, "The quote of the day says so.")
                    if fact.by == looking.name:
                        command = c.WithdrawFact(fact.id)
                    self.send(ref, command, looking, at)

    def people_change(self, at: datetime) -> None:
        """At the very instant every open case has a present owner; the stored ones follow in a batch."""
        for ref in self.desk.still_open:
            self.desk.check_owner(self.desk.cases[ref], at)
        self.at(at + BATCH, self.sync)

    def sync(self, at: datetime) -> None:
        known = self.desk.directory
        for ref in list(self.desk.still_open):
            case = self.desk.cases[ref]
            gone = [p for p in (case.step.deciders if case.step else ()) if not known.people[p].present(at)]
            if gone or responsibility.owner(case, known, at).id != case.owner:
                self.send(ref, c.SyncPeople(), PEOPLE, at)

    def publish(self, version: int, *, clocks: bool) -> Act:
        def come(at: datetime) -> None:
            for ref in list(self.desk.still_open) if clocks else ():
                answer = self.send(ref, c.AdoptPolicy(version), POLICY, at)
                if answer != DONE:
                    self.desk.fault(self.desk.cases[ref], at, f"its clocks did not move: {answer}")

        return come


def simulate(cases: int, world: World, random: Random) -> Year:
    """The whole year, played to its end."""
    habits = Habits.of(sorted(world.directory.people), random)
    year = Year(YearDesk(world, world.directory), habits, random)
    for number, (at, buyer) in enumerate(arrivals(cases, world.directory, random), start=1):
        year.at(at, year.arrive(number, buyer))
    for person in world.directory.of("arbor"):
        for absence in person.absences:
            year.at(absence.since, year.people_change)
            if absence.until:
                year.at(absence.until, year.people_change)
    for at, known in world.comings:
        year.at(at, _replacing(year, known))
    for since, version, clocks in world.published[1:]:
        year.at(since, year.publish(version, clocks=clocks))
    calendar, day = world.directory.operator.calendar, END - timedelta(days=360)
    while day < LAST:
        day = add(calendar, day + timedelta(days=1), 0)
        year.at(day + timedelta(hours=1), year.argue)
    year.run()
    return year


def _replacing(year: Year, known: Directory) -> Act:
    def come(at: datetime) -> None:
        year.desk.directory = known
        year.people_change(at)

    return come
