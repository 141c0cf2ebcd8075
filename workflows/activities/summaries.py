"""What a driver needs to know of its case, taken from the whole of it."""

from datetime import datetime

from partnerflow.cases.clocks import STEP
from partnerflow.cases.model import Case, Remedy, RemedyState
from partnerflow.cases.money_parts import PayoutState
from partnerflow.cases.paying import find, next_act
from partnerflow.cases.remedies import next_action
from workflows.contract import Act, CaseSummary, Due, RemedySummary, RoundSummary
from workflows.contract_payments import PayoutSummary


def of_case(case: Case, now: datetime) -> CaseSummary:
    """A pending step's clock is left to the driver of its round."""
    own = (Due(name, at) for at, name in case.instants_due if name != STEP or case.step is None)
    return CaseSummary(now, case.stage, next(own, None))


def of_round(case: Case, round_no: int, now: datetime) -> RoundSummary:
    """Over once the case has gone on to another round, or to none."""
    step = case.step if case.round and case.round.no == round_no else None
    if step is None or not case.open:
        return RoundSummary(now, None, None)
    return RoundSummary(
        now, step.id, next((Due(name, at) for at, name in case.clocks_due if name == STEP), None)
    )


def of_remedy(case: Case, round_no: int) -> RemedySummary:
    """A failed remedy stays open: its named person has it tried again."""
    remedy = case.remedy if case.remedy and case.remedy.round == round_no else None
    to_store = any(document.round == round_no for document in case.debit_notes_owed)
    if remedy is None:
        return RemedySummary(open=False, next_act=None, version=case.version, to_store=to_store)
    act = next_action(case)
    return RemedySummary(
        open=case.open and remedy.state in {RemedyState.EXECUTING, RemedyState.FAILED},
        next_act=Act(act) if act else None,
        version=case.version,
        to_restore=_undone(case, remedy) and remedy.done(Act.CANCEL_UPSTREAM),
        to_store=to_store,
    )


def _undone(case: Case, remedy: Remedy) -> bool:
    """Whether nothing of it stands any more: taken back before its first note, or every note of it is void."""
    if remedy.state is RemedyState.VOIDED:
        return not any(note.round == remedy.round for note in case.credit_notes)
    return remedy.state is RemedyState.COMPENSATED


def of_payout(case: Case, key: str) -> PayoutSummary:
    payout = find(case, key)
    if payout is None:
        return PayoutSummary(None, case.version)
    unknown = payout.state is PayoutState.UNKNOWN
    return PayoutSummary(next_act(case, payout), case.version, payout.tries, payout.accepted, unknown)
