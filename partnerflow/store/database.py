"""The way to PostgreSQL: engines, and the two kinds of transaction everything runs in.

Row-level security shows a transaction only what ``pf.org`` names: the reader's organisation, or ``*`` for
desk, relay and worker. It is set here and nowhere else, inside the transaction, since a plain SET would leak
to the next user of a pooled connection.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

EVERY_ORGANISATION: Final = "*"

TRANSACTION_SETTINGS: Final = (
    "set_config('pf.org', :org, true), "
    "set_config('lock_timeout', '2s', true), "
    "set_config('idle_in_transaction_session_timeout', '5s', true)"
)
"""The select list that opens every transaction; the desk puts it into its own first statement."""

ONLY_READING: Final = (
    "set_config('transaction_read_only', 'on', true), "
    "set_config('idle_in_transaction_session_timeout', '30s', true)"
)
"""After the others. Nobody waits for who only reads, and a page is drawn as it reads: on a busy machine, slowly."""

_BEGIN = text(f"SELECT {TRANSACTION_SETTINGS}")
_BEGIN_READING = text(f"SELECT {TRANSACTION_SETTINGS}, {ONLY_READING}")


def driver_url(url: str) -> str:
    """The same database for SQLAlchemy: ``postgresql://`` alone would ask for another driver."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme == "postgresql" else f"{scheme}{separator}{rest}"


def create_database_engine(url: str, *, pool_size: int = 10, application: str = "partnerflow") -> Engine:
    """An engine with its own pool, READ COMMITTED; it connects at first use, not before."""
    engine = create_engine(driver_url(url), **engine_options(pool_size, application))
    watch(engine)
    return engine


def engine_options(pool_size: int, application: str) -> dict[str, Any]:
    """What every engine of the product is made with."""
    return {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 5,
        "connect_args": {"application_name": application, "connect_timeout": 5},
    }


def watch(engine: Engine) -> None:
    """Hand out no connection that the server has closed."""
    event.listen(engine, "checkout", _refuse_closed_connection)


def _refuse_closed_connection(connection: Any, _record: object, _proxy: object) -> None:
    """Replace a connection that the server has closed while it lay in the pool.

    An idle connection has nothing to read; if it has, that is the server's farewell. Unlike a ping this
    costs no round trip.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError("the server has closed this connection")


@contextmanager
def unit_of_work(engine: Engine, org: str = EVERY_ORGANISATION) -> Iterator[Session]:
    """One transaction that is committed at the end of the block, and rolled back when the block raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        session.execute(_BEGIN, {"org": org})
        yield session


@contextmanager
def reading(engine: Engine, org: str) -> Iterator[Session]:
    """One read-only transaction that sees what ``org`` may see."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        read_only(session, org)
        yield session


def read_only(session: Session, org: str) -> None:
    """Make the transaction that this begins one that only reads, and sees what ``org`` may see."""
    session.execute(_BEGIN_READING, {"org": org})


@contextmanager
def snapshot_of(engine: Engine, org: str) -> Iterator[Session]:
    """One read-only transaction on one snapshot, however long it takes and whatever is written meanwhile."""
    steady = engine.execution_options(isolation_level="REPEATABLE READ")
    with reading(steady, org) as session:
        session.execute(text("SELECT set_config('idle_in_transaction_session_timeout', '60s', true)"))
        yield session
