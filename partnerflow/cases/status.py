"""The status as people read it: who has it, what happens next, by when, what is needed of you. Derived, never stored.

Every answer, page and mail shows the same. DOMAIN: Named contacts, Status for the partner.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from partnerflow import people
from partnerflow.calendars import local_text
from partnerflow.cases import clocks, paying, responsibility
from partnerflow.cases.contact import Contact, contact
from partnerflow.cases.model import Case, CaseOutcome, Clock, FactState, RemedyState, Stage
from partnerflow.people import Directory, Person, Role
from partnerflow.policy.document import Policy


@dataclass(frozen=True, slots=True)
class NextRung:
    contact: Contact
    at: datetime


@dataclass(frozen=True, slots=True)
class Contacts:
    """``deciding_now`` outside approval is whoever the next act waits for; ``next_rung`` None says why in
    ``no_rung_because``."""

    owner: Contact
    accountable_manager: Contact | None
    deciding_now: Contact | None
    deciding_with: tuple[Contact, ...]
    distributor: Contact | None
    next_rung: NextRung | None
    no_rung_because: str | None


@dataclass(frozen=True, slots=True)
class Following:
    """What happens next, as data: ``next_sentence`` and the mails of each language say it.

    ``kind`` is a stage, ``partner`` (we wait for them) or ``appealable``; ``by`` and ``until`` are instants, ``at`` the
    instant it is said; ``awaited`` ``answer`` or ``word``; ``instead`` who gets it otherwise; ``payment`` of a credit
    that is passed on: ``under_way``, ``refused`` or none.
    """

    kind: str
    who: str
    owner: str
    at: datetime
    by: datetime | None = None
    until: datetime | None = None
    awaited: str = "answer"
    disputed: bool = False
    awaits_note: bool = False
    instead: str | None = None
    outcome: str | None = None
    appealed: bool = False
    payment: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """``next`` speaks to the partner, ``next_inside`` to everybody else. ``due_at`` is when the next act is due, in the
    zone ``zone`` of whoever must act; ``asked`` the open questions and the facts that wait for the partner."""

    contacts: Contacts
    next: str
    next_inside: str
    due_at: datetime | None
    zone: str
    waiting_for: str
    asked: tuple[str, ...]
    following: Following


def contacts(case: Case, policy: Policy, directory: Directory, at: datetime) -> Contacts:
    owner = responsibility.owner(case, directory, at)
    stored = directory.people[case.owner]
    manager = responsibility.accountable_manager(case, directory, at)
    acting = acting_people(case, directory, at)
    distributor = responsibility.distributor_contact(case, directory, at)
    rung = responsibility.next_rung(case, policy, directory, at)
    return Contacts(
        owner=contact(owner, directory, at, None if owner.id == stored.id else stored.name),
        accountable_manager=contact(manager, directory, at) if manager else None,
        deciding_now=contact(acting[0], directory, at) if acting else None,
        deciding_with=tuple(contact(person, directory, at) for person in acting[1:]),
        distributor=contact(distributor, directory, at) if distributor else None,
        next_rung=NextRung(contact(rung[0], directory, at), rung[1]) if rung else None,
        no_rung_because=None if rung else _no_rung(case),
    )


def acting_people(case: Case, directory: Directory, at: datetime) -> tuple[Person, ...]:
    """Whom the next act waits for, by name: deciders, owner, the distributor's contact, whoever mends a remedy."""
    if case.stage is Stage.APPROVAL and case.step:
        return responsibility.deciders(case, case.step, directory, at)
    if case.stage is Stage.PASSING_ON:
        refused = next((p.held_by for p in paying.awaited(case) if p.held_by), None)
        mending = people.effective(directory, refused, Role.FINANCE, case.scope, at) if refused else None
        if mending:
            return (mending,)
        found = responsibility.distributor_contact(case, directory, at)
        return (found,) if found else ()
    if case.stage is Stage.CLOSED:
        return ()
    remedy = case.remedy
    if case.stage is Stage.REMEDY and remedy and remedy.held_by:
        held = people.effective(directory, remedy.held_by, Role.CASE_MANAGER, case.scope, at)
        return (held,) if held else ()
    return (responsibility.owner(case, directory, at),)


def _no_rung(case: Case) -> str:
    clock = responsibility.climbing_clock(case)
    if case.stage is Stage.CLOSED:
        return "The case is closed."
    if clock and clock.exhausted:
        return "It has reached the top: the executive is reminded every working morning."
    if clock and clock.paused_because:
        return "The clock is paused until the answer arrives."
    if clock and clock.rung:
        return "It is at the top: nobody is above whoever has it now."
    return "Nothing can climb at this stage."


def status(case: Case, policy: Policy, directory: Directory, at: datetime) -> Status:
    shown = contacts(case, policy, directory, at)
    clock = acting_clock(case)
    zone = clocks.calendar_of(directory, clock.measured_by).zone if clock else directory.operator.zone
    due = clock.due_at if clock else None
    asked = asked_of_partner(case)
    waiting = "partner" if case.awaiting_partner else "nobody" if not case.open else "us"
    then = following(case, shown, due, at)
    said = [next_sentence(then, zone, words) for words in (TO_PARTNER, INSIDE)]
    return Status(shown, said[0], said[1], due, zone, waiting, asked, then)


def asked_of_partner(case: Case) -> tuple[str, ...]:
    """What the partner may answer now: open questions, and every fact that waits for their word."""
    if case.stage not in (Stage.ASSESSMENT, Stage.APPROVAL):
        return ()
    return (*(q.id for q in case.questions if q.open), *(fact.id for fact in case.facts_put_to_partner))


def acting_clock(case: Case) -> Clock | None:
    """The clock of the next act: the climbing one, in remedy the VAT note's, and for an open question the answer's."""
    if not case.open:
        return None
    if case.awaiting_partner:
        return case.clock(clocks.PARTNER_ANSWER)
    if case.stage is Stage.REMEDY:
        failed = case.remedy is not None and case.remedy.state is RemedyState.FAILED
        return case.clock(clocks.STEP if failed else clocks.VAT_NOTE)
    return responsibility.climbing_clock(case)


@dataclass(frozen=True, slots=True)
class Spoken:
    """How a sentence names the partner: to their face, or to those who work on the case."""

    answer: str
    account: str
    appeal: str
    word: str
    objection: str


TO_PARTNER = Spoken(
    "your answer", "your account", "you can appeal", "you to confirm or dispute a fact", "your objection"
)
INSIDE = Spoken(
    "the partner's answer",
    "the partner's account",
    "the partner can appeal",
    "the partner to confirm or dispute a fact",
    "the partner's objection",
)


def following(case: Case, shown: Contacts, due: datetime | None, at: datetime) -> Following:
    """Who does what by when, and who gets it otherwise."""
    who = shown.deciding_now.name if shown.deciding_now else shown.owner.name
    then = Following(case.stage.value, who, shown.owner.name, at, due)
    if case.stage is Stage.CLOSED:
        appealable = case.appeal_until is not None and at < case.appeal_until
        return replace(
            then,
            kind="appealable" if appealable else then.kind,
            until=case.appeal_until if appealable else None,
            outcome=case.outcome.value if case.outcome else None,
            appealed=case.appeal is not None,
        )
    if case.awaiting_partner:
        return replace(then, kind="partner", awaited=_awaited(case))
    instead = shown.next_rung.contact.name if shown.next_rung else None
    then = replace(then, disputed=bool(case.disputed), awaits_note=awaits_note(case), instead=instead)
    return replace(then, payment=_payment(case)) if case.stage is Stage.PASSING_ON else then


def next_sentence(then: Following, zone: str, words: Spoken = TO_PARTNER) -> str:
    """One sentence: who does what by when, and what happens otherwise."""
    if then.kind in ("closed", "appealable"):
        return _closed_sentence(then, zone, words)
    by = f" by {local_text(then.by, zone, then.at)}" if then.by else ""
    if then.kind == "partner":
        awaited = words.word if then.awaited == "word" else words.answer
        return f"We wait for {awaited}{by}; after that {then.who} goes on with what is there."
    first = f"{then.owner} answers {words.objection} to a fact first; then " if then.disputed else ""
    account = f"that {words.account} shows the credit"
    if then.awaits_note:
        account = "the number of the credit note, which another system issues"
    act = {
        Stage.ASSESSMENT: f"{first}{then.who} assesses it and proposes what to do{by}",
        Stage.APPROVAL: f"{first}{then.who} decides{by}",
        Stage.REMEDY: f"The credit notes are issued now; {then.who} sees to it{by}",
        Stage.PASSING_ON: _passing_on(then, by, account),
    }[Stage(then.kind)]
    return f"{act}; otherwise it goes to {then.instead} by itself." if then.instead else f"{act}."


def _passing_on(then: Following, by: str, account: str) -> str:
    if then.payment == "refused":
        return f"{then.who} sees to a payment that was refused{by}"
    if then.payment:
        return (
            f"The payment is on its way; {then.who} sees to it{by} {account}, then the case closes by itself"
        )
    return f"{then.who} confirms{by} {account}"


def _payment(case: Case) -> str:
    payments = paying.awaited(case)
    if any(payment.held_by for payment in payments):
        return "refused"
    return "under_way" if payments else ""


def awaits_note(case: Case) -> bool:
    """Whether the next thing to confirm is a note: before it there is nothing to pass on."""
    return any(i.confirmed is None and i.leg is case.main_leg for i in case.instructed)


def _awaited(case: Case) -> str:
    """An answer to a question or to our objection, or a word on what we state."""
    stated = any(fact.state is FactState.OPEN for fact in case.facts_for_partner)
    return "word" if stated and not any(q.open for q in case.questions) else "answer"


def _closed_sentence(then: Following, zone: str, words: Spoken) -> str:
    if then.until:
        ended = "Declined" if then.outcome == CaseOutcome.DECLINED else "Credited in part"
        return f"{ended}; {words.appeal} until {local_text(then.until, zone, then.at)}."
    ended = "After an appeal: " if then.appealed else "Closed: "
    return f"{ended}{then.outcome}. Nothing more is needed."


def overdue(case: Case, at: datetime) -> bool:
    """Any clock that is not done has passed its due instant."""
    return any(c.state == "breached" or (c.due_at is not None and c.due_at < at) for c in case.clocks)


def local_due(clock: Clock, directory: Directory) -> str | None:
    """RFC 3339 in the zone of whoever must act."""
    if clock.due_at is None:
        return None
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(clocks.calendar_of(directory, clock.measured_by).zone)
    return (clock.due_at - timedelta(microseconds=clock.due_at.microsecond)).astimezone(zone).isoformat()
