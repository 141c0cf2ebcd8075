"""The sentences for the money of a case beside its documents: notes of other issuers, and how it is given back."""

from collections.abc import Callable, Iterator
from typing import Final

from notifications import formats
from notifications.language import mark
from notifications.words import Voice, Words
from partnerflow.cases.letters import Letter
from partnerflow.store.codec import instant

GIVEN: Final = {
    "refund": mark("{amount} is refunded."),
    "account_credit": mark("{amount} goes to the account."),
    "settled_outside": mark("{amount} is settled as agreed outside."),
}


def confirmed(letter: Letter, say: Voice) -> Words:
    """A note that another system issued, for ``credit_note.issued``."""
    facts = letter.facts
    amount = _cash(letter, say, "gross")
    body = [say("It corrects invoice {invoice} by {amount}.", invoice=facts["invoice"], amount=amount)]
    ask = None
    if "instructed" in facts:
        told = _cash(letter, say, "instructed")
        body.append(say("Instructed were {amount}: the difference is listed.", amount=told))
        ask = say("Clear the difference with the issuer.") if letter.audience != "partner" else None
    return Words(say("Credit note {number} is confirmed", number=facts["number"]), tuple(body), ask)


def _settled(letter: Letter, say: Voice) -> Words:
    parts = tuple(_parts(letter, say))
    if letter.facts["because"] == "left":
        why = say("What was asked no longer fitted what is left once nothing is unpaid.")
        return Words(say("The rest of the credit goes to the account"), (why, *parts))
    headline = say("{actor} has changed how the credit is given back", actor=letter.facts["actor"])
    return Words(headline, parts or (say("It goes to the account."),))


def _parts(letter: Letter, say: Voice) -> Iterator[str]:
    for name, text in GIVEN.items():
        if name in letter.facts:
            yield say(text, amount=_cash(letter, say, name))


def _paid(letter: Letter, say: Voice) -> Words:
    amount, headline = _cash(letter, say, "amount"), say("A goodwill payment is made")
    if letter.audience == "partner":
        body = say("{amount} is paid to you, without VAT and outside any credit note.", amount=amount)
    elif letter.facts["leg"] == "upstream":
        body = say("{amount} from the vendor to the distributor, without VAT.", amount=amount)
    else:
        body = say("{amount} from the seller to the partner, without VAT.", amount=amount)
    return Words(headline, (body,))


def _paid_out(letter: Letter, say: Voice) -> Words:
    """To the partner's face, and to those who work on the case by the payee's name."""
    facts = letter.facts
    amount = _cash(letter, say, "amount")
    arrived = ARRIVED[facts["kind"], letter.audience == "partner"]
    headline = say(arrived, amount=amount, payee=facts["payee"])
    payer, reference = facts["payer"], facts["reference"]
    by = (
        say("By {payer} for credit note {number}, reference {reference}.", payer=payer,
            number=facts["number"], reference=reference)
        if "number" in facts
        else say("By {payer}, reference {reference}.", payer=payer, reference=reference)
    )  # fmt: skip
    return Words(headline, (by,))


ARRIVED: Final = {
    ("refund", True): mark("{amount} was refunded to you"),
    ("refund", False): mark("{amount} was refunded to {payee}"),
    ("account_credit", True): mark("{amount} was credited to your account"),
    ("account_credit", False): mark("{amount} was credited to {payee}'s account"),
    ("goodwill", True): mark("{amount} of goodwill was paid to you"),
    ("goodwill", False): mark("{amount} of goodwill was paid to {payee}"),
}


def _payout_refused(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    why = say(
        "{amount} from {payer} to {payee} was refused: {because}",
        amount=_cash(letter, say, "amount"),
        payer=facts["payer"],
        payee=facts["payee"],
        because=facts["because"],
    )
    headline = say("A payment was refused")
    if letter.audience == "manager":
        return Words(headline, (why,))
    ask = say("Have what stopped it mended, then have the payment tried again: it keeps its key.")
    return Words(headline, (why,), ask, shows_money=True)


def _void_asked(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    quote = (facts["actor"], facts["reason"])
    if letter.audience == "owner":
        body = (say("Another person of finance has to agree; until then the note stands."),)
        return Words(say("Credit note {number} is to be void", number=facts["number"]), body, quote=quote)
    ask = say("Ask for the same void if you agree: without a second person of finance the note stands.")
    headline = say("{actor} wants credit note {number} void", actor=facts["actor"], number=facts["number"])
    return Words(headline, (), ask, quote, shows_money=True)


def _voided(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    amount = _cash(letter, say, "gross")
    body = [
        say("Debit note {number} takes it back in full: {amount}.", number=facts["debit_note"], amount=amount)
    ]
    if facts["reopened"]:
        body.append(say("The case is assessed again: what is right is credited anew."))
    if facts.get("stored"):
        body.append(say("The debit note is attached."))
    quote = (facts["actor"], facts["reason"]) if facts.get("reason") else None
    return Words(say("Credit note {number} is void", number=facts["number"]), tuple(body), quote=quote)


def _advanced(letter: Letter, say: Voice) -> Words:
    """What the distributor waits for from now on is its exposure."""
    body = say(
        "{amount} were instructed {when}. Until {issuer} confirms them they are the distributor's exposure.",
        amount=_cash(letter, say, "gross"),
        when=say.when(instant(letter.facts["since"])),
        issuer=letter.facts["issuer"],
    )
    asked = say("Confirm number and date of the vendor's note once it is there.")
    headline = say("The credit is passed on before the vendor's is confirmed")
    return Words(headline, (body,), asked if _answers(letter) else None)


def _exchanged(letter: Letter, say: Voice) -> Words:
    facts = letter.facts
    number, into = facts["number"], facts["into"]
    if "loss" not in facts:
        unknown = say(
            "No exchange rate from {currency} into {into} is known for one of the two days.",
            currency=facts["currency"],
            into=into,
        )
        ask = say("Work out the exchange difference and book it yourselves.")
        return Words(say("The exchange difference of {number} is not known", number=number), (unknown,), ask)
    loss = int(facts["loss"])
    body = say(
        LOSS if loss > 0 else GAIN,
        amount=_cash(letter, say, "amount"),
        number=number,
        then=formats.unit_price(int(facts["then"]), into, say.locale),
        now=formats.unit_price(int(facts["now"]), into, say.locale),
        currency=facts["currency"],
        worth=say.cash(abs(loss), into),
    )
    return Words(say("An exchange difference is booked"), (body,))


LOSS: Final = mark(
    "{amount} of {number} come back: at {then} against {now} for one {currency} a loss of {worth}."
)
GAIN: Final = mark(
    "{amount} of {number} come back: at {then} against {now} for one {currency} a gain of {worth}."
)


def _chased(letter: Letter, say: Voice) -> Words:
    facts, amount = letter.facts, _cash(letter, say, "gross")
    number = int(facts["no"])
    asked = say.many("It was asked for once.", "It was asked for {number} times.", number)
    since = say.when(instant(facts["since"]))
    if letter.audience == "vendor":
        body = say(
            "It corrects invoice {invoice} by {amount}, instructed {when}.",
            invoice=facts["invoice"],
            amount=amount,
            when=since,
        )
        ask = say("Issue the credit note, or say to whoever is named here what keeps it.")
        return Words(say("A credit note of yours is still awaited"), (f"{body} {asked}",), ask)
    said = say(
        "{amount} on invoice {invoice}, instructed {when}.",
        amount=amount,
        invoice=facts["invoice"],
        when=since,
    )
    again = say(
        "It is asked for again {when}, until the note is confirmed.", when=say.when(instant(facts["next_at"]))
    )
    confirm = say("Confirm its number and date, or have the vendor issue it.")
    headline = say("{issuer} has not confirmed its credit note yet", issuer=facts["issuer"])
    return Words(headline, (f"{said} {asked}", again), confirm if _answers(letter) else None)


def _answers(letter: Letter) -> bool:
    return letter.audience == "distributor"


def _cash(letter: Letter, say: Voice, name: str) -> str:
    return say.cash(int(letter.facts[name]), letter.facts.get("currency", letter.currency))


WORDS: Final[dict[str, Callable[[Letter, Voice], Words]]] = {
    "case.settlement_changed": _settled,
    "case.goodwill_paid": _paid,
    "case.credit_advanced": _advanced,
    "case.exchange_difference": _exchanged,
    "credit_note.chased": _chased,
    "credit_note.void_asked": _void_asked,
    "credit_note.voided": _voided,
    "case.paid_out": _paid_out,
    "case.payout_changed": _payout_refused,
}
