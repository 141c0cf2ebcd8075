"""What there is to do about money, in one look: every figure leads to what it is made of."""

from typing import Any, Final

from flask import Response

from api.auth import session
from api.portal.finance import room
from api.portal.finance.tabs import tabs
from api.portal.me import need_me
from api.portal.page import page
from api.schemas.shown.plain import instant, money
from api.v1.reports_awaited import exposure, reconciliation
from api.v1.reports_rights import scope_of
from partnerflow.store.reports import attention

MOST: Final = 200
"""Cases an overview is made of: beyond that it says so, and the pages behind it go on."""


@room.get("/finance")
def finance() -> Response:
    """The overview."""
    _, sight, _ = scope_of(None)
    exposed = exposure({"organisation": None, "limit": MOST, "cursor": None})
    asked = {
        "organisation": None,
        "limit": MOST,
        "cursor": None,
        "open": True,
        "differences": False,
        "state": None,
    }
    awaited = reconciliation(asked)
    paying = attention.payments(session(), sight, attention.UNSETTLED, MOST)
    return page(
        "finance/finance.html",
        tabs=tabs(),
        exposed=exposed,
        awaited=awaited,
        notes=[item for item in awaited["items"] if item["state"] == "awaited" and item["what"] != "payment"],
        stuck=[_payment(each) for each in paying if each.state in ("unknown", "failed")],
        under_way=[_payment(each) for each in paying if each.state not in ("unknown", "failed")],
        voids=[_void(each) for each in attention.voids(session(), sight, MOST)],
        more=bool(exposed["next_cursor"] or awaited["next_cursor"]),
    )


def _payment(each: attention.Paying) -> dict[str, Any]:
    held = need_me().directory.people.get(each.held_by or "")
    return {
        "case_ref": each.case_ref,
        "kind": each.kind,
        "state": each.state,
        "amount": money(each.amount, each.currency),
        "payer": each.payer,
        "payee": each.payee,
        "note": each.note,
        "since": instant(each.since),
        "held_by": held.name if held else None,
    }


def _void(each: attention.Asked) -> dict[str, Any]:
    by = need_me().directory.people.get(each.by)
    return {
        "number": each.number,
        "case_ref": each.case_ref,
        "by": by.name if by else each.by,
        "at": instant(each.at),
        "reason": each.reason,
    }
