"""Precedents: what is similar, who is shown what, in one bounded statement (DOMAIN: Exception)."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from partnerflow.cases.commands import DecideStep, OpenCase, RequestException, Withdraw
from partnerflow.cases.deciding import version
from partnerflow.cases.model import ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.store.database import reading, unit_of_work
from partnerflow.store.listing import Sight
from partnerflow.store.precedents import LOOKED_AT, Precedent, precedents
from partnerflow.store.reading import read_case
from tests.store.builders import approval, counting, opened, rows
from tests.workflows.house import HALF, House

EVERYWHERE = Sight("owen-clarke")
MIGRATION = Path(__file__).parents[2] / "migrations/versions/0006_precedents.py"


def asked(target: str, units: int, excepted: int = 0, **changes: Any) -> OpenCase:
    exception = ExceptionAsked("Tried once.", (ExceptionLine(1, excepted, HALF),)) if excepted else None
    made = {
        "type": CaseType.QUANTITY_REDUCTION,
        "reason": Reason.WRONG_QUANTITY,
        "lines": (RequestedLine(1, units),),
        "description": "Too many.",
        "exception": exception,
    } | changes
    return OpenCase(target.partition("/")[2], **made)


def decided(house: House, number: str, units: int, decision: str = "approve", **changes: Any) -> str:
    """A case that people have decided, in every step."""
    target = house.order(number)
    ref = opened(house, target, asked(target, units, **changes))
    while (case := house.case(ref)).step:
        step = case.step
        assert step
        more = {"text": "No.", "reason_code": "not_substantiated"} if decision == "decline" else {}
        command = DecideStep(step.id, decision, version(case, step), **more)
        house.do(step.deciders[0], f"case/{ref}", command)
    return ref


def found(
    house: House, ref: str, own: tuple[str, str] | None = None, org: str = "arbor", limit: int = 10
) -> list[Precedent]:
    with reading(house.engine, org) as session:
        seen = read_case(session, ref)
        assert seen
        return precedents(session, seen[0], seen[1], EVERYWHERE, own, limit)


@pytest.fixture(scope="module")
def known(house: House) -> dict[str, str]:
    """Cases by what they are, and ``mine``, which asks what they have in common with it."""
    refs = {
        "twin": decided(house, "P-1", 47, excepted=1),
        "declined": decided(house, "P-2", 48, "decline", excepted=2),
        "small": decided(house, "P-3", 11),
        "other reason": decided(house, "P-4", 48, excepted=2, reason=Reason.WRONG_ITEM_ORDERED),
    }
    target = house.order("P-5")
    refs["withdrawn"] = opened(house, target, asked(target, 48, 2))
    house.do("ellie-marsh", f"case/{refs['withdrawn']}", Withdraw("No more."))
    target = house.order("P-6")
    refs["open"] = opened(house, target, asked(target, 48, 2))
    target = house.order("P-7")
    refs["mine"] = opened(house, target, asked(target, 48, 2))
    return refs


def test_the_most_similar_comes_first_and_says_what_came_of_it(house: House, known: dict[str, str]) -> None:
    declined, twin, small = found(house, known["mine"])
    names = ("declined", "twin", "small")
    assert [each.case.ref for each in (declined, twin, small)] == [known[name] for name in names]
    granted, refused = twin.ruling, declined.ruling
    assert (granted.outcome, granted.granted_ppm, granted.by) == ("approved", 1_000_000, "finance")
    assert (refused.outcome, refused.granted, refused.decline_code) == ("declined", 0, "not_substantiated")
    assert declined.same == twin.same == ("family", "verdict", "amount", "exception", "type")
    assert small.same == ("family", "type")


def test_only_what_is_decided_for_the_same_reason_is_one(house: House, known: dict[str, str]) -> None:
    refs = {each.case.ref for each in found(house, known["mine"])}
    assert not refs & {known[name] for name in ("mine", "open", "withdrawn", "other reason")}
    assert found(house, known["other reason"]) == []


def test_a_partner_finds_its_own_cases_alone(house: House, known: dict[str, str]) -> None:
    own = found(house, known["mine"], ("reseller", "harbour"), "harbour")
    assert {each.case.reseller for each in own} == {"harbour"}
    assert found(house, known["mine"], ("reseller", "quayside"), "arbor") == []
    with reading(house.engine, "quayside") as session:
        assert read_case(session, known["mine"]) is None


def test_the_wall_hides_other_organisations_even_from_a_question_that_forgets_to_ask(
    house: House, known: dict[str, str]
) -> None:
    with reading(house.engine, "*") as session:
        seen = read_case(session, known["mine"])
    assert seen
    with reading(house.engine, "quayside") as session:
        assert precedents(session, *seen[:2], EVERYWHERE, None, 10) == []


def test_they_are_found_in_one_statement_and_by_an_index(house: House, known: dict[str, str]) -> None:
    with reading(house.engine, "arbor") as session:
        seen = read_case(session, known["mine"])
        assert seen
        with counting(house.engine) as counted:
            precedents(session, *seen[:2], EVERYWHERE, None, 10)
        assert len(counted.statements) == 1
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = (
            "EXPLAIN SELECT ref FROM \"case\" WHERE decided_at IS NOT NULL AND reason = 'x' AND family = 'y'"
        )
        lines = session.scalars(text(f"{plan} ORDER BY decided_at DESC LIMIT {LOOKED_AT}")).all()
    assert any("ix_case_decided_reason" in line for line in lines), lines


def test_no_more_are_given_than_asked_for(house: House, known: dict[str, str]) -> None:
    assert len(found(house, known["mine"], limit=1)) == 1


def test_an_exception_asked_for_later_counts_in_the_comparison(house: House) -> None:
    target = house.order("P-8")
    ref = opened(house, target, asked(target, 48))
    before = rows(house.engine, 'SELECT excepted, verdict FROM "case" WHERE ref = :ref', ref=ref)
    exception = ExceptionAsked("Tried once.", (ExceptionLine(1, 2, HALF),))
    house.do("ellie-marsh", f"case/{ref}", RequestException(exception))
    after = rows(house.engine, 'SELECT excepted, verdict FROM "case" WHERE ref = :ref', ref=ref)
    assert (before, after) == ([(False, "partly_within_policy")], [(True, "partly_within_policy")])


def test_the_migration_fills_in_what_the_desk_writes(house: House, known: dict[str, str]) -> None:
    spec = importlib.util.spec_from_file_location("precedents_migration", MIGRATION)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    columns = "ref, reason, family, verdict, excepted, asked_net, decided_at"
    query = f'SELECT {columns} FROM "case" ORDER BY ref'
    written = rows(house.engine, query)
    with unit_of_work(house.engine) as session:
        session.execute(
            text(
                "UPDATE \"case\" SET reason = NULL, family = '', verdict = NULL, excepted = false,"
                " asked_net = NULL, decided_at = NULL"
            )
        )
    with unit_of_work(house.engine) as session:
        session.execute(text(migration.FILL.replace(":", "\\:").replace("\\:\\:", "::")))
    assert rows(house.engine, query) == written
    assert any(row[-1] for row in written)


def test_an_approval_can_be_decided_as_before(house: House, known: dict[str, str]) -> None:
    ref = known["open"]
    step = house.case(ref).step
    assert step
    house.do(step.deciders[0], f"case/{ref}", approval(house, ref))
