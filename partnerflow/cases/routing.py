"""Which way a request goes: the facts routes are chosen by, and whether it passes by itself. DOMAIN: Approvals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from partnerflow.cases.entitling import entitled
from partnerflow.cases.granted import net_before
from partnerflow.cases.grounds import Live, Sums
from partnerflow.cases.kinds import JUDGED
from partnerflow.cases.model import Case, Verdict
from partnerflow.cases.view import Draft, View
from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, divide_half_up
from partnerflow.orders.model import Line
from partnerflow.policy.questions import RouteFacts, automatic_for

HOUR = timedelta(hours=1)


def operator_minor(minor: int, view: View) -> int:
    """An amount of the order's currency in the operator's, at the operator's daily rate of the invoice date."""
    return minor if view.rate is None else divide_half_up(minor * view.rate, WHOLE)


def route_facts(case: Case, view: View, portions: Sequence[Portion], net: int, draft_at: Draft) -> RouteFacts:
    amount = operator_minor(net, view)
    return RouteFacts(
        aggregate=amount + operator_minor(net_before(case), view) + view.live_others,
        amount=amount,
        type=case.type,
        reason=case.reason,
        exception=beyond_policy(portions, view, draft_at),
        within_policy=case.verdict is Verdict.WITHIN_POLICY,
        family=case.scope.family or "",
        tier=case.scope.tier or "",
        age_hours=max(0, (draft_at.at - view.order.placed_at) // HOUR),
        rate_known=view.rate is not None,
    )


def sums(case: Case, net: int, view: View) -> Sums:
    """What the aggregate is made of, to be recorded with the round it is fixed for. What was granted before an appeal
    is one of the others, of the order and of the partner."""
    others, before = view.live or Live(of_order=view.live_others), operator_minor(net_before(case), view)
    return Sums(net, view.rate, Live(others.of_order + before, others.of_partner + before))


def beyond_policy(portions: Sequence[Portion], view: View, draft: Draft) -> bool:
    """An exception was asked, or an owner proposes more per unit than policy gives, or that for more units than are
    unused. What counts is the instant the request was received (DOMAIN: Eligibility)."""
    if any(portion.exception for portion in portions):
        return True
    given_back = draft.case.type not in JUDGED
    return given_back and any(_generous(line, portions, view, draft) for line in view.order.lines)


def _generous(line: Line, portions: Sequence[Portion], view: View, draft: Draft) -> bool:
    asked = [p for p in portions if p.line_no == line.line_no and not p.by_amount]
    unused, active = (
        entitled(line, activated, view, draft.case.opened_at).of_price for activated in (False, True)
    )
    beyond_active = sum(p.quantity for p in asked if p.of_price > active)
    return (
        any(p.of_price > max(unused, active) for p in asked) or beyond_active > line.quantity - line.activated
    )


def passes_by_itself(draft: Draft) -> bool:
    """Whether the automatic route would have passed it, as the facts stand (DOMAIN: Ladder, ``approve``). What people
    have refused is passed by people alone."""
    case, view = draft.case, draft.view
    if case.proposal is None or case.round is None or case.round.state != "open" or view.rate is None:
        return False
    if case.appeal or not case.agreed:
        return False
    net = case.proposal.legs[0].credit.net
    facts = route_facts(case, view, case.proposal.portions, net, draft)
    return automatic_for(view.policy, replace(facts, aggregate=max(case.round.aggregate, facts.amount)))
