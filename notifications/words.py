"""What one message says, before it is laid out, how its reader is spoken to, and what they call clocks, reasons and
ways of crediting."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notifications import formats
from notifications.language import mark, plural_translator, translator


@dataclass(frozen=True, slots=True)
class Words:
    """``headline`` is a sentence; ``quote`` (by whom, text) is somebody's own words; ``dial`` a number to call."""

    headline: str
    body: tuple[str, ...] = ()
    ask: str | None = None
    quote: tuple[str, str] | None = None
    shows_money: bool = False
    dial: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks a reader's language, with their figures and their time (``zone``). Called ``say`` wherever it speaks."""

    locale: str
    zone: str

    def __call__(self, message: str, /, **values: object) -> str:
        """The message in the reader's language, its places filled."""
        return translator(self.locale)(message).format(**values)

    def many(self, one: str, other: str, number: int, /, **values: object) -> str:
        """The form for so many; ``{number}`` is filled as the locale writes it."""
        said = plural_translator(self.locale)(one, other, number)
        return said.format(number=formats.quantity(number, self.locale), **values)

    def of(self, table: dict[str, str], key: str) -> str:
        """The word of a table for a key; a key it does not know, as it is."""
        return translator(self.locale)(table.get(key, key))

    def known(self, sentence: str) -> str:
        """A sentence that came as text: translated if it is one of ours, else as it stands."""
        return translator(self.locale)(sentence) if sentence else ""

    def cash(self, minor: int, currency: str) -> str:
        return formats.money(minor, currency, self.locale)

    def when(self, moment: datetime, reference: datetime | None = None) -> str:
        """``Tue 5 Jan 09:30 GMT`` in the reader's zone; with the year where that of ``reference`` is another."""
        return formats.moment(moment, self.zone, self.locale, reference)


CLOCKS: Final = {
    "owner": mark("the owner's first act"),
    "first_response": mark("the first answer to the partner"),
    "next_update": mark("the next word to the partner"),
    "decision": mark("the decision"),
    "step": mark("this decision"),
    "pass_through": mark("passing on the credit"),
    "partner_answer": mark("your answer"),
    "vat_note": mark("the credit note"),
}
A_DEADLINE: Final = mark("a deadline")
CODES: Final = {
    "outside_policy": mark("outside policy"),
    "activated": mark("already activated"),
    "window_closed": mark("the window has closed"),
    "not_substantiated": mark("not substantiated"),
    "already_credited": mark("already credited"),
    "other": mark("other reasons"),
}
TYPES: Final = {
    "cancellation": mark("cancellation"),
    "quantity_reduction": mark("quantity reduction"),
    "price_correction": mark("price correction"),
    "exchange": mark("exchange"),
    "tax_correction": mark("tax correction"),
    "duplicate_order": mark("duplicate order"),
    "goodwill": mark("goodwill"),
}
OUTCOMES: Final = {
    "credited": mark("credited"),
    "declined": mark("declined"),
    "withdrawn": mark("withdrawn"),
    "cancelled": mark("cancelled"),
}
CLOCK_NAMES: Final = {
    "owner": mark("owner"),
    "first_response": mark("first response"),
    "next_update": mark("next update"),
    "decision": mark("decision"),
    "step": mark("step"),
    "pass_through": mark("pass through"),
    "partner_answer": mark("partner answer"),
    "vat_note": mark("vat note"),
}
"""As the history names them."""

SENTENCES: Final = (
    mark("No rung is left."),
    mark("Nobody whom the step names may decide it."),
    mark("Nobody whom the step names is there."),
    mark("An exception is asked for."),
    mark("It was corrected."),
    mark("It was confirmed as meant."),
    mark("The hold ended."),
    mark("It was cancelled on request."),
)
"""Sentences that the record keeps in English and that are the same for every case."""
