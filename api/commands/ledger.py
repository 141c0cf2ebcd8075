"""`partnerflow ledger`: the books proved against the events, and their balances."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from api.commands.environment import database_of

DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")


@click.group()
def ledger() -> None:
    """Prove the ledger, and read its balances."""


@ledger.command()
@DATA
@AS_JSON
def verify(data: Path | None, *, as_json: bool) -> None:
    """Work every entry out again from the events; name each difference, and end with 1 if there is one."""
    import json

    from partnerflow.store.verify_ledger import ledger_faults, ledger_remarks

    with _snapshot(data) as session:
        faults, remarks = list(ledger_faults(session)), list(ledger_remarks(session))
    if as_json:
        click.echo(json.dumps({"faults": faults} | ({"remarks": remarks} if remarks else {})))
    else:
        well = "Nothing differs: every entry of the ledger is what the events post."
        click.echo("\n".join([*(faults or [well]), *remarks]))
    if faults:
        raise SystemExit(1)


@ledger.command("trial-balance")
@DATA
@click.option("--organisation", help="The books of one organisation.  [default: all]")
@click.option("--at", help="As it stood at this instant, such as 2027-01-31T23:59:59Z.  [default: now]")
@AS_JSON
def trial_balance(data: Path | None, organisation: str | None, at: str | None, *, as_json: bool) -> None:
    """Debits, credits and balance of every account; totals of each organisation's books."""
    import json

    from api.schemas.shown.reports import trial_balance as shown
    from partnerflow.store.reports.balances import trial_balance as read

    instant = _instant(at)
    with _snapshot(data) as session:
        _check(session, organisation)
        body = shown(read(session, organisation, instant), None)
    click.echo(json.dumps(body) if as_json else "\n".join(_table(body)))


def _instant(at: str | None) -> datetime | None:
    if at is None:
        return None
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter("write it with its zone, such as 2027-01-31T23:59:59Z", param_hint="--at")
    return found


def _check(session: Any, organisation: str | None) -> None:
    from partnerflow.store.directory import snapshot

    if organisation is not None and organisation not in snapshot(session).directory.organisations:
        raise click.BadParameter("there is no such organisation", param_hint="--organisation")


def _table(body: dict[str, Any]) -> Iterator[str]:
    if not body["rows"]:
        yield "Nothing is posted."
    width = max((len(row["account"]) for row in body["rows"]), default=0)
    for row in body["rows"]:
        figures = " ".join(f"{row[name]:>16}" for name in ("debit", "credit", "balance"))
        yield f"{row['account']:<{width}}  {row['title']:<24} {row['currency']} {figures}"
    for total in body["totals"]:
        yield f"{total['books']} in {total['currency']}: debits {total['debit']}, credits {total['credit']}"


@contextmanager
def _snapshot(data: Path | None) -> Iterator[Any]:
    from sqlalchemy.exc import DBAPIError

    from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, snapshot_of

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow ledger")
    try:
        with snapshot_of(engine, EVERY_ORGANISATION) as session:
            yield session
    except DBAPIError as error:
        raise click.ClickException(f"The database does not answer: {error.orig}") from error
    finally:
        engine.dispose()
