"""A partial approval and its appeal, driven to both ends by the real drivers; a wiped store forgets neither."""

import asyncio

from api.embedded.upstream import UpstreamDouble
from partnerflow.cases.commands import Appeal, Recall
from partnerflow.cases.model import CaseOutcome, Stage
from partnerflow.store.database import unit_of_work
from partnerflow.store.verify import verify
from tests.store.builders import approval
from tests.support.fresh import Database, Namespace
from tests.workflows.house import driven, not_running, seeded, until
from tests.workflows.rows import rows


def test_what_was_left_out_climbs_is_granted_and_credited_beside_the_first(
    database: Database, temporal: Namespace, upstream: UpstreamDouble
) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal, upstream_url=upstream.url):
                ref = house.open_exchange(house.order())
                less = approval(house, ref, "approve_partial", amount=120_000)
                house.do("priya-nair", f"case/{ref}", less)
                house.approve(ref)
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                house.pass_on(ref)
                client = await temporal.connect()
                await until(lambda: not_running(client, f"case/{ref}", f"remedy/{ref}-1"))
                house.do("ellie-marsh", f"case/{ref}", Appeal("Please look again."))
                assert house.case(ref).step
                await asyncio.to_thread(house.advance, hours=25)
                climbed = house.case(ref).step
                assert climbed
                assert (climbed.rung, climbed.deciders) == (1, ("marta-kowalska",))
                for _ in range(2):
                    step = house.case(ref).step
                    assert step
                    confirmed = approval(house, ref, convert=True)
                    house.do(step.deciders[0], f"case/{ref}", confirmed)
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                assert upstream.read(f"{ref}-2") is None  # an amount: no unit more is cancelled
                house.pass_on(ref)
                assert house.case(ref).outcome is CaseOutcome.CREDITED
                drivers = [f"case/{ref}", *(f"{kind}/{ref}-2" for kind in ("approval", "remedy"))]
                await until(lambda: not_running(client, *drivers))

        asyncio.run(story())
        notes = rows(house.engine, "SELECT kind, leg, gross FROM note ORDER BY leg, kind, gross")
        assert notes == [
            ("credit_note", "downstream", 144_000),
            ("credit_note", "downstream", 144_000),
            ("rebill", "downstream", 172_224),
            ("credit_note", "upstream", 126_720),
            ("credit_note", "upstream", 126_720),
            ("rebill", "upstream", 151_524),
        ]
        assert rows(house.engine, "SELECT count(*) FROM document") == [6]
        told = {"case.appealed", "case.approved_in_part", "case.closed"}
        assert told <= set(rows(house.engine, "SELECT DISTINCT event FROM delivery"))
        with unit_of_work(house.engine) as session:
            assert verify(session) == ()


def test_a_recalled_round_leaves_no_driver_behind(database: Database, temporal: Namespace) -> None:
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal):
                ref = house.open_exchange(house.order())
                house.do("ellie-marsh", f"case/{ref}", Recall("The wrong lines."))
                client = await temporal.connect()
                await until(lambda: not_running(client, f"approval/{ref}-1"))
                assert house.case(ref).stage is Stage.ASSESSMENT

        asyncio.run(story())
