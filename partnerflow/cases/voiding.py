"""Taking a credit note back: never edited, but answered by a debit note with a number of its own.

Two persons of finance ask for it. It reopens what the note had used up. With the partner's own note its round is void
and the case is back in assessment, where nothing is proposed while the round's other note stands. DOMAIN: Money (Credit
note, Ledger).
"""

from dataclasses import replace

from partnerflow.cases import appeals, clocks, issuing, paying, payouts, settling, talking
from partnerflow.cases.events import ClocksSet, CreditNoteVoided, DebitNotesStored, NoteVoidAsked
from partnerflow.cases.model import Case, Issued, Stage
from partnerflow.cases.money_commands import PublishVoids, VoidNote
from partnerflow.cases.money_parts import VoidAsked
from partnerflow.cases.view import Draft
from partnerflow.credits.legs import release_lines, void_lines
from partnerflow.credits.notes import NoteKind, local_date
from partnerflow.credits.settlement import take_back
from partnerflow.credits.taxes import release_invoice, void_invoice
from partnerflow.directory.clearance import told_to_issue
from partnerflow.people import Role
from partnerflow.refusals import Refused


def void(draft: Draft, command: VoidNote) -> None:
    """The first person asks; when another one asks the same, it is done."""
    note = _standing(draft.case, command.number)
    _refuse_settled(draft.case, note)
    asked = pending(draft.case, command.number)
    if asked is None or not _still_entitled(draft, asked):
        draft.emit(NoteVoidAsked(note.leg.value, note.number, command.reason))
    elif asked.by == draft.actor.name:
        raise Refused("four-eyes", "You asked for it: another person of finance has to agree.")
    else:
        _take_back(draft, note, asked)


def pending(case: Case, number: str) -> VoidAsked | None:
    return next((asked for asked in case.voids if asked.number == number), None)


def debit_note(case: Case, number: str) -> Issued | None:
    """What took a credit note back."""
    return next((d for d in case.issued if d.corrects == number), None)


def other_leg(case: Case, number: str) -> Issued | None:
    """The same round's credit note on the other leg, also if it is void already: whoever takes one back is asked
    about it."""
    notes = [d for d in case.issued if d.kind == "credit_note"]
    mine = next((d for d in notes if d.number == number), None)
    same = (d for d in notes if mine and d.round == mine.round and d.leg is not mine.leg)
    return next(same, None)


def _standing(case: Case, number: str) -> Issued:
    if gone := debit_note(case, number):
        raise Refused("already-decided", f"{number} is void already, by {gone.number}.")
    found = next((d for d in case.credit_notes if d.number == number and not d.external), None)
    if found is None:
        raise Refused("not-found", "There is no such credit note.")
    return found


def _refuse_settled(case: Case, note: Issued) -> None:
    """What the partner has been given is not taken away by paper; what is still being stored can wait."""
    if case.stage is Stage.REMEDY:
        raise Refused("wrong-state", "Its documents are still being stored; ask again when they are there.")
    mine = paying.of_note(case, note.number)
    if any(paying.moved(payout) for payout in mine):
        raise Refused(
            "already-settled",
            f"{note.number} is being paid, or is paid; what is wrong with it needs a new case.",
        )
    if note.leg is not case.main_leg:
        return
    waiting = case.stage is Stage.PASSING_ON and case.remedy is not None and case.remedy.round == note.round
    if case.pass_through and not waiting:
        raise Refused(
            "already-settled", f"{note.number} is passed on; what is wrong with it needs a new case."
        )
    if note.allocation and note.allocation.refund and not waiting and not mine:
        raise Refused(
            "already-settled", f"{note.number} is refunded; what is wrong with it needs a new case."
        )


def _still_entitled(draft: Draft, asked: VoidAsked) -> bool:
    """Rights are those of now: who left finance in the meantime has not asked."""
    person = draft.view.directory.people.get(asked.by)
    return person is not None and person.active and Role.FINANCE in person.roles


def _take_back(draft: Draft, note: Issued, asked: VoidAsked) -> None:
    case, leg = draft.case, note.leg
    draft.lines[leg] = void_lines(draft.lines[leg], note.rows)
    draft.invoices[leg] = void_invoice(draft.invoices[leg], note.taxes)
    if note.allocation:
        draft.payments[leg] = take_back(draft.payments[leg], note.allocation)
    reopened = leg is case.main_leg
    if reopened:
        _release_instructed(draft, note.round)
    payouts.cancel(draft, paying.of_note(case, note.number), f"{note.number} is void.")
    document = _debit_note(draft, note, asked.reason)
    draft.emit(CreditNoteVoided(leg.value, note.number, document, asked.reason, asked.by, reopened))
    if reopened:
        _assess_again(draft)


def _debit_note(draft: Draft, note: Issued, reason: str) -> Issued:
    paper = draft.view.note
    assert paper is not None
    issuer = draft.view.directory.organisations[paper.issuer.code]
    if told_to_issue(issuer, local_date(draft.at, issuer.zone)):
        raise Refused(
            "wrong-state",
            f"The numbers of {issuer.name} are another system's by now: take the note back there.",
        )
    number = issuing.take_number(draft, issuer, NoteKind.DEBIT_NOTE)
    debit = replace(
        paper,
        kind=NoteKind.DEBIT_NOTE,
        number=number,
        issued_at=draft.at,
        issue_date=local_date(draft.at, issuer.zone),
        preceding=paper.number,
        preceding_date=paper.issue_date,
        original=paper.preceding,
        original_date=paper.preceding_date,
        reason=reason,
        allocation=None,
    )
    draft.notes.append(debit)
    kind = NoteKind.DEBIT_NOTE.value
    return replace(
        note, kind=kind, number=number, allocation=None, ready=False, rows=(), corrects=note.number
    )


def _release_instructed(draft: Draft, round_no: int) -> None:
    """What other issuers were told of this round and have not confirmed is held no more."""
    for told in draft.case.instructed:
        if told.round == round_no and told.confirmed is None:
            leg, net = told.leg, sum(row.net for row in told.rows)
            draft.lines[leg] = release_lines(draft.lines[leg], told.rows)
            draft.invoices[leg] = release_invoice(draft.invoices[leg], net)


def _assess_again(draft: Draft) -> None:
    """The owner has it again, with the time of a decision; nothing is passed on any more."""
    view = draft.view
    appeals.name_owner(draft)
    owner = view.directory.people[draft.case.owner]
    by, minutes = clocks.by_person(owner.id), view.policy.allowances["decision"]
    decision = clocks.start(
        clocks.DECISION, by, minutes * clocks.MINUTE, draft.at, view.directory, view.policy
    )
    ended = [clocks.done(clock) for clock in (draft.case.clock(clocks.PASS_THROUGH),) if clock]
    draft.emit(ClocksSet((decision, *ended, talking.restarted_update(draft))))
    settling.owner_clock(draft, owner)


def refuse_half_void(case: Case) -> None:
    """Nothing is asked anew while the void round's other note stands: it would be credited twice on that leg."""
    void_rounds = {r.no for r in case.rounds if r.state == "void"}
    left = next((d for d in case.credit_notes if d.round in void_rounds), None)
    if left is not None and any(d.round == left.round and d.corrects for d in case.issued):
        raise Refused(
            "wrong-state", f"{left.number} of the same round still stands: void it too, or close the case."
        )


def stored(draft: Draft, command: PublishVoids) -> None:
    """The debit notes of the round can be read; the same again changes nothing."""
    numbers = tuple(d.number for d in draft.case.debit_notes_owed if d.round == command.round)
    if numbers:
        draft.emit(DebitNotesStored(command.round, numbers))
