"""What the tools rest on: the lock, the table of settings, the migrations, reasons of exceptions."""

import re
import tomllib
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from packaging.requirements import Requirement
from sqlalchemy import create_engine

import migrations
from partnerflow.store.database import driver_url
from partnerflow.store.tables import Base
from tests.support.fresh import Database

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_lock_records_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|file:|--index|--find-links", lock)
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_holds_everything_the_project_asks_for() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE))
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    asked += [*PROJECT["project"]["optional-dependencies"]["embedded"], *PROJECT["build-system"]["requires"]]
    assert {Requirement(line).name for line in asked} - locked == set()


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', (ROOT / "partnerflow/settings.py").read_text()))
    table = (ROOT / "docs/operations.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == read


def test_there_is_one_head_and_the_file_numbers_name_it() -> None:
    scripts = ScriptDirectory.from_config(migrations.configuration("postgresql://unused"))
    assert scripts.get_heads() == [migrations.head()]


def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    engine = create_engine(driver_url(database.owner_url))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    unmapped = {"clock_offset"}
    assert [change for change in differences if not _drops(change, unmapped)] == []


def _drops(change: object, tables: set[str]) -> bool:
    """Whether a difference only says that a table has no model: SQL alone reads the clock's."""
    return isinstance(change, tuple) and change[0] == "remove_table" and change[1].name in tables


def test_every_exception_to_a_rule_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    ignored = text.partition("\nignore = [")[2].partition("\n]")[0].strip().splitlines()
    per_file = text.partition("[tool.ruff.lint.per-file-ignores]")[2].partition("\n[")[0].strip().splitlines()
    lines = [line for line in [*ignored, *per_file] if re.search(r'"[A-Z]+\d+"', line)]
    assert lines
    assert [line for line in lines if "#" not in line] == []


def test_make_offers_what_the_readme_of_every_day_names() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets >= {"help", "setup", "demo", "up", "test", "check", "bench"}
