"""What keeps the notes of a round from being issued: a missing VAT id or rate, or a VAT condition that is not met.

It is looked at before the first of them, when the case can still go back to its owner. DOMAIN: Money (Remedy).
"""

from collections.abc import Iterable
from typing import Final

from partnerflow.cases import papers, vat_checks
from partnerflow.cases.model import Gated, LegShown
from partnerflow.cases.view import Draft
from partnerflow.credits.notes import local_date
from partnerflow.directory.clearance import numbered_here, told_to_issue

OUTSIDE: Final = "O"
"""Outside the scope of VAT: nobody's id is stated."""

SHIFTED: Final = frozenset({"AE", "K"})
"""The recipient accounts for the tax, so that its id is stated too (BR-AE-02, BR-IC-02)."""


def gate(draft: Draft) -> tuple[Gated, ...]:
    """The VAT conditions of the notes that are ours to issue, or to have issued; others answer for theirs."""
    return vat_checks.gate(draft.case, draft.view, _ours(draft))


def stopped(draft: Draft, weighed: Iterable[Gated]) -> str | None:
    """Why nothing may be issued, in a sentence for the owner."""
    bad = vat_checks.failing(weighed)
    return vat_checks.sentence(bad) if bad else _no_vat_id(draft) or _no_rate(draft)


def _ours(draft: Draft) -> list[LegShown]:
    assert draft.case.proposal is not None
    found = []
    for shown in draft.case.proposal.legs:
        issuer, _ = papers.parties(draft, shown.leg)
        today = local_date(draft.at, issuer.zone)
        if numbered_here(issuer, today) or told_to_issue(issuer, today):
            found.append(shown)
    return found


def _no_vat_id(draft: Draft) -> str | None:
    """Organisations that came with an import have none, and EN 16931 takes no note without (BR-S-02 and its like)."""
    for shown in () if draft.case.outside_notes else _ours(draft):
        issuer, recipient = papers.parties(draft, shown.leg)
        categories = _categories(draft, shown)
        needed = ((issuer, categories - {OUTSIDE}), (recipient, categories & SHIFTED))
        for party, why in needed:
            if why and not party.vat_id.strip():
                return (
                    f"{party.name} has no VAT id in the directory, and a credit note between {issuer.name} and "
                    f"{recipient.name} must state it: have it entered there, then approve again."
                )
    return None


def _categories(draft: Draft, shown: LegShown) -> set[str]:
    """The tax categories of the leg's notes."""
    credited = shown.credit.lines if draft.view.order.invoice_of(shown.leg) else ()
    billed = shown.rebill.lines if draft.case.to_supply and shown.rebill else ()
    return {line.category for line in (*credited, *billed)}


def _no_rate(draft: Draft) -> str | None:
    """A note that has to state its tax in another currency too is not issued without the rate of its day."""
    case = draft.case
    for shown in () if case.outside_notes else _ours(draft):
        issuer, _ = papers.parties(draft, shown.leg)
        today = local_date(draft.at, issuer.zone)
        found = papers.no_rate(draft, shown.leg, shown.credit)
        if found is None and case.to_supply and shown.rebill is not None:
            found = papers.no_rate(draft, shown.leg, shown.rebill, today)
        if found is not None:
            return found
    return None
