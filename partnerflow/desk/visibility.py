"""Which organisations may read an event at all: the second wall's rows. The API leaves out more, by role."""

from typing import Any

from partnerflow.cases.events import (
    PRIVATE,
    CallAsked,
    CaseUnwatched,
    CaseWatched,
    DocumentAdded,
    NoteAdded,
)
from partnerflow.cases.model import Case
from partnerflow.orders.model import Leg, Order


def parties(record: Case | Order, operator: str) -> tuple[str, ...]:
    return tuple(sorted({o for o in (operator, record.vendor, record.distributor, record.reseller) if o}))


def readers(event: Any, record: Case | Order, operator: str) -> tuple[str, ...]:
    """Nobody reads another's internal note or file, a reseller nothing of the upstream leg, and no partner our inner
    workings; whom to call is for the partner and us alone."""
    of_one = NoteAdded | DocumentAdded | CaseWatched | CaseUnwatched
    if isinstance(event, of_one) and event.visibility == "internal":
        return (event.organisation,)
    if event.KIND in PRIVATE:
        return (operator,)
    if isinstance(event, CallAsked):
        return tuple(sorted({operator, record.reseller or record.distributor or operator}))
    everyone = parties(record, operator)
    if getattr(event, "leg", None) == Leg.UPSTREAM:
        return tuple(org for org in everyone if org != record.reseller)
    return everyone


def may_see(record: Case | Order, organisation: str | None, operator: str) -> bool:
    """Whether the record exists for somebody of this organisation; services belong to none and see all."""
    return organisation is None or organisation in parties(record, operator)
