"""Notes that another system issues are confirmed, not trusted: what differs is recorded and told, never swallowed."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases import external_notes
from partnerflow.cases.commands import Appeal, ConfirmPassThrough, Withdraw
from partnerflow.cases.machine import allowed_actions
from partnerflow.cases.model import Case, CaseOutcome, Stage
from partnerflow.cases.money_commands import ConfirmNote
from partnerflow.credits.ledger import balances
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import PaperDesk, a_request, jan, refused, story_order
from tests.domain.builders_people import ELLIE, NADIA, PRIYA, person

REF = "PF-2027-000001"
V1 = ConfirmNote(Leg.UPSTREAM, "V-77", jan(5, 9), 88_000, 17_600, 105_600)
"""20 x LIC-PRO at 44.00, as arbor's own system credits them."""


def unmandated(*codes: str, **changes: Any) -> PaperDesk:
    """A desk where these organisations issue their notes themselves; meridian operates if arbor does not."""
    desk = PaperDesk(**changes)
    known = dict(desk.directory.organisations)
    for code in codes:
        known[code] = replace(known[code], mandated=False, operator=False)
    desk.directory = replace(desk.directory, organisations=known)
    if "arbor" in codes:
        known["meridian"] = replace(known["meridian"], operator=True, fallbacks=("jon-fielding",))
    return desk


def credited_by_reseller_note(desk: PaperDesk) -> Case:
    """20 units approved and carried out, as far as it is ours."""
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    return desk.remedy(jan(4, 12))


def waiting_downstream() -> PaperDesk:
    """meridian issues its own notes: harbour's credit waits for meridian's number."""
    desk = unmandated("meridian")
    credited_by_reseller_note(desk)
    return desk


def stated(**changes: Any) -> ConfirmNote:
    return replace(ConfirmNote(Leg.DOWNSTREAM, "M-CN-9", jan(5, 9), 100_000, 20_000, 120_000), **changes)


def test_what_the_issuer_was_told_stays_held_until_its_number_is_confirmed() -> None:
    desk = waiting_downstream()
    case = desk.cases[REF]
    told = external_notes.waiting(case)
    assert [(i.leg, i.round, i.net, i.tax, i.gross) for i in told] == [
        (Leg.DOWNSTREAM, 1, 100_000, 20_000, 120_000)
    ]
    case = desk.do(stated(), NADIA, jan(5, 10))
    line = desk.lines[Leg.DOWNSTREAM][1]
    assert (line.reserved_net, line.credited_net, line.credited_quantity) == (0, 100_000, 20)
    assert (desk.invoices[Leg.DOWNSTREAM].credited_net, desk.invoices[Leg.DOWNSTREAM].credited_tax) == (
        100_000,
        20_000,
    )
    assert (case.held, external_notes.waiting(case), case.stage) == ({}, (), Stage.PASSING_ON)
    (event,) = [e for e in desk.events("credit_note.issued") if e.document.external]
    assert (event.document.number, event.document.issued_at) == ("M-CN-9", jan(5, 9))
    assert desk.fold(REF) == case


def test_the_confirmed_note_is_posted_in_the_books_on_its_own_day() -> None:
    desk = waiting_downstream()
    before = len(desk.entries)
    desk.do(stated(), NADIA, jan(5, 10))
    (entry,) = desk.entries[before:]
    assert (entry.key, entry.at, entry.document) == (
        f"credit:{REF}:1:downstream:downstream-1",
        jan(5, 9),
        "M-CN-9",
    )
    assert entry.books == "meridian"
    assert sum(balances([entry]).values()) == 0


def test_only_then_the_credit_is_passed_on_and_the_case_closes() -> None:
    desk = waiting_downstream()
    passing = ConfirmPassThrough("account_credit", "M-1", jan(5, 11))
    with refused("wrong-state") as info:
        desk.do(passing, NADIA, jan(5, 11))
    assert "confirm_note" in info.value.detail
    assert "confirm_pass_through" not in allowed_actions(desk.cases[REF], NADIA, jan(5, 11), desk.view(REF))
    desk.do(stated(), NADIA, jan(5, 11))
    assert desk.do(passing, NADIA, jan(5, 11)).outcome is CaseOutcome.CREDITED


def test_less_than_instructed_is_credited_as_stated_and_the_difference_listed() -> None:
    desk = waiting_downstream()
    case = desk.do(stated(net=90_000, tax=18_000, gross=108_000), NADIA, jan(5, 10))
    (told,) = case.instructed
    assert external_notes.difference(case, told) == external_notes.Difference(-10_000, -2_000, -12_000)
    line = desk.lines[Leg.DOWNSTREAM][1]
    assert (line.credited_net, line.reserved_net, line.left_net) == (90_000, 0, 160_000)
    assert {notice.recipient for notice in desk.told} >= {"amara-diallo", "owen-clarke"}, (
        "finance hears of it"
    )


def test_a_penny_more_is_recorded_too_where_the_line_still_has_it() -> None:
    desk = waiting_downstream()
    case = desk.do(stated(tax=20_001, gross=120_001), NADIA, jan(5, 10))
    found = external_notes.difference(case, case.instructed[0])
    assert found == external_notes.Difference(0, 1, 1)
    assert desk.invoices[Leg.DOWNSTREAM].credited_tax == 20_001


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"net": 250_001, "tax": 0, "gross": 250_001}, "exceeds-creditable"),
        ({"net": 100_001, "gross": 120_001}, "exceeds-creditable"),
        ({"tax": 50_001, "gross": 150_001}, "exceeds-creditable"),
        ({"leg": Leg.UPSTREAM}, "wrong-state"),
        ({"gross": 120_001}, "invalid-amount"),
        ({"net": 0, "tax": 0, "gross": 0}, "invalid-amount"),
        ({"issued_at": jan(5, 11)}, "invalid-date"),
    ],
)
def test_what_cannot_be_the_note_that_is_awaited_is_refused(changes: dict[str, Any], code: str) -> None:
    desk = waiting_downstream()
    lines = desk.lines
    with refused(code):
        desk.do(stated(**changes), NADIA, jan(5, 10))
    assert desk.lines == lines
    assert external_notes.waiting(desk.cases[REF])


def test_the_same_number_again_changes_nothing_and_another_content_is_refused() -> None:
    desk = waiting_downstream()
    case = desk.do(stated(), NADIA, jan(5, 10))
    assert desk.do(stated(), NADIA, jan(5, 12)).version == case.version
    with refused("already-settled"):
        desk.do(stated(net=90_000, tax=18_000, gross=108_000), NADIA, jan(5, 12))


def test_only_the_distributor_confirms() -> None:
    desk = waiting_downstream()
    for actor in (ELLIE, PRIYA):
        with refused("forbidden"):
            desk.do(stated(), actor, jan(5, 10))


def test_an_order_of_one_leg_ends_with_the_note_its_vendor_issued() -> None:
    desk = unmandated("arbor", order=story_order(reseller=None))
    case = _decided_upstream(desk)
    assert (case.stage, list(case.held)) == (Stage.PASSING_ON, [Leg.UPSTREAM])
    with refused("wrong-state"):
        desk.do(ConfirmPassThrough("refund", "M-1", jan(5, 10)), NADIA, jan(5, 10))
    case = desk.do(V1, NADIA, jan(5, 10))
    assert (case.stage, case.outcome, case.held) == (Stage.CLOSED, CaseOutcome.CREDITED, {})


def _decided_upstream(desk: PaperDesk) -> Case:
    case = desk.open(a_request(20), actor=NADIA)
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    return desk.remedy(jan(4, 12))


def test_the_vendors_note_may_come_when_the_credit_is_passed_on_already() -> None:
    """The distributor advances the reseller's credit; what it waits for upstream does not end with the case."""
    desk = unmandated("arbor")
    case = desk.open(a_request(20))
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 10))
    desk.remedy(jan(4, 12))
    case = desk.pass_on(jan(5, 10))
    assert (case.stage, list(case.held)) == (Stage.CLOSED, [Leg.UPSTREAM])
    assert "confirm_note" in allowed_actions(case, NADIA, jan(5, 10), desk.view(REF))
    case = desk.do(V1, NADIA, jan(6, 10))
    assert (case.stage, case.held, external_notes.waiting(case)) == (Stage.CLOSED, {}, ())
    with refused("case-closed"):
        desk.do(replace(V1, number="V-78"), NADIA, jan(6, 11))


def test_a_note_may_come_while_an_appeal_is_decided() -> None:
    desk = unmandated("arbor")
    case = desk.open(a_request(20))
    assert case.step
    decider = person(case.step.deciders[0])
    desk.decide(decider, jan(4, 10), "approve_partial", portions=(Portion(1, 10),))
    while (case := desk.cases[REF]).step:
        desk.decide(person(case.step.deciders[0]), jan(4, 10))
    desk.remedy(jan(4, 12))
    desk.pass_on(jan(5, 10))
    case = desk.do(Appeal("The other ten as well."), ELLIE, jan(5, 11))
    assert (case.stage, case.held[Leg.UPSTREAM][0].quantity) == (Stage.APPROVAL, 10)
    half = replace(V1, net=44_000, tax=8_800, gross=52_800)
    case = desk.do(half, NADIA, jan(5, 12))
    assert case.held[Leg.UPSTREAM][0].quantity == 10, "what the appeal asks is held still"
    line = desk.lines[Leg.UPSTREAM][1]
    assert (line.credited_net, line.reserved_net) == (44_000, 44_000)
    case = desk.do(Withdraw("Never mind."), ELLIE, jan(5, 13))
    assert (case.held, desk.lines[Leg.UPSTREAM][1].reserved_net) == ({}, 0)
    assert desk.fold(REF) == case
