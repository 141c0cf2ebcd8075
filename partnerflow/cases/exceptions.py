"""Asking for more than policy gives: outside policy is not the end (DOMAIN: Exception)."""

from dataclasses import replace

from partnerflow.cases import proposals, restarting, rounds, talking
from partnerflow.cases.assessment import assess
from partnerflow.cases.commands import OpenCase, RequestException
from partnerflow.cases.events import ExceptionRequested, FactChanged
from partnerflow.cases.model import Fact, Stage
from partnerflow.cases.statements import PARTNER
from partnerflow.cases.view import Draft
from partnerflow.refusals import Refused


def request_exception(draft: Draft, command: RequestException) -> None:
    """Assessed anew with the exception, by the instant at which the case was received; the route then adds who may
    grant it."""
    case = draft.case
    if case.appeal:
        raise Refused("wrong-state", "An appeal is decided on what was asked before; say it in a note.")
    proposals.release(draft)
    freed = replace(draft.view, lines=dict(draft.lines), invoices=dict(draft.invoices))
    asked = OpenCase(
        case.order_id, case.type, case.reason, case.lines, case.description, exception=command.exception
    )
    assessed = assess(asked, freed, case.opened_at)
    lines, invoices, held = proposals.hold(assessed.portions, freed)
    legs = proposals.shown(held, case.wanted, draft.view)
    proposals.check_settlement(legs, case.settlement, draft.view)
    draft.lines, draft.invoices = lines, invoices
    draft.emit(
        ExceptionRequested(
            command.exception,
            assessed.portions,
            legs,
            held,
            assessed.verdict.value,
            assessed.clause,
        )
    )
    draft.emit(FactChanged(_justification(draft, command.exception.justification), "added"))
    if case.stage is Stage.APPROVAL:
        restarting.revise(draft, "An exception is asked for.", assessed.portions, held, legs)
    elif assessed.ready and not draft.case.awaiting_partner:
        talking.give_up(draft)
        rounds.propose(draft, assessed.portions, held, by="policy", clause=assessed.clause, text="")


def _justification(draft: Draft, text: str) -> Fact:
    """The partner's claim, confirmed from the start; another one takes the place of the first."""
    by, known = draft.actor.name, draft.case.fact("justification")
    version = known.version + 1 if known else 1
    return Fact("justification", text, PARTNER, by, draft.at, True, by, version=version)


def cost(portions_net: int, within_net: int) -> int:
    """What the exception costs beyond policy, net minor units."""
    return max(0, portions_net - within_net)
