"""The measurement of credit notes, made small: it issues real ones, and the yardstick writes just as many."""

import psycopg

from bench import credits as measured
from partnerflow.store.database import unit_of_work
from partnerflow.store.verify import verify
from tests.support.fresh import Database
from tests.workflows.house import seeded


def test_the_yardstick_writes_the_rows_that_the_desk_wrote(database: Database) -> None:
    with seeded(database, at=None) as house:
        measured.prepare(database)
        refs = measured.waiting(house, "T", 2)
        assert measured.per_second(refs, 1, lambda ref: measured.issue(house, ref)) > 0
        rows = [measured.rows_of(database, ref) for ref in refs]
        assert measured.yardstick(database, rows, 2) > 0
        with unit_of_work(house.engine) as session:
            assert verify(session) == ()
    with psycopg.connect(database.superuser_url) as connection:
        for table in ("note", "ledger_entry", "ledger_posting"):
            ours, bare = (
                connection.execute(f"SELECT count(*) FROM {name}").fetchone()
                for name in (table, f"bench_{table}")
            )
            assert ours == bare
            assert ours != (0,)


def test_the_arithmetic_alone_closes_its_invoice() -> None:
    assert measured.arithmetic() > 0
