"""The VAT gate of a case: its credit notes that would change VAT, weighed before they are issued.

DOMAIN: Money (Credit note, the VAT gate).
"""

from collections.abc import Iterable, Iterator

from partnerflow.cases.model import Case, Gated, LegShown
from partnerflow.cases.view import View
from partnerflow.credits.vat_gate import Condition, Grounds, Weighed, unmet, weigh
from partnerflow.orders.model import Leg
from partnerflow.policy.terms import Reason
from partnerflow.refusals import Refused


def gate(case: Case, view: View, legs: Iterable[LegShown]) -> tuple[Gated, ...]:
    """One entry for each leg whose note would change VAT; none where nothing is invoiced, or paid outside any note."""
    return () if case.outside_notes else tuple(_gated(case, view, legs))


def shown(case: Case, view: View) -> tuple[Gated, ...]:
    """As it was when the notes were issued, else as it stands."""
    if case.vat_gate or case.proposal is None:
        return case.vat_gate
    return gate(case, view, case.proposal.legs)


def failing(found: Iterable[Gated]) -> Weighed | None:
    return next((bad for each in found if (bad := unmet(each.conditions))), None)


def refuse(case: Case, view: View, legs: Iterable[LegShown]) -> None:
    """Nothing is proposed of which no lawful note could come."""
    open_ = _still_open(case)
    for each in gate(case, view, legs):
        known = tuple(w for w in each.conditions if w.condition not in open_)
        if (bad := unmet(known)) is not None:
            words = bad.because if each.leg is case.main_leg else "The upstream note would not be lawful."
            raise Refused("wrong-state", f"No credit note may be issued for this. {words}", pointer="/lines")


def _still_open(case: Case) -> frozenset[Condition]:
    """What a proposal cannot know: agreed it is by the decision, and nobody decides before a dispute is answered."""
    disputed = {Condition.GENUINE} if case.disputed else set()
    return frozenset({Condition.AGREED} | disputed)


def sentence(bad: Weighed) -> str:
    name = bad.condition.replace("_", " ")
    return f"No credit note that changes VAT may be issued ({name}). {bad.because}"


def _gated(case: Case, view: View, legs: Iterable[LegShown]) -> Iterator[Gated]:
    for shown_ in legs:
        invoice = view.order.invoice_of(shown_.leg)
        if invoice is None or not shown_.credit.tax:
            continue
        order = view.order
        down = shown_.leg is Leg.DOWNSTREAM
        grounds = Grounds(
            currency=case.currency_of(shown_.leg),
            agreed=_agreed(case),
            corrects=_corrects(case),
            gross=shown_.credit.gross,
            unpaid=view.unpaid(shown_.leg),
            customer=_name(case.reseller if down else case.distributor, view),
            invoiced=_name(order.reseller if down else order.distributor, view),
            invoice=invoice.number,
            written_off=order.written_off(shown_.leg, invoice.number),
            disputed=case.disputed is not None,
        )
        yield Gated(shown_.leg, weigh(grounds))


def _agreed(case: Case) -> str | None:
    """Asked by or for the customer, and granted."""
    last = case.round
    if last is None or last.state != "granted" or last.granted_at is None:
        return None
    return f"Asked for in case {case.ref} and granted in round {last.no} on {last.granted_at:%d.%m.%Y}."


def _corrects(case: Case) -> str | None:
    """A reason of the closed list says what was wrong; any other needs words."""
    kind = case.type.replace("_", " ")
    if case.reason is not Reason.OTHER:
        return f"{kind.capitalize()}: {case.reason.replace('_', ' ')}."
    stated = case.description.strip() or next((fact.text for fact in case.facts if fact.settled), "")
    return f"{kind.capitalize()}: {stated}" if stated else None


def _name(code: str | None, view: View) -> str:
    known = view.directory.organisations.get(code or "")
    return known.name if known else code or "nobody"
