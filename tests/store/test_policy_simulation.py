"""A draft tried on recorded cases: the numbers of a set that was made by hand, and of some hundred."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from partnerflow.cases.commands import OpenCase, Propose
from partnerflow.cases.comparison import Deadlines, Load, Passed, Shift
from partnerflow.cases.model import ExceptionAsked, ExceptionLine
from partnerflow.credits.portions import Portion
from partnerflow.orders.commands import RecordActivation
from partnerflow.policy.document import Policy, load
from partnerflow.store.database import unit_of_work
from partnerflow.store.policies import read, source
from partnerflow.store.policy_text import check, parse
from partnerflow.store.simulation import simulate
from tests.store.builders import a_reduction, counting, opened, remedied, set_clock
from tests.support.fresh import fresh_database
from tests.workflows.house import HALF, MONDAY, House, seeded

QUARTER = 92


def excepted(target: str, units: int, justification: str = "Reported the same day.") -> OpenCase:
    rows = (ExceptionLine(1, units, HALF),)
    return replace(a_reduction(target, units), exception=ExceptionAsked(justification, rows))


@pytest.fixture(scope="module")
def cases() -> Iterator[tuple[House, dict[str, str]]]:
    """50.00 a unit, all of one reseller on one Monday at 09:30, so that the aggregates add up:

    small      2 units           100.00  aggregate   100.00  automatic
    middle     8 units           400.00  aggregate   500.00  automatic, just
    large      30 units        1,500.00  aggregate 2,000.00  one step
    exception  10 units at half  250.00  aggregate 2,250.00  two steps
    amount     by amount         100.00                      nobody has proposed yet
    proposed   by amount          50.00  aggregate 2,400.00  one step, after the owner's proposal
    """
    with fresh_database() as database, seeded(database) as house:
        set_clock(house, MONDAY - timedelta(days=100))
        target = house.order("S-old", activated=0)
        refs = {"old": opened(house, target, a_reduction(target))}
        set_clock(house, MONDAY)
        for name, units, amount in (
            ("small", 2, None),
            ("middle", 8, None),
            ("large", 30, None),
            ("exception", 10, None),
            ("amount", 0, 10_000),
            ("proposed", 0, 5_000),
        ):
            target = house.order(f"S-{name}", activated=0)
            command = excepted(target, units) if name == "exception" else a_reduction(target, units, amount)
            refs[name] = opened(house, target, command)
        proposal = Propose((Portion(1, amount=5_000),), "goodwill", "The price was misread.")
        house.do(house.case(refs["proposed"]).owner, f"case/{refs['proposed']}", proposal)
        yield house, refs


def edited(*changes: tuple[str, str]) -> Policy:
    """The shipped policy with words of it replaced."""
    written = source("default")
    for before, after in changes:
        assert before in written
        written = written.replace(before, after)
    found = check(parse(written), 0)
    assert found.policy, found.faults
    return found.policy


def outcomes(house: House, refs: dict[str, str], policy: Policy) -> dict[str, tuple[str, str]]:
    found = simulate(house.engine, policy, QUARTER)
    assert found.skipped == []
    names = {ref: name for name, ref in refs.items()}
    return {names[case.ref]: (case.before.outcome, case.after.outcome) for case in found.compared}


def test_what_was_is_worked_out_as_it_was(cases: tuple[House, dict[str, str]]) -> None:
    house, refs = cases
    found = simulate(house.engine, load(read("default"), 0), QUARTER)
    for compared in found.compared:
        case = house.case(compared.ref)
        assert compared.before.verdict == case.verdict
        assert compared.before.clause == case.clause
        assert compared.before.route == (case.rounds[0].route if case.rounds else None)
        assert compared.asked == case.requested[0].credit.net
    large = next(case for case in found.compared if case.ref == refs["large"])
    step, decision = (house.case(refs["large"]).clock(name) for name in ("step", "decision"))
    assert step and decision
    assert (large.before.first_step_by, large.before.decide_by) == (step.due_at, decision.due_at)


def test_the_same_rules_change_nothing_and_older_cases_are_left_out(
    cases: tuple[House, dict[str, str]],
) -> None:
    house, refs = cases
    found = simulate(house.engine, edited(("name: default", "name: another")), QUARTER)
    assert (len(found.compared), found.changed, found.items, found.skipped) == (6, 0, [], [])
    assert refs["old"] not in {case.ref for case in found.compared}
    assert len(simulate(house.engine, load(read("default"), 0), 101).compared) == 7


def test_a_lower_limit_sends_what_was_automatic_to_a_person(cases: tuple[House, dict[str, str]]) -> None:
    house, refs = cases
    policy = edited(("aggregate <= 50000", "aggregate <= 10000"))
    assert outcomes(house, refs, policy) == {
        "small": ("automatic", "automatic"),
        "middle": ("automatic", "1 step"),
        "large": ("1 step", "1 step"),
        "exception": ("2 steps", "2 steps"),
        "amount": ("needs_assessment", "needs_assessment"),
        "proposed": ("1 step", "1 step"),
    }
    found = simulate(house.engine, policy, QUARTER)
    assert found.outcomes == [
        Shift("automatic", "1 step", 1, 40_000),
        Shift("1 step", "1 step", 2, 155_000),
        Shift("2 steps", "2 steps", 1, 25_000),
        Shift("automatic", "automatic", 1, 10_000),
        Shift("needs_assessment", "needs_assessment", 1, 10_000),
    ]
    assert found.routes[0] == Shift("automatic", "one-step", 1, 40_000)
    assert found.automatic(lambda case: case.before) == Passed(2, 50_000)
    assert found.automatic(lambda case: case.after) == Passed(1, 10_000)
    assert found.deciders == [Load("priya-nair", 3, 4), Load("amara-diallo", 1, 1)]
    (item,) = found.items
    assert (item.ref, item.asked) == (refs["middle"], 40_000)
    assert [step.deciders for step in item.after.steps] == [("priya-nair",)]


def test_other_deciders_take_over_the_load(cases: tuple[House, dict[str, str]]) -> None:
    house, _ = cases
    route = 'aggregate <= 250000"\n    steps:\n      - role: '
    found = simulate(house.engine, edited((route + "channel_manager", route + "finance")), QUARTER)
    assert found.deciders == [Load("amara-diallo", 1, 3), Load("priya-nair", 3, 1)]
    assert (found.changed, {shift.before == shift.after for shift in found.routes}) == (2, {True})


def test_half_the_time_is_sooner_for_everybody_who_waits(cases: tuple[House, dict[str, str]]) -> None:
    house, _ = cases
    found = simulate(house.engine, edited(("  decision: 960 ", "  decision: 480 ")), QUARTER)
    assert found.decisions == Deadlines(4, 0, 2, 2 * 1440, 1440)
    # of the two steps' case the first has now half of 480; of one step all of it, as much as its own allowance
    assert (found.first_steps.earlier, found.first_steps.later, found.first_steps.same) == (1, 0, 2)


def test_what_the_rules_no_longer_give_needs_somebody_to_propose_it(
    cases: tuple[House, dict[str, str]],
) -> None:
    house, refs = cases
    rule = "\n    within_hours: 720                # 30 days\n    text: Units that were not activated"
    policy = edited(("percent: 100" + rule, "percent: 0" + rule))
    found = outcomes(house, refs, policy)
    assert found["small"] == ("automatic", "outside_policy")
    assert found["large"] == ("1 step", "outside_policy")
    assert found["exception"] == ("2 steps", "2 steps")


def test_another_percent_is_another_amount_and_with_it_another_route(
    cases: tuple[House, dict[str, str]],
) -> None:
    house, refs = cases
    rule = "\n    within_hours: 720                # 30 days\n    text: Units that were not activated"
    found = simulate(house.engine, edited(("percent: 100" + rule, "percent: 20" + rule)), QUARTER)
    by_ref = {case.ref: case for case in found.compared}
    small, large = by_ref[refs["small"]], by_ref[refs["large"]]
    assert (small.before.net, small.after.net, small.changed) == (10_000, 2_000, True)
    assert (large.before.net, large.after.net) == (150_000, 30_000)
    assert (large.before.outcome, large.after.outcome) == ("1 step", "1 step")  # 500.00 of others and 300.00
    assert found.items[0] == large


def test_what_happened_since_the_opening_is_taken_back() -> None:
    """Units that are gone from the order, or activated since, were asked for all the same."""
    with fresh_database() as database, seeded(database) as house:
        gone = house.order("G-1", invoiced=False, activated=0)
        ref = opened(house, gone, a_reduction(gone, 10))
        remedied(house, ref)
        later = house.order("G-2", activated=0)
        opened(house, later, a_reduction(later, 10))
        house.do("nadia-rahman", later, RecordActivation(1, 45, house.now(), "portal"))
        found = simulate(house.engine, load(read("default"), 0), QUARTER)
        assert [(case.before.verdict, case.changed) for case in found.compared] == [
            ("within_policy", False)
        ] * 2
        assert [case.before.outcome for case in found.compared] == ["automatic", "1 step"]
        assert found.skipped == []


@pytest.mark.long
def test_some_hundred_cases_take_a_statement_for_each_five_hundred(
    cases: tuple[House, dict[str, str]],
) -> None:
    house, refs = cases
    copied = text("""
        INSERT INTO "case" SELECT (jsonb_populate_record(c, jsonb_build_object('ref', n.ref, 'state',
          jsonb_set(c.state, '{ref}', to_jsonb(n.ref))))).*
        FROM "case" c, (SELECT 'PF-2027-' || (100000 + n) AS ref FROM generate_series(1, :copies) n) n
        WHERE c.ref = :ref
    """)
    with unit_of_work(house.engine) as session:
        session.execute(copied, {"ref": refs["middle"], "copies": 700})
    told: list[tuple[int, int]] = []
    with counting(house.engine) as counted:
        found = simulate(
            house.engine,
            edited(("aggregate <= 50000", "aggregate <= 10000")),
            QUARTER,
            lambda done, every: told.append((done, every)),
        )
    assert (len(found.compared), found.changed, len(found.items)) == (706, 701, 200)
    assert told == [(500, 706), (706, 706)]
    assert (
        len([said for said in counted.statements if '"case"' in said]) == 4
    )  # the count, two pages, and none
    assert found.outcomes[0] == Shift("automatic", "1 step", 701, 701 * 40_000)
    with unit_of_work(house.engine) as session:
        assert (
            session.execute(text("SELECT count(*) FROM event WHERE stream LIKE 'PF-2027-1%'")).scalar() == 0
        )
