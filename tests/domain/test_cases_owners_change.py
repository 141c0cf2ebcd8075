"""Who has an open case when its owner's roles change (DOMAIN: an open case without an active owner is impossible)."""

import pytest

from partnerflow.cases.commands import AddFact, SyncPeople
from partnerflow.cases.responsibility import owner
from partnerflow.people import Actor, Role
from tests.domain.builders_cases import PEOPLE, PaperDesk, an_amount, jan, refused
from tests.domain.builders_people import SAM, absent, changed


def at_owens() -> PaperDesk:
    desk = PaperDesk()
    assert desk.open(an_amount(10_000)).owner == "owen-clarke"
    return desk


@pytest.mark.parametrize("roles", [frozenset({Role.ADMIN}), frozenset()])
def test_an_owner_who_no_longer_works_on_cases_has_none(roles: frozenset[Role]) -> None:
    desk = at_owens()
    desk.directory = changed(desk.directory, "owen-clarke", roles=roles)
    case = desk.cases["PF-2027-000001"]
    assert owner(case, desk.directory, jan(4, 10)).id == "sam-whitfield"
    with refused("forbidden"):
        desk.do(AddFact("Two were never used."), Actor("owen-clarke", "arbor", roles), jan(4, 10))
    assert desk.do(AddFact("Two were never used."), SAM, jan(4, 10))
    assert desk.do(SyncPeople(), PEOPLE, jan(4, 11)).owner == "sam-whitfield"
    assert [event.because for event in desk.events("case.owner_changed")] == ["role"]


def test_another_working_role_keeps_the_case() -> None:
    desk = at_owens()
    desk.directory = changed(desk.directory, "owen-clarke", roles=frozenset({Role.LICENSING}))
    assert desk.do(SyncPeople(), PEOPLE, jan(4, 11)).owner == "owen-clarke"


def test_an_administrator_does_not_stand_in_for_an_owner() -> None:
    desk = at_owens()
    desk.directory = absent(desk.directory, "owen-clarke", jan(4), None, "robin-marsh")
    assert owner(desk.cases["PF-2027-000001"], desk.directory, jan(4, 10)).id == "sam-whitfield"


def test_the_successor_of_an_owner_who_left_has_the_case_before_the_manager() -> None:
    """The leaver's roles and sign-in are gone; the absence without end, and whom it names, stay."""
    desk = at_owens()
    left = absent(desk.directory, "owen-clarke", jan(4), None, "ruth-lindqvist")
    desk.directory = changed(left, "owen-clarke", roles=frozenset(), active=False)
    assert owner(desk.cases["PF-2027-000001"], desk.directory, jan(4, 10)).id == "ruth-lindqvist"
