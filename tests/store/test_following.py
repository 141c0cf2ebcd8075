"""Facts at the desk: they follow the order in its own transaction, and nobody decides on what has changed meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from partnerflow import desk
from partnerflow.cases.commands import AddFact, CorrectFact, WithdrawFact
from partnerflow.cases.model import FactState, RemedyState, Stage
from partnerflow.orders.commands import RecordActivation
from partnerflow.store.database import unit_of_work
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, approval, counting, granted, opened, rows, send
from tests.workflows.house import House


def activate(house: House, target: str, units: int) -> None:
    house.do("nadia-rahman", target, RecordActivation(1, units, house.now(), "portal"))


def said(house: House, ref: str) -> str:
    fact = house.case(ref).fact("activated-1")
    assert fact
    return fact.text


def test_every_open_case_of_the_order_follows_in_the_same_transaction(house: House) -> None:
    target = house.order("F-1")
    looked_at = opened(house, target, a_reduction(target, 20))
    also = opened(house, target, a_reduction(target, amount=10_000, convert=True))
    gone = opened(house, target, a_reduction(target, 5))
    granted(house, gone)
    assert [house.case(ref).stage for ref in (looked_at, also, gone)] == [
        Stage.APPROVAL,
        Stage.ASSESSMENT,
        Stage.REMEDY,
    ]
    activate(house, target, 9)
    assert said(house, looked_at) == said(house, also) == "9 of 50 units of LIC-PRO are activated."
    assert said(house, gone) == "4 of 50 units of LIC-PRO are activated.", "what was decided on it stands"
    query = "SELECT count(*), count(DISTINCT at) FROM event WHERE kind IN ('order.activated', 'case.fact_changed')"
    later = f"{query} AND at = (SELECT max(at) FROM event WHERE kind = 'order.activated')"
    assert rows(house.engine, later) == [(3, 1)], "the report and both facts, at one instant"
    with unit_of_work(house.engine) as session:
        assert verify(session) == ()


def test_a_report_on_an_order_without_cases_costs_one_statement_more_at_most(house: House) -> None:
    target = house.order("F-2")
    actor = house.actor("nadia-rahman")
    with counting(house.engine) as counted:
        command = RecordActivation(1, 5, house.now(), "portal")
        outcome = send(house, actor, target, command, "F-2 report")
    assert outcome.state is desk.State.DONE
    asked = [s for s in counted.statements if "stage IN ('assessment', 'approval')" in s]
    assert len(asked) == 1
    with counting(house.engine) as counted:
        send(house, actor, target, command, "F-2 the same report")
    assert not [s for s in counted.statements if "stage IN ('assessment', 'approval')" in s]


def test_a_correction_and_the_granting_decision_at_once_never_leave_an_approval_on_the_old_words(
    house: House,
) -> None:
    for n in range(10):
        target = house.order(f"F-3-{n}")
        ref = opened(house, target, a_reduction(target, 20))
        while (step := house.case(ref).step) and step.id != house.case(ref).rounds[-1].steps[-1].id:
            house.approve(ref)
        assert step
        gate, decider = Barrier(2), house.actor(step.deciders[0])
        correction = CorrectFact("activated-1", "9 of 50 are activated.")
        jobs: list[tuple[Any, Any]] = [
            (decider, approval(house, ref)),
            (house.actor("owen-clarke"), correction),
        ]

        def do(job: tuple[Any, Any], ref: str = ref, n: int = n, gate: Barrier = gate) -> str:
            gate.wait()
            outcome = send(house, job[0], f"case/{ref}", job[1], f"F-3-{n}-{job[0].person}")
            return outcome.code or outcome.state.value

        with ThreadPoolExecutor(2) as threads:
            answers = tuple(threads.map(do, jobs))
        case = house.case(ref)
        assert answers in (("done", "done"), ("stale-version", "done")), answers
        if answers[0] == "done":
            assert case.stage is Stage.ASSESSMENT
            assert case.remedy
            assert case.remedy.state is RemedyState.COMPENSATED
        else:
            assert case.stage is Stage.APPROVAL
        fact = case.fact("activated-1")
        assert fact
        assert (fact.text, fact.state) == ("9 of 50 are activated.", FactState.OPEN)
    with unit_of_work(house.engine) as session:
        assert verify(session) == ()


def test_what_a_correction_releases_and_holds_adds_up_in_the_ceilings(house: House) -> None:
    target = house.order("F-4")
    ref = opened(house, target, a_reduction(target, 46))
    other = opened(house, target, a_reduction(target, amount=5_000, convert=True))
    assert house.case(other).open
    house.do("owen-clarke", f"case/{ref}", AddFact("Two are in use.", decisive=False))
    house.do("owen-clarke", f"case/{ref}", WithdrawFact("activated-1"))
    query = "SELECT leg, reserved FROM ceiling WHERE order_id = :id AND kind = 'line' ORDER BY leg"
    assert dict(rows(house.engine, query, id=target.partition("/")[2])) == {
        "downstream": 235_000,
        "upstream": 206_800,
    }
    with unit_of_work(house.engine) as session:
        assert verify(session) == ()
