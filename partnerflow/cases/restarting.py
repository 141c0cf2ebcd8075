"""What a material change does to an approval: whoever saw the earlier version is stale, and what was endorsed no longer
stands. An approval is for exactly what was shown (DOMAIN: Approvals, Facts).
"""

from dataclasses import dataclass, replace

from partnerflow.cases import proposals, remedies, rounds
from partnerflow.cases.events import CaseRevised, RoundRestarted
from partnerflow.cases.model import Case, CitedFact, Fact, FactState, LegShown, Proposal, Round, Stage
from partnerflow.cases.terms import NO_TERMS
from partnerflow.cases.view import Draft
from partnerflow.credits.legs import Held
from partnerflow.credits.portions import Portion
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """What lies before the deciders from now on: its portions, what is held for them, and the amounts shown."""

    portions: tuple[Portion, ...]
    held: Held
    legs: tuple[LegShown, ...]


def fact_changed(draft: Draft, fact: Fact) -> None:
    """A cited fact that changes voids what was approved on it; one that nobody cited changes nothing."""
    case = draft.case
    if fact.id not in {cited.id for cited in cited_facts(case)}:
        return
    before = next(cited.text for cited in cited_facts(case) if cited.id == fact.id)
    words = "is no longer stated." if fact.state is FactState.WITHDRAWN else f"now reads: “{fact.text}”"
    because = f"“{before}” {words}" if before else f"A fact it rests on {words}"
    if case.stage is Stage.REMEDY:
        _void(draft, because)
    elif case.stage is Stage.APPROVAL:
        revise(draft, because)


def cited_facts(case: Case) -> tuple[CitedFact, ...]:
    """What the proposal and the decisions of the present round rest on."""
    decided = (d for step in (case.round.steps if case.round else ()) for d in step.decisions)
    return (*(case.proposal.facts if case.proposal else ()), *(f for d in decided for f in d.facts))


def revise(draft: Draft, because: str, asked: Asked | None = None, also: tuple[Fact, ...] = ()) -> None:
    """Put the changed request before the deciders again; from the first step, if anybody has endorsed the old one or
    the route is another. ``also`` are facts that it rests on besides."""
    case = draft.case
    assert case.proposal is not None
    assert case.round is not None
    put, terms = asked or _as_proposed(draft), case.proposal.terms if asked is None else NO_TERMS
    now = replace(
        case.proposal,
        version=case.proposal.version + 1,
        portions=put.portions,
        legs=put.legs,
        facts=_cited_anew(case, also),
        at=draft.at,
        lowered=asked is None and put.portions == case.proposal.portions and case.proposal.lowered,
        upstream_fault=terms.fault,
        fees=terms.fees,
    )
    draft.emit(CaseRevised(now, put.held, because))
    fresh = rounds.another(draft, case.round.no)
    fresh = replace(fresh, started_at=case.round.started_at, had=_had(case.round))
    endorsed = any(step.decisions for step in case.round.steps)
    if endorsed or case.step != case.round.steps[0] or fresh.route != case.round.route:
        draft.emit(RoundRestarted(fresh, because))
        rounds.begin(draft)


def _had(before: Round) -> dict[str, tuple[str, ...]]:
    """Per step everybody who had it until now."""
    found = {}
    for step in before.steps:
        persons = [*before.had.get(step.id, ()), *(person for h in step.holders for person in h.persons)]
        if persons:
            found[step.id] = tuple(dict.fromkeys(persons))
    return found


def _as_proposed(draft: Draft) -> Asked:
    """Without what a step has lowered, since its decision no longer stands; it stays lowered where others have taken
    what it gave back."""
    case = draft.case
    assert case.proposal is not None
    put = _proposed(case, case.proposal)
    as_it_is = Asked(case.proposal.portions, case.held, case.proposal.legs)
    if put is case.proposal:
        return as_it_is
    lines, invoices = dict(draft.lines), dict(draft.invoices)
    try:
        held = proposals.change_hold(draft, put.portions, may_raise=True, terms=put.terms)
    except Refused:
        draft.lines, draft.invoices = lines, invoices
        return as_it_is
    return Asked(put.portions, held, proposals.shown(held, case.to_supply, draft.view))


def _proposed(case: Case, now: Proposal) -> Proposal:
    """What somebody proposed last, before any step lowered it."""
    return next((put for put in reversed((*case.earlier, now)) if not put.lowered), now)


def _cited_anew(case: Case, also: tuple[Fact, ...]) -> tuple[CitedFact, ...]:
    """The same facts in their present wording, without those that were withdrawn."""
    ids = [*(cited.id for cited in cited_facts(case)), *(fact.id for fact in also)]
    found = (case.fact(fact_id) for fact_id in dict.fromkeys(ids))
    return tuple(fact.cited() for fact in found if fact and fact.state is not FactState.WITHDRAWN)


def _void(draft: Draft, because: str) -> None:
    """Granted, but not yet executed: back to the owner. After the first note it only goes forward."""
    remedy = draft.case.remedy
    if remedy is None or remedy.done(remedies.ISSUE):
        raise Refused(
            "wrong-state", "The credit is issued; what rests on this fact can no longer be stopped."
        )
    remedies.fail(draft, because)
