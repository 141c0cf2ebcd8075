"""A small simulated year: everything that the big one prints, and that nothing was wrong at any moment."""

import json

import pytest

from bench import year

CASES = 80


def played(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    assert year.main(["--cases", str(CASES), "--json", *options]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return {name: value for name, value in found.items() if "second" not in name}


def test_a_year_ends_with_every_case_decided_or_on_the_top_rung_and_is_the_same_for_the_same_seed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = played(capsys, "--seed", "7")
    assert found["faults"] == []
    assert found["cases"] == CASES
    endings = found["endings"]
    assert isinstance(endings, dict)
    assert sum(endings.values()) == CASES
    assert set(endings) <= {"credited", "declined", "withdrawn", "cancelled", "granted", "top_rung"}
    assert all(found[name] for name in ("reminders", "breaches", "pages", "absences_covered", "moved_clocks"))
    assert found == played(capsys, "--seed", "7")


def test_a_person_reads_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    assert year.main(["--cases", "20", "--seed", "3"]) == 0
    told = capsys.readouterr().out
    assert "decided in   p50" in told
    assert "working hours" in told
    assert "cases/s on one core" in told
