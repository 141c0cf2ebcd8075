"""One command, one transaction, one stored answer (ARCHITECTURE: A command, step by step)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from partnerflow import desk
from partnerflow.cases.commands import AddNote, CaseDue, Propose, Withdraw
from partnerflow.cases.model import Stage
from partnerflow.credits.portions import Portion
from partnerflow.store.database import reading
from partnerflow.store.drivers import read_case
from tests.store.builders import (
    a_reduction,
    approval,
    count,
    counting,
    due,
    opened,
    remedied,
    rows,
    send,
    service,
    set_clock,
)
from tests.workflows.house import MONDAY, House, draft


def test_a_decision_takes_at_most_twelve_statements_and_settling_adds_at_most_four(house: House) -> None:
    ref = house.open_exchange(house.order("D-1"))
    asked, actor = approval(house, ref), house.actor("priya-nair")
    with counting(house.engine) as first:
        send(house, actor, f"case/{ref}", asked, "in time")
    other = house.open_exchange(house.order("D-2"))
    asked = approval(house, other)
    set_clock(house, MONDAY + timedelta(days=1, hours=4))
    actor = house.actor("daniel-reeves")
    with counting(house.engine) as settled:
        outcome = send(house, actor, f"case/{other}", asked, "late")
    assert outcome.state is desk.State.DONE, outcome.body
    assert len(first.statements) <= 12, first.statements
    assert len(settled.statements) <= 16, settled.statements
    set_clock(house, MONDAY + timedelta(days=1, hours=5))


def test_a_partial_approval_and_a_decline_stay_within_twelve_too(house: House) -> None:
    ref = house.open_exchange(house.order("D-3"))
    partial = approval(house, ref, "approve_partial", amount=100_000)
    actor = house.actor("priya-nair")
    with counting(house.engine) as lowered:
        assert send(house, actor, f"case/{ref}", partial, "partial").state is desk.State.DONE
    assert len(lowered.statements) <= 12, lowered.statements
    refusal = approval(house, ref, "decline", text="No.", reason_code="activated")
    actor = house.actor("amara-diallo")
    with counting(house.engine) as declined:
        assert send(house, actor, f"case/{ref}", refusal, "decline").state is desk.State.DONE
    assert len(declined.statements) <= 12, declined.statements


def test_reading_where_a_case_stands_takes_at_most_three_statements(house: House) -> None:
    target = house.order("D-4")
    ref = opened(house, target, a_reduction(target))
    with counting(house.engine) as counted, reading(house.engine, "*") as session:
        assert read_case(session, ref)
    assert len(counted.statements) <= 3


def test_a_replay_returns_the_stored_answer_byte_for_byte_and_changes_nothing(house: House) -> None:
    target = house.order("D-5")
    actor = house.actor("ellie-marsh")
    first = send(house, actor, target, a_reduction(target), "k-5", b"print")
    before = count(house.engine, "event")
    again = send(house, actor, target, a_reduction(target), "k-5", b"print")
    assert (again.body, again.status, again.etag, again.replayed) == (
        first.body,
        first.status,
        first.etag,
        True,
    )
    assert count(house.engine, "event") == before


def test_the_same_key_with_another_body_or_from_another_person(house: House) -> None:
    target = house.order("D-6")
    send(house, house.actor("ellie-marsh"), target, a_reduction(target), "k-6", b"print")
    with pytest.raises(desk.NotRecorded) as info:
        send(house, house.actor("ellie-marsh"), target, a_reduction(target), "k-6", b"other")
    assert info.value.code == "idempotency-key-reused"
    other = send(house, house.actor("ben-archer"), target, a_reduction(target), "k-6", b"other")
    assert not other.replayed


def test_the_same_key_twenty_times_in_parallel_gives_one_command_and_one_effect(house: House) -> None:
    target = house.order("D-7")
    actor, before = house.actor("ellie-marsh"), count(house.engine, '"case"')

    def once(_: int) -> str:
        try:
            return send(house, actor, target, a_reduction(target), "k-7", b"print").body
        except desk.NotRecorded as waiting:
            return waiting.code

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(once, range(20)))
    assert len(answers - {"request-in-progress"}) == 1
    assert count(house.engine, '"case"') == before + 1
    assert rows(house.engine, "SELECT count(*) FROM command WHERE key = 'k-7'") == [(1,)]


def test_while_the_first_of_a_key_runs_the_second_hears_so(house: House) -> None:
    target = house.order("D-8")
    actor = house.actor("ellie-marsh")
    lock = "SELECT pg_advisory_lock(hashtextextended('person:ellie-marsh' || ' ' || 'k-8', 0))"
    with psycopg.connect(house.database.app_url) as stranger:
        stranger.execute(lock)
        with pytest.raises(desk.NotRecorded) as info:
            send(house, actor, target, a_reduction(target), "k-8")
        assert info.value.code == "request-in-progress"
        stranger.execute("SELECT pg_advisory_unlock_all()")
    assert send(house, actor, target, a_reduction(target), "k-8").state is desk.State.DONE


def test_a_refusal_by_rule_is_stored_and_replayed(house: House) -> None:
    target = house.order("D-9")
    actor = house.actor("ellie-marsh")
    first = send(house, actor, target, a_reduction(target, 51), "k-9")
    assert (first.state, first.code) == (desk.State.REFUSED, "exceeds-creditable")
    house.do("ellie-marsh", target, a_reduction(target, 1))
    again = send(house, actor, target, a_reduction(target, 51), "k-9")
    assert (again.body, again.replayed) == (first.body, True)


def test_what_is_not_found_is_not_stored(house: House) -> None:
    for person, ref in (
        ("ellie-marsh", "PF-2027-999999"),
        ("karl-jensen", house.open_exchange(house.order("D-10"))),
    ):
        with pytest.raises(desk.NotRecorded) as info:
            send(house, house.actor(person), f"case/{ref}", AddNote("Hello?"), f"nf-{person}")
        assert (info.value.code, info.value.detail) == ("not-found", "There is no such case.")
    assert rows(house.engine, "SELECT 1 FROM command WHERE key LIKE 'nf-%'") == []


def test_not_yet_returns_the_instant_and_writes_nothing(house: House) -> None:
    ref = house.open_exchange(house.order("D-11"))
    before = (count(house.engine, "command"), count(house.engine, "event"))
    outcome = due(house, ref)
    assert (outcome.state, outcome.due_at) == (desk.State.NOT_YET, house.case(ref).clocks_due[0][0])
    assert (count(house.engine, "command"), count(house.engine, "event")) == before


def test_a_case_locked_by_a_stranger_is_unavailable_and_nothing_is_recorded(house: House) -> None:
    ref = house.open_exchange(house.order("D-12"))
    with psycopg.connect(house.database.app_url) as stranger:
        stranger.execute("SELECT set_config('pf.org', '*', true)")
        stranger.execute('SELECT 1 FROM "case" WHERE ref = %s FOR UPDATE', (ref,))
        with pytest.raises(desk.Unavailable):
            send(house, house.actor("ellie-marsh"), f"case/{ref}", AddNote("Hello?"), "k-12")
        assert rows(house.engine, "SELECT 1 FROM command WHERE key = 'k-12'") == []
    assert (
        send(house, house.actor("ellie-marsh"), f"case/{ref}", AddNote("Hello?"), "k-12").state
        is desk.State.DONE
    )


def test_a_refused_command_still_applies_what_was_due_before_it(house: House) -> None:
    ref = house.open_exchange(house.order("D-13"))
    asked = approval(house, ref)
    set_clock(house, house.now() + timedelta(days=1, hours=2))
    refused = send(house, house.actor("priya-nair"), f"case/{ref}", asked, "k-13")
    assert (refused.state, refused.code) == (desk.State.REFUSED, "forbidden")
    case = house.case(ref)
    assert case.step
    assert case.step.deciders == ("daniel-reeves",)
    escalations = rows(
        house.engine, "SELECT actor FROM event WHERE stream = :ref AND kind = 'case.escalated'", ref=ref
    )
    assert set(escalations) == {("service:deadline",)}


def test_a_remedy_refused_late_leaves_nothing_behind(house: House) -> None:
    """Somebody entered an order under the replacement's number: found only when all else is written."""
    from partnerflow.orders.commands import EnterOrder
    from partnerflow.store.orders import order_id

    target = house.order("D-14")
    ref = house.open_exchange(target)
    taken = order_id("meridian", "D-14-R1")
    house.do("nadia-rahman", f"order/{taken}", EnterOrder(taken, draft("D-14-R1", house.now())))
    for _ in range(2):
        house.approve(ref)
    before = [count(house.engine, table) for table in ("note", "ledger_entry", "event")]
    with pytest.raises(AssertionError, match="D-14-R1"):
        remedied(house, ref)
    after = [count(house.engine, table) for table in ("note", "ledger_entry", "event")]
    assert after == [before[0], before[1], before[2] + 2]  # check and cancel
    case = house.case(ref)
    assert (case.stage, case.issued, rows(house.engine, "SELECT max(last) FROM counter")) == (
        Stage.REMEDY,
        (),
        [(None,)],
    )


def test_an_invoice_below_what_a_case_holds_is_refused_and_not_a_defect(house: House) -> None:
    from partnerflow.orders.commands import InvoiceDraft, InvoiceLineDraft, RecordInvoice
    from partnerflow.orders.model import Leg

    target = house.order("D-15", invoiced=False)
    ref = opened(house, target, a_reduction(target, 46))
    low = InvoiceDraft(Leg.DOWNSTREAM, "M-15", house.now(), (InvoiceLineDraft(1, 50, 200_000),))
    outcome = send(house, house.actor("nadia-rahman"), target, RecordInvoice(low), "k-15")
    assert (outcome.state, outcome.code) == (desk.State.REFUSED, "wrong-state")
    house.do("ellie-marsh", f"case/{ref}", Withdraw("We wait."))
    assert (
        send(house, house.actor("nadia-rahman"), target, RecordInvoice(low), "k-15b").state is desk.State.DONE
    )


def test_a_closed_case_settles_nothing_more_and_owes_no_driver(house: House) -> None:
    ref = house.open_exchange(house.order("D-16"))
    when = house.case(ref).clocks_due[0][0]
    house.do("ellie-marsh", f"case/{ref}", Withdraw("Never mind."))
    outcome = send(house, service("deadline"), f"case/{ref}", CaseDue("owner", when), f"due:{ref}")
    assert outcome.state is desk.State.DONE
    assert rows(
        house.engine, 'SELECT next_due_at, step_due_at, live_net FROM "case" WHERE ref = :r', r=ref
    ) == [(None, None, 0)]


def test_two_requests_at_once_see_each_other_in_the_aggregate(house: House) -> None:
    """Each alone is automatic; together they are not (the lock on the reseller)."""
    targets = [house.order(f"D-2{n}", activated=0) for n in range(2)]
    actors = [house.actor("ellie-marsh"), house.actor("ben-archer")]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(
            lambda n: send(house, actors[n], targets[n], a_reduction(targets[n], 6), f"k-2{n}"), range(2)
        ))  # fmt: skip
    cases = [house.case(outcome.body.split('"')[3]) for outcome in found]
    aggregates = sorted(case.round.aggregate for case in cases if case.round)
    assert aggregates[1] - aggregates[0] == 30_000


def test_an_owner_may_propose_when_the_case_needs_it(house: House) -> None:
    """One statement more than a decision: the partner's lock, under which the aggregate is fixed."""
    target = house.order("D-30")
    ref = opened(house, target, a_reduction(target, amount=10_000))
    owner = house.actor(house.case(ref).owner)
    with counting(house.engine) as counted:
        send(house, owner, f"case/{ref}", Propose((Portion(1, amount=10_000),), "c", "Fair."), "k-30")
    assert house.case(ref).stage is Stage.APPROVAL
    assert len(counted.statements) <= 13, counted.statements


def test_an_order_is_cancelled_by_a_case_inside_its_window_and_not_outside(house: House) -> None:
    from partnerflow.orders.commands import CancelOrder

    inside, outside = house.order("D-40"), house.order("D-41")
    made = send(house, house.actor("ellie-marsh"), inside, CancelOrder("Not needed."), "k-40")
    case = house.case(made.body.split('"')[3])
    assert (case.type, [line.quantity for line in case.lines]) == ("cancellation", [46])
    set_clock(house, house.now() + timedelta(hours=168))
    late = send(house, house.actor("ellie-marsh"), outside, CancelOrder("Not needed."), "k-41")
    assert (late.state, late.code) == (desk.State.REFUSED, "window-closed")
