"""The whole house for a test: the seeded record, people who send commands, and a worker that drives."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text
from temporalio.client import Client

from api.embedded.schema import give_clock
from partnerflow import desk
from partnerflow.cases.commands import ConfirmPassThrough, DecideStep, OpenCase, WantedAsked
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case, ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.orders.commands import (
    AcknowledgeFindings,
    EnterOrder,
    InvoiceDraft,
    OrderDraft,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
)
from partnerflow.orders.model import EndCustomer, Finding, Leg, Licence, Line, Payment
from partnerflow.people import Actor
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.settings import Settings
from partnerflow.store import drivers
from partnerflow.store.codec import decode_order
from partnerflow.store.database import create_database_engine, unit_of_work
from partnerflow.store.directory import snapshot
from partnerflow.store.orders import order_id
from partnerflow.store.outbox import Delivery
from partnerflow.store.seed import story
from tests.support.fresh import Database, Namespace
from workflows.clock import advance
from workflows.worker import serve

MONDAY = datetime.fromisoformat("2027-01-04T09:30:00+00:00")
HALF = 500_000


@dataclass
class House:
    """People act through the desk; ``outbox`` is what was sent."""

    engine: Engine
    database: Database
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    outbox: list[Delivery] = field(default_factory=list)

    def actor(self, person: str) -> Actor:
        with unit_of_work(self.engine) as session:
            found = snapshot(session).directory.person(person)
        return Actor(found.id, found.organisation, found.roles)

    def do(self, person: str, target: str, command: Any) -> desk.Outcome:
        """A command that is done; an AssertionError shows a refusal."""
        request = desk.Request(command, self.actor(person), f"test-{next(self.keys)}", target)
        outcome = desk.handle(self.engine, request)
        assert outcome.state is desk.State.DONE, outcome.body
        return outcome

    def now(self) -> datetime:
        with unit_of_work(self.engine) as session:
            now: datetime = session.execute(text("SELECT partnerflow_now()")).scalar_one()
        return now

    def case(self, ref: str) -> Case:
        with unit_of_work(self.engine) as session:
            found = drivers.read_case(session, ref)
        assert found
        return found[0]

    def findings(self, target: str) -> tuple[Finding, ...]:
        query = text('SELECT state::text FROM "order" WHERE id = :id')
        with unit_of_work(self.engine) as session:
            found = session.execute(query, {"id": target.partition("/")[2]}).scalar_one()
        return decode_order(found).findings

    def advance(self, **delta: float) -> dict[str, Any]:
        return advance(self.database.owner_url, timedelta(**delta))

    def order(
        self, number: str = "D-8841", *, invoiced: bool = True, activated: int = 4, vendor: str = "arbor"
    ) -> str:
        """Worked example 1: forced through although the estate is Standard; returns its target."""
        target = f"order/{order_id('meridian', number)}"
        self.do(
            "nadia-rahman", target, EnterOrder(target.partition("/")[2], draft(number, self.now(), vendor))
        )
        doubts = tuple(finding.code for finding in self.findings(target) if finding.open)
        if doubts:
            self.do("ellie-marsh", target, AcknowledgeFindings(doubts, "The customer wants Pro."))
        if invoiced:
            for leg, name in ((Leg.DOWNSTREAM, "M"), (Leg.UPSTREAM, "A")):
                invoice = InvoiceDraft(leg, f"{name}-{number}", self.now())
                self.do("nadia-rahman", target, RecordInvoice(invoice))
            paid = Payment(f"P-{number}", Leg.DOWNSTREAM, f"M-{number}", 120_000, self.now())
            self.do("nadia-rahman", target, RecordPayment(paid))
        if activated:
            self.do("nadia-rahman", target, RecordActivation(1, activated, self.now(), "portal"))
        return target

    def open_exchange(self, target: str) -> str:
        """The case of worked example 1: two steps, because of the exception; returns its reference."""
        command = OpenCase(
            order_id=target.partition("/")[2],
            type=CaseType.EXCHANGE,
            reason=Reason.WRONG_ITEM_ORDERED,
            lines=(RequestedLine(1, 50),),
            description="We needed Standard.",
            wanted=(WantedAsked("LIC-STD", 46),),
            exception=ExceptionAsked("Four keys were tried once.", (ExceptionLine(1, 4, HALF),)),
        )
        outcome = self.do("ellie-marsh", target, command)
        return outcome.body.split('"')[3]

    def approve(self, ref: str, person: str | None = None) -> None:
        """The pending step is approved as shown, by its first decider unless another is named."""
        case = self.case(ref)
        assert case.step
        decision = DecideStep(case.step.id, "approve", version(case, case.step))
        self.do(person or case.step.deciders[0], f"case/{ref}", decision)

    def pass_on(self, ref: str) -> None:
        passed = ConfirmPassThrough("account_credit", "ACC-1", self.now())
        self.do("nadia-rahman", f"case/{ref}", passed)

    def send(self, delivery: Delivery) -> None:
        self.outbox.append(delivery)


def draft(number: str, at: datetime, vendor: str = "arbor") -> OrderDraft:
    """50 x LIC-PRO for EC-17, whose estate is Standard."""
    licence = Licence(edition="pro", metric="user", term_months=12, segment="commercial", region="GB")
    line = Line(1, "LIC-PRO", "", 50, 50_000_000, "S", 200_000, upstream_price=44_000_000, licence=licence)
    return OrderDraft(
        number,
        vendor,
        "meridian",
        "harbour",
        EndCustomer("EC-17", "Elm College"),
        "H-2291",
        "GBP",
        at,
        (line,),
    )


@contextmanager
def seeded(database: Database, *, at: datetime | None = MONDAY) -> Iterator[House]:
    """A house whose test clock stands at ``at`` (None: the real clock)."""
    if at:
        give_clock(database.owner_url, at)
    engine = create_database_engine(database.app_url)
    with unit_of_work(engine) as session:
        story(session)
    yield House(engine, database)
    engine.dispose()


@asynccontextmanager
async def driven(
    house: House, temporal: Namespace, *, sending: bool = False, **settings: Any
) -> AsyncIterator[None]:
    """The worker's whole process within this one; messages go into the house's outbox unless it is ``sending``."""
    told = settings_of(house.database, temporal, **settings)
    serving = asyncio.create_task(serve(told, None if sending else house.send))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


def held_order(house: House) -> str:
    """An order that waits for an acknowledgement; its target."""
    target = f"order/{order_id('meridian', 'D-1')}"
    house.do("nadia-rahman", target, EnterOrder(target.partition("/")[2], draft("D-1", house.now())))
    return target


async def not_running(client: Client, *ids: str) -> bool:
    """Whether none of these drivers runs; without ids, none at all."""
    running = {run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")}
    return not running & set(ids) if ids else not running


def settings_of(database: Database, temporal: Namespace, **changes: Any) -> Settings:
    usual: dict[str, Any] = {
        "database_url": database.app_url,
        "secret_key": "x" * 32,
        "temporal_address": temporal.address,
        "temporal_namespace": temporal.namespace,
        "smtp_url": "smtp://127.0.0.1:1",
        "mail_from": "Partnerflow <desk@partnerflow.example>",
        "base_url": "http://127.0.0.1:8080",
        "upstream_url": None,
        "payments_url": None,
        "issuer_url": None,
        "web_host": "127.0.0.1",
        "web_port": 8080,
        "web_workers": 1,
        "web_threads": 1,
        "database_pool_size": 10,
        "worker_ready_file": None,
        "log_level": "info",
    }
    return Settings(**usual | changes)


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 90) -> None:
    """Wait for what other processes do."""
    async with asyncio.timeout(seconds):
        while not await _now(holds):  # noqa: ASYNC110  it happens in other processes
            await asyncio.sleep(0.05)


async def _now(holds: Callable[[], bool | Awaitable[bool]]) -> bool:
    found = await asyncio.to_thread(holds)
    return found if isinstance(found, bool) else await found
