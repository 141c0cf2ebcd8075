"""How the excess over what is unpaid is given back: changed before the notes are issued, and what then no longer fits.

DOMAIN: Money (Identity).
"""

from partnerflow.cases import proposals
from partnerflow.cases.events import SettlementChanged
from partnerflow.cases.money_commands import Settle
from partnerflow.cases.view import Draft
from partnerflow.credits.settlement import Settled, Settlement
from partnerflow.refusals import Refused

ASKED, LEFT = "asked", "left"


def settle(draft: Draft, command: Settle) -> None:
    """The parts must add up to the excess exactly; the same again changes nothing."""
    case = draft.case
    if case.notes_issued:
        raise Refused("already-settled", "The notes are issued; what they give back is what they say.")
    if command.version is not None and command.version != case.version:
        raise Refused(
            "stale-version", "The case has changed since you read it: read it again.", now=str(case.version)
        )
    legs = case.proposal.legs if case.proposal else case.requested
    proposals.check_settlement(legs, command.settlement, draft.view)
    if command.settlement != case.settlement:
        draft.emit(SettlementChanged(command.settlement, ASKED))


def keep_what_fits(draft: Draft, asked: Settlement | None, settled: Settled) -> None:
    """What no longer fits goes to account credit and the timeline."""
    if asked is None or settled.as_asked:
        return
    given = settled.allocation
    fits = Settlement(given.refund, given.account_credit, given.settled_outside)
    draft.emit(SettlementChanged(fits, LEFT))
