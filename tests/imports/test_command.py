"""`partnerflow import` as a person starts it."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from api.cli import main
from tests.imports.feed import row, write
from tests.support.fresh import Database


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database, seeded: Engine) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    rows = [row("1", "A", 10), row("C2", "A", -1), row("3", "=1+1", 1, CustomerID="", Description="=cmd()")]
    write(tmp_path / "feed.csv", rows)
    return tmp_path


def test_one_json_line_says_what_became_of_every_row(place: Path) -> None:
    done = CliRunner().invoke(main, ["import", "feed.csv", "--mapping", "online-retail", "--json"])

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "invoices": 3, "cancellations": 1, "rows": 3, "booked": 2, "listed": 1
    }  # fmt: skip


def test_listed_rows_are_written_without_formulas(place: Path) -> None:
    done = CliRunner().invoke(main, ["import", "feed.csv", "--mapping", "online-retail"])

    assert done.exit_code == 0, done.output
    assert "missing-customer" in done.output
    with (place / "feed.listed.csv").open(newline="") as file:
        header, only = csv.reader(file)
    assert header[:5] == ["row", "code", "text", "InvoiceNo", "StockCode"]
    assert (only[0], only[1], only[4], only[5]) == ("3", "missing-customer", "'=1+1", "'=cmd()")


def test_an_unknown_mapping_names_those_there_are(place: Path) -> None:
    done = CliRunner().invoke(main, ["import", "feed.csv", "--mapping", "something"])

    assert done.exit_code == 2
    assert "online-retail" in done.output


def test_without_a_database_it_says_what_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = write(tmp_path / "feed.csv", [row("1", "A", 1)])

    done = CliRunner().invoke(
        main, ["import", str(file), "--mapping", "online-retail", "--data", str(tmp_path / "none")]
    )

    assert done.exit_code == 1
    assert "partnerflow up" in done.output
