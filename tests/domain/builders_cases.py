"""A desk on paper: worked example 1 with the people of the story, decided by the pure machine, nothing stored.

``PaperDesk`` does what the desk does between two commits (one order, its ceilings, its cases), so that a test reads
as who asks what and when. Instants are January 2027, when London is on GMT.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partnerflow.cases import machine
from partnerflow.cases.commands import (
    CaseDue,
    ConfirmPassThrough,
    DecideStep,
    IssueNotes,
    OpenCase,
    RecordAction,
    WantedAsked,
)
from partnerflow.cases.deciding import version
from partnerflow.cases.evolve import evolve
from partnerflow.cases.model import Case, ExceptionAsked, ExceptionLine, RequestedLine
from partnerflow.cases.money_commands import VoidNote
from partnerflow.cases.notices import Notice, owed
from partnerflow.cases.view import Draft, View
from partnerflow.credits.ceilings import InvoiceCeiling, PaymentCeiling
from partnerflow.credits.ledger import Entry
from partnerflow.credits.legs import Legs, line_ceilings
from partnerflow.credits.notes import Note
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.events import Stamp
from partnerflow.orders.catalogue import Product
from partnerflow.orders.commands import InvoiceDraft, RecordActivation, RecordInvoice, RecordPayment
from partnerflow.orders.model import Leg, Line, Order, Payment
from partnerflow.people import (
    Actor,
    Directory,
)
from partnerflow.policy.document import Policy, load, merge
from partnerflow.policy.terms import CaseType, Reason
from partnerflow.refusals import Refused
from partnerflow.store.cases import live_net
from partnerflow.store.policies import read
from tests.domain import builders_orders as orders
from tests.domain.builders_people import ELLIE, NADIA, directory, products

MONDAY = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
DEADLINE = Actor(None, None, service="deadline")
REMEDY = Actor(None, None, service="remedy")
PAYMENTS = Actor(None, None, service="payments")
PEOPLE = Actor(None, None, service="people")
POLICY = Actor(None, None, service="policy")
ORDERS = Actor(None, None, service="orders")
HALF = 500_000


def jan(day: int, hour: int = 9, minute: int = 30, second: int = 0) -> datetime:
    """An instant of January 2027 (Mon 4th); days beyond 31 run on."""
    return datetime(2027, 1, 1, hour, minute, second, tzinfo=UTC) + timedelta(days=day - 1)


def policy(**over: Any) -> Policy:
    """The shipped policy, with what ``over`` says otherwise."""
    return load(merge(read("default"), over), 1)


def story_order(
    *lines: Line,
    invoiced: Iterable[Leg] = tuple(Leg),
    paid: int = 120_000,
    activated: int = 4,
    **changes: Any,
) -> Order:
    """50 x LIC-PRO at 50.00 / 44.00, 4 activated, invoiced on both legs, 1,200.00 paid."""
    order = orders.an_order(*lines, **changes)
    for leg in [leg for leg in order.legs if leg in set(invoiced)]:
        draft = InvoiceDraft(leg, f"{leg.value}-1", MONDAY)
        order = orders.do(order, RecordInvoice(draft))
        if leg is order.main_leg and paid:
            payment = Payment("p-1", leg, draft.number, paid, MONDAY)
            order = orders.do(order, RecordPayment(payment))
    return orders.do(order, RecordActivation(1, activated, MONDAY, "vendor"))


def a_request(quantity: int = 46, **changes: Any) -> OpenCase:
    """A reduction of so many units of line 1."""
    asked = OpenCase(
        "o-1",
        CaseType.QUANTITY_REDUCTION,
        Reason.WRONG_QUANTITY,
        (RequestedLine(1, quantity),),
        "Too many were ordered.",
    )
    return replace(asked, **changes)


def an_amount(amount: int, *, convert: bool = False) -> OpenCase:
    return a_request(lines=(RequestedLine(1, 0, amount, convert),), type=CaseType.CANCELLATION)


def the_exchange(**changes: Any) -> OpenCase:
    """Worked example 1: 50 x PRO back (4 of them activated, 50 % asked), 46 x STD wanted."""
    asked = OpenCase(
        "o-1",
        CaseType.EXCHANGE,
        Reason.WRONG_ITEM_ORDERED,
        (RequestedLine(1, 50),),
        "We ordered Pro, the estate is Standard.",
        wanted=(WantedAsked("LIC-STD", 46),),
        exception=ExceptionAsked("Activated by mistake.", (ExceptionLine(1, 4, HALF),)),
    )
    return replace(asked, **changes)


@dataclass
class PaperDesk:
    """One order, its ceilings and its cases, as the desk would keep them. ``log`` holds the history per case,
    ``told`` who heard of the last command; ``pays``: there is a payment port."""

    directory: Directory = field(default_factory=directory)
    policy: Policy = field(default_factory=policy)
    adopting: Policy | None = None
    order: Order = field(default_factory=story_order)
    products: dict[str, Product] = field(default_factory=products)
    rate: int | None = 1_000_000
    lines: Legs = field(default_factory=dict)
    invoices: dict[Leg, InvoiceCeiling] = field(default_factory=dict)
    payments: dict[Leg, PaymentCeiling] = field(default_factory=dict)
    counters: dict[tuple[str, str, int], int] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    log: dict[str, list[tuple[Stamp, Any]]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    uninvoiced: list[tuple[int, int]] = field(default_factory=list)
    told: tuple[Notice, ...] = ()
    pays: bool = False

    def __post_init__(self) -> None:
        self.lines = {leg: line_ceilings(self.order, leg) for leg in self.order.legs}
        for leg in self.order.legs:
            if invoice := self.order.invoice_of(leg):
                self.invoices[leg] = invoice_ceiling(invoice)
                paid = self.order.received(leg, invoice.number)
                self.payments[leg] = PaymentCeiling(leg, invoice.number, paid)

    def view(self, ref: str = "") -> View:
        others = sum(live_net(case) for name, case in self.cases.items() if name != ref)
        return View(
            directory=self.directory,
            policy=self.policy,
            order_policy=self.policy,
            order=self.order,
            products=self.products,
            lines=self.lines,
            invoices=self.invoices,
            payments=self.payments,
            live_others=others,
            rate=self.rate,
            counters=self.counters,
            ref=ref,
            adopting=self.adopting or self.policy,
        )

    def open(self, command: OpenCase | None = None, actor: Actor = ELLIE, at: datetime = MONDAY) -> Case:
        ref = f"PF-2027-{len(self.cases) + 1:06}"
        draft = machine.open_case(command or the_exchange(), actor, at, self.view(ref))
        return self._keep(draft, 0)

    def do(self, command: Any, actor: Actor, at: datetime, ref: str = "PF-2027-000001") -> Case:
        """The case after the command. A refusal is raised, with what was due before it applied, as the desk does."""
        case = self.cases[ref]
        number = command.number if isinstance(command, VoidNote) else ""
        paper = next((note for note in self.notes if note.number == number), None)
        try:
            draft = machine.decide(case, command, actor, at, replace(self.view(ref), note=paper))
        except Refused:
            self._keep(machine.settle_only(case, actor, at, self.view(ref)), case.version)
            raise
        return self._keep(draft, case.version)

    def due(self, at: datetime, ref: str = "PF-2027-000001") -> Case:
        """A driver's deadline command; nothing happens when nothing is due yet."""
        command = CaseDue("any", at)
        if machine.not_yet(self.cases[ref], command, at):
            return self.cases[ref]
        return self.do(command, DEADLINE, at, ref)

    def until(self, at: datetime, ref: str = "PF-2027-000001") -> Case:
        """Every stored instant up to ``at``, each settled when it comes."""
        while (due := self.cases[ref].instants_due) and due[0][0] <= at:
            self.due(due[0][0], ref)
        return self.cases[ref]

    def decide(self, actor: Actor, at: datetime, decision: str = "approve", **more: Any) -> Case:
        ref = more.pop("ref", "PF-2027-000001")
        case = self.cases[ref]
        step = more.pop("step", None) or case.step
        assert step is not None
        command = DecideStep(step.id, decision, more.pop("seen", None) or version(case, step), **more)
        return self.do(command, actor, at, ref)

    def decline(self, actor: Actor, at: datetime, **more: Any) -> Case:
        return self.decide(actor, at, "decline", text="No.", reason_code="activated", **more)

    def remedy(self, at: datetime, *actions: str, ref: str = "PF-2027-000001") -> Case:
        """The service's acts in turn; all those without another issuer's when none is named."""
        for action in actions or ("check", "cancel_upstream", "issue", "publish"):
            number = self.cases[ref].rounds[-1].no
            command = (
                IssueNotes(number, self.pays) if action == "issue" else RecordAction(number, action, "r-1")
            )
            self.do(command, REMEDY, at, ref)
        return self.cases[ref]

    def pass_on(self, at: datetime, ref: str = "PF-2027-000001") -> Case:
        return self.do(ConfirmPassThrough("account_credit", "M-1", at), NADIA, at, ref)

    def events(self, kind: str, ref: str = "PF-2027-000001") -> list[Any]:
        return [event for _, event in self.log[ref] if kind == event.KIND]

    def fold(self, ref: str) -> Case:
        """The case as its history alone makes it."""
        case: Any = None
        for stamp, event in self.log[ref]:
            case = evolve(case, event, stamp)
        found: Case = case
        return found

    def _keep(self, draft: Draft, before: int) -> Case:
        case = draft.case
        stamps = (Stamp(before + n, draft.at, draft.actor.name) for n in range(1, len(draft.events) + 1))
        self.log.setdefault(case.ref, []).extend(zip(stamps, draft.events, strict=True))
        self.cases[case.ref] = case
        self.told = owed(draft, before + 1)
        self.lines, self.invoices, self.payments = draft.lines, draft.invoices, draft.payments
        self.counters |= draft.counters
        self.notes += draft.notes
        self.entries += draft.entries
        self.uninvoiced += draft.uninvoiced
        return case


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(Refused) as info:
        yield info
    assert info.value.code == code, f"{info.value.code}: {info.value.detail}"


def due(case: Case, name: str) -> datetime | None:
    clock = case.clock(name)
    assert clock is not None
    return clock.due_at


def amounts(case: Case, what: str = "credit") -> dict[str, tuple[int, int, int]]:
    """(net, tax, gross) per leg of what is proposed."""
    assert case.proposal is not None
    shown = ((leg.leg.value, getattr(leg, what)) for leg in case.proposal.legs)
    return {leg: (found.net, found.tax, found.gross) for leg, found in shown if found}
