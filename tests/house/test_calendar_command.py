"""`partnerflow calendar due`, `used` and `explain`: working time for people, from a document of their own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main

OFFICE = """\
zone: Europe/London
hours: {mon-fri: ["09:00-12:30", "13:00-17:30"]}
holidays: {country: GB, subdivision: ENG, also: ["2027-12-24"], not: []}
"""
MONDAY = "2027-01-04T09:30:00Z"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    return written(tmp_path, OFFICE)


def written(directory: Path, text: str) -> Path:
    file = directory / "F.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def run(command: str, file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["calendar", command, "--calendar", str(file), *arguments])


def answer(command: str, file: Path, *arguments: str) -> dict[str, Any]:
    result = run(command, file, *arguments)
    assert result.exit_code == 0, result.output
    line, rest = result.stdout.split("\n")
    assert not rest
    found: dict[str, Any] = json.loads(line)
    return found


def due(file: Path, start: str, minutes: int, *pauses: str) -> dict[str, Any]:
    given = [text for pause in pauses for text in ("--pause", pause)]
    return answer("due", file, "--from", start, "--minutes", str(minutes), *given)


def due_local(file: Path, start: str, minutes: int, *pauses: str) -> str:
    return str(due(file, start, minutes, *pauses)["due_local"])


def used(file: Path, a: str, b: str, *pauses: str) -> int:
    given = [text for pause in pauses for text in ("--pause", pause)]
    found = answer("used", file, "--from", a, "--to", b, *given)
    assert found["minutes"] == found["seconds"] // 60
    return int(found["minutes"])


def complaint(command: str, file: Path, *arguments: str) -> str:
    """The sentence, on one line as click may break it; exit code 2."""
    result = run(command, file, *arguments)
    assert result.exit_code == 2, result.output
    assert not result.stdout
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (480, "2027-01-05T09:30:00Z"),
        (960, "2027-01-06T09:30:00Z"),
        (960 * 50 // 100, "2027-01-05T09:30:00Z"),
        (960 * 80 // 100, "2027-01-05T14:48:00Z"),
        (0, MONDAY),
    ],
)
def test_the_instants_of_the_first_worked_example(office: Path, minutes: int, expected: str) -> None:
    assert due(office, MONDAY, minutes)["due_at"] == expected
    assert used(office, MONDAY, expected) == minutes


def test_the_program_itself_answers_with_one_line(office: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "calendar", "due", "--calendar", str(office)]
    done = subprocess.run(
        [*command, "--from", MONDAY, "--minutes", "480"], capture_output=True, text=True, check=True
    )

    expected = {"due_at": "2027-01-05T09:30:00Z", "due_local": "2027-01-05T09:30:00+00:00"}
    assert json.loads(done.stdout) == expected
    assert done.stdout.count("\n") == 1
    assert not done.stderr


def test_a_calendar_is_asked_without_the_record_the_drivers_and_the_papers(office: Path) -> None:
    question = ["calendar", "explain", "--calendar", str(office), "--from", MONDAY, "--minutes", "960"]
    program = (
        "import sys; from api.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "print([m for m in ('sqlalchemy', 'psycopg', 'temporalio', 'weasyprint', 'flask') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *question], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_easter_and_both_clock_changes_in_london(office: Path) -> None:
    assert due_local(office, "2027-03-25T17:00:00Z", 60) == "2027-03-30T09:30:00+01:00"
    assert due_local(office, "2027-10-29T16:30:00+01:00", 90) == "2027-11-01T09:30:00+00:00"
    assert used(office, "2027-03-25T17:00:00Z", "2027-03-30T09:30:00+01:00") == 60


def test_what_else_is_free_and_what_is_not(tmp_path: Path, office: Path) -> None:
    assert due_local(office, "2027-12-23T17:00:00Z", 60) == "2027-12-29T09:30:00+00:00"
    worked = written(tmp_path, OFFICE.replace("not: []", "not: [2027-12-24, 2027-12-27]"))
    assert due_local(worked, "2027-12-23T17:00:00Z", 60) == "2027-12-24T09:30:00+00:00"
    assert due_local(worked, "2027-12-24T17:00:00Z", 60) == "2027-12-27T09:30:00+00:00"


def test_public_holidays_are_those_of_the_subdivision(tmp_path: Path) -> None:
    germany = (
        'zone: Europe/Berlin\nhours: {{mon-fri: ["09:00-17:00"]}}\nholidays: {{country: DE, subdivision: {}}}'
    )
    thursday_before_corpus_christi = "2027-05-26T16:00:00+02:00"
    bavaria = written(tmp_path, germany.format("BY"))
    assert due_local(bavaria, thursday_before_corpus_christi, 120) == "2027-05-28T10:00:00+02:00"
    berlin = written(tmp_path, germany.format("BE"))
    assert due_local(berlin, thursday_before_corpus_christi, 120) == "2027-05-27T10:00:00+02:00"
    assert due_local(berlin, "2027-03-05T16:00:00+01:00", 120) == "2027-03-09T10:00:00+01:00"


def test_shifts_over_midnight_and_over_a_clock_change(tmp_path: Path) -> None:
    nights = written(tmp_path, 'zone: Europe/London\nhours: {mon-sun: ["22:00-06:00"]}\n')

    assert due_local(nights, "2027-03-27T22:00:00Z", 7 * 60) == "2027-03-28T06:00:00+01:00"
    assert due_local(nights, "2027-10-30T22:00:00+01:00", 9 * 60) == "2027-10-31T06:00:00+00:00"
    assert due_local(nights, "2027-10-30T22:00:00+01:00", 9 * 60 + 1) == "2027-10-31T22:01:00+00:00"


def test_pauses_come_in_any_order_and_may_overlap(office: Path) -> None:
    pauses = ("2027-01-04T11:00:00Z/2027-01-04T12:00:00Z", "2027-01-04T10:00:00+00:00/2027-01-04T11:30:00Z")

    assert due(office, MONDAY, 60, *pauses)["due_at"] == "2027-01-04T12:30:00Z"
    assert used(office, MONDAY, "2027-01-04T12:30:00Z", *pauses) == 60


def test_an_open_pause_holds_what_is_not_due_before_it(office: Path) -> None:
    assert due(office, MONDAY, 480, "2027-01-04T10:00:00Z/") == {"due_at": None, "due_local": None}
    assert due(office, MONDAY, 30, "2027-01-04T10:00:00Z/")["due_at"] == "2027-01-04T10:00:00Z"
    assert used(office, MONDAY, "2027-01-08T10:00:00Z", "2027-01-04T10:00:00Z/") == 30


def test_nothing_is_used_backwards(office: Path) -> None:
    assert used(office, "2027-01-05T10:00:00Z", MONDAY) == 0


def test_holidays_are_known_however_long_it_takes(office: Path) -> None:
    easter_monday_2060 = "2060-04-19T10:00:00+01:00"
    assert due_local(office, easter_monday_2060, 60) == "2060-04-20T10:00:00+01:00"
    minutes = used(office, MONDAY, "2060-04-20T10:00:00+01:00")
    assert due_local(office, MONDAY, minutes) == "2060-04-20T10:00:00+01:00"


def test_an_explanation_for_reading(office: Path) -> None:
    pause = "2027-03-30T10:00:00+01:00/2027-03-30T11:00:00+01:00"
    result = run("explain", office, "--from", "2027-03-25T16:00:00Z", "--minutes", "195", "--pause", pause)
    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
Calendar   Mon-Fri 09:00-12:30, 13:00-17:30 Europe/London
From       Thu 25 Mar 2027 16:00 GMT (2027-03-25T16:00:00Z)
Allowance  195 min

Day              Counted, or why not                                                       this day   in all
Thu 25 Mar 2027  16:00-17:30 of 09:00-12:30, 13:00-17:30                                     90 min   90 min
Fri 26 Mar 2027  holiday: Good Friday
Sat 27 Mar 2027  weekend
Sun 28 Mar 2027  weekend; at 01:00 clocks go forward 60 min (UTC+00:00 to UTC+01:00)
Mon 29 Mar 2027  holiday: Easter Monday
Tue 30 Mar 2027  09:00-10:00, 11:00-11:45 of 09:00-12:30, 13:00-17:30; paused 10:00-11:00   105 min  195 min

Due        Tue 30 Mar 2027 11:45 BST (2027-03-30T10:45:00Z)
"""
    )


def test_an_explanation_for_programs(office: Path) -> None:
    told = answer("explain", office, "--from", "2027-12-23T17:00:00Z", "--minutes", "60", "--json")

    assert told["due_at"] == "2027-12-29T09:30:00Z"
    assert told["due_local"] == "2027-12-29T09:30:00+00:00"
    assert [step["day"] for step in told["steps"]] == [f"2027-12-{day}" for day in range(23, 30)]
    assert [step["total_seconds"] for step in told["steps"]] == [1800] * 6 + [3600]
    assert told["steps"][1]["reasons"] == [{"kind": "extra_day", "name": ""}]
    assert {"kind": "holiday", "name": "Christmas Day"} in told["steps"][2]["reasons"]
    last = {"from": "2027-12-29T09:00:00+00:00", "to": "2027-12-29T09:30:00+00:00"}
    assert told["steps"][-1]["counted"] == [last]


def test_an_explanation_of_what_is_held(office: Path) -> None:
    pause = ("--pause", "2027-01-04T10:00:00Z/")
    told = answer("explain", office, "--from", MONDAY, "--minutes", "480", *pause, "--json")

    assert told["due_at"] is None
    assert told["held_since"] == "2027-01-04T10:00:00Z"
    assert told["steps"][-1]["total_seconds"] == 1800
    text = run("explain", office, "--from", MONDAY, "--minutes", "480", *pause).stdout
    assert "since Mon 4 Jan 2027 10:00 GMT (2027-01-04T10:00:00Z), with 450 min left" in text


def test_names_of_holidays_come_in_the_language_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, 'zone: Europe/Berlin\nhours: {mon-fri: ["09:00-17:00"]}\n'
                   "holidays: {country: DE, subdivision: BY, language: de}\n")  # fmt: skip
    text = run("explain", file, "--from", "2027-03-25T16:00:00Z", "--minutes", "60").stdout
    assert "holiday: Karfreitag" in text


def test_a_closure_has_its_name_and_closes_even_a_day_that_is_worked(tmp_path: Path) -> None:
    file = written(tmp_path, OFFICE.replace("not: []", "not: [2027-03-26]")
                   + "closures: {2027-03-25: Stocktaking, 2027-03-26: Moving house}\n")  # fmt: skip
    text = run("explain", file, "--from", "2027-03-25T09:00:00Z", "--minutes", "60").stdout

    assert "Thu 25 Mar 2027  closed: Stocktaking" in text
    assert "Fri 26 Mar 2027  no day off: Good Friday; closed: Moving house" in text
    assert "Due        Tue 30 Mar 2027 10:00 BST" in text


DUE = ("--from", MONDAY, "--minutes", "60")


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("zone: Europe/Lundon\nhours: {}", "zone: unknown time zone 'Europe/Lundon'; take an IANA name"),
        ("hours: {mon: []}", "zone: is missing"),
        ("zone: UTC", "hours: is missing"),
        ("zone: UTC\nhours: 09:00-17:00", "hours: must give days their intervals"),
        ("zone: UTC\nhours: {mon: 09:00-17:00}", "hours.mon: must be a list of intervals"),
        ('zone: UTC\nhours: {monday: ["09:00-17:00"]}', "hours.monday: 'monday' is not a weekday such as mon"),
        ('zone: UTC\nhours: {mon: ["9-17"]}', "hours.mon: '9' is not a time from 00:00 to 24:00"),
        ("zone: UTC\nhours: {mon-fri: [], fri: []}", "hours: Fri is given twice"),
        ("zone: UTC\nhours: {mon: [], mon: []}", "mon: is given twice"),
        ("zone: UTC\nhours: {mon: []}\nclosed: []", "closed: is unknown here; known are zone, hours, holidays"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {land: GB}", "holidays.land: is unknown here; known are country"),
        ("zone: UTC\nhours: {mon: []}\nholidays: [GB]", "holidays: must be a mapping"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {country: XX}", "holidays.country: no public holidays are known"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {country: GB, subdivision: BY}",
         "holidays.subdivision: unknown subdivision 'BY'; known of GB are ENG, England"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {subdivision: ENG}", "holidays.subdivision: needs a country"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {country: DE, language: tlh}",
         "holidays.language: unknown language 'tlh'; known of DE are de"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {also: 2027-12-24}", "holidays.also: must be a list of dates"),
        ("zone: UTC\nhours: {mon: []}\nholidays: {not: [24.12.2027]}",
         "holidays.not[0]: '24.12.2027' is not a date such as 2027-12-24"),
        ("zone: UTC\nhours: {mon: []}\nclosures: [2027-12-24]", "closures: must give days their names"),
        ("zone: UTC\nhours: {mon: []}", "no working time in the three years from 2027-01-04"),
        ("- a\n- b", "calendar: must be a mapping with zone, hours, holidays, closures"),
        ("zone: [", "file: is not YAML"),
        ("", "calendar: must be a mapping"),
    ],
)  # fmt: skip
def test_a_fault_of_the_document_names_the_member_and_what_would_be_right(
    tmp_path: Path, document: str, sentence: str
) -> None:
    assert sentence in complaint("due", written(tmp_path, document), *DUE)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2027-01-04T09:30:00", "--minutes", "1"), "has no offset"),
        (("--from", "2027-02-30T09:30:00Z", "--minutes", "1"), "is not an instant"),
        (("--from", "Monday", "--minutes", "1"), "is not an instant; write it as 2027-01-04T09:30:00Z"),
        (("--from", MONDAY, "--minutes", "-1"), "-1 is not in the range"),
        (("--from", MONDAY, "--minutes", "1.5"), "not a valid integer"),
        (("--from", MONDAY, "--minutes", "60000000"), "an allowance is 0 to"),
        ((*DUE, "--pause", MONDAY), "is not a pause; write FROM/TO"),
        ((*DUE, "--pause", f"{MONDAY}/2027-01-03T09:30:00Z"), "ends before it begins"),
        ((*DUE, "--pause", f"{MONDAY}/2027-01-05T09:30:00"), "has no offset"),
        (("--minutes", "1"), "Missing option '--from'"),
    ],
)
def test_a_fault_of_the_question_is_said_in_a_sentence(
    office: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in complaint("due", office, *arguments)


def test_norway_needs_no_quotes(tmp_path: Path) -> None:
    norway = written(
        tmp_path, 'zone: Europe/Oslo\nhours: {mon-sun: ["09:00-17:00"]}\nholidays: {country: NO}'
    )
    assert due_local(norway, "2027-05-17T09:00:00+02:00", 60) == "2027-05-18T10:00:00+02:00"


@pytest.mark.parametrize(
    ("written_as", "due_at"),
    [
        ("2027-01-04t09:30:00z", "2027-01-04T10:30:00Z"),
        ("2027-01-04T09:30:00.250000-00:00", "2027-01-04T10:30:00.250000Z"),
        ("2027-01-04T15:15:00+05:45", "2027-01-04T10:30:00Z"),
    ],
)
def test_an_instant_may_be_written_as_rfc_3339_allows(office: Path, written_as: str, due_at: str) -> None:
    assert due(office, written_as, 60)["due_at"] == due_at
