"""What no change of the directory may lead to, and whom a step is to have when its people come and go."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from partnerflow.cases import succession
from partnerflow.cases.commands import SyncPeople
from partnerflow.cases.events import CaseEscalated, OwnerChanged, StepHanded
from partnerflow.directory import rights, rules
from partnerflow.directory.gaps import gaps
from partnerflow.directory.rows import AbsenceRow, AbsenceSet, PersonRow, PersonSet, fold
from partnerflow.people import Absence, Directory, Role
from tests.domain.builders_cases import PEOPLE, PaperDesk, due, jan
from tests.domain.builders_people import ELLIE, OWEN, ROBIN, SAM, absent, changed, directory
from tests.support.credits import refused

REF = "PF-2027-000001"
MONDAY, FRIDAY = jan(4), jan(8)


def an_absence(
    person: str,
    since: datetime = MONDAY,
    until: datetime = FRIDAY,
    delegate: str | None = None,
    number: int = 0,
) -> AbsenceRow:
    return AbsenceRow(number, person, since, until, delegate)


def with_row(known: Directory, row: AbsenceRow) -> Directory:
    earlier = known.people[row.person].absences
    rows = [AbsenceRow(0, row.person, a.since, a.until, a.delegate) for a in earlier]
    return rules.with_absences(known, row.person, [*rows, row])


@pytest.mark.parametrize("length", [2, 3, 4])
def test_a_circle_of_delegates_is_refused_whatever_its_length(length: int) -> None:
    people = ["owen-clarke", "ruth-lindqvist", "yuki-tanaka", "sam-whitfield"][:length]
    known = directory()
    for person, delegate in pairwise(people):
        row = an_absence(person, delegate=delegate)
        known = with_row(known, row)
        rules.refuse_delegate(known, row)
    closing = an_absence(people[-1], delegate=people[0])
    with refused("invalid-parameter", pointer="/delegate"):
        rules.refuse_delegate(with_row(known, closing), closing)


def test_a_circle_that_never_is_closed_at_one_instant_is_none() -> None:
    known = with_row(directory(), an_absence("owen-clarke", jan(4, 9), jan(5, 9), "ruth-lindqvist"))
    after = an_absence("ruth-lindqvist", jan(5, 9), jan(6, 9), "owen-clarke")
    rules.refuse_delegate(with_row(known, after), after)


def test_a_delegate_who_will_have_left_is_refused() -> None:
    leaver = Absence(jan(4, 8), None, None, 1, leaves=True)
    known = changed(directory(), "ruth-lindqvist", absences=(leaver,))
    row = an_absence("owen-clarke", delegate="ruth-lindqvist")
    with refused("invalid-parameter"):
        rules.refuse_delegate(with_row(known, row), row)


def test_the_hole_between_two_absences_is_found_at_its_first_instant() -> None:
    known = absent(directory(), "karl-jensen", jan(6, 9), jan(7, 9))
    assert rules.unattended(known, "quayside", jan(4, 9)) == jan(6, 9)
    assert rules.unattended(known, "quayside", jan(7, 9)) is None


def test_what_was_unattended_already_is_not_the_fault_of_a_change() -> None:
    nobody = changed(directory(), "karl-jensen", active=False)
    rules.refuse_last_fallback(nobody, absent(nobody, "karl-jensen", MONDAY), "quayside", MONDAY)
    with refused("last-fallback", **{"from": "2027-01-04T09:30:00Z"}):
        rules.refuse_last_fallback(directory(), nobody, "quayside", MONDAY)


def test_a_hole_that_only_a_later_absence_of_somebody_else_opens_is_seen() -> None:
    """Harbour falls back on Ellie, then Ben; Ben is away on the 6th only."""
    before = absent(directory(), "ben-archer", jan(6, 9), jan(7, 9))
    after = absent(before, "ellie-marsh", jan(5, 9), jan(6, 8))
    rules.refuse_last_fallback(before, after, "harbour", MONDAY)
    with refused("last-fallback", **{"from": "2027-01-06T09:30:00Z"}):
        rules.refuse_last_fallback(before, absent(before, "ellie-marsh", jan(5, 9)), "harbour", MONDAY)


def test_who_may_record_whose_absence() -> None:
    known = directory()
    assert rights.may_record_absence(OWEN, "owen-clarke", known)
    assert rights.may_record_absence(SAM, "owen-clarke", known)
    assert rights.may_record_absence(ROBIN, "ellie-marsh", known)
    assert not rights.may_record_absence(OWEN, "sam-whitfield", known)
    assert not rights.may_record_absence(SAM, "ellie-marsh", known)
    assert rights.may_record_absence(ELLIE, "ben-archer", known), "harbour falls back on her"
    assert not rights.may_record_absence(ELLIE, "karl-jensen", known)


def test_the_history_folds_to_the_rows_it_speaks_of() -> None:
    row = an_absence("owen-clarke", number=7)
    person = PersonRow("ida", "arbor", "Ida", "", "ida@arbor.example", "")
    state = fold(fold(None, PersonSet("added", person)), AbsenceSet("recorded", row))
    assert state == {"person:ida": person, "absence:7": row}
    assert fold(state, AbsenceSet("cancelled", row))["absence:7"] is None


def test_gaps_name_what_only_the_fallback_answers_for() -> None:
    known = directory()
    assert list(gaps(known, ["licences"], MONDAY)) == []
    away = absent(known, "yuki-tanaka", MONDAY)
    (gap,) = gaps(away, ["licences"], MONDAY)
    assert (gap.role, gap.country, gap.family) == (Role.LICENSING, "GB", "licences")
    assert [p.id for p in gap.away] == ["yuki-tanaka"]
    assert gap.fallback is not None
    assert gap.fallback.id == "sam-whitfield"
    bare = replace(known, coverage=tuple(r for r in known.coverage if r.role is not Role.FINANCE))
    assert {(g.role, g.family, g.away) for g in gaps(bare, ["licences", "hardware"], MONDAY)} == {
        (Role.FINANCE, family, ()) for family in ("licences", "hardware")
    }


def test_a_covered_person_without_the_role_covers_nothing() -> None:
    known = changed(directory(), "yuki-tanaka", roles=frozenset({Role.FINANCE}))
    assert [gap.role for gap in gaps(known, ["licences"], MONDAY)] == [Role.LICENSING]


def synced(desk: PaperDesk, known: Directory, at: datetime) -> list[Any]:
    """What following changed, beside the clocks."""
    desk.directory = known
    before = len(desk.log[REF])
    desk.do(SyncPeople(), PEOPLE, at)
    found = [event for _, event in desk.log[REF][before:]]
    return [event for event in found if isinstance(event, OwnerChanged | StepHanded | CaseEscalated)]


def test_whoever_is_here_and_still_may_is_not_followed() -> None:
    desk = PaperDesk()
    case = desk.open()
    assert not succession.behind(case, directory(), jan(4, 10))
    assert synced(desk, directory(), jan(4, 10)) == []
    gone = absent(directory(), "priya-nair", jan(4, 10))
    assert not succession.behind(case, gone, jan(4, 10) - timedelta(seconds=1))
    assert succession.behind(case, gone, jan(4, 10))


def test_owner_and_decider_follow_with_their_due_instants_and_once() -> None:
    desk = PaperDesk()
    before = desk.open()
    gone = absent(
        absent(directory(), "owen-clarke", jan(4, 10)), "priya-nair", jan(4, 10), None, "tom-becker"
    )
    owner, handed = synced(desk, gone, jan(4, 10))
    after = desk.cases[REF]
    assert (owner.owner, owner.before, owner.because) == ("sam-whitfield", "owen-clarke", "absence")
    assert (handed.persons, handed.before, handed.because) == (("tom-becker",), ("priya-nair",), "absence")
    assert handed.stands_for == {"tom-becker": "priya-nair"}
    for name in ("owner", "step", "decision"):
        assert due(after, name) == due(before, name), name
    assert synced(desk, gone, jan(4, 11)) == []
    assert synced(desk, directory(), jan(4, 12)) == [], "who stood in keeps it"


def test_a_leaver_is_said_to_have_left_and_nobody_stands_for_them() -> None:
    desk = PaperDesk()
    desk.open()
    left = Absence(jan(4, 10), None, "tom-becker", 1, leaves=True)
    (handed,) = synced(desk, changed(directory(), "priya-nair", absences=(left,)), jan(4, 10))
    assert (handed.because, handed.persons, handed.stands_for) == ("left", ("tom-becker",), {})


def test_who_lost_the_role_gives_it_to_whom_the_management_or_the_coverage_names() -> None:
    desk = PaperDesk()
    desk.open()
    (handed,) = synced(
        desk, changed(directory(), "priya-nair", roles=frozenset({Role.LICENSING})), jan(4, 10)
    )
    assert (handed.because, handed.before) == ("role", ("priya-nair",))
    (instead,) = handed.persons
    assert Role.CHANNEL_MANAGER in directory().people[instead].roles


def test_a_step_that_nobody_may_decide_any_more_climbs_or_is_held_and_paged_once() -> None:
    """Everybody of ours is away but an admin, who decides nothing."""
    desk = PaperDesk()
    desk.open()
    known = directory()
    for person in known.of("arbor"):
        if person.id not in ("robin-marsh", "edith-vance"):
            known = absent(known, person.id, jan(4, 10))
    found = synced(desk, known, jan(4, 10))
    assert [event.to for event in found if isinstance(event, CaseEscalated)] == [None]
    assert synced(desk, known, jan(4, 11)) == []


def test_the_fallback_of_a_step_is_its_ladder() -> None:
    """Nobody is named by the coverage and no fallback may: the next rung has it at once."""
    desk = PaperDesk()
    desk.open()
    known = directory()
    arbor = replace(known.organisations["arbor"], fallbacks=())
    known = replace(known, organisations=known.organisations | {"arbor": arbor}, coverage=())
    known = changed(known, "priya-nair", active=False, manager=None)
    found = synced(desk, known, jan(4, 10))
    assert [type(event).__name__ for event in found] == ["CaseEscalated"]
