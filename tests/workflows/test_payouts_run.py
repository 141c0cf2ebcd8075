"""Money leaves once: the real drivers and desk, a payer that pays at every request and loses answers, and what races
them."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from api.embedded.payments import Mode, PaymentsDouble
from api.embedded.process import program
from partnerflow import desk
from partnerflow.cases.commands import IssueNotes
from partnerflow.cases.model import CaseOutcome, Stage
from partnerflow.cases.money_commands import RetryPayout, SubmitPayout, VoidNote
from partnerflow.cases.money_parts import Payout, PayoutState
from partnerflow.store.database import EVERY_ORGANISATION, snapshot_of, unit_of_work
from partnerflow.store.verify import verify
from tests.store.builders import a_reduction, granted, opened, remedied, send, service
from tests.support.fresh import Database, Namespace
from tests.workflows.house import House, driven, not_running, seeded, until
from tests.workflows.rows import rows
from workflows.activities.payments import PaymentSteps, Port
from workflows.activities.payments_file import FilePort
from workflows.activities.payments_http import HttpPort
from workflows.activities.records import RecordSteps
from workflows.comparison import owing_drivers
from workflows.contract import QUEUE
from workflows.contract_payments import PayoutInput, Submission
from workflows.payout import PayoutWorkflow
from workflows.registry import bodies
from workflows.sandbox import runner


def ready(house: House, number: str = "D-8841") -> tuple[str, str]:
    """A case of which 46 x LIC-PRO are credited and 960.00 wait to be paid; its reference and the payment's key."""
    target = house.order(number)
    ref = opened(house, target, a_reduction(target, 46))
    granted(house, ref)
    remedied(house, ref, payments=True)
    (payout,) = house.case(ref).payouts
    assert f"payout/{payout.key}" in {record.workflow_id for record in owing_drivers(house.engine)}
    return ref, payout.key


def payout(house: House, ref: str) -> Payout:
    (found,) = house.case(ref).payouts
    return found


def faults(house: House) -> list[str]:
    with snapshot_of(house.engine, EVERY_ORGANISATION) as session:
        return list(verify(session))


@asynccontextmanager
async def quick(house: House, port: Port) -> AsyncIterator[WorkflowEnvironment]:
    """The real steps of a payment on a Temporal that skips the time between two looks."""
    path = program("temporal-test-server")
    starting = WorkflowEnvironment.start_time_skipping(test_server_existing_path=path)
    async with await starting as env, working(house, env.client, port):
        yield env


@asynccontextmanager
async def working(house: House, client: Client, port: Port) -> AsyncIterator[None]:
    steps = bodies(RecordSteps(house.engine, payments=True), PaymentSteps(house.engine, port))
    with ThreadPoolExecutor(8) as threads:
        async with Worker(
            client,
            task_queue=QUEUE,
            workflows=[PayoutWorkflow],
            activities=steps,
            activity_executor=threads,
            workflow_runner=runner(),
            max_concurrent_activities=4,
            max_concurrent_local_activities=4,
        ):
            yield


def drive(house: House, port: Port, key: str) -> None:
    """The driver of a payment, to its end."""

    async def run() -> None:
        async with quick(house, port) as env:
            await env.client.execute_workflow(
                "PayoutWorkflow", PayoutInput(key), id=f"payout/{key}", task_queue=QUEUE
            )

    asyncio.run(run())


def closed_once(house: House, payments: PaymentsDouble, ref: str, key: str) -> None:
    """The oracle: one payment, one key, a closed case, a record that verifies."""
    assert (payments.moved, payout(house, ref).state) == ({key: 1}, PayoutState.CONFIRMED)
    assert (house.case(ref).stage, house.case(ref).outcome) == (Stage.CLOSED, CaseOutcome.CREDITED)
    assert [
        record for record in owing_drivers(house.engine) if record.workflow_id.startswith("payout/")
    ] == []
    assert faults(house) == []


@pytest.mark.long
def test_a_credit_is_paid_and_the_case_closes_without_anybodys_word(
    database: Database, temporal: Namespace, payments: PaymentsDouble
) -> None:
    payments.mode = Mode.ACCEPT
    with seeded(database) as house:

        async def story() -> None:
            async with driven(house, temporal, payments_url=payments.url):
                ref = house.open_exchange(house.order())
                house.approve(ref)
                house.approve(ref)
                await until(lambda: bool(house.case(ref).payouts) and payout(house, ref).accepted)
                key = payout(house, ref).key
                payments.mode = Mode.CONFIRM
                payments.confirm(key)
                await until(lambda: house.case(ref).stage is Stage.CLOSED)
                await until(lambda: any(mail.event == "case.paid_out" for mail in house.outbox))
                client = await temporal.connect()
                await until(lambda: not_running(client, f"payout/{key}", f"case/{ref}", f"remedy/{ref}-1"))
                closed_once(house, payments, ref, key)

        asyncio.run(story())
        told = {mail.audience for mail in house.outbox if mail.event == "case.paid_out"}
        assert told == {"partner", "distributor"}
        assert rows(house.engine, "SELECT state, amount, payee FROM payout") == [
            ("confirmed", 108_000, "harbour")
        ]


def test_an_answer_that_is_lost_after_the_money_has_left_is_found_and_not_paid_again(
    database: Database, payments: PaymentsDouble
) -> None:
    payments.mode = Mode.LOSE_THE_ANSWER
    with seeded(database) as house:
        ref, key = ready(house)
        drive(house, HttpPort(payments.url), key)
        closed_once(house, payments, ref, key)
        assert payments.asked[key] == 1


def test_a_request_that_never_arrived_is_sent_again_under_the_same_key(
    database: Database, payments: PaymentsDouble
) -> None:
    payments.mode = Mode.LOSE_THE_REQUEST

    def mended() -> None:
        while not payments.asked.total():
            threading.Event().wait(0.01)
        payments.mode = Mode.LOSE_THE_ANSWER

    with seeded(database) as house:
        ref, key = ready(house)
        mending = threading.Thread(target=mended)
        mending.start()
        drive(house, HttpPort(payments.url), key)
        mending.join()
        closed_once(house, payments, ref, key)
        assert payments.asked[key] > 1
        assert payout(house, ref).tries == payments.asked[key]


@pytest.mark.parametrize("sent", [True, False])
def test_a_worker_that_dies_between_the_submission_and_the_answer_pays_once(
    database: Database, payments: PaymentsDouble, *, sent: bool
) -> None:
    """It recorded the submission; whether it got as far as the payer nobody knows."""
    with seeded(database) as house:
        ref, key = ready(house)
        steps = RecordSteps(house.engine, payments=True)
        version = house.case(ref).version
        assert steps.submit_payout(Submission(key, version, looked=False))
        if sent:
            PaymentSteps(house.engine, HttpPort(payments.url)).send_payout(PayoutInput(key))
        assert not steps.submit_payout(Submission(key, version, looked=False))
        drive(house, HttpPort(payments.url), key)
        closed_once(house, payments, ref, key)


def test_twenty_drivers_at_once_pay_once(
    database: Database, temporal: Namespace, payments: PaymentsDouble
) -> None:
    """Whoever comes late looks after a while; woken before, it reads that nothing is left to do."""
    with seeded(database) as house:
        ref, key = ready(house)

        async def story() -> None:
            client = await temporal.connect()
            async with working(house, client, HttpPort(payments.url)):
                names = [f"payout/{key}/{n}" for n in range(20)]
                drivers = await asyncio.gather(
                    *(
                        client.start_workflow("PayoutWorkflow", PayoutInput(key), id=name, task_queue=QUEUE)
                        for name in names
                    )
                )
                await until(lambda: house.case(ref).stage is Stage.CLOSED)
                await asyncio.gather(*(driver.signal("wake") for driver in drivers), return_exceptions=True)
                await asyncio.gather(*(driver.result() for driver in drivers))

        asyncio.run(story())
        closed_once(house, payments, ref, key)
        assert payments.asked[key] == 1


def test_a_refused_payment_waits_for_finance_and_is_paid_once_it_is_tried_again(
    database: Database, payments: PaymentsDouble
) -> None:
    payments.mode = Mode.REFUSE
    with seeded(database) as house:
        ref, key = ready(house)
        drive(house, HttpPort(payments.url), key)
        assert (payout(house, ref).state, payout(house, ref).held_by) == (PayoutState.FAILED, "amara-diallo")
        payments.mode = Mode.CONFIRM
        house.do("amara-diallo", f"case/{ref}", RetryPayout(key))
        assert f"payout/{key}" in rows(house.engine, "SELECT workflow_id FROM wake")
        drive(house, HttpPort(payments.url), key)
        closed_once(house, payments, ref, key)


def test_an_erp_fed_by_files_answers_and_the_case_closes(database: Database, tmp_path: Path) -> None:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()

    def answers() -> None:
        while not (asked := list((tmp_path / "out").glob("payout*"))):
            threading.Event().wait(0.01)
        (tmp_path / "in" / asked[0].name).write_text('{"state": "confirmed", "reference": "ERP-1"}')

    with seeded(database) as house:
        ref, key = ready(house)
        erp = threading.Thread(target=answers)
        erp.start()
        drive(house, FilePort(tmp_path), key)
        erp.join()
        passed = house.case(ref).pass_through
        assert passed
        assert (passed.reference, house.case(ref).stage) == ("ERP-1", Stage.CLOSED)
        assert faults(house) == []


def test_of_a_void_and_a_submission_at_once_one_wins_and_no_void_note_is_paid(
    database: Database, payments: PaymentsDouble
) -> None:
    with seeded(database) as house:
        for number in range(6):
            ref, key = ready(house, f"V-{number}")
            note = next(n.number for n in house.case(ref).credit_notes if n.leg.value == "downstream")
            house.do("amara-diallo", f"case/{ref}", VoidNote(note, "Wrong price."))
            won = _race(
                lambda ref=ref, note=note: desk.handle(
                    house.engine,
                    desk.Request(
                        VoidNote(note, "Wrong price."),
                        house.actor("lucy-pemberton"),
                        f"v-{ref}",
                        f"case/{ref}",
                    ),
                ),
                lambda ref=ref, key=key: send(
                    house, service("payments"), f"case/{ref}", SubmitPayout(key), f"s-{ref}"
                ),
            )
            states = [outcome.state is desk.State.DONE for outcome in won]
            assert states.count(True) == 1
            assert payout(house, ref).state is (PayoutState.CANCELLED if states[0] else PayoutState.SUBMITTED)
            refusal = won[1] if states[0] else won[0]
            assert refusal.code == ("wrong-state" if states[0] else "already-settled")
        assert faults(house) == []


def _race(*acts: Callable[[], Any]) -> list[Any]:
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def test_an_installation_that_gets_a_port_later_pays_nothing_of_before(
    database: Database, payments: PaymentsDouble
) -> None:
    with seeded(database) as house:
        target = house.order()
        ref = opened(house, target, a_reduction(target, 46))
        granted(house, ref)
        remedied(house, ref)
        assert house.case(ref).payouts == ()
        again = send(
            house, service("remedy"), f"case/{ref}", IssueNotes(1, payments=True), f"remedy:{ref}:1:issue"
        )
        assert again.replayed
        house.pass_on(ref)
        assert rows(house.engine, "SELECT key FROM payout") == []
        assert payments.asked.total() == 0


def test_the_database_keeps_a_key_for_its_payment(database: Database) -> None:
    with seeded(database) as house:
        _, key = ready(house)
        changes = ["amount = amount + 1", "payee = 'quayside'", "key = key || '2'", "currency = 'EUR'"]
        ended = ["confirmed", "cancelled"]
        with psycopg.connect(database.app_url, autocommit=True) as app:
            app.execute("SELECT set_config('pf.org', '*', false)")
            for change in changes:
                with pytest.raises(psycopg.errors.CheckViolation):
                    app.execute(f"UPDATE payout SET {change}")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DELETE FROM payout")
            for state, never in (("submitted", "cancelled"), *((end, "submitted") for end in ended)):
                with contextlib.suppress(psycopg.errors.CheckViolation), app.transaction():
                    app.execute("UPDATE payout SET state = %s", (state,))
                    with pytest.raises(psycopg.errors.CheckViolation), app.transaction():
                        app.execute("UPDATE payout SET state = %s", (never,))
                    raise psycopg.errors.CheckViolation
        assert rows(house.engine, "SELECT key, state FROM payout") == [(key, "intended")]


def test_the_verifier_names_a_payment_whose_row_is_not_what_its_case_says(database: Database) -> None:
    with seeded(database) as house:
        ref, key = ready(house)
        with contextlib.suppress(InterruptedError), unit_of_work(house.engine) as session:
            session.execute(text("UPDATE payout SET state = 'confirmed'"))
            assert list(verify(session)) == [f"payment {key}: its row says confirmed, its case intended"]
            raise InterruptedError
        assert faults(house) == []
        assert payout(house, ref).state is PayoutState.INTENDED
