"""What makes a mail of ours answerable: the address its reply goes to, and the id it is known by."""

from dataclasses import replace

from notifications import reply
from notifications.mime import Mail
from partnerflow.store.outbox import Delivery


def answerable(mail: Mail, delivery: Delivery, secret: str, domain: str | None) -> Mail:
    """A case's mail, with both; an order's as it is: nothing waits for a reply to it."""
    if "order_id" in delivery.data or reply.read_ref(delivery.stream) is None:
        return mail
    signed = reply.message_id(secret, mail.message_id, delivery.stream, delivery.recipient)
    if domain is None:
        return replace(mail, message_id=signed)
    to = reply.address(secret, domain, delivery.stream, delivery.recipient)
    return replace(mail, message_id=signed, reply_to=to)
