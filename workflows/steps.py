"""The steps a driver may ask for, as typed signatures without bodies (those are in ``activities``).

Every one may run twice and is safe to repeat, by a key that comes from the business. Whoever implements a
group inherits from it and decorates its methods again.
"""

from typing import Protocol

from temporalio import activity

from workflows.contract import (
    ActDone,
    Answer,
    CaseInput,
    CaseSummary,
    DeliveryInput,
    DeliverySummary,
    Followers,
    ImportInput,
    ImportSummary,
    NoteGiven,
    OrderInput,
    OrderSummary,
    PeopleInput,
    PeopleSummary,
    PolicyInput,
    PolicySummary,
    Portion,
    RemedyFailure,
    RemedyRetry,
    RemedySummary,
    RoundInput,
    RoundSummary,
    Settling,
)
from workflows.contract_payments import PaymentAnswer, PayoutInput, PayoutSummary, PayoutTold, Submission


class Records(Protocol):
    """Reading the record, and commands through the desk."""

    @activity.defn
    def read_order(self, order: OrderInput) -> OrderSummary: ...

    @activity.defn
    def read_case(self, case: CaseInput) -> CaseSummary: ...

    @activity.defn
    def read_round(self, round_: RoundInput) -> RoundSummary: ...

    @activity.defn
    def read_remedy(self, round_: RoundInput) -> RemedySummary: ...

    @activity.defn
    def read_delivery(self, delivery: DeliveryInput) -> DeliverySummary: ...

    @activity.defn
    def settle(self, settling: Settling) -> Answer:
        """A stored instant has come; the desk settles what is due, or knows better ("not yet")."""
        ...

    @activity.defn
    def record_act(self, done: ActDone) -> Answer:
        """An act of the remedy is done."""
        ...

    @activity.defn
    def issue_notes(self, round_: RoundInput) -> Answer:
        """Credit notes of all legs, rebills, postings and ceilings, in one command."""
        ...

    @activity.defn
    def confirm_issued(self, given: NoteGiven) -> Answer:
        """The number that another system gave a note is the note's."""
        ...

    @activity.defn
    def fail_remedy(self, failure: RemedyFailure) -> Answer:
        """The remedy cannot go on: compensated before the first note, parked with a named person after it."""
        ...

    @activity.defn
    def retry_remedy(self, retry: RemedyRetry) -> Answer:
        """Nobody had a failed remedy tried again for a while, so it is."""
        ...

    @activity.defn
    def read_payout(self, payout: PayoutInput) -> PayoutSummary: ...

    @activity.defn
    def submit_payout(self, submission: Submission) -> bool:
        """Recorded before anybody is told. Whether this driver, and no other, is to tell the payer's system."""
        ...

    @activity.defn
    def record_payout(self, told: PayoutTold) -> Answer:
        """What the payer's system said."""
        ...

    @activity.defn
    def publish_voids(self, round_: RoundInput) -> Answer:
        """The debit notes of a round are stored."""
        ...

    @activity.defn
    def verify_record(self) -> tuple[str, ...]:
        """The hash chains and the ledger; what is wrong with them, as sentences."""
        ...


class Messages(Protocol):
    """What goes to people."""

    @activity.defn
    def send_delivery(self, delivery: DeliveryInput) -> None:
        """One attempt, recorded; nothing when somebody else holds the delivery or it has gone."""
        ...


class Documents(Protocol):
    """Paper."""

    @activity.defn
    def print_documents(self, round_: RoundInput) -> None:
        """Render and store every document of the round that has no PDF yet."""
        ...


class Distributors(Protocol):
    """The systems of those who sold to us."""

    @activity.defn
    def cancel_upstream(self, round_: RoundInput) -> str:
        """Tell the vendor; returns its reference, or that it was not needed."""
        ...

    @activity.defn
    def restore_upstream(self, round_: RoundInput) -> None:
        """Take the cancellation back, whether or not it arrived."""
        ...


class Payments(Protocol):
    """The system that pays. Neither step fails: what cannot be said is ``unknown``."""

    @activity.defn
    def send_payout(self, payout: PayoutInput) -> PaymentAnswer:
        """Tell it to pay, under the payment's one key."""
        ...

    @activity.defn
    def look_for_payout(self, payout: PayoutInput) -> PaymentAnswer:
        """What it has under the key; nothing is changed by looking."""
        ...


class Issuers(Protocol):
    """The systems that own the numbers of an issuer's notes."""

    @activity.defn
    def have_issued(self, round_: RoundInput) -> NoteGiven | None:
        """Have the next note of the round issued, under its one key; None: nobody to be told, people confirm it."""
        ...


class People(Protocol):
    """Who comes and goes, and the cases that follow."""

    @activity.defn
    def read_people(self, _driver: PeopleInput) -> PeopleSummary: ...

    @activity.defn
    def follow_people(self, followers: Followers) -> Followers | None:
        """Leavers whose instant has come, then the next cases whose stored people are not the effective ones, by a
        command each. Returns what is next of this pass; None: all have followed, which is recorded."""
        ...


class Imports(Protocol):
    """Uploads on their way into the record."""

    @activity.defn
    def read_import(self, upload: ImportInput) -> ImportSummary: ...

    @activity.defn
    def book_rows(self, portion: Portion) -> None:
        """The next staged rows by one command; nothing when they are booked already."""
        ...


class Policies(Protocol):
    """Clocks of open cases that follow a published policy."""

    @activity.defn
    def read_policy(self, policy: PolicyInput) -> PolicySummary: ...

    @activity.defn
    def begin_moving(self, policy: PolicyInput) -> None:
        """Its instant has come: what an earlier version was still to move is its own now."""
        ...

    @activity.defn
    def move_clocks(self, policy: PolicyInput) -> None:
        """Ask the next open cases to follow; after the last one nothing is left to do."""
        ...
