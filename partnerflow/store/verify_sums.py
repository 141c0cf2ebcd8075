"""Sums of the record that must agree. Each query finds the rows that show a fault, for its sentence."""

from typing import Final

from sqlalchemy import TextClause, text

# A fee lowers the note, and stands beside the revenue that came back.
_NOT_POSTED = """
SELECT n.number, n.gross, coalesce(p.posted, 0) AS posted
FROM note n LEFT JOIN (
  SELECT e.document, sum(CASE WHEN e.reverses IS NULL THEN credit ELSE debit END) AS posted
  FROM ledger_entry e JOIN ledger_posting ON entry = e.key
  WHERE e.key ~ '^(credit|rebill|reversal):' AND account NOT LIKE '%:restocking-fees' GROUP BY 1) p
ON p.document = n.number WHERE coalesce(p.posted, 0) <> n.gross ORDER BY n.number
"""

_GAPS = """
SELECT n.issuer, n.series, n.year, count(*) AS n, min(n.counter) AS first, max(n.counter) AS last,
  coalesce(max(c.last), 0) AS counter
FROM note n LEFT JOIN counter c USING (issuer, series, year) GROUP BY 1, 2, 3
HAVING min(n.counter) <> 1 OR max(n.counter) <> count(*) OR coalesce(max(c.last), 0) <> count(*) ORDER BY 1, 2, 3
"""

_NUMBERS_LOST = """
SELECT issuer, series, year, last FROM counter c
WHERE last > 0 AND NOT EXISTS (
  SELECT 1 FROM note n WHERE (n.issuer, n.series, n.year) = (c.issuer, c.series, c.year))
ORDER BY 1, 2, 3
"""

_HELD = """
SELECT c.order_id, h.key AS leg, (r.value ->> 'line_no')::bigint AS line_no,
  sum((r.value ->> 'net')::bigint) AS net, sum((r.value ->> 'quantity')::bigint) AS quantity
FROM "case" c, jsonb_each(c.state -> 'held') h, jsonb_array_elements(h.value) r
WHERE (r.value -> 'free') IS DISTINCT FROM 'true' GROUP BY 1, 2, 3
"""

# A note of another issuer is on its case alone; an imported case has no note at all: what it credited is what it asked.
_CREDITED = """
SELECT c.order_id, n.leg, (l ->> 'line_no')::bigint AS line_no,
  CASE n.kind WHEN 'debit_note' THEN -1 ELSE 1 END
    * ((l ->> 'net')::bigint + coalesce((l ->> 'fee')::bigint, 0)) AS net
FROM note n JOIN "case" c ON c.ref = n.case_ref, jsonb_array_elements(n.data -> 'lines') l
WHERE n.kind IN ('credit_note', 'debit_note')
UNION ALL
SELECT c.order_id, i ->> 'leg', (r ->> 'line_no')::bigint, (r ->> 'net')::bigint
FROM "case" c, jsonb_array_elements(c.state -> 'issued') i, jsonb_array_elements(i -> 'rows') r
WHERE (i ->> 'external')::boolean
UNION ALL
SELECT c.order_id, g ->> 'leg', (l ->> 'line_no')::bigint, (l ->> 'net')::bigint
FROM "case" c, jsonb_array_elements(c.state -> 'requested') g, jsonb_array_elements(g -> 'credit' -> 'lines') l
WHERE c.origin = 'import'
"""

_LINES = f"""
SELECT c.id, c.leg, c.credited, c.reserved, coalesce(n.net, 0) AS net, coalesce(h.net, 0) AS held
FROM ceiling c
LEFT JOIN (SELECT order_id, leg, line_no, sum(net) AS net FROM ({_CREDITED}) x GROUP BY 1, 2, 3) n
  ON n.order_id = c.order_id AND n.leg = c.leg AND c.id = n.order_id || '/' || n.line_no
LEFT JOIN ({_HELD}) h ON h.order_id = c.order_id AND h.leg = c.leg AND c.id = h.order_id || '/' || h.line_no
WHERE c.kind = 'line' AND (c.credited <> coalesce(n.net, 0) OR c.reserved <> coalesce(h.net, 0)
  OR c.reserved_quantity <> coalesce(h.quantity, 0)) ORDER BY c.id, c.leg
"""  # noqa: S608

# In whosever books a credit stands; a reversal takes off what its entry added, a fee what the credit was lowered by.
_POSTED = """
SELECT c.order_id, p.leg, sum(net) AS net, sum(tax) AS tax, sum(given) AS given FROM (
  SELECT case_ref, leg,
    coalesce(sum(amount) FILTER (WHERE account ~ ':(revenue|purchase)-corrections$'), 0)
      - coalesce(sum(amount) FILTER (WHERE account LIKE '%:restocking-fees'), 0) AS net,
    sum(amount) FILTER (WHERE account ~ ':(in|out)put-vat:') AS tax,
    sum(amount) FILTER (WHERE account ~ ':(refunds-payable|account-credit|supplier-credit|clearing):') AS given
  FROM (SELECT e.case_ref, e.leg, account, CASE WHEN e.reverses IS NULL THEN 1 ELSE -1 END * (debit + credit) AS amount
    FROM ledger_entry e JOIN ledger_posting ON entry = e.key WHERE e.key ~ '^(reversal:)?credit:') s GROUP BY 1, 2) p
JOIN "case" c ON c.ref = p.case_ref GROUP BY 1, 2
"""

_INVOICES = f"""
SELECT c.id, c.leg, c.credited, c.credited_tax, c.reserved, coalesce(p.net, 0) AS net,
  coalesce(p.tax, 0) AS tax, coalesce(l.reserved, 0) AS held
FROM ceiling c LEFT JOIN ({_POSTED}) p USING (order_id, leg)
LEFT JOIN (SELECT order_id, leg, sum(reserved) AS reserved FROM ceiling WHERE kind = 'line' GROUP BY 1, 2) l
  USING (order_id, leg)
WHERE c.kind = 'invoice' AND (c.credited <> coalesce(p.net, 0) OR c.credited_tax <> coalesce(p.tax, 0)
  OR c.reserved <> coalesce(l.reserved, 0)) ORDER BY c.id, c.leg
"""  # noqa: S608

_PAYMENTS = f"""
SELECT c.id, c.leg, c.credited, coalesce(p.given, 0) AS given
FROM ceiling c LEFT JOIN ({_POSTED}) p USING (order_id, leg)
WHERE c.kind = 'payment' AND c.credited <> coalesce(p.given, 0) ORDER BY c.id, c.leg
"""  # noqa: S608

_RATES = """
SELECT i.id, i.leg, i.credited, i.credited_tax, sum(r.credited) AS net, sum(r.credited_tax) AS tax
FROM ceiling i JOIN ceiling r ON r.kind = 'rate' AND r.leg = i.leg AND starts_with(r.id, i.id || '/')
WHERE i.kind = 'invoice' GROUP BY 1, 2, 3, 4
HAVING sum(r.credited) <> i.credited OR sum(r.credited_tax) <> i.credited_tax ORDER BY 1, 2
"""

_PAYOUTS = """
SELECT coalesce(p.key, s.key) AS key, coalesce(p.state, 'nothing') AS state, coalesce(s.state, 'nothing') AS said
FROM payout p FULL JOIN (
  SELECT x ->> 'key' AS key, x ->> 'state' AS state, (x ->> 'amount')::bigint AS amount, c.ref, x ->> 'payee' AS payee
  FROM "case" c, jsonb_array_elements(c.state -> 'payouts') x) s ON s.key = p.key AND s.ref = p.case_ref
WHERE (p.state, p.amount, p.payee) IS DISTINCT FROM (s.state, s.amount, s.payee) ORDER BY 1
"""

# What the payer's system confirmed has left the books once.
_UNPOSTED_PAYOUTS = """
SELECT p.key, p.amount, coalesce(sum(l.debit), 0) AS posted
FROM payout p LEFT JOIN ledger_posting l ON l.entry = p.key
WHERE p.state = 'confirmed' AND p.kind <> 'account_credit'
GROUP BY p.key HAVING coalesce(sum(l.debit), 0) <> p.amount ORDER BY p.key
"""

_QUERIES: Final = {
    "note {number}: its gross is {gross}, the ledger has {posted}": _NOT_POSTED,
    "numbers {issuer}-{series}-{year}: {n} notes run from {first} to {last}, and the counter is at {counter}": _GAPS,
    "numbers {issuer}-{series}-{year}: the counter is at {last}, and there is no note": _NUMBERS_LOST,
    "line {id} {leg}: the ceiling counts {credited} credited, {reserved} reserved; the cases {net}, {held}": _LINES,
    "invoice {id} {leg}: its ceiling counts {credited} and {credited_tax} credited and {reserved} reserved, ledger"
    " and lines {net}, {tax} and {held}": _INVOICES,
    "payments on {id} {leg}: {credited} was given back by the ceiling, {given} by the ledger": _PAYMENTS,
    "invoice {id} {leg}: its rates count {net} and {tax}, itself {credited} and {credited_tax}": _RATES,
    "payment {key}: its row says {state}, its case {said}": _PAYOUTS,
    "payment {key}: {amount} was confirmed, the ledger has {posted}": _UNPOSTED_PAYOUTS,
}

SUMS: Final[tuple[tuple[str, TextClause], ...]] = tuple(
    (sentence, text(query.replace(":", r"\:")))  # no query has parameters
    for sentence, query in _QUERIES.items()
)
"""(the sentence of a fault, the query for the rows that show it); amounts are minor units."""
