"""Many at once: only one may win, nothing is counted twice, no number is lost (FAULTS: the oracle)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from partnerflow import desk
from partnerflow.cases.commands import CaseDue, DecideStep, IssueNotes, RecordAction
from partnerflow.people import Actor
from partnerflow.store.database import unit_of_work
from partnerflow.store.verify import verify
from tests.store.builders import (
    a_reduction,
    approval,
    excepted,
    granted,
    opened,
    remedied,
    rows,
    send,
    service,
    turned,
)
from tests.workflows.house import House

RACES = 60


def killed(_: desk.Decided) -> desk.Answer:
    raise RuntimeError("killed before the commit")


def patiently(house: House, request: desk.Request) -> None:
    """As a driver would: again after what was not recorded. A kill ends it."""
    for _ in range(500):
        with suppress(desk.Unavailable, desk.NotRecorded):
            with suppress(RuntimeError):
                desk.handle(house.engine, request)
            return
        sleep(0.01)


def faults(house: House) -> tuple[str, ...]:
    with unit_of_work(house.engine) as session:
        return verify(session)


def test_parallel_credits_on_one_line_never_credit_more_than_it_has(house: House) -> None:
    """Thirty requests of 5 units on 46 unused ones: nine fit, with one unit left."""
    target = house.order("P-1")
    actor = house.actor("ellie-marsh")

    def ask(n: int) -> str | None:
        for _ in range(5):
            try:
                return send(house, actor, target, a_reduction(target, 5), f"p1-{n}").code
            except desk.Unavailable:
                continue
        raise AssertionError("the line stayed locked")

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(ask, range(30)))
    assert codes.count("exceeds-creditable") == 20
    taken = rows(
        house.engine,
        "SELECT max_quantity, credited_quantity + reserved_quantity FROM ceiling"
        " WHERE kind = 'line' AND order_id = :id",
        id=target.partition("/")[2],
    )
    assert taken == [(50, 50), (50, 50)]
    assert faults(house) == ()


def test_of_two_approvers_at_once_one_decides_and_the_other_hears_who(house: House) -> None:
    """Priya, and her delegate while she is recorded as away: the step is theirs both."""
    refs = [house.open_exchange(house.order(f"P-2{n}")) for n in range(10)]
    away = "INSERT INTO absence (person, since, delegate) SELECT 'priya-nair', :since, 'tom-becker'"
    with unit_of_work(house.engine) as session:
        session.execute(text(away), {"since": house.now() - timedelta(hours=1)})
    actors = [house.actor("priya-nair"), house.actor("tom-becker")]
    for n, ref in enumerate(refs):
        asked, gate = approval(house, ref), Barrier(2)

        def decide(actor: Actor, n: int = n, ref: str = ref, asked: Any = asked, gate: Barrier = gate) -> str:
            gate.wait()
            outcome = send(house, actor, f"case/{ref}", asked, f"p2-{n}")
            return outcome.code or outcome.state.value

        with ThreadPoolExecutor(2) as threads:
            found = sorted(threads.map(decide, actors))
        assert found == ["already-decided", "done"]
        decided = rows(
            house.engine, "SELECT count(*) FROM event WHERE stream = :r AND kind = 'case.step_decided'", r=ref
        )
        assert decided == [(1,)]
    with unit_of_work(house.engine) as session:
        session.execute(text("DELETE FROM absence WHERE person = 'priya-nair'"))


def test_an_approval_against_the_expiry_never_both_win(house: House) -> None:
    """Each race starts within milliseconds of the due instant; whatever wins, the history says one story."""
    cases = [house.case(ref) for ref in waiting(house, RACES)]
    priya, deadline, outcomes = house.actor("priya-nair"), service("deadline"), list[str]()
    with turned(house) as turn, ThreadPoolExecutor(2) as threads:
        for n, case in enumerate(cases):
            clock, gate = case.clock("step"), Barrier(2)
            assert clock
            assert clock.due_at
            asked = DecideStep(f"{case.ref}-1-1", "approve", "1.1")
            expiry = CaseDue("step", clock.due_at)

            def race(who: Actor, command: Any, key: str, ref: str = case.ref, gate: Barrier = gate) -> str:
                gate.wait()
                found = send(house, who, f"case/{ref}", command, key)
                return found.code or found.state.value

            turn(clock.due_at - timedelta(milliseconds=n % 7 * 3 - 2))
            first = threads.submit(race, priya, asked, f"p3-{n}")
            second = threads.submit(race, deadline, expiry, f"p3-due-{n}")
            outcomes.append(first.result())
            second.result()
    assert set(outcomes) == {"done", "forbidden"}
    for n, (before, decided) in enumerate(zip(cases, outcomes, strict=True)):
        after, clock = house.case(before.ref), before.clock("step")
        assert after.step
        assert clock
        if decided == "done":
            received = rows(house.engine, "SELECT received_at FROM command WHERE key = :k", k=f"p3-{n}")[0][0]
            assert clock.due_at
            assert received <= clock.due_at
            assert (after.step.no, after.rungs_fired) == (2, 0)
        else:
            assert (after.step.no, after.step.deciders) == (1, ("daniel-reeves",))
    assert faults(house) == ()


def waiting(house: House, number: int) -> list[str]:
    """So many cases of one unit each, all waiting for the same first step until the same instant or a little later."""
    targets = [house.order(f"P-3{n}", activated=0) for n in range(-(-number // 50))]
    return [opened(house, targets[n // 50], excepted(targets[n // 50])) for n in range(number)]


def test_notes_issued_in_parallel_are_numbered_without_a_gap_even_when_some_roll_back(house: House) -> None:
    refs = [
        opened(house, target, a_reduction(target)) for target in (house.order(f"P-4{n}") for n in range(16))
    ]
    for ref in refs:
        granted(house, ref)
    remedy = service("remedy")
    for ref in refs:
        for action in ("check", "cancel_upstream"):
            send(house, remedy, f"case/{ref}", RecordAction(1, action), f"p4-{ref}-{action}")
    before = rows(house.engine, "SELECT coalesce(sum(last), 0) FROM counter")[0][0]

    def issue(n: int) -> None:
        ref = refs[n // 2]
        answer = killed if n % 2 == 0 else desk.brief
        sent = desk.Request(IssueNotes(1), remedy, f"p4-{ref}-issue", f"case/{ref}", b"", answer)
        patiently(house, sent)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(issue, range(2 * len(refs))))
    after = rows(house.engine, "SELECT coalesce(sum(last), 0) FROM counter")[0][0]
    assert after - before == 2 * len(refs)
    assert faults(house) == ()


def test_the_whole_story_stands_up_to_the_verifier(house: House) -> None:
    ref = house.open_exchange(house.order("P-5"))
    granted(house, ref)
    remedied(house, ref)
    house.pass_on(ref)
    assert house.case(ref).outcome == "credited"
    assert faults(house) == ()


def test_two_credits_on_one_order_by_different_keys_do_not_deadlock(house: House) -> None:
    target = house.order("P-6")
    first, second = (opened(house, target, a_reduction(target, 5)) for _ in range(2))
    remedy = service("remedy")
    for ref in (first, second):
        granted(house, ref)
        for action in ("check", "cancel_upstream"):
            send(house, remedy, f"case/{ref}", RecordAction(1, action), f"p6-{ref}-{action}")
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(
            lambda ref: send(house, remedy, f"case/{ref}", IssueNotes(1), f"p6-{ref}-issue").state, (first, second)
        ))  # fmt: skip
    assert done == [desk.State.DONE] * 2
    assert faults(house) == ()


def test_a_wall_that_is_hit_is_a_defect_and_nothing_is_recorded(house: House) -> None:
    """A ceiling altered behind the desk's back: the CHECK stands, the command leaves no trace."""
    target = house.order("P-7")
    with pytest.raises(DBAPIError), unit_of_work(house.engine) as session:
        session.execute(
            text("UPDATE ceiling SET reserved = max_amount + 1 WHERE order_id = :id"),
            {"id": target.partition("/")[2]},
        )
    assert opened(house, target, a_reduction(target))
