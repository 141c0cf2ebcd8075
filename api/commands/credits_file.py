"""What `partnerflow credits work-out` is given: an invoice, what was paid on it, and steps of credits and voids."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from partnerflow.credits.portions import Portion
from partnerflow.money import WHOLE, Money, decimals, format_minor, format_percent, parse_percent, tax_of
from partnerflow.orders.drafts import LARGEST_QUANTITY
from partnerflow.orders.model import Invoice, InvoiceLine, Leg, Line, Order, OrderStatus, Payment, TaxTotal
from partnerflow.refusals import Refused

_UNDATED: Final = datetime(1, 1, 1, tzinfo=UTC)
_NUMBER: Final = "work-out"


class Faulty(ValueError):
    """What is wrong with the file, with the JSON pointer of the member."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of three: portions to credit, the remainder (both None), or the number of the step to void."""

    portions: tuple[Portion, ...] | None = None
    void: int | None = None


def read(text: bytes) -> tuple[Order, tuple[Step, ...]]:
    """The invoiced order and its steps; Faulty with the member and a sentence."""
    try:
        found = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once)
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise fault if isinstance(fault, Faulty) else Faulty(f"is not JSON: {fault}") from None
    sent = _object(found, "", {"currency", "paid", "lines", "steps"}, frozenset({"tax_totals"}))
    order = _order(sent)
    rows = _list(sent["steps"], "/steps")
    return order, tuple(_step(row, no, order) for no, row in enumerate(rows, start=1))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Faulty(f"{next(n for n in names if names.count(n) > 1)!r} is given twice in one object")
    return found


def _order(sent: Mapping[str, Any]) -> Order:
    """An order of one leg with one invoice; prices per unit do not matter once it is invoiced."""
    currency = _currency(sent["currency"])
    paid = _amount(sent["paid"], "/paid", currency)
    lines = _lines(sent["lines"], currency)
    totals = _totals(sent["tax_totals"], lines, currency) if "tax_totals" in sent else _per_total(lines)
    invoice = Invoice(Leg.DOWNSTREAM, _NUMBER, _UNDATED, lines, totals)
    payments = (Payment("paid", Leg.DOWNSTREAM, _NUMBER, paid, _UNDATED),) if paid else ()
    return Order(
        id=_NUMBER,
        number=_NUMBER,
        vendor=None,
        distributor="issuer",
        reseller="recipient",
        end_customer=None,
        po_number=None,
        currency=currency,
        placed_at=_UNDATED,
        received_at=_UNDATED,
        lines=tuple(Line(r.line_no, "", "", r.quantity, 0, r.category, r.rate) for r in lines),
        status=OrderStatus.ACCEPTED,
        policy_version=0,
        entered_by="",
        entered_for="",
        invoices=(invoice,),
        payments=payments,
    )


def _currency(value: Any) -> str:
    with _at("/currency"):
        decimals(_text(value, "/currency"))
    return str(value)


def _lines(value: Any, currency: str) -> tuple[InvoiceLine, ...]:
    rows = [_line(row, f"/lines/{i}", currency) for i, row in enumerate(_list(value, "/lines"))]
    if not rows:
        raise Faulty("/lines: an invoice has at least one line")
    numbers = [row.line_no for row in rows]
    for i, number in enumerate(numbers):
        if number in numbers[:i]:
            raise Faulty(f"/lines/{i}/line_no: line {number} is given twice")
    return tuple(rows)


def _line(value: Any, at: str, currency: str) -> InvoiceLine:
    sent = _object(value, at, {"line_no", "quantity", "net", "tax_rate"})
    rate = _percent(sent["tax_rate"], f"{at}/tax_rate")
    return InvoiceLine(
        _whole(sent["line_no"], f"{at}/line_no"),
        _whole(sent["quantity"], f"{at}/quantity"),
        _amount(sent["net"], f"{at}/net", currency),
        _category(rate),
        rate,
    )


def _category(rate: int) -> str:
    """Standard or zero rated; only the rate matters here."""
    return "S" if rate else "Z"


def _nets(lines: tuple[InvoiceLine, ...]) -> dict[int, int]:
    nets: dict[int, int] = {}
    for line in lines:
        nets[line.rate] = nets.get(line.rate, 0) + line.net
    return nets


def _totals(value: Any, lines: tuple[InvoiceLine, ...], currency: str) -> tuple[TaxTotal, ...]:
    """What the invoice states per rate; its net must be that of the lines."""
    nets, totals = _nets(lines), dict[int, TaxTotal]()
    for i, row in enumerate(_list(value, "/tax_totals")):
        at = f"/tax_totals/{i}"
        sent = _object(row, at, {"tax_rate", "net", "tax"})
        rate = _percent(sent["tax_rate"], f"{at}/tax_rate")
        if rate in totals or rate not in nets:
            why = "is given twice" if rate in totals else "is on no line"
            raise Faulty(f"{at}/tax_rate: the rate {why}")
        net, tax = (_amount(sent[name], f"{at}/{name}", currency) for name in ("net", "tax"))
        if net != nets[rate]:
            shown = format_minor(nets[rate], currency)
            raise Faulty(f"{at}/net: the lines at this rate add up to {shown}")
        totals[rate] = TaxTotal(_category(rate), rate, net, tax)
    if missing := sorted(nets.keys() - totals.keys()):
        raise Faulty(f"/tax_totals: the rate of {format_percent(missing[0])} % is missing")
    return tuple(totals.values())


def _per_total(lines: tuple[InvoiceLine, ...]) -> tuple[TaxTotal, ...]:
    return tuple(TaxTotal(_category(r), r, net, tax_of(net, r)) for r, net in _nets(lines).items())


def _step(value: Any, no: int, order: Order) -> Step:
    at = f"/steps/{no - 1}"
    sent = _object(value, at, set(), frozenset({"credit", "void"}))
    if len(sent) != 1:
        raise Faulty(f"{at}: a step has either 'credit' or 'void'")
    if "void" in sent:
        number = _whole(sent["void"], f"{at}/void")
        if number >= no:
            raise Faulty(f"{at}/void: step {number} does not come before this step, which is number {no}")
        return Step(void=number)
    if sent["credit"] == "remainder":
        return Step()
    if not isinstance(sent["credit"], list) or not sent["credit"]:
        raise Faulty(f"{at}/credit: give a list of lines, or 'remainder'")
    return Step(tuple(_portion(row, f"{at}/credit/{i}", order) for i, row in enumerate(sent["credit"])))


def _portion(value: Any, at: str, order: Order) -> Portion:
    sent = _object(value, at, {"line_no"}, frozenset({"quantity", "percent", "amount", "convert"}))
    line_no = _whole(sent["line_no"], f"{at}/line_no")
    if order.line(line_no) is None:
        raise Faulty(f"{at}/line_no: the invoice has no line {line_no}")
    if ("quantity" in sent) == ("amount" in sent):
        raise Faulty(f"{at}: give either 'quantity' or 'amount'")
    wrong = "convert" if "quantity" in sent else "percent"
    if wrong in sent:
        raise Faulty(f"{at}/{wrong}: belongs to {'an amount' if wrong == 'convert' else 'a quantity'} only")
    if "quantity" in sent:
        percent = _percent(sent["percent"], f"{at}/percent") if "percent" in sent else WHOLE
        return Portion(line_no, _whole(sent["quantity"], f"{at}/quantity"), percent)
    amount = _amount(sent["amount"], f"{at}/amount", order.currency)
    if amount == 0:
        raise Faulty(f"{at}/amount: must be more than zero")
    return Portion(line_no, amount=amount, convert=_flag(sent.get("convert", False), f"{at}/convert"))


def _object(
    value: Any, at: str, needed: set[str], optional: frozenset[str] = frozenset()
) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Faulty(f"{at or 'the file'}: must be an object")
    if unknown := sorted(value.keys() - needed - optional):
        raise Faulty(f"{at}/{unknown[0]}: there is no such member")
    if missing := sorted(needed - value.keys()):
        raise Faulty(f"{at}/{missing[0]}: is missing")
    return value


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list):
        raise Faulty(f"{at}: must be a list")
    return value


def _text(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise Faulty(f"{at}: must be a text in quotes")
    return value


def _flag(value: Any, at: str) -> bool:
    if not isinstance(value, bool):
        raise Faulty(f"{at}: must be true or false")
    return value


def _whole(value: Any, at: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_QUANTITY:
        raise Faulty(f"{at}: must be a whole number from 1 to {LARGEST_QUANTITY:,}")
    return value


def _amount(value: Any, at: str, currency: str) -> int:
    """Minor units from text with exactly the currency's decimals; never negative."""
    with _at(at):
        amount = Money.parse(_text(value, at), currency).minor
    if value.startswith("-"):
        raise Faulty(f"{at}: must not be negative")
    return amount


def _percent(value: Any, at: str) -> int:
    """Parts per million from text; a whole number may stand without quotes, for it is exact too."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    with _at(at):
        percent = parse_percent(str(value) if whole else _text(value, at))
    if str(value).startswith("-"):
        raise Faulty(f"{at}: must not be negative")
    return percent


@contextmanager
def _at(at: str) -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise Faulty(f"{at}: {refusal.detail.rstrip('.')}") from None
