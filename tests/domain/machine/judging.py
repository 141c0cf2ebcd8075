"""What must hold of every event that was decided, judged on the case as it stood before it (FAULTS: the oracle).

Written beside the rules, not with them: who is excluded, who may stand in and how many are enough is worked out anew.
"""

from datetime import datetime
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.evolve import evolve
from partnerflow.cases.model import Case, Clock, ClockState, FactState, Round, Step, Verdict
from partnerflow.events import Stamp
from partnerflow.people import Directory, Role
from partnerflow.store.codec import decode_case, decode_event, plain, text_of
from tests.domain.machine.money import given_back_once, judge_money

PAUSED_BY_QUESTION = ("decision", "step")
OF_A_CLOSED_CASE = (
    *(e.NoteAdded, e.AlreadyTold, e.CaseAppealed, e.CaseWatched, e.CaseUnwatched),
    *(e.PayoutChanged, e.PaidOut, e.NoteChased, e.CreditNoteIssued),
    *(e.NoteVoidAsked, e.CreditNoteVoided, e.DebitNotesStored),
)
"""Beside words and who looks on, only the vendor's own side of the money still moves then."""


def follow(
    before: Case | None,
    history: list[tuple[Stamp, Any]],
    after: Case,
    known: Directory,
    everything: list[Any],
) -> None:
    """Judge the new events one by one; their fold is the case, and both survive being written and read."""
    case: Any = before
    for stamp, event in history:
        assert stamp.seq == (case.version if case else 0) + 1
        if case is not None:
            judge(case, event, stamp, known)
        assert decode_event(event.KIND, plain(event)) == event
        case = evolve(case, event, stamp)
    assert case == after
    assert decode_case(text_of(after)) == after
    each_rung_once([event for _, event in everything])
    given_back_once(after, [event for _, event in everything])


def judge(case: Case, event: Any, stamp: Stamp, known: Directory) -> None:
    assert case.open or isinstance(event, OF_A_CLOSED_CASE), event
    judge_money(case, event, stamp.at, known)
    match event:
        case e.StepDecided():
            _decided(case, event, stamp.at, known)
        case e.CaseApproved() | e.CaseApprovedInPart():
            _granted(case, known)
        case e.ProposalLowered():
            assert case.proposal
            assert event.proposal.legs[0].credit.net <= case.proposal.legs[0].credit.net
        case e.ClockWarned() | e.ClockBreached():
            _on_time(case, event.clock, stamp.at)
        case e.CaseEscalated():
            _escalated(case, event, stamp.at, known)
        case e.StepStarted():
            assert not set(event.step.deciders) & never(case, known, event.step)
        case e.StepHanded():
            step = step_of(case, event.step)
            assert not set(event.persons) - set(event.before) & never(case, known, step)
        case _:
            pass


def never(case: Case, known: Directory, step: Step | None = None) -> set[str]:
    """Who must not decide: who asked, who proposed, who gets money, who decided another step, who is only admin."""
    out = {case.requester, case.opened_for or "", case.proposal.by if case.proposal else ""}
    paid = {case.reseller, case.distributor} - {known.operator.code}
    out |= {p.id for p in known.people.values() if p.organisation in paid or p.roles == {Role.ADMIN}}
    rounds = [r for r in case.rounds if r.no == case.rounds[-1].no or (case.appeal and not r.appeal)]
    for r in rounds:
        if r.state == "open" or (case.appeal and not r.appeal):
            out |= {d.by for s in r.steps if step is None or s.id != step.id for d in s.decisions}
    return out


def step_of(case: Case, step_id: str) -> Step:
    return next(step for r in reversed(case.rounds) for step in r.steps if step.id == step_id)


def _decided(case: Case, event: e.StepDecided, at: datetime, known: Directory) -> None:
    step, decision = step_of(case, event.step), event.decision
    assert step.status == "pending"
    person, out = known.people[decision.by], never(case, known, step)
    assert person.active
    assert decision.by not in out
    assert decision.instead_of not in out
    assert decision.by not in {d.by for d in step.decisions}
    assert decision.by in _could(case, step, at, known)
    if decision.what != "decline" or event.final:
        unanswered = [f for f in case.facts if f.decisive and f.state is FactState.DISPUTED and not f.lapsed]
        assert not unanswered
    facts = {fact.id: fact for fact in case.facts}
    for cited in decision.facts:
        assert facts[cited.id].version == cited.version
        assert facts[cited.id].state is not FactState.WITHDRAWN
    last = case.rounds[-1].steps[-1].id == step.id
    if last and decision.what.startswith("approve") and person.limit is not None:
        assert case.rounds[-1].aggregate <= person.limit


def _could(case: Case, step: Step, at: datetime, known: Directory) -> set[str]:
    """Those who have the step, or had it until its due instant, and whoever may stand in for one who has it."""
    found = {p for h in step.holders if h.until and h.since <= at <= h.until for p in h.persons}
    by_route = step.holders[-1].named_by == "route" and step.rung == 0
    roles = set(step.roles) if by_route else set()
    for stored in step.deciders:
        person = known.people[stored]
        if person.active and (not roles or person.roles & roles):
            found.add(stored)
        found |= {p for p in _behind(stored, known, at) if known.people[p].present(at)}
    return found


def _behind(stored: str, known: Directory, at: datetime) -> set[str]:
    """Delegates (three hops), the managers above, whom the coverage names, the fallback persons."""
    found, current = set[str](), known.people[stored]
    for _ in range(3):
        following = current.delegate(at)
        if following is None:
            break
        found.add(following)
        current = known.people[following]
    above = known.people[stored].manager
    while above and above not in found:
        found.add(above)
        above = known.people[above].manager
    found |= {row.person for row in known.coverage}
    return found | set(known.operator.fallbacks)


def _granted(case: Case, known: Directory) -> None:
    """Every step has enough persons; or the policy itself grants what its automatic route would have passed."""
    last: Round = case.rounds[-1]
    assert last.state == "open"
    if any(step.status == "pending" for step in last.steps) or not last.steps:
        assert case.verdict is Verdict.WITHIN_POLICY
        assert not last.exception
        return
    for step in last.steps:
        assert step.status == "approved"
        yes = {d.by for d in step.decisions if d.what.startswith("approve")}
        assert len(yes) == len([d for d in step.decisions if d.what.startswith("approve")])
        alone = step.rung > 0 or step.mode == "any"
        had = min(len(h.persons) for h in step.holders)
        assert len(yes) >= (1 if alone else {"all": had, "n": step.needed}[step.mode])
    everyone = [d.by for step in last.steps for d in step.decisions]
    assert len(everyone) == len(set(everyone))


def _clock(case: Case, name: str) -> Clock:
    found = case.clock(name)
    assert found
    return found


def _on_time(case: Case, name: str, at: datetime) -> None:
    clock = _clock(case, name)
    assert clock.state is ClockState.RUNNING
    due = clock.warnings[0].at if clock.warnings else clock.due_at
    assert due and due <= at
    assert not (case.awaiting_partner and name in PAUSED_BY_QUESTION)


def _escalated(case: Case, event: e.CaseEscalated, at: datetime, known: Directory) -> None:
    """When due or pulled, not while paused; or at once, where a step has just found nobody. To somebody who is there,
    may have it, and has not got it."""
    if event.step is None or step_of(case, event.step).started_at != at:
        clock = _clock(case, event.clock)
        assert clock.state in (ClockState.RUNNING, ClockState.BREACHED)
        assert event.pulled or (clock.due_at and clock.due_at <= at)
    if event.to is None:
        return
    assert known.people[event.to].present(at)
    assert event.to not in event.before
    assert known.people[event.to].organisation == known.operator.code
    if event.step:
        assert event.to not in never(case, known, step_of(case, event.step))


def each_rung_once(events: list[Any]) -> None:
    """Per start of a clock its rungs only go up, and every page of the top has an instant of its own."""
    rung: dict[str, int] = {}
    pages: dict[str, datetime] = {}
    for event in events:
        begins = ["step"] if isinstance(event, e.StepStarted) else []
        begins += [c.name for c in getattr(event, "clocks", ()) if c.rung < rung.get(c.name, 0)]
        for name in begins:
            rung[name] = 0
            pages.pop(name, None)
        if isinstance(event, e.CaseEscalated) and event.to is None:
            assert pages.get(event.clock) != event.due_at
            pages[event.clock] = event.due_at
        elif isinstance(event, e.CaseEscalated):
            assert event.rung > rung.get(event.clock, 0)
            rung[event.clock] = event.rung
