"""Messages: one sender at a time, results by attempt, later attempts on the published schedule."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from notifications.email import SendFailed
from partnerflow.store import outbox
from partnerflow.store.database import unit_of_work
from tests.workflows.rows import a_delivery, change, rows
from workflows.activities.messages import send_once

STATE = "SELECT state FROM delivery"


def test_of_twenty_senders_at_once_one_has_the_message(engine: Engine) -> None:
    a_delivery(engine)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: claimed(engine), range(20)))
    assert [one.attempt for one in found if one] == [1]


def test_a_message_that_went_is_not_sent_again(engine: Engine) -> None:
    a_delivery(engine)
    sent: list[str] = []
    assert send_once(engine, lambda delivery: sent.append(delivery.id), "D1")
    assert not send_once(engine, lambda delivery: sent.append(delivery.id), "D1")
    assert sent == ["D1"]
    assert rows(engine, "SELECT state, attempt, lease_until FROM delivery") == [("sent", 1, None)]


def test_a_sender_that_died_is_replaced_when_its_lease_ends(engine: Engine) -> None:
    a_delivery(engine)
    assert claimed(engine)
    assert claimed(engine) is None
    assert unsent(engine) == ()
    change(engine, "UPDATE delivery SET lease_until = clock_timestamp() - interval '1 ms'")
    assert unsent(engine) == ("D1",)
    again = claimed(engine)
    assert again
    assert again.attempt == 2


def test_the_lease_outlasts_the_longest_attempt(engine: Engine) -> None:
    a_delivery(engine)
    claimed(engine)
    (left,) = rows(engine, "SELECT lease_until - clock_timestamp() FROM delivery")
    assert timedelta(seconds=60) < left <= timedelta(seconds=90)


def test_the_result_of_a_lost_attempt_changes_nothing(engine: Engine) -> None:
    a_delivery(engine)
    first = claimed(engine)
    change(engine, "UPDATE delivery SET lease_until = clock_timestamp() - interval '1 ms'")
    assert claimed(engine)
    assert first
    with unit_of_work(engine) as session:
        outbox.record_failed(session, first, "too late", permanent=True)
    assert rows(engine, STATE) == ["sending"]
    assert rows(engine, "SELECT workflow_id FROM wake") == []


def test_later_attempts_follow_the_published_schedule_and_then_it_is_parked(engine: Engine) -> None:
    a_delivery(engine)
    pauses = []
    while (state := rows(engine, STATE)[0]) != "parked":
        assert state in {"queued", "retrying"}
        assert send_once(engine, refuse("451 try later"), "D1")
        pauses += rows(engine, "SELECT next_attempt_at - clock_timestamp() FROM delivery")
    assert [round(pause.total_seconds()) for pause in pauses if pause] == [
        10,
        30,
        120,
        600,
        3600,
        14400,
        43200,
    ]
    assert rows(engine, "SELECT attempt, reason, lease_until FROM delivery") == [(8, "451 try later", None)]


def test_only_a_message_to_be_tried_again_owes_a_driver(engine: Engine) -> None:
    a_delivery(engine, "A")
    a_delivery(engine, "B")
    a_delivery(engine, "C")
    send_once(engine, refuse("451 later"), "A")
    send_once(engine, refuse("550 no such mailbox", permanent=True), "B")
    send_once(engine, lambda _: None, "C")
    assert rows(engine, "SELECT state FROM delivery ORDER BY id") == ["retrying", "parked", "sent"]
    assert rows(engine, "SELECT workflow_id FROM wake") == ["delivery/A"]


def test_a_message_that_cannot_be_written_is_tried_again_and_says_why(engine: Engine) -> None:
    a_delivery(engine)

    def broken(_: outbox.Delivery) -> None:
        raise KeyError("due_at")

    assert send_once(engine, broken, "D1")
    assert rows(engine, "SELECT state, reason FROM delivery") == [("retrying", "KeyError: 'due_at'")]


def test_what_newer_code_wrote_is_left_to_newer_code(engine: Engine) -> None:
    a_delivery(engine, version=outbox.VERSION + 1)
    assert unsent(engine) == ()
    assert claimed(engine) is None


def test_a_retry_without_a_driver_is_made_by_the_relay_a_minute_later(engine: Engine) -> None:
    a_delivery(engine)
    send_once(engine, refuse("451 later"), "D1")
    change(engine, "UPDATE delivery SET next_attempt_at = clock_timestamp() - interval '59 s'")
    assert unsent(engine) == ()
    change(engine, "UPDATE delivery SET next_attempt_at = clock_timestamp() - interval '61 s'")
    assert unsent(engine) == ("D1",)


def test_the_oldest_unsent_message_comes_first_and_what_is_in_hand_not_at_all(engine: Engine) -> None:
    for name in ("C", "A", "B"):
        a_delivery(engine, name)
    assert unsent(engine) == ("C", "A", "B")
    assert unsent(engine, "C", "A") == ("B",)


@pytest.mark.parametrize("state", ["sent", "parked"])
def test_what_has_ended_is_not_claimed(engine: Engine, state: str) -> None:
    a_delivery(engine, state=state)
    assert claimed(engine) is None


def refuse(reason: str, *, permanent: bool = False) -> object:
    def send(_: outbox.Delivery) -> None:
        raise SendFailed(permanent, reason)

    return send


def claimed(engine: Engine) -> outbox.Delivery | None:
    with unit_of_work(engine) as session:
        return outbox.claim(session, "D1")


def unsent(engine: Engine, *besides: str) -> tuple[str, ...]:
    with unit_of_work(engine) as session:
        return outbox.unsent(session, list(besides), 10)
