"""The daily proof of DOMAIN: Who. No open case is without an active owner and a next due instant, stored people follow
within a day, and every organisation has somebody to fall back on. FAULTS: the oracle, 8.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow import people
from partnerflow.cases import responsibility, succession
from partnerflow.policy.terms import DECIDING_ROLES
from partnerflow.store.codec import decode_case
from partnerflow.store.directory import snapshot

_NOW = text("SELECT partnerflow_now()")

_NOTHING_DUE = text("""
SELECT ref FROM "case" WHERE stage <> 'closed' AND next_due_at IS NULL AND step_due_at IS NULL ORDER BY ref
""")

_AWAY: Final = """
EXISTS (SELECT 1 FROM absence a WHERE a.person = p.id AND a.since <= partnerflow_now() - interval '{ago}'
  AND (a.until IS NULL OR a.until > partnerflow_now()))
"""

_UNOWNED = text(f"""
SELECT c.ref, c.state::text AS state FROM "case" c JOIN person p ON p.id = c.owner
WHERE c.stage <> 'closed' AND (NOT p.active OR NOT p.roles && CAST(:working AS text[]) OR {_AWAY.format(ago="0")})
ORDER BY c.ref
""")  # noqa: S608  our own words

_LAGGING = text(f"""
WITH gone AS MATERIALIZED (
  SELECT array_agg(p.id) AS ids FROM person p
  WHERE {_AWAY.format(ago="1 day")} OR (coalesce(p.changed_at, '-infinity') < partnerflow_now() - interval '1 day'
    AND (NOT p.active OR p.changed_at > partnerflow_now() - interval '30 days')))
SELECT c.ref, c.state::text AS state FROM "case" c, gone
WHERE c.stage <> 'closed' AND (c.owner = ANY (gone.ids)
  OR EXISTS (SELECT 1 FROM approval a WHERE a.case_ref = c.ref AND a.status = 'pending' AND a.deciders && gone.ids))
ORDER BY c.ref
""")  # noqa: S608  as above


def people_faults(session: Session) -> Iterator[str]:
    """Every offender by name, one sentence each."""
    now, directory = session.execute(_NOW).scalar_one(), snapshot(session).directory
    for row in session.execute(_NOTHING_DUE):
        yield f"{row.ref}: it is open, and nothing is due on it"
    for row in session.execute(_UNOWNED, {"working": [role.value for role in DECIDING_ROLES]}):
        case = decode_case(row.state)
        owner = responsibility.owner(case, directory, now)
        if not owner.present(now) or not responsibility.works_on_cases(owner):
            yield f"{row.ref}: {owner.name} owns it, who is not there for it, and nobody stands in"
    for row in session.execute(_LAGGING):
        case = decode_case(row.state)
        if succession.behind(case, directory, now):
            yield f"{row.ref}: its owner or deciders changed a day ago or more, and it has not followed"
    for code in sorted(directory.organisations):
        if people.fallback(directory, code, now) is None:
            yield f"organisation {code}: no fallback person of it is present"
