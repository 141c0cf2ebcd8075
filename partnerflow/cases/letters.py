"""What a message will say, as data taken at the decision: the same message whenever it is sent, and to whom it
may say it.

Words are made of it in ``notifications.messages``. DOMAIN: Status for the partner, field rules of "Who may do what".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partnerflow.cases import events as e
from partnerflow.cases.contact import Contact
from partnerflow.cases.letter_facts import facts_of
from partnerflow.cases.model import Case, Fact, FactState, LegShown
from partnerflow.cases.notices import Notice
from partnerflow.cases.status import Following, Status, asked_of_partner
from partnerflow.cases.view import Draft
from partnerflow.orders.model import Leg

INSIDE = ("decider", "owner", "manager", "distributor")
"""Audiences that see both legs; the partner sees its own only."""
VENDOR = "vendor"
"""Who issues the upstream note by a system of its own; sees that leg only."""

TO_DO = {"state": "confirm or dispute", "dispute": "correct, withdraw or substantiate"}
"""What the partner is to do with a fact that waits for them."""


@dataclass(frozen=True, slots=True)
class AmountRow:
    """``what`` is ``credit``, ``rebill`` or ``falls_by``, on ``leg``; minor units of ``currency``, "": the letter's."""

    what: str
    leg: str
    net: int
    tax: int
    gross: int
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """``facts`` are the event's own, in words or RFC 3339; ``documents`` the numbers of notes to attach.

    ``locale`` and ``reader_zone`` are the reader's ('' in letters of earlier releases, which say ``next`` and ``asked``
    in English only); ``asking`` is what is asked, a row (``question``, ``state`` or ``dispute``; text) each.
    """

    kind: str
    audience: str
    name: str
    ref: str
    order_number: str
    po_number: str | None
    stage: str
    case_type: str
    who: Contact | None
    owner: Contact | None
    next: str
    due_at: datetime | None
    zone: str
    asked: tuple[str, ...]
    currency: str
    amounts: tuple[AmountRow, ...]
    facts: dict[str, str]
    approval: str | None = None
    documents: tuple[str, ...] = ()
    locale: str = ""
    reader_zone: str = ""
    following: Following | None = None
    asking: tuple[tuple[str, str], ...] = ()


def letter(notice: Notice, draft: Draft, status: Status) -> Letter:
    case, inside = draft.case, notice.audience in INSIDE
    shown = status.contacts
    who = shown.deciding_now or (shown.owner if case.open else None)
    documents = _documents(case, notice.data, inside=inside)
    directory = draft.view.directory
    reader = directory.people.get(notice.recipient)
    ours = reader is not None and reader.organisation == (case.reseller or case.distributor)
    asking = _asking(case) if notice.audience == "partner" and (ours or not notice.watching) else ()
    return Letter(
        kind=notice.event,
        audience=notice.audience,
        name=notice.name,
        ref=case.ref,
        order_number=case.order_number,
        po_number=case.po_number,
        stage=case.stage.value,
        case_type=case.type.value,
        who=who,
        owner=shown.owner,
        next=_next(notice.audience, status),
        due_at=None if notice.audience == VENDOR else _due(notice.data, status),
        zone=status.zone,
        asked=tuple(f"{TO_DO[kind]}: {text}" if kind in TO_DO else text for kind, text in asking),
        currency=case.currency,
        amounts=_amounts(case, notice.audience),
        facts=facts_of(notice.data, draft) | _why(notice),
        approval=case.step.id if notice.audience == "decider" and case.step else None,
        documents=documents,
        locale=directory.locale_of(notice.recipient),
        reader_zone=reader.calendar.zone if reader else directory.operator.zone,
        following=None if notice.audience == VENDOR else status.following,
        asking=asking,
    )


def _why(notice: Notice) -> dict[str, str]:
    """Why they get it, where that is not who they are on the case."""
    why = {"instead_of": notice.instead_of, "watching": "yes" if notice.watching else ""}
    return {name: said for name, said in why.items() if said}


def _next(audience: str, status: Status) -> str:
    """A vendor is told what is asked of it, and nothing of who does what here."""
    if audience == VENDOR:
        return ""
    return status.next if audience == "partner" else status.next_inside


def _amounts(case: Case, audience: str) -> tuple[AmountRow, ...]:
    """A vendor sees its own leg alone."""
    found = amounts(case, inside=audience in INSIDE or audience == VENDOR)
    return tuple(row for row in found if audience != VENDOR or row.leg == Leg.UPSTREAM)


def _asking(case: Case) -> tuple[tuple[str, str], ...]:
    """The open questions, and the facts that wait for the partner's word: what we state they confirm or dispute, to
    what we dispute they answer."""
    waiting = asked_of_partner(case)
    questions = tuple(("question", question.text) for question in case.questions if question.id in waiting)
    facts = (fact for fact in case.facts if fact.id in waiting)
    return questions + tuple((_to_do(fact), fact.text) for fact in facts)


def _to_do(fact: Fact) -> str:
    return "dispute" if fact.state is FactState.DISPUTED else "state"


def _due(event: Any, status: Status) -> datetime | None:
    """By when: what the message is about; a warning speaks of its own clock, not of the case's next act."""
    return event.due_at if isinstance(event, e.ClockWarned | e.ClockBreached) else status.due_at


def _documents(case: Case, event: Any, *, inside: bool) -> tuple[str, ...]:
    """What was stored just now, as far as its reader may see it."""
    if isinstance(event, e.DebitNotesStored):
        found = (d for d in case.issued if d.number in event.numbers)
        return tuple(d.number for d in found if inside or d.leg is case.main_leg)
    if not isinstance(event, e.RemedyDone):
        return ()
    last = case.remedy.round if case.remedy else 0
    visible = (
        d for d in case.issued if d.round == last and not d.external and (inside or d.leg is case.main_leg)
    )
    return tuple(document.number for document in visible)


def amounts(case: Case, *, inside: bool) -> tuple[AmountRow, ...]:
    """Per visible leg: the credit as it stands, and for an exchange the rebill and what the bill falls by."""
    legs = case.proposal.legs if case.proposal else case.requested
    visible = [leg for leg in legs if inside or leg.leg is case.main_leg]
    return tuple(row for leg in visible for row in _rows(leg, case.currency_of(leg.leg)))


def _rows(shown: LegShown, currency: str) -> tuple[AmountRow, ...]:
    leg, credit, rebill = shown.leg.value, shown.credit, shown.rebill
    first = AmountRow("credit", leg, credit.net, credit.tax, credit.gross, currency)
    if rebill is None:
        return (first,)
    less = (credit.net - rebill.net, credit.tax - rebill.tax, credit.gross - rebill.gross)
    return (
        first,
        AmountRow("rebill", leg, rebill.net, rebill.tax, rebill.gross, currency),
        AmountRow("falls_by", leg, *less, currency),
    )
