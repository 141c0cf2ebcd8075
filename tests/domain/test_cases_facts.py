"""Facts: who states what, who has to say something to it, and what a changed one does (DOMAIN: Facts, Pauses)."""

from typing import Any

import pytest

from partnerflow.cases.commands import (
    AddFact,
    AddNote,
    AskPartner,
    ConfirmFact,
    CorrectFact,
    DisputeFact,
    FailRemedy,
    FollowOrder,
    Propose,
    RecordAction,
    UpholdFact,
    WithdrawFact,
)
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case, CaseOutcome, ClockState, Fact, FactState, RemedyState, Stage
from partnerflow.cases.status import status
from partnerflow.credits.portions import Portion
from partnerflow.orders.commands import RecordActivation
from tests.domain import builders_orders as orders
from tests.domain.builders_cases import (
    MONDAY,
    ORDERS,
    REMEDY,
    PaperDesk,
    a_request,
    an_amount,
    due,
    jan,
    policy,
    refused,
    story_order,
    the_exchange,
)
from tests.domain.builders_orders import a_line
from tests.domain.builders_people import AMARA, BEN, ELLIE, HELEN, OWEN, PRIYA, SAM

REF = "PF-2027-000001"
USED = "Two more keys were used in December."
PAUSED = {"decision", "step"}


def fact(case: Case, name: str) -> Fact:
    found = case.fact(name)
    assert found
    return found


def paused(case: Case) -> set[str]:
    return {clock.name for clock in case.clocks if clock.state is ClockState.PAUSED}


def stated(decisive: bool = True, by: Any = OWEN, **more: Any) -> PaperDesk:
    """The exchange, in its first step, with something our side states at 10:30."""
    desk = PaperDesk(**more)
    desk.open()
    desk.do(AddFact(USED, decisive), by, jan(4, 10, 30))
    return desk


def disputed(by: Any = OWEN) -> PaperDesk:
    desk = stated(by=by)
    desk.do(DisputeFact("f1", "They were never used."), ELLIE, jan(4, 11))
    return desk


def test_what_the_order_says_and_what_the_partner_submits_is_confirmed_from_the_start() -> None:
    case = PaperDesk().open()
    assert {f.id: (f.source, f.state, f.decisive) for f in case.facts} == {
        "activated-1": ("order", FactState.CONFIRMED, True),
        "justification": ("partner", FactState.CONFIRMED, True),
    }
    assert not case.awaiting_partner


def test_a_decisive_fact_of_ours_pauses_decision_and_step_with_its_reason() -> None:
    desk = stated()
    case = desk.cases[REF]
    assert paused(case) == PAUSED
    (event,) = desk.events("case.clock_paused")
    assert event.because == f"To confirm or dispute: {USED}"
    assert due(case, "partner_answer") == jan(11, 10, 30)
    assert fact(case, "f1").waits_for == "partner"


def test_any_other_fact_waits_for_the_partner_and_pauses_nothing() -> None:
    case = stated(decisive=False).cases[REF]
    assert paused(case) == set()
    assert fact(case, "f1").waits_for == "partner"


@pytest.mark.parametrize("answer", [ConfirmFact("f1"), DisputeFact("f1", "No.")])
def test_the_unused_minutes_resume_once_the_partner_confirms_or_disputes(answer: Any) -> None:
    desk = stated()
    case = desk.do(answer, ELLIE, jan(6, 10, 30))
    assert (due(case, "step"), due(case, "decision")) == (jan(7), jan(8))
    assert paused(case) == set()


def test_silence_for_the_longest_pause_neither_confirms_nor_withdraws() -> None:
    desk = stated()
    case = desk.until(jan(11, 10, 30))
    lapsed = fact(case, "f1")
    assert (lapsed.state, lapsed.lapsed, lapsed.waits_for) == (FactState.OPEN, True, None)
    assert due(case, "step") == jan(12)
    assert desk.events("case.fact_changed")[-1].change == "lapsed"
    assert desk.decide(PRIYA, jan(11, 11)).step
    late = fact(desk.do(ConfirmFact("f1"), ELLIE, jan(11, 11, 30)), "f1")
    assert (late.state, late.lapsed) == (FactState.CONFIRMED, False)


def test_a_decision_that_cites_what_was_not_answered_says_so() -> None:
    desk = stated()
    desk.until(jan(11, 10, 30))
    case = desk.decide(PRIYA, jan(11, 11), facts=("f1",))
    (cited,) = case.rounds[-1].steps[0].decisions[0].facts
    assert (cited.text, cited.although) == (USED, "not_confirmed")


def test_once_the_longest_pause_is_used_up_a_correction_is_put_to_the_partner_without_waiting() -> None:
    desk = stated()
    desk.until(jan(11, 10, 30))
    case = desk.do(CorrectFact("f1", "One more key was used."), OWEN, jan(11, 11))
    assert paused(case) == set()
    assert fact(case, "f1").lapsed
    with refused("wrong-state"):
        desk.do(AskPartner("Which?"), PRIYA, jan(11, 11))
    assert fact(desk.do(DisputeFact("f1", "None."), ELLIE, jan(11, 12)), "f1").blocks


def test_a_correction_in_a_restarted_round_does_not_give_another_longest_pause() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.do(CorrectFact("activated-1", "5 are."), OWEN, jan(4, 10, 30))
    assert len(desk.events("case.round_restarted")) == 1
    case = desk.until(jan(11, 10, 30))
    assert not case.awaiting_partner
    case = desk.do(CorrectFact("activated-1", "6 are."), OWEN, jan(11, 11))
    assert not case.awaiting_partner
    assert paused(case) == set()


def test_the_next_step_waits_for_the_partner_too() -> None:
    desk = stated()
    case = desk.decide(PRIYA, jan(4, 11))
    assert case.step
    assert case.step.deciders == ("amara-diallo",)
    assert paused(case) == PAUSED
    desk.do(ConfirmFact("f1"), ELLIE, jan(4, 12))
    assert paused(desk.cases[REF]) == set()


def test_the_owner_who_proposes_does_not_end_the_partners_time() -> None:
    desk = PaperDesk()
    desk.open(an_amount(60_000))
    desk.do(AskPartner("Whose fault?"), OWEN, jan(4, 10))
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    case = desk.do(Propose((Portion(1, amount=60_000),), "c", "Fair."), OWEN, jan(4, 11))
    assert case.questions[0].lapsed
    assert fact(case, "f1").waits_for == "partner"
    assert paused(case) == PAUSED
    clock = case.clock("decision")
    assert clock
    assert clock.paused_because == f"To confirm or dispute: {USED}"


def test_what_is_open_when_it_is_granted_was_not_answered() -> None:
    desk = stated()
    desk.decide(PRIYA, jan(4, 11))
    case = desk.decide(AMARA, jan(4, 11, 30))
    assert case.stage is Stage.REMEDY
    assert fact(case, "f1").lapsed


def test_a_dispute_by_the_partner_is_on_the_desk_and_keeps_everybody_from_deciding() -> None:
    desk = disputed()
    assert paused(desk.cases[REF]) == set()
    assert fact(desk.cases[REF], "f1").waits_for == "desk"
    with refused("fact-disputed") as info:
        desk.decide(PRIYA, jan(4, 11, 30))
    assert info.value.extra["fact"] == "f1"
    with refused("fact-disputed"):
        desk.decline(PRIYA, jan(4, 11, 30))
    desk.decide(PRIYA, jan(4, 11, 30), "ask", text="Show us.")


def test_a_dispute_on_what_is_not_decisive_keeps_nobody_from_deciding() -> None:
    desk = stated(decisive=False)
    desk.do(DisputeFact("f1", "No."), ELLIE, jan(4, 11))
    assert desk.decide(PRIYA, jan(4, 11, 30)).step
    with refused("fact-disputed"):
        desk.decide(AMARA, jan(4, 12), facts=("f1",))


def test_the_version_and_the_right_are_checked_before_the_dispute() -> None:
    desk = disputed()
    with refused("stale-version"):
        desk.decide(PRIYA, jan(4, 11, 30), seen="1.7")
    with refused("forbidden"):
        desk.decide(AMARA, jan(4, 11, 30))
    with refused("four-eyes"):
        desk.decide(ELLIE, jan(4, 11, 30))


@pytest.mark.parametrize("answer", [CorrectFact("f1", "One was."), WithdrawFact("f1", "We were wrong.")])
def test_a_dispute_is_answered_by_correcting_or_withdrawing(answer: Any) -> None:
    desk = disputed()
    case = desk.do(answer, OWEN, jan(4, 12))
    assert case.disputed is None
    assert desk.decide(PRIYA, jan(4, 13)).step


def test_whoever_worded_it_does_not_uphold_it_and_the_decision_says_that_it_is_disputed() -> None:
    desk = disputed()
    with refused("four-eyes"):
        desk.do(UpholdFact("f1", "The vendor's log."), OWEN, jan(4, 12))
    with refused("forbidden"):
        desk.do(UpholdFact("f1", "Our log."), ELLIE, jan(4, 12))
    upheld = fact(desk.do(UpholdFact("f1", "The vendor's log."), SAM, jan(4, 12)), "f1")
    assert upheld.upheld
    assert (upheld.state, upheld.upheld.by) == (FactState.UPHELD, "sam-whitfield")
    case = desk.decide(PRIYA, jan(4, 13), facts=("f1",))
    assert case.rounds[-1].steps[0].decisions[0].facts[0].although == "disputed"


def test_an_earlier_author_does_not_uphold_what_a_colleague_has_reworded() -> None:
    desk = stated()
    desk.do(CorrectFact("f1", "Exactly two were."), SAM, jan(4, 11))
    desk.do(DisputeFact("f1", "None."), ELLIE, jan(4, 11, 30))
    for author in (OWEN, SAM):
        with refused("four-eyes"):
            desk.do(UpholdFact("f1", "The log."), author, jan(4, 12))


def test_staff_dispute_of_the_partners_claim_pauses_until_the_partner_answers() -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.do(DisputeFact("justification", "It was not a mistake."), OWEN, jan(4, 10, 30))
    assert paused(case) == PAUSED
    assert fact(case, "justification").waits_for == "partner"
    with refused("fact-disputed"):
        desk.decide(PRIYA, jan(4, 11))
    case = desk.do(CorrectFact("justification", "A colleague tried them."), ELLIE, jan(4, 11))
    assert paused(case) == set()
    assert (fact(case, "justification").state, fact(case, "justification").version) == (
        FactState.CONFIRMED,
        2,
    )


def test_nobody_disputes_their_own_side_or_confirms_their_own_claim() -> None:
    desk = stated()
    with refused("wrong-state"):
        desk.do(DisputeFact("f1", "No."), SAM, jan(4, 11))
    with refused("wrong-state"):
        desk.do(ConfirmFact("justification"), ELLIE, jan(4, 11))
    with refused("wrong-state"):
        desk.do(DisputeFact("justification", "No."), BEN, jan(4, 11))
    with refused("forbidden"):
        desk.do(CorrectFact("f1", "None."), ELLIE, jan(4, 11))
    with refused("forbidden"):
        desk.do(WithdrawFact("justification"), OWEN, jan(4, 11))
    for unknown in (ConfirmFact("f9"), DisputeFact("f9", "No.")):
        with refused("wrong-state"):
            desk.do(unknown, ELLIE, jan(4, 11))


def test_a_cited_fact_corrected_after_the_first_step_starts_the_round_again() -> None:
    desk = PaperDesk()
    first = desk.open().step
    assert first
    desk.decide(PRIYA, jan(4, 10))
    seen = version(desk.cases[REF], desk.cases[REF].step)  # type: ignore[arg-type]
    case = desk.do(CorrectFact("activated-1", "5 of 50 are activated."), OWEN, jan(4, 10, 30))
    assert case.step
    assert (case.step.id, case.step.deciders, len(case.rounds)) == (first.id, ("priya-nair",), 1)
    desk.do(ConfirmFact("activated-1"), ELLIE, jan(4, 11))
    with refused("stale-version") as info:
        desk.decide(PRIYA, jan(4, 11, 30), seen="1.1")
    assert info.value.extra["difference"] == [
        {
            "what": "fact activated-1",
            "before": "“4 of 50 units of LIC-PRO are activated.”",
            "now": "“5 of 50 are activated.”",
        }
    ]
    assert seen == "1.1"
    assert desk.decide(PRIYA, jan(4, 12)).step
    assert desk.decide(AMARA, jan(4, 13)).stage is Stage.REMEDY


def test_whoever_had_a_later_step_hears_what_has_changed_when_it_waits_again() -> None:
    desk = PaperDesk()
    desk.open()
    second = desk.decide(PRIYA, jan(4, 10)).step
    desk.do(CorrectFact("activated-1", "5 of 50 are activated."), OWEN, jan(4, 11))
    with refused("stale-version") as info:
        desk.decide(AMARA, jan(4, 12), step=second, seen="1.1")
    assert info.value.extra["difference"]
    with refused("forbidden"):
        desk.decide(HELEN, jan(4, 12), step=second, seen="1.1")


def test_a_fact_that_a_decision_alone_cites_restarts_too() -> None:
    desk = stated()
    desk.do(ConfirmFact("f1"), ELLIE, jan(4, 11))
    desk.decide(PRIYA, jan(4, 11, 30), facts=("f1",))
    desk.do(CorrectFact("f1", "Three were."), OWEN, jan(4, 12))
    assert desk.events("case.round_restarted")
    proposal = desk.cases[REF].proposal
    assert proposal
    assert "f1" in {cited.id for cited in proposal.facts}


def test_a_fact_nobody_cited_changes_nothing() -> None:
    desk = stated()
    desk.do(ConfirmFact("f1"), ELLIE, jan(4, 11))
    desk.decide(PRIYA, jan(4, 11, 30))
    case = desk.do(WithdrawFact("f1"), OWEN, jan(4, 12))
    assert case.step
    assert case.step.deciders == ("amara-diallo",)
    assert not desk.events("case.revised")
    assert desk.decide(AMARA, jan(4, 12, 30), seen="1.1").stage is Stage.REMEDY


def test_confirming_notes_and_mails_make_no_approval_stale() -> None:
    desk = stated()
    desk.do(ConfirmFact("f1"), ELLIE, jan(4, 11))
    desk.do(AddNote("By the way."), ELLIE, jan(4, 11))
    assert desk.decide(PRIYA, jan(4, 11, 30), seen="1.1").step


def test_a_restarted_round_goes_back_to_what_was_proposed() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10), "approve_partial", amount=120_000)
    case = desk.do(WithdrawFact("activated-1"), OWEN, jan(4, 11))
    assert case.proposal
    assert case.proposal.legs[0].credit.net == 240_000
    assert desk.lines[case.main_leg][1].reserved_net == 240_000
    assert desk.fold(REF) == case


def test_what_others_have_taken_meanwhile_stays_lowered() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10), "approve_partial", portions=(Portion(1, 20),))
    other = desk.open(a_request(26), at=jan(4, 10, 30))
    assert other.open
    case = desk.do(WithdrawFact("activated-1"), OWEN, jan(4, 11))
    assert case.proposal
    assert case.proposal.legs[0].credit.net == 100_000
    assert desk.lines[case.main_leg][1].reserved_net == 230_000


def test_a_cited_fact_that_changes_after_granting_voids_the_approval() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    desk.remedy(jan(4, 11, 30), "check", "cancel_upstream")
    case = desk.do(CorrectFact("activated-1", "9 of 50 are activated."), OWEN, jan(4, 12))
    assert case.stage is Stage.ASSESSMENT
    assert case.remedy
    assert case.remedy.state is RemedyState.COMPENSATED, "the driver takes the vendor's cancellation back"
    assert case.rounds[-1].state == "void"
    assert desk.lines[case.main_leg][1].reserved_net == 240_000
    assert case.awaiting_partner
    assert paused(case) == {"decision"}
    assert fact(case, "activated-1").text == "9 of 50 are activated."
    desk.do(ConfirmFact("activated-1"), ELLIE, jan(4, 13))
    again = desk.do(Propose((Portion(1, 41),), "c", "What is unused."), OWEN, jan(4, 14))
    assert again.stage is Stage.APPROVAL


def test_what_was_not_cited_may_change_after_granting() -> None:
    desk = stated()
    desk.decide(PRIYA, jan(4, 11))
    desk.decide(AMARA, jan(4, 11, 30))
    assert desk.do(WithdrawFact("f1"), OWEN, jan(4, 12)).stage is Stage.REMEDY


def test_once_the_credit_is_issued_it_only_goes_forward() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    desk.remedy(jan(4, 11, 30), "check", "cancel_upstream", "issue")
    with refused("wrong-state"):
        desk.do(CorrectFact("activated-1", "9 of 50 are."), OWEN, jan(4, 12))
    assert desk.cases[REF].stage is Stage.REMEDY


def test_what_was_withdrawn_is_not_cited() -> None:
    desk = stated()
    desk.do(WithdrawFact("f1"), OWEN, jan(4, 11))
    with refused("wrong-state"):
        desk.decide(PRIYA, jan(4, 11, 30), facts=("f1",))
    for late in (ConfirmFact("f1"), DisputeFact("f1", "No.")):
        with refused("wrong-state"):
            desk.do(late, ELLIE, jan(4, 12))


def test_a_proposal_rests_on_what_it_names_or_on_every_decisive_fact_that_stands() -> None:
    desk = PaperDesk()
    desk.open(an_amount(60_000))
    for text in ("One.", "Two.", "Three."):
        desk.do(AddFact(text), OWEN, jan(4, 10))
        desk.do(ConfirmFact(desk.cases[REF].facts[-1].id), ELLIE, jan(4, 10))
    desk.do(WithdrawFact("f2"), OWEN, jan(4, 10))
    with refused("wrong-state"):
        desk.do(Propose((Portion(1, amount=60_000),), "c", "Fair.", facts=("f2",)), OWEN, jan(4, 11))
    case = desk.do(Propose((Portion(1, amount=60_000),), "c", "Fair."), OWEN, jan(4, 11))
    assert case.proposal
    assert [cited.id for cited in case.proposal.facts] == ["activated-1", "f1", "f3"]


AUTOMATIC = [
    {"id": "auto", "when": "aggregate <= 500000", "automatic": True},
    {"id": "one", "when": "true", "steps": [{"role": "channel_manager"}]},
]


@pytest.mark.parametrize("answer", [None, DisputeFact("f1", "No.")])
def test_what_is_open_or_disputed_never_passes_by_itself(answer: Any) -> None:
    desk = PaperDesk(policy=policy(routes=AUTOMATIC))
    desk.open(an_amount(10_000))
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    if answer:
        desk.do(answer, ELLIE, jan(4, 10, 30))
    case = desk.do(Propose((Portion(1, amount=10_000),), "c", "Fair."), OWEN, jan(4, 11))
    assert (case.stage, case.rounds[-1].route) == (Stage.APPROVAL, "one")


@pytest.mark.parametrize("ending", ["approve", "decline"])
def test_the_end_of_a_ladder_decides_nothing_that_is_disputed(ending: str) -> None:
    ladders = {"step": {"rungs": ["manager"], "on_exhausted": ending}}
    watched = [
        {"id": "looked-at", "when": "family == 'licences'", "steps": [{"role": "channel_manager"}]},
        *AUTOMATIC,
    ]
    told = policy(ladders=ladders, routes=watched)
    agreed = PaperDesk(policy=told, order=story_order(a_line(family="licences"), activated=0))
    agreed.open(a_request(20))
    assert agreed.until(jan(8)).stage in (Stage.REMEDY, Stage.CLOSED)
    desk = PaperDesk(policy=told, order=story_order(a_line(family="licences"), activated=0))
    desk.open(a_request(20))
    desk.do(DisputeFact("activated-1", "Ten are."), ELLIE, jan(4, 10))
    case = desk.until(jan(8))
    assert (case.stage, case.outcome) == (Stage.APPROVAL, None)
    assert any(event.to is None for event in desk.events("case.escalated"))


def test_an_upheld_fact_is_looked_at_by_people() -> None:
    desk = PaperDesk(policy=policy(routes=AUTOMATIC))
    desk.open(an_amount(10_000))
    desk.do(AddFact(USED), OWEN, jan(4, 10))
    desk.do(DisputeFact("f1", "No."), ELLIE, jan(4, 10))
    desk.do(UpholdFact("f1", "The log."), SAM, jan(4, 10, 30))
    assert not desk.cases[REF].agreed
    case = desk.do(Propose((Portion(1, amount=10_000),), "c", "Fair."), OWEN, jan(4, 11))
    assert case.stage is Stage.APPROVAL


def test_the_status_says_whose_word_it_waits_for() -> None:
    desk = stated()

    def said(at: Any) -> tuple[str, str]:
        case = desk.cases[REF]
        now = status(case, desk.policy, desk.directory, at)
        return now.waiting_for, now.next

    waiting, sentence = said(jan(4, 11))
    assert waiting == "partner"
    assert sentence.startswith(
        "We wait for you to confirm or dispute a fact by Mon 11 Jan 10:30 GMT; after that Priya"
    )
    desk.do(DisputeFact("f1", "No."), ELLIE, jan(4, 11))
    waiting, sentence = said(jan(4, 11))
    assert waiting == "us"
    assert sentence.startswith(
        "Owen Clarke answers your objection to a fact first; then Priya Nair decides by "
    )


def activate(desk: PaperDesk, units: int, at: Any) -> Case:
    desk.order = orders.do(desk.order, RecordActivation(1, units, MONDAY, "vendor"))
    return desk.do(FollowOrder(), ORDERS, at)


def test_a_report_of_activated_units_changes_the_orders_fact_and_what_rests_on_it() -> None:
    desk = PaperDesk(order=story_order(activated=0))
    case = desk.open(a_request(20))
    assert fact(case, "activated-1").text == "0 of 50 units of LIC-PRO are activated."
    case = activate(desk, 7, jan(4, 10))
    said = fact(case, "activated-1")
    assert (said.text, said.state, said.source, said.version) == (
        "7 of 50 units of LIC-PRO are activated.", FactState.CONFIRMED, "order", 2,
    )  # fmt: skip
    with refused("stale-version"):
        desk.decide(PRIYA, jan(4, 10, 30), seen="1.1")
    assert desk.decide(PRIYA, jan(4, 11)).stage is Stage.REMEDY


def test_the_same_report_again_changes_nothing() -> None:
    desk = PaperDesk()
    before = desk.open()
    assert activate(desk, 4, jan(4, 10)).version == before.version


def test_a_new_report_answers_a_dispute_and_the_partner_may_dispute_it_again() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(DisputeFact("activated-1", "Only two are."), ELLIE, jan(4, 10))
    case = activate(desk, 2, jan(4, 11))
    assert case.disputed is None
    assert fact(desk.do(DisputeFact("activated-1", "One."), ELLIE, jan(4, 12)), "activated-1").blocks


def test_what_the_desk_has_put_in_its_own_words_no_longer_follows_the_order() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(CorrectFact("activated-1", "5, as the vendor told us."), OWEN, jan(4, 10))
    case = activate(desk, 6, jan(4, 11))
    assert fact(case, "activated-1").text == "5, as the vendor told us."


def test_what_was_activated_meanwhile_is_found_by_the_check_and_then_said() -> None:
    desk = PaperDesk(order=story_order(activated=0))
    desk.open(a_request(20))
    desk.decide(PRIYA, jan(4, 10))
    desk.order = orders.do(desk.order, RecordActivation(1, 40, MONDAY, "vendor"))
    with refused("wrong-state"):
        desk.do(FollowOrder(), ORDERS, jan(4, 10, 30))
    case = desk.do(RecordAction(1, "check"), REMEDY, jan(4, 11))
    assert case.stage is Stage.ASSESSMENT
    assert fact(case, "activated-1").text.startswith("40 of 50")


def test_a_failed_remedy_leaves_the_facts_as_they_are() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 10))
    desk.decide(AMARA, jan(4, 11))
    case = desk.do(FailRemedy(1, "The vendor did not answer."), REMEDY, jan(4, 12))
    assert (case.stage, fact(case, "activated-1").version) == (Stage.ASSESSMENT, 1)


def test_a_decided_case_takes_no_more_facts() -> None:
    desk = PaperDesk()
    desk.open(the_exchange())
    desk.decline(PRIYA, jan(4, 10))
    assert desk.cases[REF].outcome is CaseOutcome.DECLINED
    for late in (AddFact("More."), CorrectFact("activated-1", "5 are.")):
        with refused("case-closed"):
            desk.do(late, OWEN, jan(4, 11))


def test_only_owner_and_case_managers_state_facts() -> None:
    desk = PaperDesk()
    desk.open()
    for somebody in (PRIYA, AMARA, HELEN, ELLIE):
        with refused("forbidden"):
            desk.do(AddFact("So."), somebody, jan(4, 10))
