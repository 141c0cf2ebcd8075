"""Letting the cases follow who comes and goes: leavers first, then case by case through the one door."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from temporalio import activity

from partnerflow import desk
from partnerflow.cases.commands import SyncPeople
from partnerflow.directory.commands import FinishLeaving, PeopleFollowed
from partnerflow.directory.rights import FOLLOWER
from partnerflow.people import Actor
from partnerflow.store import following
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import snapshot
from workflows import steps
from workflows.activities import body
from workflows.contract import Due, Followers, PeopleInput, PeopleSummary

ACTOR: Final = Actor(person=None, organisation=None, service=FOLLOWER)
AT_ONCE: Final = 50
"""Cases of one batch."""


@dataclass(frozen=True)
class PeopleSteps(steps.People):
    """Every command has a key that says what it follows, so that a batch may begin anew."""

    engine: Engine

    @body
    def read_people(self, _driver: PeopleInput) -> PeopleSummary:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = following.standing(session)
        return PeopleSummary(found.now, found.behind, Due("people", found.next_at) if found.next_at else None)

    @body
    def follow_people(self, followers: Followers) -> Followers | None:
        if followers.until is None:
            self._finish_leaving()
        with reading(self.engine, EVERY_ORGANISATION) as session:
            now = following.standing(session)
            directory = snapshot(session).directory
            found = following.candidates(session, directory, now.now, followers.after, AT_ONCE)
        asked = now.asked if followers.asked is None else followers.asked
        until = followers.until or now.now
        for ref, version in found.refs:
            # The case's own version too: one that came to be behind again in the same state of things follows again.
            key = f"sync:{ref}:{directory.version}:{until.isoformat()}:{version}"
            self._send(SyncPeople(), key, f"case/{ref}")
        if found.last is not None:
            return Followers(found.last, asked, until)
        self._send(PeopleFollowed(asked, until), f"followed:{asked}:{until.isoformat()}", "people/sync")
        return None

    def _finish_leaving(self) -> None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = following.leaving(session)
        for person, organisation, row in found:
            self._send(FinishLeaving(person), f"left:{person}:{row}", f"organisation/{organisation}")

    def _send(self, command: object, key: str, target: str) -> None:
        outcome = desk.handle(self.engine, desk.Request(command, ACTOR, key, target))
        if outcome.state is desk.State.REFUSED:
            activity.logger.error("%s does not follow: %s", target, outcome.body)
