"""`partnerflow credits`: the arithmetic of credit notes, for finance people."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from api.commands.credits_file import Step
    from partnerflow.credits.working_out import Credit, Sheet
    from partnerflow.orders.model import Order
    from partnerflow.refusals import Refused


@click.group("credits")
def credits_() -> None:
    """What credits of an invoice come to, to the penny."""


@credits_.command("work-out")
@click.argument("file", metavar="F.json", type=click.File("rb"))
def work_out(file: BinaryIO) -> None:
    """Credit the invoice of F.json (- for standard input) step by step; answer with one JSON line.

    \b
    {"currency": "GBP", "paid": "100.00",
     "lines": [{"line_no": 1, "quantity": 3, "net": "100.00", "tax_rate": "20"}],
     "tax_totals": [{"tax_rate": "20", "net": "100.00", "tax": "20.00"}],
     "steps": [{"credit": [{"line_no": 1, "quantity": 1, "percent": "33.3333"}]},
               {"credit": [{"line_no": 1, "amount": "10.00", "convert": true}]},
               {"void": 1},
               {"credit": "remainder"}]}

    Amounts are texts with exactly the currency's decimals. Without tax_totals the invoice is taken as taxed on its
    total per rate; an invoice taxed line by line states them. "percent" is 100 if left out, "convert" false. A step
    credits all of its rows or none; "remainder" credits everything left on every line; "void" names a step, from 1.

    \b
    Answer: {"steps": [...], "remaining": {"net", "tax", "gross"}}, and for each step
      done     {"net", "tax", "gross", "unpaid_reduced", "excess"}; of a void they are negative
      refused  {"refused": code, "remaining": {"net", "tax", "gross"}}

    "remaining" is what is left to credit on the invoice. If a line is why a step was refused, it also has "line_no",
    "quantity" and "amount" (net): the first row that did not fit, and what was left on its line before the step.

    Exit code 2, and a sentence that names the member, for a file that says what cannot be.
    """
    from api.commands.credits_file import Faulty, read

    try:
        order, steps = read(file.read())
    except (Faulty, OSError) as fault:
        raise click.BadParameter(f"{getattr(file, 'name', '-')}: {fault}.", param_hint="'F.json'") from None
    click.echo(json.dumps(_answer(order, steps)))


def _answer(order: "Order", steps: "Sequence[Step]") -> dict[str, Any]:
    from partnerflow.credits.working_out import opened
    from partnerflow.refusals import Refused

    sheet, told = opened(order), list[dict[str, Any]]()
    for no, step in enumerate(steps, start=1):
        try:
            sheet, row = _take(sheet, no, step)
        except Refused as refusal:
            row = {"refused": refusal.code, "remaining": _left(sheet) | _left_on_line(sheet, refusal)}
        told.append(row)
    return {"steps": told, "remaining": _left(sheet)}


def _take(sheet: "Sheet", no: int, step: "Step") -> "tuple[Sheet, dict[str, Any]]":
    from partnerflow.credits.working_out import credit, credit_rest, void

    if step.void is not None:
        after, taken = void(sheet, step.void)
        return after, _done(taken, sheet, sign=-1)
    after, given = credit_rest(sheet, no) if step.portions is None else credit(sheet, no, step.portions)
    return after, _done(given, sheet)


def _done(given: "Credit", sheet: "Sheet", sign: int = 1) -> dict[str, Any]:
    from partnerflow.money import format_minor

    amounts, reduced = given.amounts, given.allocation.unpaid_reduced
    figures = {
        "net": amounts.net,
        "tax": amounts.tax,
        "gross": amounts.gross,
        "unpaid_reduced": reduced,
        "excess": amounts.gross - reduced,
    }
    return {name: format_minor(sign * minor, sheet.order.currency) for name, minor in figures.items()}


def _left(sheet: "Sheet") -> dict[str, Any]:
    from partnerflow.money import format_minor

    figures = {"net": sheet.left_net, "tax": sheet.left_tax, "gross": sheet.left_net + sheet.left_tax}
    return {name: format_minor(minor, sheet.order.currency) for name, minor in figures.items()}


def _left_on_line(sheet: "Sheet", refusal: "Refused") -> dict[str, Any]:
    """Before the step: of a refused one nothing counts, not even the rows that would have fitted."""
    from partnerflow.money import format_minor

    line = sheet.lines.get(refusal.extra.get("line_no", 0))
    if line is None:
        return {}
    amount = format_minor(line.left_net, sheet.order.currency)
    return {"line_no": line.line_no, "quantity": line.left_quantity, "amount": amount}
