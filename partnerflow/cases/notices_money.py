"""Who is owed a message about the money of a case beside its documents (see ``notices``)."""

from collections.abc import Callable
from typing import Any

from partnerflow import people
from partnerflow.cases import audience as to
from partnerflow.cases import events as e
from partnerflow.cases import external_notes
from partnerflow.cases.audience import Told
from partnerflow.cases.model import Instructed
from partnerflow.cases.view import Draft
from partnerflow.people import Person, Role


def _issued(event: e.CreditNoteIssued, draft: Draft) -> Told:
    """One of ours goes out with its PDF, once that is stored (remedy done). Another issuer's is told when it is
    confirmed, and what differs from what was instructed also to finance."""
    if not event.document.external:
        return
    if event.document.leg is draft.case.main_leg:
        yield "partner", to.others(draft, to.partner(draft))
    yield "owner", to.others(draft, (to.owner(draft),))
    if differs(event, draft):
        yield "manager", to.others(draft, (finance(draft),))


def instructed(event: e.CreditNoteIssued, draft: Draft) -> Instructed:
    """What the confirmed note answers."""
    key = (event.document.leg, event.document.number)
    return next(i for i in draft.case.instructed if (i.leg, i.confirmed) == key)


def differs(event: e.CreditNoteIssued, draft: Draft) -> bool:
    found = external_notes.difference(draft.case, instructed(event, draft))
    return found is not None and not found.none


def finance(draft: Draft) -> Person | None:
    """Who of finance answers for the case's country and family."""
    directory = draft.view.directory
    covering = people.covering(directory, Role.FINANCE, draft.case.scope, draft.at)
    return covering or people.first_contact(directory, directory.operator.code, Role.FINANCE)


def _settled(event: e.SettlementChanged, draft: Draft) -> Told:
    """What was asked is told to the others; what no longer fitted to everybody it was asked by or for."""
    yield "partner", to.others(draft, to.partner(draft))
    if event.because == "asked":
        yield "owner", to.others(draft, (to.owner(draft),))
    yield "distributor", to.others(draft, (to.distributor(draft),))


RULES: dict[type, Callable[[Any, Draft], Told]] = {
    e.CreditNoteIssued: _issued,
    e.SettlementChanged: _settled,
}
