"""A policy as read from its document, checked as a whole. The document is stored; this derives from it.

``load`` is the one way in: whatever it accepts can be asked every question without failing.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from partnerflow.policy.parts import (
    Ladder,
    Route,
    Rule,
    StepRule,
    Validation,
    Window,
    read_ladder,
    read_route,
    read_rule,
    read_validation,
    read_window,
)
from partnerflow.policy.reading import Place, PolicyFault
from partnerflow.policy.terms import ALLOWANCES, LADDERS, PassThrough, Reason, RootCause

__all__ = [
    "Ladder",
    "Policy",
    "PolicyFault",
    "Route",
    "Rule",
    "StepRule",
    "Validation",
    "Window",
    "load",
    "merge",
]

Part = TypeVar("Part")

_SECTIONS = (
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


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the operator's policy.

    Allowances are working minutes, percents parts per million, money minor units of the operator's currency.
    ``vat_note_days`` is for issuers' countries without days of their own.
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
    """The policy that a document states; raises PolicyFault naming the first path that is wrong."""
    at = Place(document).members(
        _SECTIONS, ["pass_through_cap_percent", "vat_note_days_by_country", "description"]
    )
    warnings, reminders = _numbers(at["warnings"], high=99), _numbers(at["reminder_hours"])
    pass_through, cap = _pass_through(at["pass_through"], at["pass_through_cap_percent"])
    reasons = at["root_causes"].members(Reason)
    clocks = at["ladders"].members(LADDERS)
    return Policy(
        version=version,
        name=at["name"].text(),
        description="" if at["description"].value is None else at["description"].text(),
        windows=_windows(at["windows"]),
        rules=_listed(at["rules"], read_rule, key=lambda rule: rule.id),
        routes=_routes(at["routes"]),
        ladders={clock: read_ladder(place, clock) for clock, place in clocks.items()},
        allowances={name: place.whole() for name, place in at["allowances"].members(ALLOWANCES).items()},
        warnings=tuple(sorted(warnings)),
        reminder_hours=tuple(sorted(reminders, reverse=True)),
        vat_note_days=at["vat_note_days"].whole(high=365),
        pass_through=pass_through,
        root_causes={Reason(reason): place.term(RootCause) for reason, place in reasons.items()},
        validation=read_validation(at["validation"]),
        pass_through_cap_ppm=cap,
        vat_note_days_by_country=_by_country(at["vat_note_days_by_country"]),
    )


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
    parts: dict[object, Part] = {}
    for each in place.items(at_least=1):
        part = read(each)
        if key(part) in parts:
            raise each.fault(f"{key(part) or 'the entry for all'!r} is listed twice")
        parts[key(part)] = part
    return tuple(parts.values())


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
    numbers = [each.whole(high=high) for each in place.items()]
    if len(set(numbers)) < len(numbers):
        raise place.fault("names a number twice")
    return numbers


def _pass_through(rule: Place, cap: Place) -> tuple[PassThrough, int | None]:
    how = rule.term(PassThrough)
    if (how is PassThrough.CAPPED) is (cap.value is None):
        raise cap.fault("goes with pass_through: capped, and only with it")
    return how, None if cap.value is None else cap.percent_ppm()


def _by_country(place: Place) -> dict[str, int]:
    if place.value is None:
        return {}
    for country, days in place.entries().items():
        if not re.fullmatch("[A-Z]{2}", country):
            raise days.fault("is no country code such as GB")
    return {country: days.whole(high=365) for country, days in place.entries().items()}
