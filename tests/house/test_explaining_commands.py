"""`partnerflow clock explain` and `partnerflow explain`: instants and decisions, read from the record alone."""

import json

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.support.fresh import Database
from tests.workflows.house import seeded


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture
def ref(database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    """Worked example 1, opened on Monday 4 January 2027 at 09:30."""
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    with seeded(database) as house:
        return house.open_exchange(house.order())


def test_a_clock_is_explained_day_by_day(ref: str) -> None:
    said = run("clock", "explain", ref, "decision")
    assert said.exit_code == 0, said.output
    assert "decision (running): From the submission to the decision that grants or refuses" in said.output
    assert "960 min, by the policy." in said.output
    assert "Warning at 50 %: 2027-01-05T09:30:0" in said.output
    assert "Due        Wed 6 Jan 2027 09:30" in said.output


def test_as_json_it_is_what_the_api_answers(ref: str) -> None:
    found = json.loads(run("clock", "explain", ref, "step", "--json").output)
    assert found["allowance"]["source"] == "policy"
    assert found["due_local"].startswith("2027-01-05T09:30:0")
    assert [step["day"] for step in found["steps"]] == ["2027-01-04", "2027-01-05"]


def test_without_a_name_every_clock_is_explained(ref: str) -> None:
    found = json.loads(run("clock", "explain", ref, "--json").output)
    names = {clock["name"] for clock in found}
    assert names == {"owner", "first_response", "next_update", "decision", "step"}


def test_what_does_not_exist_is_named(ref: str) -> None:
    assert "There is no case PF-1." in run("clock", "explain", "PF-1").output
    said = run("clock", "explain", ref, "lunch")
    assert said.exit_code == 1
    assert f"{ref} has no clock lunch; it has" in said.output


def test_a_case_is_explained_in_lines(ref: str) -> None:
    said = run("explain", ref)
    assert said.exit_code == 0, said.output
    assert f"{ref}: partly within policy, clause activated" in said.output
    assert "Rules of policy version 1 (default), routes of version 1" in said.output
    assert "Owner: Owen Clarke covers case manager for country GB, family licences" in said.output
    assert "Priya Nair covers channel manager for country GB, family licences" in said.output
    assert "one-step: !exception && aggregate <= 250000: does not hold" in said.output


def test_a_case_is_explained_as_json(ref: str) -> None:
    found = json.loads(run("explain", ref, "--json").output)
    (round_,) = found["rounds"]
    assert round_["aggregate"]["total"] == {"amount": "2400.00", "currency": "GBP"}
    assert round_["aggregate"]["this"] == round_["aggregate"]["total"]
    assert "There is no case PF-1." in run("explain", "PF-1").output
