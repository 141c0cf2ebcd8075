"""What a credit note needs before it may change VAT: agreed, genuine, of real value to the customer, issued to that
customer, and no bad debt. DOMAIN: Money (Credit note, the VAT gate).

In the United Kingdom a credit note follows a decrease in consideration within 14 days (VAT Regulations 1995, SI
1995/2518, regulations 15C and 24A); HMRC states these conditions in its manual (VATREC13040) and the particulars in
Notice 700, 18.2. A decrease is what is paid back or set off (regulation 24C): a debt given up as bad is none, and
has a relief of its own.
"""

from dataclasses import dataclass
from enum import StrEnum

from partnerflow.money import format_minor


class Condition(StrEnum):
    AGREED = "agreed"
    GENUINE = "genuine"
    REAL_VALUE = "real_value"
    ISSUED_TO_CUSTOMER = "issued_to_customer"
    NOT_BAD_DEBT = "not_bad_debt"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is known of one credit note, amounts gross in minor units of ``currency``. ``agreed``: by whom, in words
    (None: nobody has); ``corrects``: what (None: nothing says so), ``disputed`` when a fact it rests on is;
    ``customer`` and ``invoiced`` are organisations; ``written_off`` of the invoice was given up as a bad debt."""

    currency: str
    agreed: str | None
    corrects: str | None
    gross: int
    unpaid: int
    customer: str
    invoiced: str
    invoice: str
    written_off: int = 0
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Weighed:
    condition: Condition
    met: bool
    because: str


def weigh(g: Grounds) -> tuple[Weighed, ...]:
    """Each condition, in the order in which a person would ask."""
    return (
        Weighed(Condition.AGREED, g.agreed is not None, g.agreed or "Nobody has granted it."),
        _genuine(g),
        _value(g),
        Weighed(
            Condition.ISSUED_TO_CUSTOMER,
            g.customer == g.invoiced,
            f"It goes to {g.customer}; invoice {g.invoice} went to {g.invoiced}.",
        ),
        _no_bad_debt(g),
    )


def _genuine(g: Grounds) -> Weighed:
    if g.disputed:
        return Weighed(Condition.GENUINE, False, "A fact it rests on is in dispute; that is answered first.")
    because = g.corrects or "Nothing says what was wrong or cancelled."
    return Weighed(Condition.GENUINE, g.corrects is not None, because)


def _value(g: Grounds) -> Weighed:
    falls = min(g.gross, g.unpaid)
    back = g.gross - falls
    parts = [f"the bill falls by {_money(falls, g)}"] if falls else []
    parts += [f"{_money(back, g)} is given back"] if back else []
    words = " and ".join(parts) or "nothing is credited"
    return Weighed(Condition.REAL_VALUE, g.gross > 0, f"{words[0].upper()}{words[1:]}.")


def _no_bad_debt(g: Grounds) -> Weighed:
    """What is owed and not written off may be lowered, and what was paid given back; a debt given up may not."""
    into = min(g.gross, g.unpaid) - max(0, g.unpaid - g.written_off)
    if into <= 0:
        what = "Nothing" if not g.written_off else "Nothing of what this credit lowers"
        return Weighed(Condition.NOT_BAD_DEBT, met=True, because=f"{what} is written off as a bad debt.")
    return Weighed(
        Condition.NOT_BAD_DEBT,
        met=False,
        because=f"{_money(into, g)} of it is written off on invoice {g.invoice}: claim bad debt relief for that, or "
        "take the write-off back first.",
    )


def unmet(found: tuple[Weighed, ...]) -> Weighed | None:
    return next((each for each in found if not each.met), None)


def _money(minor: int, g: Grounds) -> str:
    return f"{format_minor(minor, g.currency)} {g.currency}"
