"""Coverage: who has which role for which country, family and tier; and the gaps in it. The operator's own."""

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.answers import answer, decide, page, place
from api.v1.directory import READ, WRITE, known, organisation_of, persons, row, seen, told, whom
from partnerflow.directory.commands import AddCoverage, ChangeCoverage, RemoveCoverage
from partnerflow.directory.gaps import gaps
from partnerflow.directory.rows import CoverageRow
from partnerflow.store import directory_listing, listing
from partnerflow.store.directory import snapshot

group = Group("coverage", "Who covers what; without a row the fallback person answers.")


def _need_operator() -> None:
    if not reader().operator:
        raise Problem("forbidden", "Coverage is the operator's own; /v1/contacts says who is responsible.")


@group.route(
    "GET",
    "/v1/coverage",
    query=bodies.CoverageList,
    answers={
        200: "A page of rows; with gaps=true the combinations in use that nobody, or only the fallback, covers."
    },
    scope=READ,
)
def list_coverage() -> Response:
    """List who covers what, or what nobody covers."""
    asked = read_query(bodies.CoverageList())
    _need_operator()
    if asked["gaps"]:
        return _gaps(asked["role"])
    now = seen()
    mark = place("coverage", asked["cursor"])
    person = organisation_of(asked["person"], now.directory)[0] if asked["person"] else None
    rows = directory_listing.list_coverage(
        session(), int(mark[0]) if mark else None, asked["limit"], role=asked["role"], person=person
    )
    return page(
        rows, asked["limit"], lambda each: shown.coverage(each, now), lambda each: [each.id], "coverage"
    )


def _gaps(role: str | None) -> Response:
    at, version = listing.now(session())
    snap = snapshot(session(), version)
    families = sorted({product.family for product in snap.products.values()})
    found = [g for g in gaps(snap.directory, families, at) if role in (None, g.role.value)]
    return answer({"items": [shown.gap(each, snap.directory) for each in found], "next_cursor": None})


@group.route("GET", "/v1/coverage/<coverage>", answers={200: "The row."}, scope=READ)
def read_coverage(coverage: str) -> Response:
    """Read a row of the coverage."""
    _need_operator()
    return answer(shown.coverage(row(CoverageRow, coverage, "row of the coverage")[0], seen()))


@group.route(
    "POST", "/v1/coverage", body=bodies.CoverageBody, answers={201: "The row."}, scope=WRITE, keyed=True
)
def add_coverage() -> Response:
    """Add a row."""
    key, sent = idempotency_key(), read_body(bodies.CoverageBody())
    person, code = whom(sent["person"], known(), "/person")
    return decide(
        AddCoverage(CoverageRow(id=0, **sent | {"person": person})), f"organisation/{code}", key, told
    )


@group.route(
    "POST",
    "/v1/coverage/<coverage>/actions/change",
    body=bodies.CoverageChange,
    answers={200: "The row as it is now."},
    scope=WRITE,
    keyed=True,
)
def change_coverage(coverage: str) -> Response:
    """Change what is sent."""
    key, sent = idempotency_key(), read_body(bodies.CoverageChange())
    found, code = row(CoverageRow, coverage, "row of the coverage")
    changes = persons(sent, known(), "person")
    return decide(ChangeCoverage(found.id, changes), f"organisation/{code}", key, told)


@group.route(
    "POST",
    "/v1/coverage/<coverage>/actions/remove",
    body=bodies.Empty,
    answers={200: "The row as it was."},
    scope=WRITE,
    keyed=True,
)
def remove_coverage(coverage: str) -> Response:
    """Take a row out."""
    key, _ = idempotency_key(), read_body(bodies.Empty(), optional=True)
    found, code = row(CoverageRow, coverage, "row of the coverage")
    return decide(RemoveCoverage(found.id), f"organisation/{code}", key, told)
