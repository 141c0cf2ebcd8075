"""Approval rounds: from a proposal to a decision that grants or refuses. DOMAIN: Approvals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from partnerflow import people
from partnerflow.calendars import add, end_of_local_day, used
from partnerflow.cases import clocks, proposals, responsibility
from partnerflow.cases.events import (
    CaseApproved,
    CaseApprovedInPart,
    CaseDeclined,
    CaseProposed,
    ClocksSet,
    RemedyStarted,
    RoundStarted,
    StepStarted,
)
from partnerflow.cases.model import Case, Clock, Holder, Proposal, Round, Step, StepStatus, Verdict
from partnerflow.cases.paging import hold_and_page
from partnerflow.cases.view import Draft, View
from partnerflow.credits.legs import Held
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, divide_half_up
from partnerflow.orders.model import Line
from partnerflow.people import Person, Role
from partnerflow.policy.document import StepRule
from partnerflow.policy.questions import RouteFacts, automatic_for, entitlement, route_for
from partnerflow.policy.terms import StepMode

HOUR = timedelta(hours=1)


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
) -> None:
    """Put amounts before the deciders and start the round, which fixes the aggregate and the route."""
    case = draft.case
    version = (case.proposal.version if case.proposal else 0) + 1
    legs = proposals.shown(held, case.wanted, draft.view)
    put = Proposal(version, tuple(portions), legs, by, draft.at, clause, text, root_cause)
    draft.emit(CaseProposed(put, held))
    _start(draft)


def operator_minor(minor: int, view: View) -> int:
    """An amount of the order's currency in the operator's, at the operator's daily rate of the invoice date."""
    return minor if view.rate is None else divide_half_up(minor * view.rate, WHOLE)


def route_facts(case: Case, view: View, portions: Sequence[Portion], net: int, draft_at: Draft) -> RouteFacts:
    amount = operator_minor(net, view)
    return RouteFacts(
        aggregate=amount + view.live_others,
        amount=amount,
        type=case.type,
        reason=case.reason,
        exception=beyond_policy(portions, view, draft_at),
        within_policy=case.verdict is Verdict.WITHIN_POLICY,
        family=case.scope.family or "",
        tier=case.scope.tier or "",
        age_hours=max(0, (draft_at.at - view.order.placed_at) // HOUR),
        rate_known=view.rate is not None,
    )


def beyond_policy(portions: Sequence[Portion], view: View, draft: Draft) -> bool:
    """An exception was asked, or an owner proposes more per unit than policy gives, or that for more units than are
    unused. What counts is the instant the request was received (DOMAIN: Eligibility)."""
    if any(portion.exception for portion in portions):
        return True
    return any(_generous(line, portions, view, draft) for line in view.order.lines)


def _generous(line: Line, portions: Sequence[Portion], view: View, draft: Draft) -> bool:
    asked = [p for p in portions if p.line_no == line.line_no and not p.by_amount]
    age = max(0, (draft.case.opened_at - view.order.placed_at) // HOUR)
    unused, active = (
        entitlement(view.order_policy, family=line.family, activated=activated, age_hours=age).percent_ppm
        for activated in (False, True)
    )
    beyond_active = sum(p.quantity for p in asked if p.percent > active)
    return (
        any(p.percent > max(unused, active) for p in asked) or beyond_active > line.quantity - line.activated
    )


def passes_by_itself(draft: Draft) -> bool:
    """Whether the automatic route would have passed it, as the facts stand (DOMAIN: Ladder, ``approve``)."""
    case, view = draft.case, draft.view
    if case.proposal is None or case.round is None or case.round.state != "open" or view.rate is None:
        return False
    net = case.proposal.legs[0].credit.net
    facts = route_facts(case, view, case.proposal.portions, net, draft)
    return automatic_for(view.policy, replace(facts, aggregate=max(case.round.aggregate, facts.amount)))


def _start(draft: Draft) -> None:
    case, view = draft.case, draft.view
    assert case.proposal is not None
    facts = route_facts(case, view, case.proposal.portions, case.proposal.legs[0].credit.net, draft)
    route = route_for(view.policy, facts)
    number = len(case.rounds) + 1
    steps = tuple(_waiting(case, number, place, rule) for place, rule in enumerate(route.steps, start=1))
    opened = Round(number, route.id, facts.aggregate, facts.exception, draft.at, steps)
    draft.emit(RoundStarted(opened))
    if route.automatic:
        grant(draft)
    else:
        start_step(draft, steps[0])


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
    )


def named(case: Case, step: Step, draft: Draft) -> tuple[Person, ...]:
    """Who decides the step when it starts: by role, person or manager; the absent and the excluded are skipped."""
    directory, at = draft.view.directory, draft.at
    out = responsibility.unnamable(case, directory, step)
    if step.role and step.mode == StepMode.ANY:
        found = people.covering(directory, step.role, case.scope, at, excluded=out)
        return (found,) if found else ()
    if step.role:
        return tuple(p for p in people.all_covering(directory, step.role, case.scope, at) if p.id not in out)
    base = step.person or (case.owner if step.manager_of == "owner" else case.requester)
    person = (
        people.stand_in(directory, base, at, out)
        if step.person
        else people.accountable(directory, base, at, out)
    )
    return (person,) if person else ()


def start_step(draft: Draft, step: Step) -> None:
    """The step's turn: its deciders are told, its clock runs. Nobody eligible: the ladder's next person at once."""
    deciders, rung = named(draft.case, step, draft), 0
    if len(deciders) < step.needed:
        rung, person = _first_rung(draft, step)
        deciders = (person,) if person else ()
    ids = tuple(person.id for person in deciders)
    holders = (Holder(ids, draft.at),)
    started = replace(step, status=StepStatus.PENDING, holders=holders, started_at=draft.at, rung=rung)
    draft.emit(StepStarted(started))
    clock = step_clock(draft, started, deciders, rung)
    draft.emit(ClocksSet((clock,)))
    if not deciders:
        hold_and_page(draft, clock, draft.at, _usual(draft, step))


def _usual(draft: Draft, step: Step) -> tuple[str, ...]:
    """Whom the step would name if nobody were absent or excluded: its person, or the coverage's first."""
    case, directory = draft.case, draft.view.directory
    if step.person or step.manager_of:
        return (step.person or (case.owner if step.manager_of == "owner" else case.requester),)
    covered = people.covering(directory, step.role or Role.CHANNEL_MANAGER, case.scope, draft.at)
    return (covered.id,) if covered else ()


def _first_rung(draft: Draft, step: Step) -> tuple[int, Person | None]:
    """Climb from whom the step would usually name; at the top the executive's manager, else nobody."""
    case, view = draft.case, draft.view
    probe = replace(step, status=StepStatus.PENDING, holders=(Holder(_usual(draft, step), draft.at),))
    pending = replace(case, rounds=(*case.rounds[:-1], replace(case.rounds[-1], steps=(probe,))))
    return responsibility.climb(pending, clocks.STEP, 0, view.policy, view.directory, draft.at)


def step_clock(draft: Draft, step: Step, deciders: Sequence[Person], rung: int) -> Clock:
    """The step's clock by the deciders' calendars: the latest due for ``any``, the earliest for ``all`` and ``n``."""
    case, view = draft.case, draft.view
    assert case.round is not None
    left = sum(1 for s in case.round.steps if s.status in (StepStatus.WAITING, StepStatus.PENDING))
    seconds = clocks.step_seconds(case, step.allowance_minutes, left, draft.at, view.policy, view.directory)
    by = [clocks.by_person(p.id) for p in deciders] or [clocks.by_organisation(view.directory.operator.code)]
    found = [
        clocks.start(clocks.STEP, who, seconds, draft.at, view.directory, view.policy, rung) for who in by
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
    lowered = case.proposal.legs[0].credit.net < case.requested[0].credit.net
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
    return replace(clock, due_at=due, warnings=())


def decline(draft: Draft, reason_code: str, text: str) -> None:
    """The round is refused: reservations go back, the case closes with its appeal window."""
    view = draft.view
    calendar = view.directory.operator.calendar
    appeal = add(calendar, draft.at, view.policy.allowances["appeal"] * clocks.MINUTE)
    proposals.release(draft)
    draft.emit(CaseDeclined(reason_code, text, appeal))
