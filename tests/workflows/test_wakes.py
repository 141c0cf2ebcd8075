"""The table of wakes under load, on the real database."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from sqlalchemy import Engine, text

from partnerflow.store.database import unit_of_work
from partnerflow.store.wakes import Claimed, claim, finish, release, wake


def test_no_wake_is_lost_between_claim_and_finish(engine: Engine) -> None:
    """2,000 wakes of 40 drivers from 4 desks at once, while 3 relays claim, tell and finish."""
    ids = [f"case/PF-2027-{n:06}" for n in range(40)]
    truth = dict.fromkeys(ids, 0)
    told = dict.fromkeys(ids, 0)
    lock, all_decided = Lock(), Event()

    def decide(desk: int) -> None:
        for turn in range(500):
            name = ids[(turn * 7 + desk) % len(ids)]
            with unit_of_work(engine) as session:
                with lock:
                    truth[name] += 1
                wake(session, [name])

    def relay() -> None:
        while not all_decided.is_set() or waiting(engine):
            with unit_of_work(engine) as session:
                claimed = claim(session, limit=5)
            with lock:
                told.update({c.workflow_id: truth[c.workflow_id] for c in claimed})
            with unit_of_work(engine) as session:
                finish(session, claimed)

    with ThreadPoolExecutor(7) as threads:
        relays = [threads.submit(relay) for _ in range(3)]
        for decided in [threads.submit(decide, desk) for desk in range(4)]:
            decided.result()
        all_decided.set()
        for one in relays:
            one.result()
    assert sum(truth.values()) == 2000
    assert told == truth


def test_a_wake_that_comes_after_the_claim_is_claimed_again(engine: Engine) -> None:
    woken(engine, "case/A")
    first = claimed(engine)
    woken(engine, "case/A")
    done(engine, first)
    assert claimed(engine) == (Claimed("case/A", 2),)


def test_a_claim_is_exclusive_until_its_lease_ends(engine: Engine) -> None:
    woken(engine, "case/A")
    assert claimed(engine) == (Claimed("case/A", 1),)
    assert claimed(engine) == ()
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE wake SET claimed_until = clock_timestamp() - interval '1 ms'"))
    assert claimed(engine) == (Claimed("case/A", 1),)


def test_what_could_not_be_told_is_claimed_again_at_once(engine: Engine) -> None:
    woken(engine, "case/A", "case/B")
    taken = claimed(engine)
    with unit_of_work(engine) as session:
        release(session, taken)
    assert {c.workflow_id for c in claimed(engine)} == {"case/A", "case/B"}


def test_the_same_driver_twice_in_one_decision_is_one_wake(engine: Engine) -> None:
    woken(engine, "case/A", "case/A")
    assert claimed(engine) == (Claimed("case/A", 1),)


def test_finishing_never_waits_for_a_decision_that_is_being_made(engine: Engine) -> None:
    woken(engine, "case/A")
    taken = claimed(engine)
    with unit_of_work(engine) as deciding:
        wake(deciding, ["case/A"])
        done(engine, taken)
    assert claimed(engine) == (Claimed("case/A", 2),)


def test_a_decision_that_owes_nothing_wakes_nobody(engine: Engine) -> None:
    woken(engine)
    assert claimed(engine) == ()


def woken(engine: Engine, *ids: str) -> None:
    with unit_of_work(engine) as session:
        wake(session, ids)


def claimed(engine: Engine) -> tuple[Claimed, ...]:
    with unit_of_work(engine) as session:
        return claim(session)


def done(engine: Engine, taken: Iterable[Claimed]) -> None:
    with unit_of_work(engine) as session:
        finish(session, tuple(taken))


def waiting(engine: Engine) -> bool:
    with unit_of_work(engine) as session:
        return bool(session.scalar(text("SELECT count(*) FROM wake")))
