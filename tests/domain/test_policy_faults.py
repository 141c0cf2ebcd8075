"""All independent faults of a document are said at once, and persons must be there to decide."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from partnerflow.people import Role
from partnerflow.policy.document import PolicyFault, load
from partnerflow.policy.naming import unnamable
from partnerflow.store.policies import read
from tests.domain.builders_cases import PaperDesk

SHIPPED = read("default")


def faults(**sections: Any) -> list[str]:
    with pytest.raises(PolicyFault) as found:
        load(deepcopy(SHIPPED) | sections, 2)
    return [str(fault) for fault in found.value.each]


def test_each_section_says_its_own_fault() -> None:
    found = faults(name=1, warnings=[50, 50], vat_note_days=0, pass_through="half", surprise=1, windows=[])
    assert [said.partition(":")[0] for said in found] == [
        "surprise",
        "name",
        "windows",
        "warnings",
        "vat_note_days",
        "pass_through",
    ]


def test_within_a_section_each_entry_and_within_a_rule_each_member_says_its_own() -> None:
    document = deepcopy(SHIPPED)
    document["rules"][0] |= {"when": "activate", "percent": 101}  # type: ignore[index]
    document["rules"][2]["id"] = "Not an id"  # type: ignore[index]
    document["routes"][2]["steps"] = [{"role": "boss"}, {"role": "cfo"}]  # type: ignore[index]
    with pytest.raises(PolicyFault) as found:
        load(document, 2)
    assert [fault.path for fault in found.value.each] == [
        "rules[0].when",
        "rules[0].percent",
        "rules[2].id",
        "routes[2].steps[0].role",
        "routes[2].steps[1].role",
    ]


def test_a_missing_section_is_said_once() -> None:
    document = {name: value for name, value in SHIPPED.items() if name not in ("rules", "pass_through")}
    with pytest.raises(PolicyFault) as found:
        load(document, 2)
    assert [fault.message for fault in found.value.each] == ["rules is missing", "pass_through is missing"]


def test_a_fault_in_a_condition_says_where_in_it() -> None:
    document = deepcopy(SHIPPED)
    document["rules"][0]["when"] = "activated &"  # type: ignore[index]
    document["routes"][1]["when"] = "!exception &&\n  reason == 'oops'"  # type: ignore[index]
    with pytest.raises(PolicyFault) as found:
        load(document, 2)
    assert [fault.inside for fault in found.value.each] == [(1, 11), (2, 14)]


def test_what_was_said_of_a_long_value_is_short() -> None:
    assert len(faults(pass_through="x" * 5_000)[0]) < 200


def named(**step: Any) -> list[tuple[str, str]]:
    document = deepcopy(SHIPPED)
    document["routes"][1]["steps"] = [step]  # type: ignore[index]
    desk = PaperDesk().directory
    people = desk.people | {
        "gone": replace(desk.people["priya-nair"], id="gone", active=False),
        "root": replace(desk.people["priya-nair"], id="root", roles=frozenset({Role.ADMIN})),
    }
    found = unnamable(document, load(document, 2), replace(desk, people=people))
    return [(fault.path, fault.message) for fault in found]


def test_a_person_who_is_there_to_decide_may_be_named() -> None:
    assert named(person=["priya-nair", "amara-diallo"], mode="all") == []
    assert named(person="priya-nair") == []


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ("nobody", "there is no person 'nobody'"),
        (PaperDesk().directory.people["priya-nair"].email, "priya-nair has this address"),
        ("ellie-marsh", "is not one of the operator's people"),
        ("gone", "'gone' has left"),
        ("root", "is only an admin"),
    ],
)
def test_a_person_who_could_not_decide_is_a_fault(person: str, why: str) -> None:
    ((path, message),) = named(person=person)
    assert path == "routes[1].steps[0].person"
    assert why in message
    ((path, _),) = named(person=["priya-nair", person])
    assert path == "routes[1].steps[0].person[1]"
