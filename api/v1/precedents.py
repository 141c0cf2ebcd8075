"""Precedents of a case: similar ones and how they were decided."""

from datetime import datetime
from typing import Any, Final

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import read_query
from api.schemas.agreement import PrecedentList
from api.schemas.shown.precedents import precedent
from api.v1.answers import answer
from api.v1.sight import seen_case
from partnerflow.cases.model import Case
from partnerflow.cases.view import View
from partnerflow.store import precedents as store

group = Group("precedents", "Similar cases and how they were decided.")
BESIDE: Final = 5
"""How many an approval and a case show beside themselves."""


@group.route(
    "GET",
    "/v1/cases/<ref>/precedents",
    query=PrecedentList,
    answers={200: "The most similar first; a partner reads its own cases alone."},
    scope="cases:read",
)
def read_precedents(ref: str) -> Response:
    """Read what was decided in similar cases."""
    asked = read_query(PrecedentList())
    found, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with what was granted.")
    return answer({"items": beside(found, view, at, asked["limit"]), "next_cursor": None})


def beside(case: Case, view: View, at: datetime, limit: int = BESIDE) -> list[dict[str, Any]]:
    """In one statement; staff see those of their region, a partner its own."""
    who = reader()
    own = None if who.operator else (who.kind, who.organisation)
    sight = who.sight(view.directory)
    rows = store.precedents(session(), case, view, sight, own, limit)
    return [precedent(row, at) for row in rows]
