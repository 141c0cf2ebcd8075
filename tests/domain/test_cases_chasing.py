"""The distributor advances the reseller's credit; what it then waits for upstream has an owner, and is chased."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from partnerflow.cases import paying
from partnerflow.cases.commands import AddNote, Appeal, ConfirmPassThrough
from partnerflow.cases.machine import allowed_actions, not_yet
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.money_commands import Found, PayoutAnswered, SubmitPayout
from partnerflow.cases.reminding import Reminder, pointless, reminder
from partnerflow.store.cases import due_instants
from partnerflow.store.reports.exposure import exposed
from tests.domain.builders_cases import PAYMENTS, PaperDesk, jan, policy, refused
from tests.domain.builders_people import ELLIE, NADIA, person
from tests.domain.test_cases_external_notes import V1, a_request, unmandated
from tests.store.test_reconciliation import executed

REF = "PF-2027-000001"


def carried_out(**changes: object) -> PaperDesk:
    """20 units credited; arbor issues its notes itself, so that meridian waits for them from jan(4, 12) on."""
    desk = unmandated("arbor", **changes)
    case = desk.open(a_request(20))
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    desk.remedy(jan(4, 12))
    return desk


def chases(desk: PaperDesk) -> list[tuple[int, str, bool]]:
    return [(event.no, event.key, event.escalated) for event in desk.events("credit_note.chased")]


def next_chase(case: Case) -> datetime:
    ((at, name),) = case.chases_due
    assert name == "chase:upstream:1"
    return at


def test_what_is_passed_on_before_the_vendors_credit_is_an_advance_with_an_owner() -> None:
    desk = carried_out()
    case = desk.pass_on(jan(5, 10))
    (event,) = desk.events("case.credit_advanced")
    assert (event.leg, event.gross, event.since, event.owner) == ("upstream", 105_600, jan(4, 12), case.owner)
    assert (case.stage, case.advanced_at) == (Stage.CLOSED, jan(5, 10))
    assert desk.fold(REF) == case
    row = exposed(executed(desk))
    assert row is not None
    assert (row.awaited, row.chased, row.last_chase, row.next_chase) == (105_600, 0, None, next_chase(case))


@pytest.mark.parametrize("advance", [True, False])
def test_nor_does_the_payment_port_advance_what_nobody_may(*, advance: bool) -> None:
    desk = unmandated("arbor", policy=policy(upstream={"advance": advance}), pays=True)
    case = desk.open(a_request(46))
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    case = desk.remedy(jan(4, 12))
    (payout,) = case.payouts
    assert (paying.next_act(case, payout) is None) is not advance
    if not advance:
        vendors = replace(V1, net=202_400, tax=40_480, gross=242_880)
        case = desk.do(vendors, NADIA, jan(5, 10))
    desk.do(SubmitPayout(payout.key), PAYMENTS, jan(5, 11))
    case = desk.do(PayoutAnswered(payout.key, 1, Found.CONFIRMED, "B-1"), PAYMENTS, jan(5, 11))
    assert (case.stage, case.advanced_at is not None) == (Stage.CLOSED, advance)


def test_where_the_policy_lets_nobody_advance_the_reseller_waits_for_the_vendor_too() -> None:
    desk = carried_out(policy=policy(upstream={"advance": False}))
    with refused("wrong-state") as info:
        desk.pass_on(jan(5, 10))
    assert "vendor" in info.value.detail
    view = desk.view(REF)
    assert "confirm_pass_through" not in allowed_actions(desk.cases[REF], NADIA, jan(5, 10), view)
    case = desk.do(V1, NADIA, jan(6, 10))
    assert "confirm_pass_through" in allowed_actions(case, NADIA, jan(6, 10), view)
    case = desk.pass_on(jan(6, 10))
    assert (case.stage, case.advanced_at, desk.events("case.credit_advanced")) == (Stage.CLOSED, None, [])


def test_a_closed_case_is_driven_on_until_the_vendors_note_is_confirmed() -> None:
    desk = carried_out()
    first = next_chase(desk.pass_on(jan(5, 10)))
    assert first == jan(11, 12), "five working days after it was instructed"
    assert due_instants(desk.cases[REF]) == (first, None)
    case = desk.until(first)
    assert case.stage is Stage.CLOSED
    assert chases(desk) == [(1, f"chase:{REF}:upstream:1:1", False)]
    assert (case.instructed[0].chased, case.instructed[0].chased_at) == (1, first)
    assert desk.fold(REF) == case
    case = desk.do(V1, NADIA, first + timedelta(hours=1))
    assert (case.chases_due, due_instants(case)) == ((), (None, None))
    assert exposed(executed(desk)) is None


def test_each_chase_is_one_event_however_often_its_driver_asks() -> None:
    desk = carried_out()
    first = next_chase(desk.pass_on(jan(5, 10)))
    assert not_yet(desk.cases[REF], _due(first), first - timedelta(seconds=1)) == first
    for _ in range(3):
        desk.due(first)
    desk.do(AddNote("Still nothing from Arbor.", "internal"), NADIA, first + timedelta(minutes=1))
    assert len(chases(desk)) == 1


def _due(at: datetime):  # type: ignore[no-untyped-def]
    from partnerflow.cases.commands import CaseDue

    return CaseDue("chase:upstream:1", at)


def test_whatever_command_comes_what_is_due_is_chased_before_it() -> None:
    desk = carried_out()
    first = next_chase(desk.pass_on(jan(5, 10)))
    desk.do(AddNote("Any news?"), ELLIE, first + timedelta(hours=1))
    kinds = [event.KIND for _, event in desk.log[REF]][-2:]
    assert kinds == ["credit_note.chased", "case.note_added"]


def test_from_the_third_time_on_the_accountable_manager_hears_of_it() -> None:
    desk = carried_out()
    owner = desk.directory.people[desk.pass_on(jan(5, 10)).owner]
    known = desk.directory.people | {owner.id: replace(owner, manager="amara-diallo")}
    desk.directory = replace(desk.directory, people=known)
    heard: list[set[str]] = []
    for _ in range(3):
        desk.until(next_chase(desk.cases[REF]))
        heard.append({notice.audience for notice in desk.told})
    assert [escalated for *_, escalated in chases(desk)] == [False, False, True]
    assert "manager" not in heard[1]
    assert heard[2] >= {"distributor", "vendor", "manager"}


def test_the_vendor_is_asked_for_its_own_leg_and_told_nothing_of_the_other() -> None:
    from partnerflow.cases.letters import letter
    from partnerflow.cases.machine import decide
    from partnerflow.cases.notices import owed
    from partnerflow.cases.status import status
    from tests.domain.builders_cases import DEADLINE

    desk = carried_out()
    first = next_chase(desk.pass_on(jan(5, 10)))
    case = desk.cases[REF]
    draft = decide(case, _due(first), DEADLINE, first, desk.view(REF))
    found = next(n for n in owed(draft, case.version + 1) if n.audience == "vendor")
    assert desk.directory.people[found.recipient].organisation == "arbor"
    told = letter(found, draft, status(draft.case, desk.policy, desk.directory, first))
    assert {row.leg for row in told.amounts} == {"upstream"}
    assert (told.next, told.due_at, told.facts["gross"], told.facts["no"]) == ("", None, "105600", "1")


def test_a_chase_keeps_to_the_recipients_hours_and_is_pointless_once_it_is_confirmed() -> None:
    desk = carried_out()
    first = next_chase(desk.pass_on(jan(5, 10)))
    desk.until(first)
    (event,) = desk.events("credit_note.chased")
    about = reminder(event)
    assert about == Reminder("chase:upstream:1", None)
    assert about is not None
    assert pointless(desk.cases[REF], about, first) is None
    assert pointless(desk.do(V1, NADIA, first), about, first) == "The note is confirmed."


def test_an_appeal_is_decided_beside_what_is_still_chased() -> None:
    from partnerflow.credits.portions import Portion

    desk = unmandated("arbor")
    case = desk.open(a_request(20))
    assert case.step
    desk.decide(person(case.step.deciders[0]), jan(4, 10), "approve_partial", portions=(Portion(1, 10),))
    while (case := desk.cases[REF]).step:
        desk.decide(person(case.step.deciders[0]), jan(4, 10))
    desk.remedy(jan(4, 12))
    first = next_chase(desk.pass_on(jan(5, 10)))
    desk.do(Appeal("The other ten as well."), ELLIE, jan(5, 11))
    desk.until(first)
    assert [no for no, *_ in chases(desk)] == [1]
    assert desk.cases[REF].open


@pytest.mark.parametrize("minutes", [480, 960])
def test_how_often_is_the_policys(minutes: int) -> None:
    desk = carried_out(policy=policy(upstream={"chase_minutes": minutes}))
    case = desk.do(ConfirmPassThrough("offset", "M-1", jan(5, 10)), NADIA, jan(5, 10))
    assert next_chase(case) == jan(4 + minutes // 480, 12)
