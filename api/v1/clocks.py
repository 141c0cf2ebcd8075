"""The clocks of a case, each with its arithmetic, for everybody who may read the case."""

from collections.abc import Iterator

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.schemas.shown import clocks as shown
from api.v1.answers import answer
from api.v1.sight import seen_case
from partnerflow.cases import clock_explanation
from partnerflow.cases.clock_explanation import Explained
from partnerflow.people import Directory
from partnerflow.store import case_history

group = Group("clocks", "Every deadline of a case, and how it comes about.")
READ = "cases:read"


@group.route("GET", "/v1/cases/<ref>/clocks", answers={200: "Its clocks, as they started."}, scope=READ)
def list_clocks(ref: str) -> Response:
    """List a case's clocks."""
    found, directory = explained(ref)
    return answer({"items": [shown.summary(each, directory) for each in found], "next_cursor": None})


@group.route(
    "GET", "/v1/cases/<ref>/clocks/<name>", answers={200: "The clock and its arithmetic."}, scope=READ
)
def read_clock(ref: str, name: str) -> Response:
    """Explain a clock: allowance, calendar, pauses, and what counted day by day."""
    found, directory = explained(ref, name)
    told = next(found, None)
    if told is None:
        raise Problem("not-found", "The case has no such clock.")
    return answer(shown.whole(told, directory))


def explained(ref: str, name: str | None = None) -> tuple[Iterator[Explained], Directory]:
    """The case's clocks, or the one of that name, with their arithmetic; Problem where the reader may not."""
    case, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with what was said on a case.")
    policy, directory = view.policy, view.directory
    history = case_history.history(session(), ref, case_history.PAUSING)
    wanted = (
        clock for clock in clock_explanation.known(case, policy, directory) if name in (None, clock.name)
    )
    told = (clock_explanation.explain(each, case, history, policy, directory, at) for each in wanted)
    return told, directory
