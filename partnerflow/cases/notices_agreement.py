"""Who is told what of a round beside its decisions, and of facts: handed on, revised, recalled, appealed, disputed."""

from collections.abc import Callable
from typing import Any

from partnerflow.cases import audience as to
from partnerflow.cases import events as e
from partnerflow.cases import responsibility
from partnerflow.cases.agreeing import side
from partnerflow.cases.audience import Told
from partnerflow.cases.statements import PARTNER
from partnerflow.cases.view import Draft
from partnerflow.people import Person


def _handed(event: e.StepHanded, draft: Draft) -> Told:
    """Who has it now, who had it, and the partner, who is to know by name."""
    came = tuple(person for person in event.persons if person not in event.before)
    gone = tuple(person for person in event.before if person not in event.persons)
    yield "decider", to.people(draft, came)
    yield "partner", to.partner(draft)
    yield "manager", to.others(draft, to.still_here(draft, gone))


def _step_decided(event: e.StepDecided, draft: Draft) -> Told:
    """Of several deciders the first answer withdraws the others, who need not look at it any more."""
    step = next((s for s in draft.case.rounds[-1].steps if s.id == event.step), None)
    if step and event.final:
        there = responsibility.answered(step)
        left = to.people(draft, (person for person in step.deciders if person not in there))
        instead = responsibility.awaited(draft.case, step, draft.view.directory, draft.at)
        yield "manager", to.others(draft, (*left, *instead))


def _revised(_: e.CaseRevised, draft: Draft) -> Told:
    step = draft.case.step
    if step and not to.happened(draft, e.RoundRestarted):
        yield "decider", to.others(draft, to.people(draft, step.deciders))


def _restarted(_: e.RoundRestarted, draft: Draft) -> Told:
    yield "partner", to.partner(draft)
    yield "owner", to.others(draft, (to.owner(draft),))


def _fact_changed(event: e.FactChanged, draft: Draft) -> Told:
    """What others say is put to the partner; what the partner says, to those who work on it. Who decides hears when a
    point they had to wait for is answered, or will not be."""
    if side(draft.case, draft.actor) != PARTNER:
        yield "partner", to.partner(draft)
    if event.fact.decisive and event.change in ("confirmed", "upheld", "lapsed"):
        yield "decider", to.others(draft, _deciding(draft))
    if not to.happened(draft, e.ExceptionRequested):  # which has told the owner the same
        yield "owner", to.others(draft, (to.owner(draft),))


def _fact_disputed(event: e.FactDisputed, draft: Draft) -> Told:
    if side(draft.case, draft.actor) != PARTNER:
        yield "partner", to.partner(draft)
    if event.fact.decisive:
        yield "decider", to.others(draft, _deciding(draft))
    ours = [
        p for p in to.people(draft, (event.fact.by,)) if p.organisation == draft.view.directory.operator.code
    ]
    yield "owner", to.others(draft, (*ours, to.owner(draft)))


def _deciding(draft: Draft) -> tuple[Person, ...]:
    step = draft.case.step
    return to.people(draft, step.deciders) if step else ()


def _excepted(_: e.ExceptionRequested, draft: Draft) -> Told:
    yield "owner", to.others(draft, (to.owner(draft),))


def _told_before(_: e.AlreadyTold, draft: Draft) -> Told:
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "manager", (to.manager(draft),)


def _recalled(_: e.CaseRecalled, draft: Draft) -> Told:
    yield "partner", to.others(draft, to.partner(draft))
    yield "owner", to.others(draft, (to.owner(draft),))
    last = draft.case.round
    if last:
        told = to.people(draft, (p for step in last.steps for p in step.deciders))
        yield "decider", to.others(draft, told)


def _appealed(_: e.CaseAppealed, draft: Draft) -> Told:
    yield "owner", to.others(draft, (to.owner(draft),))
    yield "manager", (to.manager(draft),)
    yield "distributor", to.others(draft, (to.distributor(draft),))


RULES: dict[type, Callable[[Any, Draft], Told]] = {
    e.StepHanded: _handed,
    e.StepDecided: _step_decided,
    e.CaseRevised: _revised,
    e.RoundRestarted: _restarted,
    e.FactChanged: _fact_changed,
    e.FactDisputed: _fact_disputed,
    e.ExceptionRequested: _excepted,
    e.AlreadyTold: _told_before,
    e.CaseRecalled: _recalled,
    e.CaseAppealed: _appealed,
}
