"""The real desk for the machine: PostgreSQL behind `partnerflow.desk.handle`, a database of its own for each story."""

import itertools
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
from sqlalchemy import text

from partnerflow import desk
from partnerflow.cases.commands import CaseDue, OpenCase
from partnerflow.cases.model import Case
from partnerflow.events import Stamp
from partnerflow.orders.commands import RecordActivation, RecordPayment
from partnerflow.orders.model import Leg, Payment
from partnerflow.people import Actor, Directory, Role
from partnerflow.policy.document import Policy
from partnerflow.store import policy_versions, views
from partnerflow.store.cases import due_instants
from partnerflow.store.codec import decode_event
from partnerflow.store.database import unit_of_work
from partnerflow.store.directory import snapshot
from partnerflow.store.verify import verify
from tests.domain.machine import worlds
from tests.domain.machine.desks import DONE, actor_of
from tests.domain.machine.moves import DEADLINE
from tests.support.fresh import fresh_database
from tests.workflows.house import House, seeded

MOVE = "UPDATE clock_offset SET seconds = seconds + floor(%s), micros = micros + (%s - floor(%s)) * 1000000"


@dataclass(frozen=True)
class Sent:
    """A request that was answered for good, and its answer."""

    request: desk.Request
    outcome: desk.Outcome
    ref: str


class Real:
    """See ``Desk``. The clock goes on by itself, and is moved as only the owner of the database can."""

    def __init__(self, number: int, *, told: bool, paid: bool) -> None:
        """``told``: the vendor's numbers are another system's; ``paid``: nothing is unpaid."""
        with ExitStack() as parts:
            database = parts.enter_context(fresh_database())
            self.owner = parts.enter_context(psycopg.connect(database.owner_url, autocommit=True))
            self.house: House = parts.enter_context(seeded(database))
            self._publish(number)
            if told:
                self.owner.execute("UPDATE organisation SET issuer = 'external' WHERE operator")
            self.order = self.house.order()
            if paid:
                rest = Payment("P-rest", Leg.DOWNSTREAM, "M-D-8841", 180_000, self.now)
                self.house.do("nadia-rahman", self.order, RecordPayment(rest))
            self._parts = parts.pop_all()
        self._keys = itertools.count(1)
        self._cases: dict[str, Case] = {}
        self._directory: Directory | None = None
        self.sent: list[Sent] = []
        self.answered_at = self.now

    def _publish(self, number: int) -> None:
        """The policy of the story in force, and behind it those that clocks may be moved to."""
        at, documents = self.house.now(), {worlds.OWN: worlds.DOCUMENTS[number], **worlds.MOVED}
        with unit_of_work(self.house.engine) as session:
            for version, found in documents.items():
                row = {"name": f"v{version}", "source": "", "note": "", "author": "marta-kowalska"}
                assert policy_versions.draft(session, document=found, at=at, **row) == version
            own = policy_versions.read(session, worlds.OWN)
            assert own
            published = replace(own, approver="peter-holt", published_at=at, effective_at=at)
            policy_versions.publish(session, published)

    def close(self) -> None:
        self._parts.close()

    @property
    def now(self) -> datetime:
        return self.house.now()

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            with unit_of_work(self.house.engine) as session:
                self._directory = snapshot(session).directory
        return self._directory

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(self._cases)

    def case(self, ref: str) -> Case:
        return self._cases[ref]

    def read(self, ref: str) -> Case:
        self._cases[ref] = self.house.case(ref)
        return self._cases[ref]

    def policy(self, ref: str) -> Policy:
        case = self.case(ref)
        with unit_of_work(self.house.engine) as session:
            own = policy_versions.policy(session, case.policy_version)
            return views._with_clocks_of(session, own, case.clock_policy_version)

    def history(self, ref: str, after: int) -> list[tuple[Stamp, Any]]:
        query = text(
            "SELECT seq, at, actor, kind, text FROM event WHERE stream = :ref AND seq > :after ORDER BY seq"
        )
        with unit_of_work(self.house.engine) as session:
            rows = session.execute(query, {"ref": ref, "after": after}).all()
        return [
            (Stamp(row.seq, row.at, row.actor), decode_event(row.kind, msgspec.json.decode(row.text)["data"]))
            for row in rows
        ]

    def open(self, command: OpenCase, actor: Actor) -> str:
        asked = replace(command, order_id=self.order.partition("/")[2])
        outcome = self.handle(self.request(asked, actor, self.order))
        if outcome is None or outcome.state is not desk.State.DONE:
            return (outcome.code if outcome else None) or "not-recorded"
        ref = outcome.body.split('"')[3]
        self.sent[-1] = Sent(self.sent[-1].request, outcome, ref)
        self.read(ref)
        return DONE

    def send(self, command: Any, actor: Actor, ref: str) -> str:
        return self.post(self.request(command, actor, f"case/{ref}"), ref)

    def post(self, request: desk.Request, ref: str) -> str:
        outcome = self.handle(request, ref)
        self.read(ref)
        if outcome is None:
            return "not-recorded"
        return outcome.code or DONE if outcome.state is not desk.State.NOT_YET else "not-yet"

    def request(self, command: Any, actor: Actor, target: str) -> desk.Request:
        return desk.Request(command, actor, f"machine-{next(self._keys)}", target, repr(command).encode())

    def handle(self, request: desk.Request, ref: str = "") -> desk.Outcome | None:
        """The answer, kept so that it can be asked for again; None: nothing was recorded."""
        try:
            outcome = desk.handle(self.house.engine, request)
        except desk.NotRecorded:
            return None
        if outcome.state is not desk.State.NOT_YET:
            self.sent.append(Sent(request, outcome, ref))
            self.answered_at = self._received(request)
        return outcome

    def _received(self, request: desk.Request) -> datetime:
        query = "SELECT received_at FROM command WHERE principal = %s AND key = %s"
        row = self.owner.execute(query, (request.actor.principal, request.key)).fetchone()
        assert row
        found: datetime = row[0]
        return found

    def activate(self, units: int) -> None:
        report = RecordActivation(1, units, self.now, "portal")
        self.house.do("nadia-rahman", self.order, report)
        for ref in self.refs:
            self.read(ref)

    def wait(self, minutes: int) -> None:
        self._move(timedelta(minutes=minutes))

    def _move(self, delta: timedelta) -> None:
        seconds = delta.total_seconds()
        self.owner.execute(MOVE, (seconds, seconds, seconds))

    def settle(self, ref: str) -> bool:
        due = self.case(ref).instants_due
        if not due:
            return False
        when, name = due[0]
        if (ahead := when - self.now) > timedelta(0):
            self._move(ahead + timedelta(milliseconds=1))
        assert self.send(CaseDue(name, when), DEADLINE, ref) == DONE
        return True

    def changed(self, person: str, *, roles: frozenset[Role] | None = None, active: bool = True) -> None:
        kept = roles if roles is not None else self.directory.people[person].roles
        self._write(
            "UPDATE person SET roles = :roles, active = :active, changed_at = partnerflow_now() WHERE id = :id",
            id=person, roles=sorted(role.value for role in kept), active=active,
        )  # fmt: skip

    def absent(self, person: str, until: datetime | None, delegate: str | None) -> None:
        self._write("DELETE FROM absence WHERE person = :id", id=person)
        self._write(
            "INSERT INTO absence (person, since, until, delegate) VALUES (:id, partnerflow_now(), :until, :delegate)",
            id=person, until=until, delegate=delegate if delegate != person else None,
        )  # fmt: skip

    def covered(self, place: int, person: str) -> None:
        row = "SELECT id FROM coverage ORDER BY id OFFSET :place LIMIT 1"
        self._write(f"UPDATE coverage SET person = :person WHERE id = ({row})", place=place, person=person)

    def _write(self, statement: str, **values: Any) -> None:
        self._directory = None
        with unit_of_work(self.house.engine) as session:
            session.execute(text(statement), values)

    def actor(self, person: str) -> Actor:
        return actor_of(self.directory, person)

    def projections(self) -> None:
        """What lists and drivers read says what the states say (FAULTS: the oracle, 4)."""
        pending = "SELECT case_ref, id, deciders, due_at FROM approval WHERE status = 'pending'"
        columns = 'SELECT ref, stage, outcome, owner, next_due_at, step_due_at, version FROM "case"'
        with unit_of_work(self.house.engine) as session:
            steps = {row[0]: tuple(row[1:]) for row in session.execute(text(pending))}
            cases = {row[0]: tuple(row[1:]) for row in session.execute(text(columns))}
        for ref, row in cases.items():
            case = self.read(ref)
            outcome = case.outcome.value if case.outcome else None
            assert row == (case.stage.value, outcome, case.owner, *due_instants(case), case.version)
            clock = case.clock("step")
            due = clock.due_at if clock else None
            shown = (case.step.id, list(case.step.deciders), due) if case.step else None
            assert steps.get(ref) == shown

    def faults(self) -> tuple[str, ...]:
        with unit_of_work(self.house.engine) as session:
            return verify(session)
