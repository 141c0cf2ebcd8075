"""Watching a case, calling back, handing the partner's side on."""

from dataclasses import replace

import pytest

from partnerflow.cases import responsibility
from partnerflow.cases.clocks import FIRST_RESPONSE, NEXT_UPDATE, OWNER
from partnerflow.cases.commands import AddNote, AskPartner
from partnerflow.cases.kindness_commands import AskCall, HandPartner, RecordCall, Unwatch, Watch
from partnerflow.cases.letters import letter
from partnerflow.cases.machine import allowed_actions
from partnerflow.cases.model import ClockState
from partnerflow.cases.status import status
from partnerflow.cases.urgency import needs_act
from partnerflow.cases.view import draft_of
from partnerflow.desk.visibility import readers
from partnerflow.people import Role
from tests.domain.builders_cases import PaperDesk, a_request, jan, refused
from tests.domain.builders_people import AMARA, BEN, ELLIE, NADIA, OWEN, PRIYA, changed

REF = "PF-2027-000001"
NUMBER = AskCall("+44 20 7946 0001", "after ten", "The four keys.")


@pytest.fixture
def desk() -> PaperDesk:
    made = PaperDesk()
    made.open(a_request(20))
    return made


def told(desk: PaperDesk) -> dict[str, tuple[str, bool]]:
    return {notice.recipient: (notice.audience, notice.watching) for notice in desk.told}


def kinds(desk: PaperDesk) -> list[str]:
    return [event.KIND for _, event in desk.log[REF]]


def test_who_watches_is_told_what_the_partner_is_told_and_no_more(desk: PaperDesk) -> None:
    for actor in (BEN, NADIA, PRIYA):
        desk.do(Watch(), actor, jan(4, 10))
    desk.do(AddNote("We look into it."), OWEN, jan(4, 11))
    heard = told(desk)
    assert heard["ellie-marsh"] == ("partner", False)
    for name in ("ben-archer", "nadia-rahman", "priya-nair"):
        assert heard[name] == ("partner", True)
    desk.do(AddNote("Ours alone.", "internal"), OWEN, jan(4, 12))
    assert told(desk) == {"priya-nair": ("owner", True)}


def test_a_watcher_s_letter_holds_the_partner_s_leg_alone_and_asks_nothing_of_strangers(
    desk: PaperDesk,
) -> None:
    desk.do(Watch(), NADIA, jan(4, 10))
    case = desk.do(AskPartner("Which keys?"), OWEN, jan(4, 11))
    notice = next(each for each in desk.told if each.recipient == "nadia-rahman")
    view = desk.view(REF)
    draft = draft_of(case, jan(4, 11), OWEN, view)
    draft.events.append(notice.data)
    said = letter(notice, draft, status(case, view.policy, view.directory, jan(4, 11)))
    assert said.facts["watching"] == "yes"
    assert not said.asking
    assert not said.asked
    assert {row.leg for row in said.amounts} == {"downstream"}
    assert not needs_act(notice, asked=True)


def test_watching_twice_is_watching_and_stops_no_clock(desk: PaperDesk) -> None:
    before = desk.cases[REF].clocks
    desk.do(Watch(), OWEN, jan(4, 10))
    case = desk.do(Watch(), OWEN, jan(4, 10))
    assert case.watchers == ("owen-clarke",)
    assert case.clocks == before
    assert not desk.told
    view = desk.view(REF)
    assert "unwatch" in allowed_actions(case, OWEN, jan(4, 10), view)
    assert "watch" not in allowed_actions(case, OWEN, jan(4, 10), view)
    assert desk.do(Unwatch(), OWEN, jan(4, 11)).watchers == ()
    assert desk.do(Unwatch(), OWEN, jan(4, 11)).watchers == ()


def test_that_somebody_watches_is_known_to_their_own_house_alone(desk: PaperDesk) -> None:
    desk.do(Watch(), NADIA, jan(4, 10))
    event = desk.log[REF][-1][1]
    assert readers(event, desk.cases[REF], "arbor") == ("meridian",)


def test_who_may_no_longer_read_a_case_hears_no_more_of_it(desk: PaperDesk) -> None:
    desk.do(Watch(), BEN, jan(4, 10))
    desk.directory = changed(desk.directory, "ben-archer", roles=frozenset({Role.ADMIN}))
    desk.do(AddNote("We look into it."), OWEN, jan(4, 11))
    assert "ben-archer" not in told(desk)


def test_a_call_is_the_owner_s_to_make_and_its_note_is_a_word_to_the_partner(desk: PaperDesk) -> None:
    case = desk.do(NUMBER, ELLIE, jan(4, 10))
    assert told(desk) == {"owen-clarke": ("owner", False)}
    assert needs_act(desk.told[0], asked=False)
    assert case.call
    assert case.clock(FIRST_RESPONSE).state is ClockState.RUNNING  # type: ignore[union-attr]
    with refused("wrong-state"):
        desk.do(NUMBER, ELLIE, jan(4, 10))
    case = desk.do(RecordCall("call-1", "We spoke of the keys."), OWEN, jan(4, 11))
    assert case.call is None
    assert case.calls[0].made_by == "owen-clarke"
    assert case.clock(FIRST_RESPONSE).state is ClockState.DONE  # type: ignore[union-attr]
    assert case.clock(OWNER).state is ClockState.DONE  # type: ignore[union-attr]
    assert case.clock(NEXT_UPDATE).started_at == jan(4, 11)  # type: ignore[union-attr]
    assert told(desk)["ellie-marsh"] == ("partner", False)
    with refused("wrong-state"):
        desk.do(RecordCall("call-1", "Again."), OWEN, jan(4, 12))


def test_the_number_to_call_is_read_by_the_partner_and_by_us(desk: PaperDesk) -> None:
    desk.do(NUMBER, ELLIE, jan(4, 10))
    assert readers(desk.log[REF][-1][1], desk.cases[REF], "arbor") == ("arbor", "harbour")
    with refused("invalid-parameter"):
        PaperDesk.do(opened(), replace(NUMBER, number="soon"), ELLIE, jan(4, 10))
    with refused("invalid-date"):
        PaperDesk.do(opened(), replace(NUMBER, slot=jan(4, 9)), ELLIE, jan(4, 10))


def opened() -> PaperDesk:
    desk = PaperDesk()
    desk.open(a_request(20))
    return desk


def test_the_partner_s_side_goes_to_a_colleague_and_the_mails_follow(desk: PaperDesk) -> None:
    case = desk.do(HandPartner("ben-archer", "On holiday."), ELLIE, jan(4, 10))
    assert case.handed == ("ben-archer",)
    assert told(desk) == {"ben-archer": ("partner", False), "owen-clarke": ("owner", False)}
    desk.do(AskPartner("Which keys?"), OWEN, jan(4, 11))
    assert told(desk) == {"ben-archer": ("partner", False)}
    excluded = responsibility.excluded(case, desk.directory)
    assert {"ellie-marsh", "ben-archer"} <= excluded
    gone = changed(desk.directory, "ben-archer", active=False)
    assert [p.id for p in responsibility.partner_people(case, gone)] == ["ellie-marsh"]


@pytest.mark.parametrize("to", ["nadia-rahman", "owen-clarke", "nobody-at-all"])
def test_strangers_and_unknown_people_look_the_same_to_who_hands_over(desk: PaperDesk, to: str) -> None:
    with refused("invalid-parameter"):
        desk.do(HandPartner(to), ELLIE, jan(4, 10))


def test_finance_watches_but_does_not_note_calls(desk: PaperDesk) -> None:
    desk.do(NUMBER, ELLIE, jan(4, 10))
    desk.do(Watch(), AMARA, jan(4, 10))
    with refused("forbidden"):
        desk.do(RecordCall("call-1", "Mine."), AMARA, jan(4, 11))
