"""Whether a reminder still has a point when its turn has come, by the record as it stands then."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerflow.cases.reminding import Reminder, pointless
from partnerflow.orders.model import OrderStatus
from partnerflow.store import drivers, links
from partnerflow.store.outbox import Delivery

WINDOW: Final = "window"

_LATER = text("""
SELECT EXISTS (SELECT 1 FROM delivery WHERE stream = :stream AND recipient = :recipient AND event = :event
  AND reminds = :reminds AND seq > :seq AND state <> 'dropped')
""")

_ORDER = text('SELECT status, partnerflow_now() FROM "order" WHERE id = :id')


def over(session: Session, delivery: Delivery) -> str | None:
    """Why a claimed reminder is not sent any more; None if it is, or is no reminder."""
    if delivery.reminds is None:
        return None
    about = Reminder(delivery.reminds, delivery.reminds_until)
    kind, _, key = delivery.stream.partition("/")
    if kind == "sign-in":
        return "The link has run out." if links.run_out(session, delivery.reminds_until) else None
    gone = _of_order(session, key, about) if kind == "order" else _of_case(session, delivery.stream, about)
    return gone or _overtaken(session, delivery)


def _of_case(session: Session, ref: str, about: Reminder) -> str | None:
    found = drivers.read_case(session, ref)
    return pointless(found[0], about, found[1]) if found else None


def _of_order(session: Session, order_id: str, about: Reminder) -> str | None:
    row = session.execute(_ORDER, {"id": order_id}).one_or_none()
    if row is None or about.until is None:
        return None
    if row[0] != OrderStatus.ACCEPTED.value:
        return f"The order is {row[0].replace('_', ' ')}."
    return "The cancel window is closed." if row[1] >= about.until else None


def _overtaken(session: Session, delivery: Delivery) -> str | None:
    """Two that waited for the same morning say the same: the later one goes."""
    names = ("stream", "recipient", "event", "reminds", "seq")
    later = session.scalar(_LATER, {name: getattr(delivery, name) for name in names})
    return "A later reminder of the same says it." if later else None
