"""The parts of a policy, each with its reader, which takes a Place and raises PolicyFault.

DOMAIN: Orders, Deadlines, Approvals.
"""

from dataclasses import dataclass, field
from typing import Final

from partnerflow.people import Role
from partnerflow.policy.reading import Place
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
    """``percent_ppm`` comes back where ``when`` holds below the age ``within_hours`` (None: at any age)."""

    id: str
    when: str
    percent_ppm: int
    within_hours: int | None
    text: str


@dataclass(frozen=True, slots=True)
class StepRule:
    """Who decides a step: one of ``role``, ``person`` (an id) and ``manager_of`` (``owner``, ``requester``).

    ``n`` counts for mode ``n`` only. ``allowance_minutes`` None: the policy's ``step``.
    """

    name: str
    role: Role | None
    person: str | None
    manager_of: str | None
    mode: StepMode
    n: int
    allowance_minutes: int | None


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
    members = place.members(["id", "when", "percent", "text"], ["within_hours"])
    within = members["within_hours"]
    return Rule(
        id=members["id"].id(),
        when=members["when"].condition(RULE_FACTS, {}),
        percent_ppm=members["percent"].percent_ppm(),
        within_hours=None if within.value is None else within.whole(),
        text=members["text"].text(),
    )


def read_route(place: Place) -> Route:
    members = place.members(["id", "when"], ["automatic", "steps"])
    automatic = members["automatic"].value is not None and members["automatic"].flag()
    if automatic is (members["steps"].value is not None):
        raise place.fault("needs either automatic: true or steps")
    steps = () if automatic else tuple(read_step(each) for each in members["steps"].items(at_least=1))
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise members["steps"].fault("two steps have the same name")
    return Route(members["id"].id(), members["when"].condition(ROUTE_FACTS, ROUTE_TERMS), automatic, steps)


def read_step(place: Place) -> StepRule:
    deciders = ("role", "person", "manager_of")
    members = place.members([], ["name", *deciders, "mode", "n", "allowance_minutes"])
    named = [name for name in deciders if members[name].value is not None]
    if len(named) != 1:
        raise place.fault(f"names its deciders by exactly one of {', '.join(deciders)}")
    role = members["role"].term(Role, DECIDING_ROLES) if named == ["role"] else None
    person = members["person"].text() if named == ["person"] else None
    above = members["manager_of"].one_of(["owner", "requester"]) if named == ["manager_of"] else None
    mode, n = _how_many(members["mode"], members["n"])
    if mode is not StepMode.ANY and role is None:
        raise members["mode"].fault("one person decides here, so only any makes sense")
    own, name = members["allowance_minutes"], members["name"]
    return StepRule(
        name=str(role or person or f"manager_of_{above}") if name.value is None else name.text(),
        role=role,
        person=person,
        manager_of=above,
        mode=mode,
        n=n,
        allowance_minutes=None if own.value is None else own.whole(),
    )


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
    rungs = tuple(rung.one_of(known) for rung in members["rungs"].items(at_least=1))
    return Ladder(rungs, members["on_exhausted"].term(Exhausted, endings))


def read_validation(place: Place) -> Validation:
    numbers = ("duplicate_days", "outlier_factor", "outlier_min_orders", "short_window_hours")
    members = place.members(
        ["severities", "required", *numbers, "price_tolerance_percent"], ["required_by_vendor"]
    )
    severities = members["severities"].members(FINDINGS)
    by_vendor = members["required_by_vendor"]
    return Validation(
        severities={code: severity.one_of(SEVERITIES) for code, severity in severities.items()},
        required=_fields(members["required"]),
        duplicate_days=members["duplicate_days"].whole(high=365),
        outlier_factor=members["outlier_factor"].whole(low=2),
        outlier_min_orders=members["outlier_min_orders"].whole(),
        short_window_hours=members["short_window_hours"].whole(low=0),
        price_tolerance_ppm=members["price_tolerance_percent"].percent_ppm(),
        required_by_vendor=(
            {}
            if by_vendor.value is None
            else {vendor: _fields(fields) for vendor, fields in by_vendor.entries().items()}
        ),
    )


def _fields(place: Place) -> tuple[str, ...]:
    return tuple(each.one_of(REQUIRABLE) for each in place.items())
