"""Team load: who has how much, what of it waits for them and is overdue, and who is away."""

from dataclasses import dataclass

from flask import Blueprint, Response

from api.auth import STAFF
from api.portal.board.openings import Open, need_staff, open_cases, team_of
from api.portal.me import Me
from api.portal.page import page
from api.portal.words import marked as _
from api.requests import read_query
from api.schemas.fields import Query
from api.schemas.queries import Word
from partnerflow.people import Person, stand_in
from partnerflow.store.listing import CaseFilter

room = Blueprint("team", __name__)

VIEWS = {"team": _("My team"), "all": _("Everybody")}


class Team(Query):
    view = Word(tuple(VIEWS), load_default="all")


@dataclass(frozen=True, slots=True)
class Load:
    """Of one person, now: open cases they own, steps that wait for them, and how many of either are overdue.
    ``stands_in`` is who has the work of an absent one."""

    person: Person
    owned: int
    steps: int
    overdue: int
    present: bool
    stands_in: str | None


@room.get("/team")
def team() -> Response:
    """Everybody who works on cases, those with the most first."""
    who, asked = need_staff(), read_query(Team())
    found, more = open_cases(CaseFilter(open=True))
    mine = team_of(who)
    loads = [
        _load(person, found, who)
        for person in who.directory.of(who.directory.operator.code)
        if person.roles & STAFF and not person.gone(who.at) and (asked["view"] == "all" or person.id in mine)
    ]
    loads.sort(key=lambda load: (-load.owned - load.steps, load.person.name))
    most = max((max(load.owned, load.steps) for load in loads), default=0)
    return page("team/team.html", loads=loads, most=max(most, 1), more=more, asked=asked, views=VIEWS)


def _load(person: Person, found: list[Open], who: Me) -> Load:
    owned = [each for each in found if each.owner == person.id]
    steps = [each for each in found if person.id in each.deciders]
    late = {each.ref for each in (*owned, *steps) if each.overdue}
    present = person.present(who.at)
    delegate = None if present else stand_in(who.directory, person.id, who.at)
    return Load(person, len(owned), len(steps), len(late), present, delegate.name if delegate else None)
