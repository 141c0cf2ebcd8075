"""Reminders keep to their recipient's hours, by the desk's clock; everything else goes at once."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from partnerflow.cases.commands import OpenCase, Withdraw
from partnerflow.cases.model import RequestedLine
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.store import outbox
from partnerflow.store.database import unit_of_work
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, seeded
from tests.workflows.rows import a_delivery, change, rows
from workflows.activities.messages import send_once

EVENING = datetime(2027, 1, 4, 17, 25, tzinfo=UTC)
"""Monday: 480 working minutes later it is Tuesday 17:25."""

WARNED = """SELECT state, not_before FROM delivery
WHERE event = 'case.clock_warned' AND reminds = 'decision' ORDER BY seq LIMIT 1"""


def keeps(house: House, person: str, zone: str, *hours: str) -> None:
    """The person's own working hours, Monday to Friday."""
    own = json.dumps({"zone": zone, "hours": {"mon-fri": list(hours)}, "holidays": {}})
    change(house.engine, f"UPDATE person SET hours = '{own}' WHERE id = '{person}'")


def open_case(house: House) -> str:
    """A case that its owner has to assess."""
    target = house.order()
    command = OpenCase(
        order_id=target.partition("/")[2],
        type=CaseType.CANCELLATION,
        reason=Reason.WRONG_QUANTITY,
        lines=(RequestedLine(1, 0, 20_000),),
        description="Less was needed.",
    )
    return house.do("ellie-marsh", target, command).body.split('"')[3]


def at(house: House, when: datetime) -> None:
    """Turn the clock to an instant."""
    house.advance(seconds=(when - house.now()).total_seconds())


def wed(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 1, 6, hour, minute, tzinfo=UTC)


def warned(house: House) -> list[str]:
    return [d.recipient for d in house.outbox if d.event == "case.clock_warned" and d.reminds == "decision"]


def played(database: Database, temporal: Namespace, story: Callable[[House], Any]) -> House:
    """The story on a house whose worker drives."""
    with seeded(database, at=EVENING) as house:

        async def play() -> None:
            async with driven(house, temporal):
                await asyncio.to_thread(story, house)

        asyncio.run(play())
        return house


@pytest.mark.parametrize(
    ("zone", "opens"),
    [
        pytest.param("Europe/London", wed(9), id="London", marks=pytest.mark.long),
        pytest.param("Europe/Paris", wed(8), id="Paris"),
    ],
)
def test_a_warning_after_the_day_ended_comes_at_the_next_opening(
    database: Database, temporal: Namespace, zone: str, opens: datetime
) -> None:
    def story(house: House) -> None:
        keeps(house, "owen-clarke", zone, "09:00-12:30", "13:00-17:00")
        open_case(house)
        at(house, wed(7, 30))
        assert rows(house.engine, WARNED) == [("queued", opens)]
        assert warned(house) == []
        at(house, opens - timedelta(minutes=1))
        assert warned(house) == []
        at(house, opens + timedelta(minutes=1))
        assert warned(house) == ["owen-clarke"]

    played(database, temporal, story)


def test_whoever_is_in_is_told_at_once(database: Database, temporal: Namespace) -> None:
    def story(house: House) -> None:
        open_case(house)
        at(house, datetime(2027, 1, 5, 17, 27, tzinfo=UTC))
        assert rows(house.engine, WARNED) == [("sent", None)]
        assert warned(house) == ["owen-clarke"]

    played(database, temporal, story)


def test_a_clock_that_was_done_by_the_morning_needs_no_reminder(
    database: Database, temporal: Namespace
) -> None:
    def story(house: House) -> None:
        keeps(house, "owen-clarke", "Europe/London", "09:00-17:00")
        ref = open_case(house)
        at(house, datetime(2027, 1, 5, 18, 0, tzinfo=UTC))
        house.do("ellie-marsh", f"case/{ref}", Withdraw("We keep them."))
        at(house, wed(9, 1))
        assert warned(house) == []
        found = rows(house.engine, "SELECT state, reason FROM delivery WHERE reminds = 'decision'")
        assert found == [("dropped", "The clock of the decision is done.")]

    played(database, temporal, story)


def test_a_message_that_is_no_reminder_does_not_wait(database: Database, temporal: Namespace) -> None:
    def story(house: House) -> None:
        keeps(house, "owen-clarke", "Europe/London", "06:00-07:00")
        open_case(house)
        at(house, EVENING + timedelta(minutes=1))
        told = {(d.event, d.recipient) for d in house.outbox}
        assert ("case.opened", "owen-clarke") in told

    played(database, temporal, story)


def test_two_reminders_for_the_same_morning_are_one(database: Database, temporal: Namespace) -> None:
    """The window closes on Monday 17:25; those of Friday evening, Sunday and early Monday all wait for Monday 16:00."""

    def story(house: House) -> None:
        keeps(house, "ellie-marsh", "Europe/London", "16:00-17:00")
        keeps(house, "nadia-rahman", "Europe/London", "16:00-17:00")
        house.order(activated=0)
        at(house, datetime(2027, 1, 11, 17, 24, tzinfo=UTC))
        states = "SELECT state, reason FROM delivery WHERE reminds = 'window' AND recipient = 'ellie-marsh'"
        found = rows(house.engine, f"{states} ORDER BY seq")
        said = "A later reminder of the same says it."
        assert found == [("dropped", said), ("dropped", said), ("sent", None)]

    played(database, temporal, story)


@pytest.mark.long
def test_a_page_goes_at_once_the_first_time_and_then_in_the_morning(
    database: Database, temporal: Namespace
) -> None:
    def story(house: House) -> None:
        open_case(house)
        at(house, datetime(2027, 1, 18, 12, 0, tzinfo=UTC))
        found = rows(
            house.engine,
            "SELECT reminds, state FROM delivery WHERE event = 'case.escalated' AND recipient LIKE 'on-call%' "
            "ORDER BY seq",
        )
        assert found[0] == (None, "sent")
        assert set(found[1:]) == {("decision", "sent")}
        assert len(found) > 1

    played(database, temporal, story)


def test_nobody_sends_what_has_to_wait(engine: Engine) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    a_delivery(engine, reminds="decision", not_before=later)
    with unit_of_work(engine) as session:
        assert outbox.unsent(session, [], 10) == ()
        assert outbox.claim(session, "D1") is None
        assert outbox.next_waiting(session) == later
    assert not send_once(engine, lambda _: None, "D1")
    change(engine, "UPDATE delivery SET not_before = clock_timestamp() - interval '1 s'")
    with unit_of_work(engine) as session:
        assert outbox.unsent(session, [], 10) == ("D1",)
        assert outbox.next_waiting(session) is None
