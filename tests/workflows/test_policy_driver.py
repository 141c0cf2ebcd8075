"""A published policy and the clocks that follow it, by the real driver on the real record."""

import asyncio
from datetime import datetime, timedelta

import pytest

from partnerflow.policy.commands import DraftPolicy, PublishPolicy
from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.policies import source
from tests.store.builders import a_reduction, opened, rows
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from workflows import comparison
from workflows.activities.policies import HANDFUL

FASTER = source("default").replace("  decision: 960 ", "  decision: 480 ")


def published(house: House, at: datetime | None = None) -> int:
    """Drafted, and published to move clocks; its number."""
    outcome = house.do("priya-nair", "policy/new", DraftPolicy(FASTER, None, "Twice as fast."))
    version = int(outcome.body.split('"version": ')[1].partition(",")[0])
    house.do("helen-ashworth", f"policy/{version}", PublishPolicy(at, move_clocks=True))
    return version


def clocks(house: House, version: int) -> str:
    found: str = rows(house.engine, "SELECT clocks FROM policy_version WHERE version = :v", v=version)[0][0]
    return found


def test_the_clocks_of_every_open_case_follow_once_its_instant_has_come(
    database: Database, temporal: Namespace
) -> None:
    async def story(house: House) -> None:
        target = house.order(activated=0)
        refs = [opened(house, target, a_reduction(target, 1, None)) for _ in range(2)]
        later = house.order("D-2", activated=0)
        refs.append(opened(house, later, a_reduction(later, 30)))
        ahead = house.now() + timedelta(hours=2)
        version = published(house, ahead)
        with reading(house.engine, EVERY_ORGANISATION) as session:
            owing = {record.workflow_id: record.due_at for record in drivers.open_records(session)}
        assert owing[f"policy/{version}"] == ahead
        async with driven(house, temporal):
            await asyncio.to_thread(house.advance, hours=3)
            await until(lambda: clocks(house, version) == "moved")
            client = await temporal.connect()
            await until(lambda: not_running(client, f"policy/{version}"))
        decision = house.case(refs[-1]).clock("decision")
        assert decision
        assert decision.allowance == 480 * 60
        assert [house.case(ref).clock_policy_version for ref in refs] == [version] * 3

    with seeded(database) as house:
        asyncio.run(story(house))


@pytest.mark.long
def test_more_cases_than_a_handful_all_follow(database: Database, temporal: Namespace) -> None:
    async def story(house: House) -> None:
        target = house.order(activated=0)
        for number in range(HANDFUL + 3):
            if number % 45 == 44:
                target = house.order(f"D-{number}", activated=0)
            opened(house, target, a_reduction(target, 1))
        version = published(house)
        assert f"policy/{version}" in {
            record.workflow_id for record in comparison.owing_drivers(house.engine)
        }
        async with driven(house, temporal):
            await until(lambda: clocks(house, version) == "moved")
        asked = "SELECT count(*) FROM command WHERE key LIKE 'adopt:%' AND state = 'done'"
        assert rows(house.engine, asked) == [(HANDFUL + 3,)]

    with seeded(database) as house:
        asyncio.run(story(house))
