"""The sentences for calls, for the partner's side handed on, and for those who only watch."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from notifications.words import Voice, Words
from partnerflow.cases.letters import Letter
from partnerflow.store.codec import instant


def _call_asked(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    times = [say.when(instant(facts["slot"]))] if facts.get("slot") else []
    times += [facts["when"]] if facts["when"] else []
    suits = say("When it suits: {when}.", when="; ".join(times)) if times else ""
    ask = say("Call {number}, then note in the case what was said.", number=facts["number"])
    headline = say("{actor} asks you to call", actor=facts["actor"])
    quote = (facts["actor"], facts["text"])
    return Words(headline, (suits,) if suits else (), ask, quote, dial=facts["number"])


def _call_made(letter: Letter, say: Voice) -> Words:
    actor = letter.facts["actor"]
    body = (say("This is what was said, so that nobody has to say it again."),)
    return Words(
        say("{actor} called; here is the note", actor=actor), body, quote=(actor, letter.facts["text"])
    )


def _handed(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    quote = (facts["actor"], facts["text"]) if facts["text"] else None
    if letter.audience == "partner" and letter.name == facts["to"]:
        body = (say("Questions and mails about it come to you now. Its whole history is in the case."),)
        return Words(say("{actor} has handed this case to you", actor=facts["actor"]), body, quote=quote)
    body = (say("Questions and mails go to {to} now: {email}", to=facts["to"], email=facts["to_email"]),)
    headline = say("{to} has the partner's side of this case now", to=facts["to"])
    return Words(headline, body, quote=quote)


def watched(said: Words, letter: Letter, say: Voice) -> Words:
    """With why they get it, and without what is asked of somebody else."""
    why = (
        say("You watch this case; this is what the partner was told.")
        if letter.audience == "partner"
        else say("You watch this case; nothing is needed from you.")
    )
    return replace(said, body=(why, *said.body), ask=None, dial="")


WORDS: Final[dict[str, Callable[[Letter, Voice], Words]]] = {
    "case.call_asked": _call_asked,
    "case.call_made": _call_made,
    "case.partner_handed": _handed,
}
