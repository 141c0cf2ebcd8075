"""Anything anybody may send, at any time, with anyone away: what must hold afterwards (FAULTS: the oracle).

Hypothesis drives a paper desk: nothing here knows which command is right, only what must never be.
"""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from partnerflow.cases import commands as c
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case, RemedyState, Stage
from partnerflow.cases.remedies import next_action
from partnerflow.cases.responsibility import beneficiaries, owner
from partnerflow.cases.status import status
from partnerflow.credits.portions import Portion
from partnerflow.orders.commands import RecordActivation
from partnerflow.orders.model import Leg
from partnerflow.people import Actor
from partnerflow.refusals import Refused
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import (
    HALF,
    MONDAY,
    PEOPLE,
    REMEDY,
    PaperDesk,
    a_request,
    an_amount,
    policy,
    the_exchange,
)
from tests.domain.builders_people import ELLIE, NADIA, absent, directory, person

STAFF = sorted(p.id for p in directory().people.values() if p.organisation == "arbor")
EVERYONE = sorted(directory().people)
LAST = "helen-ashworth"
"""The last fallback person: she cannot leave (``last-fallback``)."""

MINUTES = st.sampled_from([0, 1, 7, 30, 60, 240, 479, 480, 900, 1440, 2880, 10_000])
POLICIES = [
    policy(),
    policy(ladders={"step": {"rungs": ["manager"], "on_exhausted": "decline"}}),
    policy(routes=[{"id": "n", "when": "true", "steps": [
        {"role": "channel_manager", "mode": "n", "n": 2}, {"role": "finance", "mode": "all"}]}]),
    policy(ladders={"step": {"rungs": ["executive"], "on_exhausted": "approve"}}),
]  # fmt: skip


class Desk(RuleBasedStateMachine):
    """``away`` maps who is absent to their delegate; nobody is forced to be sensible."""

    desk: PaperDesk
    now: datetime

    @initialize(number=st.integers(0, len(POLICIES) - 1))
    def begin(self, number: int) -> None:
        self.desk, self.now = PaperDesk(policy=POLICIES[number]), MONDAY
        self.decided: dict[str, list[tuple[str, str | None]]] = {}

    def attempt(self, command: Any, actor: Actor, ref: str) -> None:
        """A refusal is an answer; any other exception is a defect."""
        try:
            self.desk.do(command, actor, self.now, ref)
        except Refused:
            return

    def some(self, place: int) -> Case | None:
        cases = list(self.desk.cases.values())
        return cases[place % len(cases)] if cases else None

    @rule(minutes=MINUTES)
    def time_passes_with_nobody_driving(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(minutes=MINUTES)
    def time_passes_with_every_deadline_driven(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        for ref in self.desk.cases:
            self.desk.until(self.now, ref)

    @rule(who=st.sampled_from([p for p in STAFF if p != LAST]), to=st.sampled_from([None, *STAFF]))
    def somebody_leaves_for_a_while(self, who: str, to: str | None) -> None:
        back = self.now + timedelta(days=5)
        self.desk.directory = absent(self.desk.directory, who, self.now, back, to)

    @rule(
        kind=st.sampled_from(["units", "amount", "exchange"]),
        size=st.integers(1, 60),
        who=st.sampled_from(EVERYONE),
    )
    def somebody_opens_a_case(self, kind: str, size: int, who: str) -> None:
        if len(self.desk.cases) >= 5:
            return
        asked = {
            "units": a_request(size),
            "amount": an_amount(size * 1_000, convert=size % 2 == 0),
            "exchange": the_exchange(),
        }
        try:
            self.desk.open(asked[kind], person(who), self.now)
        except Refused:
            return

    @rule(place=st.integers(0, 4), who=st.sampled_from(EVERYONE), data=st.data())
    def somebody_decides(self, place: int, who: str, data: st.DataObject) -> None:
        case = self.some(place)
        if case is None or case.step is None:
            return
        what = data.draw(st.sampled_from(["approve", "approve", "approve_partial", "decline", "ask"]))
        names = case.step.deciders
        actor = person(data.draw(st.sampled_from([*names, who]))) if names else person(who)
        amount = data.draw(st.integers(1, 300_000)) if what == "approve_partial" else None
        command = c.DecideStep(case.step.id, what, version(case, case.step), "Because.", "other", (), amount)
        self.attempt(command, actor, case.ref)

    @rule(
        place=st.integers(0, 4),
        who=st.sampled_from(EVERYONE),
        what=st.integers(0, 7),
        size=st.integers(1, 60),
    )
    def somebody_says_or_does_something(self, place: int, who: str, what: int, size: int) -> None:
        case = self.some(place)
        if case is None:
            return
        asked = case.questions[-1].id if case.questions else "q1"
        portions = (
            (Portion(1, size),),
            (Portion(1, size, HALF),),
            (Portion(1, amount=size * 1_000, convert=True),),
        )
        command = (
            c.AddNote("Hello."),
            c.Withdraw("No more."),
            c.Escalate("Nobody moves."),
            c.AskPartner("Which?"),
            c.Answer(asked, "Those."),
            c.Propose(portions[size % 3], "c", "Fair."),
            c.ConfirmPassThrough("refund", "M", self.now),
            c.CloseCase("unknown"),
        )[what]
        actor = person({5: case.owner, 6: NADIA.name, 2: ELLIE.name, 4: ELLIE.name}.get(what, who))
        self.attempt(command, actor, case.ref)

    @rule(place=st.integers(0, 4), times=st.integers(1, 7))
    def whoever_has_it_does_what_is_next(self, place: int, times: int) -> None:
        """So that stories come to their ends, and not only to refusals."""
        for _ in range(times):
            self.next_act(self.some(place))

    def next_act(self, case: Case | None) -> None:
        if case is None or not case.open:
            return
        if case.step and case.step.deciders:
            command = c.DecideStep(case.step.id, "approve", version(case, case.step))
            self.attempt(command, person(case.step.deciders[0]), case.ref)
        elif case.stage is Stage.ASSESSMENT:
            portions = tuple(row for row in case.asked if row.line_no == 1)
            self.attempt(c.Propose(portions, "c", "Fair."), person(case.owner), case.ref)
        elif case.stage is Stage.PASSING_ON:
            self.attempt(c.ConfirmPassThrough("refund", "M", self.now), NADIA, case.ref)
        else:
            self.remedy_acts(case, fails=False)

    @rule(place=st.integers(0, 4), fails=st.sampled_from([False, False, False, True]))
    def the_remedy_goes_on(self, place: int, fails: bool) -> None:
        found = [case for case in self.desk.cases.values() if case.remedy]
        if found:
            self.remedy_acts(found[place % len(found)], fails=fails)

    def remedy_acts(self, case: Case, *, fails: bool) -> None:
        if case.remedy is None:
            return
        action, number = next_action(case), case.remedy.round
        if fails:
            self.attempt(c.FailRemedy(number, "It broke."), REMEDY, case.ref)
        elif action is None:
            self.attempt(c.RetryRemedy(number), REMEDY, case.ref)
        elif action == "issue":
            self.attempt(c.IssueNotes(number), REMEDY, case.ref)
        else:
            self.attempt(c.RecordAction(number, action), REMEDY, case.ref)

    @rule(units=st.integers(0, 50))
    def units_are_activated(self, units: int) -> None:
        report = RecordActivation(1, units, self.now, "vendor")
        self.desk.order = orders.do(self.desk.order, report, at=self.now)

    @rule(place=st.integers(0, 4))
    def the_record_follows_the_people(self, place: int) -> None:
        if case := self.some(place):
            self.attempt(c.SyncPeople(), PEOPLE, case.ref)

    @invariant()
    def nothing_is_credited_or_held_beyond_what_there_is(self) -> None:
        for leg, lines in self.desk.lines.items():
            held = [row for case in self.desk.cases.values() for row in case.held.get(leg, ())]
            for line in lines.values():
                assert line.credited_net + line.reserved_net <= line.limit_net
                assert line.credited_quantity + line.reserved_quantity <= line.limit_quantity
                assert line.reserved_net == sum(row.net for row in held if row.line_no == line.line_no)
                assert line.reserved_quantity == sum(
                    row.quantity for row in held if row.line_no == line.line_no
                )
        for leg, invoice in self.desk.invoices.items():
            notes = [n for n in self.desk.notes if n.leg is leg and n.preceding]
            assert (invoice.credited_net, invoice.credited_tax) == (
                sum(n.net for n in notes),
                sum(n.tax for n in notes),
            )
            assert invoice.reserved_net == sum(line.reserved_net for line in self.desk.lines[leg].values())
            assert self.desk.payments[leg].returned <= self.desk.payments[leg].paid

    @invariant()
    def every_history_folds_to_its_case(self) -> None:
        for ref, case in self.desk.cases.items():
            assert self.desk.fold(ref) == case
            assert case.version == len(self.desk.log[ref])

    @invariant()
    def nobody_decides_who_may_not_and_nobody_twice_in_a_round(self) -> None:
        known = self.desk.directory
        for case in self.desk.cases.values():
            for number in case.rounds:
                by_step = {step.id: {d.by for d in step.decisions} for step in number.steps}
                deciders = [who for found in by_step.values() for who in found]
                assert len(deciders) == len(set(deciders))
                assert not set(deciders) & ({case.requester, case.opened_for} | beneficiaries(case, known))
                if number.state == "granted" and number.route != "automatic":
                    self._granted_by_enough(number)

    @staticmethod
    def _granted_by_enough(number: Any) -> None:
        for step in number.steps:
            yes = [d for d in step.decisions if d.what.startswith("approve")]
            needed = (
                {"any": 1, "all": len(step.holders[0].persons), "n": step.needed}[step.mode]
                if step.holders
                else 1
            )
            by_policy = not any(s.decisions for s in number.steps)
            assert by_policy or step.rung or step.status == "void" or len(yes) >= needed

    @invariant()
    def every_open_case_has_an_owner_and_goes_on_by_itself(self) -> None:
        known = self.desk.directory
        for case in self.desk.cases.values():
            if not case.open:
                assert not case.clocks_due
                continue
            assert owner(case, known, self.now).present(self.now)
            assert owner(case, known, self.now).organisation == "arbor"
            driven = case.remedy is not None and case.remedy.state is RemedyState.EXECUTING
            assert case.clocks_due or (case.stage is Stage.REMEDY and driven)
            assert status(case, self.desk.policy, known, self.now).next

    @invariant()
    def numbers_have_no_gap_and_every_entry_balances(self) -> None:
        counted: dict[str, int] = {}
        for note in self.desk.notes:
            series, _, number = note.number.rpartition("-")
            counted[series] = counted.get(series, 0) + 1
            assert int(number) == counted[series]
        keys = [entry.key for entry in self.desk.entries]
        assert len(keys) == len(set(keys)) == len(self.desk.notes)
        for entry in self.desk.entries:
            assert sum(p.debit for p in entry.postings) == sum(p.credit for p in entry.postings)

    @invariant()
    def a_question_pauses_and_nothing_else_does(self) -> None:
        for case in self.desk.cases.values():
            paused = [clock.name for clock in case.clocks if clock.state == "paused"]
            assert not paused or case.awaiting_partner
            assert set(paused) <= {"decision", "step"}
            assert Leg.DOWNSTREAM in case.legs


Desk.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=35,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a whole story takes minutes
)
TestAnythingAnybodyMaySend = Desk.TestCase
