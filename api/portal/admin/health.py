"""Health: every sign as a line, green or red, and what to do where it is red."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import Response

import migrations
from api.auth import session
from api.portal.admin import admin_page, room
from api.portal.words import marked as _
from partnerflow.store import signs
from partnerflow.store.listing_parts import health

PATIENCE: Final = 60.0
"""Seconds that a wake or a message may wait before somebody should look."""
A_DAY: Final = 26 * 3_600.0
"""The record is verified every day; this long after the last time it was missed."""
LOST: Final = 300.0
"""The drivers are compared twice a minute; this long after the last time no worker runs."""


STAYS: Final = 120.0
"""A record that is just being decided may have no driver at one comparison; it has one at the next."""


@dataclass(frozen=True, slots=True)
class Line:
    """``value`` in ``unit`` (seconds or count, None: never); ``act``: what to do when it is not ``well``, ``where``: at
    which page; ``told``: what was found, in sentences."""

    label: str
    value: float | str | None
    unit: str
    well: bool
    act: str
    where: str = ""
    told: tuple[str, ...] = ()


@room.get("/admin/health", endpoint="health")
def page() -> Response:
    """Red lines first."""
    found = lines()
    return admin_page(
        "health", lines=sorted(found, key=lambda line: line.well), red=[x for x in found if not x.well]
    )


def lines() -> list[Line]:
    """All of them, in the order of how soon they hurt."""
    return [*_waiting(), *_stuck(), *_rounds(), _schema()]


def _waiting() -> Iterator[Line]:
    found = health(session())
    act = _("No worker runs, or Temporal is away: look at the worker's log, and start it again.")
    yield Line(_("Oldest driver to be woken"), found.wake_lag, "seconds", found.wake_lag < PATIENCE, act)
    act = _("No worker runs, or the mail server hangs: look at the worker's log and the mail server.")
    yield Line(
        _("Oldest message to be sent"),
        found.message_lag,
        "seconds",
        found.message_lag < PATIENCE,
        act,
        "/admin/deliveries",
    )
    act = _("Mails came in that nobody could place: let them through or put them away.")
    yield _count(_("Mails in quarantine"), found.quarantined, act, "/admin/inbound?state=quarantined")
    act = _("Mails to these people came back: correct the address, or ask them.")
    yield _count(_("People whose address is bad"), found.undeliverable, act, "/admin/people")


def _stuck() -> Iterator[Line]:
    found = signs.signs(session())
    act = _("Read the reason, mend it, and send them again.")
    yield _count(_("Messages nobody tries again"), found.parked, act, "/admin/deliveries?state=parked")
    yield Line(
        _("Messages to be sent now"),
        found.unsent,
        "count",
        found.unsent < _MANY,
        _("See the oldest of them above."),
    )
    yield Line(
        _("Messages to be tried again"),
        found.retrying,
        "count",
        found.retrying < _MANY,
        _("Their reason is in the list."),
        "/admin/deliveries?state=retrying",
    )
    act = _("With worker and Temporal up these vanish within a minute; else look at the worker's log.")
    yield _count(_("Instants that passed without effect"), found.overdue, act)
    act = _("Tell whoever runs the installation: an open case without a next instant would be forgotten.")
    yield _count(_("Open cases on which nothing is due"), found.idle, act)
    act = _("Record who stands in, or name a fallback person.")
    yield _count(_("Open cases whose owner has left"), found.ownerless, act, "/admin/coverage")
    act = _("Each has a named person, who sees the reason in the case.")
    yield _count(_("Credits that could not be carried out"), found.failed_remedies, act)
    act = _("Each has a named person in finance, who sees the reason.")
    yield _count(_("Payments that were refused"), found.failed_payouts, act)
    act = _("Ask finance to look at the payer's system: for an hour nobody knows whether they went.")
    yield _count(_("Payments of which nobody knows"), found.unknown_payouts, act)


_MANY: Final = 500


def _count(label: str, count: int, act: str, where: str = "") -> Line:
    return Line(label, count, "count", count == 0, act, where)


def _rounds() -> Iterator[Line]:
    found = signs.rounds(session())
    act = _(
        "Open records are compared with running drivers twice a minute: no worker runs, or Temporal is away."
    )
    yield _age(_("Drivers were last compared"), found.get(signs.COMPARED), LOST, act)
    compared = found.get(signs.COMPARED)
    act = _(
        "They are started again at every comparison, and it does not help: look at Temporal and the worker's log."
    )
    lost = compared.found if compared else 0
    yield Line(_("Records without a driver then"), lost, "count", not compared or compared.wrong < STAYS, act)
    act = _("Trigger the Schedule digest, and look why it did not run in the night.")
    yield _age(_("The record was last verified"), found.get(signs.VERIFIED), A_DAY, act)
    verified = found.get(signs.VERIFIED)
    act = _("Keep the database as it is, and tell whoever runs the installation.")
    count = verified.found if verified else 0
    # What was found names cases and people, and may name amounts: that is for whoever runs the installation.
    yield _count(_("Faults it found"), count, act)


def _age(label: str, found: signs.Round | None, most: float, act: str) -> Line:
    return Line(label, found.age if found else None, "seconds", found is not None and found.age < most, act)


def _schema() -> Line:
    schema, code = health(session()).schema, migrations.head()
    act = _("The database is older than the code: migrate it, then replace the processes.")
    return Line(_("Schema of the database"), f"{schema} / {code}", "text", schema >= code, act)
