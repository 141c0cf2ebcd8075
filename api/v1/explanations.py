"""Why a case was decided as it was: which rule, version and inputs, which route, and why these people."""

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.schemas.shown import explanation as shown
from api.v1.answers import answer
from api.v1.sight import seen_case
from partnerflow.store import case_history

group = Group("explanations", "Every decision, explained from what was recorded when it was made.")


@group.route(
    "GET", "/v1/cases/<ref>/explanation", answers={200: "Rule, version and inputs."}, scope="cases:read"
)
def explain_case(ref: str) -> Response:
    """Explain a case: verdict, route, deciders, decisions and rungs."""
    case, view, at = seen_case(ref)
    if reader().admin_only:
        raise Problem("forbidden", "An admin has no business with amounts and decisions.")
    history = case_history.history(session(), ref, case_history.DECIDING)
    return answer(shown.explanation(case, view, history, reader(), at))
