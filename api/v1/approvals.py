"""Approvals: the inbox, one step as it is shown, and deciding it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response

from api.auth import reader, session
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import cases as bodies
from api.schemas import deciding, queries
from api.schemas.shown import approval as shown
from api.v1.answers import answer, decide, encode, page, place, quoted
from api.v1.case_actions import need_version
from api.v1.cases import need_currency
from api.v1.precedents import beside
from api.v1.sight import own_sight, seen_case
from partnerflow import desk, people
from partnerflow.cases import responsibility
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case, Step, StepStatus
from partnerflow.people import Directory
from partnerflow.store import listing
from partnerflow.store.codec import instant
from partnerflow.store.directory import snapshot

group = Group("approvals", "Steps that wait for a decision: the inbox by due instant.")
READ, WRITE = "approvals:read", "approvals:write"
STATES = {"pending": ("pending",), "decided": ("approved", "declined"), "void": ("void",)}


@group.route(
    "GET",
    "/v1/approvals",
    query=queries.ApprovalList,
    answers={200: "A page of approvals by due instant; mine=true: those this person may decide."},
    scope=READ,
)
def list_approvals() -> Response:
    """List approvals."""
    asked = read_query(queries.ApprovalList())
    mark = place("approvals", asked["cursor"])
    if not reader().staff:
        return page([], asked["limit"], dict, list, "approvals")
    after = listing.Place(instant(mark[0]), mark[1]) if mark else None
    at, known = listing.now(session())
    directory = snapshot(session(), known).directory
    status = asked["status"] or ("pending" if asked["mine"] else None)
    rows = listing.list_approvals(
        session(),
        listing.Sight(reader().person) if asked["mine"] else own_sight(),
        after,
        asked["limit"],
        status=STATES[status] if status else None,
        deciders=candidates(directory, at) if asked["mine"] else None,
    )
    inbox = Inbox(directory, at, mine=asked["mine"])
    return page(
        rows,
        asked["limit"],
        lambda row: inbox.show(row[1], row[0]),
        lambda row: [row[2], row[0]],
        "approvals",
    )


@dataclass(frozen=True, slots=True)
class Inbox:
    """One reading of the inbox; ``mine``: only what this person may decide, or decided."""

    directory: Directory
    at: datetime
    mine: bool

    def show(self, case: Case, step_id: str) -> dict[str, Any] | None:
        step = shown.find(case, step_id)
        if step is None or (self.mine and not self._mine(case, step)):
            return None
        return shown.summary(case, step, self.directory, self.at, reader())

    def _mine(self, case: Case, step: Step) -> bool:
        person = reader().person
        if step.status is StepStatus.PENDING:
            return responsibility.awaits(case, step, person, self.directory, self.at)
        return any(person in holder.persons for holder in step.holders)


def candidates(directory: Directory, at: datetime) -> list[str]:
    """Oneself, and whomever one may stand in for: the absent, and who reports to one and may have lost a role."""
    me = reader().person
    others = (p for p in directory.people.values() if not p.present(at) or _reports_to(directory, p.id, me))
    return [me, *(p.id for p in others if p.id != me)]


def _reports_to(directory: Directory, person: str, me: str) -> bool:
    return any(manager.id == me for manager in people.managers(directory, person))


@group.route(
    "GET", "/v1/approvals/<step>", answers={200: "The step as it is shown to its deciders."}, scope=READ
)
def read_approval(step: str) -> Response:
    """Read one step, with the version that a decision binds."""
    case, view, at = seen_case(case_of(step))
    found = shown.find(case, step)
    if found is None:
        raise Problem("not-found", "There is no such approval.")
    if not reader().staff:
        raise Problem("forbidden", "Only those who work on cases may read this.")
    body = shown.approval(case, found, view, at, reader()) | {"precedents": beside(case, view, at)}
    return answer(body, etag=quoted(version(case, found)))


@group.route(
    "POST",
    "/v1/approvals/<step>/decision",
    body=deciding.DecisionBody,
    answers={200: "The approval as it stands now."},
    scope=WRITE,
    keyed=True,
    matched=True,
)
def decide_approval(step: str) -> Response:
    """Decide a step: approve, approve in part, decline, ask the partner, pass it on or redirect it."""
    key, sent = idempotency_key(), read_body(deciding.DecisionBody())
    ref = case_of(step)
    stated = need_version(ref)
    need_currency(bodies.amounts(sent), case=ref)

    def told(decided: desk.Decided) -> desk.Answer:
        case = decided.case
        found = shown.find(case, step) if case else None
        assert case is not None
        assert found is not None
        body = encode(shown.approval(case, found, decided.view, decided.at, reader()))
        return desk.Answer(200, body, quoted(version(case, found)))

    return decide(deciding.decision(step, sent, stated), f"case/{ref}", key, told)


def case_of(step: str) -> str:
    """The case of a step's id, ``<case>-<round>-<place>``."""
    return step.rsplit("-", 2)[0]
