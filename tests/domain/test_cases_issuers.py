"""An issuer whose numbers another system owns: told once with a whole paper, credited at what it answers."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.cases import external_notes, remedies
from partnerflow.cases.commands import FailRemedy, RetryRemedy
from partnerflow.cases.model import Case, CaseOutcome, ClockState, RemedyState, Stage
from partnerflow.cases.money_commands import ConfirmNote, VoidNote
from partnerflow.orders.model import Leg
from tests.domain.builders_cases import REMEDY, PaperDesk, a_request, jan, refused
from tests.domain.builders_people import AMARA, NADIA, PRIYA, person

REF = "PF-2027-000001"
GIVEN = ConfirmNote(
    Leg.DOWNSTREAM, "SAP-90031", jan(4, 11), 100_000, 20_000, 120_000, round=1, clearance_id="SDI-7"
)


def desk_of(code: str, **changes: Any) -> PaperDesk:
    """A desk whose ``code`` is changed as an issuer; 20 units are approved."""
    desk = PaperDesk()
    known = dict(desk.directory.organisations)
    known[code] = replace(known[code], **changes)
    desk.directory = replace(desk.directory, organisations=known)
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    return desk


def issued(desk: PaperDesk) -> Case:
    return desk.remedy(jan(4, 10), "check", "cancel_upstream", "issue")


@pytest.mark.parametrize("changes", [{"issuer": "external"}, {"country": "IT"}])
def test_such_a_leg_takes_no_number_of_ours_and_is_told_next(changes: dict[str, str]) -> None:
    desk = desk_of("meridian", **changes)
    case = issued(desk)
    assert [note.leg for note in desk.notes] == [Leg.UPSTREAM]
    assert {issuer for issuer, _, _ in desk.counters} == {"arbor"}
    assert remedies.next_action(case) == "instruct"
    told = external_notes.to_instruct(case)
    assert told is not None
    assert told.note is not None
    assert (told.note.number, told.note.gross, told.note.preceding) == ("", 120_000, "downstream-1")
    assert (told.note.recipient.code, told.note.issuer.code) == ("harbour", "meridian")
    assert desk.fold(REF) == case


def test_the_number_it_gives_is_the_notes_and_the_documents_follow() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    case = desk.do(GIVEN, REMEDY, jan(4, 11))
    (note,) = [d for d in case.issued if d.external]
    assert (note.number, note.clearance_id, note.gross) == ("SAP-90031", "SDI-7", 120_000)
    assert remedies.next_action(case) == "publish"
    case = desk.remedy(jan(4, 12), "publish")
    assert (case.stage, case.held) == (Stage.PASSING_ON, {})
    assert desk.pass_on(jan(5, 9)).outcome is CaseOutcome.CREDITED
    assert desk.fold(REF) == desk.cases[REF]


def test_the_same_answer_again_changes_nothing_and_another_one_is_refused() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    first = desk.do(GIVEN, REMEDY, jan(4, 11))
    assert desk.do(GIVEN, REMEDY, jan(4, 12)) == first
    with refused("already-settled"):
        desk.do(replace(GIVEN, gross=120_001, tax=20_001), REMEDY, jan(4, 12))


def test_what_it_states_counts_and_the_difference_is_finances_to_see() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    case = desk.do(replace(GIVEN, net=90_000, tax=18_000, gross=108_000), REMEDY, jan(4, 11))
    found = external_notes.difference(case, case.instructed[0])
    assert found == external_notes.Difference(-10_000, -2_000, -12_000)
    assert desk.invoices[Leg.DOWNSTREAM].credited_net == 90_000
    assert "amara-diallo" in {notice.recipient for notice in desk.told}


def test_a_system_that_cannot_issue_leaves_it_to_a_named_person_and_is_asked_again() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    case = desk.do(FailRemedy(1, "The issuer's system is away."), REMEDY, jan(4, 11))
    assert case.remedy is not None
    assert (case.remedy.state, case.remedy.held_by) == (RemedyState.FAILED, case.owner)
    case = desk.do(RetryRemedy(1), REMEDY, jan(4, 12))
    assert remedies.next_action(case) == "instruct"


def test_without_an_address_the_leg_waits_for_a_person_who_confirms() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    case = desk.remedy(jan(4, 11), "instruct", "publish")
    assert (case.stage, len(external_notes.waiting(case))) == (Stage.PASSING_ON, 1)
    case = desk.do(replace(GIVEN, round=None, clearance_id=None), NADIA, jan(4, 12))
    assert external_notes.waiting(case) == ()


def test_nobody_but_the_remedy_and_the_distributor_confirms() -> None:
    desk = desk_of("meridian", issuer="external")
    issued(desk)
    with refused("forbidden"):
        desk.do(GIVEN, AMARA, jan(4, 11))


def test_the_fourteen_days_run_until_the_last_note_of_every_leg_is_confirmed() -> None:
    desk = desk_of("arbor", issuer="external")
    case = desk.remedy(jan(4, 10), "check", "cancel_upstream", "issue", "instruct", "publish")
    clock = case.clock("vat_note")
    assert clock is not None
    assert (clock.state, str(clock.due_at)[:16]) == (ClockState.RUNNING, "2027-01-19 00:00")
    case = desk.until(jan(19, 0, 0))
    assert [e.clock for e in desk.events("case.clock_breached") if e.clock == "vat_note"] == ["vat_note"]
    assert {n.recipient for n in desk.told if n.event == "case.clock_breached"} >= {case.owner}
    upstream = ConfirmNote(Leg.UPSTREAM, "V-77", jan(20, 9), 88_000, 17_600, 105_600)
    after = desk.do(upstream, NADIA, jan(20, 10))
    assert (ended := after.clock("vat_note")) is not None
    assert ended.state is ClockState.DONE


def test_where_every_note_is_ours_the_fourteen_days_end_with_the_documents() -> None:
    desk = desk_of("meridian")
    case = desk.remedy(jan(4, 11))
    assert (clock := case.clock("vat_note")) is not None
    assert clock.state is ClockState.DONE


def test_a_note_of_ours_is_not_taken_back_here_once_the_numbers_are_anothers() -> None:
    desk = desk_of("meridian")
    desk.remedy(jan(4, 11))
    number = next(n.number for n in desk.notes if n.leg is Leg.DOWNSTREAM)
    known = desk.directory.organisations
    moved = known | {"meridian": replace(known["meridian"], issuer="external")}
    desk.directory = replace(desk.directory, organisations=moved)
    desk.do(VoidNote(number, "Wrong."), AMARA, jan(4, 12))
    with refused("wrong-state") as info:
        desk.do(VoidNote(number, "Wrong."), person("lucy-pemberton"), jan(4, 13))
    assert "another system" in info.value.detail
