"""What a payer's system states of a payment, read with care: it is another's word, and it moves money."""

from datetime import UTC, datetime
from typing import Any, Final

from partnerflow.cases.money_commands import Found
from workflows.contract_payments import PaymentAnswer

STATED: Final = {found.value: found for found in (Found.CONFIRMED, Found.ACCEPTED, Found.FAILED)}
ECHOED: Final = ("key", "amount", "payee")
"""What an answer may repeat of the payment, and must then repeat rightly."""

LONGEST: Final = 200


def answer_of(stated: Any, payment: dict[str, Any], default: Found | None = None) -> PaymentAnswer:
    """``{state, reference, at, reason?}``; ``default`` where no state is stated. Anything else is unknown."""
    if not isinstance(stated, dict):
        return PaymentAnswer(Found.UNKNOWN, reason="The answer is not readable.")
    for name in ECHOED:
        if name in stated and stated[name] != payment[name]:
            return PaymentAnswer(Found.UNKNOWN, reason=f"The answer is about another {name}.")
    found = STATED.get(str(stated["state"])) if "state" in stated else default
    if found is None:
        return PaymentAnswer(Found.UNKNOWN, reason="The answer states no state that we know.")
    return PaymentAnswer(found, _words(stated.get("reference")), _instant(stated.get("at")), _reason(stated))


def _reason(stated: dict[str, Any]) -> str | None:
    return _words(stated.get("reason") or stated.get("detail"))


def _words(value: Any) -> str | None:
    """On one line, without what no text of the record may have."""
    if not isinstance(value, str | int):
        return None
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)).strip()
    return text[:LONGEST] or None


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
