"""`partnerflow policy` as a channel manager starts it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from partnerflow.store.policies import SHIPPED
from tests.store.builders import a_reduction, opened
from tests.support.fresh import Database
from tests.workflows.house import House, seeded

TEXT = (SHIPPED / "default.yaml").read_text(encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", *arguments])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def house(place: Path, monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[House]:
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    with seeded(database) as found:
        yield found


def test_a_policy_without_fault_needs_no_database(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (place / "p.yaml").write_text(TEXT)
    done = run("validate", "p.yaml")
    assert (done.exit_code, done.output) == (0, "p.yaml: nothing is wrong with the policy 'default'.\n")


def test_each_fault_is_a_line_that_an_editor_can_jump_to(place: Path) -> None:
    (place / "p.yaml").write_text(
        TEXT.replace("warnings: [50", "warnings: [150").replace("hold: 960", "hold: x")
    )
    done = run("validate", "p.yaml")
    assert done.exit_code == 1
    lines = TEXT.split("\n")
    hold = next(no for no, line in enumerate(lines, start=1) if line.startswith("  hold:"))
    warnings = lines.index("warnings: [50, 80]") + 1
    assert done.output == (
        f"p.yaml:{hold}:9: allowances.hold: must be a whole number from 1 to 1000000\n"
        f"p.yaml:{warnings}:12: warnings[0]: must be a whole number from 1 to 99\n"
    )


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "1:1: must be a mapping"), (b"\xff", "1:1: is no UTF-8 text")]
)
def test_what_is_no_policy_at_all_is_said_too(place: Path, content: bytes, said: str) -> None:
    (place / "p.yaml").write_bytes(content)
    done = run("validate", "p.yaml")
    assert done.exit_code == 1
    assert f"p.yaml:{said}" in done.output


def test_a_simulation_is_shown_in_tables_or_as_json(place: Path, house: House) -> None:
    target = house.order("S-1", activated=0)
    ref = opened(house, target, a_reduction(target))
    (place / "p.yaml").write_text(TEXT.replace("aggregate <= 50000", "aggregate <= 10000"))
    done = run("simulate", "p.yaml", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["cases"], found["changed"], found["days"]) == (1, 1, 92)
    assert found["items"][0]["ref"] == ref
    done = run("simulate", "p.yaml", "--days", "7")
    assert done.exit_code == 0, done.output
    assert "1 cases of the last 7 days, 1 of them change." in done.output
    for said in ("automatic", "one-step", "1 step", "Priya Nair", "500.00 GBP", ref):
        assert said in done.output


def test_a_simulation_refuses_what_is_no_policy_and_persons_who_are_not_there(
    place: Path, house: House
) -> None:
    (place / "p.yaml").write_text(TEXT.replace("role: executive", "person: nobody"))
    done = run("simulate", "p.yaml")
    assert done.exit_code == 1
    assert "there is no person 'nobody'" in done.output
    assert "p.yaml:" in done.output


def test_the_versions_are_listed(house: House) -> None:
    done = run("list", "--json")
    assert done.exit_code == 0, done.output
    (only,) = json.loads(done.stdout)
    assert (only["version"], only["state"], only["author"]) == (1, "current", {"name": "shipped"})
    assert "shipped" in run("list").output


def test_without_a_database_it_says_what_to_start(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = run("list")
    assert done.exit_code == 1
    assert "partnerflow up" in done.output
