"""What another policy would have made of a case: the pure rules run again on what is recorded of it.

Both sides are worked out from the same inputs, the policy the case was under and the other one alike, so that a
difference is due to the policy alone. Nothing is recorded. DOMAIN: Approvals, Deadlines.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from partnerflow.cases import clocks, naming, proposals, rounds, routing
from partnerflow.cases.commands import OpenCase, WantedAsked
from partnerflow.cases.entitling import entitled
from partnerflow.cases.model import Case, Decision, Proposal, Step, Verdict
from partnerflow.cases.opening import open_case
from partnerflow.cases.view import Draft, View
from partnerflow.credits.legs import line_ceilings
from partnerflow.credits.portions import Portion
from partnerflow.orders.catalogue import Product
from partnerflow.orders.model import Line, Order, OrderStatus
from partnerflow.people import Actor
from partnerflow.policy.document import Policy
from partnerflow.policy.proration import words

POLICY = "policy"


@dataclass(frozen=True, slots=True)
class NamedStep:
    """A step and the persons it would name now, by id."""

    name: str
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a policy makes of a case. ``outcome``: ``automatic``, ``1 step``, ``2 steps`` ..., or the verdict where an
    owner would have to propose first. ``net`` is what would be put forward, in the operator's minor units;
    ``decide_by`` and ``first_step_by`` are due instants, ``decide_by`` of an automatic case its opening. ``parts``:
    what is left of terms, in words."""

    verdict: Verdict
    clause: str
    outcome: str
    route: str | None
    net: int
    steps: tuple[NamedStep, ...]
    decide_by: datetime | None
    first_step_by: datetime | None
    parts: tuple[str, ...] = ()

    @property
    def automatic(self) -> bool:
        return self.outcome == "automatic"


@dataclass(frozen=True, slots=True)
class Compared:
    """One case under both policies; ``asked`` is what was asked, in the operator's minor units."""

    ref: str
    opened_at: datetime
    asked: int
    before: Foreseen
    after: Foreseen

    @property
    def changed(self) -> bool:
        """A rule that only has another name, or counts the same money in other units, changes nothing."""
        before, after = (replace(side, clause="", parts=()) for side in (self.before, self.after))
        return before != after


def compare(case: Case, view: View, other: Policy, now: datetime) -> Compared:
    """``view`` is that of the case's opening, with the policies it was under and the other live requests then; raises
    Refused for a case that cannot be opened again."""
    opened, other = as_opened(case, view), _quiet(other)
    asked = routing.operator_minor(case.requested[0].credit.net, view)
    after = replace(opened, policy=other, order_policy=other)
    return Compared(case.ref, case.opened_at, asked, foresee(case, opened, now), foresee(case, after, now))


def _quiet(policy: Policy) -> Policy:
    """Without warnings, which decide nothing and would be worked out for every clock."""
    return replace(policy, warnings=())


def foresee(case: Case, view: View, now: datetime) -> Foreseen:
    """The case opened again under the view's policies; ``now`` is the instant at which persons are named."""
    draft = open_case(_command(case), _requester(case, view), case.opened_at, view)
    if draft.case.round is None and (proposal := _owners(case)):
        _propose(draft, proposal)
    found = draft.case
    due = {clock.name: clock.due_at for clock in found.clocks}
    outcome = _outcome(found)
    return Foreseen(
        verdict=found.verdict,
        clause=found.clause,
        outcome=outcome,
        route=found.round.route if found.round else None,
        net=routing.operator_minor(
            (found.proposal.legs if found.proposal else found.requested)[0].credit.net, view
        ),
        steps=tuple(_named(replace(found, owner=case.owner), draft, now)) if found.round else (),
        decide_by=case.opened_at if outcome == "automatic" else due.get(clocks.DECISION),
        first_step_by=due.get(clocks.STEP),
        parts=tuple(dict.fromkeys(words(p.part) for p in found.asked if p.part)),
    )


def _outcome(case: Case) -> str:
    if case.round is None:
        return case.verdict.value
    count = len(case.round.steps)
    return f"{count} step{'s' if count > 1 else ''}" if count else "automatic"


def _command(case: Case) -> OpenCase:
    wanted = (
        WantedAsked(w.sku, w.quantity, w.unit_price, w.upstream_unit_price)
        for w in case.wanted
        if w.replaces is None
    )
    return OpenCase(
        order_id=case.order_id,
        type=case.type,
        reason=case.reason,
        lines=case.lines,
        description="",
        wanted=tuple(wanted),
        exception=case.exception,
        on_behalf_of=case.opened_for,
    )


def _requester(case: Case, view: View) -> Actor:
    person = view.directory.people.get(case.requester)
    if person is None:
        return Actor(None, None, service=case.requester.removeprefix("service:"))
    return Actor(person.id, person.organisation, person.roles)


def _owners(case: Case) -> Proposal | None:
    """The first proposal that a person made."""
    every = (*case.earlier, *([case.proposal] if case.proposal else []))
    return next((p for p in sorted(every, key=lambda p: p.version) if p.by != POLICY), None)


def _propose(draft: Draft, proposal: Proposal) -> None:
    held = proposals.change_hold(draft, proposal.portions, may_raise=True, terms=proposal.terms)
    rounds.propose(
        draft,
        proposal.portions,
        held,
        by=proposal.by,
        clause=proposal.clause,
        text=proposal.text,
        facts=(),
        terms=proposal.terms,
    )


def _named(case: Case, draft: Draft, now: datetime) -> Iterator[NamedStep]:
    """Each step's persons if it started now; who alone could decide a step is not asked again in a later one."""
    draft.at, draft.case = now, case
    assert case.round is not None
    for place, step in enumerate(case.round.steps):
        people = naming.named(draft.case, step, draft)
        if len(people) < step.needed:
            _, person = naming.first_rung(draft, step)
            people = (person,) if person else ()
        yield NamedStep(step.name, tuple(person.id for person in people))
        if len(people) == 1 and place + 1 < len(case.round.steps):
            draft.case = _decided(draft.case, place, step, people[0].id, now)


def _decided(case: Case, place: int, step: Step, person: str, at: datetime) -> Case:
    steps = list(case.rounds[-1].steps)
    steps[place] = replace(step, decisions=(Decision(person, at, "approve"),))
    return replace(case, rounds=(*case.rounds[:-1], replace(case.rounds[-1], steps=tuple(steps))))


def as_opened(case: Case, view: View) -> View:
    """The view with the order as the case found it, as far as that is recorded: what was corrected, cancelled or
    activated since is taken back, and what other cases hold of it does not count."""
    order = view.order
    lines = tuple(_as_asked(line, case, view) for line in order.lines)
    found = replace(order, lines=lines, status=OrderStatus.ACCEPTED)
    products = {wanted.sku: _product(wanted.sku, order) for wanted in case.wanted}
    ceilings = {leg: line_ceilings(found, leg) for leg in found.legs}
    return replace(
        view,
        policy=_quiet(view.policy),
        order=found,
        products=products,
        lines=ceilings,
        invoices={},
        payments={},
    )


def _product(sku: str, order: Order) -> Product:
    """Sold then, whatever the catalogue says of it now; the case has its prices."""
    return Product(sku, order.vendor or "", "", "", None, None, order.currency)


def _as_asked(line: Line, case: Case, view: View) -> Line:
    asked = [p for p in case.asked if p.line_no == line.line_no and not p.by_amount]
    if not asked:
        return line
    quantity = max(line.quantity, sum(portion.quantity for portion in asked))
    plain = [portion for portion in asked if not portion.exception]
    unused = _unused(line, plain, quantity, case, view)
    in_use = sum(portion.quantity for portion in plain) > unused
    activated = quantity - unused if in_use else min(line.activated, quantity - unused)
    return replace(line, quantity=quantity, activated=activated)


def _unused(line: Line, asked: Sequence[Portion], quantity: int, case: Case, view: View) -> int:
    """Of the units that were asked without an exception those that were not activated: the rule that was applied says
    so; where one rule is for both, the line as it stands does."""
    rules = {active: entitled(line, active, view, case.opened_at).rule for active in (False, True)}
    if rules[False] == rules[True]:
        return min(sum(p.quantity for p in asked), max(0, quantity - line.activated))
    return sum(p.quantity for p in asked if p.clause == rules[False])
