"""Reading the record, and the commands of the services through the one door."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from temporalio import activity

from partnerflow import desk
from partnerflow.cases.commands import CaseDue, FailRemedy, IssueNotes, RecordAction, RetryRemedy
from partnerflow.cases.model import Case
from partnerflow.cases.money_commands import ConfirmNote, PayoutAnswered, PublishVoids, SubmitPayout
from partnerflow.orders.commands import OrderDue
from partnerflow.orders.model import Leg, OrderStatus
from partnerflow.people import Actor
from partnerflow.store import drivers, signs
from partnerflow.store.database import EVERY_ORGANISATION, reading, snapshot_of, unit_of_work
from partnerflow.store.verify import verify
from workflows import steps
from workflows.activities import body, summaries
from workflows.contract import (
    ActDone,
    Answer,
    CaseInput,
    CaseSummary,
    DeliveryInput,
    DeliverySummary,
    Due,
    NoteGiven,
    OrderInput,
    OrderSummary,
    RemedyFailure,
    RemedyRetry,
    RemedySummary,
    RoundInput,
    RoundSummary,
    Settling,
)
from workflows.contract_payments import PayoutInput, PayoutSummary, PayoutTold, Submission

NO_SUCH = datetime.min.replace(tzinfo=UTC)
"""The clock of a record that is not there: nothing is due on it."""


@dataclass(frozen=True)
class RecordSteps(steps.Records):
    """Every read is one statement, every command one transaction of the desk. ``payments``: there is a payment port."""

    engine: Engine
    payments: bool = False

    @body
    def read_order(self, order: OrderInput) -> OrderSummary:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = drivers.read_order(session, order.order_id)
        if found is None:
            return OrderSummary(NO_SUCH, None, None)
        status = OrderStatus(found.state)
        name = "hold" if status is OrderStatus.ON_HOLD else "window"
        return OrderSummary(found.now, status, Due(name, found.due_at) if found.due_at else None)

    @body
    def read_case(self, case: CaseInput) -> CaseSummary:
        found = self._case(case.ref)
        return summaries.of_case(*found) if found else CaseSummary(NO_SUCH, None, None)

    @body
    def read_round(self, round_: RoundInput) -> RoundSummary:
        found = self._case(round_.ref)
        if found is None:
            return RoundSummary(NO_SUCH, None, None)
        return summaries.of_round(found[0], round_.round, found[1])

    @body
    def read_remedy(self, round_: RoundInput) -> RemedySummary:
        found = self._case(round_.ref)
        if found is None:
            return RemedySummary(open=False, next_act=None, version=0)
        return summaries.of_remedy(found[0], round_.round)

    @body
    def read_delivery(self, delivery: DeliveryInput) -> DeliverySummary:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = drivers.read_delivery(session, delivery.delivery_id)
        if found is None or found.due_at is None:
            return DeliverySummary(found.now if found else NO_SUCH, None)
        return DeliverySummary(found.now, Due(found.state, found.due_at))

    @body
    def settle(self, settling: Settling) -> Answer:
        due = settling.due
        kind = CaseDue if settling.target.startswith("case/") else OrderDue
        key = f"due:{settling.target}:{due.name}:{due.at.isoformat()}"
        return self._send(kind(due.name, due.at), "deadline", key, settling.target)

    @body
    def record_act(self, done: ActDone) -> Answer:
        command = RecordAction(done.round, done.act.value, done.reference)
        return self._remedy(command, done.ref, done.round, done.act.value)

    @body
    def issue_notes(self, round_: RoundInput) -> Answer:
        return self._remedy(IssueNotes(round_.round, self.payments), round_.ref, round_.round, "issue")

    @body
    def confirm_issued(self, given: NoteGiven) -> Answer:
        """Each answer of the issuer's system is one command: what is refused today may hold once a person saw to it."""
        found = self._case(given.ref)
        note = ConfirmNote(
            Leg(given.leg), given.number, given.issued_at, given.net, given.tax, given.gross, given.round,
            given.clearance_id, given.document,
        )  # fmt: skip
        version = found[0].version if found else 0
        return self._remedy(note, given.ref, given.round, f"confirm-{given.leg}-{version}")

    @body
    def fail_remedy(self, failure: RemedyFailure) -> Answer:
        command = FailRemedy(failure.round, failure.because)
        return self._remedy(command, failure.ref, failure.round, f"fail-{failure.version}")

    @body
    def retry_remedy(self, retry: RemedyRetry) -> Answer:
        return self._remedy(RetryRemedy(retry.round), retry.ref, retry.round, f"retry-{retry.version}")

    @body
    def read_payout(self, payout: PayoutInput) -> PayoutSummary:
        found = self._case(payout.ref)
        return summaries.of_payout(found[0], payout.key) if found else PayoutSummary(None, 0)

    @body
    def submit_payout(self, submission: Submission) -> bool:
        """Without a port nothing is submitted. A replayed answer was given to another driver, or to this one before it
        was lost: then what became of it is found by looking."""
        if not self.payments:
            return False
        target = f"case/{PayoutInput(submission.key).ref}"
        command = SubmitPayout(submission.key, submission.looked)
        outcome = self._handle(command, "payments", f"submit:{submission.key}:{submission.version}", target)
        return outcome.state is desk.State.DONE and not outcome.replayed

    @body
    def record_payout(self, told: PayoutTold) -> Answer:
        answer = told.answer
        said = (answer.found, answer.reference, answer.at, answer.reason)
        command = PayoutAnswered(told.key, told.tries, *said)
        key = f"answered:{told.key}:{told.tries}:{answer.found}"
        return self._send(command, "payments", key, f"case/{PayoutInput(told.key).ref}")

    @body
    def publish_voids(self, round_: RoundInput) -> Answer:
        found = self._case(round_.ref)
        owed = [d.number for d in found[0].debit_notes_owed if d.round == round_.round] if found else []
        key = f"voids-{'-'.join(sorted(owed))}"
        return self._remedy(PublishVoids(round_.round), round_.ref, round_.round, key)

    @body
    def verify_record(self) -> tuple[str, ...]:
        with snapshot_of(self.engine, EVERY_ORGANISATION) as session:
            problems = verify(session)
        with unit_of_work(self.engine) as session:
            signs.notice(session, signs.VERIFIED, len(problems), problems)
        for problem in problems:
            activity.logger.error("the record does not verify: %s", problem)
        return problems

    def _case(self, ref: str) -> tuple[Case, datetime] | None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            return drivers.read_case(session, ref)

    def _remedy(self, command: Any, ref: str, round_no: int, action: str) -> Answer:
        return self._send(command, "remedy", f"remedy:{ref}:{round_no}:{action}", f"case/{ref}")

    def _send(self, command: Any, service: str, key: str, target: str) -> Answer:
        outcome = self._handle(command, service, key, target)
        refused = outcome.state is desk.State.REFUSED
        return Answer(refused, str(json.loads(outcome.body)["detail"]) if refused else "")

    def _handle(self, command: Any, service: str, key: str, target: str) -> desk.Outcome:
        actor = Actor(person=None, organisation=None, service=service)
        return desk.handle(self.engine, desk.Request(command, actor, key, target))
