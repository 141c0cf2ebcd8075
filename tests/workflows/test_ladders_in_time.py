"""Whole ladders on the real parts with the turned clock: over Easter and both clock changes of London's zone, to the
minute, each rung once (DOMAIN: Deadlines). The instants are worked out by hand:

Thu 25 Mar 2027 16:00 leaves 90 minutes of the day; Good Friday, the weekend of the clock change and Easter Monday give
none; so 480 minutes end on Tue 30 Mar at 16:00, which is British Summer Time by then, and 960 a day later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partnerflow.calendars import local_text
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import RequestedLine, Stage
from partnerflow.directory import commands as d
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.store.database import snapshot_of
from partnerflow.store.verify import verify
from tests.store.builders import rows, set_clock
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, seeded

ZONE = "Europe/London"
MAUNDY_THURSDAY = datetime(2027, 3, 25, 16, 0, 1, tzinfo=UTC)
LAST_FRIDAY_OF_SUMMER = datetime(2027, 10, 29, 15, 0, 1, tzinfo=UTC)
"""16:00 by the summer's clock; it is Monday before anybody works again, and winter."""
WORKED_EXAMPLE = datetime(2027, 1, 4, 9, 30, 1, tzinfo=UTC)
ARBOR = "organisation/arbor"

CLIMBED = """
SELECT kind, at, data FROM event WHERE stream = :ref
  AND (kind = 'case.escalated' OR kind = 'case.clock_warned' AND data ->> 'clock' IN ('step', 'decision')) ORDER BY seq
"""
OWNERS = """
SELECT data ->> 'owner', data ->> 'because' FROM event
WHERE stream = :ref AND kind = 'case.owner_changed' ORDER BY seq
"""
TOLD = """
SELECT e.data ->> 'to', array_agg(DISTINCT d.audience)
FROM event e JOIN delivery d ON d.stream = e.stream AND d.seq = e.seq
WHERE e.stream = :ref AND e.kind = 'case.escalated'
GROUP BY e.seq, e.data ORDER BY e.seq
"""


def climbed(house: House, ref: str) -> list[str]:
    """Every warning and every rung of the two ladders, with its minute on the wall in London."""
    return [
        f"{local_text(at, ZONE)}  {_words(kind, data)}"
        for kind, at, data in rows(house.engine, CLIMBED, ref=ref)
    ]


def _words(kind: str, data: dict[str, Any]) -> str:
    if kind == "case.clock_warned":
        return f"{data['clock']} {data['percent']} %"
    return f"{data['clock']} rung {data['rung']}: {data['to']}" if data["to"] else f"{data['clock']} paged"


def lines(expected: str) -> list[str]:
    return [line.strip() for line in expected.strip().splitlines()]


def exchange_at(house: House, at: datetime) -> str:
    """Worked example 1 submitted at an instant."""
    set_clock(house, at - timedelta(seconds=20))
    target = house.order()
    set_clock(house, at)
    return house.open_exchange(target)


def assessed_at(house: House, at: datetime) -> str:
    """By amount, so that the owner has to look at it first."""
    set_clock(house, at - timedelta(seconds=20))
    target = house.order()
    set_clock(house, at)
    command = OpenCase(
        target.partition("/")[2],
        CaseType.CANCELLATION,
        Reason.WRONG_QUANTITY,
        (RequestedLine(1, 0, 20_000),),
        "Less was needed.",
    )
    return house.do("ellie-marsh", target, command).body.split('"')[3]


def play(house: House, temporal: Namespace, story: Callable[[], Awaitable[None]]) -> None:
    """The story with everything driven, and the whole record proved afterwards."""

    async def whole() -> None:
        async with driven(house, temporal):
            await story()

    asyncio.run(whole())
    with snapshot_of(house.engine, "*") as session:
        assert verify(session) == ()


async def turn_to(house: House, at: datetime) -> None:
    await asyncio.to_thread(house.advance, seconds=(at - house.now()).total_seconds())


def test_nobody_answers_over_easter_and_the_change_to_summer_time(
    database: Database, temporal: Namespace
) -> None:
    with seeded(database) as house:
        ref = exchange_at(house, MAUNDY_THURSDAY)

        async def story() -> None:
            await turn_to(house, datetime(2027, 4, 7, 12, 0, tzinfo=UTC))

        play(house, temporal, story)
        assert climbed(house, ref) == lines("""
            Tue 30 Mar 11:30 BST  step 50 %
            Tue 30 Mar 14:24 BST  step 80 %
            Tue 30 Mar 16:00 BST  step rung 1: daniel-reeves
            Tue 30 Mar 16:00 BST  decision 50 %
            Wed 31 Mar 11:30 BST  step 50 %
            Wed 31 Mar 12:18 BST  decision 80 %
            Wed 31 Mar 14:24 BST  step 80 %
            Wed 31 Mar 16:00 BST  step rung 2: marta-kowalska
            Wed 31 Mar 16:00 BST  decision rung 1: sam-whitfield
            Thu 1 Apr 11:30 BST  step 50 %
            Thu 1 Apr 11:30 BST  decision 50 %
            Thu 1 Apr 14:24 BST  step 80 %
            Thu 1 Apr 14:24 BST  decision 80 %
            Thu 1 Apr 16:00 BST  step rung 3: helen-ashworth
            Thu 1 Apr 16:00 BST  decision rung 2: daniel-reeves
            Fri 2 Apr 11:30 BST  step 50 %
            Fri 2 Apr 11:30 BST  decision 50 %
            Fri 2 Apr 14:24 BST  step 80 %
            Fri 2 Apr 14:24 BST  decision 80 %
            Fri 2 Apr 16:00 BST  step paged
            Fri 2 Apr 16:00 BST  decision rung 3: helen-ashworth
            Mon 5 Apr 09:00 BST  step paged
            Mon 5 Apr 11:30 BST  decision 50 %
            Mon 5 Apr 14:24 BST  decision 80 %
            Mon 5 Apr 16:00 BST  decision paged
            Tue 6 Apr 09:00 BST  step paged
            Tue 6 Apr 09:00 BST  decision paged
            Wed 7 Apr 09:00 BST  step paged
            Wed 7 Apr 09:00 BST  decision paged
        """)
        for to, audiences in rows(house.engine, TOLD, ref=ref):
            assert ("partner" in audiences) is (to is not None)
        unsent = "SELECT DISTINCT event FROM delivery WHERE state <> 'sent'"
        assert rows(house.engine, unsent) == [("case.clock_warned",)]
        case = house.case(ref)
        assert case.step
        assert (case.stage, case.owner, case.step.deciders) == (
            Stage.APPROVAL,
            "helen-ashworth",
            ("helen-ashworth",),
        )


@pytest.mark.long
def test_nobody_answers_over_the_change_to_winter_time(database: Database, temporal: Namespace) -> None:
    with seeded(database) as house:
        ref = exchange_at(house, LAST_FRIDAY_OF_SUMMER)

        async def story() -> None:
            await turn_to(house, datetime(2027, 11, 5, 10, 0, tzinfo=UTC))

        play(house, temporal, story)
        assert climbed(house, ref) == lines("""
            Mon 1 Nov 11:30 GMT  step 50 %
            Mon 1 Nov 14:24 GMT  step 80 %
            Mon 1 Nov 16:00 GMT  step rung 1: daniel-reeves
            Mon 1 Nov 16:00 GMT  decision 50 %
            Tue 2 Nov 11:30 GMT  step 50 %
            Tue 2 Nov 12:18 GMT  decision 80 %
            Tue 2 Nov 14:24 GMT  step 80 %
            Tue 2 Nov 16:00 GMT  step rung 2: marta-kowalska
            Tue 2 Nov 16:00 GMT  decision rung 1: sam-whitfield
            Wed 3 Nov 11:30 GMT  step 50 %
            Wed 3 Nov 11:30 GMT  decision 50 %
            Wed 3 Nov 14:24 GMT  step 80 %
            Wed 3 Nov 14:24 GMT  decision 80 %
            Wed 3 Nov 16:00 GMT  step rung 3: helen-ashworth
            Wed 3 Nov 16:00 GMT  decision rung 2: daniel-reeves
            Thu 4 Nov 11:30 GMT  step 50 %
            Thu 4 Nov 11:30 GMT  decision 50 %
            Thu 4 Nov 14:24 GMT  step 80 %
            Thu 4 Nov 14:24 GMT  decision 80 %
            Thu 4 Nov 16:00 GMT  step paged
            Thu 4 Nov 16:00 GMT  decision rung 3: helen-ashworth
            Fri 5 Nov 09:00 GMT  step paged
        """)


def test_an_absence_that_begins_over_easter_keeps_the_due_instant_and_the_delegate_decides(
    database: Database, temporal: Namespace
) -> None:
    """Priya is away from Tue 30 Mar 10:00 on. Tom decides at 14:00, when 600 of the decision's 960 minutes are left."""
    with seeded(database) as house:
        ref = exchange_at(house, MAUNDY_THURSDAY)
        begins = datetime(2027, 3, 30, 9, 0, tzinfo=UTC)
        away = d.RecordAbsence("priya-nair", begins, begins + timedelta(days=7), "tom-becker")
        house.do("priya-nair", ARBOR, away)

        async def story() -> None:
            await turn_to(house, datetime(2027, 3, 30, 13, 0, tzinfo=UTC))
            house.approve(ref, "tom-becker")
            await turn_to(house, datetime(2027, 3, 31, 14, 0, tzinfo=UTC))

        play(house, temporal, story)
        first, second = house.case(ref).rounds[-1].steps
        assert [(answer.by, answer.instead_of) for answer in first.decisions] == [
            ("tom-becker", "priya-nair")
        ]
        assert second.deciders == ("peter-holt",)
        assert climbed(house, ref) == lines("""
            Tue 30 Mar 11:30 BST  step 50 %
            Tue 30 Mar 16:00 BST  decision 50 %
            Wed 31 Mar 09:30 BST  step 50 %
            Wed 31 Mar 11:54 BST  step 80 %
            Wed 31 Mar 12:18 BST  decision 80 %
            Wed 31 Mar 14:00 BST  step rung 1: peter-holt
        """)


@pytest.mark.long
def test_an_owner_who_leaves_over_easter_is_followed_and_the_ladder_goes_on(
    database: Database, temporal: Namespace
) -> None:
    """Owen leaves on Tue 30 Mar at noon; the decision's clock, which is the partner's, does not care who has it."""
    with seeded(database) as house:
        ref = assessed_at(house, MAUNDY_THURSDAY)
        leaves = datetime(2027, 3, 30, 11, 0, tzinfo=UTC)
        house.do("robin-marsh", ARBOR, d.Leave("owen-clarke", leaves, "ruth-lindqvist"))

        async def story() -> None:
            await turn_to(house, leaves + timedelta(minutes=1))
            assert house.case(ref).owner == "ruth-lindqvist"
            await turn_to(house, datetime(2027, 4, 1, 16, 0, tzinfo=UTC))

        play(house, temporal, story)
        assert climbed(house, ref) == lines("""
            Tue 30 Mar 16:00 BST  decision 50 %
            Wed 31 Mar 12:18 BST  decision 80 %
            Wed 31 Mar 16:00 BST  decision rung 1: sam-whitfield
            Thu 1 Apr 11:30 BST  decision 50 %
            Thu 1 Apr 14:24 BST  decision 80 %
            Thu 1 Apr 16:00 BST  decision rung 2: daniel-reeves
        """)
        assert rows(house.engine, OWNERS, ref=ref) == [
            ("ruth-lindqvist", "left"),
            ("sam-whitfield", "rung"),
            ("daniel-reeves", "rung"),
        ]


def test_the_instants_of_the_worked_example(database: Database, temporal: Namespace) -> None:
    """DOMAIN: step 1 due Tue 5 Jan 09:30; decision warned Tue 09:30 and Tue 14:48, due Wed 6 Jan 09:30; then rungs on
    Thu 7 and Fri 8 Jan 09:30."""
    with seeded(database) as house:
        ref = exchange_at(house, WORKED_EXAMPLE)

        async def story() -> None:
            await turn_to(house, datetime(2027, 1, 8, 10, 0, tzinfo=UTC))

        play(house, temporal, story)
        rungs = [line for line in climbed(house, ref) if "rung" in line or "decision" in line]
        assert rungs[:5] == lines("""
            Tue 5 Jan 09:30 GMT  step rung 1: daniel-reeves
            Tue 5 Jan 09:30 GMT  decision 50 %
            Tue 5 Jan 14:48 GMT  decision 80 %
            Wed 6 Jan 09:30 GMT  step rung 2: marta-kowalska
            Wed 6 Jan 09:30 GMT  decision rung 1: sam-whitfield
        """)
        assert [line for line in rungs if "decision rung" in line] == lines("""
            Wed 6 Jan 09:30 GMT  decision rung 1: sam-whitfield
            Thu 7 Jan 09:30 GMT  decision rung 2: daniel-reeves
            Fri 8 Jan 09:30 GMT  decision rung 3: helen-ashworth
        """)
