"""Whether it lives, whether it can serve, and its numbers."""

from dataclasses import asdict, dataclass
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy.exc import SQLAlchemyError

import migrations
from api.auth import engine, session
from api.v1.answers import answer
from api.v1.sight import need_admin
from partnerflow.store import signs
from partnerflow.store.listing_keys import nobody
from partnerflow.store.listing_parts import Health, health

blueprint = Blueprint("health", __name__)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one process; the lags are read when asked."""

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    wake_lag: Gauge
    message_lag: Gauge
    parked: Gauge
    signs: Gauge
    round_age: Gauge
    round_found: Gauge
    quarantined: Gauge
    undeliverable: Gauge


def register_health(app: Flask) -> None:
    registry = CollectorRegistry()
    app.extensions["numbers"] = Numbers(
        registry,
        Counter(
            "partnerflow_requests", "Answers by route and status", ["route", "status"], registry=registry
        ),
        Histogram("partnerflow_request_seconds", "Time to answer by route", ["route"], registry=registry),
        Gauge("partnerflow_wake_lag_seconds", "How long the oldest wake waits", registry=registry),
        Gauge(
            "partnerflow_message_lag_seconds", "How long the oldest unsent message waits", registry=registry
        ),
        Gauge("partnerflow_parked_messages", "Messages that wait for a person", registry=registry),
        Gauge("partnerflow_signs", "What waits or failed, by kind", ["sign"], registry=registry),
        Gauge(
            "partnerflow_round_age_seconds",
            "Since the house last looked, by round",
            ["round"],
            registry=registry,
        ),
        Gauge("partnerflow_round_found", "Faults it found then, by round", ["round"], registry=registry),
        Gauge("partnerflow_quarantined_mails", "Mails that came in and wait for a person", registry=registry),
        Gauge(
            "partnerflow_undeliverable_people", "People whose address mails come back from", registry=registry
        ),
    )
    app.register_blueprint(blueprint)
    app.before_request(_start)
    app.after_request(_count)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers, and its schema is not older than the code."""
    try:
        with nobody(engine()) as opened:
            found = health(opened)
    except SQLAlchemyError:
        return answer({"status": "unavailable", "database": "away"}, 503)
    old = found.schema < migrations.head()
    body = {
        "status": "unavailable" if old else "ok",
        "database": "ok",
        "schema": "older than the code" if old else "ok",
        "outbox_lag_seconds": round(max(found.wake_lag, found.message_lag), 3),
    }
    return answer(body, 503 if old else 200)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Numbers for Prometheus; it signs in with an admin's key."""
    need_admin()
    numbers, found = _numbers(), health(session())
    _set(numbers, found)
    _set_signs(numbers)
    return Response(generate_latest(numbers.registry), 200, content_type=CONTENT_TYPE_LATEST)


def _set(numbers: Numbers, found: Health) -> None:
    numbers.wake_lag.set(found.wake_lag)
    numbers.message_lag.set(found.message_lag)
    numbers.parked.set(found.parked)
    numbers.quarantined.set(found.quarantined)
    numbers.undeliverable.set(found.undeliverable)


def _set_signs(numbers: Numbers) -> None:
    for name, count in asdict(signs.signs(session())).items():
        numbers.signs.labels(name).set(count)
    for round_ in signs.rounds(session()).values():
        numbers.round_age.labels(round_.name).set(round_.age)
        numbers.round_found.labels(round_.name).set(round_.found)


def _numbers() -> Numbers:
    return cast(Numbers, current_app.extensions["numbers"])


def _start() -> None:
    from time import perf_counter

    g.started = perf_counter()


def _count(made: Response) -> Any:
    from time import perf_counter

    route = str(request.url_rule) if request.url_rule else "none"
    _numbers().requests.labels(route, str(made.status_code)).inc()
    if "started" in g:
        _numbers().seconds.labels(route).observe(perf_counter() - g.started)
    return made
