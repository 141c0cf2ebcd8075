"""The mail that brings a link to sign in: one sentence, one button, and how long it holds."""

from collections.abc import Mapping
from typing import Any, Final

from notifications.messages import DOMAIN, Delivery
from notifications.mime import Mail
from notifications.render import render_page
from notifications.words import Voice

EVENT: Final = "sign_in.link"


def sign_in_mail(delivery: Delivery, base_url: str, token: str, minutes: int) -> Mail:
    """``data`` of the delivery: ``sign_in``, ``name``, ``agent``, ``locale``; the token is the sender's, it is kept
    nowhere."""
    said: Mapping[str, Any] = delivery.data
    say = Voice(str(said.get("locale", "en")), "UTC")
    rendered = render_page(
        EVENT,
        {
            "recipient": {"name": str(said["name"])},
            "headline": say("Your link to sign in to Partnerflow"),
            "agent": str(said["agent"]),
            "link": {"href": f"{base_url}/sign-in/link/{token}", "label": say("Sign in")},
            "minutes": minutes,
        },
        say,
    )
    return Mail(
        to_name=str(said["name"]),
        to_address=delivery.address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"<sign-in.{said['sign_in']}@{DOMAIN}>",
        headers={"X-Partnerflow-Event": EVENT},
        at=delivery.created_at,
    )
