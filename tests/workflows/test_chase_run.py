"""A closed case whose vendor still owes its note is driven on: each chase is one event, at its stored instant."""

import asyncio

from partnerflow.cases.model import Stage
from partnerflow.cases.money_commands import ConfirmNote
from partnerflow.orders.model import Leg
from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, snapshot_of, unit_of_work
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, granted, opened, remedied
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from tests.workflows.rows import change, rows

CEDAR = """
INSERT INTO organisation SELECT (jsonb_populate_record(o, '{"code": "cedar", "name": "Cedar Systems", "operator": false,
  "mandated": false, "series_code": "CED", "fallbacks": ["una-cedar"]}')).* FROM organisation o WHERE code = 'arbor'"""
UNA = """
INSERT INTO person SELECT (jsonb_populate_record(p, '{"id": "una-cedar", "organisation": "cedar", "name": "Una Berg",
  "email": "una@cedar.example", "roles": ["desk"], "manager": null, "team": null}')).* FROM person p
WHERE id = 'owen-clarke'"""
PRODUCTS = "UPDATE product SET vendor = 'cedar', data = jsonb_set(data, '{vendor}', '\"cedar\"') WHERE sku = 'LIC-PRO'"
VERSION = "UPDATE directory_version SET version = version + 1"


def passed_on(house: House) -> str:
    """Cedar issues its notes by a system of its own: meridian has credited harbour, and waits."""
    for statement in (CEDAR, UNA, PRODUCTS, VERSION):
        change(house.engine, statement)
    ref = opened(house, target := house.order("C-1", vendor="cedar"), a_reduction(target, 10))
    granted(house, ref)
    remedied(house, ref)
    house.pass_on(ref)
    return ref


def test_a_closed_case_is_chased_until_the_vendor_confirms_and_then_needs_no_driver(
    database: Database, temporal: Namespace
) -> None:
    with seeded(database) as house:
        ref = passed_on(house)
        assert house.case(ref).stage is Stage.CLOSED
        with unit_of_work(house.engine) as session:
            assert drivers.still_open(session, [f"case/{ref}"]) == {f"case/{ref}"}

        async def story() -> None:
            async with driven(house, temporal):
                await asyncio.to_thread(house.advance, days=15)
                assert [told.chased for told in house.case(ref).instructed] == [2]
                note = ConfirmNote(Leg.UPSTREAM, "CED-9", house.now(), 44_000, 8_800, 52_800)
                house.do("nadia-rahman", f"case/{ref}", note)
                await asyncio.to_thread(house.advance, days=15)
                client = await temporal.connect()
                await until(lambda: not_running(client, f"case/{ref}"))

        asyncio.run(story())
        assert [told.chased for told in house.case(ref).instructed] == [2]
        told = (
            "SELECT audience, count(*) FROM delivery WHERE event = 'credit_note.chased' GROUP BY 1 ORDER BY 1"
        )
        assert rows(house.engine, told) == [("distributor", 2), ("vendor", 2)]
        with snapshot_of(house.engine, EVERY_ORGANISATION) as session:
            assert list(verify(session)) == []
