"""The sentences for the money of a case beside its documents: notes of other issuers, and how it is given back."""

from collections.abc import Callable

from notifications.formats import money, unit_price
from notifications.words import Words
from partnerflow.calendars import local_text
from partnerflow.cases.letters import Letter
from partnerflow.store.codec import instant

GIVEN = {
    "refund": "{} is refunded",
    "account_credit": "{} goes to the account",
    "settled_outside": "{} is settled as agreed outside",
}


def confirmed(letter: Letter) -> Words:
    """A note that another system issued, for ``credit_note.issued``."""
    facts = letter.facts
    body = [f"It corrects invoice {facts['invoice']} by {_cash(letter, 'gross')}."]
    ask = None
    if "instructed" in facts:
        body.append(f"Instructed were {_cash(letter, 'instructed')}: the difference is listed.")
        ask = "Clear the difference with the issuer." if letter.audience != "partner" else None
    return Words(f"Credit note {facts['number']} is confirmed", tuple(body), ask)


def _settled(letter: Letter) -> Words:
    parts = [text.format(_cash(letter, name)) for name, text in GIVEN.items() if name in letter.facts]
    if letter.facts["because"] == "left":
        body = ("What was asked no longer fitted what is left once nothing is unpaid.", *_sentence(parts))
        return Words("The rest of the credit goes to the account", body)
    return Words(
        f"{letter.facts['actor']} has changed how the credit is given back",
        _sentence(parts) or ("It goes to the account.",),
    )


def _paid(letter: Letter) -> Words:
    what = _cash(letter, "amount")
    if letter.audience == "partner":
        body = (f"{what} is paid to you, without VAT and outside any credit note.",)
        return Words("A goodwill payment is made", body)
    who = (
        "the vendor to the distributor" if letter.facts["leg"] == "upstream" else "the seller to the partner"
    )
    return Words("A goodwill payment is made", (f"{what} from {who}, without VAT.",))


ARRIVED = {
    "refund": "{} was refunded to {}",
    "account_credit": "{} was credited to {} account",
    "goodwill": "{} of goodwill was paid to {}",
}


def _paid_out(letter: Letter) -> Words:
    """To the partner's face, and to those who work on the case by the payee's name."""
    facts = letter.facts
    mine = letter.audience == "partner"
    whom = "you" if mine else facts["payee"]
    if facts["kind"] == "account_credit":
        whom = "your" if mine else f"{facts['payee']}'s"
    said = ARRIVED[facts["kind"]].format(_cash(letter, "amount"), whom)
    note = f" for credit note {facts['number']}" if "number" in facts else ""
    return Words(said, (f"{said} by {facts['payer']}{note}, reference {facts['reference']}.",))


def _payout_refused(letter: Letter) -> Words:
    facts = letter.facts
    body = (
        f"{_cash(letter, 'amount')} from {facts['payer']} to {facts['payee']} was refused: {facts['because']}",
    )
    if letter.audience == "manager":
        return Words("A payment was refused", body)
    ask = "Have what stopped it mended, then have the payment tried again: it keeps its key."
    return Words("A payment was refused", body, ask, shows_money=True)


def _void_asked(letter: Letter) -> Words:
    facts = letter.facts
    quote = (facts["actor"], facts["reason"])
    if letter.audience == "owner":
        body = ("Another person of finance has to agree; until then the note stands.",)
        return Words(f"Credit note {facts['number']} is to be void", body, quote=quote)
    ask = "Ask for the same void if you agree: without a second person of finance the note stands."
    return Words(
        f"{facts['actor']} wants credit note {facts['number']} void", (), ask, quote, shows_money=True
    )


def _voided(letter: Letter) -> Words:
    facts = letter.facts
    body = [f"Debit note {facts['debit_note']} takes it back in full: {_cash(letter, 'gross')}."]
    if facts["reopened"]:
        body.append("The case is assessed again: what is right is credited anew.")
    if facts.get("stored"):
        body.append("The debit note is attached.")
    quote = (facts["actor"], facts["reason"]) if facts.get("reason") else None
    return Words(f"Credit note {facts['number']} is void", tuple(body), quote=quote)


def _advanced(letter: Letter) -> Words:
    """What the distributor waits for from now on is its exposure."""
    told = f"{_cash(letter, 'gross')} were instructed {_when(letter, 'since')}"
    body = (f"{told}. Until {letter.facts['issuer']} confirms them they are the distributor's exposure.",)
    ask = "Confirm number and date of the vendor's note once it is there." if _answers(letter) else None
    return Words("The credit is passed on before the vendor's is confirmed", body, ask)


def _exchanged(letter: Letter) -> Words:
    facts, amount = letter.facts, _cash(letter, "amount")
    if "loss" not in facts:
        unknown = f"No exchange rate from {facts['currency']} into {facts['into']} is known for one of the two days."
        ask = "Work out the exchange difference and book it yourselves."
        return Words(f"The exchange difference of {facts['number']} is not known", (unknown,), ask)
    loss = int(facts["loss"])
    what = "loss" if loss > 0 else "gain"
    rates = " against ".join(unit_price(int(facts[name]), facts["into"], "en_GB") for name in ("then", "now"))
    worth = money(abs(loss), facts["into"], "en_GB")
    body = (
        f"{amount} of {facts['number']} come back: at {rates} for one {facts['currency']} a {what} of {worth}.",
    )
    return Words("An exchange difference is booked", body)


def _chased(letter: Letter) -> Words:
    facts, amount = letter.facts, _cash(letter, "gross")
    since = f"instructed {_when(letter, 'since')}"
    if letter.audience == "vendor":
        body = (
            f"It corrects invoice {facts['invoice']} by {amount}, {since}. It was asked for {_times(facts['no'])}.",
        )
        wish = "Issue the credit note, or say to whoever is named here what keeps it."
        return Words("A credit note of yours is still awaited", body, wish)
    said = f"{amount} on invoice {facts['invoice']}, {since}: asked for {_times(facts['no'])}."
    again = f"It is asked for again {_when(letter, 'next_at')}, until the note is confirmed."
    ask = "Confirm its number and date, or have the vendor issue it." if _answers(letter) else None
    return Words(f"{facts['issuer']} has not confirmed its credit note yet", (said, again), ask)


def _answers(letter: Letter) -> bool:
    return letter.audience == "distributor"


def _times(no: str) -> str:
    return "once" if no == "1" else f"{no} times"


def _when(letter: Letter, name: str) -> str:
    return local_text(instant(letter.facts[name]), letter.zone)


def _sentence(parts: list[str]) -> tuple[str, ...]:
    return (f"{', '.join(parts)}.",) if parts else ()


def _cash(letter: Letter, name: str) -> str:
    return money(int(letter.facts[name]), letter.facts.get("currency", letter.currency), "en_GB")


WORDS: dict[str, Callable[[Letter], Words]] = {
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
