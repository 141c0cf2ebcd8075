"""The steps of drivers on a record in memory, with the interface of the real ones.

What the desk would decide is scripted by the test: ``Record.settling`` is called for every instant that came.
"""
# ruff: noqa: ARG002  (the arguments belong to the interface)

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio import activity
from temporalio.exceptions import ApplicationError

from partnerflow.cases.model import Stage
from partnerflow.orders.model import OrderStatus
from workflows import steps
from workflows.contract import (
    Act,
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

YES = Answer(refused=False, text="")


@dataclass
class Record:
    """One record of every kind. ``log`` tells what was asked of it, in order."""

    clock: Callable[[], datetime]
    dues: list[Due] = field(default_factory=list)
    status: OrderStatus = OrderStatus.ACCEPTED
    stage: Stage = Stage.ASSESSMENT
    step: str | None = "S1"
    acts: list[Act] = field(default_factory=lambda: [act for act in Act if act is not Act.INSTRUCT])
    remedy_open: bool = True
    waiting: bool = False
    to_restore: bool = False
    version: int = 1
    log: list[str] = field(default_factory=list)
    settled: list[tuple[Due, datetime]] = field(default_factory=list)
    reads: int = 0
    settling: Callable[[Due], None] | None = None
    before_answer: Callable[[], None] | None = None

    def settle(self, due: Due) -> Answer:
        """By default what was due is done with."""
        self.settled.append((due, self.clock()))
        if self.settling:
            self.settling(due)
        else:
            self.dues.remove(due)
        return YES

    def read(self) -> Due | None:
        """The earliest instant; the answer is under way while ``before_answer`` runs."""
        self.reads += 1
        found = min(self.dues, key=lambda due: due.at, default=None)
        if self.before_answer:
            self.before_answer()
        return found


@dataclass
class FakeRecords(steps.Records):
    record: Record
    refusals: dict[str, str] = field(default_factory=dict)

    @activity.defn
    def read_order(self, order: OrderInput) -> OrderSummary:
        return OrderSummary(now=self.record.clock(), status=self.record.status, due=self.record.read())

    @activity.defn
    def read_case(self, case: CaseInput) -> CaseSummary:
        return CaseSummary(now=self.record.clock(), stage=self.record.stage, due=self.record.read())

    @activity.defn
    def read_round(self, round_: RoundInput) -> RoundSummary:
        return RoundSummary(now=self.record.clock(), step=self.record.step, due=self.record.read())

    @activity.defn
    def read_remedy(self, round_: RoundInput) -> RemedySummary:
        self.record.read()
        act = self.record.acts[0] if self.record.acts and not self.record.waiting else None
        return RemedySummary(self.record.remedy_open, act, self.record.version, self.record.to_restore)

    @activity.defn
    def read_delivery(self, delivery: DeliveryInput) -> DeliverySummary:
        return DeliverySummary(now=self.record.clock(), due=self.record.read())

    @activity.defn
    def settle(self, settling: Settling) -> Answer:
        return self.record.settle(settling.due)

    @activity.defn
    def record_act(self, done: ActDone) -> Answer:
        return self._command(done.act, f"{done.act} {done.reference or ''}".strip())

    @activity.defn
    def issue_notes(self, round_: RoundInput) -> Answer:
        return self._command(Act.ISSUE, "issue")

    @activity.defn
    def confirm_issued(self, given: NoteGiven) -> Answer:
        return self._command(Act.INSTRUCT, f"confirm {given.number}")

    @activity.defn
    def fail_remedy(self, failure: RemedyFailure) -> Answer:
        """Before the first note it is over, after it somebody has to retry."""
        self.record.log.append(f"fail: {failure.because}")
        self.record.version += 1
        if Act.ISSUE in self.record.acts:
            self.record.remedy_open = False
        self.record.waiting = True
        return YES

    @activity.defn
    def retry_remedy(self, retry: RemedyRetry) -> Answer:
        self.record.log.append("retry")
        self.record.version += 1
        self.record.waiting = False
        return YES

    @activity.defn
    def publish_voids(self, round_: RoundInput) -> Answer:
        return self._command(Act.PUBLISH, f"publish voids {round_.round}")

    @activity.defn
    def verify_record(self) -> tuple[str, ...]:
        return tuple(self.refusals.values())

    def _command(self, act: Act, words: str) -> Answer:
        self.record.log.append(words)
        if refusal := self.refusals.get(act):
            return Answer(refused=True, text=refusal)
        if act in self.record.acts:
            self.record.acts.remove(act)
            self.record.version += 1
            self.record.remedy_open = bool(self.record.acts)
        return YES


@dataclass
class FakeMessages(steps.Messages):
    record: Record

    @activity.defn
    def send_delivery(self, delivery: DeliveryInput) -> None:
        due = min(self.record.dues, key=lambda due: due.at)
        self.record.settle(due)


@dataclass
class FakeDocuments(steps.Documents):
    record: Record
    failures: int = 0

    @activity.defn
    def print_documents(self, round_: RoundInput) -> None:
        self.record.log.append("print")
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the renderer crashed")


@dataclass
class FakeDistributors(steps.Distributors):
    """``failures`` of each kind come first; ``final`` ones are not tried again."""

    record: Record
    failures: int = 0
    final: bool = False
    deaf: bool = False

    @activity.defn
    def cancel_upstream(self, round_: RoundInput) -> str:
        self.record.log.append("PUT")
        if self.failures:
            self.failures -= 1
            raise ApplicationError("409 shipped already", non_retryable=self.final)
        return "V-77"

    @activity.defn
    def restore_upstream(self, round_: RoundInput) -> None:
        self.record.log.append("DELETE")
        if self.deaf:
            raise ApplicationError("503 closed", non_retryable=self.final)


@dataclass
class FakeIssuers(steps.Issuers):
    """``failures`` come first; ``absent``: there is no such system."""

    record: Record
    failures: int = 0
    absent: bool = False

    @activity.defn
    def have_issued(self, round_: RoundInput) -> NoteGiven | None:
        self.record.log.append("tell the issuer")
        if self.failures:
            self.failures -= 1
            raise ApplicationError("422 no such customer", non_retryable=True)
        if self.absent:
            return None
        return NoteGiven(round_.ref, round_.round, "downstream", "EXT-1", self.record.clock(), 100, 20, 120)
