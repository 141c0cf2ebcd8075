"""What of a case was granted so far, in one round or, after an appeal, in two (DOMAIN: Endings)."""

from partnerflow.cases.model import Case, CaseOutcome, LegShown
from partnerflow.orders.model import Leg

FRUITLESS = (CaseOutcome.DECLINED, CaseOutcome.WITHDRAWN, CaseOutcome.CANCELLED)


def granted_now(case: Case) -> bool:
    """Whether what the case proposes now is granted; of an appeal its own round."""
    last = case.round
    return last is not None and last.state == "granted" and case.outcome not in FRUITLESS


def granted_before(case: Case, leg: Leg) -> LegShown | None:
    """What was granted on a leg before the appeal; None without one, or where everything was declined."""
    return next((shown for shown in (case.appeal.granted if case.appeal else ()) if shown.leg is leg), None)


def approved(case: Case, leg: Leg) -> tuple[int, int] | None:
    """(net, tax) of everything granted on a leg; None where nothing was, or the leg is not of the case."""
    now = case.proposal.legs if case.proposal and granted_now(case) else ()
    found = [granted_before(case, leg), *(shown for shown in now if shown.leg is leg)]
    sums = [(shown.credit.net, shown.credit.tax) for shown in found if shown]
    return (sum(net for net, _ in sums), sum(tax for _, tax in sums)) if sums else None


def net_before(case: Case) -> int:
    """Net on the main leg that was granted before the appeal."""
    shown = granted_before(case, case.main_leg)
    return shown.credit.net if shown else 0


def live_net(case: Case) -> int:
    """What counts in the aggregates, net on the main leg: asked while open, granted once approved, nothing once refused
    or void; beside an appeal what was granted before it."""
    if case.outcome in FRUITLESS:
        return 0
    notes = [d for d in case.credit_notes if d.leg is case.main_leg]
    first = next((r.no for r in case.rounds if r.appeal), 0)
    credited = sum(note.net for note in notes if note.round >= first)
    return net_before(case) + (credited or _in_question(case))


def _in_question(case: Case) -> int:
    """What is asked, proposed or granted and not credited yet; an appeal that came to nothing asks for nothing."""
    if case.appeal and not case.open and not granted_now(case):
        return 0
    asked = case.appeal.requested if case.appeal else case.requested
    return (case.proposal.legs if case.proposal else asked)[0].credit.net
