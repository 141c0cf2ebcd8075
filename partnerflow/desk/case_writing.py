"""Writing what a draft decided: history, projections, ceilings, notes, postings, the replacement order, the outbox."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from partnerflow.cases import paying
from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.events import CreditNoteVoided, DocumentAdded, RoundRestarted
from partnerflow.cases.letters import letter
from partnerflow.cases.model import Case, RemedyState
from partnerflow.cases.notices import Notice, owed
from partnerflow.cases.reminding import not_before, reminder
from partnerflow.cases.rounds import round_id
from partnerflow.cases.status import Status, status
from partnerflow.cases.urgency import needs_act
from partnerflow.cases.view import Draft, done_by
from partnerflow.credits.amounts import WantedLine
from partnerflow.credits.notes import Note, NoteKind, tax_totals
from partnerflow.desk import order_writing
from partnerflow.desk.choosing import as_chosen
from partnerflow.desk.visibility import readers
from partnerflow.desk.work import Work
from partnerflow.orders.commands import (
    EnterOrder,
    InvoiceDraft,
    OrderDraft,
    OrderView,
    RecordInvoice,
    ReduceQuantity,
)
from partnerflow.orders.model import Line, Order
from partnerflow.refusals import Refused
from partnerflow.store import attachments, cases, ceilings, counters, notes, orders, payouts
from partnerflow.store.directory import Snapshot
from partnerflow.store.history import Recorded
from partnerflow.store.messages import Owed
from partnerflow.store.orders import Head, order_id, seller_of


def write(
    work: Work, draft: Draft, before: Case | None, head: Head, snap: Snapshot, order_head: Head | None = None
) -> None:
    """Everything in one transaction, in the order of the locks."""
    if not draft.events:
        return
    case, operator = draft.case, snap.directory.operator.code
    work.begin_writing()
    rows = [
        Recorded(case.ref, e, draft.at, done_by(draft, place), readers(e, case, operator))
        for place, e in enumerate(draft.events)
    ]
    first, head = head.seq + 1, work.append(head, rows)
    cases.write(work.session, case, head, draft.view)
    payouts.write(work.session, case, paying.changed(case, before), operator)
    if case.rounds and (
        before is None or case.rounds != before.rounds or case.clock("step") != before.clock("step")
    ):
        if any(isinstance(event, RoundRestarted) for event in draft.events):
            cases.drop_approvals(work.session, case)
        cases.write_approvals(work.session, case, draft.view)
    _keep_files(work, draft, operator)
    _write_money(work, draft, operator)
    _change_orders(work, draft, order_head, snap)
    _owe(work, draft, first)
    work.wake(*drivers(case, before))


def _keep_files(work: Work, draft: Draft, operator: str) -> None:
    """The bytes of an added file stand beside the history, and are read by those who read its event."""
    command = work.request.command
    for event in draft.events:
        if isinstance(event, DocumentAdded) and isinstance(command, AddAttachment):
            orgs = readers(event, draft.case, operator)
            attachments.keep(work.session, draft.case.ref, event.document, command.content, orgs)


def drivers(case: Case, before: Case | None) -> tuple[str, ...]:
    """The drivers with something new to do, or to end.

    A driver whose next instant only moved further away is left alone: it looks when the old one comes, and rests again.
    """
    own, step = cases.due_instants(case)
    own_before, step_before = cases.due_instants(before) if before else (None, None)
    found = []
    over = not case.open and own is None and own_before is not None
    if before is None or case.stage is not before.stage or over or _sooner(own, own_before):
        found.append(f"case/{case.ref}")
    ended = before is not None and before.step is not None and case.step is None
    if case.rounds and (ended or _sooner(step, step_before) or _another_round(case, before)):
        found.append(f"approval/{round_id(case, case.rounds[-1].no)}")
    remedy = case.remedy
    if remedy and (remedy.state is RemedyState.EXECUTING or (before and before.remedy != remedy)):
        found.append(f"remedy/{round_id(case, remedy.round)}")
    owed = {document.round for document in case.debit_notes_owed}
    known = {document.number for document in before.debit_notes_owed} if before else set()
    if any(document.number not in known for document in case.debit_notes_owed):
        found += [f"remedy/{round_id(case, number)}" for number in sorted(owed)]
    return (*found, *paying.wakes(case, before))


def _sooner(due: datetime | None, before: datetime | None) -> bool:
    return due is not None and (before is None or due < before)


def _another_round(case: Case, before: Case | None) -> bool:
    known = len(before.rounds) if before else 0
    return len(case.rounds) > known and case.rounds[-1].route != "automatic"


def _write_money(work: Work, draft: Draft, operator: str) -> None:
    """What changed of the ceilings, then numbers, notes and postings."""
    view, order = draft.view, draft.view.order
    rows = []
    for leg, lines in draft.lines.items():
        known = view.lines.get(leg, {})
        rows += ceilings.line_rows(order.id, (c for no, c in lines.items() if known.get(no) != c))
    for leg, invoice in draft.invoices.items():
        if view.invoices.get(leg) != invoice:
            rows += ceilings.invoice_rows(order.id, invoice)
    for leg, payment in draft.payments.items():
        if view.payments.get(leg) != payment:
            rows.append(ceilings.payment_row(order, payment))
    ceilings.write(work.session, order.id, rows)
    counters.write(work.session, draft.counters)
    if draft.notes:
        notes.write(work.session, draft.notes, _round_of(draft), operator)
    notes.post(work.session, draft.entries, operator)


def _round_of(draft: Draft) -> int:
    """The round whose notes are written: of a debit note that of the credit note it takes back."""
    voided = next((e.document.round for e in draft.events if isinstance(e, CreditNoteVoided)), None)
    return voided or (draft.case.remedy.round if draft.case.remedy else 1)


def _change_orders(work: Work, draft: Draft, order_head: Head | None, snap: Snapshot) -> None:
    """Quantities that fall without a note, and the order of a new supply."""
    order, head = draft.view.order, order_head
    for line_no, quantity in draft.uninvoiced:
        assert head is not None
        command = ReduceQuantity(line_no, quantity, draft.case.ref)
        order, head = order_writing.apply(work, order, head, command, OrderView(), silent=True)
    rebills = [note for note in draft.notes if note.kind is NoteKind.REBILL]
    if rebills:
        _enter_replacement(work, draft, rebills, snap)


def _enter_replacement(work: Work, draft: Draft, rebills: list[Note], snap: Snapshot) -> None:
    order = draft.view.order
    new = _replacement(draft, order, rebills[0].order_number)
    new_id = order_id(seller_of(order), new.number)
    if orders.read(work.session, new_id) is not None:
        raise Refused(
            "order-exists", f"There is an order {new.number} already, which is no replacement of ours."
        )
    view = order_writing.entry_view(work, snap, new, new_id)
    entered, head = order_writing.apply(work, None, Head(), EnterOrder(new_id, new), view, silent=True)
    for note in rebills:
        invoice = InvoiceDraft(note.leg, note.number, draft.at, None, tax_totals(note))
        entered, head = order_writing.apply(
            work, entered, head, RecordInvoice(invoice), OrderView(), silent=True
        )


def _replacement(draft: Draft, order: Order, number: str) -> OrderDraft:
    lines = tuple(
        Line(
            line_no=no,
            sku=wanted.sku,
            description=wanted.description,
            quantity=wanted.quantity,
            unit_price=wanted.unit_price,
            tax_category=wanted.tax_category,
            tax_rate=wanted.tax_rate,
            upstream_price=wanted.upstream_unit_price,
            **_of_replaced(order, wanted),
        )
        for no, wanted in enumerate(draft.case.wanted, start=1)
    )
    again = any(wanted.replaces is not None for wanted in draft.case.wanted)
    return OrderDraft(
        number=number,
        vendor=order.vendor,
        distributor=order.distributor,
        reseller=order.reseller,
        end_customer=order.end_customer,
        po_number=order.po_number,
        currency=order.currency,
        upstream_currency=order.upstream_currency,
        placed_at=order.placed_at if again else draft.at,
        lines=lines,
        replaces=order.number,
    )


def _of_replaced(order: Order, wanted: WantedLine) -> dict[str, Any]:
    """What is only billed again is the same purchase: its licence, and what of it is in use."""
    line = order.line(wanted.replaces) if wanted.replaces is not None else None
    if line is None:
        return {}
    return {"licence": line.licence, "activated": min(line.activated, wanted.quantity)}


def _owe(work: Work, draft: Draft, first: int) -> None:
    found = owed(draft, first)
    if not found:
        return
    case, view = draft.case, draft.view
    now = status(case, view.policy, view.directory, draft.at)
    work.owe(message for n in found for message in _messages(n, draft, now))


def _messages(notice: Notice, draft: Draft, now: Status) -> Iterator[Owed]:
    acts = needs_act(notice, asked=bool(now.asked))
    return as_chosen(_message(notice, draft, now), draft.view.directory, draft.at, needs_act=acts)


def _message(notice: Notice, draft: Draft, now: Status) -> Owed:
    """A reminder waits for its recipient's hours; everything else goes as its reader chose."""
    about = reminder(notice.data)
    owed_ = Owed(
        draft.case.ref,
        notice.seq,
        notice.event,
        notice.recipient,
        notice.audience,
        notice.address,
        letter(notice, draft, now),
    )
    if about is None:
        return owed_
    when = not_before(notice.recipient, draft.view.directory, draft.at)
    return replace(owed_, reminds=about.of, reminds_until=about.until, not_before=when)
