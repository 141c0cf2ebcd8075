"""How it came about: a clock's due instant day by day, and the decision with its rules, route and people."""

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.portal.cases import room
from api.portal.page import page
from api.schemas.shown import clocks as shown
from api.schemas.shown import explanation
from api.v1.clocks import explained
from api.v1.sight import seen_case
from partnerflow.store import case_history


@room.get("/cases/<ref>/clocks/<name>")
def clock(ref: str, name: str) -> Response:
    """A clock's arithmetic: whose working time, how much of it, what counted on which day, and where it stood still."""
    found, directory = explained(ref, name)
    told = next(found, None)
    if told is None:
        raise Problem("not-found", "The case has no such clock.")
    others = [each.clock.name for each in explained(ref)[0]]
    return page("cases/clock.html", ref=ref, clock=shown.whole(told, directory), others=others)


@room.get("/cases/<ref>/explanation")
def explain(ref: str) -> Response:
    """Which rule, version and inputs, which route, and why these people."""
    found, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with amounts and decisions.")
    history = case_history.history(session(), ref, case_history.DECIDING)
    told = explanation.explanation(found, view, history, reader(), at)
    return page("cases/explanation.html", ref=ref, told=told)
