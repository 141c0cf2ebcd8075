"""What the command line understands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.cli import main
from api.commands.stack import parse_duration, parse_instant


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("24h", timedelta(hours=24)),
        ("90m", timedelta(minutes=90)),
        ("1d12h30m5s", timedelta(days=1, hours=12, minutes=30, seconds=5)),
    ],
)
def test_a_duration_is_days_hours_minutes_and_seconds(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["", "24", "0h", "-1h", "h", "1h1d", "1.5h", "24h "])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_duration(text)


def test_an_instant_needs_its_offset_and_becomes_utc() -> None:
    assert parse_instant("2027-01-04T10:30:00+01:00") == datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
    assert parse_instant("2027-01-04T09:30:00Z").utcoffset() == timedelta(0)
    for text in ("2027-01-04T09:30:00", "2027-01-04", "tomorrow"):
        with pytest.raises(click.BadParameter):
            parse_instant(text)


def test_a_clock_that_does_not_run_cannot_be_moved(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["clock", "advance", "1h", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "No stack of ours runs" in result.output


def test_every_command_explains_itself() -> None:
    for command in (
        [],
        ["up"],
        ["demo"],
        ["clock", "advance"],
        ["web"],
        ["worker"],
        ["db", "upgrade"],
        ["drivers", "rebuild"],
    ):
        result = CliRunner().invoke(main, [*command, "--help"])
        assert result.exit_code == 0, result.output
