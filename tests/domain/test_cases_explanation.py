"""Explanations keep to what was recorded: whoever changes the directory or the policy later changes nothing in them."""

from dataclasses import replace
from typing import Any

import pytest

from partnerflow.calendars import week
from partnerflow.cases import clock_explanation, explanation, reasons, responsibility
from partnerflow.cases.clock_explanation import Explained, allowance_words
from partnerflow.cases.commands import AskPartner, CorrectFact, Escalate
from partnerflow.cases.model import Case
from partnerflow.people import Coverage, Role
from tests.domain.builders_cases import PaperDesk, a_request, an_amount, jan, policy
from tests.domain.builders_people import AMARA, DANIEL, ELLIE, OWEN, PRIYA, absent, changed, directory

REF = "PF-2027-000001"


def clock(desk: PaperDesk, name: str, at: Any) -> Explained:
    case = desk.cases[REF]
    (found,) = [c for c in clock_explanation.known(case, desk.policy, desk.directory) if c.name == name]
    return clock_explanation.explain(found, case, desk.log[REF], desk.policy, desk.directory, at)


def reasons_of(desk: PaperDesk, case: Case, place: int = 0) -> list[tuple[str, str, bool | None]]:
    """Why each decider of the place-th step of the last round, first holders first."""
    step = case.rounds[-1].steps[place]
    history = desk.log[REF]
    return [
        found
        for holder in step.holders
        for found in explanation.why_holder(
            case, step, holder, desk.directory, explanation.handed_by(step, holder, history)
        )
    ]


def test_every_clock_has_words_for_what_it_measures() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which?"), PRIYA, jan(4, 10, 0))
    desk.decide(PRIYA, jan(4, 11, 0))
    desk.decide(AMARA, jan(4, 12, 0))
    desk.remedy(jan(4, 13, 0))
    names = {c.name for c in clock_explanation.known(desk.cases[REF], desk.policy, desk.directory)}
    assert names == set(clock_explanation.MEASURES) - {"appeal"}


def test_a_share_says_of_what_and_among_how_many() -> None:
    """Step 1 is decided with 70 minutes of 960 left: step 2 has them all."""
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    desk.decide(DANIEL, jan(5, 16, 50))
    found = clock(desk, "step", jan(5, 16, 50))
    assert (found.basis.source, found.basis.left, found.basis.steps) == ("share", 4_200, 1)
    assert (
        allowance_words(found) == "70 min, an equal share of the 70 min left: less than a step usually has."
    )
    assert found.agrees


def test_a_step_of_its_own_minutes_and_a_rung_say_so() -> None:
    steps = [{"role": "channel_manager", "allowance_minutes": 120}, {"role": "finance"}]
    desk = PaperDesk(policy=policy(routes=[{"id": "n", "when": "true", "steps": steps}]))
    desk.open()
    assert allowance_words(clock(desk, "step", jan(4))) == "120 min, the step's own."
    desk.until(jan(4, 11, 30))
    assert allowance_words(clock(desk, "step", jan(4, 12, 0))) == "120 min: rung 1 starts anew."


def test_once_the_decision_is_late_a_step_has_all_of_its_time() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(6))
    desk.decide(explained_decider(desk), jan(6, 10, 0))
    assert clock(desk, "step", jan(6, 10, 0)).basis.source == "full"


def explained_decider(desk: PaperDesk) -> Any:
    from tests.domain.builders_people import person

    step = desk.cases[REF].step
    assert step
    return person(step.deciders[0])


def test_a_calendar_that_changed_since_is_said_and_the_stored_instant_holds() -> None:
    desk = PaperDesk()
    desk.open()
    before = clock(desk, "decision", jan(4))
    known = desk.directory
    operator = replace(known.operator, calendar=week("Europe/London", {"mon-fri": ["10:00-12:00"]}))
    desk.directory = replace(known, organisations={**known.organisations, operator.code: operator})
    after = clock(desk, "decision", jan(4))
    assert before.agrees
    assert not after.agrees
    assert after.clock.due_at == before.due


def test_a_page_at_the_top_is_no_due_instant() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.until(jan(18, 12, 0))
    found = clock(desk, "decision", jan(18, 12, 0))
    assert found.clock.exhausted
    assert found.agrees
    assert found.due != found.clock.due_at


def test_a_finished_clock_counts_up_to_its_end() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(AskPartner("Which?"), OWEN, jan(4, 11, 0))
    assert clock(desk, "owner", jan(20)).used == 90 * 60
    assert clock(desk, "owner", jan(20)).clock.ended_at == jan(4, 11, 0)


def test_warnings_are_given_once_their_instant_has_passed() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.until(jan(5, 10, 0))
    told = clock(desk, "decision", jan(5, 10, 0)).warnings
    assert [(w.percent, w.at, w.given) for w in told] == [
        (50, jan(5, 9, 30), True),
        (80, jan(5, 14, 48), False),
    ]


def test_a_portion_names_its_rule_and_what_the_rule_looked_at() -> None:
    desk = PaperDesk()
    case = desk.open()
    free, used = explanation.judged(case, desk.view(REF))
    assert free.rule
    assert used.rule
    assert (free.rule.id, free.activated, free.age_hours) == ("unactivated.30-days", False, 0)
    assert (used.rule.id, used.activated) == ("activated", True)
    assert (free.window_hours, free.window_until) == (168, jan(11))
    (amount,) = explanation.judged(PaperDesk().open(an_amount(5_000)), desk.view(REF))
    assert (amount.rule, amount.activated) == (None, None)
    assert amount.text == "An amount is asked: somebody has to assess it."


def test_a_round_keeps_both_sums_behind_its_aggregate() -> None:
    desk = PaperDesk()
    desk.open(a_request(10))
    case = desk.open(a_request(20))
    (round_,) = case.rounds
    assert round_.sums
    assert (round_.sums.net, round_.sums.rate) == (100_000, 1_000_000)
    assert round_.aggregate == 100_000 + round_.sums.others.larger == 150_000


def test_a_route_is_explained_by_the_conditions_before_it() -> None:
    desk = PaperDesk()
    case = desk.open(a_request(20))
    (routed,) = explanation.routed(case, desk.view(REF))
    assert [(route.id, held) for route, held in routed.considered] == [
        ("automatic", False),
        ("one-step", True),
    ]
    assert explanation.route_words(routed.route) == "channel manager"


def test_a_decider_is_named_by_the_row_that_says_most_and_the_directory_may_say_otherwise_later() -> None:
    desk = PaperDesk()
    case = desk.open()
    words = "covers channel manager for country GB, family licences: the row that says most here"
    assert reasons_of(desk, case) == [("priya-nair", words, True)]
    rows = tuple(r for r in desk.directory.coverage if r.person != "priya-nair")
    desk.directory = replace(desk.directory, coverage=rows)
    assert reasons_of(desk, case) == [("priya-nair", words, False)]


def test_whoever_was_passed_over_is_named_with_the_reason() -> None:
    known = absent(directory(), "priya-nair", jan(4, 9), delegate="tom-becker")
    case = PaperDesk(directory=known).open()
    step = case.step
    assert step
    found = {over.person: explanation.why_not(over) for over in step.holders[0].passed_over}
    assert found["priya-nair"] == "was away"


def test_a_rung_says_by_which_clock_from_whom_to_whom_and_why_they() -> None:
    desk = PaperDesk()
    desk.open()
    desk.until(jan(5))
    (rung,) = explanation.fired(desk.log[REF])
    assert (rung.event.clock, rung.event.rung, rung.event.before, rung.event.to) == (
        "step",
        1,
        ("priya-nair",),
        "daniel-reeves",
    )
    assert rung.event.named
    assert explanation.why(rung.event.named, desk.directory) == "is above Priya Nair"
    assert [who for who, _, _ in reasons_of(desk, desk.cases[REF])] == ["priya-nair", "daniel-reeves"]


def test_the_pages_of_every_morning_are_one_rung_of_the_explanation() -> None:
    desk = PaperDesk()
    desk.open(an_amount(10_000))
    desk.until(jan(20, 12, 0))
    told = explanation.fired(desk.log[REF])
    assert [each.event.to is None for each in told].count(True) == 1
    assert len(desk.events("case.escalated")) > len(told)


def test_the_limit_is_kept_as_it_was_compared() -> None:
    desk = PaperDesk()
    desk.open(a_request(20))
    case = desk.decide(PRIYA, jan(4, 11, 0))
    desk.directory = changed(desk.directory, "priya-nair", limit=5)
    (decision,) = case.rounds[0].steps[0].decisions
    assert decision.authority
    assert (decision.authority.limit, decision.authority.aggregate) == (1_000_000, 100_000)


def test_an_endorsement_that_no_longer_stands_is_told_with_what_changed() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 11, 0))
    case = desk.do(CorrectFact("justification", "Six keys, by mistake."), ELLIE, jan(4, 12, 0))
    (gone,) = explanation.endorsed(case, desk.log[REF])
    assert (gone.decision.by, gone.step) == ("priya-nair", f"{REF}-1-1")
    assert "Six keys, by mistake." in gone.because


def test_a_cited_fact_reads_as_it_did_when_it_was_cited() -> None:
    desk = PaperDesk()
    desk.open()
    desk.decide(PRIYA, jan(4, 11, 0))
    case = desk.decide(AMARA, jan(4, 12, 0), facts=("justification",))
    (decision,) = case.rounds[0].steps[1].decisions
    assert [explanation.wording(cited, case) for cited in decision.facts] == ["Activated by mistake."]


def test_the_first_owner_is_explained_by_coverage_or_as_the_fallback() -> None:
    case = PaperDesk().open(an_amount(5_000))
    assert case.owner_named
    assert explanation.why(case.owner_named, directory()).startswith("covers case manager for country GB")
    known = replace(directory(), coverage=())
    alone = PaperDesk(directory=known).open(an_amount(5_000))
    assert alone.owner_named
    assert explanation.why(alone.owner_named, known) == "is whom the operator falls back on"


@pytest.mark.parametrize("who", sorted(directory().people))
def test_there_is_a_reason_for_exactly_those_whom_nobody_may_name(who: str) -> None:
    desk = PaperDesk()
    desk.open()
    case = desk.decide(PRIYA, jan(4, 11, 0))
    step = case.step
    assert step
    unnamable = who in responsibility.unnamable(case, desk.directory, step)
    assert (reasons.why_not(case, step, who, desk.directory, jan(4, 11, 0)) is not None) is unnamable
    if unnamable:
        assert reasons.why_not(case, step, who, desk.directory, jan(4, 11, 0)) in explanation.WHY_NOT


def test_a_pulled_rung_is_told_as_one() -> None:
    desk = PaperDesk()
    desk.open()
    desk.do(Escalate("Nobody moves."), ELLIE, jan(4, 16, 0))
    (rung,) = explanation.fired(desk.log[REF])
    assert (rung.event.pulled, rung.event.reason) == (True, "Nobody moves.")


def test_a_row_without_columns_covers_everything() -> None:
    known = directory()
    rows = (Coverage(Role.CASE_MANAGER, "ruth-lindqvist"),)
    known = replace(known, coverage=(*rows, *(r for r in known.coverage if r.role is not Role.CASE_MANAGER)))
    case = PaperDesk(directory=known).open(an_amount(5_000))
    assert case.owner_named
    assert explanation.why(case.owner_named, known) == (
        "covers case manager for everything: the row that says most here"
    )
