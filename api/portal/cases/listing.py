"""The list of cases, newest first, as far as its reader may see them."""

from flask import Response

from api.auth import reader, session
from api.portal.cases import room
from api.portal.me import need_me
from api.portal.page import page
from api.portal.paging import Paged, paged
from api.requests import read_query
from api.schemas import queries
from api.schemas.shown import case as shown
from api.v1.sight import need_partner_or_staff, own_sight
from partnerflow.cases.model import Stage
from partnerflow.store import listing as store
from partnerflow.store.codec import instant


@room.get("/cases")
def cases() -> Response:
    """What is moving and what was; filters are in the address, so that a view can be kept and sent."""
    if not reader().admin_only:
        need_partner_or_staff()
    asked = read_query(queries.CaseList())
    found = _found(asked)
    stages = [stage.value for stage in Stage]
    return page("cases/list.html", found=found, asked=asked, stages=stages)


def _found(asked: dict[str, object]) -> Paged:
    who = need_me()
    holder = who.directory.named(str(asked["owner"])) if asked["owner"] else None
    asked["owner"] = holder.id if holder else asked["owner"]
    wanted = store.CaseFilter(**{n: v for n, v in asked.items() if n not in ("limit", "cursor")})  # type: ignore[arg-type]
    return paged(
        "cases",
        asked,
        lambda mark, limit: store.list_cases(
            session(), own_sight(), wanted, store.Place(instant(mark[0]), mark[1]) if mark else None, limit
        ),
        lambda row: shown.summary(row[0], who.directory, row[1], reader()),
        lambda row: [row[0].opened_at, row[0].ref],
    )
