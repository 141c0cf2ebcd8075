"""What a driver needs to know of its record, taken from the whole of it."""

from datetime import datetime

from partnerflow.cases.clocks import STEP
from partnerflow.cases.model import Case, RemedyState
from partnerflow.cases.remedies import next_action
from workflows.contract import Act, CaseSummary, Due, RemedySummary, RoundSummary


def of_case(case: Case, now: datetime) -> CaseSummary:
    """The step's clock is left to the driver of the round, or of the remedy."""
    first = next((Due(name, at) for at, name in case.clocks_due if name != STEP), None)
    return CaseSummary(now, case.stage, first)


def of_round(case: Case, round_no: int, now: datetime) -> RoundSummary:
    """Over once the case has gone on to another round, or to none."""
    current = case.round and case.round.no == round_no and case.step
    return RoundSummary(now, current.id, _step_due(case)) if current else RoundSummary(now, None, None)


def of_remedy(case: Case, round_no: int, now: datetime) -> RemedySummary:
    """A failed remedy stays open: its named person has a clock, and has it tried again."""
    remedy = case.remedy if case.remedy and case.remedy.round == round_no else None
    if remedy is None:
        return RemedySummary(now, open=False, next_act=None, due=None, version=case.version)
    act = next_action(case)
    return RemedySummary(
        now,
        open=case.open and remedy.state in {RemedyState.EXECUTING, RemedyState.FAILED},
        next_act=Act(act) if act else None,
        due=_step_due(case) if remedy.state is RemedyState.FAILED else None,
        version=case.version,
        to_restore=remedy.state is RemedyState.COMPENSATED and remedy.done(Act.CANCEL_UPSTREAM),
    )


def _step_due(case: Case) -> Due | None:
    return next((Due(name, at) for at, name in case.clocks_due if name == STEP), None)
