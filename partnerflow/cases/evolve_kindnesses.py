"""The fold of watching, calling back and handing the partner's side on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.model import Case
from partnerflow.events import Stamp


def _watched(case: Case, event: e.CaseWatched, _: Stamp) -> Case:
    return replace(case, watchers=(*case.watchers, event.person))


def _unwatched(case: Case, event: e.CaseUnwatched, _: Stamp) -> Case:
    return replace(case, watchers=tuple(each for each in case.watchers if each != event.person))


def _call_asked(case: Case, event: e.CallAsked, _: Stamp) -> Case:
    return replace(case, calls=(*case.calls, event.call))


def _call_made(case: Case, event: e.CallMade, stamp: Stamp) -> Case:
    made = (
        replace(each, made_at=stamp.at, made_by=stamp.actor) if each.id == event.call else each
        for each in case.calls
    )
    return replace(case, calls=tuple(made))


def _handed(case: Case, event: e.PartnerHanded, _: Stamp) -> Case:
    return replace(case, handed=(*case.handed, event.person))


FOLDS: dict[type, Callable[[Case, Any, Stamp], Case]] = {
    e.CaseWatched: _watched,
    e.CaseUnwatched: _unwatched,
    e.CallAsked: _call_asked,
    e.CallMade: _call_made,
    e.PartnerHanded: _handed,
}
