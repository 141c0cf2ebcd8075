"""The remedy: cancel upstream, issue every note in one transaction, publish the documents, wait for the distributor.

Before the first note a failing remedy compensates and returns to the owner; after it, it only goes forward.
DOMAIN: Money (Remedy, Identity, Credit note), Exchange.
"""

from datetime import datetime

from partnerflow.cases import (
    before_issuing,
    chasing,
    clocks,
    external_notes,
    following,
    issuing,
    kinds,
    responsibility,
    rounds,
    talking,
)
from partnerflow.cases.events import (
    CaseClosed,
    ClocksSet,
    RemedyActed,
    RemedyDone,
    RemedyFailed,
    RemedyRetried,
)
from partnerflow.cases.model import Case, CaseOutcome, Clock, ClockState, Remedy, RemedyState
from partnerflow.cases.view import Draft
from partnerflow.credits.legs import Held
from partnerflow.refusals import Refused

CHECK, CANCEL_UPSTREAM, ISSUE, INSTRUCT, PUBLISH = "check", "cancel_upstream", "issue", "instruct", "publish"
ACTIONS = (CHECK, CANCEL_UPSTREAM, ISSUE, INSTRUCT, PUBLISH)


def next_action(case: Case) -> str | None:
    """What the remedy does next; None when it is done, failed, or there is none."""
    remedy = case.remedy
    if remedy is None or remedy.state is not RemedyState.EXECUTING:
        return None
    return next((act for act in ACTIONS if not remedy.done(act) and _needed(case, act)), None)


def _needed(case: Case, action: str) -> bool:
    """Only a system that owns the numbers has to be told; what it has answered it need not be told again."""
    return action != INSTRUCT or external_notes.to_instruct(case) is not None


def record(draft: Draft, action: str, reference: str | None) -> None:
    """An act that is done; the same again changes nothing."""
    remedy = _current(draft)
    if remedy.done(action):
        return
    _refuse_out_of_turn(draft.case, action)
    if action == CHECK and (surprise := _more_activated(draft)):
        fail(draft, surprise)
        return
    draft.emit(RemedyActed(action, reference))
    if action == PUBLISH:
        _finish(draft)


def issue(draft: Draft) -> bool:
    """All notes, rebills, postings and ceilings of the round in one transaction; whether they are issued now."""
    if _current(draft).done(ISSUE):
        return False
    _refuse_out_of_turn(draft.case, ISSUE)
    weighed = before_issuing.gate(draft)
    if because := _not_supplied(draft) or before_issuing.stopped(draft, weighed):
        fail(draft, because)
        return False
    case = draft.case
    assert case.proposal is not None
    kept = {
        shown.leg: case.held[shown.leg]
        for shown in case.proposal.legs
        if not issuing.credit_leg(draft, case, shown)
    }
    if case.to_supply:
        for shown in case.proposal.legs:
            issuing.rebill_leg(draft, case, shown)
    told = external_notes.instruct(draft, kept, chasing.first(draft)) if kept else ()
    draft.emit(RemedyActed(ISSUE, None, _with_earlier(case, kept), told, weighed))
    return True


def _with_earlier(case: Case, kept: Held) -> Held:
    """Beside what this round leaves held, what the rounds before an appeal did: others issue those notes."""
    earlier = case.appeal.kept if case.appeal else {}
    legs = dict.fromkeys((*earlier, *kept))
    return {leg: (*earlier.get(leg, ()), *kept.get(leg, ())) for leg in legs}


def _refuse_out_of_turn(case: Case, action: str) -> None:
    """No note before the upstream cancel, no document before the notes: each act makes the next one safe."""
    following = next_action(case)
    if action != following:
        raise Refused("wrong-state", f"The remedy's next act is {following}, not {action}.")


def fail(draft: Draft, because: str) -> None:
    """Before the first note: back to the owner, the reservation stays. After it: failed, a named person is on it."""
    remedy = _current(draft)
    case, view = draft.case, draft.view
    owner = responsibility.owner(case, view.directory, draft.at)
    compensated = not remedy.done(ISSUE)
    draft.emit(RemedyFailed(because, compensated, owner.id))
    minutes = view.policy.allowances["decision" if compensated else "step"]
    name = clocks.DECISION if compensated else clocks.STEP
    by = clocks.by_person(owner.id)
    clock = clocks.start(name, by, minutes * clocks.MINUTE, draft.at, view.directory, view.policy)
    ended = [clocks.done(c) for c in (case.clock(clocks.VAT_NOTE),) if c and compensated]
    draft.emit(ClocksSet((clock, *ended)))
    if compensated:
        following.follow_order(draft)
        talking.stay_paused(draft)


def retry(draft: Draft, round_no: int) -> None:
    remedy = draft.case.remedy
    if remedy is None or remedy.round != round_no or remedy.state is not RemedyState.FAILED:
        raise Refused("wrong-state", "There is no failed remedy to retry.")
    draft.emit(RemedyRetried(round_no))
    if clock := draft.case.clock(clocks.STEP):
        draft.emit(ClocksSet((clocks.done(clock),)))


def close(draft: Draft) -> None:
    """Credited; without a stated root cause the policy's mapping of the reason holds."""
    case = draft.case
    cause = case.root_cause or draft.view.policy.root_cause(case.reason)
    draft.emit(CaseClosed(CaseOutcome.CREDITED, cause, _appeal_until(draft)))


def _appeal_until(draft: Draft) -> datetime | None:
    """What a partial approval left out can be appealed once the approved part is done, once."""
    case = draft.case
    granted = case.proposal.legs[0].credit if case.proposal else None
    if case.appeal or (granted and granted.net + granted.fees >= case.requested[0].credit.net):
        return None
    return rounds.appeal_until(draft)


def _current(draft: Draft) -> Remedy:
    remedy = draft.case.remedy
    if remedy is None or remedy.state is not RemedyState.EXECUTING:
        raise Refused("wrong-state", "No remedy is being executed.")
    return remedy


def _more_activated(draft: Draft) -> str | None:
    """More activated units than approved voids the approval (DOMAIN: Remedy)."""
    case, order = draft.case, draft.view.order
    for line in order.lines if case.type not in kinds.JUDGED else ():
        fresh = sum(
            p.quantity
            for p in (case.proposal.portions if case.proposal else ())
            if p.line_no == line.line_no and not p.exception and not p.by_amount
        )
        if fresh and fresh > line.quantity - line.activated:
            return (
                f"{line.activated} units of {line.sku} are activated by now; {fresh} were approved as unused."
            )
    return None


def _not_supplied(draft: Draft) -> str | None:
    """What is wanted instead can no longer be had: credit and rebill both wait, the round is void."""
    for wanted in draft.case.to_supply:
        product = draft.view.products.get(wanted.sku)
        if wanted.replaces is not None:  # supplied already: it is only billed again
            continue
        if product is None or product.retired:
            return f"{wanted.sku} can no longer be supplied."
    return None


def _finish(draft: Draft) -> None:
    """The documents stand: the distributor passes it on. An order of one leg is done with its last note, and so is one
    of which nothing was invoiced: where no note was issued there is nothing to pass on."""
    round_no = _current(draft).round
    issued = round_no in {document.round for document in draft.case.issued}
    issued = issued or round_no in {paid.round for paid in draft.case.goodwill}
    awaited = bool(external_notes.waiting(draft.case))
    waits = awaited or (len(draft.case.legs) > 1 and issued)
    draft.emit(RemedyDone(passing_on=waits))
    if not awaited:
        end_vat_clock(draft)
    if waits:
        draft.emit(ClocksSet((_pass_through_clock(draft), talking.restarted_update(draft))))
    else:
        close(draft)


def end_vat_clock(draft: Draft) -> None:
    """Every note of every leg is out, or confirmed by whoever issued it (DOMAIN: Deadlines, ``vat_note``)."""
    if (vat := draft.case.clock(clocks.VAT_NOTE)) and vat.state is not ClockState.DONE:
        draft.emit(ClocksSet((clocks.done(vat),)))


def _pass_through_clock(draft: Draft) -> Clock:
    view = draft.view
    contact = responsibility.distributor_contact(draft.case, view.directory, draft.at)
    house = draft.case.distributor or draft.case.vendor or ""
    by = clocks.by_person(contact.id) if contact else clocks.by_organisation(house)
    seconds = view.policy.allowances["pass_through"] * clocks.MINUTE
    return clocks.start(clocks.PASS_THROUGH, by, seconds, draft.at, view.directory, view.policy)
