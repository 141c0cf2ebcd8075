"""What every test may ask for: real parts, fresh for each.

database          a migrated, empty database for this test (.app_url, .owner_url, .superuser_url)
module_database   the same, shared by the tests of one module
engine            an engine on ``database`` as the application role
temporal          an empty namespace (.address, .namespace, await .connect())
mail              a mail server that files (.url, .directory; read with api.embedded.mail.messages)
upstream          the double of the vendor's cancellation service (.url, .read(key))
payments          the double of a payer's system, which pays at every request (.url, .mode, .moved, .asked)
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.embedded.mail import MailSink
from api.embedded.payments import PaymentsDouble
from api.embedded.process import free_port
from api.embedded.upstream import UpstreamDouble
from partnerflow.store.database import create_database_engine
from tests.support.fresh import Database, Namespace, fresh_database, fresh_namespace
from tests.support.parts import Parts

_PARTS = pytest.StashKey[Parts]()


def pytest_configure(config: pytest.Config) -> None:
    """The parts belong to the process that runs pytest; the workers of xdist only ask for them."""
    sys.addaudithook(_stay_on_this_machine)
    # What the tests start would compile the whole product again each time, half a second of a core for every process.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if not hasattr(config, "workerinput"):
        config.stash[_PARTS] = Parts()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if _PARTS in config.stash:
        config.stash[_PARTS].close()


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse every connection that leaves this machine: a test that needs one is not a test of ours."""
    if event == "socket.connect" and isinstance(address := arguments[1], tuple):
        host = str(address[0])
        if not (host.startswith("127.") or host in {"::1", "localhost"}):
            raise ConnectionRefusedError(f"a test tried to reach {host}")


@pytest.fixture
def database() -> Iterator[Database]:
    with fresh_database() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database() -> Iterator[Database]:
    with fresh_database() as fresh:
        yield fresh


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    engine = create_database_engine(database.app_url)
    yield engine
    engine.dispose()


@pytest.fixture
def temporal() -> Namespace:
    return fresh_namespace()


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailSink]:
    sink = MailSink(tmp_path / "mail", free_port())
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[UpstreamDouble]:
    double = UpstreamDouble(tmp_path / "upstream", free_port())
    double.start()
    yield double
    double.stop()


@pytest.fixture
def payments(tmp_path: Path) -> Iterator[PaymentsDouble]:
    double = PaymentsDouble(tmp_path / "payments", 0, careless=True)
    double.start()
    yield double
    double.stop()
