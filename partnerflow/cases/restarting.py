"""What a material change does to an approval: whoever saw the earlier version is stale, and what was endorsed no longer
stands. An approval is for exactly what was shown (DOMAIN: Approvals, Facts).
"""

from collections.abc import Sequence
from dataclasses import replace

from partnerflow.cases import remedies, rounds
from partnerflow.cases.events import CaseRevised, RoundRestarted
from partnerflow.cases.model import Case, CitedFact, Fact, FactState, LegShown, Proposal, Stage
from partnerflow.cases.view import Draft
from partnerflow.credits.legs import Held
from partnerflow.credits.portions import Portion
from partnerflow.refusals import Refused


def fact_changed(draft: Draft, fact: Fact) -> None:
    """A cited fact that changes voids what was approved on it; one that nobody cited changes nothing."""
    case = draft.case
    if fact.id not in {cited.id for cited in cited_facts(case)}:
        return
    words = "was withdrawn" if fact.state is FactState.WITHDRAWN else f"now reads “{fact.text}”"
    because = f"The fact {fact.id} {words}."
    if case.stage is Stage.REMEDY:
        _void(draft, because)
    elif case.stage is Stage.APPROVAL:
        revise(draft, because)


def cited_facts(case: Case) -> tuple[CitedFact, ...]:
    """What the proposal and the decisions of the present round rest on."""
    decided = (d for step in (case.round.steps if case.round else ()) for d in step.decisions)
    return (*(case.proposal.facts if case.proposal else ()), *(f for d in decided for f in d.facts))


def revise(
    draft: Draft,
    because: str,
    portions: Sequence[Portion] | None = None,
    held: Held | None = None,
    legs: tuple[LegShown, ...] | None = None,
) -> None:
    """Put the changed request before the deciders again; from the first step, if anybody has endorsed the old one or
    the route is another."""
    case = draft.case
    assert case.proposal is not None
    assert case.round is not None
    before = case.proposal
    now = replace(
        before,
        version=before.version + 1,
        portions=before.portions if portions is None else tuple(portions),
        legs=before.legs if legs is None else legs,
        facts=_cited_anew(case, before),
        at=draft.at,
    )
    draft.emit(CaseRevised(now, case.held if held is None else held, because))
    fresh = rounds.another(draft, case.round.no)
    endorsed = any(step.decisions for step in case.round.steps)
    if endorsed or case.step != case.round.steps[0] or fresh.route != case.round.route:
        draft.emit(RoundRestarted(fresh, because))
        rounds.begin(draft)


def _cited_anew(case: Case, before: Proposal) -> tuple[CitedFact, ...]:
    """The same facts in their present wording, without those that were withdrawn."""
    found = (case.fact(cited.id) for cited in before.facts)
    standing = (fact for fact in found if fact and fact.state is not FactState.WITHDRAWN)
    return tuple(CitedFact(fact.id, fact.version) for fact in standing)


def _void(draft: Draft, because: str) -> None:
    """Granted, but not yet executed: back to the owner. After the first note it only goes forward."""
    remedy = draft.case.remedy
    if remedy is None or remedy.done(remedies.ISSUE):
        raise Refused(
            "wrong-state", "The credit is issued; what rests on this fact can no longer be stopped."
        )
    remedies.fail(draft, because)
