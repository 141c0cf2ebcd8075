"""What a stack will consist of: which parts run here, which are given, and where each is found."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from api.embedded import place
from api.embedded.oidc import CLIENT
from api.embedded.postgres import Postgres
from api.embedded.process import HOST, NotStarted, free_port, listens
from api.embedded.temporal import Temporal
from migrations import plain_url
from partnerflow.store.roles import APP_ROLE, OWNER_ROLE

_PORTS: Final = (
    "web",
    "live",
    "postgres",
    "temporal",
    "smtp",
    "upstream",
    "payments",
    "oidc",
    "issuer",
    "inbound",
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `partnerflow up` was asked for. ``port`` 0: any; ``seed`` None: the database decides;
    ``payments``: with a double of a payer's system, ``oidc``: of an identity provider, ``issuer``: of a
    system that numbers credit notes."""

    data: Path
    port: int
    seed: str | None
    test_clock: bool
    instant: datetime | None
    payments: bool = False
    oidc: bool = False
    issuer: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The stack of one data directory; a part is None when an address for it was given from outside.

    ``environ`` is what web and worker are told; ``owner_url`` is None when the schema is not ours to change.
    """

    data: Path
    ports: Mapping[str, int]
    postgres: Postgres | None
    temporal: Temporal | None
    database_url: str
    owner_url: str | None
    mail_dir: Path | None
    upstream_dir: Path | None
    payments_dir: Path | None
    issuer_dir: Path | None
    environ: Mapping[str, str]

    @property
    def origin(self) -> str:
        """Where the web tier serves."""
        return f"http://{HOST}:{self.ports['web']}"

    @property
    def ready_file(self) -> Path:
        """What the worker touches when it takes work."""
        return self.data / "worker.ready"

    def log(self, name: str) -> Path:
        """Where a part writes."""
        return self.data / "logs" / f"{name}.log"


def draw(wishes: Wishes, given: Mapping[str, str] = os.environ) -> Plan:
    """Plan the stack from the wishes, the directory's memory and what the environment gives."""
    data = wishes.data
    identity = place.identity(data)
    ports = _choose_ports(wishes.port, identity["ports"])
    place.keep_ports(data, ports)
    passwords = [identity[f"{name}_password"] for name in ("superuser", "owner", "app")]
    postgres = None if "DATABASE_URL" in given else Postgres(data / "postgres", ports["postgres"], *passwords)
    temporal = None if "TEMPORAL_ADDRESS" in given else Temporal(data / "temporal.db", ports["temporal"])
    database_url = postgres.url(APP_ROLE) if postgres else plain_url(given["DATABASE_URL"])
    plan = Plan(
        data=data,
        ports=ports,
        postgres=postgres,
        temporal=temporal,
        database_url=database_url,
        owner_url=postgres.url(OWNER_ROLE) if postgres else given.get("MIGRATION_DATABASE_URL"),
        mail_dir=None if "SMTP_URL" in given else data / "mail",
        upstream_dir=None if "UPSTREAM_URL" in given else data / "upstream",
        payments_dir=data / "payments" if wishes.payments and "PAYMENTS_URL" not in given else None,
        issuer_dir=data / "issuer" if wishes.issuer and "ISSUER_URL" not in given else None,
        environ={},
    )
    return _with_environment(plan, _trying_out(given, plan, wishes), identity["secret_key"])


def _with_environment(plan: Plan, given: Mapping[str, str], secret_key: str) -> Plan:
    ours = {
        "DATABASE_URL": plan.database_url,
        "TEMPORAL_ADDRESS": plan.temporal.address if plan.temporal else given["TEMPORAL_ADDRESS"],
        "WEB_HOST": HOST,
        "WEB_PORT": str(plan.ports["web"]),
        "LIVE_PORT": str(plan.ports["live"]),
        "WORKER_READY_FILE": str(plan.ready_file),
    }
    unless_given = {
        "SECRET_KEY": secret_key,
        "BASE_URL": plan.origin,
        "LIVE_URL": f"http://{HOST}:{plan.ports['live']}",
        "SMTP_URL": f"smtp://{HOST}:{plan.ports['smtp']}",
        "UPSTREAM_URL": f"http://{HOST}:{plan.ports['upstream']}",
        **({"PAYMENTS_URL": f"http://{HOST}:{plan.ports['payments']}"} if plan.payments_dir else {}),
        **({"ISSUER_URL": f"http://{HOST}:{plan.ports['issuer']}"} if plan.issuer_dir else {}),
        "REPLY_DOMAIN": "reply.partnerflow.invalid",
        "WEB_WORKERS": "1",  # a second process would double what a start costs on a small machine
    }
    inherited = {name: value for name, value in given.items() if name != "MIGRATION_DATABASE_URL"}
    return replace(plan, environ=unless_given | inherited | ours)


def _trying_out(given: Mapping[str, str], plan: Plan, wishes: Wishes) -> Mapping[str, str]:
    """What is given, with the double of a provider where it was wished for."""
    if not wishes.oidc:
        return given
    issuer = f"http://{HOST}:{plan.ports['oidc']}"
    ours = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": secrets.token_urlsafe(24)}
    return dict(given) | ours


def _choose_ports(web: int, remembered: Mapping[str, int]) -> dict[str, int]:
    if web and listens(web):
        raise NotStarted(f"Port {web} is in use; give another --port, or 0 for any.")
    chosen = {"web": web} if web else {}
    for name in _PORTS:
        port = chosen.get(name) or free_port(remembered.get(name))
        while port in {chosen[other] for other in chosen if other != name}:
            port = free_port()
        chosen[name] = port
    return chosen
