"""What people do about a round beside deciding it: recall, appeal, reassign, redirect; merged into a case's actions."""

from typing import Final

from api.schemas import handing as bodies
from api.v1.acts import Act
from partnerflow.cases import commands as c

ACTS: Final[dict[str, Act]] = {
    "recall": Act(bodies.RecallBody, lambda sent: c.Recall(sent["reason"])),
    "appeal": Act(bodies.AppealBody, lambda sent: c.Appeal(sent["text"])),
    "reassign": Act(bodies.ReassignBody, lambda sent: c.Reassign(sent["to"], sent["text"] or "")),
    "redirect": Act(bodies.RedirectBody, lambda sent: c.Redirect(sent["to"], sent["text"])),
}
"""No version is bound: what they start shows what it is about, and is decided under one."""
