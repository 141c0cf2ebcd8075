"""Organisations: read by their own people, set up by admins; with the history of their directory."""

from typing import Any

from flask import Response

from api.auth import session
from api.errors import Problem
from api.openapi import Group
from api.requests import idempotency_key, read_body, read_query
from api.schemas import directory as bodies
from api.schemas import queries
from api.schemas.shown import directory as shown
from api.schemas.shown.plain import instant
from api.v1.answers import answer, decide, page, place
from api.v1.directory import READ, WRITE, known, minor, own, persons, row, seen, told
from api.v1.people import person_row
from api.v1.sight import need_admin
from partnerflow.directory.commands import AddOrganisation, ChangeOrganisation
from partnerflow.directory.rows import OrganisationRow
from partnerflow.money import DECIMALS
from partnerflow.store import directory_listing, listing_parts
from partnerflow.store.listing_parts import Happened

group = Group("organisations", "Who takes part: vendors, distributors, resellers.")


@group.route(
    "GET",
    "/v1/organisations",
    query=bodies.OrganisationList,
    answers={200: "A page of organisations, by code."},
    scope=READ,
)
def list_organisations() -> Response:
    """List organisations: partners see their own."""
    asked = read_query(bodies.OrganisationList())
    mark = place("organisations", asked["cursor"])
    rows = directory_listing.list_organisations(
        session(), own(), mark[0] if mark else None, asked["limit"], kind=asked["kind"]
    )
    now = seen()
    return page(
        rows,
        asked["limit"],
        lambda each: shown.organisation(each, now),
        lambda each: [each.code],
        "organisations",
    )


@group.route("GET", "/v1/organisations/<code>", answers={200: "The organisation."}, scope=READ)
def read_organisation(code: str) -> Response:
    """Read an organisation."""
    return answer(shown.organisation(row(OrganisationRow, code, "organisation")[0], seen()))


@group.route(
    "GET",
    "/v1/organisations/<code>/history",
    query=queries.Page,
    answers={200: "Every change of its directory, in order: who, when, and the row as it stood then."},
    scope=READ,
)
def read_history(code: str) -> Response:
    """Read what was changed in an organisation's directory; for admins."""
    asked = read_query(queries.Page())
    row(OrganisationRow, code, "organisation")
    need_admin()
    name = f"directory {code}"
    mark = place(name, asked["cursor"])
    rows = listing_parts.history(session(), f"organisation/{code}", mark[0] if mark else 0, asked["limit"])
    return page(rows, asked["limit"], _happened, lambda each: [each.seq], name)


def _happened(each: Happened) -> dict[str, Any]:
    subject = each.kind.partition(".")[2].removesuffix("_set")
    return {
        "seq": each.seq,
        "at": instant(each.at),
        "actor": each.actor,
        "subject": subject,
        "what": each.data["what"],
        "row": each.data["row"],
    }


@group.route(
    "POST",
    "/v1/organisations",
    body=bodies.OrganisationBody,
    answers={201: "The organisation, with its first person."},
    scope=WRITE,
    keyed=True,
)
def add_organisation() -> Response:
    """Add an organisation and who answers for it."""
    key, sent = idempotency_key(), read_body(bodies.OrganisationBody())
    if sent["currency"] not in DECIMALS:
        raise Problem("invalid-currency", "Name an ISO 4217 currency, such as GBP.")
    first, directory = sent.pop("first"), known()
    limit = minor(first.pop("authority_limit", None), directory)
    made = person_row(first | {"organisation": sent["code"], "manager": None, "team": None}, limit)
    sent["address"] = tuple(sent["address"])
    return decide(AddOrganisation(OrganisationRow(**sent), made), f"organisation/{sent['code']}", key, told)


@group.route(
    "POST",
    "/v1/organisations/<code>/actions/change",
    body=bodies.OrganisationChange,
    answers={200: "The organisation as it is now."},
    scope=WRITE,
    keyed=True,
)
def change_organisation(code: str) -> Response:
    """Change what is sent."""
    key, sent = idempotency_key(), read_body(bodies.OrganisationChange())
    row(OrganisationRow, code, "organisation")
    directory = known()
    if "fallbacks" in sent:
        named = [
            persons({"fallbacks": each}, directory, "fallbacks")["fallbacks"] for each in sent["fallbacks"]
        ]
        sent["fallbacks"] = tuple(dict.fromkeys(named))
    if "address" in sent:
        sent["address"] = tuple(sent["address"])
    return decide(ChangeOrganisation(sent), f"organisation/{code}", key, told)
