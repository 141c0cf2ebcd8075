"""The sentences for each event of a case, by who reads them. Every mail's who, next, by when and ask come from the
letter; here is only what happened. A structure test compares the table with the events that owe messages."""

from collections.abc import Callable
from dataclasses import replace

from notifications import (
    agreement_words,
    decision_words,
    document_mail_words,
    kindness_words,
    money_words,
)
from notifications.words import A_DEADLINE, CLOCK_NAMES, CLOCKS, OUTCOMES, Voice, Words
from partnerflow.cases.letters import Letter
from partnerflow.store.codec import instant


def words(letter: Letter, event: str, say: Voice) -> Words:
    """What happened, for this reader; KeyError for an event that owes nobody a message."""
    said = WORDS[event](letter, say)
    if letter.facts.get("watching"):
        return kindness_words.watched(said, letter, say)
    meant = letter.facts.get("instead_of")
    if not meant:
        return said
    why = say(
        "This is for {name}, whose address does not take our mails; you get it in their place.", name=meant
    )
    return replace(said, body=(why, *said.body))


def _opened(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    quote = (facts["actor"], facts["description"]) if facts.get("description") else None
    if letter.audience == "partner":
        return Words(
            say("We have your case, and {who} owns it", who=letter.owner.name)
            if letter.owner
            else say("We have your case, and your desk owns it"),
            (say("Nothing has to be said twice: everyone who joins reads the whole case."),),
            quote=quote,
            shows_money=True,
        )
    order = letter.order_number
    if letter.audience == "owner":
        body = (say("{actor} opened it. You are its owner until it is closed.", actor=facts["actor"]),)
        return Words(
            say("A new case on order {order} is yours", order=order), body, quote=quote, shows_money=True
        )
    body = (say("You are named as the distributor's contact; nothing is needed from you yet."),)
    return Words(say("A case was opened on order {order}", order=order), body, quote=quote)


def _owner_changed(letter: Letter, say: Voice) -> Words:
    to, before = letter.facts["to"], letter.facts["before"]
    said = letter.facts.get("text")
    if letter.audience != "partner":
        quote = (letter.facts["actor"], said) if said else None
        if letter.audience == "owner":
            body = (say("Its whole history is in the case."),)
            return Words(say("You own this case now, after {before}", before=before), body, quote=quote)
        return Words(say("{to} owns this case now, in your place", to=to), quote=quote)
    why = (said,) if said and letter.facts["because"] == "redirected" else ()
    stays = say("{before} had it before; nothing starts anew for you.", before=before)
    return Words(say("{to} has your case now", to=to), (stays, *why))


def _proposed(letter: Letter, say: Voice) -> Words:
    actor = letter.facts["actor"]
    quote = (actor, letter.facts["text"]) if letter.facts.get("text") else None
    body = (say("It goes to those who decide now."),)
    return Words(say("{actor} has proposed what to do", actor=actor), body, quote=quote, shows_money=True)


def _asked(letter: Letter, say: Voice) -> Words:
    actor = letter.facts["actor"]
    body = (say("The clock is paused until you answer; answer in the case and it runs on at once."),)
    quote = (actor, letter.facts["text"])
    return Words(say("{actor} needs one answer from you", actor=actor), body, quote=quote)


def _answered(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    if not facts["text"]:
        body = (say("The decision is now made on what is there. An answer is still welcome as a note."),)
        return Words(say("The question was not answered; it goes on without"), body)
    asked = (say("You asked: {question}", question=facts["question"]),)
    return Words(
        say("{actor} has answered", actor=facts["actor"]), asked, quote=(facts["actor"], facts["text"])
    )


def _escalated(letter: Letter, say: Voice) -> Words:
    to, before = letter.facts["to"], letter.facts["before"]
    if to and not before:
        return decision_words.named_instead(letter, say, _reason(letter, say))
    before = before or say("Nobody")
    if not to:
        body = say(
            "{before} had it last. This is repeated every working morning until somebody acts.", before=before
        )
        return Words(say("Nobody has acted and the ladder has reached its top"), (body,))
    if letter.audience in ("decider", "owner"):
        ask = say("Take it up: the partner was told that you have it now.")
        headline = say("This case has climbed to you from {before}", before=before)
        return Words(headline, (_reason(letter, say),), ask, shows_money=True)
    if letter.audience == "manager":
        gone = say("{before} no longer has it.", before=before)
        return Words(say("The case has climbed to {to}", to=to), (f"{_reason(letter, say)} {gone}",))
    climbed = (
        say("As you asked it went from {before} to {to}.", before=before, to=to)
        if letter.facts["pulled"]
        else say("Nobody answered in time, so by itself it went from {before} to {to}.", before=before, to=to)
    )
    return Words(say("{to} has your case now", to=to), (climbed,))


def _reason(letter: Letter, say: Voice) -> str:
    """A deadline's own sentence in the reader's language; what a person wrote, as they wrote it."""
    reason, clock = letter.facts["reason"], letter.facts.get("clock", "")
    name = CLOCK_NAMES.get(clock, "")
    if name and reason == f"The deadline of the {name} passed.":
        return say("The deadline of the {clock} passed.", clock=say.of(CLOCK_NAMES, clock))
    return say.known(reason)


def _failed(letter: Letter, say: Voice) -> Words:
    held, because = letter.facts["held_by"], say.known(letter.facts["because"])
    if letter.audience == "partner" and letter.facts["compensated"]:
        body = say(
            "What was approved cannot be carried out as it was. {who} has it again and goes on with it.",
            who=held,
        )
        return Words(say("The approval does not hold; your case is assessed again"), (body,))
    if letter.audience == "partner":
        body = say("{who} puts it right. Your approval stands.", who=held)
        return Words(say("There is a delay, and somebody is on it"), (body,))
    if letter.facts["compensated"]:
        back = say("It is back in assessment; what was held for it stays held.")
        ask = say("{who}: assess it again and propose.", who=held)
        return Words(say("What was approved is not carried out"), (because, back), ask)
    on = say("It goes on from where it stopped.")
    return Words(say("The remedy failed"), (because, on), say("{who}: mend the cause, then go on.", who=held))


def _noted(letter: Letter, say: Voice) -> Words:
    actor = letter.facts["actor"]
    internal = letter.facts["visibility"] == "internal"
    if letter.audience == "decider":
        body = say(
            "A reply to a mail decides nothing. The decision still waits for you; it is made in the case."
        )
        ask = say("Open the request and decide.")
        return Words(say("Your reply is a note in the case"), (body,), ask, (actor, letter.facts["text"]))
    headline = (
        say("{actor} has added an internal note", actor=actor)
        if internal
        else say("{actor} has added a note", actor=actor)
    )
    return Words(headline, quote=(actor, letter.facts["text"]))


def _document(letter: Letter, say: Voice) -> Words:
    actor, named = letter.facts["actor"], letter.facts["document"]
    internal = letter.facts["visibility"] == "internal"
    headline = (
        say("{actor} has added an internal file", actor=actor)
        if internal
        else say("{actor} has added a file", actor=actor)
    )
    return Words(headline, (say("“{file}” is in the case.", file=named),))


def _withdrawn(letter: Letter, say: Voice) -> Words:
    return Words(say("The case was withdrawn"), (letter.facts["reason"],))


def _cancelled(letter: Letter, say: Voice) -> Words:
    return Words(say("The case was cancelled"), (letter.facts["reason"],))


def _closed(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    if letter.audience != "partner":
        outcome = say.of(OUTCOMES, facts["outcome"])
        return Words(say("The case is closed"), (say("Outcome: {outcome}.", outcome=outcome),))
    body = list(document_mail_words.given(facts, say))
    if facts.get("appeal_until"):
        until = say.when(instant(facts["appeal_until"]))
        body.append(
            say("What was left out you can appeal until {until}; somebody else then decides.", until=until)
        )
    return Words(say("Your case is closed: credited"), tuple(body), shows_money=True)


def _warned(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    headline = say(
        "{percent} % of the time for {what} is used", percent=facts["percent"], what=_clock(letter, say)
    )
    return Words(headline, (say("It is due {when}.", when=say.when(instant(facts["due_at"]))),))


def _breached(letter: Letter, say: Voice) -> Words:
    was = say("It was due {when}.", when=say.when(instant(letter.facts["due_at"])))
    ask = say("Act now, and tell the partner.")
    return Words(say("Overdue: {what}", what=_clock(letter, say)), (was,), ask)


def _clock(letter: Letter, say: Voice) -> str:
    return say(CLOCKS.get(letter.facts["clock"], A_DEADLINE))


WORDS: dict[str, Callable[[Letter, Voice], Words]] = {
    "case.opened": _opened,
    "case.owner_changed": _owner_changed,
    "case.proposed": _proposed,
    "case.info_requested": _asked,
    "case.info_received": _answered,
    "case.escalated": _escalated,
    "case.remedy_failed": _failed,
    "case.closed": _closed,
    "case.note_added": _noted,
    "case.document_added": _document,
    "case.withdrawn": _withdrawn,
    "case.cancelled": _cancelled,
    "case.clock_warned": _warned,
    "case.clock_breached": _breached,
    **decision_words.WORDS,
    **document_mail_words.WORDS,
    **agreement_words.WORDS,
    **kindness_words.WORDS,
    **money_words.WORDS,
}
