"""Bodies of policies: a draft as text or as data, its publication, its simulation."""

from typing import Any

from marshmallow import validates_schema

from api.schemas.faults import fault
from api.schemas.fields import Body, Coded, Flag, Instant, Text, Whole
from api.schemas.queries import Page
from partnerflow.policy.commands import DraftPolicy, PublishPolicy

LONGEST_SOURCE = 64 * 1024
LONGEST_NOTE = 2_000
DAYS = 92
"""The last quarter."""


class Document(Coded):
    """The policy as JSON; what it says is judged as a policy, not as a body."""

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "object"}, **kwargs)

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise fault(self.code, "A JSON object is wanted.")
        return value


class DraftBody(Body):
    source = Text(longest=LONGEST_SOURCE, blank=True, load_default=None)
    document = Document(load_default=None)
    note = Text(longest=LONGEST_NOTE, blank=True, load_default="")

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if (data["source"] is None) is (data["document"] is None):
            raise fault("invalid-parameter", "Send the policy either as source (YAML) or as document (JSON).")


class PublishBody(Body):
    effective_at = Instant(load_default=None, allow_none=True)
    move_clocks = Flag(load_default=False)


class SimulateBody(Body):
    days = Whole(low=1, high=400, load_default=DAYS)


class PolicyList(Page):
    """Newest first."""


def draft(sent: dict[str, Any]) -> DraftPolicy:
    return DraftPolicy(sent["source"], sent["document"], sent["note"].strip())


def publication(sent: dict[str, Any]) -> PublishPolicy:
    """Without a body: at once, and the clocks stay."""
    return PublishPolicy(sent.get("effective_at"), sent.get("move_clocks", False))
