"""What becomes of a mail that came in: an answer, a note, a mark on an address, nothing, or a place in quarantine.

A mail acts only as the person whom its address or the mail it answers was given to, if that is who says to have written
it. What it does goes through the desk under a key made of the mail, so that a mail taken in twice does it once.
A reply never decides anything. DOMAIN: Timeline; FAULTS: E-mail action token.
"""

from dataclasses import dataclass
from typing import Any, Final

from notifications import inbound, reply
from notifications.inbound import Incoming, Origin
from notifications.inbound.quoting import without
from notifications.messages import mail_for
from notifications.reply import Known
from partnerflow import desk
from partnerflow.cases.agreeing import side
from partnerflow.cases.commands import AddNote, Answer
from partnerflow.cases.model import Case
from partnerflow.cases.statements import PARTNER
from partnerflow.desk.visibility import may_see
from partnerflow.people import Actor, Directory, Person
from partnerflow.store import reading as records
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.inbound import Settled, Staged, read_delivery, taken_lately
from partnerflow.store.outbox import Delivery
from workflows.incoming import enclosed, returned
from workflows.incoming.parts import MAIL, House, Quarantined

MOST_AN_HOUR: Final = 60
"""More mails than a person writes."""
LONGEST: Final = 9_000
"""Characters of one mail's words that join a case (a note may have 10,000, files and refusals included)."""
FROM_PARTNER: Final = ("case.note_added", "case.info_received", "case.already_told", "case.fact_disputed")
"""What our people answer to the partner when they answer the mail that told them of it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A mail that is known to be a person's on a case."""

    mail: Staged
    incoming: Incoming
    case: Case
    person: Person
    directory: Directory
    answered: Delivery | None

    @property
    def actor(self) -> Actor:
        return Actor(self.person.id, self.person.organisation, self.person.roles)


def take_in(house: House, mail: Staged) -> Settled:
    """Do what the mail asks for, and say what became of it. Raises desk.Unavailable when the record is away."""
    incoming = inbound.read(inbound.parse(mail.raw), mail.envelope_from, house.own_address)
    said = {"origin": incoming.origin.value, "sender": incoming.sender, "subject": incoming.subject}
    try:
        if mail.state == "released":
            found = _let_in(house, mail, incoming)
        elif incoming.origin is Origin.BOUNCE:
            found = returned.take_back(house, mail.id, incoming)
        elif incoming.origin is not Origin.PERSON:
            found = Settled("ignored", reason=incoming.because)
        else:
            found = _speak(house, _known(house, mail, incoming))
    except Quarantined as held:
        found = Settled("quarantined", case_ref=held.case_ref, person=held.person, reason=held.reason)
    return _with(found, **said)


def _with(found: Settled, **said: Any) -> Settled:
    return Settled(
        found.state,
        case_ref=found.case_ref,
        person=found.person,
        outcome=found.outcome,
        reason=found.reason,
        **said,
    )


def _known(house: House, mail: Staged, incoming: Incoming) -> Turn:
    """Who wrote, on which case; Quarantined unless everything fits."""
    signed = [k for k in (reply.read_address(mail.recipient), *incoming.answers) if k]
    if not signed:
        raise Quarantined("It is addressed to no case, and answers no mail of ours.")
    ref = signed[0].ref
    with reading(house.engine, EVERY_ORGANISATION) as session:
        read = records.read_case(session, ref)
        answered = next((read_delivery(session, k.delivery) for k in signed if k.delivery), None)
        lately = taken_lately(session, incoming.sender) if incoming.sender else 0
    if read is None:
        raise Quarantined(f"There is no case {ref}.")
    case, view, at = read
    person = view.directory.named(incoming.sender) if incoming.sender else None
    if person is None:
        raise Quarantined("Nobody we know has this address.", ref)
    _refuse(house, mail, incoming, signed, person, case)
    if person.gone(at) or not may_see(case, person.organisation, view.directory.operator.code):
        raise Quarantined(f"{person.name} has no part in this case.", ref, person.id)
    if lately >= MOST_AN_HOUR:
        raise Quarantined("More mails in an hour than a person writes.", ref, person.id)
    theirs = answered if answered and answered.recipient == person.id and answered.stream == ref else None
    return Turn(mail, incoming, case, person, view.directory, theirs)


def _refuse(
    house: House, mail: Staged, incoming: Incoming, signed: list[Known], person: Person, case: Case
) -> None:
    if not all(each.ref == case.ref for each in signed):
        raise Quarantined("Its address and the mail it answers are of different cases.", case.ref, person.id)
    if not any(reply.fits(each, house.secret, person.id) for each in signed):
        raise Quarantined("The reply address was given to somebody else.", case.ref, person.id)
    if mail.envelope_from and not _aligned(mail.envelope_from, incoming.sender):
        raise Quarantined("It was sent by another domain than the one it names.", case.ref, person.id)


def _aligned(envelope: str, sender: str) -> bool:
    """The same domain, or one under the other, as DMARC's relaxed mode asks of it."""
    sent, named = (f".{each.rpartition('@')[2].lower()}" for each in (envelope, sender))
    return sent.endswith(named) or named.endswith(sent)


def _speak(house: House, turn: Turn) -> Settled:
    """The answer to the one open question, or a note; the files first, so that the words can name them."""
    said = _said(house, turn)
    if not said and not turn.incoming.files:
        return Settled(
            "ignored", case_ref=turn.case.ref, person=turn.person.id, reason="Nothing was written."
        )
    visibility = _visibility(turn)
    enclosures = enclosed.put(
        house.engine, turn.mail.id, turn.case.ref, turn.actor, turn.incoming.files, visibility
    )
    text = enclosed.composed(said, enclosures)
    question = _question(turn)
    outcome = None
    if question is not None:
        outcome = _send(house, turn, Answer(question, text, "mail"), "answer")
    if outcome is None or outcome.code == "wrong-state":
        outcome = _send(house, turn, AddNote(text, visibility, "mail"), "note")
        question = None
    if outcome.state is desk.State.REFUSED:
        raise Quarantined(f"{turn.person.name} may not write on this case.", turn.case.ref, turn.person.id)
    since = turn.person.undeliverable_since
    returned.clear(house.engine, turn.directory, turn.person.id, f"mail:{turn.mail.id}:clear", since)
    became = "answer" if question is not None else "note"
    refused = "; ".join(enclosures.refused) or None
    return Settled("taken", case_ref=turn.case.ref, person=turn.person.id, outcome=became, reason=refused)


def _said(house: House, turn: Turn) -> str:
    """Without anything of the mail that is answered, whatever program quoted it: it may hold what not every reader of
    the case may see."""
    said = turn.incoming.said
    if turn.answered is not None:
        said = without(said, mail_for(turn.answered, house.base_url, lambda _: b"").text)
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}\n[The mail goes on; it is kept in full.]"


def _question(turn: Turn) -> str | None:
    """The one open question, if it is put to the writer's side."""
    is_open = [question.id for question in turn.case.questions if question.open]
    asked = turn.case.awaiting_partner and side(turn.case, turn.actor) == PARTNER
    return is_open[0] if asked and len(is_open) == 1 else None


def _visibility(turn: Turn) -> str:
    """What our people answer to the partner's own words goes to the partner; what they answer to anything else, which a
    partner never saw, stays inside."""
    if turn.person.organisation != turn.directory.operator.code:
        return "public"
    if side(turn.case, turn.actor) == PARTNER:
        return "public"
    about = turn.answered
    if about is None or about.event not in FROM_PARTNER:
        return "internal"
    return "internal" if about.data.get("facts", {}).get("visibility") == "internal" else "public"


def _send(house: House, turn: Turn, command: Answer | AddNote, what: str) -> desk.Outcome:
    request = desk.Request(command, turn.actor, f"mail:{turn.mail.id}:{what}", f"case/{turn.case.ref}")
    return desk.handle(house.engine, request)


def _let_in(house: House, mail: Staged, incoming: Incoming) -> Settled:
    """A person let it through: a note by us that says who is said to have written it. It is nobody's answer."""
    ref = mail.case_ref or ""
    enclosures = enclosed.put(house.engine, mail.id, ref, MAIL, incoming.files, "public")
    who = (
        f"{incoming.sender_name} <{incoming.sender}>" if incoming.sender_name else incoming.sender or "nobody"
    )
    said = enclosed.composed(incoming.said[: LONGEST - 500], enclosures)
    text = f"Mail from {who}, who is not confirmed as its writer:\n\n{said}"
    request = desk.Request(AddNote(text, "public", "mail"), MAIL, f"mail:{mail.id}:released", f"case/{ref}")
    outcome = desk.handle(house.engine, request)
    if outcome.state is desk.State.REFUSED:
        raise Quarantined(f"The case does not take it: {outcome.code}.", ref)
    return Settled("taken", case_ref=ref, outcome="note", reason=mail.reason)
