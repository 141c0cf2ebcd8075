"""What a decision may look at beside the case, and the draft in which it is made.

The desk reads the view under its locks; the machine reads nothing else. A draft collects the events of one transaction,
folds them at once, and carries the ceilings, notes and postings they go with.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from partnerflow.cases import clocks
from partnerflow.cases.events import ClocksSet, Event
from partnerflow.cases.evolve import evolve
from partnerflow.cases.grounds import Live
from partnerflow.cases.model import Case, Clock, ClockState
from partnerflow.cases.postings import entries, parties
from partnerflow.credits.ceilings import InvoiceCeiling, PaymentCeiling, RateCeiling
from partnerflow.credits.daily_rates import DailyRates
from partnerflow.credits.ledger import Entry
from partnerflow.credits.legs import Legs
from partnerflow.credits.notes import Note
from partnerflow.events import Stamp
from partnerflow.orders.catalogue import Product
from partnerflow.orders.model import Leg, Order
from partnerflow.people import Actor, Directory
from partnerflow.policy.document import Policy

DEADLINE = "service:deadline"
CounterKey = tuple[str, str, int]
"""(issuer, series, year) of a gap-free number."""


@dataclass(frozen=True, slots=True)
class View:
    """``policy`` is the case's own (with the allowances its clocks were moved to), ``order_policy`` the one in force
    when it was ordered, ``adopting`` the one whose allowances it is asked to take. ``live_others`` is the larger
    aggregate of other live requests in the operator's minor units (``live`` has both), ``rate`` millionths of the
    operator's unit for one of the order's (None: unknown), ``load`` open cases per owner, ``counters`` the last number
    given, ``note`` the one that is to be void, ``daily`` the operator's rates."""

    directory: Directory
    policy: Policy
    order_policy: Policy
    order: Order
    products: dict[str, Product] = field(default_factory=dict)
    lines: Legs = field(default_factory=dict)
    invoices: dict[Leg, InvoiceCeiling] = field(default_factory=dict)
    payments: dict[Leg, PaymentCeiling] = field(default_factory=dict)
    live_others: int = 0
    live: Live | None = None
    rate: int | None = 1_000_000
    load: dict[str, int] = field(default_factory=dict)
    counters: dict[CounterKey, int] = field(default_factory=dict)
    ref: str = ""
    adopting: Policy | None = None
    note: Note | None = None
    daily: DailyRates = field(default_factory=DailyRates)

    def rates(self, leg: Leg) -> tuple[RateCeiling, ...]:
        return self.invoices[leg].rates if leg in self.invoices else ()

    def unpaid(self, leg: Leg) -> int:
        """What is still open on the leg's invoice: gross less payments and less what credits took off it already."""
        invoice = self.order.invoice_of(leg)
        if invoice is None or leg not in self.invoices:
            return 0
        ceiling, paid = self.invoices[leg], self.payments[leg]
        reduced = ceiling.credited_net + ceiling.credited_tax - paid.returned
        return max(0, invoice.gross - paid.paid - reduced)


@dataclass(slots=True)
class Draft:
    """One transaction in the making; what it holds beside the case is written together with it. The first ``settled``
    events came due by themselves: whoever commanded did not do them."""

    case: Case
    at: datetime
    actor: Actor
    view: View
    lines: Legs
    invoices: dict[Leg, InvoiceCeiling]
    payments: dict[Leg, PaymentCeiling]
    events: list[Event] = field(default_factory=list)
    counters: dict[CounterKey, int] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    replacement: Order | None = None
    uninvoiced: list[tuple[int, int]] = field(default_factory=list)
    settled: int = 0

    def emit(self, event: Event) -> None:
        """Post and fold it at once; clocks that end with it say when, and what they used."""
        if isinstance(event, ClocksSet):
            event = ClocksSet(tuple(self._ended(clock) for clock in event.clocks))
        stamp = Stamp(self.case.version + 1, self.at, self.actor.name)
        self.entries += entries(parties(self.case), event, self.at)
        self.case = evolve(self.case, event, stamp)
        self.events.append(event)

    def _ended(self, clock: Clock) -> Clock:
        if clock.state is not ClockState.DONE or clock.ended_at is not None:
            return clock
        ran = self.case.clock(clock.name)
        if ran and ran.state is ClockState.RUNNING and ran.started_at == clock.started_at:
            ran = clocks.stopped(ran, self.at, self.view.directory)
            clock = replace(clock, used=ran.used, used_rest=ran.used_rest)
        return replace(clock, ended_at=self.at)


def done_by(draft: Draft, place: int) -> str:
    """Who did the event at this place of the draft: the deadline what was settled, else whoever commanded."""
    return DEADLINE if place < draft.settled else draft.actor.name


def draft_of(case: Case, at: datetime, actor: Actor, view: View) -> Draft:
    return Draft(case, at, actor, view, dict(view.lines), dict(view.invoices), dict(view.payments))
