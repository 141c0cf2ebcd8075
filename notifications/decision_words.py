"""The sentences for what waits for a decision, and for what was decided."""

from collections.abc import Callable
from typing import Final

from notifications.language import mark
from notifications.words import CODES, TYPES, Voice, Words
from partnerflow.cases.letter_facts import AGAINST
from partnerflow.cases.letters import Letter
from partnerflow.cases.statements import DISPUTED, NOT_CONFIRMED
from partnerflow.store.codec import instant

DECIDE: Final = mark("Approve, approve in part, ask the partner, or decline with a reason.")
ALTHOUGH: Final = {
    DISPUTED: mark("It rests on: {fact}, although it is disputed."),
    NOT_CONFIRMED: mark("It rests on: {fact}, although the partner has not confirmed it."),
}


def named_instead(letter: Letter, say: Voice, reason: str) -> Words:
    """Nobody whom the step names may decide it, so whoever is above has it at once."""
    if letter.audience == "decider":
        headline = say("Yours to decide: it has come to you at once")
        return Words(headline, (reason,), say(DECIDE), shows_money=True)
    return Words(say("{to} decides now", to=letter.facts["to"]), (reason,))


def _step_started(letter: Letter, say: Voice) -> Words:
    step, steps = letter.facts["step"], letter.facts["steps"]
    if letter.audience == "decider":
        headline = say(
            "Yours to decide: {what}, step {step} of {steps}",
            what=say.of(TYPES, letter.case_type),
            step=step,
            steps=steps,
        )
        return Words(headline, (), say(DECIDE), shows_money=True)
    who = letter.facts["deciders"] or say("The next decider")
    return Words(say("{who} decides now (step {step} of {steps})", who=who, step=step, steps=steps))


def _approved(letter: Letter, say: Voice) -> Words:
    if letter.audience == "distributor":
        body = (say("You will be asked to pass the credit on."),)
        return Words(say("Approved: the credit notes follow"), body, shows_money=True)
    issued = (
        say("The credit notes are issued now and reach you by mail.")
        if letter.audience == "partner"
        else say("The credit notes are issued now.")
    )
    return Words(say("Approved"), (issued, *_grounds(letter, say)), shows_money=True)


def _approved_in_part(letter: Letter, say: Voice) -> Words:
    body = say(
        "Less than asked was approved. What was approved is executed now; the reasons are in the case."
    )
    return Words(say("Approved in part"), (body, *_grounds(letter, say)), shows_money=True)


def _grounds(letter: Letter, say: Voice) -> list[str]:
    """The facts that a decision rests on, and what speaks against them."""
    cited = letter.facts.get("grounds", "")
    return [_rests_on(line, say) for line in cited.split("\n")] if cited else []


def _rests_on(line: str, say: Voice) -> str:
    for state, ending in AGAINST.items():
        if line.endswith(f"”{ending}"):
            return say(ALTHOUGH[state], fact=line.removesuffix(ending))
    return say("It rests on: {fact}", fact=line)


def _declined(letter: Letter, say: Voice) -> Words:
    facts, partner = letter.facts, letter.audience == "partner"
    body = [say("Reason: {why}.", why=say.of(CODES, facts["code"]))]
    if facts["appeal_until"]:
        until = say.when(instant(facts["appeal_until"]))
        body.append(
            say("You can appeal until {until}; somebody else then decides.", until=until)
            if partner
            else say("The partner can appeal until {until}; somebody else then decides.", until=until)
        )
    elif facts.get("appealed"):
        body.append(say("It was decided twice, by different people; this ends it."))
    if facts.get("appealed") == "credited":
        body.append(say("What was credited before stays as it is."))
    body += _grounds(letter, say)
    headline = _declined_what(say, partner=partner, appeal=bool(facts.get("appealed")))
    return Words(headline, tuple(body), quote=(facts["actor"], facts["text"]))


def _declined_what(say: Voice, *, partner: bool, appeal: bool) -> str:
    if partner:
        return say("Your appeal was declined") if appeal else say("Your request was declined")
    return say("The appeal was declined") if appeal else say("The request was declined")


WORDS: Final[dict[str, Callable[[Letter, Voice], Words]]] = {
    "case.approval_step_started": _step_started,
    "case.approved": _approved,
    "case.approved_in_part": _approved_in_part,
    "case.declined": _declined,
}
