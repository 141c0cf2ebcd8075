"""A correction made elsewhere as the record keeps it: a closed case, and its entry in the ledger.

No route, clock, driver or mail, and no note of ours: the other system's number is the external reference.
"""

from datetime import datetime
from typing import Final

from partnerflow.cases.events import CaseOpened
from partnerflow.cases.model import Case, CaseOutcome, Issued, LegShown, RequestedLine, Stage, Verdict
from partnerflow.cases.opening import first_owner, scope_of
from partnerflow.cases.postings import CREDIT_NOTE
from partnerflow.cases.view import View
from partnerflow.imports.matching import Book, Matched
from partnerflow.orders.model import Order
from partnerflow.people import Actor
from partnerflow.policy.terms import CaseType, Reason

ORIGIN: Final = "import"
CLAUSE: Final = "imported"
ROUND: Final = 0
"""In the ledger's key: nothing was decided or issued here."""


def closed_case(matched: Matched, book: Book, actor: Actor, at: datetime, view: View) -> CaseOpened:
    """One event is the whole history of the case; it stands at the instant of the correction, not of the import.

    ``view.ref`` is the case's reference. Nobody judged it here, so its verdict is ``needs_assessment``.
    """
    correction, order = matched.correction, book.order
    nets = {row.line_no: row.net for row in matched.held}
    scope = scope_of(view, nets)
    case = Case(
        ref=view.ref,
        order_id=order.id,
        order_number=order.number,
        po_number=order.po_number,
        type=_type(book),
        reason=Reason.OTHER,
        description=f"Corrected elsewhere by {correction.number}; taken over from an import.",
        currency=order.currency,
        vendor=order.vendor,
        distributor=order.distributor,
        reseller=order.reseller,
        scope=scope,
        legs=order.legs,
        opened_at=correction.at,
        requester=actor.name,
        opened_for=None,
        policy_version=view.policy.version,
        lines=tuple(RequestedLine(p.line_no, p.quantity, p.amount) for p in matched.portions),
        wanted=(),
        exception=None,
        settlement=None,
        verdict=Verdict.NEEDS_ASSESSMENT,
        clause=CLAUSE,
        asked=matched.portions,
        requested=(LegShown(order.main_leg, matched.amounts),),
        held={},
        stage=Stage.CLOSED,
        owner=first_owner(view, scope, at).id,
        outcome=CaseOutcome.CREDITED,
        root_cause=view.policy.root_cause(Reason.OTHER),
        closed_at=correction.at,
        origin=ORIGIN,
        external_reference=correction.number,
        version=1,
    )
    return CaseOpened(case, _paper(matched, order))


def _paper(matched: Matched, order: Order) -> Issued | None:
    """The other system's credit note as the ledger takes it over; None where no money moved."""
    amounts, invoice = matched.amounts, order.invoice_of(order.main_leg)
    if amounts.gross == 0:
        return None
    return Issued(
        kind=CREDIT_NOTE,
        number=matched.correction.number,
        leg=order.main_leg,
        round=ROUND,
        invoice=invoice.number if invoice else None,
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        allocation=matched.allocation,
        taxes=amounts.taxes,
    )


def _type(book: Book) -> CaseType:
    """Nothing left of any line: the order was cancelled."""
    left = any(ceiling.left_quantity for ceiling in book.lines.values())
    return CaseType.QUANTITY_REDUCTION if left else CaseType.CANCELLATION
