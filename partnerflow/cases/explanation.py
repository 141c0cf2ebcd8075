"""Why a case was judged and routed as it was, and why these people decided: from what was recorded then.

Rules, routes and conditions are those of the policy versions the case keeps, never today's. Who was named, and who was
passed over, was recorded when it happened; whether the directory still says so is told beside it. DOMAIN: Cases,
Approvals, Ladder, Policy as data.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from partnerflow import people
from partnerflow.cases import reasons
from partnerflow.cases.entitling import entitled
from partnerflow.cases.events import (
    CaseEscalated,
    OwnerChanged,
    RoundRestarted,
    RungSuperseded,
    StepDecided,
    StepHanded,
)
from partnerflow.cases.grounds import ABOVE, COVERAGE, MANAGER_OF, PERSON, Named, PassedOver
from partnerflow.cases.model import Case, CitedFact, Decision, Holder, Round, Step
from partnerflow.cases.parts import ROUTE, RUNG
from partnerflow.cases.view import View
from partnerflow.credits.portions import Portion
from partnerflow.events import Stamp
from partnerflow.orders.eligibility import cancellable_until
from partnerflow.orders.model import Line
from partnerflow.orders.purchase import bought, window_hours
from partnerflow.people import Directory, Role
from partnerflow.policy.document import Policy, Route, Rule
from partnerflow.policy.proration import words
from partnerflow.policy.questions import NO_RULE, NO_RULE_TEXT, RouteFacts, tried

BY_AMOUNT: Final = "by-amount"
History = Sequence[tuple[Stamp, Any]]

WHY_NOT: Final = {
    "requester": "asked for it",
    "opened_for": "it was asked for them",
    "asked_for_the_exception": "asked for the exception",
    "appealed": "appealed",
    "proposer": "proposed it",
    "beneficiary": "belongs to an organisation that receives the money",
    "only_admin": "is only an admin",
    "answered_already": "has answered already",
    "decided_another_step": "decided another step of the round",
    "decided_before": "decided on it before the appeal",
    "absent": "was away",
    "left": "has left",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One portion of what was asked, with its rule and what the rule looked at. ``activated`` None: it made no
    difference. ``window_until`` is exclusive; None: never cancellable."""

    portion: Portion
    line: Line | None
    rule: Rule | None
    text: str
    activated: bool | None
    age_hours: int
    window_hours: int
    window_until: datetime | None


@dataclass(frozen=True, slots=True)
class Routed:
    """A round's way. ``considered``: the routes up to the one taken, and whether each held."""

    round: Round
    route: Route | None
    facts: RouteFacts | None
    considered: tuple[tuple[Route, bool], ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung that fired, or the top that was reached (``to`` None). ``superseded``: a decision in time counted."""

    at: datetime
    event: CaseEscalated
    superseded: bool


@dataclass(frozen=True, slots=True)
class Endorsed:
    """An answer that no longer stands, because the round began anew."""

    step: str
    decision: Decision
    because: str


def judged(case: Case, view: View) -> tuple[Judged, ...]:
    """What policy said of each portion asked, by the version in force when it was ordered; what counts is the instant
    the request was received."""
    return tuple(_judged(portion, case, view) for portion in case.asked)


def _judged(portion: Portion, case: Case, view: View) -> Judged:
    policy, order = view.order_policy, view.order
    line = order.line(portion.line_no)
    age = bought(order, line, case.opened_at).age_hours if line else 0
    rule = next((rule for rule in policy.rules if rule.id == portion.clause), None)
    return Judged(
        portion=portion,
        line=line,
        rule=rule,
        text=_rule_text(portion, rule),
        activated=_activated(portion, line, case, view),
        age_hours=age,
        window_hours=window_hours(line, policy, line.family) if line else policy.window(None).cancel_hours,
        window_until=cancellable_until(order, line, policy) if line else None,
    )


def _rule_text(portion: Portion, rule: Rule | None) -> str:
    if rule:
        return f"{rule.text} {words(portion.part)}." if portion.part else rule.text
    if portion.clause == NO_RULE:
        return NO_RULE_TEXT
    return (
        "An amount is asked: somebody has to assess it." if portion.by_amount else "Stated by its proposer."
    )


def _activated(portion: Portion, line: Line | None, case: Case, view: View) -> bool | None:
    """Which units the rule was found for: unused ones, units in use, or the same for both."""
    if line is None or portion.by_amount:
        return None
    clauses = {active: entitled(line, active, view, case.opened_at).rule for active in (False, True)}
    fitting = [active for active, clause in clauses.items() if clause == portion.clause]
    return fitting[0] if len(fitting) == 1 else None


def routed(case: Case, view: View) -> tuple[Routed, ...]:
    """Each round with the route it took by the case's own policy, and what it was chosen by."""
    return tuple(_routed(each, view.policy) for each in case.rounds)


def _routed(round_: Round, policy: Policy) -> Routed:
    route = next((route for route in policy.routes if route.id == round_.route), None)
    if not round_.inputs:  # a round of a release that did not keep them
        return Routed(round_, route, None, ())
    facts = RouteFacts(**round_.inputs)  # type: ignore[arg-type]
    return Routed(round_, route, facts, tried(policy, facts, round_.route) if facts.rate_known else ())


def route_words(route: Route | None) -> str:
    """``channel manager, then finance``."""
    if route is None:
        return "a route of an earlier policy"
    if route.automatic:
        return "the policy itself"
    return ", then ".join(step.name.replace("_", " ") for step in route.steps)


def fired(history: History) -> tuple[Fired, ...]:
    """Every rung, in order; the pages of each morning at the top are one."""
    gone = {(e.step, e.rung) for _, e in history if isinstance(e, RungSuperseded)}
    return tuple(
        Fired(stamp.at, event, (event.step, event.rung) in gone and event.to is not None)
        for stamp, event in history
        if isinstance(event, CaseEscalated) and not event.again
    )


def owners(history: History) -> tuple[tuple[Stamp, OwnerChanged], ...]:
    return tuple((stamp, event) for stamp, event in history if isinstance(event, OwnerChanged))


def endorsed(case: Case, history: History) -> tuple[Endorsed, ...]:
    """Answers given before a round began anew; ``history`` has the restarts for our own people alone."""
    standing = {(s.id, d) for r in case.rounds for s in r.steps for d in s.decisions}
    given: list[StepDecided] = []
    found: list[Endorsed] = []
    for _, event in history:
        if isinstance(event, StepDecided):
            given.append(event)
        elif isinstance(event, RoundRestarted):
            found += [Endorsed(e.step, e.decision, event.because) for e in given]
            given = []
    return tuple(each for each in found if (each.step, each.decision) not in standing)


def handed_by(step: Step, holder: Holder, history: History) -> tuple[Stamp, StepHanded] | None:
    """The event by which a holder got the step from another."""
    return next(
        (
            (stamp, event)
            for stamp, event in history
            if isinstance(event, StepHanded) and event.step == step.id and stamp.at == holder.since
        ),
        None,
    )


def why_holder(
    case: Case, step: Step, holder: Holder, directory: Directory, handed: tuple[Stamp, StepHanded] | None
) -> Iterator[tuple[str, str, bool | None]]:
    """(person, why in words, whether the directory still says so) of each who had the step; None: cannot be told."""
    named = {each.person: each for each in holder.named}
    for person in holder.persons:
        if person in named:
            each = named[person]
            yield person, why(each, directory), still_so(each, case, directory)
        elif holder.named_by not in (ROUTE, RUNG):
            yield person, _handed_words(person, holder, directory, handed), None
        else:  # recorded by a release that kept no reasons: said only if it can still be worked out
            again = reasons.of_step(case, step, (person,), directory, holder.since)[0]
            known = again.how != PERSON or person in (*step.persons, step.person)
            yield person, why(again, directory) if known else "the reason was not recorded", None


def _handed_words(
    person: str, holder: Holder, directory: Directory, handed: tuple[Stamp, StepHanded] | None
) -> str:
    by = name_of(handed[0].actor, directory) if handed else "Partnerflow"
    before = holder.stands_for.get(person)
    instead = f" instead of {name_of(before, directory)}" if before else ""
    return {
        "pass_on": f"{by} passed it on",
        "redirect": f"{by} redirected it to another department",
        "absence": f"has it{instead}, who is away",
        "left": f"has it{instead}, who has left",
        "role": f"has it{instead}, who has another role now",
    }.get(holder.named_by, holder.named_by.replace("_", " "))


def why(named: Named, directory: Directory) -> str:
    """Why this person, in words."""
    instead = f"; stands in for {name_of(named.instead_of, directory)}" if named.instead_of else ""
    if named.how == COVERAGE:
        columns = {"country": named.country, "family": named.family, "tier": named.tier}
        row = ", ".join(f"{name} {value}" for name, value in columns.items() if value) or "everything"
        return f"covers {named.of.replace('_', ' ')} for {row}: the row that says most here{instead}"
    if named.how == MANAGER_OF:
        return f"is above {name_of(named.of, directory)}{instead}"
    if named.how == PERSON:
        return f"is named by the policy{instead}" if not instead else instead.removeprefix("; ")
    if named.how == ABOVE:
        return "is above the top of the ladder, where nobody may have it"
    return "is whom the operator falls back on"


def still_so(named: Named, case: Case, directory: Directory) -> bool:
    """Whether today's directory gives the same reason for the same person."""
    person = directory.people.get(named.person)
    if person is None or not person.active:
        return False
    if named.how == COVERAGE:
        now = reasons.covered(directory, Role(named.of), case.scope, named.person)
        return now is not None and (now.country, now.family, now.tier) == (
            named.country,
            named.family,
            named.tier,
        )
    if named.how == MANAGER_OF and not named.instead_of:
        return any(m.id == named.person for m in people.managers(directory, named.of))
    return True


def why_not(over: PassedOver) -> str:
    return WHY_NOT[over.why]


def wording(cited: CitedFact, case: Case) -> str | None:
    """The fact as it read when it was cited; None where only a later wording is known."""
    now = case.fact(cited.id)
    return cited.text or (now.text if now and now.version == cited.version else None)


def name_of(person: str | None, directory: Directory) -> str:
    """The policy and services of ours are Partnerflow."""
    known = directory.people.get(person or "")
    return known.name if known else "Partnerflow"


def names_of(persons: Iterable[str], directory: Directory) -> str:
    return ", ".join(name_of(person, directory) for person in persons) or "nobody"
