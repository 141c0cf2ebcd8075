"""`partnerflow ledger verify` works everything out again from the events and names any difference."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from api.cli import main
from partnerflow.store.database import snapshot_of
from partnerflow.store.verify_ledger import ledger_faults, ledger_remarks
from tests.store.builders import remedied
from tests.store.test_verify import altered
from tests.workflows.house import House


@pytest.fixture(scope="module")
def ref(house: House) -> str:
    made = house.open_exchange(house.order("V-1"))
    for _ in range(2):
        house.approve(made)
    remedied(house, made)
    house.pass_on(made)
    return made


def faults(house: House) -> list[str]:
    with snapshot_of(house.engine, "*") as session:
        return list(ledger_faults(session))


def test_a_ledger_that_nobody_touched_has_no_fault(house: House, ref: str) -> None:
    assert faults(house) == []


ENTRY = "credit:{ref}:1:downstream:M-V-1"
WRONG = {
    "another amount": (
        f"UPDATE ledger_posting SET debit = 239999 WHERE entry = '{ENTRY}' AND account LIKE '%:revenue-corrections'",
        (
            f"ledger entry {ENTRY}: meridian:revenue-corrections has debit 239999, the events say debit 240000",
            f"ledger entry {ENTRY}: it is unbalanced, debits are 287999, credits 288000",
        ),
    ),
    "another account": (
        (
            f"UPDATE ledger_posting SET account = 'meridian:receivables:quayside' WHERE entry = '{ENTRY}'"
            " AND account = 'meridian:receivables:harbour'"
        ),
        (
            f"ledger entry {ENTRY}: nothing is posted to meridian:receivables:harbour, the events say credit 180000",
            f"ledger entry {ENTRY}: credit 180000 is posted to meridian:receivables:quayside, by no event",
        ),
    ),
    "an account the chart does not have": (
        (
            f"UPDATE ledger_posting SET account = 'meridian:pocket:ellie' WHERE entry = '{ENTRY}'"
            " AND account = 'meridian:account-credit:harbour'"
        ),
        (f"ledger entry {ENTRY}: 'meridian:pocket:ellie' is not an account",),
    ),
    "a posting taken out": (
        f"DELETE FROM ledger_posting WHERE entry = '{ENTRY}' AND account = 'meridian:account-credit:harbour'",
        (
            "nothing is posted to meridian:account-credit:harbour, the events say credit 108000",
            "it is unbalanced",
        ),
    ),
    "an entry taken out": (
        f"DELETE FROM ledger_posting WHERE entry = '{ENTRY}';DELETE FROM ledger_entry WHERE key = '{ENTRY}'",
        (f"ledger entry {ENTRY}: it is missing, the events of {{ref}} post it",),
    ),
    "an entry too many": (
        (
            "INSERT INTO ledger_entry (key, case_ref, leg, currency, at, reason, books, postings, orgs)"
            " VALUES ('gift', '{ref}', 'downstream', 'GBP', now(), 'r', 'meridian', 2, '{{arbor}}');"
            "INSERT INTO ledger_posting (entry, no, account, debit, credit, orgs) VALUES"
            " ('gift', 1, 'meridian:goodwill-expense', 5, 0, '{{arbor}}'),"
            " ('gift', 2, 'meridian:account-credit:harbour', 0, 5, '{{arbor}}')"
        ),
        ("ledger entry gift: it is extra, no event of {ref} posts it",),
    ),
    "an entry of a case that is none": (
        "UPDATE ledger_entry SET case_ref = 'PF-2020-000001' WHERE key LIKE 'rebill:%:upstream:%'",
        (
            "it is missing, the events of {ref} post it",
            "it is extra, no event of PF-2020-000001 posts it",
        ),
    ),
    "another key": (
        (
            f"UPDATE ledger_posting SET entry = 'other' WHERE entry = '{ENTRY}';"
            f"UPDATE ledger_entry SET key = 'other' WHERE key = '{ENTRY}'"
        ),
        (f"ledger entry other: its key is wrong, the events of {{ref}} say {ENTRY}",),
    ),
    "another instant": (
        f"UPDATE ledger_entry SET at = at + interval '1 day' WHERE key = '{ENTRY}'",
        (f"ledger entry {ENTRY}: its at is 2027-01-05T",),
    ),
    "another paper": (
        f"UPDATE ledger_entry SET document = 'X-1' WHERE key = '{ENTRY}'",
        (f"ledger entry {ENTRY}: its document is X-1, the events say MER-CN-2027-000001",),
    ),
    "another currency": (
        f"UPDATE ledger_entry SET currency = 'EUR' WHERE key = '{ENTRY}'",
        (f"ledger entry {ENTRY}: its currency is EUR, the events say GBP",),
    ),
    "an event that says something else": (
        (
            "UPDATE event SET text = replace(text, '\"unpaid_reduced\":180000', '\"unpaid_reduced\":180001')"
            " WHERE stream = '{ref}' AND kind = 'credit_note.issued' AND text LIKE '%downstream%'"
        ),
        ("what its events post cannot be worked out (ValueError",),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_names(house: House, ref: str, what: str) -> None:
    statement, sentences = WRONG[what]
    with altered(house, *statement.format(ref=ref).split(";")):
        found = faults(house)
    for sentence in sentences:
        assert any(sentence.format(ref=ref) in fault for fault in found), found


@pytest.fixture
def run(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("DATABASE_URL", house.database.app_url)

    def command(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["ledger", *words])
        return done.exit_code, done.output

    return command


def test_the_command_fails_when_something_differs(
    house: House, ref: str, run: Callable[..., tuple[int, str]]
) -> None:
    assert run("verify") == (0, "Nothing differs: every entry of the ledger is what the events post.\n")
    assert run("verify", "--json") == (0, '{"faults": []}\n')
    statement, sentences = WRONG["an entry taken out"]
    with altered(house, *statement.format(ref=ref).split(";")):
        code, said = run("verify")
        as_json = run("verify", "--json")
    assert (code, as_json[0]) == (1, 1)
    assert sentences[0].format(ref=ref) in said
    assert json.loads(as_json[1])["faults"] == said.splitlines()


def test_the_trial_balance_has_both_books_and_adds_up(ref: str, run: Callable[..., tuple[int, str]]) -> None:
    code, said = run("trial-balance", "--json")
    body = json.loads(said)
    assert code == 0
    meridian = {row["account"]: row["balance"] for row in body["rows"] if row["books"] == "meridian"}
    assert meridian == {
        "meridian:account-credit:harbour": "-1080.00",
        "meridian:output-vat:S:200000": "192.96",
        "meridian:receivables:harbour": "-77.76",
        "meridian:revenue": "-1435.20",
        "meridian:revenue-corrections": "2400.00",
    }
    assert {(t["books"], t["debit"], t["credit"]) for t in body["totals"]} == {
        ("arbor", "4049.64", "4049.64"),
        ("meridian", "4602.24", "4602.24"),
    }
    code, said = run("trial-balance", "--organisation", "meridian")
    assert code == 0
    assert "arbor" not in said
    assert "Revenue corrections" in said


def test_the_trial_balance_at_an_instant_before_has_nothing(
    ref: str, run: Callable[..., tuple[int, str]]
) -> None:
    code, said = run("trial-balance", "--at", "2027-01-04T00:00:00Z", "--json")
    assert (code, json.loads(said)["rows"]) == (0, [])


@pytest.mark.parametrize("words", [("--at", "yesterday"), ("--organisation", "nobody")])
def test_what_is_asked_wrongly_is_said(
    ref: str, run: Callable[..., tuple[int, str]], words: tuple[str, str]
) -> None:
    code, said = run("trial-balance", *words)
    assert code == 2, said


BEFORE = (
    "UPDATE event SET text = regexp_replace(text, ',\"taxes\":\\[[^]]*\\]', '') WHERE stream = '{ref}'"
    " AND kind IN ('credit_note.issued', 'rebill.issued');"
    "UPDATE ledger_entry SET reason = 'Credit.' WHERE case_ref = '{ref}';"
)


def test_what_was_posted_before_events_said_so_is_checked_by_sums_and_said_to_be(
    house: House, ref: str
) -> None:
    with altered(house, BEFORE.format(ref=ref)):
        assert faults(house) == []
        with snapshot_of(house.engine, "*") as session:
            (remark,) = ledger_remarks(session)
        assert remark.startswith("1 cases were posted before")
    unsound = (
        f"UPDATE ledger_posting SET debit = 239999 WHERE entry = '{ENTRY.format(ref=ref)}' AND debit = 240000"
    )
    with altered(house, BEFORE.format(ref=ref), unsound):
        (fault,) = faults(house)
        assert "it is unbalanced" in fault
    with snapshot_of(house.engine, "*") as session:
        assert list(ledger_remarks(session)) == []
