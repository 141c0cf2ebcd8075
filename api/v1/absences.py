"""Absences: one's own by everybody, others' by their managers and by admins. Each holds from its instant."""

from typing import Any

from flask import Response

from api.auth import session
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import directory as bodies
from api.schemas.shown import directory as shown
from api.v1.answers import answer, decide, page, place
from api.v1.directory import READ, WRITE, known, organisation_of, own, persons, row, seen, told, whom
from partnerflow.directory.commands import ChangeAbsence, EndAbsence, RecordAbsence
from partnerflow.directory.rows import AbsenceRow
from partnerflow.store import directory_listing
from partnerflow.store.codec import instant

group = Group("absences", "Who is away from when to when, and who stands in.")


@group.route(
    "GET",
    "/v1/absences",
    query=bodies.AbsenceList,
    answers={200: "A page of absences, by beginning."},
    scope=READ,
)
def list_absences() -> Response:
    """List absences that are or are to come; with over=true those that have ended too."""
    asked = read_query(bodies.AbsenceList())
    mark = place("absences", asked["cursor"])
    now = seen()
    person = organisation_of(asked["person"], now.directory)[0] if asked["person"] else None
    after = (instant(mark[0]), int(mark[1])) if mark else None
    rows = directory_listing.list_absences(
        session(), own(asked["organisation"]), after, asked["limit"], person=person, over=asked["over"]
    )
    return page(
        rows,
        asked["limit"],
        lambda each: shown.absence(each, now),
        lambda each: [each.since, each.id],
        "absences",
    )


@group.route("GET", "/v1/absences/<absence>", answers={200: "The absence."}, scope=READ)
def read_absence(absence: str) -> Response:
    """Read an absence."""
    return answer(shown.absence(row(AbsenceRow, absence, "absence")[0], seen()))


@group.route(
    "POST",
    "/v1/absences",
    body=bodies.AbsenceBody,
    answers={201: "The absence; from its beginning the delegate stands in."},
    scope=WRITE,
    keyed=True,
)
def record_absence() -> Response:
    """Record an absence."""
    key, sent = idempotency_key(), read_body(bodies.AbsenceBody())
    directory = known()
    person, code = whom(sent["person"], directory, "/person")
    sent = persons(sent, directory, "delegate")
    command = RecordAbsence(person, sent["since"], sent["until"], sent["delegate"], sent["note"])
    return decide(command, f"organisation/{code}", key, told)


@group.route(
    "POST",
    "/v1/absences/<absence>/actions/change",
    body=bodies.AbsenceChange,
    answers={200: "The absence as it is now."},
    scope=WRITE,
    keyed=True,
)
def change_absence(absence: str) -> Response:
    """Change what is sent."""
    key, sent = idempotency_key(), read_body(bodies.AbsenceChange())
    found, code = row(AbsenceRow, absence, "absence")
    changes: dict[str, Any] = persons(sent, known(), "delegate")
    return decide(ChangeAbsence(found.id, changes), f"organisation/{code}", key, told)


@group.route(
    "POST",
    "/v1/absences/<absence>/actions/end",
    body=bodies.EndBody,
    answers={200: "The absence, ended; one that had not begun is cancelled."},
    scope=WRITE,
    keyed=True,
)
def end_absence(absence: str) -> Response:
    """End an absence, now or at an instant."""
    key, sent = idempotency_key(), read_body(bodies.EndBody(), optional=True)
    found, code = row(AbsenceRow, absence, "absence")
    return decide(EndAbsence(found.id, sent.get("at")), f"organisation/{code}", key, told)
