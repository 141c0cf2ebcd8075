"""A policy tried on the cases of the record: read in pages, compared one by one, nothing written.

Each page is one statement and one transaction, so that no snapshot is held while the rules are run.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, text
from sqlalchemy.orm import Session

from partnerflow.cases.comparison import Simulation
from partnerflow.cases.model import Case
from partnerflow.cases.simulation import compare
from partnerflow.cases.view import View
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused
from partnerflow.store.ceilings import Ceilings
from partnerflow.store.codec import decode_case, decode_order
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import Snapshot, snapshot
from partnerflow.store.views import view_of

PAGE: Final = 500
IMPORTED: Final = "import"
"""Corrections made elsewhere: no policy of ours was asked."""

# What other requests were live then is recorded with the first round; of a case that never had one it is what is live
# of those that came before.
_PAGE = text("""
SELECT c.state::text AS case_state, o.state::text AS order_state,
  CASE WHEN c.state #> '{rounds,0}' IS NULL THEN greatest(
    (SELECT coalesce(sum(x.live_net), 0) FROM "case" x WHERE x.order_id = c.order_id AND x.opened_at < c.opened_at),
    (SELECT coalesce(sum(x.live_net), 0) FROM "case" x
      WHERE x.reseller = c.reseller AND x.opened_at < c.opened_at
        AND x.opened_at > c.opened_at - interval '30 days'))::bigint END AS others
FROM "case" c JOIN "order" o ON o.id = c.order_id
WHERE c.opened_at > :since AND c.origin <> :imported AND c.ref > :after ORDER BY c.ref LIMIT :limit
""")

_COUNT = text("""
SELECT partnerflow_now(), count(c.ref) FROM (SELECT 1) one
LEFT JOIN "case" c ON c.opened_at > partnerflow_now() - :days * interval '1 day' AND c.origin <> :imported
""")


def simulate(
    engine: Engine, policy: Policy, days: int, progress: Callable[[int, int], object] | None = None
) -> Simulation:
    """Every case opened in the last ``days`` under its own policy and under this one; ``progress`` gets (done, all)."""
    with reading(engine, EVERY_ORGANISATION) as session:
        now, every = session.execute(_COUNT, {"days": days, "imported": IMPORTED}).one()
    since, after, found = now - timedelta(days=days), "", Simulation()
    while page := _page(engine, since, after):
        for case, view in page:
            _compare(found, case, view, policy, now)
        after = page[-1][0].ref
        if progress:
            progress(len(found.compared) + len(found.skipped), every)
    return found


def _compare(found: Simulation, case: Case, view: View, policy: Policy, now: datetime) -> None:
    try:
        found.compared.append(compare(case, view, policy, now))
    except Refused as refused:
        found.skipped.append((case.ref, refused.detail))


def _page(engine: Engine, since: datetime, after: str) -> list[tuple[Case, View]]:
    asked = {"since": since, "after": after, "limit": PAGE, "imported": IMPORTED}
    with reading(engine, EVERY_ORGANISATION) as session:
        snap = snapshot(session)
        return [_found(session, row, snap) for row in session.execute(_PAGE, asked).all()]


def _found(session: Session, row: Row[Any], snap: Snapshot) -> tuple[Case, View]:
    """The view of the opening: nothing of the order is held but by this case."""
    case, order = decode_case(row.case_state), decode_order(row.order_state)
    view = view_of(session, order, snap, Ceilings({}, {}, {}), case.policy_version, ref=case.ref)
    return case, replace(view, live_others=row.others if row.others is not None else _others(case))


def _others(case: Case) -> int:
    """By the first round: its aggregate less what it was about itself."""
    first = case.rounds[0]
    return max(0, first.aggregate - int(first.inputs.get("amount", first.aggregate)))
