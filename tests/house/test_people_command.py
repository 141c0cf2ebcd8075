"""The first admins of an empty database, made at the command line; the rest goes over the API."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from api.app import create_app
from api.cli import main
from tests.api.calling import Caller
from tests.api.conftest import settings
from tests.support.fresh import Database

ACME = {
    "code": "acme", "kind": "vendor", "name": "Acme Software Ltd", "country": "GB", "zone": "Europe/London",
    "currency": "GBP", "vat_id": "GB 123 4567 89", "address": ["1 High Street, London"],
    "hours": {"mon-fri": ["09:00-17:30"]}, "holidays": {"country": "GB", "subdivision": "ENG"}, "series_code": "ACM",
    "mandated": True,
}  # fmt: skip


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["people", "add-admin", *words])


@pytest.fixture
def operator(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    path = tmp_path / "acme.yaml"
    path.write_text(yaml.safe_dump(ACME))
    return str(path)


def test_two_admins_are_made_and_set_up_the_rest(database: Database, operator: str) -> None:
    first = run("--name", "Ann Archer", "--email", "ann@acme.example", "--operator", operator)
    second = run("--name", "Bob Bell", "--email", "bob@acme.example", "--title", "Platform")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output + second.output
    app = create_app(settings(database.app_url))
    ann, bob = (Caller(app, made.output.strip()) for made in (first, second))
    cleo = {"organisation": "acme", "name": "Cleo", "title": "Case manager", "email": "cleo@acme.example",
            "roles": ["case_manager"]}  # fmt: skip
    assert ann.post("/v1/people", cleo).status_code == 201
    assert bob.post("/v1/people/cleo/actions/confirm_roles", {}).json["roles"] == ["case_manager"]
    assert ann.post("/v1/coverage", {"role": "case_manager", "person": "cleo"}).status_code == 201
    fallbacks = {"fallbacks": ["cleo", "ann-archer"]}
    assert bob.post("/v1/organisations/acme/actions/change", fallbacks).json["fallbacks"] == [
        "cleo",
        "ann-archer",
    ]
    app.extensions["engine"].dispose()


def test_what_cannot_be_is_said_and_nothing_is_made(operator: str) -> None:
    for words, said in (
        (["--name", "Ann", "--email", "ann@acme.example"], "--operator"),
        (["--name", "Ann", "--email", "no address", "--operator", operator], "/email"),
    ):
        failed = run(*words)
        assert failed.exit_code == 1
        assert said in failed.output
    assert run("--name", "Ann", "--email", "ann@acme.example", "--operator", operator).exit_code == 0
    twice = run("--name", "Ann", "--email", "ann@acme.example")
    assert "e-mail address already" in twice.output
    assert "already" in run("--name", "Eve", "--email", "eve@acme.example", "--operator", operator).output
