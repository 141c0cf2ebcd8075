"""The parts of a policy, each with its reader, which takes a Place and raises PolicyFault.

DOMAIN: Orders, Deadlines, Approvals.
"""

from dataclasses import dataclass, field
from typing import Final

from partnerflow.people import Role
from partnerflow.policy.proration import Proration, read_proration
from partnerflow.policy.reading import Gathering, Place, each, each_of
from partnerflow.policy.terms import (
    DECIDING_ROLES,
    FINDINGS,
    MANAGER,
    REQUIRABLE,
    SEVERITIES,
    CaseType,
    Exhausted,
    Reason,
    StepMode,
)

RULE_FACTS: Final = {"family": str, "activated": bool, "order_type": str}
"""What the condition of an entitlement rule may ask about; age is ``within_hours``."""

ROUTE_FACTS: Final = {
    "aggregate": int,
    "amount": int,
    "case_type": str,
    "reason": str,
    "exception": bool,
    "within_policy": bool,
    "family": str,
    "tier": str,
    "age_hours": int,
}
"""What the condition of a route may ask about. ``case_type``, because ``type`` is a word of CEL's own."""

ROUTE_TERMS: Final = {"case_type": CaseType, "reason": Reason}


@dataclass(frozen=True, slots=True)
class Window:
    """The cancel window of a product family (None: of every family without its own), in hours; 0: none."""

    family: str | None
    cancel_hours: int


@dataclass(frozen=True, slots=True)
class Rule:
    """``percent_ppm`` comes back where ``when`` holds below the age ``within_hours`` (None: at any age); with
    ``prorate`` of what is left of the term, and only for what has one."""

    id: str
    when: str
    percent_ppm: int
    within_hours: int | None
    text: str
    prorate: Proration | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """What a distributor waits for upstream: whether it may ``advance`` the reseller's credit, and how many working
    minutes after each other it chases what is not confirmed; ``escalate_after`` so many chases also the manager."""

    advance: bool = True
    chase_minutes: int = 2_400
    escalate_after: int = 3


@dataclass(frozen=True, slots=True)
class StepRule:
    """Who decides a step: by role, by person (an id) or by ``manager_of`` (``owner``, ``requester``).

    ``roles`` and ``persons`` hold everything the step names; ``role`` and ``person`` the one, if it names one.
    ``n`` counts for mode ``n`` only. ``allowance_minutes`` None: the policy's ``step``.
    """

    name: str
    role: Role | None
    person: str | None
    manager_of: str | None
    mode: StepMode
    n: int
    allowance_minutes: int | None
    roles: tuple[Role, ...] = ()
    persons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Who approves what ``when`` holds of: nobody (``automatic``), or the steps in turn."""

    id: str
    when: str
    automatic: bool
    steps: tuple[StepRule, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs, first to last: ``manager`` or the value of a Role; then ``on_exhausted``."""

    rungs: tuple[str, ...]
    on_exhausted: Exhausted


@dataclass(frozen=True, slots=True)
class Validation:
    """How an entered order is checked.

    An outlier is more than ``outlier_factor`` times the reseller's median quantity of the SKU, once it has
    ``outlier_min_orders`` orders of it. ``price_tolerance_ppm``: how far off a price goes unmentioned.
    """

    severities: dict[str, str]
    required: tuple[str, ...]
    duplicate_days: int
    outlier_factor: int
    outlier_min_orders: int
    short_window_hours: int
    price_tolerance_ppm: int
    required_by_vendor: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def required_of(self, vendor: str | None) -> tuple[str, ...]:
        """What every vendor requires and what this one adds; nothing without a vendor to require it."""
        if vendor is None:
            return ()
        return tuple(dict.fromkeys(self.required + self.required_by_vendor.get(vendor, ())))


def read_window(place: Place) -> Window:
    members = place.members(["cancel_hours"], ["family"])
    family = members["family"]
    return Window(None if family.value is None else family.id(), members["cancel_hours"].whole(low=0))


def read_rule(place: Place) -> Rule:
    members = place.members(["id", "when", "percent", "text"], ["within_hours", "prorate"])
    within, prorate, gathering = members["within_hours"], members["prorate"], Gathering()
    rule = Rule(
        id=gathering.get(members["id"].id),
        when=gathering.get(lambda: members["when"].condition(RULE_FACTS, {})),
        percent_ppm=gathering.get(members["percent"].percent_ppm),
        within_hours=None if within.value is None else gathering.get(within.whole),
        text=gathering.get(members["text"].text),
        prorate=None if prorate.value is None else gathering.get(lambda: read_proration(prorate)),
    )
    gathering.done()
    return rule


def read_route(place: Place) -> Route:
    members = place.members(["id", "when"], ["automatic", "steps"])
    automatic = members["automatic"].value is not None and members["automatic"].flag()
    if automatic is (members["steps"].value is not None):
        raise place.fault("needs either automatic: true or steps")
    gathering = Gathering()
    route = Route(
        gathering.get(members["id"].id),
        gathering.get(lambda: members["when"].condition(ROUTE_FACTS, ROUTE_TERMS)),
        automatic,
        () if automatic else gathering.get(lambda: _steps(members["steps"])),
    )
    gathering.done()
    return route


def _steps(place: Place) -> tuple[StepRule, ...]:
    steps = each(place.items(at_least=1), read_step)
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise place.fault("two steps have the same name")
    return steps


def read_step(place: Place) -> StepRule:
    deciders = ("role", "person", "manager_of")
    members = place.members([], ["name", *deciders, "mode", "n", "allowance_minutes"])
    named = [name for name in deciders if members[name].value is not None]
    if len(named) != 1:
        raise place.fault(f"names its deciders by exactly one of {', '.join(deciders)}")
    roles = each(_one_or_several(members["role"]), lambda role: role.term(Role, DECIDING_ROLES))
    persons = each(_one_or_several(members["person"]), Place.text)
    above = members["manager_of"].one_of(["owner", "requester"]) if named == ["manager_of"] else None
    mode, n = _how_many(members["mode"], members["n"])
    if not roles and len(persons) < 2 and mode is not StepMode.ANY:
        raise members["mode"].fault("one person decides here, so only any makes sense")
    if persons and n > len(persons):
        raise members["n"].fault(f"is more than the {len(persons)} persons named")
    own, name = members["allowance_minutes"], members["name"]
    return StepRule(
        name=_spoken(roles or persons, above, mode, n) if name.value is None else name.text(),
        role=roles[0] if len(roles) == 1 else None,
        person=persons[0] if len(persons) == 1 else None,
        manager_of=above,
        mode=mode,
        n=n,
        allowance_minutes=None if own.value is None else own.whole(),
        roles=roles,
        persons=persons,
    )


def _one_or_several(place: Place) -> tuple[Place, ...]:
    """``finance``, or ``[finance, executive]``, each once; nothing where nothing is named."""
    if place.value is None:
        return ()
    if not isinstance(place.value, list | tuple):
        return (place,)
    named = tuple(place.items(at_least=1))
    twice = next((p for i, p in enumerate(named) if p.value in [e.value for e in named[:i]]), None)
    if twice:
        raise twice.fault("is named twice")
    return named


def _spoken(named: tuple[str, ...], above: str | None, mode: StepMode, n: int) -> str:
    """The name of a step without a name of its own: ``finance or executive``, ``2 of ada, ben, cleo``."""
    if above:
        return f"manager_of_{above}"
    if mode is StepMode.N and len(named) > 1:
        return f"{n} of {', '.join(named)}"
    return (" and " if mode is StepMode.ALL else " or ").join(named)


def _how_many(mode: Place, n: Place) -> tuple[StepMode, int]:
    how = StepMode.ANY if mode.value is None else mode.term(StepMode)
    if how is not StepMode.N and n.value is not None:
        raise n.fault("goes with mode: n only")
    return how, n.whole(low=2, high=20) if how is StepMode.N else 1


def read_ladder(place: Place, clock: str) -> Ladder:
    """``approve`` and ``decline`` answer an approval, so passing on cannot end with them."""
    members = place.members(["rungs", "on_exhausted"])
    known = [MANAGER, *DECIDING_ROLES]
    endings = [Exhausted.HOLD_AND_PAGE] if clock == "pass_through" else list(Exhausted)
    gathering = Gathering()
    rungs = gathering.get(lambda: each(members["rungs"].items(at_least=1), lambda rung: rung.one_of(known)))
    ending = gathering.get(lambda: members["on_exhausted"].term(Exhausted, endings))
    gathering.done()
    return Ladder(rungs, ending)


def read_upstream(place: Place) -> Upstream:
    at = place.members((), ("advance", "chase_minutes", "escalate_after"))
    shipped, gathering = Upstream(), Gathering()
    found = Upstream(
        advance=gathering.get(at["advance"].flag) if "advance" in at else shipped.advance,
        chase_minutes=gathering.get(at["chase_minutes"].whole)
        if "chase_minutes" in at
        else shipped.chase_minutes,
        escalate_after=gathering.get(at["escalate_after"].whole)
        if "escalate_after" in at
        else shipped.escalate_after,
    )
    gathering.done()
    return found


def read_validation(place: Place) -> Validation:
    numbers = ("duplicate_days", "outlier_factor", "outlier_min_orders", "short_window_hours")
    members = place.members(
        ["severities", "required", *numbers, "price_tolerance_percent"], ["required_by_vendor"]
    )
    gathering = Gathering()
    get = gathering.get
    found = Validation(
        severities=get(lambda: _severities(members["severities"])),
        required=get(lambda: _fields(members["required"])),
        duplicate_days=get(lambda: members["duplicate_days"].whole(high=365)),
        outlier_factor=get(lambda: members["outlier_factor"].whole(low=2)),
        outlier_min_orders=get(members["outlier_min_orders"].whole),
        short_window_hours=get(lambda: members["short_window_hours"].whole(low=0)),
        price_tolerance_ppm=get(members["price_tolerance_percent"].percent_ppm),
        required_by_vendor=get(lambda: _by_vendor(members["required_by_vendor"])),
    )
    gathering.done()
    return found


def _severities(place: Place) -> dict[str, str]:
    return each_of(place.members(FINDINGS), lambda severity: severity.one_of(SEVERITIES))


def _by_vendor(place: Place) -> dict[str, tuple[str, ...]]:
    return {} if place.value is None else each_of(place.entries(), _fields)


def _fields(place: Place) -> tuple[str, ...]:
    return each(place.items(), lambda field: field.one_of(REQUIRABLE))
