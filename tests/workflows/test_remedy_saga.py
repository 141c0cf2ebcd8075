"""The remedy's saga: forward in its order, compensated before the first note, only forward after it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from tests.workflows.conftest import House, skipping_time
from workflows.contract import Act, RoundInput

START = RoundInput("PF-2027-000001", 1)


def remedy(story: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        async with skipping_time() as house:
            await story(house)

    asyncio.run(told())


def test_the_acts_come_in_their_order_each_recorded_before_the_next() -> None:
    async def story(house: House) -> None:
        await house.run("RemedyWorkflow", START)
        assert house.record.log == ["check", "PUT", "cancel_upstream V-77", "issue", "print", "publish"]

    remedy(story)


def test_a_driver_begins_where_the_record_stands() -> None:
    async def story(house: House) -> None:
        house.record.acts = [Act.PUBLISH]
        await house.run("RemedyWorkflow", START)
        assert house.record.log == ["print", "publish"]

    remedy(story)


def test_a_vendor_that_is_away_for_a_while_is_asked_again() -> None:
    async def story(house: House) -> None:
        house.distributors.failures = 4
        await house.run("RemedyWorkflow", START)
        assert house.record.log.count("PUT") == 5
        assert house.record.log[-1] == "publish"

    remedy(story)


def test_a_vendor_that_refuses_compensates_and_returns_to_the_owner() -> None:
    async def story(house: House) -> None:
        house.distributors.failures, house.distributors.final = 1, True
        await house.run("RemedyWorkflow", START)
        because = "fail: The vendor could not be told to cancel: 409 shipped already"
        assert house.record.log == ["check", "PUT", "DELETE", because]

    remedy(story)


def test_a_vendor_that_stays_away_for_an_hour_compensates() -> None:
    async def story(house: House) -> None:
        house.distributors.failures = 10_000
        before = await house.env.get_current_time()
        await house.run("RemedyWorkflow", START)
        assert await house.env.get_current_time() - before > timedelta(minutes=50)
        assert house.record.log[-2] == "DELETE"
        assert house.record.log[-1].startswith("fail: The vendor could not be told")

    remedy(story)


def test_notes_that_the_desk_refuses_are_compensated_upstream() -> None:
    async def story(house: House) -> None:
        house.records.refusals = {Act.ISSUE: "Only 100.00 are left to credit."}
        await house.run("RemedyWorkflow", START)
        assert house.record.log[-3:] == ["issue", "DELETE", "fail: Only 100.00 are left to credit."]

    remedy(story)


def test_a_partner_who_withdraws_while_the_vendor_is_told_has_it_taken_back() -> None:
    async def story(house: House) -> None:
        house.records.refusals = {Act.CANCEL_UPSTREAM: "PF-2027-000001 is closed (withdrawn)."}
        await house.run("RemedyWorkflow", START)
        assert house.record.log[2:4] == ["cancel_upstream V-77", "DELETE"]

    remedy(story)


def test_a_vendor_that_does_not_take_back_is_told_to_the_person_who_gets_the_case() -> None:
    async def story(house: House) -> None:
        house.records.refusals = {Act.ISSUE: "It cannot be supplied."}
        house.distributors.deaf, house.distributors.final = True, True
        await house.run("RemedyWorkflow", START)
        assert house.record.log[-1] == (
            "fail: It cannot be supplied. The vendor has not taken the cancellation back: 503 closed"
        )

    remedy(story)


def test_what_the_desk_voids_while_issuing_is_taken_back_upstream() -> None:
    """The command is done, but instead of notes it found that the wanted item can no longer be had."""

    async def story(house: House) -> None:
        record = house.record
        record.acts = [Act.ISSUE]

        def voided() -> None:
            if "issue" in record.log:
                record.remedy_open, record.to_restore = False, True

        record.before_answer = voided
        await house.run("RemedyWorkflow", START)
        assert record.log == ["issue", "DELETE"]

    remedy(story)


def test_after_the_notes_a_failure_is_parked_and_goes_forward_when_somebody_retries() -> None:
    async def story(house: House) -> None:
        house.record.acts = [Act.PUBLISH]
        house.documents.failures = 6
        driver = await house.start("RemedyWorkflow", START)
        await house.env.sleep(timedelta(hours=1))
        because = "fail: The documents could not be made: the renderer crashed"
        assert house.record.log == ["print"] * 6 + [because]
        house.record.waiting = False
        house.record.version += 1
        await driver.signal("wake")
        await driver.result()
        assert house.record.log[-2:] == ["print", "publish"]
        assert "DELETE" not in house.record.log

    remedy(story)


def test_a_parked_remedy_that_nobody_touches_is_tried_again_after_some_hours() -> None:
    async def story(house: House) -> None:
        house.record.acts = [Act.PUBLISH]
        house.documents.failures = 6
        await house.run("RemedyWorkflow", START)
        assert house.record.log[-3:] == ["retry", "print", "publish"]

    remedy(story)


def test_an_act_that_changes_nothing_is_not_repeated_without_a_pause() -> None:
    async def story(house: House) -> None:
        house.records.refusals = {Act.CHECK: "The record is read-only."}
        driver = await house.start("RemedyWorkflow", START)
        await house.env.sleep(timedelta(hours=1))
        assert len(house.record.log) < 75
        house.record.remedy_open = False
        await driver.signal("wake")
        await driver.result()

    remedy(story)


def test_a_system_that_owns_the_numbers_is_asked_after_our_notes_and_before_the_documents() -> None:
    async def story(house: House) -> None:
        house.record.acts = [Act.ISSUE, Act.INSTRUCT, Act.PUBLISH]
        await house.run("RemedyWorkflow", START)
        wanted = ["issue", "tell the issuer", "confirm EXT-1", "print", "publish"]
        assert house.record.log == wanted

    remedy(story)


def test_where_no_such_system_is_known_its_people_confirm_by_hand() -> None:
    async def story(house: House) -> None:
        house.record.acts, house.issuers.absent = [Act.INSTRUCT, Act.PUBLISH], True
        await house.run("RemedyWorkflow", START)
        assert house.record.log == ["tell the issuer", "instruct by hand", "print", "publish"]

    remedy(story)


def test_what_it_refuses_has_a_named_person_and_is_asked_again_under_the_same_key() -> None:
    async def story(house: House) -> None:
        house.record.acts, house.issuers.failures = [Act.INSTRUCT, Act.PUBLISH], 1
        await house.run("RemedyWorkflow", START)
        because = "fail: The issuer's system has not issued the credit note: 422 no such customer"
        assert house.record.log[:3] == ["tell the issuer", because, "retry"]
        assert house.record.log[3:] == ["tell the issuer", "confirm EXT-1", "print", "publish"]
        assert "DELETE" not in house.record.log

    remedy(story)
