"""The sentences for facts, exceptions, appeals, and for what is handed on, revised or recalled."""

from collections.abc import Callable, Iterator

from notifications.words import Words
from partnerflow.cases.letters import Letter

DECIDE = "Approve, approve in part, ask the partner, or decline with a reason."
WHY = {
    "pass_on": "passed it on",
    "redirect": "passed it to another department",
    "absence": "is away",
    "left": "has left",
    "role": "no longer has this role",
}


def _handed(letter: Letter) -> Words:
    facts = letter.facts
    to, before, why = facts["to"], facts["before"] or "Nobody", WHY.get(facts["because"], "handed it on")
    quote = (facts["actor"], facts["text"]) if facts["text"] and letter.audience != "partner" else None
    if letter.audience == "decider":
        body = (f"{before} {why}. The time to decide is the same as before.",)
        return Words("Yours to decide now", body, DECIDE, quote, shows_money=True)
    if letter.audience == "manager":
        return Words(f"{to} decides in your place now", quote=quote)
    return Words(f"{to} decides now", (f"{before} {why}. The date by which it is decided stays.",))


def _decided_by_another(letter: Letter) -> Words:
    return Words("Nothing more to do here", (f"{letter.facts['by']} has answered this step first.",))


def _revised(letter: Letter) -> Words:
    body = (letter.facts["because"], "What you saw before no longer holds: read it again before you decide.")
    return Words("What you are to decide has changed", body, shows_money=True)


def _restarted(letter: Letter) -> Words:
    return Words(
        "The approval begins again from its first step",
        (letter.facts["because"], "The decision's clock stays as it is."),
    )


def _fact_changed(letter: Letter) -> Words:
    """What waits for the partner is a question to them; anything else is news."""
    facts, change = letter.facts, letter.facts["change"]
    if letter.audience == "partner" and facts["waits_for"] == "partner":
        pause = ("The clock is paused until you say.",) if facts["decisive"] else ()
        return _about(letter, "Is this right? Please confirm or dispute it", *pause)
    if change == "lapsed":
        return _lapsed(letter)
    if change == "corrected" and facts["source"] == "order":
        return _about(letter, "What the order says has changed")
    return _about(letter, f"{facts['actor']} {SAID[change]}", *_grounded(letter), ask=_now_decide(letter))


SAID = {
    "added": "has stated a fact",
    "corrected": "has corrected a fact",
    "confirmed": "confirms it",
    "upheld": "upholds a fact, although it is disputed",
    "withdrawn": "no longer states this",
}


def _grounded(letter: Letter) -> Iterator[str]:
    """Why, as far as somebody said it, and what follows from it."""
    facts = letter.facts
    if facts["why"]:
        yield facts["why"]
    if facts["change"] != "upheld":
        return
    yield f"Evidence: {facts['evidence']}"
    if letter.audience == "partner":
        yield "A decision may rest on it now. It will say that you dispute it, and you can appeal on that ground."


def _lapsed(letter: Letter) -> Words:
    if letter.audience == "partner":
        body = ("The decision is now made on what is there. You can still confirm or dispute it.",)
        return _about(letter, "We have not heard from you on this; it goes on without", *body)
    said = "Silence neither confirms nor withdraws it: the decision is made on what is there."
    return _about(letter, "The partner has not said whether this is right", said, ask=_now_decide(letter))


def _fact_disputed(letter: Letter) -> Words:
    facts = letter.facts
    body = [f"Objection: {facts['objection']}"]
    if facts["decisive"]:
        body.append("Nobody decides on it before that is answered.")
    ask = {
        "partner": "Correct it, withdraw it, or answer with what shows it.",
        "owner": "Correct it, withdraw it, or have it upheld with evidence by somebody who did not add it.",
    }.get(letter.audience)
    whose = ask if facts["waits_for"] != "partner" or letter.audience == "partner" else None
    return _about(letter, f"{facts['actor']} disputes a fact", *body, ask=whose)


def _about(letter: Letter, headline: str, *body: str, ask: str | None = None) -> Words:
    """With the fact itself, as its author's words; what the order says nobody wrote."""
    fact = letter.facts["fact"]
    if letter.facts["source"] == "order":
        return Words(headline, (f"“{fact}”", *body), ask)
    return Words(headline, tuple(body), ask, (letter.facts["stated_by"], fact))


def _now_decide(letter: Letter) -> str | None:
    return DECIDE if letter.audience == "decider" else None


def _excepted(letter: Letter) -> Words:
    quote = (letter.facts["actor"], letter.facts["text"])
    body = ("Those entitled to grant it join the route.",)
    return Words(f"{letter.facts['actor']} asks for an exception", body, quote=quote, shows_money=True)


def _told_before(letter: Letter) -> Words:
    times = letter.facts["times"]
    quote = (letter.facts["actor"], letter.facts["text"]) if letter.facts["text"] else None
    body = ("The whole case is in its timeline: read it before you ask again.",)
    return Words(f"The partner had told us this already (no. {times})", body, quote=quote)


def _recalled(letter: Letter) -> Words:
    body = (letter.facts["reason"], "It is back in assessment; clocks and reservation stay.")
    return Words(f"{letter.facts['actor']} has recalled the request", body)


def _appealed(letter: Letter) -> Words:
    body = ("It has a round of its own, and nobody decides in it who decided before.",)
    quote = (letter.facts["actor"], letter.facts["text"])
    return Words(f"{letter.facts['actor']} appeals", body, quote=quote, shows_money=True)


WORDS: dict[str, Callable[[Letter], Words]] = {
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
