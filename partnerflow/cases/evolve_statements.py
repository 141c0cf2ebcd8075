"""The fold of what people state: facts, disputes, exceptions, "I already told you this"."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.model import Case, Fact, Verdict
from partnerflow.cases.statements import PARTNER
from partnerflow.events import Stamp


def without_answer(case: Case) -> tuple[Fact, ...]:
    """Once it is decided, nobody waits for the partner's word any more: it was not given."""
    return tuple(replace(f, lapsed=True) if f.waits_for == PARTNER else f for f in case.facts)


def _fact(case: Case, event: e.FactChanged | e.FactDisputed, _: Stamp) -> Case:
    known = any(fact.id == event.fact.id for fact in case.facts)
    facts = tuple(event.fact if fact.id == event.fact.id else fact for fact in case.facts)
    return replace(case, facts=facts if known else (*facts, event.fact))


def _exception(case: Case, event: e.ExceptionRequested, _: Stamp) -> Case:
    return replace(
        case,
        exception=event.exception,
        asked=event.asked,
        requested=event.requested,
        held=event.held,
        verdict=Verdict(event.verdict),
        clause=event.clause,
    )


def _told(case: Case, event: e.AlreadyTold, _: Stamp) -> Case:
    return replace(case, told=event.times)


def _document(case: Case, event: e.DocumentAdded, _: Stamp) -> Case:
    return replace(case, attachments=(*case.attachments, event.document))


FOLDS: dict[type, Callable[[Case, Any, Stamp], Case]] = {
    e.FactChanged: _fact,
    e.FactDisputed: _fact,
    e.ExceptionRequested: _exception,
    e.AlreadyTold: _told,
    e.DocumentAdded: _document,
}
