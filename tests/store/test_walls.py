"""What the database itself refuses: other organisations' rows, changes of history, what does not add up."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.commands import AddNote
from partnerflow.store.database import reading, unit_of_work
from tests.store.builders import a_reduction, opened, remedied
from tests.workflows.house import House

WALLED = (
    "attachment",
    "order",
    "case",
    "approval",
    "event",
    "note",
    "ledger_entry",
    "ledger_posting",
    "payout",
    "search_term",
)


@pytest.fixture(scope="module")
def ref(house: House) -> str:
    """A case that went all the way, so that every table has rows."""
    made = house.open_exchange(house.order("W-1"))
    for _ in range(2):
        house.approve(made)
    remedied(house, made, payments=True)
    house.do("owen-clarke", f"case/{made}", AddNote("Between us.", "internal"))
    house.do(
        "owen-clarke",
        f"case/{made}",
        AddAttachment("a1", "ours.txt", "text/plain", "00" * 32, b"0", "internal"),
    )
    target = house.order("W-2")
    opened(house, target, a_reduction(target))
    return made


@contextmanager
def connected(house: House, org: str | None = "*") -> Iterator[psycopg.Connection]:
    with psycopg.connect(house.database.app_url) as connection:
        if org is not None:
            connection.execute("SELECT set_config('pf.org', %s, true)", (org,))
        yield connection
        connection.rollback()


@pytest.mark.parametrize("table", WALLED)
@pytest.mark.parametrize("org", [None, "", "quayside", "nobody", "%", "arbor,meridian"])
def test_nobody_sees_a_row_that_is_not_theirs(house: House, ref: str, table: str, org: str | None) -> None:
    with connected(house, org) as connection:
        assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (0,)


@pytest.mark.parametrize("table", WALLED)
def test_the_desk_and_the_operator_see_them(house: House, ref: str, table: str) -> None:
    for org in ("*", "arbor"):
        with reading(house.engine, org) as session:
            assert session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()


def test_a_reseller_sees_no_internal_note_no_upstream_document_and_no_inner_working(
    house: House, ref: str
) -> None:
    with reading(house.engine, "harbour") as session:
        legs = session.execute(text("SELECT DISTINCT leg FROM note")).scalars().all()
        kinds = set(session.execute(text("SELECT DISTINCT kind FROM event")).scalars())
        notes = session.execute(text("SELECT text FROM event WHERE kind = 'case.note_added'")).scalars().all()
    assert legs == ["downstream"]
    assert notes == []
    assert not kinds & {"case.clocks_set", "case.clock_breached", "case.remedy_acted", "case.round_started"}


def test_a_reader_cannot_write(house: House, ref: str) -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError, match="read-only"), reading(house.engine, "arbor") as session:
        session.execute(text("UPDATE \"case\" SET owner = 'sam-whitfield'"))


@pytest.mark.parametrize(
    "table", ["attachment", "event", "note", "document", "ledger_entry", "ledger_posting"]
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_or_remove_what_is_written(
    house: House, ref: str, table: str, statement: str
) -> None:
    column = {"attachment": "id", "event": "kind", "note": "kind", "document": "number"}.get(
        table, "key" if table.endswith("entry") else "entry"
    )
    with connected(house) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.format(table, column, column))


def test_not_even_the_owner_changes_history_by_accident(house: House, ref: str) -> None:
    with psycopg.connect(house.database.owner_url) as owner:
        owner.execute("SELECT set_config('pf.org', '*', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute("UPDATE event SET kind = kind")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO clock_offset (id, seconds) VALUES (1, 1)",
        "UPDATE clock_offset SET seconds = 0",
        "DELETE FROM clock_offset",
    ],
)
def test_the_application_cannot_move_the_clock(house: House, statement: str) -> None:
    with connected(house) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("table", ["order", "case", "approval", "command", "ceiling", "counter"])
def test_the_application_deletes_no_record(house: House, table: str) -> None:
    with connected(house) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f'DELETE FROM "{table}"')


@pytest.mark.parametrize(
    "change",
    [
        "reserved = max_amount + 1",
        "credited = -1",
        "reserved_quantity = max_quantity + 1",
        "credited_tax = max_tax + 1",
    ],
)
def test_a_ceiling_refuses_what_goes_over(house: House, ref: str, change: str) -> None:
    with connected(house) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(f"UPDATE ceiling SET {change}")


def test_a_second_note_of_the_same_round_and_leg_is_refused(house: House, ref: str) -> None:
    copy = (
        "INSERT INTO note SELECT number || 'x', issuer, series, year, counter + 1000, kind, leg, case_ref, round,"
        " invoice, issued_at, currency, net, tax, gross, orgs, data FROM note LIMIT 1"
    )
    with connected(house) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(copy)


def test_the_setting_does_not_leak_to_the_next_user_of_a_connection(house: House, ref: str) -> None:
    with unit_of_work(house.engine) as session:
        session.execute(text("SELECT 1"))
    with house.engine.connect() as bare:
        assert bare.execute(text('SELECT count(*) FROM "case"')).scalar_one() == 0
