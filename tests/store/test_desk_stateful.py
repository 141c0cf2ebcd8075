"""The same machine as on paper, on PostgreSQL through the desk: with repeats of keys, commands in parallel and in
another order than they were thought of; afterwards the verifier finds nothing (FAULTS: the oracle, 1 to 4 and 8).

`make test-long` plays many more and longer stories.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule

from partnerflow import desk
from partnerflow.cases import commands as c
from partnerflow.cases.remedies import next_action
from tests.domain.machine.moves import MOVES, PEOPLE, possible
from tests.domain.machine.profile import stories
from tests.domain.machine.rules import PLACES, Machine
from tests.store.real_desk import Real, Sent

AT_ONCE = 4


class OnTheRecord(Machine):
    desk: Real
    cases = 3

    @staticmethod
    def make(number: int, told: bool, paid: bool) -> Real:
        return Real(number, told=told, paid=paid)

    def earlier(self, place: int) -> Sent | None:
        return self.desk.sent[place % len(self.desk.sent)] if self.desk.sent else None

    @rule(place=st.integers(0, 500))
    def a_request_is_repeated(self, place: int) -> None:
        """However long ago: the stored answer byte for byte, and nothing happens."""
        if first := self.earlier(place):
            again = desk.handle(self.desk.house.engine, first.request)
            assert again.replayed
            assert answered(again) == answered(first.outcome)
            if first.ref:
                assert self.desk.read(first.ref) == self.seen[first.ref]

    @rule(place=st.integers(0, 500))
    def a_key_is_used_for_something_else(self, place: int) -> None:
        if first := self.earlier(place):
            other = desk.Request(
                c.AddNote("Other."), first.request.actor, first.request.key, first.request.target, b"other"
            )
            with pytest.raises(desk.NotRecorded) as refused:
                desk.handle(self.desk.house.engine, other)
            assert refused.value.code == "idempotency-key-reused"

    @rule(place=PLACES, data=st.data())
    def one_request_comes_several_times_at_once(self, place: int, data: st.DataObject) -> None:
        """One of them is decided, and all that hear an answer hear the same."""
        case = self.some(place)
        if case is None:
            return
        kind = data.draw(st.sampled_from(possible(case)))
        request = self.desk.request(
            MOVES[kind].make(case, data.draw), self.who(kind, case, data.draw), f"case/{case.ref}"
        )
        with ThreadPoolExecutor(AT_ONCE) as threads:
            found = list(threads.map(lambda _: self.desk.handle(request, case.ref), range(AT_ONCE)))
        told = [answered(outcome) for outcome in found if outcome]
        assert len(set(told)) <= 1
        self.looked_at(case.ref)

    @rule(place=PLACES, data=st.data())
    def two_think_of_the_same_moment_and_come_in_any_order(self, place: int, data: st.DataObject) -> None:
        case = self.some(place)
        if case is None:
            return
        kinds = [data.draw(st.sampled_from([*possible(case), *[c.DecideStep] * 3])) for _ in range(2)]
        requests = [
            self.desk.request(
                MOVES[kind].make(case, data.draw), self.who(kind, case, data.draw), f"case/{case.ref}"
            )
            for kind in kinds
            if kind in possible(case)
        ]
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda request: self.desk.handle(request, case.ref), requests))
        self.looked_at(case.ref)

    def looked_at(self, ref: str) -> None:
        self.touched.add(ref)
        self.desk.read(ref)

    def teardown(self) -> None:
        """The stored people follow and the remedies go on, as their drivers let them; then the whole record is proved
        against itself."""
        if not hasattr(self, "desk"):
            return
        try:
            for ref in self.desk.refs:
                self.desk.send(c.SyncPeople(), PEOPLE, ref)
                while next_action(self.desk.case(ref)):
                    self.remedy_act(self.desk.case(ref))
            self.desk.projections()
            assert self.desk.faults() == ()
        finally:
            self.desk.close()


def answered(outcome: desk.Outcome) -> tuple[object, ...]:
    return (outcome.state, outcome.status, outcome.code, outcome.body, outcome.etag, outcome.location)


OnTheRecord.TestCase.settings = stories(examples=6, steps=30, long=(150, 60), shrinks=False)
TestTheDeskWhateverIsSent = OnTheRecord.TestCase
