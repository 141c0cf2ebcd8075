"""What drivers ask for is there, and what is owed has somebody who does it."""

import inspect
from typing import Any

from partnerflow.cases.remedies import ACTIONS
from workflows import registry, steps
from workflows.activities.distributors import DistributorSteps
from workflows.activities.documents import DocumentSteps
from workflows.activities.imports import ImportSteps
from workflows.activities.issuers import IssuerSteps
from workflows.activities.messages import MessageSteps
from workflows.activities.payments import PaymentSteps
from workflows.activities.people import PeopleSteps
from workflows.activities.policies import PolicySteps
from workflows.activities.records import RecordSteps
from workflows.contract import DRIVERS, Act, driver

NOTHING: Any = None
GROUPS = (
    RecordSteps(NOTHING),
    ImportSteps(NOTHING),
    PolicySteps(NOTHING),
    PeopleSteps(NOTHING),
    MessageSteps(NOTHING, NOTHING),
    DocumentSteps(NOTHING, NOTHING),
    DistributorSteps(NOTHING, None),
    PaymentSteps(NOTHING, None),
    IssuerSteps(NOTHING, None),
)


def names(*found: object) -> set[str]:
    return {getattr(one, "__temporal_activity_definition").name for one in found}


def test_every_step_has_a_body_and_every_body_is_a_step() -> None:
    groups = [
        group for _, group in inspect.getmembers(steps, inspect.isclass) if group.__module__ == steps.__name__
    ]
    asked = [
        member
        for group in groups
        for member in vars(group).values()
        if hasattr(member, "__temporal_activity_definition")
    ]
    assert asked
    assert names(*registry.bodies(*GROUPS)) == names(*asked)


def test_every_id_a_record_may_owe_has_a_driver_that_is_registered() -> None:
    known = {workflow.__name__ for workflow in registry.WORKFLOWS}
    assert {name for name, _ in DRIVERS.values()} <= known
    for kind in DRIVERS:
        assert driver(f"{kind}/PF-2027-000123-1")[0] in known


def test_the_acts_of_a_remedy_are_those_of_the_record_in_its_order() -> None:
    assert tuple(Act) == ACTIONS


def test_no_body_can_be_broken_off_in_the_middle_of_a_word() -> None:
    for body in registry.bodies(*GROUPS):
        assert getattr(body, "__temporal_activity_definition").no_thread_cancel_exception
