"""The command line: `partnerflow ...`. Commands import what they need when they run, to start fast."""

import click

from api.commands.calendar import calendar
from api.commands.clock_explain import clock_explain
from api.commands.credits import credits_
from api.commands.database import db
from api.commands.demo import demo
from api.commands.drivers import drivers
from api.commands.explain import explain
from api.commands.imports import import_
from api.commands.ledger import ledger
from api.commands.people import people
from api.commands.policy import policy
from api.commands.processes import live, receive_mail, web, worker
from api.commands.sign_in import sign_in
from api.commands.stack import clock, up
from api.commands.verify import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="partnerflow")
def main() -> None:
    """The desk where a wrong order in the IT channel gets put right."""


clock.add_command(clock_explain)
for command in (
    up,
    demo,
    clock,
    calendar,
    web,
    live,
    worker,
    receive_mail,
    db,
    drivers,
    people,
    sign_in,
    policy,
    explain,
    credits_,
    ledger,
    verify,
    import_,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
