"""Policy as data: versions drafted by one person, tried on the cases of the last quarter, published by another."""

from typing import Any

from flask import Response

from api.auth import engine, own_reading, reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import policies as bodies
from api.schemas import queries
from api.schemas.shown import policy as shown
from api.schemas.shown.simulation import simulation
from api.v1.answers import answer, decide, encode, page, place
from partnerflow import desk
from partnerflow.desk import policies as room
from partnerflow.policy import versions
from partnerflow.policy.commands import DraftPolicy
from partnerflow.refusals import Refused
from partnerflow.store import policy_versions
from partnerflow.store.directory import snapshot
from partnerflow.store.simulation import simulate

group = Group("policies", "What an operator decides once, as data: versions, simulation, publication.")
READ, WRITE = "policies:read", "policies:write"


def told(ruled: desk.Ruled) -> desk.Answer:
    found = ruled.version
    body = encode(shown.version(found, ruled.at, ruled.in_force, ruled.directory))
    return desk.Answer(201 if ruled.created else 200, body, None, f"/v1/policies/{found.version}")


@group.route(
    "GET",
    "/v1/policies",
    query=bodies.PolicyList,
    answers={200: "A page of versions, newest first, without their documents."},
    scope=READ,
)
def list_policies() -> Response:
    """List policy versions."""
    asked = read_query(bodies.PolicyList())
    if not reader().operator:
        raise Problem("forbidden", "Policies are the operator's own.")
    mark = place("policies", asked["cursor"])
    before = int(mark[0]) if mark else None
    rows = policy_versions.listed(session(), before, asked["limit"] + 1)
    now, in_force = policy_versions.now(session())
    directory = snapshot(session()).directory
    return page(
        rows,
        asked["limit"],
        lambda row: shown.version(row, now, in_force, directory),
        lambda row: [row.version],
        "policies",
    )


@group.route(
    "GET", "/v1/policies/current", answers={200: "The version in force, with its document."}, scope=READ
)
def read_current_policy() -> Response:
    """Read the policy in force."""
    _need_operator()
    _, in_force = policy_versions.now(session())
    return answer(_whole(in_force))


@group.route(
    "GET",
    "/v1/policies/<version>",
    answers={200: "A version, with its document and its source as it was written."},
    scope=READ,
)
def read_policy(version: str) -> Response:
    """Read a policy version."""
    _need_operator()
    return answer(_whole(number(version)))


def _whole(version: int) -> dict[str, Any]:
    found = policy_versions.read(session(), version)
    if found is None:
        raise _no_such()
    now, in_force = policy_versions.now(session())
    document, source = policy_versions.written(session(), version)
    head = shown.version(found, now, in_force, snapshot(session()).directory)
    return head | {"document": document, "source": source}


def _need_operator() -> None:
    """To everybody else there is no such thing."""
    if not reader().operator:
        raise _no_such()


def _no_such() -> Problem:
    return Problem("not-found", "There is no such policy version.")


def number(text: str) -> int:
    """A version's number as it stands in an address."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _no_such()
    return int(text)


@group.route(
    "POST",
    "/v1/policies",
    body=bodies.DraftBody,
    query=queries.DryRun,
    answers={201: "The draft, a new version.", 200: "A dry run: nothing is wrong with it."},
    scope=WRITE,
    keyed=True,
)
def post_policy() -> Response:
    """Draft a policy; every fault is told with its line and column. With dry_run=true it is validated only."""
    dry = read_query(queries.DryRun())["dry_run"]
    key = "" if dry else idempotency_key()
    command = bodies.draft(read_body(bodies.DraftBody()))
    return _validate(command) if dry else decide(command, "policy/new", key, told)


def _validate(command: DraftPolicy) -> Response:
    with own_reading() as opened:
        directory = snapshot(opened).directory
    if not versions.may_propose(reader().actor, directory):
        raise Refused("forbidden", "Channel managers and finance draft policies.")
    checked = room.judged(command, directory)
    if checked.policy is None:
        raise room.faulty(checked.faults, "/document" if command.source is None else "/source")
    return answer({"valid": True, "name": checked.policy.name, "document": checked.document})


@group.route(
    "POST",
    "/v1/policies/<version>/actions/publish",
    body=bodies.PublishBody,
    answers={200: "The version, in force from its instant on."},
    scope=WRITE,
    keyed=True,
)
def publish_policy(version: str) -> Response:
    """Publish a draft that another person wrote; with move_clocks the clocks of open cases follow it."""
    key = idempotency_key()
    command = bodies.publication(read_body(bodies.PublishBody(), optional=True))
    return decide(command, f"policy/{number(version)}", key, told)


@group.route(
    "POST",
    "/v1/policies/<version>/actions/simulate",
    body=bodies.SimulateBody,
    answers={200: "What it would have changed of the cases opened in the last days, in numbers and by case."},
    scope=READ,
)
def simulate_policy(version: str) -> Response:
    """Try a version on the cases of the last quarter; records nothing."""
    days = read_body(bodies.SimulateBody(), optional=True).get("days", bodies.DAYS)
    _need_operator()
    with own_reading() as opened:
        directory = snapshot(opened).directory
        if policy_versions.read(opened, number(version)) is None:
            raise _no_such()
        if not versions.may_simulate(reader().actor, directory):
            raise Refused("forbidden", "Who drafts or publishes policies tries them.")
        policy = policy_versions.policy(opened, number(version))
    return answer(simulation(simulate(engine(), policy, days), policy.version, days, directory))
