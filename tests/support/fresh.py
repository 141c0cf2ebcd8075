"""A database and a namespace for one test alone, cut from the parts that run for all."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
from google.protobuf.duration_pb2 import Duration
from psycopg import sql
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client

from api.embedded.postgres import DATABASE, SUPERUSER, Postgres
from partnerflow.store.roles import APP_ROLE, OWNER_ROLE
from tests.support.parts import ask_for
from workflows.connection import connected


@dataclass(frozen=True, slots=True)
class Database:
    """One migrated, empty database, as each of its roles reaches it."""

    app_url: str
    owner_url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class Namespace:
    """One empty namespace of the Temporal server."""

    address: str
    namespace: str

    async def connect(self) -> Client:
        """A client of this namespace."""
        return await Client.connect(self.address, namespace=self.namespace)


@contextmanager
def fresh_database() -> Iterator[Database]:
    """Clone the template (some 30 ms), and drop the clone afterwards whoever is still connected."""
    found = ask_for("postgres")
    server = Postgres(**found | {"data": Path(found["data"])})
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.url(SUPERUSER, "postgres"), autocommit=True) as superuser:
        server.create_database(superuser, name, template=DATABASE)
        try:
            yield Database(*(server.url(role, name) for role in (APP_ROLE, OWNER_ROLE, SUPERUSER)))
        finally:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fresh_namespace() -> Namespace:
    """Register a namespace nobody else uses; the server knows it at once."""
    namespace = Namespace(ask_for("temporal")["address"], f"test-{uuid.uuid4().hex}")
    asyncio.run(_register(namespace))
    return namespace


async def _register(namespace: Namespace) -> None:
    # A server that has just started takes connections before it answers.
    client = await asyncio.wait_for(connected(namespace.address, "default"), 30)
    await client.workflow_service.register_namespace(
        RegisterNamespaceRequest(
            namespace=namespace.namespace,
            workflow_execution_retention_period=Duration(seconds=86_400),
        ),
        retry=True,
        timeout=timedelta(seconds=30),
    )
