"""The worker process: drivers and their steps, the relay, and the first attempts of all messages.

It comes up, and messages go out, whether or not Temporal answers; drivers follow as soon as it does.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parseaddr
from pathlib import Path
from threading import Thread
from typing import Any, Final

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.service import RPCError

from notifications.email import send as send_mail
from notifications.messages import mail_for
from notifications.sign_in import sign_in_mail
from partnerflow.settings import Settings
from partnerflow.store import documents, links
from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, reading
from partnerflow.store.outbox import Delivery
from workflows.activities.distributors import DistributorSteps
from workflows.activities.documents import DocumentSteps
from workflows.activities.imports import ImportSteps
from workflows.activities.issuers import IssuerSteps
from workflows.activities.messages import MessageSteps, Send
from workflows.activities.payments import PaymentSteps, port_of
from workflows.activities.people import PeopleSteps
from workflows.activities.policies import PolicySteps
from workflows.activities.press import Press
from workflows.activities.records import RecordSteps
from workflows.bell import Bell, listen
from workflows.connection import connected
from workflows.incoming.box import look_in
from workflows.incoming.intake import take_in_all
from workflows.incoming.outgoing import answerable
from workflows.incoming.parts import House
from workflows.post import SENDERS, Post
from workflows.registry import THREADS, bodies, message_worker, record_worker
from workflows.relay import Relay

GRACE: Final = 3.5
"""Seconds after SIGTERM in which everything in hand may end."""

PATIENCE: Final = 2.0
"""Seconds for threads to come to an end before what they use is closed."""

LOOK_EVERY: Final = 0.02

AGAIN_AFTER: Final = 2.0

_log = logging.getLogger(__name__)


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    # A person who waits for an answer goes before work that nobody waits for.
    os.nice(10)
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        asyncio.run(_until_told(settings))
    except asyncio.CancelledError:
        _leave(0)
    except Exception:  # noqa: BLE001  said, and passed on as the status of the process
        _log.exception("the worker cannot go on")
        _leave(1)


async def _until_told(settings: Settings) -> None:
    loop, serving = asyncio.get_running_loop(), asyncio.create_task(serve(settings))

    def end() -> None:
        serving.cancel()
        loop.call_later(GRACE, _leave, 0)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    await serving


def _leave(status: int) -> None:
    """At once: a thread waiting for a mail server would hold the process; leases cover what it leaves."""
    sys.stderr.flush()
    os._exit(status)


async def serve(settings: Settings, send: Send | None = None) -> None:
    """Everything this process does, until cancelled; ``send`` instead of the mail server of the settings."""
    engine = create_database_engine(
        settings.database_url, pool_size=settings.database_pool_size, application="partnerflow worker"
    )
    threads = ThreadPoolExecutor(SENDERS + 5, thread_name_prefix="relay")
    press, bell, send = Press(), Bell(), send or sender(engine, settings)
    groups = (
        RecordSteps(engine, payments=settings.payments_url is not None),
        ImportSteps(engine),
        PolicySteps(engine),
        PeopleSteps(engine),
        MessageSteps(engine, send),
        DocumentSteps(engine, press.render),
        DistributorSteps(engine, settings.upstream_url),
        PaymentSteps(engine, port_of(settings.payments_url)),
        IssuerSteps(engine, settings.issuer_url),
    )

    async def drive() -> None:
        client = await connected(settings.temporal_address, settings.temporal_namespace)
        relay = Relay(engine, client, bell, threads)
        async with asyncio.TaskGroup() as driving:
            driving.create_task(relay.relay())
            driving.create_task(relay.compare())
            driving.create_task(work(client, bodies(*groups), settings.worker_ready_file))

    try:
        async with asyncio.TaskGroup() as serving:
            serving.create_task(listen(settings.database_url, bell))
            serving.create_task(Post(engine, send, bell, threads).deliver())
            serving.create_task(take_in_all(house_of(engine, settings), bell, threads))
            if settings.imap_url:
                serving.create_task(look_in(engine, settings.imap_url, threads))
            serving.create_task(drive())
    finally:
        press.close()
        await ended(threads)
        engine.dispose()


async def work(client: Client, steps: list[Callable[..., Any]], ready_file: str | None = None) -> None:
    """Poll for work until cancelled; a worker that cannot go on is replaced."""
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="step")
    try:
        while True:
            try:
                async with record_worker(client, threads, steps), message_worker(client, threads, steps):
                    _say_ready(ready_file)
                    await asyncio.Event().wait()
            except (RPCError, RuntimeError) as error:
                _log.warning("no work is taken for the moment: %s", error)
                await asyncio.sleep(AGAIN_AFTER)
    finally:
        await ended(threads)


async def ended(threads: ThreadPoolExecutor) -> None:
    """Let what is in hand give its connection back, for a while: an engine that is let go first would lose it."""
    threads.shutdown(wait=False, cancel_futures=True)
    waiting = Thread(target=threads.shutdown, name="ending", daemon=True)
    waiting.start()
    for _ in range(int(PATIENCE / LOOK_EVERY)):
        if not waiting.is_alive():
            return
        await asyncio.sleep(LOOK_EVERY)


def _say_ready(ready_file: str | None) -> None:
    if ready_file:
        Path(ready_file).touch()


def house_of(engine: Engine, settings: Settings) -> House:
    """What mails that come in are judged with."""
    own = parseaddr(settings.mail_from)[1]
    return House(engine, settings.secret_key, own, settings.base_url)


def sender(engine: Engine, settings: Settings) -> Send:
    """Writes a mail, with the stored documents it speaks of, and hands it to the mail server."""

    def document(number: str) -> bytes:
        with reading(engine, EVERY_ORGANISATION) as session:
            pdf = documents.pdf_of(session, number)
        if pdf is None:
            raise LookupError(f"{number} is not printed yet")
        return pdf

    def send(delivery: Delivery) -> None:
        if delivery.event == links.EVENT:
            token = links.mailed_token(settings.secret_key, delivery.data["sign_in"])
            mail = sign_in_mail(delivery, settings.base_url.rstrip("/"), token, links.MINUTES)
        else:
            mail = mail_for(delivery, settings.base_url, document)
            mail = answerable(mail, delivery, settings.secret_key, settings.reply_domain)
        send_mail(mail, settings.smtp_url, settings.mail_from)

    return send
