"""What `partnerflow policy` shows on a terminal."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from partnerflow.cases.comparison import Deadlines, Shift, Simulation
from partnerflow.cases.simulation import Foreseen
from partnerflow.money import format_minor
from partnerflow.people import Directory

MOST = 20
"""Cases shown; ``--json`` has up to two hundred."""

Amount = Callable[[int], str]


def listed(rows: list[dict[str, Any]]) -> None:
    table = _table("version", "state", "name", "effective", "written by", "published by", "note")
    for row in rows:
        who = [(row[name] or {}).get("name") or "" for name in ("author", "approver")]
        cells = (str(row["version"]), row["state"], row["name"], row["effective_at"] or "", *who, row["note"])
        table.add_row(*map(escape, cells))
    Console().print(table)


def show(found: Simulation, days: int, directory: Directory) -> None:
    console, currency = Console(), directory.operator.currency

    def amount(minor: int) -> str:
        return f"{format_minor(minor, currency)} {currency}"

    console.print(f"{len(found.compared):,} cases of the last {days} days, {found.changed:,} of them change.")
    if found.skipped:
        console.print(f"{len(found.skipped):,} could not be worked out again, such as {found.skipped[0][0]}.")
    if not found.compared:
        return
    console.print(_shifts("outcome", found.outcomes, amount), _shifts("route", found.routes, amount))
    console.print(_deciders(found, directory), _deadlines(found), _automatic(found, amount))
    if found.items:
        console.print(_cases(found, directory, amount))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in NUMBERS else "left")
    return table


NUMBERS = ("version", "cases", "asked", "before", "after", "earlier", "later", "same")


def _shifts(of: str, shifts: list[Shift], amount: Amount) -> Table:
    table = _table(of, "", "with the draft", "cases", "asked")
    for shift in shifts:
        style = None if shift.before != shift.after else "dim"
        table.add_row(shift.before, "->", shift.after, f"{shift.count:,}", amount(shift.net), style=style)
    return table


def _deciders(found: Simulation, directory: Directory) -> Table:
    table = _table("steps of", "before", "after")
    for load in found.deciders:
        name = escape(directory.people[load.person].name)
        table.add_row(
            name, f"{load.before:,}", f"{load.after:,}", style=None if load.before != load.after else "dim"
        )
    return table


def _deadlines(found: Simulation) -> Table:
    table = _table("decided by", "earlier", "later", "same", "median before", "median after")
    for name, each in (("decision", found.decisions), ("first step", found.first_steps)):
        table.add_row(name, *_numbers(each))
    return table


def _numbers(each: Deadlines) -> tuple[str, ...]:
    medians = (_span(minutes) for minutes in (each.median_minutes_before, each.median_minutes_after))
    return (f"{each.earlier:,}", f"{each.later:,}", f"{each.same:,}", *medians)


def _span(minutes: int | None) -> str:
    if minutes is None:
        return ""
    days, rest = divmod(minutes, 24 * 60)
    return f"{days} d {rest // 60} h {rest % 60:02} min" if days else f"{rest // 60} h {rest % 60:02} min"


def _automatic(found: Simulation, amount: Amount) -> Table:
    table = _table("automatic", "cases", "given")
    for name, passed in (
        ("before", found.automatic(lambda case: case.before)),
        ("with the draft", found.automatic(lambda case: case.after)),
    ):
        table.add_row(name, f"{passed.cases:,}", amount(passed.net))
    return table


def _cases(found: Simulation, directory: Directory, amount: Amount) -> Table:
    table = _table("case", "asked", "was", "with the draft")
    for case in found.items[:MOST]:
        sides = (_side(each, directory, amount) for each in (case.before, case.after))
        table.add_row(case.ref, amount(case.asked), *sides)
    return table


def _side(side: Foreseen, directory: Directory, amount: Amount) -> str:
    people = [" / ".join(directory.people[p].name for p in step.deciders) or "nobody" for step in side.steps]
    counted = f" ({side.clause}: {', '.join(side.parts)})" if side.parts else ""
    named = f": {', '.join(people)}" if people else ""
    return escape(f"{side.outcome}, {amount(side.net)}{counted}{named}")
