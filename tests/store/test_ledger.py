"""What the database refuses of a ledger: what does not balance, changes, duplicates, and reversals that are none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from partnerflow.credits.ledger import Entry, Occasion, Posting, goodwill_entry, reversal
from partnerflow.orders.model import Leg
from partnerflow.store import notes
from partnerflow.store.database import reading, unit_of_work
from tests.store.builders import remedied, rows
from tests.workflows.house import House

AT = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
ABOUT = Occasion("PF-2027-000001", Leg.DOWNSTREAM, "GBP", AT, "Goodwill.", "G-1")


@pytest.fixture(scope="module")
def ref(house: House) -> str:
    """Worked example 1, to its end."""
    made = house.open_exchange(house.order("L-1"))
    for _ in range(2):
        house.approve(made)
    remedied(house, made)
    house.pass_on(made)
    return made


@pytest.fixture
def connection(house: House, ref: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(house.database.app_url) as opened:
        opened.execute("SELECT set_config('pf.org', '*', true)")
        yield opened
        opened.rollback()


def an_entry(key: str) -> Entry:
    return goodwill_entry("meridian", "harbour", 500, key, ABOUT)


def post(house: House, *entries: Entry) -> None:
    with unit_of_work(house.engine) as session:
        notes.post(session, entries, "arbor")


ENTRY = """INSERT INTO ledger_entry (key, case_ref, leg, currency, at, reason, reverses, books, postings, orgs)
  VALUES ('k', 'c', 'l', 'GBP', now(), 'r', NULL, 'meridian', 2, '{arbor,meridian}')"""
POSTINGS = "INSERT INTO ledger_posting (entry, no, account, debit, credit, orgs) VALUES "
WRONG = {
    "debits and credits differ": (
        "('k', 1, 'meridian:a', 100, 0, '{arbor,meridian}'), ('k', 2, 'meridian:b', 0, 99, '{arbor,meridian}')",
        "does not balance",
    ),
    "it has fewer postings than it says": (
        "('k', 1, 'meridian:a', 100, 0, '{arbor,meridian}')",
        "does not balance",
    ),
    "a posting is in other books": (
        "('k', 1, 'meridian:a', 100, 0, '{arbor,meridian}'), ('k', 2, 'arbor:b', 0, 100, '{arbor,meridian}')",
        "not in the books",
    ),
    "others may read a posting": (
        "('k', 1, 'meridian:a', 100, 0, '{arbor,meridian}'), ('k', 2, 'meridian:b', 0, 100, '{arbor,harbour}')",
        "not in the books",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_entry_is_refused_at_commit_when(connection: psycopg.Connection, what: str) -> None:
    values, sentence = WRONG[what]
    connection.execute(ENTRY)
    connection.execute(POSTINGS + values)
    with pytest.raises(psycopg.errors.CheckViolation, match=sentence):
        connection.commit()


def test_an_entry_without_postings_is_refused_at_commit(connection: psycopg.Connection) -> None:
    connection.execute(ENTRY)
    with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
        connection.commit()


@pytest.mark.parametrize("credit", ["", ", ('{key}', 99, 'meridian:y', 0, 1, '{orgs}')"])
def test_no_posting_joins_an_entry_later_not_even_a_balanced_pair(
    connection: psycopg.Connection, credit: str
) -> None:
    found = connection.execute("SELECT key FROM ledger_entry WHERE books = 'meridian' LIMIT 1").fetchone()
    assert found
    late = "('{key}', 98, 'meridian:x', 1, 0, '{orgs}')" + credit
    connection.execute(POSTINGS + late.replace("{key}", found[0]).replace("{orgs}", "{arbor,meridian}"))
    with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
        connection.commit()


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET orgs = orgs", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_changes_and_removes_nothing(
    connection: psycopg.Connection, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.format(table))


def test_not_even_the_owner_edits_an_entry(house: House, ref: str) -> None:
    with psycopg.connect(house.database.owner_url) as owner:
        owner.execute("SELECT set_config('pf.org', '*', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute("UPDATE ledger_posting SET debit = debit + 1 WHERE debit > 0")


def test_a_key_is_posted_once(house: House, ref: str) -> None:
    post(house, an_entry("goodwill:1"))
    with pytest.raises(DBAPIError, match="duplicate key"):
        post(house, an_entry("goodwill:1"))


def test_a_reversal_mirrors_its_entry_and_comes_once(house: House, ref: str) -> None:
    entry = an_entry("goodwill:2")
    back = reversal(entry, "given twice", AT, "D-1")
    post(house, entry)
    post(house, back)
    with pytest.raises(DBAPIError, match="ledger_entry"):
        post(house, back)
    with pytest.raises(DBAPIError, match="uq_ledger_entry_reverses"):
        post(house, replace(back, key="another key"))
    left = rows(
        house.engine,
        "SELECT sum(debit - credit) FROM ledger_posting WHERE entry = ANY (:keys) GROUP BY account",
        keys=[entry.key, back.key],
    )
    assert left == [(0,), (0,)]


def test_a_reversal_that_is_no_mirror_is_refused(house: House, ref: str) -> None:
    entry = an_entry("goodwill:3")
    post(house, entry)
    less = tuple(Posting(p.account, p.credit // 5, p.debit // 5) for p in entry.postings)
    good = reversal(entry, "too much", AT)
    wrong = [
        replace(good, postings=less),
        replace(good, postings=entry.postings),
        replace(good, case_ref="PF-2027-000002"),
        replace(good, currency="EUR"),
        replace(good, reason=" "),
    ]
    for each in wrong:
        with pytest.raises(DBAPIError, match="does not reverse"):
            post(house, each)


def test_a_reversal_is_not_reversed(house: House, ref: str) -> None:
    entry = an_entry("goodwill:4")
    back = reversal(entry, "given twice", AT)
    post(house, entry, back)
    with pytest.raises(DBAPIError, match="does not reverse"):
        post(house, replace(entry, key="again", reverses=back.key))


def test_an_organisation_reads_its_own_books_and_the_operator_all(house: House, ref: str) -> None:
    expected = {"harbour": set(), "quayside": set(), "meridian": {"meridian"}, "arbor": {"arbor", "meridian"}}
    for org, books in expected.items():
        with reading(house.engine, org) as session:
            entries = session.execute(text("SELECT books FROM ledger_entry")).scalars()
            postings = session.execute(
                text("SELECT split_part(account, ':', 1) FROM ledger_posting")
            ).scalars()
            assert (set(entries), set(postings)) == (books, books), org


def test_every_entry_of_the_story_names_the_paper_it_stands_for(house: House, ref: str) -> None:
    found = rows(
        house.engine,
        "SELECT key, document FROM ledger_entry WHERE case_ref = :ref AND key NOT LIKE 'goodwill%' ORDER BY key",
        ref=ref,
    )
    assert [tuple(row) for row in found if not row[0].startswith("reversal:")] == [
        (f"credit:{ref}:1:downstream:M-L-1", "MER-CN-2027-000001"),
        (f"credit:{ref}:1:upstream:A-L-1", "ARB-CN-2027-000001"),
        (f"rebill:{ref}:1:downstream:MER-INV-2027-000001", "MER-INV-2027-000001"),
        (f"rebill:{ref}:1:upstream:ARB-INV-2027-000001", "ARB-INV-2027-000001"),
    ]
