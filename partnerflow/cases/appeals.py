"""Going back before the last step, and the one independent second look after the end (DOMAIN: Endings)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from partnerflow.cases import clocks, proposals, rounds, settling
from partnerflow.cases.commands import Appeal as AppealCommand
from partnerflow.cases.commands import Recall
from partnerflow.cases.events import CaseAppealed, CaseRecalled, ClocksSet
from partnerflow.cases.model import Appeal, Case, CaseOutcome
from partnerflow.cases.talking import restarted_update
from partnerflow.cases.view import Draft
from partnerflow.credits.amounts import WantedLine
from partnerflow.credits.ceilings import LineCeiling
from partnerflow.credits.portions import Portion
from partnerflow.refusals import Refused


def recall(draft: Draft, command: Recall) -> None:
    """Back to assessment, as long as the last step has nobody's endorsement before it; clocks and reservation stay."""
    step, last = draft.case.step, draft.case.round
    assert last is not None
    if step and step.id == last.steps[-1].id and any(s.decisions for s in last.steps):
        raise Refused("wrong-state", "The last step has begun: it is decided now, or withdrawn.")
    rounds.end_clocks(draft, clocks.STEP)
    draft.emit(CaseRecalled(command.reason))


def appeal(draft: Draft, command: AppealCommand) -> None:
    """Once, before ``appeal_until``: what was declined or left out is reserved anew, up to what is left, and decided by
    people who have not decided on it before."""
    case = draft.case
    _refuse_unappealable(draft)
    asked = tuple(_fitting(left_out(case), draft.lines[case.main_leg]))
    if not asked:
        raise Refused("exceeds-creditable", "Nothing of it is left to credit.", remaining={"quantity": 0})
    view = replace(draft.view, lines=dict(draft.lines), invoices=dict(draft.invoices))
    draft.lines, draft.invoices, held = proposals.hold(asked, view)
    legs = proposals.shown(held, _still_wanted(case), draft.view)
    assert case.outcome is not None
    put = Appeal(command.text, draft.actor.name, draft.at, case.outcome, asked, legs)
    draft.emit(CaseAppealed(put, held))
    _start_clocks(draft)
    rounds.propose(draft, asked, held, by="policy", clause=case.clause, text=command.text)


def left_out(case: Case) -> tuple[Portion, ...]:
    """All that was asked, after a decline; after a partial approval what it left out: units, and beside them the amount
    by which the granted units fell short."""
    if case.outcome is CaseOutcome.DECLINED:
        return case.asked
    return tuple(row for no in dict.fromkeys(p.line_no for p in case.asked) for row in _short(case, no))


def _refuse_unappealable(draft: Draft) -> None:
    case = draft.case
    if case.appeal or case.appeal_until is None:
        said = "It was appealed once already." if case.appeal else "There is nothing to appeal in it."
        raise Refused("case-closed", f"{case.ref} is closed ({case.outcome}). {said}")
    if draft.at >= case.appeal_until:
        raise Refused("window-closed", "The time to appeal is over; a note can still be added.")


def _short(case: Case, line_no: int) -> Iterator[Portion]:
    granted = [p for p in case.rounds[-1].granted if p.line_no == line_no and not p.nothing]
    units, missing = sum(p.quantity for p in granted), 0
    for row in (p for p in case.asked if p.line_no == line_no and not p.by_amount):
        kept = min(units, row.quantity)
        units -= kept
        if row.quantity > kept:
            missing += _net_of(case, row) * (row.quantity - kept) // row.quantity
            yield replace(row, quantity=row.quantity - kept)
    fell_short = _asked_net(case, line_no) - _granted_net(case, line_no) - missing
    by_amount = any(p.by_amount for p in case.asked if p.line_no == line_no)
    if (granted or by_amount) and fell_short > 0:
        yield Portion(line_no, amount=fell_short, convert=True, clause=case.clause)


def _net_of(case: Case, row: Portion) -> int:
    asked = (row.line_no, row.quantity, row.percent)
    lines = case.requested[0].credit.lines
    return next((line.net for line in lines if (line.line_no, line.quantity, line.percent) == asked), 0)


def _asked_net(case: Case, line_no: int) -> int:
    return sum(line.net for line in case.requested[0].credit.lines if line.line_no == line_no)


def _granted_net(case: Case, line_no: int) -> int:
    shown = case.proposal.legs[0].credit.lines if case.proposal else ()
    return sum(line.net for line in shown if line.line_no == line_no)


def _fitting(asked: Iterable[Portion], left: dict[int, LineCeiling]) -> Iterator[Portion]:
    """Up to what is left on each line, the rows of one line in turn."""
    units = {no: ceiling.left_quantity for no, ceiling in left.items()}
    for row in asked:
        if row.by_amount:
            amount = min(row.amount or 0, left[row.line_no].left_net)
            if amount:
                yield replace(row, amount=amount)
            continue
        quantity = min(row.quantity, units[row.line_no])
        units[row.line_no] -= quantity
        if quantity:
            yield replace(row, quantity=quantity)


def _still_wanted(case: Case) -> tuple[WantedLine, ...]:
    """The rebill of a declined exchange is wanted as before; that of a partial one was made already."""
    return case.wanted if case.outcome is CaseOutcome.DECLINED else ()


def _start_clocks(draft: Draft) -> None:
    """A round of its own has a decision clock of its own, and its owner a first act."""
    view = draft.view
    seconds = view.policy.allowances["decision"] * clocks.MINUTE
    by = clocks.by_organisation(view.directory.operator.code)
    decision = clocks.start(clocks.DECISION, by, seconds, draft.at, view.directory, view.policy)
    draft.emit(ClocksSet((decision, restarted_update(draft))))
    settling.owner_clock(draft, view.directory.people[draft.case.owner])
