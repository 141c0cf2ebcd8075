"""The sentences that go with documents: credit notes, rebills, and how the credit reaches the partner."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from notifications import money_words
from notifications.language import mark
from notifications.words import Voice, Words
from partnerflow.cases.letters import Letter

ALLOCATION: Final = {
    "unpaid_reduced": mark("It first takes {amount} off what is still open on the invoice."),
    "account_credit": mark("{amount} goes to your account."),
    "refund": mark("{amount} is refunded."),
    "settled_outside": mark("{amount} is settled as agreed outside."),
}
GIVEN: Final = {
    "account_credit": mark("It was credited to your account, reference {reference}."),
    "refund": mark("It was refunded, reference {reference}."),
    "offset": mark("It was set off, reference {reference}."),
}
PASSED: Final = {
    "account_credit": mark("The distributor has passed it on (account credit)"),
    "refund": mark("The distributor has passed it on (refund)"),
    "offset": mark("The distributor has passed it on (offset)"),
}


def _documents(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    if facts.get("external"):
        return money_words.confirmed(letter, say)
    if letter.audience == "distributor" and facts["passing_on"]:
        ask = say("Credit the reseller's account, then confirm how, with reference and date.")
        attached = (say("The documents are attached."),)
        return Words(say("Please pass the credit on to the reseller"), attached, ask, shows_money=True)
    if not facts.get("credit"):
        nothing = (say("Nothing was invoiced yet, so no credit note is needed."),)
        return Words(say("Your order is corrected"), nothing)
    body = [
        say(
            "Credit note {number} over {amount} corrects invoice {invoice}.",
            number=facts["credit"],
            amount=_cash(letter, say, "gross"),
            invoice=facts["invoice"],
        )
    ]
    body += _allocation(letter, say)
    if facts.get("rebill"):
        amount = _cash(letter, say, "rebill_gross")
        body.append(
            say(
                "Invoice {number} over {amount} is for what you wanted instead.",
                number=facts["rebill"],
                amount=amount,
            )
        )
    headline = say("Credit note {number} is issued", number=facts["credit"])
    return Words(headline, tuple(body), shows_money=True)


def _allocation(letter: Letter, say: Voice) -> list[str]:
    return [
        say(text, amount=_cash(letter, say, name))
        for name, text in ALLOCATION.items()
        if int(letter.facts.get(name, "0"))
    ]


def given(facts: Mapping[str, str], say: Voice) -> Iterator[str]:
    """How a closed case's credit was given."""
    if found := GIVEN.get(facts.get("how", "")):
        yield say(found, reference=facts["reference"])


def _passed_on(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    how = PASSED[facts["how"]]
    headline = say(how)
    return Words(headline, (say("Reference {reference}.", reference=facts["reference"]),))


def _cash(letter: Letter, say: Voice, name: str) -> str:
    return say.cash(int(letter.facts[name]), letter.currency)


WORDS: Final[dict[str, Callable[[Letter, Voice], Words]]] = {
    "credit_note.issued": _documents,
    "case.passed_on": _passed_on,
}
