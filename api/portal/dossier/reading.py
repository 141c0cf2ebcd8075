"""The dossier as a page, and a whole case as one file."""

from flask import Response

from api.portal.dossier import room
from api.portal.dossier.exporting import packed
from api.portal.dossier.gathering import gather
from api.portal.dossier.telling import dossier
from api.portal.page import page


@room.get("/cases/<ref>/dossier")
def read(ref: str) -> Response:
    """Everything the reader may know of the case, in one place."""
    return page("dossier/dossier.html", d=dossier(gather(ref)))


@room.get("/cases/<ref>/export")
def export(ref: str) -> Response:
    """The dossier, the timeline and every document and file of the case, as one ZIP."""
    made = Response(packed(gather(ref)), 200, content_type="application/zip")
    made.headers["Content-Disposition"] = f'attachment; filename="{ref}.zip"'
    return made
