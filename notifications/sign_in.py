"""The mail that brings a link to sign in: one sentence, one button, and how long it holds."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.formats import plain
from notifications.messages import DOMAIN, Delivery
from notifications.mime import Mail

EVENT: Final = "sign_in.link"
SUBJECT: Final = "Your link to sign in to Partnerflow"


def sign_in_mail(delivery: Delivery, base_url: str, token: str, minutes: int) -> Mail:
    """``data`` of the delivery: ``sign_in``, ``name``, ``agent``; the token is the sender's, it is kept nowhere."""
    said: Mapping[str, Any] = delivery.data
    data = {
        "name": plain(str(said["name"])),
        "agent": plain(str(said["agent"])),
        "href": f"{base_url}/sign-in/link/{token}",
        "minutes": minutes,
        "subject": SUBJECT,
    }
    return Mail(
        to_name=str(said["name"]),
        to_address=delivery.address,
        subject=SUBJECT,
        text=_set("txt", data),
        html=_set("html", data),
        message_id=f"<sign-in.{said['sign_in']}@{DOMAIN}>",
        headers={"X-Partnerflow-Event": EVENT},
        at=delivery.created_at,
    )


def _set(kind: str, data: Mapping[str, Any]) -> str:
    return _environment().get_template(f"mail/{EVENT}.{kind}").render(data).strip() + "\n"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
