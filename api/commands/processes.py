"""`partnerflow web`, `partnerflow live` and `partnerflow worker`: the processes of a production site."""

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
