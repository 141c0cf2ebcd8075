"""What has changed between what somebody saw and what lies before the deciders now (DOMAIN: Approvals)."""

from collections.abc import Iterator
from dataclasses import dataclass

from partnerflow.cases.model import Case, CitedFact, Fact, FactState, LegShown, Proposal
from partnerflow.credits.portions import Portion
from partnerflow.money import format_minor, format_percent


@dataclass(frozen=True, slots=True)
class Difference:
    """``what`` names it: ``net``, ``rebill``, ``line 1``, ``fact f2``; ``before`` and ``now`` in words."""

    what: str
    before: str
    now: str


def differences(case: Case, seen: Proposal | None) -> tuple[Difference, ...]:
    """Of the partner's leg alone: amounts, lines, facts; nothing where the version was never shown."""
    now = case.proposal
    if seen is None or now is None:
        return ()
    return tuple(d for d in _all(case, seen, now) if d.before != d.now)


def _all(case: Case, seen: Proposal, now: Proposal) -> Iterator[Difference]:
    currency = case.currency
    for what, amount in (("net", _credit), ("rebill", _rebill)):
        before, after = amount(seen.legs[0]), amount(now.legs[0])
        yield Difference(
            what,
            f"{format_minor(before, currency)} {currency}",
            f"{format_minor(after, currency)} {currency}",
        )
    for line_no in sorted({p.line_no for p in (*seen.portions, *now.portions)}):
        yield Difference(
            f"line {line_no}", _line(seen.portions, line_no, currency), _line(now.portions, line_no, currency)
        )
    were, are = ({f.id: f for f in put.facts} for put in (seen, now))
    for fact_id in sorted(were.keys() | are.keys()):
        said, says = _wording(were.get(fact_id)), _wording(are.get(fact_id), case.fact(fact_id))
        yield Difference(f"fact {fact_id}", said, says)


def _credit(shown: LegShown) -> int:
    return shown.credit.net


def _rebill(shown: LegShown) -> int:
    return shown.rebill.net if shown.rebill else 0


def _line(portions: tuple[Portion, ...], line_no: int, currency: str) -> str:
    rows = [_row(p, currency) for p in portions if p.line_no == line_no]
    return ", ".join(rows) or "nothing"


def _row(portion: Portion, currency: str) -> str:
    exception = " by exception" if portion.exception else ""
    if portion.amount is not None:
        return f"{format_minor(portion.amount, currency)} {currency}{exception}"
    part = f" of {portion.part.left}/{portion.part.of}" if portion.part else ""
    return f"{portion.quantity} at {format_percent(portion.percent)} %{part}{exception}"


def _wording(cited: CitedFact | None, known: Fact | None = None) -> str:
    """The words it was cited in; ``known`` is the fact as it is now, where nobody cites it any more."""
    if cited is None:
        return "withdrawn" if known and known.state is FactState.WITHDRAWN else "not cited"
    return f"“{cited.text}”" if cited.text else f"wording {cited.version}"
