"""Who handles what, by name, before any case exists."""

from typing import Final

from flask import Blueprint, Response

from api.portal import catalogue, words
from api.portal.me import need_me
from api.portal.page import page
from api.requests import read_query
from api.schemas import queries
from api.v1.contacts import responsible_people

room = Blueprint("contacts", __name__)

TOPIC_WORDS: Final = {
    "case": words.marked("A wrong order"),
    "licensing": words.marked("Licences and keys"),
    "approval": words.marked("Decisions and exceptions"),
    "finance": words.marked("Credit notes and money"),
    "distributor": words.marked("The distributor's desk"),
}


@room.get("/contacts")
def contacts() -> Response:
    """ "Who handles licences in France?": country and tier are the reader's own unless they say otherwise."""
    asked, who = read_query(queries.ContactFinder()), need_me()
    names = catalogue.dates().territories
    covered = {row.country for row in who.directory.coverage if row.country}
    homes = {each.country for each in who.directory.organisations.values()} | covered
    families = sorted({row.family for row in who.directory.coverage if row.family})
    return page(
        "contacts/finder.html",
        asked=asked,
        found=responsible_people(asked),
        topics=TOPIC_WORDS,
        countries=sorted(((code, names.get(code, code)) for code in homes), key=lambda each: each[1]),
        families=families,
        country=names.get(asked["country"] or who.organisation.country),
    )
