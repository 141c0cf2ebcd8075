"""A void credit note, driven by the real drivers: the debit note is stored, mailed, and the vendor hears of it."""

import asyncio

from api.embedded.upstream import UpstreamDouble
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.money_commands import VoidNote
from partnerflow.store.database import EVERY_ORGANISATION, snapshot_of
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, opened
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from tests.workflows.rows import rows


def void(house: House, ref: str, number: str) -> Case:
    for person in ("amara-diallo", "lucy-pemberton"):
        house.do(person, f"case/{ref}", VoidNote(number, "The wrong price."))
    return house.case(ref)


def test_debit_notes_are_printed_and_mailed_and_the_cancellation_is_taken_back(
    database: Database, temporal: Namespace, upstream: UpstreamDouble
) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal, upstream_url=upstream.url):
                ref = opened(house, house.order(), a_reduction(house.order("D-8842"), 10))
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                numbers = [note.number for note in house.case(ref).credit_notes]
                assert len(numbers) == 2
                for number in numbers:
                    assert void(house, ref, number).debit_notes_owed
                    await until(lambda: house.case(ref).debit_notes_owed == ())
                client = await temporal.connect()
                await until(lambda: not_running(client, f"remedy/{ref}-1"))
                assert upstream.read(f"{ref}-1")["state"] == "withdrawn"

        asyncio.run(story())
        stored = "SELECT n.kind, count(*) FROM document JOIN note n USING (number) GROUP BY 1 ORDER BY 1"
        assert rows(house.engine, stored) == [("credit_note", 2), ("debit_note", 2)]
        with snapshot_of(house.engine, EVERY_ORGANISATION) as session:
            assert list(verify(session)) == []
        told = "SELECT DISTINCT audience FROM delivery WHERE event = 'credit_note.voided' AND state = 'sent'"
        assert set(rows(house.engine, told)) >= {"partner", "distributor", "owner"}
