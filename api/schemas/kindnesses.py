"""Calls, and the partner's side handed on, as they are sent."""

from api.schemas.fields import Body, Instant, Name, Text


class AskCallBody(Body):
    """``when`` in words, or ``slot`` as an instant; at least one helps, neither is needed."""

    number = Name(required=True, longest=40)
    when = Name(load_default="", blank=True)
    slot = Instant(load_default=None, allow_none=True)
    about = Text(required=True, longest=2_000)


class RecordCallBody(Body):
    """``call`` is the id shown under ``calls``; ``text`` is read by both sides."""

    call = Name(required=True)
    text = Text(required=True)


class HandPartnerBody(Body):
    """``to`` is a colleague of the partner's organisation, by id or e-mail address."""

    to = Name(required=True)
    text = Text(load_default="", allow_none=True, blank=True)
