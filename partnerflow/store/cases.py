"""Cases in the record: the folded state, and the columns that lists, drivers and aggregates ask for."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.clocks import STEP
from partnerflow.cases.granted import live_net
from partnerflow.cases.grounds import Live
from partnerflow.cases.model import Case, RemedyState, Step, StepStatus
from partnerflow.cases.readers import involved
from partnerflow.cases.routing import operator_minor
from partnerflow.cases.view import View
from partnerflow.store import precedents
from partnerflow.store.codec import decode_case, text_of
from partnerflow.store.orders import Head

_LOCK = text('SELECT state::text, version, head FROM "case" WHERE ref = :ref FOR UPDATE')


def lock(session: Session, ref: str) -> tuple[Case, Head] | None:
    row = session.execute(_LOCK, {"ref": ref}).first()
    return (decode_case(row[0]), Head(row[1], bytes(row[2]))) if row else None


def exists(session: Session, ref: str) -> bool:
    return session.execute(text('SELECT 1 FROM "case" WHERE ref = :ref'), {"ref": ref}).first() is not None


_BEING_DECIDED = text("""
SELECT ref FROM "case" WHERE order_id = :order_id AND stage IN ('assessment', 'approval') ORDER BY ref
""")


def being_decided(session: Session, order_id: str) -> list[str]:
    """Cases of an order that are still assessed or decided on, in the order in which they are locked."""
    return list(session.scalars(_BEING_DECIDED, {"order_id": order_id}))


_WRITE = text("""
INSERT INTO "case" (ref, order_id, vendor, distributor, reseller, type, stage, outcome, origin, owner, country,
involved,
                    opened_at, closed_at, next_due_at, step_due_at, remedy_open, live_net, rungs_fired, words, orgs,
                    version, head, state, reason, family, verdict, excepted, asked_net, decided_at)
VALUES (:ref, :order_id, :vendor, :distributor, :reseller, :type, :stage, :outcome, :origin, :owner, :country,
:involved,
        :opened_at, :closed_at, :next_due_at, :step_due_at, :remedy_open, :live_net, :rungs_fired, :words, :orgs,
        :version, :head, CAST(:state AS jsonb), :reason, :family, :verdict, :excepted, :asked_net, :decided_at)
ON CONFLICT (ref) DO UPDATE SET stage = excluded.stage, outcome = excluded.outcome, owner = excluded.owner,
  involved = excluded.involved, closed_at = excluded.closed_at, next_due_at = excluded.next_due_at,
  step_due_at = excluded.step_due_at, remedy_open = excluded.remedy_open, live_net = excluded.live_net,
  rungs_fired = excluded.rungs_fired, words = excluded.words, version = excluded.version, head = excluded.head,
  state = excluded.state, verdict = excluded.verdict, excepted = excluded.excepted, asked_net = excluded.asked_net,
  decided_at = excluded.decided_at
""")


def orgs_of(case: Case, operator: str) -> list[str]:
    return sorted({o for o in (operator, case.vendor, case.distributor, case.reseller) if o})


def write(session: Session, case: Case, head: Head, view: View) -> None:
    session.execute(_WRITE, columns(case, head, view))


def columns(case: Case, head: Head, view: View) -> dict[str, Any]:
    """The row of a case."""
    due, step_due = due_instants(case)
    return {
        "ref": case.ref,
        "order_id": case.order_id,
        "vendor": case.vendor,
        "distributor": case.distributor,
        "reseller": case.reseller,
        "type": case.type.value,
        "stage": case.stage.value,
        "outcome": case.outcome.value if case.outcome else None,
        "origin": case.origin,
        "owner": case.owner,
        "country": case.scope.country,
        "involved": involved(case),
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "next_due_at": due,
        "step_due_at": step_due,
        "remedy_open": _remedy_open(case),
        "live_net": operator_minor(live_net(case), view),
        "rungs_fired": case.rungs_fired,
        "words": _words(case),
        "orgs": orgs_of(case, view.directory.operator.code),
        "version": head.seq,
        "head": head.hash,
        "state": text_of(case),
        **precedents.columns(case, view),
    }


def _remedy_open(case: Case) -> bool:
    """Whether it owes a driver: it is carried out, or a debit note is not stored yet."""
    executing = case.remedy is not None and case.remedy.state in (RemedyState.EXECUTING, RemedyState.FAILED)
    return (case.open and executing) or bool(case.debit_notes_owed)


def due_instants(case: Case) -> tuple[datetime | None, datetime | None]:
    """(earliest of the case's own instants, of the pending step's): each has its own driver. A closed case has one
    while the vendor's note is chased."""
    own = [when for when, name in case.instants_due if name != STEP or case.step is None]
    step = [when for when, name in case.instants_due if name == STEP and case.step is not None]
    return min(own, default=None), min(step, default=None)


def _words(case: Case) -> str:
    """What the text filter searches."""
    skus = " ".join(line.sku for line in case.wanted)
    return f"{case.ref} {case.order_number} {case.po_number or ''} {case.description} {skus}".lower()


_APPROVALS = text("""
INSERT INTO approval (id, case_ref, round, step, status, due_at, deciders, orgs)
SELECT id, :ref, :round, step, status, due_at, string_to_array(deciders, ' '), :orgs
FROM unnest(CAST(:ids AS text[]), CAST(:steps AS bigint[]), CAST(:statuses AS text[]), CAST(:dues AS timestamptz[]),
            CAST(:deciders AS text[])) AS s (id, step, status, due_at, deciders)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, due_at = excluded.due_at, deciders = excluded.deciders
""")


def write_approvals(session: Session, case: Case, view: View) -> None:
    """The last round's steps for the inbox: those whose turn never came to be told stay ``waiting``."""
    round_ = case.rounds[-1]
    steps = sorted(round_.steps, key=lambda step: step.status is StepStatus.PENDING)
    session.execute(
        _APPROVALS,
        {
            "ref": case.ref,
            "round": round_.no,
            "orgs": orgs_of(case, view.directory.operator.code),
            "ids": [step.id for step in steps],
            "steps": [step.no for step in steps],
            "statuses": [step.status.value for step in steps],
            "dues": [_step_due(case, step) for step in steps],
            "deciders": [" ".join(step.deciders) for step in steps],
        },
    )


_DROP = text("""
UPDATE approval SET status = 'void', due_at = NULL WHERE case_ref = :ref AND status IN ('pending', 'waiting')
""")


def drop_approvals(session: Session, case: Case) -> None:
    """No step of the case is anybody's any more; those of a round that starts again are written anew, and by another
    route they may be fewer."""
    session.execute(_DROP, {"ref": case.ref})


def _step_due(case: Case, step: Step) -> datetime | None:
    clock = case.clock(STEP)
    return clock.due_at if clock and step.status is StepStatus.PENDING else None


_AGGREGATE = text("""
SELECT
  (SELECT coalesce(sum(live_net), 0) FROM "case" WHERE order_id = :order_id AND ref <> :ref)::bigint,
  (SELECT coalesce(sum(live_net), 0) FROM "case"
    WHERE coalesce(reseller, distributor) = :partner AND ref <> :ref AND opened_at > :since)::bigint,
  (SELECT coalesce(json_object_agg(owner, n), '{}')
    FROM (SELECT owner, count(*) n FROM "case" WHERE stage <> 'closed' GROUP BY owner) l)
""")

_LOCK_PARTNER = text("SELECT 1 FROM reseller_lock WHERE organisation = :partner FOR UPDATE")


def aggregate(
    session: Session, partner: str, order_id: str, ref: str, at: datetime, *, lock: bool
) -> tuple[Live, dict[str, int]]:
    """(live net of other requests: the order's since ever, and the partner's of the last 30 x 24 h; open
    cases per owner), under the partner's lock, unless that is held already. The lock is an earlier statement, so that
    what it waited for is seen."""
    if lock:
        session.execute(_LOCK_PARTNER, {"partner": partner})
    since = at - timedelta(hours=30 * 24)
    row = session.execute(
        _AGGREGATE, {"partner": partner, "order_id": order_id, "ref": ref, "since": since}
    ).one()
    return Live(row[0], row[1]), dict(row[2])
