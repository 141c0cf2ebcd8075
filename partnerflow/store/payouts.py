"""Payments in the record: a row per key, written with its case, for drivers and reports."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.model import Case
from partnerflow.cases.money_parts import Payout
from partnerflow.store.codec import text_of

_WRITE = text("""
INSERT INTO payout (key, case_ref, round, leg, kind, amount, currency, payer, payee, note, state, since, reference,
                    held_by, tries, driven, orgs)
SELECT key, case_ref, round, leg, kind, amount, currency, payer, payee, note, state, since, reference, held_by, tries,
       driven, orgs
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r (key text, case_ref text, round bigint, leg text, kind text, amount bigint, currency text, payer text,
        payee text, note text, state text, since timestamptz, reference text, held_by text, tries bigint,
        driven boolean, orgs text[])
ON CONFLICT (key) DO UPDATE SET case_ref = excluded.case_ref, leg = excluded.leg, kind = excluded.kind,
  amount = excluded.amount, currency = excluded.currency, payer = excluded.payer, payee = excluded.payee,
  state = excluded.state, since = excluded.since, reference = excluded.reference, held_by = excluded.held_by,
  tries = excluded.tries, driven = excluded.driven
""")


def write(session: Session, case: Case, changed: Iterable[tuple[Payout, bool]], operator: str) -> None:
    """Those that changed, each with whether it owes a driver. The database refuses another amount or payee under a key,
    and a change of what has ended."""
    rows = [_row(case, payout, operator, driven=driven) for payout, driven in changed]
    if rows:
        session.execute(_WRITE, {"rows": text_of(rows)})


def _row(case: Case, payout: Payout, operator: str, *, driven: bool) -> dict[str, object]:
    return {
        "key": payout.key,
        "case_ref": case.ref,
        "round": payout.round,
        "leg": payout.leg.value,
        "kind": payout.kind.value,
        "amount": payout.amount,
        "currency": payout.currency,
        "payer": payout.payer,
        "payee": payout.payee,
        "note": payout.note,
        "state": payout.state.value,
        "since": payout.since,
        "reference": payout.reference,
        "held_by": payout.held_by,
        "tries": payout.tries,
        "driven": driven,
        "orgs": sorted({operator, payout.payer, payout.payee}),
    }
