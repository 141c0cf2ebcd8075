"""`partnerflow web`, `live`, `worker` and `receive-mail`: the processes of a production site."""

from typing import TYPE_CHECKING

import click

from api.commands.environment import told

if TYPE_CHECKING:
    from api.live.app import Live


@click.command()
def web() -> None:
    """Serve HTTP at WEB_HOST:WEB_PORT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from partnerflow.settings import read_settings

    settings = told(read_settings)
    Granian(
        "api.app:create_app",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.web_host,
        port=settings.web_port,
        workers=settings.web_workers,
        blocking_threads=settings.web_threads,
        websockets=False,
        log_level=LogLevels(settings.log_level),
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()


@click.command()
def live() -> None:
    """Tell open pages what changed, at WEB_HOST:LIVE_PORT."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from partnerflow.settings import read_settings

    settings = told(read_settings)
    Granian(
        "api.commands.processes:make_live",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.web_host,
        port=settings.live_port,
        workers=1,
        websockets=False,
        log_level=LogLevels(settings.log_level),
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()


def make_live() -> "Live":
    """The application of ``live``; granian calls this in its process."""
    from urllib.parse import urlsplit

    from api.cookies import name_of
    from api.live.app import Live
    from partnerflow.settings import read_settings

    settings = read_settings()
    base = urlsplit(settings.base_url)
    return Live(settings.database_url, f"{base.scheme}://{base.netloc}", name_of(settings.base_url))


@click.command()
def worker() -> None:
    """Drive open records: run workflows and their activities, relay wakes, send messages."""
    from migrations import await_schema
    from partnerflow.settings import read_settings
    from workflows.worker import main

    settings = told(read_settings)
    await_schema(settings.database_url)
    main(settings)


@click.command(name="receive-mail")
def receive_mail() -> None:
    """Take mails in by SMTP or LMTP at INBOUND_LISTEN, into the record."""
    import asyncio
    import logging
    import signal

    from migrations import await_schema
    from partnerflow.settings import read_settings
    from partnerflow.store.database import create_database_engine
    from workflows.incoming.receiver import Address, Receiver, serve

    settings = told(read_settings)
    if settings.inbound_listen is None or settings.reply_domain is None:
        raise click.ClickException("Give INBOUND_LISTEN and REPLY_DOMAIN.")
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    await_schema(settings.database_url)
    engine = create_database_engine(
        settings.database_url, pool_size=settings.database_pool_size, application="partnerflow receiver"
    )
    address = Address.parse(settings.inbound_listen)
    receiver = Receiver(engine, settings.reply_domain, settings.mail_from, lmtp=address.lmtp)

    async def until_told() -> None:
        serving = asyncio.create_task(serve(receiver, address))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
        await asyncio.wait([serving])
        if not serving.cancelled() and (failure := serving.exception()):
            raise failure

    try:
        asyncio.run(until_told())
    finally:
        engine.dispose()
