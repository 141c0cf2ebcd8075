"""Mails that came in, worked on one after the other: claimed with a lease, taken in, settled.

What cannot be read is tried again when its lease runs out, and put aside for a person in the end.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from partnerflow import desk
from partnerflow.store import inbound
from partnerflow.store.database import unit_of_work
from partnerflow.store.inbound import MOST_ATTEMPTS, Settled, Staged
from workflows.bell import Bell
from workflows.incoming.parts import House
from workflows.incoming.taking_in import take_in

_log = logging.getLogger(__name__)


def take_next(house: House) -> bool:
    """Work on the oldest mail that nobody has; False when there is none."""
    with unit_of_work(house.engine) as session:
        mail = inbound.claim(session)
    if mail is None:
        return False
    found = _taken_in(house, mail)
    if found is not None:
        with unit_of_work(house.engine) as session:
            inbound.settle(session, mail, found)
    return True


def _taken_in(house: House, mail: Staged) -> Settled | None:
    """None: not now; its lease lets it come again."""
    try:
        return take_in(house, mail)
    except (desk.Unavailable, SQLAlchemyError):
        raise
    except desk.NotRecorded as away:
        if away.code == "not-found":
            return Settled("quarantined", reason="The case is not there.")
        return None
    except Exception as defect:  # noqa: BLE001  one mail nobody can read must not stop the others
        _log.exception("mail %s cannot be taken in", mail.id)
        if mail.attempt < MOST_ATTEMPTS:
            return None
        return Settled("quarantined", reason=f"It cannot be read: {type(defect).__name__}.")


async def take_in_all(house: House, bell: Bell, threads: ThreadPoolExecutor) -> None:
    """Until cancelled; a database that is away only costs time."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            more = await loop.run_in_executor(threads, take_next, house)
        except (SQLAlchemyError, desk.Unavailable) as error:
            _log.warning("mails wait: %s", error)
            more = False
        if not more:
            await bell.wait()
