"""Floor 7: the one door. A command comes in, a decided outcome goes out, in one transaction.

A refusal is an outcome, never an exception. What is stored under the key is answered for good; 'not yet', what was not
found and what was never recorded are not. ARCHITECTURE: A command, step by step.
"""

from collections.abc import Callable
from typing import Final

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from partnerflow.cases.commands import AdoptPolicy, OpenCase
from partnerflow.desk import calendars, cases, directory, imports, inbound, orders, policies, redelivery
from partnerflow.desk.bell import ring
from partnerflow.desk.calendars import CalendarSet, Closed
from partnerflow.desk.inbound import Placed
from partnerflow.desk.model import (
    Answer,
    Booked,
    Decided,
    Filed,
    NotRecorded,
    Outcome,
    Request,
    Ruled,
    State,
    Unavailable,
    brief,
)
from partnerflow.desk.previews import dry_run, preview
from partnerflow.desk.redelivery import Queued
from partnerflow.desk.work import NotDue, Work
from partnerflow.directory.own_hand import refuse_anothers
from partnerflow.orders.commands import CancelOrder
from partnerflow.refusals import Refused
from partnerflow.store import commands
from partnerflow.store.codec import text_of

__all__ = [
    "Answer",
    "Booked",
    "Decided",
    "Filed",
    "NotRecorded",
    "Outcome",
    "Request",
    "Ruled",
    "State",
    "Unavailable",
    "brief",
    "dry_run",
    "handle",
    "preview",
]

UNRECORDED = frozenset({"not-found"})
"""Refusals that roll back: nothing stands under the key (FAULTS)."""

AWAY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.QueryCanceled,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.OperationalError,
)


def handle(engine: Engine, request: Request) -> Outcome:
    """Decide one command. Raises NotRecorded and Unavailable, when nothing was recorded."""
    try:
        outcome, work = _transact(engine, request)
    except NotDue as early:
        return Outcome(State.NOT_YET, due_at=early.due_at)
    except PoolTimeout as error:
        raise Unavailable("no connection is free") from error
    except DBAPIError as error:
        if isinstance(error.orig, AWAY):
            raise Unavailable(str(error.orig).strip().partition("\n")[0]) from error
        raise
    if work is not None and work.owes:
        ring(engine)
    return outcome


class _RefusedLate(Exception):
    """Refused when something was written already: all of it goes, and only the refusal is recorded."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _transact(engine: Engine, request: Request) -> tuple[Outcome, Work | None]:
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return _decide(session, request)
    except _RefusedLate as late:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return _decide(session, request, late.refusal)


def _decide(
    session: Session, request: Request, refusal: Refused | None = None
) -> tuple[Outcome, Work | None]:
    """``refusal``: what is known already to be refused, and only to be recorded."""
    principal, key = request.actor.principal, request.key
    if not commands.begin(session, principal, key):
        raise NotRecorded(
            "request-in-progress", "The first request with this key is still running; ask again."
        )
    received = commands.receive(
        session,
        opening=isinstance(request.command, OpenCase | CancelOrder),
        principal=principal,
        key=key,
        fingerprint=request.fingerprint,
        kind=type(request.command).__name__,
        target=request.target,
    )
    if received is None:
        return _replay(session, request), None
    work = Work(session, request, received)
    if refusal is not None:
        return _refuse(work, refusal), work
    try:
        refuse_anothers(request.command, request.actor)
        decided = _room(request)(work)
    except Refused as found:
        if work.writing:
            raise _RefusedLate(found) from found
        return _refuse(work, found), work
    return _answer(work, decided), work


Done = Decided | Booked | Ruled | Filed | Closed | CalendarSet | Placed | Queued
Room = Callable[[Work], Done]

BY_COMMAND: Final[dict[type, Room]] = {
    OpenCase: cases.open_case,
    CancelOrder: orders.cancel,
    AdoptPolicy: policies.adopt,
}
ROOMS: Final[dict[str, Room]] = {
    "calendar": calendars.decide,
    "case": cases.decide,
    "delivery": redelivery.decide,
    "import": imports.decide,
    "inbound": inbound.decide,
    "order": orders.decide,
    "organisation": directory.decide,
    "people": directory.followed,
    "policy": policies.decide,
}


def _room(request: Request) -> Room:
    """By the command where it has a way of its own, else by the kind of its target."""
    kind, _, _ = request.target.partition("/")
    return BY_COMMAND.get(type(request.command)) or ROOMS[kind]


def _replay(session: Session, request: Request) -> Outcome:
    found = commands.stored(session, request.actor.principal, request.key)
    if found.fingerprint != request.fingerprint:
        raise NotRecorded("idempotency-key-reused", "This key was used for another request; take a new one.")
    return Outcome(
        State(found.state), found.status, found.code, found.answer, found.etag, found.location, replayed=True
    )


def _refuse(work: Work, refusal: Refused) -> Outcome:
    """Stored like every outcome, together with what was due before it."""
    if refusal.code in UNRECORDED:
        raise NotRecorded(refusal.code, refusal.detail) from refusal
    work.settle_refused()
    body = text_of({"code": refusal.code, "detail": refusal.detail, "extra": refusal.extra})
    refused = State.REFUSED.value
    work.close(state=refused, status=None, code=refusal.code, answer=body, etag=None, location=None)
    return Outcome(State.REFUSED, None, refusal.code, body)


def _answer(work: Work, decided: Done) -> Outcome:
    told = work.request.answer(decided)
    work.close(
        state=State.DONE.value,
        status=told.status,
        code=None,
        answer=told.body,
        etag=told.etag,
        location=told.location,
    )
    return Outcome(State.DONE, told.status, None, told.body, told.etag, told.location)
