"""Approval rounds: from a proposal to a decision that grants or refuses. DOMAIN: Approvals."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from partnerflow.calendars import add, end_of_local_day, used
from partnerflow.cases import clocks, naming, proposals, reasons, routing, talking
from partnerflow.cases.events import (
    CaseApproved,
    CaseApprovedInPart,
    CaseDeclined,
    CaseEscalated,
    CaseProposed,
    ClocksSet,
    RemedyStarted,
    RoundStarted,
    StepStarted,
)
from partnerflow.cases.grounds import DATE, Basis
from partnerflow.cases.model import (
    Case,
    CitedFact,
    Clock,
    FactState,
    Holder,
    Proposal,
    Round,
    Step,
    StepStatus,
)
from partnerflow.cases.paging import hold_and_page
from partnerflow.cases.terms import NO_TERMS, Terms
from partnerflow.cases.view import Draft, View
from partnerflow.credits.legs import Held
from partnerflow.credits.portions import Portion
from partnerflow.people import Person
from partnerflow.policy.document import StepRule
from partnerflow.policy.questions import by_persons, route_for
from partnerflow.policy.terms import StepMode

NOBODY = "Nobody whom the step names may decide it."


def round_id(case: Case, number: int) -> str:
    return f"{case.ref}-{number}"


def propose(
    draft: Draft,
    portions: Sequence[Portion],
    held: Held,
    *,
    by: str,
    clause: str,
    text: str,
    root_cause: str | None = None,
    facts: tuple[CitedFact, ...] | None = None,
    terms: Terms = NO_TERMS,
) -> None:
    """Put amounts before the deciders and start the round, which fixes the aggregate and the route."""
    case = draft.case
    version = (
        max((p.version for p in (*case.earlier, *([case.proposal] if case.proposal else []))), default=0) + 1
    )
    legs = proposals.shown(held, case.to_supply, draft.view)
    rests_on = decisive_facts(case) if facts is None else facts
    put = Proposal(
        version,
        tuple(portions),
        legs,
        by,
        draft.at,
        clause,
        text,
        root_cause,
        rests_on,
        upstream_fault=terms.fault,
        fees=terms.fees,
    )
    draft.emit(CaseProposed(put, held))
    draft.emit(RoundStarted(another(draft, len(case.rounds) + 1)))
    begin(draft)


def decisive_facts(case: Case) -> tuple[CitedFact, ...]:
    """What a proposal rests on when nobody says otherwise: every decisive fact that stands."""
    out = (FactState.WITHDRAWN, FactState.DISPUTED)
    return tuple(fact.cited() for fact in case.facts if fact.decisive and fact.state not in out)


def another(draft: Draft, number: int) -> Round:
    """A round as policy routes what is proposed now: it fixes the aggregate, the route and its inputs."""
    case, view = draft.case, draft.view
    assert case.proposal is not None
    facts = routing.route_facts(case, view, case.proposal.portions, case.proposal.legs[0].credit.net, draft)
    people_look = case.appeal is not None or not case.agreed
    route = by_persons(view.policy, facts) if people_look else route_for(view.policy, facts)
    steps = tuple(_waiting(case, number, place, rule) for place, rule in enumerate(route.steps, start=1))
    return Round(
        number,
        route.id,
        facts.aggregate,
        facts.exception,
        draft.at,
        steps,
        inputs=asdict(facts),
        appeal=case.appeal is not None,
        sums=routing.sums(case, case.proposal.legs[0].credit.net, view),
    )


def begin(draft: Draft) -> None:
    """The first step's turn; on the automatic route the policy decides at once."""
    case = draft.case
    assert case.round is not None
    if case.round.steps:
        start_step(draft, case.round.steps[0])
    else:
        grant(draft)


def _waiting(case: Case, number: int, place: int, rule: StepRule) -> Step:
    return Step(
        id=f"{round_id(case, number)}-{place}",
        no=place,
        name=rule.name,
        role=rule.role,
        mode=rule.mode,
        needed=rule.n,
        allowance_minutes=rule.allowance_minutes,
        status=StepStatus.WAITING,
        person=rule.person,
        manager_of=rule.manager_of,
        roles=rule.roles,
        persons=rule.persons,
    )


def start_step(draft: Draft, step: Step) -> None:
    """The step's turn: its deciders are told, its clock runs. Too few eligible: it escalates at once."""
    named = naming.found(draft.case, step, draft)
    deciders = named.persons if len(named.persons) >= step.needed else ()
    holder = _holder(draft, step, deciders, named.stands_for)
    started = replace(step, status=StepStatus.PENDING, holders=(holder,), started_at=draft.at)
    draft.emit(StepStarted(started))
    if deciders:
        draft.emit(ClocksSet((step_clock(draft, started, deciders, 0),)))
    else:
        _escalate_at_once(draft, started)
    talking.stay_paused(draft)


def _escalate_at_once(draft: Draft, step: Step) -> None:
    """Nobody whom the step names may decide it: the ladder's next person has it, who decides alone; nobody at the
    top: it is held and paged (DOMAIN: Approvals)."""
    view, usual = draft.view, naming.usual(draft, step)
    rung, person = naming.first_rung(draft, step)
    clock = step_clock(draft, step, (person,) if person else (), rung)
    draft.emit(ClocksSet((clock,)))
    if person is None:
        hold_and_page(draft, clock, draft.at, usual)
        return
    name = view.policy.ladder(clocks.STEP).rungs[rung - 1]
    why = reasons.of_rung(draft.case, name, person.id, usual, view.directory, draft.at)
    draft.emit(CaseEscalated(clocks.STEP, rung, (), person.id, draft.at, NOBODY, False, step.id, why))


def _holder(draft: Draft, step: Step, deciders: Sequence[Person], stands_for: dict[str, str]) -> Holder:
    """Whoever has the step first, why them, and who would have had it otherwise."""
    case, directory = draft.case, draft.view.directory
    ids = tuple(person.id for person in deciders)
    named = reasons.of_step(case, step, ids, directory, draft.at)
    over = reasons.passed_over(case, step, ids, directory, draft.at)
    kept = {person: whom for person, whom in stands_for.items() if person in ids}
    return Holder(ids, draft.at, stands_for=kept, named=named, passed_over=over)


def step_clock(draft: Draft, step: Step, deciders: Sequence[Person], rung: int) -> Clock:
    """The step's clock by the deciders' calendars: the latest due for ``any``, the earliest for ``all`` and ``n``."""
    case, view = draft.case, draft.view
    assert case.round is not None
    left = sum(1 for s in case.round.steps if s.status in (StepStatus.WAITING, StepStatus.PENDING))
    seconds, basis = clocks.step_allowance(
        case, step.allowance_minutes, left, draft.at, view.policy, view.directory
    )
    by = [clocks.by_person(p.id) for p in deciders] or [clocks.by_organisation(view.directory.operator.code)]
    found = [
        clocks.start(clocks.STEP, who, seconds, draft.at, view.directory, view.policy, rung, basis)
        for who in by
    ]
    pick = max if step.mode == StepMode.ANY or rung else min
    return pick(found, key=lambda clock: clock.due_at or draft.at)


def end_clocks(draft: Draft, *names: str) -> None:
    ended = tuple(clocks.done(clock) for name in names if (clock := draft.case.clock(name)))
    if ended:
        draft.emit(ClocksSet(ended))


def grant(draft: Draft) -> None:
    """The round grants what the proposal now says; the remedy begins at once."""
    case, view = draft.case, draft.view
    assert case.proposal is not None
    assert case.round is not None
    portions = case.proposal.portions
    asked = case.appeal.requested if case.appeal else case.requested
    lowered = case.proposal.legs[0].credit.net < asked[0].credit.net
    draft.emit(CaseApprovedInPart(portions) if lowered else CaseApproved(portions))
    end_clocks(draft, clocks.STEP, clocks.DECISION, clocks.OWNER, clocks.PARTNER_ANSWER)
    draft.emit(ClocksSet((_vat_note(draft, view),)))
    draft.emit(RemedyStarted(case.round.no))


def _vat_note(draft: Draft, view: View) -> Clock:
    """The credit note is due at the end of the 14th local day after the granting decision (DOMAIN: Deadlines)."""
    seller = draft.case.distributor if draft.case.reseller else draft.case.vendor
    issuer = view.directory.organisations[seller or view.directory.operator.code]
    due = end_of_local_day(draft.at, issuer.zone, view.policy.vat_days(issuer.country))
    seconds = used(issuer.calendar, draft.at, due)
    clock = clocks.start(
        clocks.VAT_NOTE, clocks.by_organisation(issuer.code), seconds, draft.at, view.directory, view.policy
    )
    basis = Basis(DATE, clocks.numbers_of(view.policy))
    return replace(clock, due_at=due, warnings=(), basis=basis)


def decline(draft: Draft, reason_code: str, text: str) -> None:
    """The round is refused: reservations go back, the case closes with its appeal window."""
    proposals.release(draft)
    until = None if draft.case.appeal else appeal_until(draft)
    draft.emit(CaseDeclined(reason_code, text, until))


def appeal_until(draft: Draft) -> datetime:
    """The end of the appeal window that begins now."""
    view = draft.view
    seconds = view.policy.allowances["appeal"] * clocks.MINUTE
    return add(view.directory.operator.calendar, draft.at, seconds)
