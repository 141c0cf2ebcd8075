"""The sentences for each event of a case, by who reads them. Every mail's who, next, by when and ask come from the
letter; here is only what happened. A structure test compares the table with the events that owe messages."""

from collections.abc import Callable

from notifications import agreement_words, money_words
from notifications.formats import money
from notifications.words import CLOCKS, CODES, HOW, Words
from partnerflow.calendars import local_text
from partnerflow.cases.letters import Letter
from partnerflow.store.codec import instant


def words(letter: Letter, event: str) -> Words:
    """What happened, for this reader; KeyError for an event that owes nobody a message."""
    return WORDS[event](letter)


def _cash(letter: Letter, name: str) -> str:
    return money(int(letter.facts[name]), letter.currency, "en_GB")


def _when(letter: Letter, name: str) -> str:
    return local_text(instant(letter.facts[name]), letter.zone)


def _opened(letter: Letter) -> Words:
    who = letter.owner.name if letter.owner else "Your desk"
    quote = (letter.facts["actor"], letter.facts["description"]) if letter.facts.get("description") else None
    if letter.audience == "partner":
        return Words(
            f"We have your case, and {who} owns it",
            ("Nothing has to be said twice: everyone who joins reads the whole case.",),
            quote=quote,
            shows_money=True,
        )
    if letter.audience == "owner":
        body = (f"{letter.facts['actor']} opened it. You are its owner until it is closed.",)
        return Words(
            f"A new case on order {letter.order_number} is yours", body, quote=quote, shows_money=True
        )
    body = ("You are named as the distributor's contact; nothing is needed from you yet.",)
    return Words(f"A case was opened on order {letter.order_number}", body, quote=quote)


def _owner_changed(letter: Letter) -> Words:
    to, before = letter.facts["to"], letter.facts["before"]
    said = letter.facts.get("text")
    if letter.audience != "partner":
        quote = (letter.facts["actor"], said) if said else None
        if letter.audience == "owner":
            body = ("Its whole history is in the case.",)
            return Words(f"You own this case now, after {before}", body, quote=quote)
        return Words(f"{to} owns this case now, in your place", quote=quote)
    why = (said,) if said and letter.facts["because"] == "redirected" else ()
    return Words(f"{to} has your case now", (f"{before} had it before; nothing starts anew for you.", *why))


def _proposed(letter: Letter) -> Words:
    body = ("It goes to those who decide now.",)
    quote = (letter.facts["actor"], letter.facts["text"]) if letter.facts.get("text") else None
    return Words(f"{letter.facts['actor']} has proposed what to do", body, quote=quote, shows_money=True)


def _step_started(letter: Letter) -> Words:
    of = f"step {letter.facts['step']} of {letter.facts['steps']}"
    if letter.audience == "decider":
        ask = "Approve, approve in part, ask the partner, or decline with a reason."
        return Words(
            f"Yours to decide: {letter.case_type.replace('_', ' ')}, {of}", (), ask, shows_money=True
        )
    return Words(f"{letter.facts['deciders'] or 'The next decider'} decides now ({of})")


def _asked(letter: Letter) -> Words:
    body = ("The clock is paused until you answer; answer in the case and it runs on at once.",)
    return Words(f"{letter.facts['actor']} needs one answer from you", body, quote=(
        letter.facts["actor"], letter.facts["text"]))  # fmt: skip


def _answered(letter: Letter) -> Words:
    if not letter.facts["text"]:
        body = ("The decision is now made on what is there. An answer is still welcome as a note.",)
        return Words("The question was not answered; it goes on without", body)
    return Words(
        f"{letter.facts['actor']} has answered", (f"You asked: {letter.facts['question']}",),
        quote=(letter.facts["actor"], letter.facts["text"]),
    )  # fmt: skip


def _escalated(letter: Letter) -> Words:
    to, before, reason = letter.facts["to"], letter.facts["before"], letter.facts["reason"]
    if to and not before:
        return _named_instead(letter)
    before = before or "Nobody"
    if not to:
        return Words(
            "Nobody has acted and the ladder has reached its top",
            (f"{before} had it last. This is repeated every working morning until somebody acts.",),
        )
    if letter.audience in ("decider", "owner"):
        ask = "Take it up: the partner was told that you have it now."
        return Words(f"This case has climbed to you from {before}", (reason,), ask, shows_money=True)
    if letter.audience == "manager":
        return Words(f"The case has climbed to {to}", (f"{reason} {before} no longer has it.",))
    took = "As you asked" if letter.facts["pulled"] else "Nobody answered in time, so by itself"
    return Words(f"{to} has your case now", (f"{took} it went from {before} to {to}.",))


def _named_instead(letter: Letter) -> Words:
    """Nobody whom the step names may decide it, so whoever is above has it at once."""
    body = (letter.facts["reason"],)
    if letter.audience == "decider":
        ask = "Approve, approve in part, ask the partner, or decline with a reason."
        return Words("Yours to decide: it has come to you at once", body, ask, shows_money=True)
    return Words(f"{letter.facts['to']} decides now", body)


def _approved(letter: Letter) -> Words:
    if letter.audience == "distributor":
        return Words(
            "Approved: the credit notes follow",
            ("You will be asked to pass the credit on.",),
            shows_money=True,
        )
    reach = " and reach you by mail" if letter.audience == "partner" else ""
    body = (f"The credit notes are issued now{reach}.", *_grounds(letter))
    return Words("Approved", body, shows_money=True)


def _approved_in_part(letter: Letter) -> Words:
    body = ("Less than asked was approved. What was approved is executed now; the reasons are in the case.",)
    return Words("Approved in part", (*body, *_grounds(letter)), shows_money=True)


def _grounds(letter: Letter) -> list[str]:
    """The facts that a decision rests on, and what speaks against them."""
    cited = letter.facts.get("grounds", "")
    return [f"It rests on: {line}" for line in cited.split("\n")] if cited else []


def _declined(letter: Letter) -> Words:
    why = CODES.get(letter.facts["code"], letter.facts["code"])
    whose, who = ("Your", "You") if letter.audience == "partner" else ("The", "The partner")
    what = "appeal" if letter.facts.get("appealed") else "request"
    body = [f"Reason: {why}."]
    if letter.facts["appeal_until"]:
        body.append(f"{who} can appeal until {_when(letter, 'appeal_until')}; somebody else then decides.")
    elif letter.facts.get("appealed"):
        body.append("It was decided twice, by different people; this ends it.")
    if letter.facts.get("appealed") == "credited":
        body.append("What was credited before stays as it is.")
    body += _grounds(letter)
    return Words(
        f"{whose} {what} was declined", tuple(body), quote=(letter.facts["actor"], letter.facts["text"])
    )


def _documents(letter: Letter) -> Words:
    facts = letter.facts
    if facts.get("external"):
        return money_words.confirmed(letter)
    if letter.audience == "distributor" and facts["passing_on"]:
        ask = "Credit the reseller's account, then confirm how, with reference and date."
        return Words(
            "Please pass the credit on to the reseller",
            ("The documents are attached.",),
            ask,
            shows_money=True,
        )
    if not facts.get("credit"):
        return Words("Your order is corrected", ("Nothing was invoiced yet, so no credit note is needed.",))
    body = [
        f"Credit note {facts['credit']} over {_cash(letter, 'gross')} corrects invoice {facts['invoice']}."
    ]
    body += _allocation(letter)
    if facts.get("rebill"):
        body.append(
            f"Invoice {facts['rebill']} over {_cash(letter, 'rebill_gross')} is for what you wanted instead."
        )
    return Words(f"Credit note {facts['credit']} is issued", tuple(body), shows_money=True)


def _allocation(letter: Letter) -> list[str]:
    said = {
        "unpaid_reduced": "It first takes {} off what is still open on the invoice.",
        "account_credit": "{} goes to your account.",
        "refund": "{} is refunded.",
        "settled_outside": "{} is settled as agreed outside.",
    }
    return [
        text.format(_cash(letter, name)) for name, text in said.items() if int(letter.facts.get(name, "0"))
    ]


def _failed(letter: Letter) -> Words:
    held = letter.facts["held_by"]
    if letter.audience == "partner" and letter.facts["compensated"]:
        body = (
            f"What was approved cannot be carried out as it was. {held} has it again and goes on with it.",
        )
        return Words("The approval does not hold; your case is assessed again", body)
    if letter.audience == "partner":
        return Words(
            "There is a delay, and somebody is on it", (f"{held} puts it right. Your approval stands.",)
        )
    if letter.facts["compensated"]:
        back = (letter.facts["because"], "It is back in assessment; what was held for it stays held.")
        return Words("What was approved is not carried out", back, f"{held}: assess it again and propose.")
    on = (letter.facts["because"], "It goes on from where it stopped.")
    return Words("The remedy failed", on, f"{held}: mend the cause, then go on.")


def _passed_on(letter: Letter) -> Words:
    facts = letter.facts
    how = facts["how"].replace("_", " ")
    return Words(f"The distributor has passed it on ({how})", (f"Reference {facts['reference']}.",))


def _closed(letter: Letter) -> Words:
    facts = letter.facts
    if letter.audience != "partner":
        return Words("The case is closed", (f"Outcome: {facts['outcome']}.",))
    done = HOW.get(facts.get("how", ""), "")
    body = [f"It was {done}, reference {facts['reference']}."] if done else []
    if facts.get("appeal_until"):
        until = _when(letter, "appeal_until")
        body.append(f"What was left out you can appeal until {until}; somebody else then decides.")
    return Words("Your case is closed: credited", tuple(body), shows_money=True)


def _noted(letter: Letter) -> Words:
    kind = "an internal note" if letter.facts["visibility"] == "internal" else "a note"
    actor = letter.facts["actor"]
    return Words(f"{actor} has added {kind}", quote=(actor, letter.facts["text"]))


def _document(letter: Letter) -> Words:
    kind = "an internal file" if letter.facts["visibility"] == "internal" else "a file"
    return Words(
        f"{letter.facts['actor']} has added {kind}", (f"“{letter.facts['document']}” is in the case.",)
    )


def _withdrawn(letter: Letter) -> Words:
    return Words("The case was withdrawn", (letter.facts["reason"],))


def _cancelled(letter: Letter) -> Words:
    return Words("The case was cancelled", (letter.facts["reason"],))


def _warned(letter: Letter) -> Words:
    what, percent = CLOCKS.get(letter.facts["clock"], "a deadline"), letter.facts["percent"]
    return Words(f"{percent} % of the time for {what} is used", (f"It is due {_when(letter, 'due_at')}.",))


def _breached(letter: Letter) -> Words:
    what = CLOCKS.get(letter.facts["clock"], "a deadline")
    return Words(
        f"Overdue: {what}", (f"It was due {_when(letter, 'due_at')}.",), "Act now, and tell the partner."
    )


WORDS: dict[str, Callable[[Letter], Words]] = {
    "case.opened": _opened,
    "case.owner_changed": _owner_changed,
    "case.proposed": _proposed,
    "case.approval_step_started": _step_started,
    "case.info_requested": _asked,
    "case.info_received": _answered,
    "case.escalated": _escalated,
    "case.approved": _approved,
    "case.approved_in_part": _approved_in_part,
    "case.declined": _declined,
    "credit_note.issued": _documents,
    "case.remedy_failed": _failed,
    "case.passed_on": _passed_on,
    "case.closed": _closed,
    "case.note_added": _noted,
    "case.document_added": _document,
    "case.withdrawn": _withdrawn,
    "case.cancelled": _cancelled,
    "case.clock_warned": _warned,
    "case.clock_breached": _breached,
    **agreement_words.WORDS,
    **money_words.WORDS,
}
