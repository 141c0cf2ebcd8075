"""`partnerflow people`: the first admins, whom nobody else can make; everything after them goes over the API."""

from pathlib import Path
from typing import Any

import click

from api.commands.environment import database_of

DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The data directory of a running `partnerflow up`.  [default: DATABASE_URL, else ./var]",
)


@click.group()
def people() -> None:
    """Who may set up the rest."""


@people.command("add-admin")
@click.option("--name", required=True, help="As everybody reads it.")
@click.option("--email", required=True, help="Where their mail goes.")
@click.option("--title", default="Administrator", show_default=True)
@click.option("--phone", default="")
@click.option(
    "--operator",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML with the members of the operator's organisation; for the first admin of an empty database.",
)
@DATA
def add_admin(
    name: str, email: str, title: str, phone: str, operator: Path | None, data: Path | None
) -> None:
    """Add an admin of the operator and print their key, which is shown this once.

    Two are needed: what one admin grants, another confirms.
    """
    from partnerflow.store.database import create_database_engine

    engine = create_database_engine(database_of(data), pool_size=1, application="partnerflow people")
    try:
        made = _add(engine, {"name": name, "email": email, "title": title, "phone": phone}, operator)
        click.echo(_key(engine, made))
    finally:
        engine.dispose()


def _add(engine: Any, stated: dict[str, Any], operator: Path | None) -> str:
    """Returns the person's id."""
    import json
    import uuid

    from api.v1.people import person_row
    from partnerflow import desk
    from partnerflow.directory.commands import AddOrganisation, AddPerson
    from partnerflow.directory.rights import CONSOLE
    from partnerflow.people import Actor

    row = person_row(_checked(stated) | {"organisation": ""}, 0)
    code = _operator_of(engine)
    if code is None and operator is None:
        raise click.ClickException("The database is empty: say with --operator who operates the desk.")
    if code is not None and operator is not None:
        raise click.ClickException(f"{code} operates the desk already; leave out --operator.")
    command: Any = AddPerson(row) if operator is None else AddOrganisation(_organisation(operator), row)
    target = f"organisation/{code or command.row.code}"
    actor = Actor(person=None, organisation=None, service=CONSOLE)
    outcome = desk.handle(engine, desk.Request(command, actor, str(uuid.uuid4()), target))
    if outcome.state is desk.State.REFUSED:
        raise click.ClickException(json.loads(outcome.body)["detail"])
    return _id_of(engine, row.email)


def _checked(stated: dict[str, Any]) -> dict[str, Any]:
    """Judged as over the API."""
    from api.schemas.directory import FirstPerson

    return _loaded(FirstPerson(), stated | {"roles": ["admin"]})


def _organisation(path: Path) -> Any:
    import yaml

    from api.schemas.directory import OrganisationBody
    from partnerflow.directory.rows import OrganisationRow

    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise click.ClickException(f"{path} is no YAML: {fault}") from None
    found = _loaded(OrganisationBody(exclude=("first",)), read)
    return OrganisationRow(**found | {"address": tuple(found["address"])})


def _loaded(schema: Any, stated: Any) -> dict[str, Any]:
    from marshmallow import ValidationError

    from api.schemas.faults import problem

    try:
        found: dict[str, Any] = schema.load(stated)
    except ValidationError as error:
        lines = [f"  {wrong.pointer}: {wrong.detail}" for wrong in problem(error).errors]
        raise click.ClickException("\n".join(["This cannot be:", *lines])) from None
    return found


def _operator_of(engine: Any) -> str | None:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.directory import snapshot

    with unit_of_work(engine) as session:
        known = snapshot(session).directory.organisations.values()
    return next((organisation.code for organisation in known if organisation.operator), None)


def _id_of(engine: Any, email: str) -> str:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.directory import snapshot

    with unit_of_work(engine) as session:
        found = snapshot(session).directory.named(email)
    assert found is not None
    return found.id


def _key(engine: Any, person: str) -> str:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.seed import new_key

    with unit_of_work(engine) as session:
        return new_key(session, person, label="first key of an admin")
