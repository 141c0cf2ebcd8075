"""The money of a case in sentences: documents of every issuer, and how the excess is given back."""

from typing import Final

from api.schemas.shown.plain import instant, money
from api.schemas.shown.telling import Data, Kept, Telling, Words, keep
from partnerflow.money import WHOLE, divide_half_up
from partnerflow.store.codec import instant as parsed

WHAT: Final = {"rebill": "Rebill invoice", "credit_note": "Credit note", "debit_note": "Debit note"}
PARTS: Final = ("refund", "account_credit", "settled_outside")


def _document(data: Data, t: Telling) -> str:
    document = data["document"]
    named = (
        f"{WHAT[document['kind']]} {document['number']} over {t.money(document['gross'], document['leg'])}"
    )
    if document.get("external"):
        return f"{named}, issued by another system, was confirmed."
    return f"{named} was issued."


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
    return f"{amount} of goodwill is paid, without VAT and outside any credit note."


def _paid_data(data: Data, t: Telling) -> Data:
    return {"leg": data["leg"], "amount": money(data["paid"]["amount"], t.currency_of(data["leg"]))}


def _advanced(data: Data, t: Telling) -> str:
    return (
        f"The credit is passed on before the vendor's: {t.money(data['gross'], data['leg'])} are awaited upstream,"
        f" and {t.name(data['owner'])} answers for them."
    )


def _advanced_data(data: Data, t: Telling) -> Data:
    amounts = {name: money(data[name], t.currency_of(data["leg"])) for name in ("net", "tax", "gross")}
    return {
        "leg": data["leg"],
        "since": instant(parsed(data["since"])),
        "owner": t.name(data["owner"]),
    } | amounts


def _exchanged(data: Data, _: Telling) -> str:
    found, loss, number = data["exchanged"]["found"], data["loss"], data["exchanged"]["number"]
    if loss is None:
        return f"The exchange difference of {number} is not known: a rate of {found['currency']} is missing."
    worth = money(abs(loss), found["into"])
    what = "loss" if loss > 0 else "gain"
    return f"An exchange {what} of {worth['amount']} {worth['currency']} on {number} was booked."


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
    also = ", and by the accountable manager" if data["escalated"] else ""
    times = "once" if data["no"] == 1 else f"{data['no']} times"
    return f"The vendor's credit note is awaited: it was asked for {times} by {t.name(data['owner'])}{also}."


def _chased_data(data: Data, t: Telling) -> Data:
    kept = {name: data[name] for name in ("leg", "round", "no", "escalated")}
    return kept | {"owner": t.name(data["owner"]), "next_at": instant(parsed(data["next_at"]))}


def _void_asked(data: Data, _: Telling) -> str:
    return f"Credit note {data['number']} is to be void: {data['reason']} Another person of finance has to agree."


def _voided(data: Data, t: Telling) -> str:
    taken = f"Credit note {data['number']} is void: debit note {data['document']['number']} takes it back."
    return f"{taken} {data['reason']}" if t.inside else taken


def _voided_data(data: Data, t: Telling) -> Data:
    kept = {"number": data["number"], "debit_note": _document_data(data, t)}
    return kept | ({"reason": data["reason"], "asked_by": t.name(data["asked_by"])} if t.inside else {})


def _settled(data: Data, t: Telling) -> str:
    parts = [f"{name.replace('_', ' ')} {t.money(part)}" for name, part in _parts(data).items()]
    said = ", ".join(parts) or "account credit"
    if data["because"] == "left":
        return f"What was asked no longer fitted; what is left goes to account credit: {said}."
    return f"The excess is to be given back as {said}."


def _settled_data(data: Data, t: Telling) -> Data:
    parts = {name: money(part, t.currency) for name, part in _parts(data).items()}
    return {"settlement": parts, "because": data["because"]}


def _parts(data: Data) -> dict[str, int]:
    asked = data["settlement"]
    return {name: asked[name] for name in PARTS if asked.get(name)}


PAYOUTS: Final = {
    "intended": "is to be paid",
    "submitted": "was submitted to the payer's system",
    "unknown": "was submitted, and nobody can say yet what became of it",
    "failed": "was refused by the payer's system",
    "cancelled": "will not be paid by the payment port",
}
ARRIVED: Final = {
    "refund": "was refunded",
    "account_credit": "was credited to the account",
    "goodwill": "of goodwill was paid",
}


def _payout_changed(data: Data, t: Telling) -> str:
    payout = data["payout"]
    what = f"{t.money(payout['amount'], payout['leg'])} ({payout['kind'].replace('_', ' ')})"
    state = "was accepted by the payer's system" if payout["accepted"] else PAYOUTS[payout["state"]]
    said = f"{what} {state}."
    return f"{said} {payout['because']}" if payout["because"] else said


def _paid_out(data: Data, t: Telling) -> str:
    payout = data["payout"]
    return f"{t.money(payout['amount'], payout['leg'])} {ARRIVED[payout['kind']]}, reference {payout['reference']}."


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
    "case.debit_notes_stored": (lambda _, __: "Every debit note is stored.", keep("numbers")),
    "case.settlement_changed": (_settled, _settled_data),
    "case.payout_changed": (_payout_changed, _payout_data),
    "case.paid_out": (_paid_out, _payout_data),
}
