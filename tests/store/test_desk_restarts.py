"""What a round that starts again, and an order that reports something new, do to the record of their cases."""

from dataclasses import replace
from datetime import timedelta

from partnerflow.cases.commands import CorrectFact, Withdraw
from partnerflow.cases.model import Stage
from partnerflow.orders.commands import RecordActivation
from partnerflow.policy.document import merge
from partnerflow.store import policy_versions
from partnerflow.store.database import unit_of_work
from partnerflow.store.policies import read
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, opened, rows, set_clock
from tests.workflows.house import House

APPROVALS = "SELECT step, status FROM approval WHERE case_ref = :ref ORDER BY step"


def faults(house: House) -> tuple[str, ...]:
    with unit_of_work(house.engine) as session:
        return verify(session)


def test_a_round_that_starts_again_on_a_shorter_route_leaves_no_step_behind(house: House) -> None:
    """Two steps while another request counts; one step once that is withdrawn and a cited fact has changed."""
    target, earlier = house.order("R-1"), house.order("R-0")
    other = opened(house, earlier, a_reduction(earlier, 40))
    ref = opened(house, target, a_reduction(target, 24))
    assert len(house.case(ref).rounds[-1].steps) == 2
    house.approve(ref)
    house.do("ellie-marsh", f"case/{other}", Withdraw("We keep these."))
    house.do("owen-clarke", f"case/{ref}", CorrectFact("activated-1", "3 of 50 units are activated."))
    case = house.case(ref)
    assert (case.stage, len(case.rounds[-1].steps)) == (Stage.APPROVAL, 1)
    assert rows(house.engine, APPROVALS, ref=ref) == [(1, "pending"), (2, "void")]
    assert faults(house) == ()


def test_what_is_reported_on_an_order_is_taken_whatever_the_settling_of_its_cases_comes_to(
    house: House,
) -> None:
    """The ladder of this policy ends with a decline: the case closes in the very transaction of the report."""
    ladder = {"rungs": ["manager"], "on_exhausted": "decline"}
    document = merge(read("default"), {"ladders": {"step": ladder, "decision": ladder}})
    with unit_of_work(house.engine) as session:
        at = house.now()
        row = {"name": "short", "source": "", "note": "", "author": "marta-kowalska"}
        version = policy_versions.draft(session, document=document, at=at, **row)
        found = policy_versions.read(session, version)
        assert found
        policy_versions.publish(
            session, replace(found, approver="peter-holt", published_at=at, effective_at=at)
        )
    target = house.order("R-2")
    ref = opened(house, target, a_reduction(target, 24))
    set_clock(house, house.now() + timedelta(days=1, hours=2))
    house.do("nadia-rahman", target, RecordActivation(1, 5, house.now(), "portal"))
    set_clock(house, house.now() + timedelta(days=10))
    house.do("nadia-rahman", target, RecordActivation(1, 6, house.now(), "portal"))
    assert house.case(ref).stage is Stage.CLOSED
    assert faults(house) == ()
