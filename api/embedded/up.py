"""One command, the whole stack: start every part that is not given from outside, and wait until all serve."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from api.embedded import place
from api.embedded.issuer import IssuerDouble
from api.embedded.oidc import OidcDouble
from api.embedded.payments import PaymentsDouble
from api.embedded.plan import Plan, Wishes, draw
from api.embedded.postgres import Postgres
from api.embedded.process import HOST, spawn, wait_until
from api.embedded.schema import ensure_schema, give_clock
from api.embedded.supervisor import Part, Supervisor
from api.embedded.upstream import UpstreamDouble
from api.seeding import seed_and_mint

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Asked(BaseException):
    """Somebody asked the stack to end."""


@dataclass(frozen=True, slots=True)
class Running:
    """A stack that serves; ``run`` describes it."""

    run: dict[str, Any]
    plan: Plan
    supervisor: Supervisor

    def tend(self) -> None:
        """Start again whatever has ended. To be called several times a second, from the main thread."""
        if self.supervisor.tend():
            place.remember(self.plan.data, _addresses(self.plan, self.supervisor))


def serve(wishes: Wishes, announce: Callable[[dict[str, Any]], None]) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP; ``announce`` gets its description once it serves."""
    with ended_by_signals(), running(wishes) as stack:
        announce(stack.run)
        while True:
            time.sleep(0.1)
            stack.tend()


@contextmanager
def running(wishes: Wishes, given: Mapping[str, str] = os.environ) -> Iterator[Running]:
    """The stack, from when it serves to the end of the block.

    Raises NotStarted when a part does not come up; whatever happens, nothing is left running.
    """
    with place.occupied(wishes.data), ExitStack() as closing:
        supervisor = Supervisor()
        closing.callback(_end_undisturbed, supervisor)
        plan = draw(wishes, given)
        run = _start(plan, wishes, supervisor, closing)
        place.remember(plan.data, {name: run[name] for name in run if name not in {"keys", "people"}})
        yield Running(run, plan, supervisor)


def _start(plan: Plan, wishes: Wishes, supervisor: Supervisor, closing: ExitStack) -> dict[str, Any]:
    """Bring everything up, side by side; web and worker first, since their imports take longest."""
    plan.ready_file.unlink(missing_ok=True)
    web, worker = supervisor.run(_python(plan, "web")), supervisor.run(_python(plan, "worker"))
    supervisor.run(_python(plan, "live"))
    if plan.temporal:
        temporal = supervisor.run(Part("temporal", plan.temporal.start, plan.log("temporal"), wave=1, rest=2))
    _start_doubles(plan, closing)
    if wishes.oidc:
        provider = OidcDouble(plan.ports["oidc"], plan.environ["OIDC_CLIENT_SECRET"])
        provider.start()
        closing.callback(provider.stop)
    if plan.postgres:
        _start_postgres(plan.postgres, plan.log("postgres"), supervisor)
    empty = ensure_schema(plan.database_url, plan.owner_url)
    _start_receiver(plan, closing)
    if wishes.test_clock and plan.owner_url:
        give_clock(plan.owner_url, wishes.instant)
    if plan.temporal:
        wait_until(plan.temporal.ready, temporal, "Temporal", plan.log("temporal"), 60)
    seed = wishes.seed or ("story" if plan.postgres or empty else "none")
    seeded = seed_and_mint(plan.database_url, seed)
    wait_until(lambda: _serves(plan.ports["web"]), web, "The web tier", plan.log("web"), 60)
    wait_until(plan.ready_file.exists, worker, "The worker", plan.log("worker"), 60)
    return _addresses(plan, supervisor) | seeded


def _start_doubles(plan: Plan, closing: ExitStack) -> None:
    """The mail sink and the doubles of the vendor, the payer and the issuer live in this process."""
    if plan.mail_dir:
        from api.embedded.mail import MailSink

        sink = MailSink(plan.mail_dir, plan.ports["smtp"])
        sink.start()
        closing.callback(sink.stop)
    if plan.upstream_dir:
        double = UpstreamDouble(plan.upstream_dir, plan.ports["upstream"])
        double.start()
        closing.callback(double.stop)
    if plan.payments_dir:
        payer = PaymentsDouble(plan.payments_dir, plan.ports["payments"])
        payer.start()
        closing.callback(payer.stop)
    if plan.issuer_dir:
        issuer = IssuerDouble(plan.issuer_dir, plan.ports["issuer"])
        issuer.start()
        closing.callback(issuer.stop)


def _start_receiver(plan: Plan, closing: ExitStack) -> None:
    """Takes replies, in this process: a client of the stack sends them to the address it is told."""
    from partnerflow.store.database import create_database_engine
    from workflows.incoming.receiver import Address, Listening, Receiver

    environ = plan.environ
    engine = create_database_engine(plan.database_url, pool_size=2, application="partnerflow receiver")
    closing.callback(engine.dispose)
    sent_from = environ.get("MAIL_FROM", "desk@partnerflow.invalid")
    receiver = Receiver(engine, environ["REPLY_DOMAIN"], sent_from)
    listening = Listening(receiver, Address(False, HOST, plan.ports["inbound"]))
    listening.start()
    closing.callback(listening.stop)


def _start_postgres(postgres: Postgres, log: Path, supervisor: Supervisor) -> None:
    postgres.create()
    process = supervisor.run(Part("postgres", postgres.start, log, wave=1, end_by=signal.SIGINT))
    wait_until(postgres.ready, process, "PostgreSQL", log, 60)
    postgres.ensure_roles()


def _python(plan: Plan, command: str) -> Part:
    """One of our own processes; ``-P`` keeps the caller's directory from being imported from."""

    def start(log: Path) -> subprocess.Popen[bytes]:
        return spawn((sys.executable, "-P", "-m", "api.cli", command), log, env=plan.environ)

    return Part(command, start, plan.log(command), wave=0)


def _serves(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _addresses(plan: Plan, supervisor: Supervisor) -> dict[str, Any]:
    return {
        "api": plan.origin,
        "mail_dir": str(plan.mail_dir) if plan.mail_dir else None,
        "inbound": f"smtp://{HOST}:{plan.ports['inbound']}",
        "oidc": plan.environ.get("OIDC_ISSUER"),
        "temporal": plan.environ["TEMPORAL_ADDRESS"],
        "database_url": plan.database_url,
        "owner_database_url": plan.owner_url,
        "pids": {name: supervisor.pid(name) for name in ("web", "live", "worker", "temporal", "postgres")},
    }


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Leave the block, quietly, at SIGINT, SIGTERM or SIGHUP."""
    before = {number: signal.signal(number, _ask) for number in _SIGNALS}
    try:
        yield
    except _Asked:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ask(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Asked


def _end_undisturbed(supervisor: Supervisor) -> None:
    """End the parts; a second Ctrl-C would only leave some of them behind."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    supervisor.end()
