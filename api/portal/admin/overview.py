"""Overview: what needs an admin now, with the way to it."""

from flask import Response

from api.portal.admin import admin_page, room
from api.portal.admin.coverage import open_gaps
from api.portal.admin.health import lines
from api.portal.admin.people import waiting


@room.get("/admin")
def admin() -> Response:
    """What needs an admin."""
    found = lines()
    return admin_page(
        "overview",
        waiting=waiting(),
        gaps=open_gaps(),
        red=[line for line in found if not line.well],
        lines=len(found),
    )
