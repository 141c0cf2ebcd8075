"""`partnerflow web` and `partnerflow worker`: the two processes of a production site."""

import click

from api.commands.environment import told


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
def worker() -> None:
    """Drive open records: run workflows and their activities, relay wakes, send messages."""
    from migrations import await_schema
    from partnerflow.settings import read_settings
    from workflows.worker import main

    settings = told(read_settings)
    await_schema(settings.database_url)
    main(settings)
