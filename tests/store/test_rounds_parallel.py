"""Two at once on one round: steps of several, handing on, appeals (FAULTS: two approvers at once)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any

import pytest
import yaml

from partnerflow import desk
from partnerflow.cases.commands import Appeal, Recall
from partnerflow.cases.model import Stage
from partnerflow.policy.commands import DraftPolicy, PublishPolicy
from partnerflow.store.database import unit_of_work
from partnerflow.store.policies import source
from partnerflow.store.verify import verify
from tests.store.builders import approval, excepted, opened, remedied, rows, send
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

TIMES = 12
PAIR = ["priya-nair", "tom-becker"]
ROUTES = [
    {"id": "any", "when": "exception && amount <= 2500", "steps": [{"person": [*PAIR], "mode": "any"}]},
    {"id": "all", "when": "exception", "steps": [{"person": [*PAIR], "mode": "all"}]},
    {"id": "else", "when": "true", "steps": [{"role": "channel_manager"}]},
]
"""One unit at half its price goes to any of two, more to both."""


@pytest.fixture(scope="module")
def house(module_database: Database) -> Iterator[House]:
    with seeded(module_database) as found:
        text = yaml.safe_dump(yaml.safe_load(source("default")) | {"routes": ROUTES})
        drafted = found.do("priya-nair", "policy/new", DraftPolicy(text, None, "Two decide."))
        version = drafted.body.split('"version": ')[1].partition(",")[0]
        found.do("helen-ashworth", f"policy/{version}", PublishPolicy(None))
        yield found


@dataclass
class Cases:
    """New cases, fifty units to an order."""

    house: House
    numbers: Iterator[int]

    def __call__(self, quantity: int) -> str:
        target = self.house.order(f"R-{next(self.numbers)}", activated=0)
        return opened(self.house, target, excepted(target, quantity))


@pytest.fixture(scope="module")
def a_case(house: House) -> Cases:
    return Cases(house, count(1))


def at_once(*acts: Callable[[], desk.Outcome]) -> list[str]:
    """What each of them is answered."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], desk.Outcome]) -> str:
        gate.wait()
        found = act()
        return found.code or found.state.value

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def sending(house: House, who: str, ref: str, command: Any) -> Callable[[], desk.Outcome]:
    actor, key = house.actor(who), f"{ref}-{who}-{type(command).__name__}-{getattr(command, 'decision', '')}"
    return lambda: send(house, actor, f"case/{ref}", command, key)


def events(house: House, ref: str, kind: str) -> int:
    found: int = rows(
        house.engine, "SELECT count(*) FROM event WHERE stream = :r AND kind = :k", r=ref, k=kind
    )[0][0]
    return found


def sound(house: House) -> bool:
    with unit_of_work(house.engine) as session:
        return verify(session) == ()


def test_of_any_two_at_once_exactly_one_decides(house: House, a_case: Cases) -> None:
    for _ in range(TIMES):
        ref = a_case(1)
        assert house.case(ref).rounds[0].route == "any"
        found = at_once(*(sending(house, who, ref, approval(house, ref)) for who in PAIR))
        assert sorted(found) == ["already-decided", "done"]
        assert events(house, ref, "case.step_decided") == 1
        assert house.case(ref).stage is Stage.REMEDY
    assert sound(house)


def test_of_all_two_at_once_both_count_and_the_step_is_granted_once(house: House, a_case: Cases) -> None:
    for _ in range(TIMES):
        ref = a_case(10)
        found = at_once(*(sending(house, who, ref, approval(house, ref)) for who in PAIR))
        assert found == ["done", "done"]
        (step,) = house.case(ref).rounds[0].steps
        assert {decision.by for decision in step.decisions} == set(PAIR)
        assert events(house, ref, "case.approved") == 1
        assert events(house, ref, "case.remedy_started") == 1
    assert sound(house)


def test_an_approval_and_a_decline_of_all_at_once_end_it_once(house: House, a_case: Cases) -> None:
    for _ in range(TIMES):
        ref = a_case(10)
        no = approval(house, ref, "decline", text="No.", reason_code="other")
        found = at_once(sending(house, PAIR[0], ref, approval(house, ref)), sending(house, PAIR[1], ref, no))
        assert found in (["done", "done"], ["case-closed", "done"])
        assert house.case(ref).outcome == "declined"
    assert sound(house)


def test_passing_on_against_an_approval_leaves_one_of_them(house: House, a_case: Cases) -> None:
    """Priya passes it on while Tom, of whom one is enough, approves; or she is too late."""
    for _ in range(TIMES):
        ref = a_case(1)
        on = approval(house, ref, "pass_on", to="daniel-reeves")
        handed, decided = at_once(
            sending(house, PAIR[0], ref, on), sending(house, PAIR[1], ref, approval(house, ref))
        )
        assert decided == "done"
        assert handed in ("done", "already-decided")
        (step,) = house.case(ref).rounds[0].steps
        assert [decision.by for decision in step.decisions] == [PAIR[1]]
        assert events(house, ref, "case.step_handed_on") == (1 if handed == "done" else 0)
    assert sound(house)


def test_one_person_passing_on_and_approving_at_once_does_one_of_them(house: House, a_case: Cases) -> None:
    for _ in range(TIMES):
        ref = a_case(10)
        on = approval(house, ref, "pass_on", to="daniel-reeves")
        handed, decided = at_once(
            sending(house, PAIR[0], ref, on), sending(house, PAIR[0], ref, approval(house, ref))
        )
        assert (handed, decided) in (("done", "forbidden"), ("already-decided", "done"), ("done", "done"))
        (step,) = house.case(ref).rounds[0].steps
        holders = {person for holder in step.holders for person in holder.persons}
        assert ("daniel-reeves" in holders) is (handed == "done")
        assert len(step.decisions) == (1 if decided == "done" else 0)
    assert sound(house)


def test_a_recall_against_the_last_answer_leaves_one_of_them(house: House, a_case: Cases) -> None:
    for _ in range(TIMES):
        ref = a_case(1)
        back, decided = at_once(
            sending(house, "ellie-marsh", ref, Recall("Less.")),
            sending(house, PAIR[0], ref, approval(house, ref)),
        )
        stage = house.case(ref).stage
        assert (back, decided, stage) in (
            ("done", "already-decided", Stage.ASSESSMENT),
            ("wrong-state", "done", Stage.REMEDY),
        )
    assert sound(house)


def test_of_two_appeals_at_once_one_is_made_and_it_runs_to_its_own_credit(
    house: House, a_case: Cases
) -> None:
    ref = ""
    for _ in range(TIMES):
        ref = a_case(1)
        house.do(PAIR[0], f"case/{ref}", approval(house, ref, "decline", text="No.", reason_code="other"))
        appeal = Appeal("Please look again.")
        found = at_once(*(sending(house, who, ref, appeal) for who in ("ellie-marsh", "ben-archer")))
        assert sorted(found) == ["done", "wrong-state"]
        assert events(house, ref, "case.appealed") == 1
        assert len(house.case(ref).rounds) == 2
    house.do("tom-becker", f"case/{ref}", approval(house, ref))
    remedied(house, ref)
    house.pass_on(ref)
    assert house.case(ref).outcome == "credited"
    keys = rows(house.engine, "SELECT key FROM ledger_entry WHERE case_ref = :r ORDER BY key", r=ref)
    assert [key for (key,) in keys if key.startswith("credit:")] == [
        f"credit:{ref}:2:downstream:M-{house.case(ref).order_number}",
        f"credit:{ref}:2:upstream:A-{house.case(ref).order_number}",
    ]
    assert sound(house)
