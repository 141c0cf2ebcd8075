"""The lines of a note as EN 16931 counts them: net = quantity x price - allowances + charges, to the penny.

What a line was credited at, its discount and its restocking fee are allowances; a penny that only the
cumulative rounding of DOMAIN: Net by quantity explains is an allowance or charge of its own.
"""

from typing import Any, Final

from notifications import formats
from notifications.document_words import words
from partnerflow.credits.notes import Note, NoteKind, NoteLine
from partnerflow.money import WHOLE, TermPart, divide_half_up, format_minor, line_net

UNIT: Final = "C62"
"""UN/ECE Rec 20: one. What is sold here is counted, never measured."""

PRICE_DECIMALS: Final = 4
"""Factur-X gives a price at most four decimals; one with five or six is stated for a hundred units."""

DISCOUNT: Final = "95"  # UNTDID 5189


def line_terms(note: Note, number: int, line: NoteLine) -> dict[str, Any]:
    """BG-25 of one line; ``number`` counts the document's lines, of which one order line may have several."""
    price, per = (line.unit_price, line.quantity) if line.quantity else (0, 1)
    gross = line_net(per, price, note.currency) if line.quantity else line.net + line.discount + line.fee
    shown, base = unit_price(price) if line.quantity else (format_minor(gross, note.currency), "1")
    category, rate = tax_of(line.tax_category, line.tax_rate)
    terms: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": str(per),
        "BT-130": UNIT,
        "BT-131": format_minor(line.net, note.currency),
        "BT-146": shown,
        "BT-149": base,
        "BT-151": category,
        "BT-153": formats.one_line(line.description) or formats.one_line(line.sku),
        "BT-155": formats.one_line(line.sku),
    }
    if rate is not None:
        terms["BT-152"] = rate
    if not line.quantity:
        terms["BT-127-00"] = [{"BT-127": words(note.locale)["by_amount"]}]
    allowances, charges = _differences(note, line, gross)
    if allowances:
        terms["BG-27"] = allowances
    if charges:
        terms["BG-28"] = charges
    return terms


def unit_price(micros: int) -> tuple[str, str]:
    """The price and the quantity it is for: ``31_200_000`` -> ``("31.20", "1")``, ``12_345`` -> ``("1.2345",
    "100")``."""
    base = 1 if formats.price_digits(micros) <= PRICE_DECIMALS else 100
    units, rest = divmod(micros * base, WHOLE)
    return f"{units}.{f'{rest:06}'.rstrip('0').ljust(2, '0')}", str(base)


def tax_of(category: str, rate: int) -> tuple[str, str | None]:
    """The category and rate as the standard files them: a standard rate of nothing is the zero rate, and what
    is outside the scope of VAT has no rate."""
    if category == "S" and rate == 0:
        category = "Z"
    return category, None if category == "O" else percent(rate)


def percent(ppm: int) -> str:
    """``55_000`` -> ``5.5``; ``200_000`` -> ``20``."""
    return f"{ppm // 10_000}.{ppm % 10_000:04}".rstrip("0").rstrip(".")


def _differences(note: Note, line: NoteLine, gross: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Allowances and charges between quantity x price and the line's net."""
    w, rows = words(note.locale), []
    if line.discount:
        rows.append(_amount(note, line.discount, w["discount"], DISCOUNT))
    rest, base = gross - line.net - line.discount - line.fee, gross - line.discount
    if rest and line.quantity and (line.part or line.percent < WHOLE) and 0 < rest <= base:
        rows.append(_part(note, line, rest, base))
        rest = 0
    if line.fee:
        rows.append(_amount(note, line.fee, w["fee"]))
    if rest > 0:
        rows.append(_amount(note, rest, w["rounding"]))
    return rows, [_amount(note, -rest, w["rounding"])] if rest < 0 else []


def _part(note: Note, line: NoteLine, off: int, base: int) -> dict[str, Any]:
    """What is not credited of a line; base and rate only where they give the amount to the penny."""
    share = formats.percent(line.percent, note.locale)
    key = "percent_off_rebill" if note.kind is NoteKind.REBILL else "percent_off"
    said = words(note.locale)[key].format(percent=share)
    if line.part:
        term = unused(line.part, note.locale)
        return _amount(note, off, term if line.percent == WHOLE else f"{term}. {said}", DISCOUNT)
    row = _amount(note, off, said, DISCOUNT)
    if divide_half_up(base * (WHOLE - line.percent), WHOLE) == off:
        row |= {"base_amount": format_minor(base, note.currency), "rate": percent(WHOLE - line.percent)}
    return row


def unused(part: TermPart, locale: str) -> str:
    """``116 of 365 days unused``, in the document's language."""
    key = f"unused_{part.unit}" if part.unit else "unused"
    counts = {"left": formats.quantity(part.left, locale), "of": formats.quantity(part.of, locale)}
    return words(locale)[key].format(**counts)


def _amount(note: Note, minor: int, reason: str, code: str = "") -> dict[str, Any]:
    row = {"amount": format_minor(minor, note.currency), "reason": reason}
    return row | ({"reason_code": code} if code else {})
