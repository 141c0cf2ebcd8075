"""`partnerflow up` and `partnerflow clock`: the whole stack on this machine, and its movable clock."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION: Final = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_NOW: Final = "now"


def _directory(_context: click.Context, _parameter: click.Parameter, value: Path) -> Path:
    return value.resolve()


data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default="./var",
    callback=_directory,
    help="Where the stack keeps everything.",
)


def parse_instant(text: str) -> datetime:
    """An RFC 3339 instant with its offset, as UTC; click.BadParameter otherwise."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not an instant like 2027-01-04T09:30:00Z.") from None
    if instant.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset; write 2027-01-04T09:30:00Z.")
    return instant.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """A positive span of days, hours, minutes, seconds: 24h, 1d12h30m; click.BadParameter otherwise."""
    match = _DURATION.fullmatch(text)
    found = match.groups() if match else ()
    span = timedelta(**{unit: int(n) for unit, n in zip(_UNITS.values(), found, strict=False) if n})
    if not span:
        raise click.BadParameter(f"{text!r} is not a duration like 24h, 90m or 1d12h.")
    return span


@click.command()
@data_option
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=0, help="Port of the web tier; 0: any free one."
)
@click.option(
    "--seed", type=click.Choice(["story", "none"]), help="What a new database holds.  [default: story]"
)
@click.option(
    "--test-clock",
    is_flag=False,
    flag_value=_NOW,
    metavar="[=INSTANT]",
    help="Make the database with a clock that `partnerflow clock advance` moves, standing at INSTANT.",
)
@click.option("--issuer", is_flag=True, help="External issuers are a double that numbers their notes.")
@click.option("--payments", is_flag=True, help="Credits are paid through a double of a payer's system.")
@click.option("--oidc", is_flag=True, help="With a double of an identity provider, to try signing in by one.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON line when ready, nothing else on standard output."
)
def up(
    data: Path,
    port: int,
    seed: str | None,
    test_clock: str | None,
    *,
    payments: bool,
    oidc: bool,
    issuer: bool,
    as_json: bool,
) -> None:
    """Run PostgreSQL, Temporal, a mail sink, web and worker until Ctrl-C.

    DATABASE_URL, TEMPORAL_ADDRESS and SMTP_URL replace the parts of their kind. A given database is migrated
    only if MIGRATION_DATABASE_URL is given too.
    """
    from api.embedded.plan import Wishes
    from api.embedded.process import NotStarted
    from api.embedded.up import serve

    def announce(run: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps(run))
            return
        from api.embedded.report import show

        show(run, data)

    instant = parse_instant(test_clock) if test_clock not in {None, _NOW} else None
    try:
        wishes = Wishes(data, port, seed, test_clock is not None, instant, payments, oidc, issuer)
        serve(wishes, announce)
    except NotStarted as failure:
        raise click.ClickException(str(failure)) from failure


@click.group()
def clock() -> None:
    """The clock of a stack started with --test-clock."""


@clock.command()
@click.argument("duration")
@data_option
@click.option("--watch", is_flag=True, help="Say what happens on the way, each thing at its local time.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON line.")
def advance(duration: str, data: Path, *, watch: bool, as_json: bool) -> None:
    """Move the clock by DURATION (24h, 90m, 1d12h), stopping at every due instant on the way."""
    from api.commands.watching import watching
    from api.embedded.place import recall

    span = parse_duration(duration)
    run = recall(data)
    if run is None or run["owner_database_url"] is None:
        raise click.ClickException(f"No stack of ours runs on {data}.")
    from workflows.clock import NoTestClock, NotSettled
    from workflows.clock import advance as move

    try:
        with watching(run["owner_database_url"], wanted=watch) as told:
            moved = move(run["owner_database_url"], span, told=told)
    except (NoTestClock, NotSettled) as stuck:
        raise click.ClickException(str(stuck)) from stuck
    click.echo(json.dumps(moved) if as_json else f"It is {moved['now']} now.")
