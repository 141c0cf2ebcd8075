"""A credit note is never edited: two persons of finance take it back by a debit note, and what it used is open."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases import voiding
from partnerflow.cases.commands import CloseCase, Propose
from partnerflow.cases.granted import live_net
from partnerflow.cases.model import Case, CaseOutcome, RemedyState, Stage
from partnerflow.cases.money_commands import PublishVoids, VoidNote
from partnerflow.credits.ledger import balances
from partnerflow.credits.notes import NoteKind
from partnerflow.credits.portions import Portion
from partnerflow.orders.model import Leg
from partnerflow.people import Actor, Role
from tests.domain.builders_cases import REMEDY, PaperDesk, a_request, jan, refused, story_order, the_exchange
from tests.domain.builders_people import AMARA, ELLIE, NADIA, OWEN, PRIYA, person

REF = "PF-2027-000001"
OWN, UPSTREAM = "MER-CN-2027-000001", "ARB-CN-2027-000001"
LINUS = Actor("linus-berg", "arbor", frozenset({Role.FINANCE}))


class Desk(PaperDesk):
    """With a second person of finance."""

    def __post_init__(self) -> None:
        super().__post_init__()
        amara = self.directory.people["amara-diallo"]
        linus = replace(amara, id="linus-berg", name="Linus Berg", email="linus.berg@arbor.example")
        self.directory = replace(self.directory, people=self.directory.people | {linus.id: linus})

    def void(self, number: str, actor: Actor, hour: int = 14, reason: str = "Wrong price.") -> Case:
        return self.do(VoidNote(number, reason), actor, jan(4, hour))


def credited(**changes: Any) -> Desk:
    """20 of 50 x LIC-PRO credited on both legs, waiting to be passed on."""
    desk = Desk(order=story_order(**changes)) if changes else Desk()
    desk.open(a_request(20), actor=NADIA if "reseller" in changes else ELLIE)
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 12))
    return desk


def both(desk: Desk, number: str = OWN) -> Case:
    desk.void(number, AMARA)
    return desk.void(number, LINUS, 15)


def test_one_person_of_finance_asks_and_nothing_happens_yet() -> None:
    desk = credited()
    before = (desk.lines, desk.invoices, desk.payments)
    case = desk.void(OWN, AMARA)
    assert (case.stage, desk.lines, desk.invoices, desk.payments) == (Stage.PASSING_ON, *before)
    assert [(asked.number, asked.by) for asked in case.voids] == [(OWN, "amara-diallo")]
    assert {"linus-berg", "owen-clarke"} <= {n.recipient for n in desk.told}
    assert "amara-diallo" not in {n.recipient for n in desk.told}


def test_the_same_person_is_not_the_second() -> None:
    desk = credited()
    desk.void(OWN, AMARA)
    with refused("four-eyes"):
        desk.void(OWN, AMARA, 15)


def test_nobody_but_finance_and_no_admin_may() -> None:
    desk = credited()
    for actor in (ELLIE, NADIA, OWEN, PRIYA, person("robin-marsh"), person("helen-ashworth")):
        with refused("forbidden"):
            desk.void(OWN, actor)


def test_whoever_left_finance_in_the_meantime_has_not_asked() -> None:
    desk = credited()
    desk.void(OWN, AMARA)
    amara = replace(desk.directory.people["amara-diallo"], roles=frozenset({Role.EXECUTIVE}))
    desk.directory = replace(desk.directory, people=desk.directory.people | {amara.id: amara})
    case = desk.void(OWN, LINUS, 15)
    assert (case.stage, [asked.by for asked in case.voids]) == (Stage.PASSING_ON, ["linus-berg"])


def test_the_second_takes_it_back_with_a_debit_note_of_its_own_number() -> None:
    desk = credited()
    before = len(desk.notes)
    case = both(desk)
    (debit,) = desk.notes[before:]
    assert (debit.number, debit.kind, debit.kind.type_code) == (
        "MER-DN-2027-000001",
        NoteKind.DEBIT_NOTE,
        "383",
    )
    assert (debit.preceding, debit.preceding_date) == (OWN, jan(4).date())
    assert (debit.net, debit.tax, debit.gross, debit.reason) == (100_000, 20_000, 120_000, "Wrong price.")
    assert [(d.kind, d.number, d.corrects) for d in case.issued if d.corrects] == [
        ("debit_note", debit.number, OWN)
    ]
    assert desk.fold(REF) == case


def test_it_reopens_line_invoice_and_payment_and_reverses_the_posting() -> None:
    desk = Desk()
    lines, invoices, payments = desk.lines, desk.invoices, desk.payments
    desk.open(a_request(46))
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 12))
    leg = Leg.DOWNSTREAM
    assert desk.payments[leg].returned > 0, "it gave some of what was paid back"
    both(desk)
    assert (desk.lines[leg], desk.invoices[leg], desk.payments[leg]) == (
        lines[leg],
        invoices[leg],
        payments[leg],
    )
    own = [entry for entry in desk.entries if entry.leg is leg]
    assert balances(own) == {}
    assert (own[-1].reverses, own[-1].reason, own[-1].document) == (
        own[0].key,
        "Wrong price.",
        "MER-DN-2027-000001",
    )


def test_the_round_is_void_and_the_owner_assesses_again() -> None:
    desk = credited()
    case = both(desk)
    assert (case.stage, case.rounds[-1].state, case.outcome) == (Stage.ASSESSMENT, "void", None)
    assert case.remedy
    assert case.remedy.state is RemedyState.VOIDED
    clocks = {clock.name: clock.state.value for clock in case.clocks}
    assert (clocks["decision"], clocks["owner"], clocks["pass_through"]) == ("running", "running", "done")
    assert {"owen-clarke"} <= {n.recipient for n in desk.told}


def test_the_other_leg_is_named_and_stands_until_it_is_void_too() -> None:
    desk = credited()
    case = both(desk)
    other = voiding.other_leg(case, OWN)
    assert other
    assert (other.number, voiding.debit_note(case, UPSTREAM)) == (UPSTREAM, None)
    again = Propose((Portion(1, 10),), "c", "Ten.", None)
    with refused("wrong-state") as info:
        desk.do(again, OWEN, jan(4, 15))
    assert UPSTREAM in info.value.detail
    case = both(desk, UPSTREAM)
    gone = voiding.debit_note(case, UPSTREAM)
    assert gone
    assert gone.number == "ARB-DN-2027-000001"
    assert (case.stage, desk.lines[Leg.UPSTREAM][1].credited_net) == (Stage.ASSESSMENT, 0)
    case = desk.do(again, OWEN, jan(4, 16))
    assert case.stage in (Stage.APPROVAL, Stage.REMEDY)
    assert desk.lines[Leg.UPSTREAM][1].reserved_quantity == 10


def test_what_is_void_counts_for_nothing_and_is_credited_anew_under_a_new_number() -> None:
    desk = credited()
    both(desk)
    both(desk, UPSTREAM)
    case = desk.do(Propose((Portion(1, 10),), "c", "Ten."), OWEN, jan(4, 15))
    while case.step:
        case = desk.decide(person(case.step.deciders[0]), jan(4, 16))
    case = desk.remedy(jan(4, 17))
    assert [d.number for d in case.credit_notes] == ["MER-CN-2027-000002", "ARB-CN-2027-000002"]
    assert live_net(case) == 50_000
    assert desk.pass_on(jan(4, 18)).outcome is CaseOutcome.CREDITED
    assert desk.lines[Leg.DOWNSTREAM][1].credited_quantity == 10
    assert sum(balances(desk.entries).values()) == 0


def test_the_other_leg_alone_leaves_the_case_where_it_is() -> None:
    desk = credited()
    case = both(desk, UPSTREAM)
    assert (case.stage, desk.lines[Leg.UPSTREAM][1].credited_net) == (Stage.PASSING_ON, 0)
    case = desk.pass_on(jan(4, 16))
    assert case.outcome is CaseOutcome.CREDITED


def test_once_passed_on_it_is_settled_but_the_vendors_own_may_still_go() -> None:
    desk = credited()
    desk.pass_on(jan(4, 13))
    with refused("already-settled"):
        desk.void(OWN, AMARA)
    case = both(desk, UPSTREAM)
    assert (case.stage, case.outcome) == (Stage.CLOSED, CaseOutcome.CREDITED)


def test_what_is_void_already_is_not_void_again_and_another_number_is_not_found() -> None:
    desk = credited()
    both(desk)
    with refused("already-decided"):
        desk.void(OWN, AMARA, 16)
    with refused("not-found"):
        desk.void("MER-CN-2027-000009", AMARA, 16)


def test_while_documents_are_stored_it_waits() -> None:
    desk = Desk()
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    desk.remedy(jan(4, 11), "check", "cancel_upstream", "issue")
    with refused("wrong-state"):
        desk.void(OWN, AMARA)


@pytest.mark.parametrize("missing", ["distributor", "reseller"])
def test_an_order_of_one_leg_opens_again_while_nothing_was_refunded(missing: str) -> None:
    desk = credited(**{missing: None})
    number = desk.notes[-1].number
    assert desk.cases[REF].stage is Stage.CLOSED
    case = both(desk, number)
    assert (case.stage, case.outcome, case.closed_at) == (Stage.ASSESSMENT, None, None)
    assert desk.do(CloseCase("system_error"), OWEN, jan(4, 16)).outcome is CaseOutcome.CANCELLED
    assert desk.fold(REF) == desk.cases[REF]


def test_what_was_supplied_instead_is_not_supplied_again() -> None:
    desk = Desk()
    desk.open(the_exchange())
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 10))
    desk.remedy(jan(4, 12))
    both(desk)
    case = both(desk, UPSTREAM)
    assert case.wanted
    assert case.to_supply == ()


def test_debit_notes_are_ready_once_they_are_stored_and_go_out_then() -> None:
    desk = credited()
    both(desk)
    case = desk.do(PublishVoids(1), REMEDY, jan(4, 16))
    assert case.debit_notes_owed == ()
    assert {"ellie-marsh", "nadia-rahman"} <= {n.recipient for n in desk.told}
    assert [n.event for n in desk.told if n.recipient == "ellie-marsh"] == ["credit_note.voided"]
    assert desk.do(PublishVoids(1), REMEDY, jan(4, 17)).version == case.version


def test_many_voids_leave_no_gap_in_the_numbers() -> None:
    desk = Desk()
    for n in range(1, 4):
        ref = f"PF-2027-{n:06}"
        desk.open(a_request(5))
        desk.decide(PRIYA, jan(4, 10), ref=ref) if desk.cases[ref].step else None
        desk.remedy(jan(4, 11), ref=ref)
        number = f"MER-CN-2027-{n:06}"
        for actor in (AMARA, LINUS):
            desk.do(VoidNote(number, "Again."), actor, jan(4, 12), ref)
    debits = [n.number for n in desk.notes if n.kind is NoteKind.DEBIT_NOTE]
    assert debits == [f"MER-DN-2027-{n:06}" for n in range(1, 4)]
