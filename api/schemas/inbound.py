"""What admins ask about mails that came in."""

from api.schemas.fields import Body, Name, Text
from api.schemas.queries import Page, Word
from partnerflow.store.tables.inbound import STATES


class InboundList(Page):
    state = Word(STATES, load_default=None)


class ReleaseBody(Body):
    """``case`` where the mail names none."""

    reason = Text(required=True, missing="reason-required", longest=1_000)
    case = Name(load_default=None, allow_none=True)


class DiscardBody(Body):
    reason = Text(required=True, missing="reason-required", longest=1_000)
