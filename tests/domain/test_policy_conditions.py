"""A condition answers yes or no about its facts, and can do nothing else."""

import threading
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerflow.policy.conditions import ConditionFault, check, holds
from partnerflow.policy.parts import ROUTE_FACTS
from partnerflow.policy.terms import CaseType

KNOWN: Mapping[str, type] = {"amount": int, "tier": str, "exception": bool}
FACTS: dict[str, bool | int | str] = {"amount": 50_000, "tier": "gold", "exception": False}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("true", True),
        ("exception", False),
        ("!exception && amount <= 50000", True),
        ("amount < 50000", False),
        ("amount > -1 && amount != 0", True),
        ("tier == 'gold' || exception", True),
        ("tier in ['silver', \"platinum\"]", False),
        ("exception ? amount > 1 : tier.contains('ol')", True),
        ("tier.startsWith('g') && tier.endsWith('d') && size(tier) == 4", True),
    ],
)
def test_conditions_compare_facts(condition: str, answer: bool) -> None:
    check(condition, KNOWN)
    assert holds(condition, FACTS) is answer


HARM = {
    "a clock": "now() > 5",
    "a clock in disguise": "timestamp('2027-01-01T00:00:00Z') > now",
    "a constant instant": "timestamp('x') == timestamp('y')",
    "an unknown fact": "owner == 'ada'",
    "the environment": "env.HOME == ''",
    "python": "__import__('os').system('true') == 0",
    "a member of a text": "tier.__class__ == tier",
    "division by zero": "amount / 0 == 1",
    "overflow": "amount * 9223372036854775807 > 0",
    "a literal beyond 64 bits": "amount < 99999999999999999999",
    "money as a float": "amount <= 500.00",
    "text against number": "amount == tier",
    "a loop": "[1, 2, 3].all(x, x > 0)",
    "an index out of range": "[1, 2][5] == 1",
    "a missing key": "{'a': 1}.b == 1",
    "a message": "google.protobuf.Int32Value{value: 1} == 1",
    "a conversion that fails": "int(tier) == 1",
    "a way around the types": "dyn(amount) == 'x'",
    "a regular expression": "tier.matches('(a+)+$')",
    "no answer": "amount",
    "two statements": "true; true",
    "an assignment": "amount = 5",
    "nothing": "",
    "an end before its end": "true\0 && exception",
    "half a character": "tier == '\ud800'",
    "depth": "(" * 400 + "true" + ")" * 400,
    "length": "exception || " * 100 + "true",
}


@pytest.mark.parametrize("what", HARM)
def test_a_condition_cannot_use(what: str) -> None:
    with pytest.raises(ConditionFault):
        check(HARM[what], KNOWN)


def test_a_fault_says_where_it_is() -> None:
    with pytest.raises(ConditionFault) as fault:
        check("exception ||\n  amont > 5", KNOWN)
    assert (fault.value.line, fault.value.column) == (2, 3)
    assert str(fault.value) == "line 2, column 3: undeclared reference to 'amont'"


def test_a_fact_that_is_not_given_is_a_fault_and_not_a_no() -> None:
    with pytest.raises(ConditionFault, match="exception"):
        holds("exception", {"amount": 1})


@pytest.mark.parametrize("odd", [None, 1.5, ["gold"], b"gold", "gold\0en", "\ud800"])
def test_what_is_neither_flag_number_nor_text_is_no_fact(odd: object) -> None:
    with pytest.raises(ConditionFault, match="is no fact"):
        holds("true", {"tier": odd})  # type: ignore[dict-item]


def test_a_number_beyond_64_bits_is_a_fault_and_not_a_no() -> None:
    with pytest.raises(ConditionFault, match="amount > 1"):
        holds("amount > 1", {"amount": 2**70})


def test_members_of_the_closed_lists_count_as_their_text() -> None:
    assert holds("case_type == 'exchange'", {"case_type": CaseType.EXCHANGE})


def test_type_is_a_word_of_the_language_so_no_fact_has_that_name() -> None:
    assert "type" not in ROUTE_FACTS


def test_facts_are_values_and_never_read_as_conditions() -> None:
    assert not holds("tier == 'gold'", {"tier": "gold' || true || '"})


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**15))
def test_money_is_compared_to_the_last_minor_unit(amount: int, limit: int) -> None:
    assert holds(f"amount <= {limit}", {"amount": amount}) is (amount <= limit)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50))
def test_any_text_can_be_a_fact(text: str) -> None:
    assert holds("tier == other", {"tier": text, "other": text})
    assert holds("tier != other", {"tier": text + "x", "other": text})


def test_several_threads_may_ask_at_once() -> None:
    wrong: list[tuple[int, int]] = []

    def ask(thread: int) -> None:
        for turn in range(300):
            limit = turn % 50 * 8 + thread
            fresh = f"amount <= {limit} && tier == 'gold'"
            if not holds(fresh, {"amount": limit, "tier": "gold"}) or holds(
                fresh, {"amount": limit + 1, "tier": "gold"}
            ):
                wrong.append((thread, turn))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
