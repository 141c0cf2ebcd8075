"""A document that is no policy is refused, and the fault names the place."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from partnerflow.people import Role
from partnerflow.policy.document import Policy, PolicyFault, StepRule, load, merge
from partnerflow.policy.questions import RouteFacts, route_for
from partnerflow.policy.terms import StepMode
from partnerflow.store.policies import read

SHIPPED = read("default")
Edit = Callable[[dict[str, Any]], object]


def edited(edit: Edit) -> dict[str, Any]:
    document = deepcopy(SHIPPED)
    edit(document)
    return document


def loaded(edit: Edit) -> Policy:
    return load(edited(edit), 2)


FAULTS: list[tuple[str, str, Edit]] = [
    # The whole
    ("", "rules is missing", lambda d: d.pop("rules")),
    ("surprise", "is unknown here", lambda d: d.update(surprise=1)),
    ("extends", "is unknown here", lambda d: d.update(extends="default")),
    ("rules", "must be a list", lambda d: d.update({"rules": {1: "x"}})),
    ("allowances", "1 is not a name", lambda d: d.update(allowances={1: 240})),
    ("name", "must be a text", lambda d: d.update(name=" ")),
    ("description", "must be a text", lambda d: d.update(description=5)),
    ("name", "control character", lambda d: d.update(name="a\x00b")),
    ("name", "at most 500", lambda d: d.update(name="x" * 501)),
    # Windows
    ("windows", "must be a list", lambda d: d.update(windows={"cancel_hours": 168})),
    ("windows", "must not be empty", lambda d: d.update(windows=[])),
    ("windows[0].cancel_hours", "whole number from 0", lambda d: d["windows"][0].update(cancel_hours=-1)),
    ("windows[0].cancel_hours", "whole number", lambda d: d["windows"][0].update(cancel_hours=True)),
    ("windows[0].cancel_hours", "whole number", lambda d: d["windows"][0].update(cancel_hours=168.0)),
    ("windows[0].days", "is unknown here", lambda d: d["windows"][0].update(days=7)),
    ("windows", "one window must be without a family", lambda d: d["windows"][0].update(family="hardware")),
    ("windows[1]", "listed twice", lambda d: d["windows"].append({"cancel_hours": 1})),
    # Rules
    ("rules[0].when", "undeclared reference to 'activate'", lambda d: d["rules"][0].update(when="activate")),
    ("rules[0].when", "token recognition error", lambda d: d["rules"][0].update(when="activated &")),
    ("rules[0].when", "must be a condition", lambda d: d["rules"][0].update(when=True)),
    (
        "rules[0].when",
        "undeclared reference to 'age_hours'",
        lambda d: d["rules"][0].update(when="age_hours < 3"),
    ),
    ("rules[0].percent", "from 0 to 100", lambda d: d["rules"][0].update(percent=101)),
    ("rules[0].percent", "from 0 to 100", lambda d: d["rules"][0].update(percent="12.34567")),
    ("rules[0].percent", "whole percent", lambda d: d["rules"][0].update(percent=33.3)),
    ("rules[0].within_hours", "from 1", lambda d: d["rules"][0].update(within_hours=0)),
    ("rules[1]", "'activated' is listed twice", lambda d: d["rules"][1].update(id="activated")),
    ("rules[0].id", "short name", lambda d: d["rules"][0].update(id="Not an id")),
    ("rules[2]", "text is missing", lambda d: d["rules"][2].pop("text")),
    # Routes
    ("routes", "must be a catch-all", lambda d: d["routes"].pop()),
    (
        "routes",
        "must have steps",
        lambda d: d.update(routes=[{"id": "a", "when": "true", "automatic": True}]),
    ),
    ("routes", "nothing below 'one-step'", lambda d: d["routes"][1].update(when="true")),
    ("routes[0]", "either automatic: true or steps", lambda d: d["routes"][0].pop("automatic")),
    (
        "routes[0]",
        "either automatic: true or steps",
        lambda d: d["routes"][0].update(steps=[{"role": "finance"}]),
    ),
    ("routes[1]", "either automatic: true or steps", lambda d: d["routes"][1].update(automatic=True)),
    ("routes[0].automatic", "true or false", lambda d: d["routes"][0].update(automatic="yes")),
    ("routes[1].steps", "must not be empty", lambda d: d["routes"][1].update(steps=[])),
    ("routes[2].steps", "same name", lambda d: d["routes"][2]["steps"][1].update(role="channel_manager")),
    (
        "routes[2].steps[1].role",
        "'cfo' is not one of",
        lambda d: d["routes"][2]["steps"][1].update(role="cfo"),
    ),
    ("routes[2].steps[1].role", "'admin' is not", lambda d: d["routes"][2]["steps"][1].update(role="admin")),
    ("routes[2].steps[1].role", "'buyer' is not", lambda d: d["routes"][2]["steps"][1].update(role="buyer")),
    ("routes[1].steps[0]", "exactly one of", lambda d: d["routes"][1]["steps"][0].clear()),
    ("routes[1].steps[0]", "exactly one of", lambda d: d["routes"][1]["steps"][0].update(manager_of="owner")),
    ("routes[1].steps[0].mode", "'most' is not", lambda d: d["routes"][1]["steps"][0].update(mode="most")),
    ("routes[1].steps[0].n", "mode: n only", lambda d: d["routes"][1]["steps"][0].update(n=2)),
    ("routes[1].steps[0].n", "from 2", lambda d: d["routes"][1]["steps"][0].update(mode="n")),
    (
        "routes[1].steps[0].manager_of",
        "'boss' is not one of owner, requester",
        lambda d: d["routes"][1].update(steps=[{"manager_of": "boss"}]),
    ),
    (
        "routes[1].steps[0].mode",
        "one person decides",
        lambda d: d["routes"][1].update(steps=[{"person": "p-1", "mode": "all"}]),
    ),
    (
        "routes[1].steps[0].role[1]",
        "'admin' is not one of",
        lambda d: d["routes"][1].update(steps=[{"role": ["finance", "admin"]}]),
    ),
    (
        "routes[1].steps[0].role[1]",
        "is named twice",
        lambda d: d["routes"][1].update(steps=[{"role": ["finance", "finance"]}]),
    ),
    (
        "routes[1].steps[0].person",
        "must not be empty",
        lambda d: d["routes"][1].update(steps=[{"person": []}]),
    ),
    (
        "routes[1].steps[0].person[0]",
        "must be a text",
        lambda d: d["routes"][1].update(steps=[{"person": [7, "ada"]}]),
    ),
    (
        "routes[1].steps[0].mode",
        "one person decides",
        lambda d: d["routes"][1].update(steps=[{"person": ["ada"], "mode": "all"}]),
    ),
    (
        "routes[1].steps[0].n",
        "more than the 2 persons",
        lambda d: d["routes"][1].update(steps=[{"person": ["ada", "ben"], "mode": "n", "n": 3}]),
    ),
    ("routes[1].when", "no matching overload", lambda d: d["routes"][1].update(when="aggregate <= 2500.00")),
    ("routes[1].when", "answers INT", lambda d: d["routes"][1].update(when="aggregate")),
    ("routes[1].when", "'oops' is not one of", lambda d: d["routes"][1].update(when="reason == 'oops'")),
    (
        "routes[1].when",
        "'exchnage' is not one of",
        lambda d: d["routes"][1].update(when="exception && case_type in ['goodwill', \"exchnage\"]"),
    ),
    # Ladders
    ("ladders", "pass_through is missing", lambda d: d["ladders"].pop("pass_through")),
    ("ladders.owner", "is unknown here", lambda d: d["ladders"].update(owner=d["ladders"]["step"])),
    ("ladders.step.rungs", "must not be empty", lambda d: d["ladders"]["step"].update(rungs=[])),
    (
        "ladders.step.rungs[1]",
        "'boss' is not",
        lambda d: d["ladders"]["step"].update(rungs=["manager", "boss"]),
    ),
    ("ladders.step.rungs[0]", "'admin' is not", lambda d: d["ladders"]["step"].update(rungs=["admin"])),
    (
        "ladders.step.on_exhausted",
        "'wait' is not",
        lambda d: d["ladders"]["step"].update(on_exhausted="wait"),
    ),
    (
        "ladders.pass_through.on_exhausted",
        "'approve' is not",
        lambda d: d["ladders"]["pass_through"].update(on_exhausted="approve"),
    ),
    # Numbers
    ("allowances", "step is missing", lambda d: d["allowances"].pop("step")),
    ("allowances.lunch", "is unknown here", lambda d: d["allowances"].update(lunch=30)),
    ("allowances.step", "from 1", lambda d: d["allowances"].update(step=0)),
    ("allowances.step", "whole number", lambda d: d["allowances"].update(step="480")),
    ("warnings[1]", "from 1 to 99", lambda d: d.update(warnings=[50, 100])),
    ("warnings", "names a number twice", lambda d: d.update(warnings=[50, 50])),
    ("reminder_hours[0]", "from 1", lambda d: d.update(reminder_hours=[0])),
    ("vat_note_days", "from 1 to 365", lambda d: d.update(vat_note_days=0)),
    (
        "vat_note_days_by_country.Germany",
        "no country",
        lambda d: d.update(vat_note_days_by_country={"Germany": 9}),
    ),
    # Pass-through
    ("pass_through", "'half' is not", lambda d: d.update(pass_through="half")),
    ("pass_through_cap_percent", "goes with", lambda d: d.update(pass_through="capped")),
    ("pass_through_cap_percent", "goes with", lambda d: d.update(pass_through_cap_percent=50)),
    # Root causes and validation
    ("root_causes", "other is missing", lambda d: d["root_causes"].pop("other")),
    ("root_causes.other", "'fate' is not", lambda d: d["root_causes"].update(other="fate")),
    ("root_causes.whim", "is unknown here", lambda d: d["root_causes"].update(whim="unknown")),
    ("validation", "duplicate_days is missing", lambda d: d["validation"].pop("duplicate_days")),
    (
        "validation.severities",
        "pack-size is missing",
        lambda d: d["validation"]["severities"].pop("pack-size"),
    ),
    (
        "validation.severities.typo",
        "is unknown",
        lambda d: d["validation"]["severities"].update(typo="block"),
    ),
    (
        "validation.severities.pack-size",
        "'fatal' is not one of block",
        lambda d: d["validation"]["severities"].update({"pack-size": "fatal"}),
    ),
    ("validation.required[0]", "'colour' is not", lambda d: d["validation"].update(required=["colour"])),
    (
        "validation.required_by_vendor.arbor[0]",
        "'colour' is not",
        lambda d: d["validation"].update(required_by_vendor={"arbor": ["colour"]}),
    ),
]


@pytest.mark.parametrize(
    ("path", "message", "edit"), FAULTS, ids=[f"{path or 'whole'}: {says}" for path, says, _ in FAULTS]
)
def test_a_fault_names_its_path_and_what_would_be_right(path: str, message: str, edit: Edit) -> None:
    with pytest.raises(PolicyFault) as fault:
        loaded(edit)
    assert (fault.value.path, message in fault.value.message) == (path, True), fault.value
    assert str(fault.value) == (f"{path}: {fault.value.message}" if path else fault.value.message)


@pytest.mark.parametrize("value", [None, 1.5, True, {"odd": 1}])
@pytest.mark.parametrize("section", sorted(SHIPPED.keys() - {"description"}))
def test_a_section_of_the_wrong_kind_is_a_fault_at_that_section(section: str, value: object) -> None:
    with pytest.raises(PolicyFault) as fault:
        loaded(lambda d: d.update({section: value}))
    assert fault.value.path.startswith(section)


def test_a_document_that_is_no_mapping_is_a_fault() -> None:
    with pytest.raises(PolicyFault, match="mapping"):
        load([], 1)  # type: ignore[arg-type]


def test_loading_leaves_the_document_as_it_was() -> None:
    document = deepcopy(SHIPPED)
    load(document, 1)
    assert document == SHIPPED


def test_a_family_may_have_its_own_window_and_none_at_all() -> None:
    policy = loaded(lambda d: d["windows"].append({"family": "hardware", "cancel_hours": 0}))
    assert policy.window("hardware").cancel_hours == 0
    assert policy.window("licences").cancel_hours == policy.window(None).cancel_hours == 168


def test_a_step_may_name_a_role_a_person_or_a_manager() -> None:
    steps = [
        {"name": "two of finance", "role": "finance", "mode": "n", "n": 2, "allowance_minutes": 120},
        {"person": "ada"},
        {"manager_of": "requester"},
        {"role": "licensing", "mode": "all"},
    ]
    route = loaded(lambda d: d["routes"][1].update(steps=steps)).routes[1]
    assert route.steps == (
        StepRule("two of finance", Role.FINANCE, None, None, StepMode.N, 2, 120, roles=(Role.FINANCE,)),
        StepRule("ada", None, "ada", None, StepMode.ANY, 1, None, persons=("ada",)),
        StepRule("manager_of_requester", None, None, "requester", StepMode.ANY, 1, None),
        StepRule("licensing", Role.LICENSING, None, None, StepMode.ALL, 1, None, roles=(Role.LICENSING,)),
    )


def test_a_step_may_name_several_roles_or_persons() -> None:
    both = (Role.FINANCE, Role.EXECUTIVE)
    steps = [
        {"role": ["finance", "executive"]},
        {"person": ["ada", "ben"], "mode": "all"},
        {"person": ["ada", "ben", "cleo"], "mode": "n", "n": 2},
        {"name": "one", "role": ["finance"], "mode": "n", "n": 2},
        {"role": ["finance", "executive"], "mode": "all", "name": "everyone"},
    ]
    assert loaded(lambda d: d["routes"][1].update(steps=steps)).routes[1].steps == (
        StepRule("finance or executive", None, None, None, StepMode.ANY, 1, None, roles=both),
        StepRule("ada and ben", None, None, None, StepMode.ALL, 1, None, persons=("ada", "ben")),
        StepRule(
            "2 of ada, ben, cleo", None, None, None, StepMode.N, 2, None, persons=("ada", "ben", "cleo")
        ),
        StepRule("one", Role.FINANCE, None, None, StepMode.N, 2, None, roles=(Role.FINANCE,)),
        StepRule("everyone", None, None, None, StepMode.ALL, 1, None, roles=both),
    )


def test_of_two_routes_with_as_many_steps_the_later_is_the_stricter() -> None:
    policy = loaded(
        lambda d: d["routes"].insert(0, d["routes"][3] | {"id": "early", "when": "case_type == 'goodwill'"})
    )
    facts = RouteFacts(0, 0, "goodwill", "other", False, True, "licences", "standard", 0, rate_known=False)
    assert route_for(policy, facts).id == "three-steps"


def test_routes_may_ask_for_every_fact_of_the_case() -> None:
    when = (
        "case_type == 'tax_correction' && reason in ['wrong_tax', 'other'] && family != 'hardware'"
        " && tier.startsWith('gold') && age_hours >= 24 && amount < 100 && !within_policy"
    )
    policy = loaded(
        lambda d: d["routes"].insert(0, {"id": "own", "when": when, "steps": [{"role": "finance"}]})
    )
    facts = RouteFacts(99, 99, "tax_correction", "wrong_tax", False, False, "licences", "gold-eu", 24, True)
    assert route_for(policy, facts).id == "own"


def test_percents_may_have_four_decimals_when_quoted() -> None:
    assert loaded(lambda d: d["rules"][0].update(percent="33.3333")).rules[0].percent_ppm == 333_333


def test_warnings_are_kept_rising_and_reminders_falling() -> None:
    policy = loaded(lambda d: d.update(warnings=[90, 25], reminder_hours=[1, 48]))
    assert (policy.warnings, policy.reminder_hours) == ((25, 90), (48, 1))


def test_a_capped_pass_through_states_its_cap_and_a_country_its_days() -> None:
    policy = loaded(
        lambda d: d.update(
            pass_through="capped", pass_through_cap_percent=90, vat_note_days_by_country={"DE": 10}
        )
    )
    assert policy.pass_through_cap_ppm == 900_000
    assert (policy.vat_days("DE"), policy.vat_days("GB")) == (10, 14)


def test_a_vendor_adds_to_what_all_require() -> None:
    added = {"arbor": ["line.licence.edition", "po_number"]}
    checks = loaded(lambda d: d["validation"].update(required_by_vendor=added)).validation
    assert checks.required_of("arbor") == ("po_number", "end_customer", "line.licence.edition")
    assert checks.required_of("birch") == ("po_number", "end_customer")


def test_merging_goes_into_mappings_and_replaces_everything_else_whole() -> None:
    base = {"a": {"x": 1, "y": {"z": 2}}, "list": [1, 2], "kept": 5}
    over = {"a": {"y": {"z": 3}, "new": 4}, "list": [9]}
    assert merge(base, over) == {"a": {"x": 1, "y": {"z": 3}, "new": 4}, "list": [9], "kept": 5}
    assert base == {"a": {"x": 1, "y": {"z": 2}}, "list": [1, 2], "kept": 5}
