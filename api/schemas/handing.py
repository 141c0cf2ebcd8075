"""Recall, appeal, and handing a case to somebody else, as they are sent."""

from api.schemas.fields import Body, Name, Text


class RecallBody(Body):
    """Back to assessment, before the last step begins."""

    reason = Text(required=True, missing="reason-required")


class AppealBody(Body):
    """Why what was declined or left out should be looked at once more, by others."""

    text = Text(required=True, missing="reason-required")


class ReassignBody(Body):
    """``to`` is a colleague, by id or e-mail address."""

    to = Name(required=True)
    text = Text(load_default="", allow_none=True, blank=True)


class RedirectBody(Body):
    """``to`` is a department; the partner reads why."""

    to = Name(required=True)
    text = Text(required=True, missing="reason-required")
