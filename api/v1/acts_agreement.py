"""What people do about facts, exceptions, and what they had said before; merged into the actions of a case."""

from typing import Final

from api.schemas import agreement as bodies
from api.v1.acts import Act
from partnerflow.cases import commands as c

ACTS: Final[dict[str, Act]] = {
    "add_fact": Act(bodies.AddFactBody, lambda sent: c.AddFact(sent["text"], sent["decisive"])),
    "correct_fact": Act(bodies.ReasonedFactBody, lambda sent: c.CorrectFact(sent["fact"], sent["text"])),
    "confirm_fact": Act(bodies.FactBody, lambda sent: c.ConfirmFact(sent["fact"])),
    "dispute_fact": Act(bodies.ReasonedFactBody, lambda sent: c.DisputeFact(sent["fact"], sent["text"])),
    "uphold_fact": Act(
        bodies.UpheldFactBody,
        lambda sent: c.UpholdFact(sent["fact"], sent["evidence"], tuple(sent["attachments"])),
    ),
    "withdraw_fact": Act(
        bodies.WithdrawnFactBody, lambda sent: c.WithdrawFact(sent["fact"], sent["text"] or "")
    ),
    "request_exception": Act(bodies.ExceptionRequestBody, bodies.requested),
    "already_told": Act(bodies.ToldBody, lambda sent: c.AlreadyTold(sent["text"] or "")),
}
"""No version is bound: each says on which fact it is, and a stale decision is refused where it is made."""
