"""A named contact as a mail shows them: how to reach them, and whether they are in."""

from notifications.render import WhoData
from notifications.words import Voice
from partnerflow.cases.contact import Contact


def who_data(contact: Contact | None, say: Voice) -> WhoData | None:
    if contact is None:
        return None
    return WhoData(
        name=contact.name,
        title=contact.title,
        email=contact.email,
        phone=contact.phone,
        hours=contact.hours,
        available=_available(contact, say),
    )


def _available(contact: Contact, say: Voice) -> str:
    if contact.available_now:
        return say("in now")
    back = contact.next_available_at
    if contact.cover:
        if back:
            return say("back {when}, {who} answers until then", when=say.when(back), who=contact.cover)
        return say("away, {who} answers until then", who=contact.cover)
    return say("back {when}", when=say.when(back)) if back else say("away")
