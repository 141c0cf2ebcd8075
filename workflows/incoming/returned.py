"""Mails of ours that came back: the address is marked, and somebody else of the house gets what it said.

A report is believed only where it returns the headers of a mail of ours, whose id nobody else can make.
"""

import logging
from datetime import datetime

from sqlalchemy import Engine

from notifications import reply
from notifications.inbound import Bounce, Incoming
from partnerflow import desk
from partnerflow.directory.commands import ClearUndeliverable, MarkUndeliverable
from partnerflow.people import Directory
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot
from partnerflow.store.inbound import Settled, read_delivery
from partnerflow.store.outbox import Delivery
from workflows.incoming.parts import MAIL, House, Quarantined

_log = logging.getLogger(__name__)


def take_back(house: House, mail_id: str, incoming: Incoming) -> Settled:
    """What a report does; Quarantined when it cannot be about a mail of ours."""
    bounce = incoming.bounce
    assert bounce is not None
    delivery, directory = _of(house.engine, bounce)
    if bounce.of is None or delivery is None:
        return Settled("ignored", reason=f"It returns no mail of ours: {bounce.reason}")
    if not reply.fits(bounce.of, house.secret, delivery.recipient):
        raise Quarantined("The report names a mail that we did not send like that.", delivery.stream)
    if not bounce.hard:
        return Settled(
            "taken",
            case_ref=delivery.stream,
            person=delivery.recipient,
            outcome="delay",
            reason=bounce.reason,
        )
    mark(house.engine, directory, delivery, bounce.reason, f"mail:{mail_id}:bounce")
    return Settled(
        "taken", case_ref=delivery.stream, person=delivery.recipient, outcome="bounce", reason=bounce.reason
    )


def refused(engine: Engine, delivery: Delivery, reason: str) -> None:
    """The mail server would not take the address: as a report, only sooner."""
    with reading(engine, EVERY_ORGANISATION) as session:
        directory = snapshot(session).directory
    try:
        mark(engine, directory, delivery, reason, f"refused:{delivery.id}")
    except (desk.Unavailable, desk.NotRecorded) as away:
        _log.warning("the address of %s is not marked: %s", delivery.recipient, away)


def mark(engine: Engine, directory: Directory, delivery: Delivery, reason: str, key: str) -> None:
    """The desk marks the address and has the message reach another; a message to no person is left as it is."""
    person = directory.people.get(delivery.recipient)
    if person is None:
        return
    command = MarkUndeliverable(person.id, delivery.address, reason, delivery.id)
    desk.handle(engine, desk.Request(command, MAIL, key, f"organisation/{person.organisation}"))


def clear(engine: Engine, directory: Directory, person_id: str, key: str, since: datetime | None) -> None:
    """Somebody wrote from the address: it is theirs again."""
    person = directory.people[person_id]
    if since is not None:
        command = ClearUndeliverable(person.id)
        desk.handle(engine, desk.Request(command, MAIL, key, f"organisation/{person.organisation}"))


def _of(engine: Engine, bounce: Bounce) -> tuple[Delivery | None, Directory]:
    with reading(engine, EVERY_ORGANISATION) as session:
        named = bounce.of.delivery if bounce.of else None
        return read_delivery(session, named) if named else None, snapshot(session).directory
