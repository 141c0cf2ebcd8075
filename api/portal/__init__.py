"""The portal: pages for people, on the same readings and through the same door as the API.

A room is a module (or package) with ``room``, a Blueprint; ``ROOMS`` lists them. A view reads what the API's views
read, has it shown by ``api.schemas.shown`` (which leaves out what its reader may not see), and hands it to ``page``.
What people send goes through ``forms`` to the desk.
"""

from typing import Final

from flask import Blueprint, Flask

from api.portal import assets, home, looks, problems, search, statements, team
from api.portal.absences import room as absences
from api.portal.admin import room as admin
from api.portal.board import room as board
from api.portal.cases import room as cases
from api.portal.contacts import room as contacts
from api.portal.credit_notes import room as credit_notes
from api.portal.dispute import room as dispute
from api.portal.dossier import room as dossier
from api.portal.finance import room as finance
from api.portal.inbox import room as inbox
from api.portal.kindnesses import room as kindnesses
from api.portal.orders import room as orders
from api.portal.pass_through import room as pass_through
from api.portal.policy import room as policy
from api.portal.sign_in import account_room, way_in

ROOMS: Final = (
    assets.room,
    way_in,
    account_room,
    home.room,
    orders,
    inbox,
    dispute,
    cases,
    dossier,
    contacts,
    board,
    team.room,
    absences,
    search.room,
    pass_through,
    admin,
    policy,
    finance,
    credit_notes,
    statements.room,
    kindnesses,
)


def register_portal(app: Flask) -> None:
    """Give people their pages; registered after the sign-in, before the headers."""
    looks.register(app)
    problems.register(app)
    portal = Blueprint("portal", __name__)
    for room in ROOMS:
        portal.register_blueprint(room)
    app.register_blueprint(portal)
