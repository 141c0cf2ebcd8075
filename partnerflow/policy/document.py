"""A policy as read from its document, checked as a whole. The document is stored; this derives from it.

``load`` is the one way in: whatever it accepts can be asked every question without failing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from partnerflow.policy.parts import (
    Ladder,
    Route,
    Rule,
    StepRule,
    Upstream,
    Validation,
    Window,
    read_ladder,
    read_route,
    read_rule,
    read_upstream,
    read_validation,
    read_window,
)
from partnerflow.policy.reading import Gathering, Place, PolicyFault, each, each_of
from partnerflow.policy.terms import ALLOWANCES, LADDERS, Goodwill, PassThrough, Reason, RootCause

__all__ = [
    "Ladder",
    "Policy",
    "PolicyFault",
    "Route",
    "Rule",
    "StepRule",
    "Upstream",
    "Validation",
    "Window",
    "load",
    "merge",
]

Part = TypeVar("Part")

_SECTIONS: Final = (
    "name",
    "windows",
    "rules",
    "routes",
    "ladders",
    "allowances",
    "warnings",
    "reminder_hours",
    "vat_note_days",
    "pass_through",
    "root_causes",
    "validation",
)
_OPTIONAL: Final = ("pass_through_cap_percent", "vat_note_days_by_country", "description")
_DEFAULTED: Final = ("goodwill", "upstream")
"""Sections that older policies do not have."""
SHIPPED_UPSTREAM: Final = Upstream()


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the operator's policy.

    Allowances are working minutes, percents parts per million, money minor units of the operator's currency.
    ``vat_note_days`` is for issuers' countries without days of their own. ``allowances_of``: the version that
    allowances and warnings were taken from, where a case's clocks were moved to it.
    """

    version: int
    name: str
    windows: tuple[Window, ...]
    rules: tuple[Rule, ...]
    routes: tuple[Route, ...]
    ladders: dict[str, Ladder]
    allowances: dict[str, int]
    warnings: tuple[int, ...]
    reminder_hours: tuple[int, ...]
    vat_note_days: int
    pass_through: PassThrough
    root_causes: dict[Reason, RootCause]
    validation: Validation
    description: str = ""
    pass_through_cap_ppm: int | None = None
    vat_note_days_by_country: dict[str, int] = field(default_factory=dict)
    allowances_of: int | None = None
    goodwill: Goodwill = Goodwill.CREDIT_NOTE
    upstream: Upstream = SHIPPED_UPSTREAM

    def window(self, family: str | None) -> Window:
        """The cancel window of a family, its own or the one for all."""
        own = (window for window in self.windows if window.family == family)
        return next(own, None) or next(window for window in self.windows if window.family is None)

    def ladder(self, clock: str) -> Ladder:
        """The ladder of ``step``, ``decision`` or ``pass_through``; no other clock climbs."""
        return self.ladders[clock]

    def root_cause(self, reason: str) -> str:
        """What a case with this reason counts as unless a person said otherwise."""
        return self.root_causes[Reason(reason)]

    def severity(self, code: str) -> str:
        """``block``, ``acknowledge`` or ``advise`` for a finding's code."""
        return self.validation.severities[code]

    def vat_days(self, country: str) -> int:
        """Local days after the granting decision by whose end the issuer's VAT credit note is due."""
        return self.vat_note_days_by_country.get(country, self.vat_note_days)


def load(document: Mapping[str, object], version: int) -> Policy:
    """The policy that a document states; raises PolicyFault with the first fault and, beside it, all that are
    independent of it."""
    gathering = Gathering()
    at = gathering.members(Place(document), _SECTIONS, _OPTIONAL + _DEFAULTED)

    def get(name: str, read: Callable[[Place], Part], absent: Part | None = None) -> Part:
        """A section; what is missing is a fault already, an optional one is ``absent``."""
        if name not in at or (name in _OPTIONAL and at[name].value is None):
            return cast(Part, absent)
        return gathering.get(lambda: read(at[name]))

    policy = Policy(
        version=version,
        name=get("name", Place.text),
        description=get("description", Place.text, ""),
        windows=get("windows", _windows),
        rules=get("rules", lambda place: _listed(place, read_rule, key=lambda rule: rule.id)),
        routes=get("routes", _routes),
        ladders=get("ladders", _ladders),
        allowances=get("allowances", lambda place: each_of(place.members(ALLOWANCES), Place.whole)),
        warnings=get("warnings", lambda place: tuple(sorted(_numbers(place, high=99)))),
        reminder_hours=get("reminder_hours", lambda place: tuple(sorted(_numbers(place), reverse=True))),
        vat_note_days=get("vat_note_days", lambda place: place.whole(high=365)),
        pass_through=get("pass_through", lambda place: place.term(PassThrough)),
        root_causes=get("root_causes", _root_causes),
        validation=get("validation", read_validation),
        pass_through_cap_ppm=gathering.get(
            lambda: _cap(at.get("pass_through"), at.get("pass_through_cap_percent"))
        ),
        vat_note_days_by_country=get("vat_note_days_by_country", _by_country, {}),
        goodwill=get("goodwill", lambda place: place.term(Goodwill), Goodwill.CREDIT_NOTE),
        upstream=get("upstream", read_upstream, SHIPPED_UPSTREAM),
    )
    gathering.done()
    return policy


def merge(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """``base`` with what ``over`` says otherwise: mappings member by member, all else as a whole."""
    merged = dict(base)
    for name, value in over.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = merge(below, value)
        else:
            merged[name] = value
    return merged


def _listed(place: Place, read: Callable[[Place], Part], key: Callable[[Part], object]) -> tuple[Part, ...]:
    """A list that is not empty and whose entries' keys differ."""
    places = tuple(place.items(at_least=1))
    parts = each(places, read)
    known: set[object] = set()
    for where, part in zip(places, parts, strict=True):
        if key(part) in known:
            raise where.fault(f"{key(part) or 'the entry for all'!r} is listed twice")
        known.add(key(part))
    return parts


def _windows(place: Place) -> tuple[Window, ...]:
    windows = _listed(place, read_window, key=lambda window: window.family)
    if all(window.family for window in windows):
        raise place.fault("one window must be without a family: the one for all others")
    return windows


def _routes(place: Place) -> tuple[Route, ...]:
    """First match wins, so the last one and no other must hold always, and it must name people."""
    routes = _listed(place, read_route, key=lambda route: route.id)
    *earlier, last = routes
    if last.when != "true":
        raise place.fault('the last route must be a catch-all: when: "true"')
    if last.automatic:
        raise place.fault("the catch-all must have steps: what no rule foresaw needs a person")
    for route in earlier:
        if route.when == "true":
            raise place.fault(f"nothing below {route.id!r} is ever reached: it always holds")
    return routes


def _numbers(place: Place, *, high: int = 10_000) -> Iterable[int]:
    numbers = each(place.items(), lambda number: number.whole(high=high))
    if len(set(numbers)) < len(numbers):
        raise place.fault("names a number twice")
    return numbers


def _ladders(place: Place) -> dict[str, Ladder]:
    gathering = Gathering()
    clocks = place.members(LADDERS)
    ladders = {clock: gathering.get(lambda c=clock: read_ladder(clocks[c], c)) for clock in clocks}  # type: ignore[misc]
    gathering.done()
    return ladders


def _root_causes(place: Place) -> dict[Reason, RootCause]:
    causes = each_of(place.members(Reason), lambda cause: cause.term(RootCause))
    return {Reason(reason): cause for reason, cause in causes.items()}


def _cap(rule: Place | None, cap: Place | None) -> int | None:
    if rule is None or rule.value not in list(PassThrough):  # said already
        return None
    cap = cap or Place(None, "pass_through_cap_percent")
    if (rule.value == PassThrough.CAPPED) is (cap.value is None):
        raise cap.fault("goes with pass_through: capped, and only with it")
    return None if cap.value is None else cap.percent_ppm()


def _by_country(place: Place) -> dict[str, int]:
    for country, days in place.entries().items():
        if not re.fullmatch("[A-Z]{2}", country):
            raise days.name_fault("is no country code such as GB")
    return each_of(place.entries(), lambda days: days.whole(high=365))
