"""The list and the page of one, as far as the reader sees its leg."""

from typing import Any

from flask import Response, current_app

from api.auth import reader, session
from api.portal.credit_notes import room
from api.portal.finance.tabs import tabs
from api.portal.forms import Said
from api.portal.me import need_me
from api.portal.page import page
from api.portal.paging import paged
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown import voids
from api.schemas.shown.case import Shown
from api.v1.credit_notes import note_of, seen_note, shown_note
from api.v1.reports_rights import MONEY
from api.v1.sight import need_partner_or_staff, own_sight
from partnerflow.people import Role
from partnerflow.store import listing_notes
from partnerflow.store.listing_notes import Listed


@room.get("/credit-notes")
def credit_notes() -> Response:
    """By number; of one case where the address says so."""
    need_partner_or_staff()
    asked = read_query(queries.NoteList())
    found = paged(
        "credit notes",
        asked,
        lambda mark, limit: listing_notes.list_notes(session(), own_sight(), asked["case"], mark, limit),
        lambda row: shown_note(row) if seen_note(row) else None,
        lambda row: [row.number, row.case.ref],
    )
    return page("credit_notes/list.html", found=found, asked=asked, tabs=_tabs())


@room.get("/credit-notes/<number>")
def credit_note(number: str) -> Response:
    """One credit note, and whether it is void."""
    return note_page(number)


def note_page(number: str, said: Said | None = None) -> Response:
    """The page; ``said`` when taking it back was refused."""
    found = note_of(number, stated=True)
    may_void = _finance() and found.note is not None
    other = _other_leg(found) if may_void else None
    return page(
        "credit_notes/note.html",
        note=shown_note(found),
        other_leg=other,
        tabs=_tabs(),
        said=said,
        may_void=may_void,
    )


def _other_leg(found: Listed) -> dict[str, Any] | None:
    """Whoever takes one note back is asked about the other of its round."""
    assert found.note is not None
    who = need_me()
    seen = Shown(reader(), who.at, current_app.config["BASE_URL"])
    other: dict[str, Any] | None = voids.void(found.note, found.case, who.directory, seen)["other_leg"]
    return other


def _finance() -> bool:
    return reader().operator and Role.FINANCE in need_me().roles


def _tabs() -> list[tuple[str, str]]:
    """The ways through the money, for those who read more of it than notes."""
    who = reader()
    return tabs() if (who.operator and who.actor.roles & MONEY) or who.kind == "distributor" else []
