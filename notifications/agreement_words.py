"""The sentences for facts, exceptions, appeals, and for what is handed on, revised or recalled."""

from collections.abc import Callable, Iterator
from typing import Final

from notifications.decision_words import DECIDE
from notifications.language import mark
from notifications.words import Voice, Words
from partnerflow.cases.letters import Letter

WHY: Final = {
    "pass_on": mark("{before} passed it on."),
    "redirect": mark("{before} passed it to another department."),
    "absence": mark("{before} is away."),
    "left": mark("{before} has left."),
    "role": mark("{before} no longer has this role."),
}
HANDED: Final = mark("{before} handed it on.")


def _handed(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    to, before = facts["to"], facts["before"] or say("Nobody")
    why = say(WHY.get(facts["because"], HANDED), before=before)
    quote = (facts["actor"], facts["text"]) if facts["text"] and letter.audience != "partner" else None
    if letter.audience == "decider":
        stays = say("The time to decide is the same as before.")
        return Words(say("Yours to decide now"), (f"{why} {stays}",), say(DECIDE), quote, shows_money=True)
    if letter.audience == "manager":
        return Words(say("{to} decides in your place now", to=to), quote=quote)
    stays = say("The date by which it is decided stays.")
    return Words(say("{to} decides now", to=to), (f"{why} {stays}",))


def _decided_by_another(letter: Letter, say: Voice) -> Words:
    body = say("{who} has answered this step first.", who=letter.facts["by"])
    return Words(say("Nothing more to do here"), (body,))


def _revised(letter: Letter, say: Voice) -> Words:
    stale = say("What you saw before no longer holds: read it again before you decide.")
    body = (say.known(letter.facts["because"]), stale)
    return Words(say("What you are to decide has changed"), body, shows_money=True)


def _restarted(letter: Letter, say: Voice) -> Words:
    body = (say.known(letter.facts["because"]), say("The decision's clock stays as it is."))
    return Words(say("The approval begins again from its first step"), body)


def _fact_changed(letter: Letter, say: Voice) -> Words:
    """What waits for the partner is a question to them; anything else is news."""
    facts, change = letter.facts, letter.facts["change"]
    if letter.audience == "partner" and facts["waits_for"] == "partner":
        pause = (say("The clock is paused until you say."),) if facts["decisive"] else ()
        return _about(letter, say, say("Is this right? Please confirm or dispute it"), *pause)
    if change == "lapsed":
        return _lapsed(letter, say)
    if change == "corrected" and facts["source"] == "order":
        return _about(letter, say, say("What the order says has changed"))
    headline = say(SAID[change], actor=facts["actor"])
    return _about(letter, say, headline, *_grounded(letter, say), ask=_now_decide(letter, say))


SAID: Final = {
    "added": mark("{actor} has stated a fact"),
    "corrected": mark("{actor} has corrected a fact"),
    "confirmed": mark("{actor} confirms it"),
    "upheld": mark("{actor} upholds a fact, although it is disputed"),
    "withdrawn": mark("{actor} no longer states this"),
}


def _grounded(letter: Letter, say: Voice) -> Iterator[str]:
    """Why, as far as somebody said it, and what follows from it."""
    facts = letter.facts
    if facts["why"]:
        yield facts["why"]
    if facts["change"] != "upheld":
        return
    yield say("Evidence: {evidence}", evidence=facts["evidence"])
    if letter.audience == "partner":
        yield say(
            "A decision may rest on it now. It will say that you dispute it, and you can appeal on that ground."
        )


def _lapsed(letter: Letter, say: Voice) -> Words:
    if letter.audience == "partner":
        body = say("The decision is now made on what is there. You can still confirm or dispute it.")
        return _about(letter, say, say("We have not heard from you on this; it goes on without"), body)
    silence = say("Silence neither confirms nor withdraws it: the decision is made on what is there.")
    headline = say("The partner has not said whether this is right")
    return _about(letter, say, headline, silence, ask=_now_decide(letter, say))


def _fact_disputed(letter: Letter, say: Voice) -> Words:
    facts, whose = letter.facts, None
    body = [say("Objection: {objection}", objection=facts["objection"])]
    if facts["decisive"]:
        body.append(say("Nobody decides on it before that is answered."))
    if letter.audience == "partner":
        whose = say("Correct it, withdraw it, or answer with what shows it.")
    elif letter.audience == "owner" and facts["waits_for"] != "partner":
        whose = say(
            "Correct it, withdraw it, or have it upheld with evidence by somebody who did not add it."
        )
    return _about(letter, say, say("{actor} disputes a fact", actor=facts["actor"]), *body, ask=whose)


def _about(letter: Letter, say: Voice, headline: str, *body: str, ask: str | None = None) -> Words:
    """With the fact itself, as its author's words; what the order says nobody wrote."""
    fact = letter.facts["fact"]
    if letter.facts["source"] == "order":
        return Words(headline, (say("“{fact}”", fact=fact), *body), ask)
    return Words(headline, tuple(body), ask, (letter.facts["stated_by"], fact))


def _now_decide(letter: Letter, say: Voice) -> str | None:
    return say(DECIDE) if letter.audience == "decider" else None


def _excepted(letter: Letter, say: Voice) -> Words:
    quote = (letter.facts["actor"], letter.facts["text"])
    body = (say("Those entitled to grant it join the route."),)
    headline = say("{actor} asks for an exception", actor=letter.facts["actor"])
    return Words(headline, body, quote=quote, shows_money=True)


def _told_before(letter: Letter, say: Voice) -> Words:
    quote = (letter.facts["actor"], letter.facts["text"]) if letter.facts["text"] else None
    body = (say("The whole case is in its timeline: read it before you ask again."),)
    headline = say("The partner had told us this already (no. {times})", times=letter.facts["times"])
    return Words(headline, body, quote=quote)


def _recalled(letter: Letter, say: Voice) -> Words:
    body = (letter.facts["reason"], say("It is back in assessment; clocks and reservation stay."))
    return Words(say("{actor} has recalled the request", actor=letter.facts["actor"]), body)


def _appealed(letter: Letter, say: Voice) -> Words:
    body = (say("It has a round of its own, and nobody decides in it who decided before."),)
    quote = (letter.facts["actor"], letter.facts["text"])
    headline = say("{actor} appeals", actor=letter.facts["actor"])
    return Words(headline, body, quote=quote, shows_money=True)


WORDS: Final[dict[str, Callable[[Letter, Voice], Words]]] = {
    "case.step_handed_on": _handed,
    "case.step_decided": _decided_by_another,
    "case.revised": _revised,
    "case.round_restarted": _restarted,
    "case.fact_changed": _fact_changed,
    "case.fact_disputed": _fact_disputed,
    "case.exception_requested": _excepted,
    "case.already_told": _told_before,
    "case.recalled": _recalled,
    "case.appealed": _appealed,
}
