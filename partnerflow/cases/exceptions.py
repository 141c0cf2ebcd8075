"""Asking for more than policy gives: outside policy is not the end (DOMAIN: Exception)."""

from dataclasses import replace

from partnerflow.cases import proposals, restarting, rounds, talking
from partnerflow.cases.agreeing import side
from partnerflow.cases.assessment import Assessed, assess
from partnerflow.cases.attachments import refuse_unknown
from partnerflow.cases.commands import OpenCase, RequestException
from partnerflow.cases.events import ExceptionRequested, FactChanged
from partnerflow.cases.model import Case, ExceptionAsked, Fact, FactState, Stage
from partnerflow.cases.restarting import Asked
from partnerflow.cases.statements import PARTNER
from partnerflow.cases.view import Draft, View
from partnerflow.refusals import Refused

JUSTIFICATION = "justification"


def request_exception(draft: Draft, command: RequestException) -> None:
    """Assessed anew with the exception, by the instant at which the case was received; the route then adds who may
    grant it. What was held is given back first, so that the units asked now are held once."""
    case = draft.case
    if case.appeal:
        raise Refused("wrong-state", "An appeal is decided on what was asked before; say it in a note.")
    refuse_unknown(case.attachments, command.exception.attachments, "/attachments")
    proposals.release(draft)
    freed = replace(draft.view, lines=dict(draft.lines), invoices=dict(draft.invoices))
    assessed = _assessed(case, command.exception, freed)
    draft.lines, draft.invoices, held = proposals.hold(assessed.portions, freed, case.type)
    legs = proposals.shown(held, case.to_supply, draft.view)
    proposals.check_settlement(legs, case.settlement, draft.view)
    exception = asked_by(command.exception, draft.actor.name, assessed)
    draft.emit(
        ExceptionRequested(exception, assessed.portions, legs, held, assessed.verdict.value, assessed.clause)
    )
    stated = _justify(draft, exception.justification)
    if case.stage is Stage.APPROVAL:
        asked = Asked(assessed.portions, held, legs)
        restarting.revise(draft, "An exception is asked for.", asked, (stated,))
    elif assessed.ready:
        rounds.propose(draft, assessed.portions, held, by="policy", clause=assessed.clause, text="")
    talking.stay_paused(draft)


def asked_by(asked: ExceptionAsked, name: str, assessed: Assessed) -> ExceptionAsked:
    """With who asks it and what it costs beyond policy."""
    return replace(asked, by=name, cost=assessed.cost)


def _assessed(case: Case, exception: ExceptionAsked, view: View) -> Assessed:
    asked = OpenCase(case.order_id, case.type, case.reason, case.lines, case.description, exception=exception)
    try:
        return assess(asked, view, case.opened_at)
    except Refused as refused:  # the exception is the whole of this body, not a member of it
        where = str(refused.extra.get("pointer", "/lines")).removeprefix("/exception")
        raise Refused(refused.code, refused.detail, **refused.extra | {"pointer": where}) from None


def _justify(draft: Draft, text: str) -> Fact:
    """The partner's claim is confirmed from the start, ours waits for the partner; another one takes the place of the
    first."""
    by, known = draft.actor.name, draft.case.fact(JUSTIFICATION)
    theirs = side(draft.case, draft.actor) == PARTNER
    fact = Fact(
        JUSTIFICATION,
        text,
        PARTNER if theirs else "desk",
        by,
        draft.at,
        decisive=True,
        confirmed_by=by if theirs else None,
        state=FactState.CONFIRMED if theirs else FactState.OPEN,
        version=known.version + 1 if known else 1,
        authors=(*known.authors, known.by) if known else (),
    )
    draft.emit(FactChanged(fact, "corrected" if known else "added"))
    return fact
