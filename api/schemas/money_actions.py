"""What another issuer's note states, and how the excess is given back, as they are sent."""

from collections.abc import Iterator
from typing import Any

from api.schemas.cases import SettlementBody
from api.schemas.fields import Body, Choice, Instant, Money, Name, Text
from partnerflow.cases.money_commands import ConfirmNote, Settle
from partnerflow.credits.settlement import Settlement
from partnerflow.money import Money as Amount
from partnerflow.orders.model import Leg

FIGURES = ("net", "tax", "gross")


class ConfirmNoteBody(Body):
    """The note that another system issued for a leg, as it states itself."""

    leg = Choice(Leg, required=True)
    number = Name(required=True)
    issued_at = Instant(required=True)
    net = Money(required=True)
    tax = Money(zero=True, required=True)
    gross = Money(required=True)


class VoidBody(Body):
    """Why the credit note is taken back; the first person's reason stands on the debit note."""

    reason = Text(required=True, missing="reason-required")


class PayoutBody(Body):
    """Which payment, by its key."""

    payout = Name(required=True, longest=500)


class SettleBody(SettlementBody):
    """How the excess over what is unpaid is given back; the parts add up to it exactly. None of them: account
    credit."""


def stated(sent: dict[str, Any]) -> Iterator[Amount]:
    """Every amount of either body."""
    return (part for part in sent.values() if isinstance(part, Amount))


def confirmed(sent: dict[str, Any]) -> ConfirmNote:
    figures = {name: sent[name].minor for name in FIGURES}
    return ConfirmNote(Leg(sent["leg"]), sent["number"], sent["issued_at"], **figures)


def settled(sent: dict[str, Any], version: int) -> Settle:
    parts = {name: part.minor if part else None for name, part in sent.items()}
    return Settle(Settlement(**parts), version)
