"""The payment port: a payment is sent under its one key, or looked for under it. Two adapters speak it: HTTP and files.

What is sent is made of what was recorded with the note alone, so that it is the same however often it is sent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine

from partnerflow.cases.money_commands import Found
from partnerflow.cases.money_parts import Payout
from partnerflow.cases.paying import find
from partnerflow.money import format_minor
from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows import steps
from workflows.activities import body
from workflows.activities.payments_file import FilePort
from workflows.activities.payments_http import HttpPort
from workflows.contract_payments import PaymentAnswer, PayoutInput

NO_PORT: Final = "This installation has no payment port any more."


class Port(Protocol):
    """Neither raises: whatever cannot be said for sure is ``unknown``."""

    def send(self, payment: dict[str, Any]) -> PaymentAnswer:
        """Ask for it to be paid; the same again under its key changes nothing."""
        ...

    def look(self, payment: dict[str, Any]) -> PaymentAnswer:
        """What is known under its key."""
        ...


def port_of(url: str | None) -> Port | None:
    """``file:///dir`` or ``http(s)://base``; None: payments are made outside."""
    if url is None:
        return None
    parts = urlsplit(url)
    return FilePort(Path(unquote(parts.path))) if parts.scheme == "file" else HttpPort(url)


@dataclass(frozen=True)
class PaymentSteps(steps.Payments):
    """``port`` None: this installation pays nobody."""

    engine: Engine
    port: Port | None

    @body
    def send_payout(self, payout: PayoutInput) -> PaymentAnswer:
        payment = self._payment(payout)
        if self.port is None or payment is None:
            return PaymentAnswer(Found.UNKNOWN, reason=NO_PORT)
        return self.port.send(payment)

    @body
    def look_for_payout(self, payout: PayoutInput) -> PaymentAnswer:
        payment = self._payment(payout)
        if self.port is None or payment is None:
            return PaymentAnswer(Found.UNKNOWN, reason=NO_PORT)
        return self.port.look(payment)

    def _payment(self, payout: PayoutInput) -> dict[str, Any] | None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = drivers.read_case(session, payout.ref)
        known = find(found[0], payout.key) if found else None
        return payment_of(payout.ref, known) if known else None


def payment_of(ref: str, payout: Payout) -> dict[str, Any]:
    """As the payer's system is told."""
    return {
        "key": payout.key,
        "kind": payout.kind.value,
        "amount": {
            "amount": format_minor(payout.amount, payout.currency),
            "currency": payout.currency,
        },
        "payer": payout.payer,
        "payee": payout.payee,
        "payee_name": payout.payee_name,
        "case": ref,
        "note": payout.note,
        "invoice": payout.invoice,
    }
