"""Watching, calls, and the partner's side handed on; merged into the actions of a case."""

from typing import Final

from api.schemas import kindnesses as bodies
from api.schemas.directory import Empty
from api.v1.acts import Act
from partnerflow.cases import kindness_commands as k

ACTS: Final[dict[str, Act]] = {
    "watch": Act(Empty, lambda _: k.Watch()),
    "unwatch": Act(Empty, lambda _: k.Unwatch()),
    "ask_call": Act(
        bodies.AskCallBody,
        lambda sent: k.AskCall(sent["number"], sent["when"], sent["about"], sent["slot"]),
    ),
    "record_call": Act(bodies.RecordCallBody, lambda sent: k.RecordCall(sent["call"], sent["text"])),
    "hand_partner": Act(bodies.HandPartnerBody, lambda sent: k.HandPartner(sent["to"], sent["text"] or "")),
}
