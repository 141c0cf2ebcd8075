"""Clocks of open cases that follow a published policy, case by case through the one door."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine
from temporalio import activity

from partnerflow import desk
from partnerflow.cases.commands import AdoptPolicy
from partnerflow.people import Actor
from partnerflow.policy.commands import BeginMovingClocks, EndMovingClocks
from partnerflow.policy.versions import ClocksMoved
from partnerflow.store import moving_clocks
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows import steps
from workflows.activities import body
from workflows.activities.records import NO_SUCH
from workflows.contract import Due, PolicyInput, PolicySummary

ACTOR: Final = Actor(person=None, organisation=None, service="policy")
HANDFUL: Final = 50
"""Cases of one activity: some seconds of work."""


@dataclass(frozen=True)
class PolicySteps(steps.Policies):
    """The keys say which case and which version, so that each is asked once."""

    engine: Engine

    @body
    def read_policy(self, policy: PolicyInput) -> PolicySummary:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = moving_clocks.read(session, int(policy.version))
            moving = found is not None and found[0] == ClocksMoved.MOVING
            left = moving_clocks.count_left(session, int(policy.version)) if moving else 0
        clocks, effective_at, now = found or (None, None, NO_SUCH)
        owes = effective_at is not None and clocks in (ClocksMoved.WAITING, ClocksMoved.MOVING)
        due = Due("effective", effective_at) if owes and effective_at else None
        return PolicySummary(now, due, moving, left)

    @body
    def begin_moving(self, policy: PolicyInput) -> None:
        self._send(BeginMovingClocks(), f"move:{policy.version}", f"policy/{policy.version}")

    @body
    def move_clocks(self, policy: PolicyInput) -> None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            refs = moving_clocks.left(session, int(policy.version), HANDFUL)
        for ref in refs:
            self._send(
                AdoptPolicy(int(policy.version)), moving_clocks.key(ref, policy.version), f"case/{ref}"
            )
        if len(refs) < HANDFUL:
            self._send(EndMovingClocks(), f"moved:{policy.version}", f"policy/{policy.version}")

    def _send(self, command: Any, key: str, target: str) -> None:
        outcome = desk.handle(self.engine, desk.Request(command, ACTOR, key, target))
        if outcome.state is desk.State.REFUSED:
            activity.logger.warning("%s: %s", key, outcome.body)
