"""One message to one recipient: the only way anything is sent, whoever makes the attempt."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from notifications.email import SendFailed
from partnerflow.store import outbox, reminders
from partnerflow.store.database import unit_of_work
from partnerflow.store.messages import DIGEST
from workflows import steps
from workflows.activities import body
from workflows.contract import DeliveryInput
from workflows.incoming import returned

Send = Callable[[outbox.Delivery], None]
"""Writes and sends a message; raises SendFailed."""

_log = logging.getLogger(__name__)


def send_once(engine: Engine, send: Send, delivery_id: str) -> bool:
    """One attempt: claim, send, record its result; a reminder or digest without a point is dropped instead.

    False when there was nothing to do: it has gone, waits for its hour, or somebody has it. Raises only when the
    database is away; the claim's lease then runs out.
    """
    with unit_of_work(engine) as session:
        delivery = outbox.claim(session, delivery_id)
        reason = reminders.over(session, delivery) if delivery else None
        if delivery and delivery.event == DIGEST and not delivery.gathered:
            reason = "Nothing was gathered for it."
        if delivery and reason:
            outbox.record_dropped(session, delivery, reason)
    if delivery is None or reason:
        return delivery is not None
    failure = _attempt(send, delivery)
    with unit_of_work(engine) as session:
        if failure is None:
            outbox.record_sent(session, delivery)
        else:
            outbox.record_failed(session, delivery, failure.reason, permanent=failure.permanent)
    if failure is not None and failure.address:
        returned.refused(engine, delivery, failure.reason)
    return True


def _attempt(send: Send, delivery: outbox.Delivery) -> SendFailed | None:
    try:
        send(delivery)
    except SendFailed as failure:
        _log.warning("delivery %s, attempt %d: %s", delivery.id, delivery.attempt, failure.reason)
        return failure
    except Exception as defect:  # noqa: BLE001  a message that cannot be written is our defect, not the loop's end
        # The next release may know better, so it is tried again before it is parked.
        _log.exception("delivery %s cannot be written", delivery.id)
        return SendFailed(False, f"{type(defect).__name__}: {defect}")
    return None


@dataclass(frozen=True)
class MessageSteps(steps.Messages):
    """Later attempts, for a delivery's driver; the relay makes the first."""

    engine: Engine
    send: Send

    @body
    def send_delivery(self, delivery: DeliveryInput) -> None:
        send_once(self.engine, self.send, delivery.delivery_id)
