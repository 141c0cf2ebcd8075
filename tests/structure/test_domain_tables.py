"""The tables of the domain are whole: every code, every event, every command has its place in each of them."""

import ast
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import get_args

import pytest

from partnerflow.cases import commands, events, letter_facts, machine, notices, rights
from partnerflow.cases.commands import CaseCommand, OpenCase
from partnerflow.cases.evolve import HANDLERS as FOLDS
from partnerflow.orders import events as order_events
from partnerflow.orders import machine as order_machine
from partnerflow.orders import notices as order_notices
from partnerflow.orders.commands import Command as OrderCommand
from partnerflow.orders.fold import _FOLDS as ORDER_FOLDS
from partnerflow.orders.rights import ANSWERS, REPORTS
from partnerflow.policy.terms import ALLOWANCES
from partnerflow.refusals import CODES

ROOT = Path(__file__).parents[2]

CHANGE_NOTHING = {
    events.NoteAdded: "a note is history alone",
    events.ClockWarned: "the clock that follows says what is left",
    events.ClockBreached: "the clock that follows is breached",
}
"""Kinds whose fold is the version alone, and why."""

PLAIN_LETTERS: dict[type, str] = {}
"""Kinds that tell somebody, and whose letter needs nothing beyond what every letter has."""


def _calls(name: str, root: str) -> Iterator[tuple[Path, str]]:
    """The literal first argument of every ``name(...)`` under a folder."""
    for path in sorted((ROOT / root).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            called = node.func
            found = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if found == name and isinstance(node.args[0].value, str):
                yield path, node.args[0].value


RAISED = sorted(
    {code for root in ("partnerflow", "notifications", "api") for _, code in _calls("Refused", root)}
)


def _quoted() -> str:
    tests = (p for p in (ROOT / "tests").rglob("*.py") if p.parent.name != "structure")
    return "\n".join(path.read_text() for path in tests)


@pytest.fixture(scope="module")
def quoted() -> str:
    return _quoted()


@pytest.mark.parametrize("code", RAISED)
def test_a_code_that_is_raised_is_in_the_list_and_in_a_test(code: str, quoted: str) -> None:
    assert code in CODES
    assert f'"{code}"' in quoted


def test_no_code_of_the_list_is_left_over() -> None:
    """Those of later issues are named here until something raises them."""
    later: set[str] = set()
    assert CODES - set(RAISED) <= later | {"invalid-text", "text-too-long"}, CODES - set(RAISED)


@pytest.mark.parametrize("kind", events.EVENTS.values(), ids=events.EVENTS)
def test_every_event_of_a_case_tells_somebody_or_says_why_not(kind: type) -> None:
    assert (kind in notices.RULES) is not (kind in notices.SILENT)


@pytest.mark.parametrize("kind", notices.RULES, ids=lambda kind: kind.KIND)
def test_every_event_that_tells_has_the_facts_of_its_letter_or_needs_none(kind: type) -> None:
    assert (kind in letter_facts.FACTS) is not (kind in PLAIN_LETTERS)


@pytest.mark.parametrize("kind", events.EVENTS.values(), ids=events.EVENTS)
def test_every_event_of_a_case_is_folded_or_changes_nothing(kind: type) -> None:
    assert (kind in FOLDS) is not (kind in CHANGE_NOTHING)


def test_the_events_and_their_kinds_are_the_same_lists() -> None:
    for module in (events, order_events):
        assert set(get_args(module.Event)) == set(module.EVENTS.values())
        assert all(name == kind.KIND for name, kind in module.EVENTS.items())
        own = {k for k in vars(module).values() if is_dataclass(k) and hasattr(k, "KIND")}
        assert own == set(module.EVENTS.values())
    assert not set(events.EVENTS) & set(order_events.EVENTS)


def test_private_kinds_are_kinds() -> None:
    assert set(events.EVENTS) >= events.PRIVATE


def test_every_command_of_a_case_is_allowed_handled_and_judged() -> None:
    known = set(get_args(CaseCommand)) - {OpenCase}
    assert known == set(machine.ALLOWED) == set(machine.HANDLERS) == set(rights.RIGHTS)
    own = {k for k in vars(commands).values() if isinstance(k, type) and k.__module__ == commands.__name__}
    assert own - known == {OpenCase, commands.WantedAsked}
    assert set(machine.ACTIONS.values()) <= known


def test_every_judge_list_names_somebody() -> None:
    assert all(rights.RIGHTS.values())


def test_every_event_of_an_order_is_folded_and_every_command_allowed_and_judged() -> None:
    first = {order_events.OrderAccepted, order_events.OrderOnHold}
    assert set(ORDER_FOLDS) | first == set(order_events.EVENTS.values())
    assert set(order_machine.ALLOWED) == set(get_args(OrderCommand))
    judged = {*ANSWERS, *REPORTS}
    by_service_or_entry = {"EnterOrder", "OrderDue", "ReduceQuantity"}
    assert {kind.__name__ for kind in set(get_args(OrderCommand)) - judged} == by_service_or_entry
    assert set(order_notices.TELLS) <= set(order_events.EVENTS.values())


def test_every_clock_has_an_allowance_of_the_policy_or_a_rule_of_its_own() -> None:
    from partnerflow.cases import clocks

    names = {
        getattr(clocks, name)
        for name in vars(clocks)
        if name.isupper() and isinstance(getattr(clocks, name), str)
    }
    assert names - set(ALLOWANCES) == {clocks.VAT_NOTE}


def test_every_state_that_is_stored_comes_back_the_same() -> None:
    """JSON knows no tuples and no dataclasses: what cannot be read back is not stored."""
    from partnerflow.store.codec import decode_case, decode_event, event_text, plain, text_of
    from tests.domain.builders_cases import PaperDesk, jan
    from tests.domain.builders_people import AMARA, PRIYA

    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    desk.remedy(jan(4, 12))
    case = desk.pass_on(jan(4, 13))
    assert decode_case(text_of(case)) == case
    for stamp, event in desk.log[case.ref]:
        assert decode_event(event.KIND, plain(event)) == event
        assert f'"seq":{stamp.seq},' in event_text(case.ref, stamp, event)
