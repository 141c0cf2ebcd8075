"""The money of a case in sentences: documents of every issuer, and how the excess is given back."""

from typing import Final

from api.schemas.shown.plain import instant, money
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep, marked
from partnerflow.money import WHOLE, divide_half_up
from partnerflow.store.codec import instant as parsed

WHAT: Final = {
    "rebill": marked("Rebill invoice %(number)s over %(amount)s"),
    "credit_note": marked("Credit note %(number)s over %(amount)s"),
    "debit_note": marked("Debit note %(number)s over %(amount)s"),
}
PARTS: Final = ("refund", "account_credit", "settled_outside")


def _document(data: Data, t: Telling) -> str:
    document = data["document"]
    amount = t.money(document["gross"], document["leg"])
    words = WHAT[document["kind"]]
    named = t.say(words, number=document["number"], amount=amount)
    if document.get("external"):
        return t.say("%(document)s, issued by another system, was confirmed.", document=named)
    return t.say("%(document)s was issued.", document=named)


def _document_data(data: Data, t: Telling) -> Data:
    document = data["document"]
    amounts = {
        name: money(document[name], t.currency_of(document["leg"])) for name in ("net", "tax", "gross")
    }
    kept = {name: document[name] for name in ("kind", "number", "leg", "invoice")}
    if document.get("external"):
        kept |= {"external": True, "issued_at": instant(parsed(document["issued_at"]))}
    return kept | amounts


def _paid(data: Data, t: Telling) -> str:
    amount = t.money(data["paid"]["amount"], data["leg"])
    return t.say("%(amount)s of goodwill is paid, without VAT and outside any credit note.", amount=amount)


def _paid_data(data: Data, t: Telling) -> Data:
    return {"leg": data["leg"], "amount": money(data["paid"]["amount"], t.currency_of(data["leg"]))}


def _advanced(data: Data, t: Telling) -> str:
    return t.say(
        "The credit is passed on before the vendor's: %(amount)s are awaited upstream, and %(who)s answers for them.",
        amount=t.money(data["gross"], data["leg"]),
        who=t.name(data["owner"]),
    )


def _advanced_data(data: Data, t: Telling) -> Data:
    amounts = {name: money(data[name], t.currency_of(data["leg"])) for name in ("net", "tax", "gross")}
    return {
        "leg": data["leg"],
        "since": instant(parsed(data["since"])),
        "owner": t.name(data["owner"]),
    } | amounts


def _exchanged(data: Data, t: Telling) -> str:
    found, loss, number = data["exchanged"]["found"], data["loss"], data["exchanged"]["number"]
    if loss is None:
        return t.say(
            "The exchange difference of %(number)s is not known: a rate of %(currency)s is missing.",
            number=number,
            currency=found["currency"],
        )
    worth = t.tongue.cash(money(abs(loss), found["into"]))
    if loss > 0:
        return t.say("An exchange loss of %(amount)s on %(number)s was booked.", amount=worth, number=number)
    return t.say("An exchange gain of %(amount)s on %(number)s was booked.", amount=worth, number=number)


def _exchanged_data(data: Data, _: Telling) -> Data:
    found, loss = data["exchanged"]["found"], data["loss"]
    rates = {name: _rate(found[name]) for name in ("then", "now")}
    kept = {name: data["exchanged"][name] for name in ("leg", "number", "invoice")}
    kept |= {"given_back": money(found["amount"], found["currency"]), "rates": rates}
    return kept | {"loss": None if loss is None else money(loss, found["into"])}


def _rate(rate: Data | None) -> Data | None:
    """What one unit of the leg's currency is worth to the distributor."""
    if rate is None:
        return None
    micros = divide_half_up(rate["unit"] * WHOLE, rate["per"])
    return {"day": rate["day"], "into": rate["into"], "rate": f"{micros // WHOLE}.{micros % WHOLE:06}"}


def _chased(data: Data, t: Telling) -> str:
    who = t.name(data["owner"])
    if data["escalated"]:
        who = t.say("%(who)s, and by the accountable manager", who=who)
    times = t.say("once") if data["no"] == 1 else t.say("%(no)s times", no=data["no"])
    return t.say(
        "The vendor's credit note is awaited: it was asked for %(times)s by %(who)s.", times=times, who=who
    )


def _chased_data(data: Data, t: Telling) -> Data:
    kept = {name: data[name] for name in ("leg", "round", "no", "escalated")}
    return kept | {"owner": t.name(data["owner"]), "next_at": instant(parsed(data["next_at"]))}


def _void_asked(data: Data, t: Telling) -> str:
    return t.say(
        "Credit note %(number)s is to be void: %(why)s Another person of finance has to agree.",
        number=data["number"],
        why=data["reason"],
    )


def _voided(data: Data, t: Telling) -> str:
    taken = t.say(
        "Credit note %(number)s is void: debit note %(debit)s takes it back.",
        number=data["number"],
        debit=data["document"]["number"],
    )
    return f"{taken} {data['reason']}" if t.inside else taken


def _voided_data(data: Data, t: Telling) -> Data:
    kept = {"number": data["number"], "debit_note": _document_data(data, t)}
    return kept | ({"reason": data["reason"], "asked_by": t.name(data["asked_by"])} if t.inside else {})


def _settled(data: Data, t: Telling) -> str:
    parts = [f"{t.term(name)} {t.money(part)}" for name, part in _parts(data).items()]
    said = ", ".join(parts) or t.term("account_credit")
    if data["because"] == "left":
        return t.say(
            "What was asked no longer fitted; what is left goes to account credit: %(parts)s.", parts=said
        )
    return t.say("The excess is to be given back as %(parts)s.", parts=said)


def _settled_data(data: Data, t: Telling) -> Data:
    parts = {name: money(part, t.currency) for name, part in _parts(data).items()}
    return {"settlement": parts, "because": data["because"]}


def _parts(data: Data) -> dict[str, int]:
    asked = data["settlement"]
    return {name: asked[name] for name in PARTS if asked.get(name)}


PAYOUTS: Final = {
    "intended": marked("%(what)s is to be paid."),
    "submitted": marked("%(what)s was submitted to the payer's system."),
    "unknown": marked("%(what)s was submitted, and nobody can say yet what became of it."),
    "failed": marked("%(what)s was refused by the payer's system."),
    "cancelled": marked("%(what)s will not be paid by the payment port."),
}
TAKEN: Final = marked("%(what)s was accepted by the payer's system.")
ARRIVED: Final = {
    "refund": marked("%(amount)s was refunded, reference %(reference)s."),
    "account_credit": marked("%(amount)s was credited to the account, reference %(reference)s."),
    "goodwill": marked("%(amount)s of goodwill was paid, reference %(reference)s."),
}


def _payout_changed(data: Data, t: Telling) -> str:
    payout = data["payout"]
    what = f"{t.money(payout['amount'], payout['leg'])} ({t.term(payout['kind'])})"
    words = TAKEN if payout["accepted"] else PAYOUTS[payout["state"]]
    said = t.say(words, what=what)
    return f"{said} {payout['because']}" if payout["because"] else said


def _paid_out(data: Data, t: Telling) -> str:
    payout = data["payout"]
    amount, words = t.money(payout["amount"], payout["leg"]), ARRIVED[payout["kind"]]
    return t.say(words, amount=amount, reference=payout["reference"])


def _payout_data(data: Data, t: Telling) -> Data:
    payout = data["payout"]
    kept = {name: payout[name] for name in ("key", "leg", "kind", "state", "note", "reference")}
    return kept | {"amount": money(payout["amount"], t.currency_of(payout["leg"]))}


KINDS: Final[dict[str, tuple[Words, Kept]]] = {
    "credit_note.issued": (_document, _document_data),
    "rebill.issued": (_document, _document_data),
    "case.goodwill_paid": (_paid, _paid_data),
    "case.credit_advanced": (_advanced, _advanced_data),
    "case.exchange_difference": (_exchanged, _exchanged_data),
    "credit_note.chased": (_chased, _chased_data),
    "credit_note.void_asked": (_void_asked, keep("leg", "number", "reason")),
    "credit_note.voided": (_voided, _voided_data),
    "case.debit_notes_stored": (lambda _, t: t.say("Every debit note is stored."), keep("numbers")),
    "case.settlement_changed": (_settled, _settled_data),
    "case.payout_changed": (_payout_changed, _payout_data),
    "case.paid_out": (_paid_out, _payout_data),
}
