"""The page: columns by stage, the most urgent first; which cases is said by the address, so that a view can be sent."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response

from api.portal.board import room
from api.portal.board.openings import Open, concerns, need_staff, open_cases, team_of
from api.portal.me import Me
from api.portal.page import page
from api.portal.words import marked as _
from api.requests import read_query
from api.schemas.fields import Name, Query
from api.schemas.queries import Word
from partnerflow.cases.model import Stage
from partnerflow.people import OrganisationKind
from partnerflow.store.listing import CaseFilter

STAGES: Final = (Stage.ASSESSMENT, Stage.APPROVAL, Stage.REMEDY, Stage.PASSING_ON)
VIEWS: Final = {"all": _("All"), "mine": _("Mine"), "team": _("My team's"), "overdue": _("Overdue")}


class Board(Query):
    """``person``: id or e-mail address of whoever has it, or whom the next act waits for."""

    view = Word(tuple(VIEWS), load_default="all")
    person = Name(load_default=None)
    reseller = Name(load_default=None)


@room.get("/board")
def board() -> Response:
    """Open cases by stage and age."""
    who, asked = need_staff(), read_query(Board())
    found, more = open_cases(CaseFilter(open=True, reseller=asked["reseller"]))
    holder = who.directory.named(asked["person"]) if asked["person"] else None
    kept = [each for each in found if _wanted(each, asked, who, holder.id if holder else None)]
    return page(
        "board/board.html",
        columns=[(stage.value, _column(kept, stage)) for stage in STAGES],
        count=len(kept),
        late=sum(each.overdue for each in kept),
        more=more,
        asked=asked,
        holder=holder,
        views=[(name, label, _address(asked | {"view": name})) for name, label in VIEWS.items()],
        resellers=_resellers(who),
        people=who.directory.people,
    )


def _wanted(each: Open, asked: dict[str, Any], who: Me, holder: str | None) -> bool:
    if asked["person"] and (holder is None or not concerns(each, [holder])):
        return False
    if asked["view"] == "mine":
        return concerns(each, [who.person.id])
    if asked["view"] == "team":
        return concerns(each, team_of(who))
    return asked["view"] == "all" or each.overdue


def _column(kept: list[Open], stage: Stage) -> list[Open]:
    """What is overdue first, then by due instant, what is paused last; of these the oldest first."""
    here = [each for each in kept if each.stage == stage.value]
    return sorted(
        here, key=lambda e: (not e.overdue, e.shown["due_at"] or "9", -(e.age / timedelta(seconds=1)))
    )


def _resellers(who: Me) -> list[tuple[str, str]]:
    kinds = [o for o in who.directory.organisations.values() if o.kind is OrganisationKind.RESELLER]
    return sorted(((o.code, o.name) for o in kinds), key=lambda each: each[1])


def _address(asked: dict[str, Any]) -> str:
    kept = {name: value for name, value in asked.items() if value and (name, value) != ("view", "all")}
    return f"/board?{urlencode(kept)}" if kept else "/board"
