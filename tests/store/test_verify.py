"""The verifier names every fault: each test alters the record by hand, as only a superuser can, and puts it back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from click.testing import CliRunner

from api.cli import main
from partnerflow.cases.commands import AddNote
from partnerflow.store.database import snapshot_of
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, opened, remedied, rows
from tests.workflows.house import House


@pytest.fixture(scope="module")
def ref(house: House) -> str:
    made = house.open_exchange(house.order("V-1"))
    for _ in range(2):
        house.approve(made)
    remedied(house, made)
    house.pass_on(made)
    target = house.order("V-2", invoiced=False)
    opened(house, target, a_reduction(target, 20))
    return made


def faults(house: House) -> tuple[str, ...]:
    with snapshot_of(house.engine, "*") as session:
        return verify(session)


@contextmanager
def altered(house: House, *statements: str) -> Iterator[None]:
    """Without triggers and walls; the tables are put back as they were."""
    kept = (
        "event",
        '"case"',
        '"order"',
        "ledger_posting",
        "ledger_entry",
        "ceiling",
        "note",
        "counter",
        "document",
    )
    with psycopg.connect(house.database.superuser_url, autocommit=True) as root:
        root.execute("SET session_replication_role = replica")
        root.execute("CREATE SCHEMA kept")
        for table in kept:
            root.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
        try:
            for statement in statements:
                assert root.execute(statement).rowcount > 0
            yield
        finally:
            for table in kept:
                name = table.strip('"')
                columns = ", ".join(
                    f'"{row[0]}"' for row in root.execute(
                        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                        " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position", (name,))
                )  # fmt: skip
                root.execute(f"DELETE FROM public.{table}")
                root.execute(f"INSERT INTO public.{table} ({columns}) SELECT {columns} FROM kept.{table}")
            root.execute("DROP SCHEMA kept CASCADE")


def test_a_record_that_nobody_touched_has_no_fault(house: House, ref: str) -> None:
    assert faults(house) == ()


WRONG = {
    "a text altered by hand": (
        "UPDATE event SET text = replace(text, 'ellie-marsh', 'ben-archer') WHERE stream = '{ref}' AND seq = 1",
        "{ref}: event 1 was altered",
    ),
    "an instant altered beside its text": (
        "UPDATE event SET at = at + interval '1 h' WHERE stream = '{ref}' AND seq = 3",
        "{ref}: event 3 says something else than its columns",
    ),
    "an actor altered beside its text": (
        "UPDATE event SET actor = 'ben-archer' WHERE stream = '{ref}' AND seq = 2",
        "{ref}: event 2 says something else than its columns",
    ),
    "an event taken out": (
        "DELETE FROM event WHERE stream = '{ref}' AND seq = 4",
        "{ref}: event 4 is missing before 5",
    ),
    "a tail cut off": (
        "DELETE FROM event WHERE stream = '{ref}' AND seq > 5",
        "its history ends with 5",
    ),
    "a history gone": ("DELETE FROM event WHERE stream = '{ref}'", "its history ends with none"),
    "an event added behind the head": (
        """INSERT INTO event (stream, seq, kind, version, at, actor, orgs, text, hash)
           SELECT stream, seq + 1, kind, version, at, actor, orgs, text, hash FROM event
           WHERE stream = '{ref}' ORDER BY seq DESC LIMIT 1""",
        "was altered",
    ),
    "a state altered": (
        """UPDATE "case" SET state = jsonb_set(state, '{{owner}}', '"sam-whitfield"') WHERE ref = '{ref}'""",
        "{ref}: its state is not the fold of its events: owner",
    ),
    "an order's state altered": (
        """UPDATE "order" SET state = jsonb_set(state, '{{po_number}}', '"X"') WHERE number = 'V-1'""",
        "its state is not the fold of its events: po_number",
    ),
    "another head": (
        """UPDATE "case" SET head = 'x' WHERE ref = '{ref}'""",
        "{ref}: its record has another head",
    ),
    "a posting altered": (
        (
            "UPDATE ledger_posting SET debit = debit + 1"
            " WHERE entry LIKE 'credit:{ref}:%' AND account LIKE '%:output-vat:%'"
        ),
        "ledger entry credit:{ref}",
    ),
    "an entry lost with its postings": (
        """DELETE FROM ledger_entry WHERE key LIKE 'credit:{ref}:1:upstream%';
           DELETE FROM ledger_posting WHERE entry LIKE 'credit:{ref}:1:upstream%'""",
        "note ARB-CN-2027-000001: its gross is 253440, the ledger has 0",
    ),
    "a line's credit altered": (
        "UPDATE ceiling SET credited = credited - 1, by_quantity = 0 WHERE kind = 'line' AND credited > 0",
        "V-1-LINE",
    ),
    "a reservation lost": (
        "UPDATE ceiling SET reserved = 0, by_quantity = credited WHERE kind = 'line' AND reserved > 0",
        "0 reserved",
    ),
    "an invoice's credit altered": (
        "UPDATE ceiling SET credited_tax = 0 WHERE kind = 'invoice' AND credited > 0",
        "and 0 credited",
    ),
    "money given back and not counted": (
        "UPDATE ceiling SET credited = 0 WHERE kind = 'payment'",
        "0 was given back",
    ),
    "a note gone": (
        "DELETE FROM note WHERE number = 'ARB-CN-2027-000001'",
        "ARB-CN-2027: the counter is at 1",
    ),
    "a number skipped": (
        "UPDATE counter SET last = 7 WHERE series = 'CN' AND issuer = 'arbor'",
        "numbers arbor-CN-2027: 1 notes run from 1 to 1, and the counter is at 7",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_verifier_names(house: House, ref: str, what: str) -> None:
    statement, sentence = WRONG[what]
    wanted = (
        {"V-1-LINE": "line "}.get(sentence, sentence)
        .format(ref=ref)
        .replace("ARB-CN-2027:", "arbor-CN-2027:")
    )
    with altered(house, *statement.format(ref=ref).split(";")):
        found = faults(house)
    assert any(wanted in fault for fault in found), found


def test_every_row_is_back_after_the_alterations(house: House, ref: str) -> None:
    house.do("ellie-marsh", f"case/{ref}", AddNote("Thank you."))
    assert faults(house) == ()
    assert rows(house.engine, "SELECT count(*) > 0 FROM event") == [(True,)]


def test_the_command_says_that_nothing_is_wrong_and_fails_when_something_is(
    house: House, ref: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.database.app_url)
    well = CliRunner().invoke(main, ["verify"])
    assert (well.exit_code, well.output) == (
        0,
        "Nothing is wrong: histories, states, ledger, ceilings and numbers agree.\n",
    )
    with altered(house, "UPDATE counter SET last = 7 WHERE series = 'CN' AND issuer = 'arbor'"):
        wrong = CliRunner().invoke(main, ["verify", "--json"])
    assert wrong.exit_code == 1
    assert len(json.loads(wrong.stdout)["faults"]) == 1
