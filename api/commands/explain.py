"""`partnerflow explain`: why a case was decided as it was."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from api.commands.environment import database_of


@click.command()
@click.argument("ref")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def explain(ref: str, data: Path | None, *, as_json: bool) -> None:
    """Show for the case REF which rules, versions and inputs decided, who was named, and why they."""
    from sqlalchemy.exc import DBAPIError

    try:
        found = _read(database_of(data), ref)
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    click.echo(json.dumps(found) if as_json else "\n".join(_lines(found)))


def _read(url: str, ref: str) -> dict[str, Any]:
    from api.schemas.shown.explanation import whole
    from api.schemas.shown.explanation_rounds import Explaining
    from partnerflow.store import case_history, reading
    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine
    from partnerflow.store.database import reading as transaction

    engine = create_database_engine(url, pool_size=1, application="partnerflow explain")
    try:
        with transaction(engine, EVERY_ORGANISATION) as session:
            found = reading.read_case(session, ref)
            if found is None:
                raise click.ClickException(f"There is no case {ref}.")
            history = case_history.history(session, ref, case_history.DECIDING)
    finally:
        engine.dispose()
    case, view, at = found
    return whole(Explaining(case, view, history, inside=True), at, upstream=True)


def _lines(found: dict[str, Any]) -> Iterator[str]:
    own, ordered, verdict = found["policy"], found["order_policy"], found["verdict"]
    yield f"{found['ref']}: {verdict['verdict'].replace('_', ' ')}, clause {verdict['clause']}"
    yield f"Rules of policy version {ordered['version']} ({ordered['name']}), routes of version {own['version']}"
    for line in verdict["lines"]:
        yield from _judged(line)
    owner = found["owner"]
    if owner["first"]:
        yield f"Owner: {owner['first']['name']} {owner['first']['why']}"
    for change in owner["changes"]:
        yield f"  {change['at']} {change['name']} instead of {change['before']} ({change['because']})"
    for each in found["rounds"]:
        yield ""
        yield from _round(each)
    if found["ladder"]:
        yield ""
    for rung in found["ladder"]:
        yield f"{rung['at']} rung {rung['rung']} of {rung['clock']}: {_to(rung)}. {rung['because']}"


def _judged(line: dict[str, Any]) -> Iterator[str]:
    rule, inputs = line["rule"], line["inputs"]
    asked = f"{line['quantity']} units" if "percent" in line else line["amount"]["amount"]
    yield f"Line {line['line_no']}, {asked}: {line['text']}"
    if rule:
        young = f" within {rule['within_hours']} h" if rule["within_hours"] else ""
        yield f"  rule {rule['id']}: {rule['when']}{young} gives {rule['percent']} %{_prorated(rule)}"
    said = ", ".join(f"{name} {value}" for name, value in inputs.items() if value not in (None, ""))
    yield f"  of {said}; cancellable until {line['window']['cancellable_until'] or 'never'}"


def _prorated(rule: dict[str, Any]) -> str:
    found = rule["prorate"]
    if found is None:
        return ""
    free = f", the first {found['free_hours']} h in full" if found["free_hours"] else ""
    return (
        f" by {found['unit']} of its {found['term']} term, that of the cancellation "
        f"{found['day_of_cancellation']}{free}"
    )


def _round(found: dict[str, Any]) -> Iterator[str]:
    route, total = found["route"], found["aggregate"]
    yield f"Round {found['no']} ({found['state']}), route {route['id']}: {found['decided_by']}"
    for each in found["considered"]:
        yield f"  {each['id']}: {each['when']}: {'holds' if each['held'] else 'does not hold'}"
    yield f"  aggregate {_money(total['total'])}" + _others(total)
    for step in found["steps"]:
        yield f"  Step {step['name']} ({step['status']})"
        for holder in step["deciders"]:
            for person in holder["persons"]:
                today = "" if person["still_so"] is not False else " (the directory says otherwise by now)"
                yield f"    {person['name']} {person['why']}{today}"
            for over in holder["passed_over"]:
                yield f"    not {over['name']}: {over['why']}"
        for decision in step["decisions"]:
            yield from _decision(decision)


def _others(total: dict[str, Any]) -> str:
    if total.get("which") is None:
        return ""
    which = "this order" if total["which"] == "order" else "this partner in 30 days"
    return f" = this {_money(total['this'])} and {_money(total['others'])} of {which}"


def _decision(found: dict[str, Any]) -> Iterator[str]:
    instead = f" instead of {found['instead_of']}" if found["instead_of"] else ""
    words = f": {found['text']}" if found["text"] else ""
    yield f"    {found['at']} {found['by']}{instead}: {found['decision'].replace('_', ' ')}{words}"
    authority = found["authority"]
    if authority["binds"]:
        limit = _money(authority["limit"]) if authority["limit"] else "none"
        yield f"      limit {limit}, aggregate {_money(authority['aggregate'])}"
    for fact in found["facts"]:
        yield f"      on: {fact['text']} ({fact['id']}, wording {fact['version']})"


def _to(rung: dict[str, Any]) -> str:
    if rung["to"] is None:
        return f"the top; {rung['before']} has it"
    why = f", who {rung['why']}" if rung["why"] else ""
    return f"from {rung['before']} to {rung['to']}{why}"


def _money(found: dict[str, str]) -> str:
    return f"{found['amount']} {found['currency']}"
