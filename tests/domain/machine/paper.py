"""The desk on paper for the machine: instants are whole minutes, nothing is stored."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from partnerflow.cases.commands import AdoptPolicy, CaseDue, FollowOrder, OpenCase
from partnerflow.cases.events import CaseEscalated
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.notices import owed
from partnerflow.cases.view import Draft, View
from partnerflow.directory.clearance import Issuer
from partnerflow.events import Stamp
from partnerflow.orders.commands import RecordActivation
from partnerflow.people import Actor, Coverage, Directory, Role
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused
from tests.domain import builders_orders as orders
from tests.domain import builders_people as people
from tests.domain.builders_cases import DEADLINE, MONDAY, PaperDesk, story_order
from tests.domain.machine.desks import DONE
from tests.domain.machine.moves import ORDERS
from tests.domain.machine.worlds import LATER


@dataclass
class _Sheets(PaperDesk):
    """A case whose clocks were moved runs on the later policy's allowances, its rules stay."""

    def view(self, ref: str = "") -> View:
        case = self.cases.get(ref)
        if case is None or case.clock_policy_version is None:
            return super().view(ref)
        later = LATER[case.clock_policy_version]
        own = replace(self.policy, allowances=later.allowances, warnings=later.warnings)
        return replace(super().view(ref), policy=own)

    def _keep(self, draft: Draft, before: int) -> Case:
        """Nobody is written to twice for one event; of every rung the partner hears who has it now, of one at the very
        opening in the mail that says it is opened."""
        told = owed(draft, before + 1)
        assert len({(notice.seq, notice.recipient) for notice in told}) == len(told)
        partners = {notice.seq for notice in told if notice.audience == "partner"}
        for place, event in enumerate(draft.events, start=before + 1):
            if isinstance(event, CaseEscalated) and before:
                assert (place in partners) is (event.to is not None)
        return super()._keep(draft, before)


def elsewhere(known: Directory) -> Directory:
    vendor = replace(known.operator, issuer=Issuer.EXTERNAL)
    return replace(known, organisations={**known.organisations, vendor.code: vendor})


class Paper:
    """See ``Desk``."""

    def __init__(self, policy: Policy, *, told: bool, paid: bool) -> None:
        """``told``: the vendor's numbers are another system's; ``paid``: nothing is unpaid."""
        known = people.directory()
        self.sheets = _Sheets(
            policy=policy,
            directory=elsewhere(known) if told else known,
            order=story_order(paid=300_000 if paid else 120_000),
        )
        self.now: datetime = MONDAY

    @property
    def answered_at(self) -> datetime:
        return self.now

    @property
    def directory(self) -> Directory:
        return self.sheets.directory

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(self.sheets.cases)

    def case(self, ref: str) -> Case:
        return self.sheets.cases[ref]

    def policy(self, ref: str) -> Policy:
        return self.sheets.view(ref).policy

    def history(self, ref: str, after: int) -> list[tuple[Stamp, Any]]:
        return self.sheets.log[ref][after:]

    def open(self, command: OpenCase, actor: Actor) -> str:
        try:
            self.sheets.open(command, actor, self.now)
        except Refused as refusal:
            return refusal.code
        return DONE

    def send(self, command: Any, actor: Actor, ref: str) -> str:
        self.sheets.adopting = LATER[command.version] if isinstance(command, AdoptPolicy) else None
        try:
            self.sheets.do(command, actor, self.now, ref)
        except Refused as refusal:
            return refusal.code
        return DONE

    def activate(self, units: int) -> None:
        report = RecordActivation(1, units, self.now, "vendor")
        self.sheets.order = orders.do(self.sheets.order, report, at=self.now)
        for ref, case in self.sheets.cases.items():
            if case.stage in (Stage.ASSESSMENT, Stage.APPROVAL):
                self.send(FollowOrder(), ORDERS, ref)

    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def settle(self, ref: str) -> bool:
        due = self.case(ref).instants_due
        if not due:
            return False
        self.now = max(self.now, due[0][0])
        assert self.send(CaseDue(due[0][1], due[0][0]), DEADLINE, ref) == DONE
        return True

    def changed(self, person: str, *, roles: frozenset[Role] | None = None, active: bool = True) -> None:
        known = self.directory.people[person]
        self.sheets.directory = people.changed(
            self.directory, person, roles=known.roles if roles is None else roles, active=active
        )

    def absent(self, person: str, until: datetime | None, delegate: str | None) -> None:
        self.sheets.directory = people.absent(self.directory, person, self.now, until, delegate)

    def covered(self, place: int, person: str) -> None:
        known = self.directory
        rows: list[Coverage] = list(known.coverage)
        rows[place] = replace(rows[place], person=person)
        self.sheets.directory = replace(known, version=known.version + 1, coverage=tuple(rows))
