"""A fault of a policy's text has the line and the column where its author has to look."""

from pathlib import Path

import pytest

from partnerflow.store.policies import SHIPPED
from partnerflow.store.policy_text import DEEPEST, Checked, check, check_document, dumped, parse

TEXT = Path(SHIPPED / "default.yaml").read_text(encoding="utf-8")
WHEN = 'when: "!exception && aggregate <= 250000"'
WARNINGS = "warnings: [50, 80]"
DAYS = "vat_note_days: 14\n"
TWICE = "id: hardware.14-days\n    when: family == 'hardware'\n    percent: 85"


def checked(text: str) -> Checked:
    return check(parse(text), 7)


def where(text: str, said: str) -> tuple[int, int]:
    """Line and column of a word in a text, from 1."""
    before = text[: text.index(said)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def test_the_shipped_policy_has_no_fault() -> None:
    found = checked(TEXT)
    assert (found.faults, found.policy and found.policy.version) == ((), 7)
    assert found.document == parse(TEXT).document


# (what is written, what is written instead, the word at the fault, what is said)
MISTAKES = [
    ("name: default\n", "name: 7\n", "7\n", "name: must be a text"),
    ("  owner: 240 ", "  ownr: 240 ", "ownr: 240", "allowances.ownr: is unknown here"),
    ("  owner: 240 ", "  owner: soon ", "soon", "allowances.owner: must be a whole number"),
    ("  owner: 240 ", "  owner: 240.5 ", "240.5", "allowances.owner: must be a whole number"),
    ("    percent: 85", "    percent: 185", "185", "rules[2].percent: must be a percent"),
    ("    percent: 85", "    percent: 85.5", "85.5", "rules[2].percent: must be a whole percent, or a quoted"),
    ("      - role: finance", "      - role: finnance", "finnance", "'finnance' is not one of"),
    ("      - role: finance", "      - rle: finance", "rle: finance", "steps[1].rle: is unknown here"),
    ("id: hardware.30-days", "id: hardware.14-days", TWICE, "'hardware.14-days' is listed twice"),
    (WARNINGS, "warnings: [50, 120]", "120]", "warnings[1]: must be a whole number from 1 to 99"),
    (WARNINGS, "warnings: {50: 80}", "{50: 80}", "warnings: must be a list"),
    ("on_exhausted: hold_and_page", "on_exhausted: wait", "wait\n", "'wait' is not one of"),
    ("pass_through: same_percentage", "pass_through: same", "same\n\n#", "'same' is not one of"),
    ("    when: activated\n", "    when: activated &\n", "&\n    percent: 0", "rules[0].when: token recognition error"),
    ("when: family == 'hardware'", "when: famly == 'hardware'", "famly", "undeclared reference to 'famly'"),
    (WHEN, 'when: "!exception && agregate <= 250000"', "agregate", "undeclared reference to 'agregate'"),
    (WHEN, "when: '!exception && reason == ''oops'''", "oops", "'oops' is not one of wrong_item_ordered"),
    (WHEN, 'when: "!exception && reason == \\"oops\\""', "oops", "'oops' is not one of wrong_item_ordered"),
    (WHEN, "when: |\n      !exception &&\n        agregate <= 250000", "agregate", "undeclared reference"),
    (WHEN, "when: >-\n      !exception\n      && agregate <= 250000", "agregate", "undeclared reference"),
    (WHEN, "when: exception\n      && agregate <= 250000", "agregate", "undeclared reference"),
    (DAYS, DAYS + "vat_note_days_by_country: {NO: 10}\n", "NO: 10", "False is not a name; quote it"),
    (DAYS, DAYS + "vat_note_days_by_country: {Norway: 10}\n", "Norway: 10", "no country code"),
    ("allowances:\n", "allowances:\n  step: 9\n", "step: 480", "allowances.step: is here twice, first in line"),
    (WARNINGS, "warnings: [50, 80", "# At which percent", None),
    (WARNINGS, "\twarnings: [50, 80]", "\twarnings", "found character '\\t'"),
    (WARNINGS, "warnings: &w [50, 80]", "&w", "anchors (&) and aliases (*) are not taken"),
    (WARNINGS, "warnings: *w", "*w", "anchors (&) and aliases (*) are not taken"),
    (WARNINGS, "warnings: !!python/name:os.system [50]", "!!python", "tags are not taken"),
    (WARNINGS, "warnings: [50, 8\x000]", "\x00", "a character that no text has"),
    (WARNINGS, "? [a, b]\n: 3", "[a, b]", "a name is wanted here"),
    (WARNINGS, "warnings: 2027-13-45", "2027-13-45", "warnings: must be a list"),
    (WARNINGS, f"warnings: [50, {'9' * 5_000}]", "9" * 5_000, "quote it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "at", "says"),
    MISTAKES,
    ids=[f"{m[3]}"[:60] + f" {i}" for i, m in enumerate(MISTAKES)],
)
def test_a_mistake_is_found_where_it_stands(before: str, after: str, at: str, says: str | None) -> None:
    assert before in TEXT
    text = TEXT.replace(before, after, 1)
    found = checked(text)
    assert found.policy is None
    if says is None:  # an open bracket is noticed where it can no longer be closed
        assert found.faults[0].line and found.faults[0].line > where(text, WARNINGS[:-1])[0]
        return
    told = [fault for fault in found.faults if says in str(fault)]
    assert told, [str(fault) for fault in found.faults]
    assert (told[0].line, told[0].column) == where(text, at)


def test_a_depth_that_nobody_reads_is_refused_where_it_is_reached() -> None:
    text = TEXT.replace(WARNINGS, "warnings: " + "[" * 3_000)
    (fault,) = checked(text).faults
    line, column = where(text, "[[[[")
    assert (fault.line, fault.column) == (line, column + DEEPEST - 1)
    assert f"nested more than {DEEPEST} levels" in fault.message


def test_aliases_that_would_blow_up_are_refused_before_they_do() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
    )
    (fault,) = checked(bomb).faults
    assert (fault.line, fault.column) == (1, 4)


@pytest.mark.parametrize("text", ["", "hello", "- a\n- b", "# nothing\n", "7"])
def test_what_is_no_mapping_is_said_in_its_first_line(text: str) -> None:
    (fault,) = checked(text).faults
    assert (fault.line, fault.column, fault.message) == (1, 1, "must be a mapping of names to values")


def test_two_documents_in_one_text_are_refused_at_the_second() -> None:
    (fault,) = checked("name: a\n---\nname: b\n").faults
    assert (fault.line, "another document" in fault.message) == (2, True)


def test_several_mistakes_are_said_at_once_from_the_top_down() -> None:
    text = TEXT.replace("name: default\n", "name: 7\n").replace(WARNINGS, "warnings: 5")
    text = text.replace("  step: 480", "  step: none").replace("when: activated\n", "when: activate\n")
    found = checked(text).faults
    assert [fault.path for fault in found] == ["name", "rules[0].when", "allowances.step", "warnings"]
    assert [fault.line for fault in found] == sorted(fault.line or 0 for fault in found)


def test_a_fault_of_a_missing_member_points_to_the_mapping_that_lacks_it() -> None:
    text = TEXT.replace("  hold: 960 ", "  # hold: 960 ")
    (fault,) = checked(text).faults
    assert (fault.path, fault.message) == ("allowances", "hold is missing")
    assert (fault.line, fault.column) == where(text, "owner: 240")


def test_lines_of_any_kind_are_counted() -> None:
    text = TEXT.replace("\n", "\r\n").replace("when: activated\r", "when: activated &\r")
    (fault,) = checked(text).faults
    assert (fault.line, fault.column) == where(text.replace("\r\n", "\n"), "&\n    percent: 0")


def test_a_document_that_came_as_data_is_judged_the_same_without_lines() -> None:
    document = parse(TEXT).document
    assert check_document(document, 7).policy == checked(TEXT).policy
    (fault,) = check_document(document | {"warnings": 5}, 7).faults
    assert (fault.path, fault.line, fault.column) == ("warnings", None, None)
    assert checked(dumped(document)).policy == checked(TEXT).policy
