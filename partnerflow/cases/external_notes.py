"""Notes that another system issues: what it was told to credit stays held until their number and date are confirmed.

What it states counts, whatever was asked of it: the ceilings take its figures, and where they differ from what was
instructed the difference stays on the case, is listed, and is told to finance. DOMAIN: Who (Issuer), Money (Legs).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from partnerflow.cases import exchanging, papers
from partnerflow.cases.events import CreditNoteIssued
from partnerflow.cases.model import Case, Instructed, Issued, Stage
from partnerflow.cases.money_commands import ConfirmNote
from partnerflow.cases.view import Draft
from partnerflow.credits.amounts import LegAmounts
from partnerflow.credits.confirmed import credit_invoice_as_stated, credit_lines_as_stated
from partnerflow.credits.legs import Held, amounts_of
from partnerflow.credits.notes import Note, local_date
from partnerflow.credits.settlement import Settlement, give_back, settle_at_issue
from partnerflow.directory.clearance import told_to_issue
from partnerflow.orders.model import Leg
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused

EARLY = timedelta(minutes=5)
CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was confirmed less what was instructed, in minor units."""

    net: int
    tax: int
    gross: int

    @property
    def none(self) -> bool:
        return not (self.net or self.tax or self.gross)


def instruct(draft: Draft, kept: Held, chase_at: datetime) -> tuple[Instructed, ...]:
    """What the issuers of these legs are told to credit in this round. On the main leg the pass-through clock runs;
    what the distributor waits for beside it is chased."""
    case = draft.case
    assert case.remedy is not None
    found = []
    for leg, rows in kept.items():
        amounts = amounts_of(draft.view.order, rows, draft.view.rates(leg))
        invoice = draft.view.invoices[leg].number
        figures = (amounts.net, amounts.tax, amounts.gross)
        chased = None if leg is case.main_leg else chase_at
        note = _paper(draft, leg, amounts)
        about = (leg, case.remedy.round, invoice)
        found.append(Instructed(*about, *figures, rows, draft.at, chase_at=chased, note=note))
    return tuple(found)


def _paper(draft: Draft, leg: Leg, amounts: LegAmounts) -> Note | None:
    """What a system that owns the numbers is told, word for word the same however often it is asked."""
    issuer, _ = papers.parties(draft, leg)
    told = told_to_issue(issuer, local_date(draft.at, issuer.zone))
    return papers.credit_paper(draft, leg, amounts) if told and amounts.gross else None


def to_instruct(case: Case) -> Instructed | None:
    """The next paper of this round that waits for the number of the system that issues it."""
    remedy = case.remedy
    waits = (i for i in waiting(case) if i.note is not None and remedy and i.round == remedy.round)
    return next(waits, None)


def waiting(case: Case, leg: Leg | None = None) -> tuple[Instructed, ...]:
    """What nobody has confirmed yet, oldest first; of one leg or of all."""
    return tuple(i for i in case.instructed if i.confirmed is None and leg in (None, i.leg))


def difference(case: Case, instructed: Instructed) -> Difference | None:
    """Confirmed less instructed; None while it is not confirmed."""
    note = noted(case, instructed)
    if note is None:
        return None
    return Difference(note.net - instructed.net, note.tax - instructed.tax, note.gross - instructed.gross)


def noted(case: Case, instructed: Instructed) -> Issued | None:
    """The note that answers an instruction."""
    same = (
        d for d in case.issued if d.external and (d.leg, d.number) == (instructed.leg, instructed.confirmed)
    )
    return next(same, None)


def confirm(draft: Draft, command: ConfirmNote) -> None:
    """The reservation of the leg becomes a credit at what the note states."""
    if _repeats(draft.case, command):
        return
    instructed = _next(draft.case, command)
    _check(draft, command)
    document = _credit(draft, instructed, command)
    draft.emit(CreditNoteIssued(command.leg.value, document))
    exchanging.account(draft, document)


def _repeats(case: Case, command: ConfirmNote) -> bool:
    known = next(
        (d for d in case.issued if d.external and (d.leg, d.number) == (command.leg, command.number)), None
    )
    if known is None:
        return False
    figures = (known.net, known.tax, known.gross, known.issued_at)
    if figures != (command.net, command.tax, command.gross, command.issued_at):
        raise Refused("already-settled", f"{command.number} is confirmed already, with other figures.")
    return True


def _next(case: Case, command: ConfirmNote) -> Instructed:
    found = [i for i in waiting(case, command.leg) if command.round in (None, i.round)]
    if found:
        return found[0]
    if command.leg not in case.legs:
        raise Refused("invalid-parameter", f"The case has no {command.leg} leg.", pointer="/leg")
    if not case.open:
        raise Refused(
            "case-closed", f"{case.ref} is closed ({case.outcome}); no note of that leg is awaited."
        )
    raise Refused("wrong-state", "No note of another issuer is awaited on that leg.", pointer="/leg")


def _check(draft: Draft, command: ConfirmNote) -> None:
    if command.issued_at > draft.at + EARLY:
        raise Refused("invalid-date", "It cannot have been issued in the future.", pointer="/issued_at")
    if min(command.net, command.gross) <= 0 or command.tax < 0:
        raise Refused("invalid-amount", "A credit note states positive amounts.", pointer="/net")
    if command.net + command.tax != command.gross:
        raise Refused("invalid-amount", "Net and tax must add up to the gross.", pointer="/gross")


def _credit(draft: Draft, instructed: Instructed, command: ConfirmNote) -> Issued:
    leg, order = command.leg, draft.view.order
    lines, rows = credit_lines_as_stated(
        draft.lines[leg], instructed.rows, command.net, order.currency_of(leg)
    )
    draft.lines[leg] = lines
    draft.invoices[leg], amounts = credit_invoice_as_stated(
        order, draft.invoices[leg], instructed.rows, rows, command.tax
    )
    return replace(_issued(draft, instructed, command, amounts), rows=rows)


def _issued(draft: Draft, instructed: Instructed, command: ConfirmNote, amounts: LegAmounts) -> Issued:
    leg, case = command.leg, draft.case
    asked = case.settlement if leg is case.main_leg else None
    settled = settle_at_issue(command.gross, draft.view.unpaid(leg), asked or Settlement())
    draft.payments[leg] = give_back(draft.payments[leg], settled.allocation, case.currency_of(leg))
    return Issued(
        kind=CREDIT_NOTE,
        number=command.number,
        leg=leg,
        round=instructed.round,
        invoice=instructed.invoice,
        net=command.net,
        tax=command.tax,
        gross=command.gross,
        allocation=settled.allocation,
        taxes=amounts.taxes,
        external=True,
        issued_at=command.issued_at,
        clearance_id=command.clearance_id,
        document=command.document,
    )


def last_confirmed(case: Case) -> bool:
    """Whether an order of one leg has nothing left to wait for: its last note ends it."""
    return case.stage is Stage.PASSING_ON and len(case.legs) == 1 and not waiting(case)


def may_pass_on(case: Case, policy: Policy) -> bool:
    """Once its own note is there; before the vendor's only where the policy lets the distributor advance."""
    here = waiting(case, case.main_leg) if policy.upstream.advance else waiting(case)
    return len(case.legs) > 1 and not here


def refuse_passing_on(case: Case) -> None:
    """Nobody has been credited by a note that nobody has seen (DOMAIN: passing_on ends when the account shows it)."""
    if len(case.legs) == 1:
        raise Refused("wrong-state", "An order of one leg ends with its last note: confirm that.")
    if waiting(case, case.main_leg):
        raise Refused("wrong-state", "Confirm the number of the credit note first (confirm_note).")
