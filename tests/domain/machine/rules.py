"""Anything anybody may send, at any time, with anyone away: one machine for the desk on paper and for the real one.

Hypothesis drives; nothing here knows which command is right, only what must never be.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from partnerflow.cases import commands as c
from partnerflow.cases import money_commands as m
from partnerflow.cases.deciding import version
from partnerflow.cases.external_notes import waiting
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.money_commands import Found
from partnerflow.cases.paying import PayoutAct, next_act
from partnerflow.cases.remedies import next_action
from partnerflow.people import Actor
from tests.domain.machine import worlds
from tests.domain.machine.desks import DONE, Desk, actor_of
from tests.domain.machine.judging import follow
from tests.domain.machine.moves import MOVES, PAYMENTS, PEOPLE, REMEDY, Draw, possible, to_the_point
from tests.domain.machine.oracle import clocks_are_kept, goes_on_by_itself, settled

PLACES = st.integers(0, 7)
MINUTES = st.sampled_from(worlds.MINUTES)
DAYS = st.sampled_from([1, 1, 3, 5, None])
EVERYONE = st.sampled_from(worlds.EVERYONE)
GOING = st.sampled_from(worlds.MAY_GO)


class Machine(RuleBasedStateMachine):
    """``seen`` are the cases as last judged; ``touched`` those that were sent something since."""

    desk: Desk
    make: Callable[[int, bool, bool], Desk]
    cases = 4

    @initialize(
        number=st.integers(0, len(worlds.DOCUMENTS) - 1), kind=st.integers(0, 4), size=st.integers(1, 60),
        pays=st.booleans(), told=st.booleans(),
    )  # fmt: skip
    def begin(self, number: int, kind: int, size: int, pays: bool, told: bool) -> None:
        """``pays``: through a payment port, and nothing is unpaid, so that much is given back; ``told``: another system
        numbers the vendor's notes."""
        self.pays = pays
        self.desk = type(self).make(number, told, pays)
        self.seen: dict[str, Case] = {}
        self.touched: set[str] = set()
        self.desk.open(worlds.requests(size)[kind], self.actor("ellie-marsh"))

    def send(self, command: Any, actor: Actor, ref: str) -> str:
        self.touched.add(ref)
        answer = self.desk.send(command, actor, ref)
        settled(self.desk.case(ref), self.desk.answered_at)
        return answer

    def actor(self, person: str) -> Actor:
        return actor_of(self.desk.directory, person)

    def some(self, place: int) -> Case | None:
        """Mostly one that is open."""
        refs = self.desk.refs
        opened = [ref for ref in refs if self.desk.case(ref).open] or refs
        chosen = opened if place else refs
        return self.desk.case(chosen[place % len(chosen)]) if chosen else None

    @rule(kind=st.integers(0, 4), size=st.integers(1, 60), data=st.data())
    def somebody_opens_a_case(self, kind: int, size: int, data: st.DataObject) -> None:
        open_ones = sum(self.desk.case(ref).open for ref in self.desk.refs)
        if open_ones < self.cases and len(self.desk.refs) < 2 * self.cases:
            likely = [*worlds.PARTNERS, "nadia-rahman", "owen-clarke"]
            who = data.draw(st.sampled_from([*likely, *likely, *worlds.EVERYONE]))
            self.desk.open(worlds.requests(size)[kind], self.actor(who))

    @rule(place=PLACES, data=st.data())
    def somebody_sends_something(self, place: int, data: st.DataObject) -> None:
        if case := self.some(place):
            self.play(data.draw(st.sampled_from(possible(case))), case, data.draw)

    @rule(place=PLACES, data=st.data())
    def somebody_answers_a_step(self, place: int, data: st.DataObject) -> None:
        case = self.some(place)
        if case and case.step:
            self.play(c.DecideStep, case, data.draw)

    @rule(place=PLACES, data=st.data())
    def the_parties_argue(self, place: int, data: st.DataObject) -> None:
        kinds = [c.AddFact, c.CorrectFact, c.ConfirmFact, c.DisputeFact, c.UpholdFact, c.WithdrawFact]
        if case := self.some(place):
            self.play(data.draw(st.sampled_from([*kinds, c.AskPartner, c.Answer])), case, data.draw)

    @rule(place=PLACES, times=st.integers(1, 3), data=st.data())
    def a_fact_is_argued_to_the_end(self, place: int, times: int, data: st.DataObject) -> None:
        for _ in range(times):
            case = self.some(place)
            if case and (found := to_the_point(case, data.draw)):
                self.send(found[0], self.actor(found[1]), case.ref)

    def play(self, kind: type, case: Case, draw: Draw) -> str:
        """By whoever would likely do it, or by just anybody."""
        move = MOVES[kind]
        command = move.make(case, draw)
        return self.send(command, self.who(kind, case, draw), case.ref)

    def who(self, kind: type, case: Case, draw: Draw) -> Actor:
        move = MOVES[kind]
        likely = list(move.likely(case))
        if move.service and draw(st.integers(0, 9)):
            return move.service
        return self.actor(draw(st.sampled_from([*likely * 8, *worlds.EVERYONE])))

    @rule(place=PLACES, data=st.data())
    def somebody_answers_what_they_saw_before(self, place: int, data: st.DataObject) -> None:
        """A stale version is never applied."""
        case = self.some(place)
        if case is None or case.step is None or case.proposal is None:
            return
        command = MOVES[c.DecideStep].make(case, data.draw)
        stale = replace(command, version=f"{case.rounds[-1].no}.{case.proposal.version - 1}")
        assert stale.version != version(case, case.step)
        answer = self.send(stale, self.who(c.DecideStep, case, data.draw), case.ref)
        assert answer != DONE

    @rule(place=PLACES, times=st.integers(1, 7))
    def whoever_has_it_does_what_is_next(self, place: int, times: int) -> None:
        """So that stories come to their ends, and not only to refusals."""
        for _ in range(times):
            if case := self.some(place):
                self.next_act(case)

    @rule(place=PLACES, who=st.sampled_from(worlds.PARTNERS), hours=st.sampled_from([0, 1, 100]))
    def the_partner_appeals(self, place: int, who: str, hours: int) -> None:
        """What was declined or left out, after a while."""
        decided = [ref for ref in self.desk.refs if self.desk.case(ref).appeal_until]
        if decided:
            self.desk.wait(60 * hours)
            self.send(c.Appeal("Look again."), self.actor(who), decided[place % len(decided)])

    @rule(place=PLACES, amount=st.integers(1, 60_000))
    def whoever_decides_gives_less(self, place: int, amount: int) -> None:
        case = self.some(place)
        if case and case.step and case.step.deciders:
            seen = version(case, case.step)
            less = c.DecideStep(case.step.id, "approve_partial", seen, amount=amount, convert=True)
            self.send(less, self.actor(case.step.deciders[0]), case.ref)

    @rule(place=PLACES, code=st.sampled_from(["activated", "other"]))
    def whoever_decides_says_no(self, place: int, code: str) -> None:
        case = self.some(place)
        if case and case.step and case.step.deciders:
            no = c.DecideStep(case.step.id, "decline", version(case, case.step), "No.", code)
            self.send(no, self.actor(case.step.deciders[0]), case.ref)

    def next_act(self, case: Case) -> None:
        if case.step and case.step.deciders:
            command = c.DecideStep(case.step.id, "approve", version(case, case.step))
            answered = {d.by for d in case.step.decisions}
            left = [p for p in case.step.deciders if p not in answered]
            self.send(command, self.actor((left or case.step.deciders)[0]), case.ref)
        elif case.stage is Stage.ASSESSMENT:
            rows = tuple(row for row in case.asked if row.line_no == 1)
            self.send(c.Propose(rows, "c", "Fair."), self.actor(case.owner), case.ref)
        elif case.stage is Stage.PASSING_ON and any(next_act(case, p) for p in case.payouts):
            self.payer_says(case, Found.CONFIRMED)
        elif case.stage is Stage.PASSING_ON:
            passed = c.ConfirmPassThrough("refund", "M", self.desk.now)
            self.send(passed, self.actor("nadia-rahman"), case.ref)
        elif case.stage is Stage.REMEDY:
            self.remedy_act(case)

    def remedy_act(self, case: Case) -> None:
        assert case.remedy
        number, action = case.remedy.round, next_action(case)
        if action is None:
            self.send(c.RetryRemedy(number), REMEDY, case.ref)
        elif action == "issue":
            self.send(c.IssueNotes(number, self.pays), REMEDY, case.ref)
        else:
            self.send(c.RecordAction(number, action), REMEDY, case.ref)

    @rule(place=PLACES, answers=st.lists(st.sampled_from([*Found, Found.CONFIRMED]), min_size=1, max_size=5))
    def the_payer_is_asked(self, place: int, answers: list[Found]) -> None:
        """As its driver does: submitted, looked for, and submitted again where there is surely nothing."""
        paying_ = [ref for ref in self.desk.refs if self.desk.case(ref).payouts]
        for answer in answers if paying_ else ():
            self.payer_says(self.desk.case(paying_[place % len(paying_)]), answer)

    def payer_says(self, case: Case, answer: Found) -> None:
        if payout := next((p for p in case.payouts if next_act(case, p)), None):
            again = answer is Found.ABSENT
            submit = next_act(case, payout) is PayoutAct.SUBMIT or (again and not payout.accepted)
            told = m.PayoutAnswered(payout.key, payout.tries, answer)
            self.send(m.SubmitPayout(payout.key, again) if submit else told, PAYMENTS, case.ref)

    @rule(place=PLACES, more=st.sampled_from([0, 0, 0, 1]))
    def another_issuer_says_what_it_issued(self, place: int, more: int) -> None:
        told = [(ref, told) for ref in self.desk.refs for told in waiting(self.desk.case(ref))]
        if told:
            ref, i = told[place % len(told)]
            number, at = f"X-{ref}-{i.round}", self.desk.now
            note = m.ConfirmNote(i.leg, number, at, i.net, i.tax + more, i.gross + more, i.round)
            self.send(note, self.actor("nadia-rahman"), ref)

    @rule(minutes=MINUTES)
    def time_passes_with_nobody_driving(self, minutes: int) -> None:
        self.desk.wait(minutes)

    @rule(minutes=MINUTES)
    def time_passes_with_every_deadline_driven(self, minutes: int) -> None:
        target = self.desk.now + timedelta(minutes=minutes)
        while dues := [(d[0][0], ref) for ref in self.desk.refs if (d := self.desk.case(ref).instants_due)]:
            when, ref = min(dues)
            if when > target:
                break
            self.touched.add(ref)
            self.desk.settle(ref)
        left = (target - self.desk.now) // timedelta(minutes=1)
        self.desk.wait(max(0, left))

    @rule(place=PLACES, rungs=st.integers(1, 6))
    def one_case_is_left_alone_until_it_climbs(self, place: int, rungs: int) -> None:
        if case := self.some(place):
            self.touched.add(case.ref)
            for _ in range(rungs):
                self.desk.settle(case.ref)

    @rule(who=GOING, to=st.sampled_from([None, *worlds.STAFF]), days=DAYS)
    def somebody_is_away(self, who: str, to: str | None, days: int | None) -> None:
        self.desk.absent(who, self.desk.now + timedelta(days=days) if days else None, to)

    @rule(who=GOING, roles=st.sampled_from([None, *worlds.ROLES]))
    def somebody_leaves_or_changes_roles(self, who: str, roles: Any) -> None:
        self.desk.changed(who, roles=roles, active=roles is not None)

    @rule(row=st.integers(0, worlds.COVERAGE - 1), who=st.sampled_from(worlds.STAFF))
    def somebody_else_covers(self, row: int, who: str) -> None:
        self.desk.covered(row, who)

    @rule(place=PLACES)
    def the_record_follows_the_people(self, place: int) -> None:
        if case := self.some(place):
            self.send(c.SyncPeople(), PEOPLE, case.ref)

    @rule(units=st.integers(0, 50))
    def units_are_activated(self, units: int) -> None:
        self.touched.update(self.desk.refs)
        self.desk.activate(units)

    @invariant()
    def every_event_was_right(self) -> None:
        for ref in self.desk.refs:
            before = self.seen.get(ref)
            if before is None or ref in self.touched:
                after = self.desk.case(ref)
                history = self.desk.history(ref, 0)
                known = self.desk.directory
                follow(before, history[before.version if before else 0 :], after, known, history)
                clocks_are_kept(after, history, known, self.desk.now)
                self.seen[ref] = after
        self.touched.clear()

    @invariant()
    def every_case_goes_on_by_itself(self) -> None:
        for ref in self.desk.refs:
            known, policy = self.desk.directory, self.desk.policy(ref)
            goes_on_by_itself(self.desk.case(ref), known, policy, self.desk.now)
