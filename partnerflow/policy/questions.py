"""What is asked of a policy: what a unit is entitled to, and who must approve. DOMAIN: Approvals, Orders."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from partnerflow.money import TermPart, part_of_price
from partnerflow.policy.conditions import Fact, holds
from partnerflow.policy.document import Policy, Route, Rule
from partnerflow.policy.proration import Left, Term, left

_HOUR = timedelta(hours=1)

NO_RULE = "default.none"
NO_RULE_TEXT = "No rule of the policy gives anything back here; an exception can be asked for."


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What policy gives back: the share, the rule and its words, and until which age in hours (exclusive).

    ``part`` is what is left of the term, where the rule prorates; it gives less from ``falls_at`` on.
    """

    percent_ppm: int
    rule: str
    text: str
    until_hours: int | None
    part: TermPart | None = None
    falls_at: datetime | None = None

    @property
    def of_price(self) -> Fraction:
        """The exact part of the price that comes back."""
        return part_of_price(self.percent_ppm, self.part)


@dataclass(frozen=True, slots=True)
class Bought:
    """When something was bought, its term if it has one, and the instant that is asked about."""

    bought_at: datetime
    at: datetime
    term: Term | None = None

    @property
    def age_hours(self) -> int:
        """Whole hours since the purchase; a clock a little behind it is in its first."""
        return max(0, (self.at - self.bought_at) // _HOUR)


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What routes are chosen by; conditions know ``type`` as ``case_type``.

    ``aggregate`` and ``amount`` are net minor units of the operator's currency at the daily rate of the
    invoice date; ``rate_known`` is False where there was none. ``age_hours`` rounds down.
    """

    aggregate: int
    amount: int
    type: str
    reason: str
    exception: bool
    within_policy: bool
    family: str
    tier: str
    age_hours: int
    rate_known: bool


def entitlement(
    policy: Policy, *, family: str, activated: bool, bought: Bought, order_type: str = ""
) -> Entitlement:
    """The first rule that holds for units of this age (whole hours since the purchase event, rounded down).

    Age counts exclusively: at 720 hours a rule within 720 hours is over. A rule that prorates is for what has a
    term. Without a rule: nothing.
    """
    facts: dict[str, Fact] = {"family": family, "activated": activated, "order_type": order_type}
    for rule in policy.rules:
        young = rule.within_hours is None or bought.age_hours < rule.within_hours
        counted = rule.prorate is None or bought.term is not None
        if young and counted and holds(rule.when, facts):
            return _given(rule, _left(rule, bought))
    return Entitlement(0, NO_RULE, NO_RULE_TEXT, None)


def _left(rule: Rule, bought: Bought) -> Left | None:
    if rule.prorate is None or bought.term is None:
        return None
    return left(rule.prorate, bought.term, bought.bought_at, bought.at)


def _given(rule: Rule, left: Left | None) -> Entitlement:
    part, falls_at = (left.part, left.falls_at) if left else (None, None)
    return Entitlement(rule.percent_ppm, rule.id, rule.text, rule.within_hours, part, falls_at)


def route_for(policy: Policy, facts: RouteFacts) -> Route:
    """The first route that holds; the strictest where the aggregate could not be converted."""
    if not facts.rate_known:
        return strictest(policy)
    asked = _asked(facts)
    return next(route for route in policy.routes if holds(route.when, asked))


def by_persons(policy: Policy, facts: RouteFacts) -> Route:
    """As ``route_for``, without the automatic routes: for what people have to look at."""
    if not facts.rate_known:
        return strictest(policy)
    asked = _asked(facts)
    people = (route for route in policy.routes if route.steps and holds(route.when, asked))
    return next(people, None) or strictest(policy)


def tried(policy: Policy, facts: RouteFacts, chosen: str) -> tuple[tuple[Route, bool], ...]:
    """The routes in their order up to the chosen one, each with whether its condition held of these facts: one that
    held and was not taken is automatic where people had to look."""
    asked, found = _asked(facts), []
    for route in policy.routes:
        found.append((route, holds(route.when, asked)))
        if route.id == chosen:
            break
    return tuple(found)


def automatic_for(policy: Policy, facts: RouteFacts) -> bool:
    """Whether an automatic route holds, whatever other route stands before it."""
    asked = _asked(facts)
    return any(route.automatic and holds(route.when, asked) for route in policy.routes)


def _asked(facts: RouteFacts) -> dict[str, Fact]:
    return {
        "aggregate": facts.aggregate,
        "amount": facts.amount,
        "case_type": facts.type,
        "reason": facts.reason,
        "exception": facts.exception,
        "within_policy": facts.within_policy,
        "family": facts.family,
        "tier": facts.tier,
        "age_hours": facts.age_hours,
    }


def strictest(policy: Policy) -> Route:
    """The route with the most steps, the last of several; never an automatic one."""
    return max(reversed(policy.routes), key=lambda route: len(route.steps))
