"""Who is responsible, by name, before any case exists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import Response

from api.auth import reader, session
from api.openapi import Group
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown.people import contact
from api.v1.answers import answer
from partnerflow import people
from partnerflow.cases.contact import contact as named
from partnerflow.people import Directory, Person, Role, Scope
from partnerflow.store import listing
from partnerflow.store.directory import snapshot

group = Group("contacts", "Named people, their hours, and who covers.")

TOPICS: Final = {
    "case": Role.CASE_MANAGER,
    "licensing": Role.LICENSING,
    "approval": Role.CHANNEL_MANAGER,
    "finance": Role.FINANCE,
    "distributor": Role.DESK,
}


@group.route(
    "GET",
    "/v1/contacts",
    query=queries.ContactFinder,
    answers={200: "Who is responsible; country and tier are the reader's own unless they say otherwise."},
)
def find_contacts() -> Response:
    """Find who is responsible."""
    return answer({"items": responsible_people(read_query(queries.ContactFinder())), "next_cursor": None})


def responsible_people(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each topic that was asked for (all without one) the person by coverage, and who is accountable for them."""
    at, known = listing.now(session())
    directory = snapshot(session(), known).directory
    own = directory.organisations[reader().organisation]
    scope = Scope(asked["country"] or own.country, asked["family"], own.tier)
    topics = [asked["topic"]] if asked["topic"] else list(queries.TOPICS)
    return [found for topic in topics if (found := _topic(topic, scope, directory, at))]


def _topic(topic: str, scope: Scope, directory: Directory, at: datetime) -> dict[str, Any] | None:
    role = TOPICS[topic]
    who = _responsible(role, scope, directory, at)
    if who is None:
        return None
    above = people.accountable(directory, who.id, at)
    return {
        "topic": topic,
        "role": role.value,
        "contact": contact(named(who, directory, at)),
        "accountable_manager": contact(named(above, directory, at)) if above else None,
    }


def _responsible(role: Role, scope: Scope, directory: Directory, at: datetime) -> Person | None:
    """By coverage; a desk is that of the reader's own organisation if it has one."""
    if role is Role.DESK:
        desks = people.all_covering(directory, role, scope, at)
        own = next((p for p in desks if p.organisation == reader().organisation), None)
        return own or next(iter(desks), None)
    found = people.covering(directory, role, scope, at)
    return found or people.fallback(directory, directory.operator.code, at)
