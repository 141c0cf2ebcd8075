"""The desk of the simulated year, in memory: orders with their ceilings, cases with their histories, one pure core.

It does what the desk does between two commits, and checks after each of them what must hold.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bench.year_world import World
from partnerflow.cases import machine
from partnerflow.cases.commands import AdoptPolicy, OpenCase
from partnerflow.cases.model import Case, RemedyState
from partnerflow.cases.responsibility import owner
from partnerflow.cases.view import Draft, View
from partnerflow.credits.ceilings import InvoiceCeiling, PaymentCeiling
from partnerflow.credits.legs import Legs, line_ceilings
from partnerflow.credits.taxes import invoice_ceiling
from partnerflow.orders.model import Leg, Order
from partnerflow.people import Actor, Directory, Role
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused
from partnerflow.store.cases import live_net

MONTH: Final = timedelta(hours=30 * 24)
DONE: Final = "done"


@dataclass(slots=True)
class Book:
    """One order with its ceilings; ``refs`` are its cases."""

    order: Order
    lines: Legs
    invoices: dict[Leg, InvoiceCeiling]
    payments: dict[Leg, PaymentCeiling]
    refs: list[str] = field(default_factory=list)


def book(order: Order) -> Book:
    found = Book(order, {leg: line_ceilings(order, leg) for leg in order.legs}, {}, {})
    for leg in order.legs:
        if invoice := order.invoice_of(leg):
            found.invoices[leg] = invoice_ceiling(invoice)
            found.payments[leg] = PaymentCeiling(leg, invoice.number, order.received(leg, invoice.number))
    return found


@dataclass
class YearDesk:
    """``faults`` are invariants that failed, each with its case and instant; ``log`` the events per case."""

    world: World
    directory: Directory
    books: dict[str, Book] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    log: dict[str, list[tuple[datetime, str, Any]]] = field(default_factory=dict)
    live: dict[str, int] = field(default_factory=dict)
    of_partner: dict[str, list[str]] = field(default_factory=dict)
    open_of: Counter[str] = field(default_factory=Counter)
    counters: dict[tuple[str, str, int], int] = field(default_factory=dict)
    still_open: dict[str, None] = field(default_factory=dict)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    commands: int = 0

    def actor(self, person: str) -> Actor:
        known = self.directory.people[person]
        return Actor(known.id, known.organisation, known.roles)

    def policy(self, case: Case) -> Policy:
        own = self.world.policies[case.policy_version]
        if case.clock_policy_version is None:
            return own
        later = self.world.policies[case.clock_policy_version]
        return replace(own, allowances=later.allowances, warnings=later.warnings)

    def view(
        self, found: Book, policy: Policy, ref: str, at: datetime, adopting: Policy | None = None
    ) -> View:
        order = found.order
        return View(
            directory=self.directory,
            policy=policy,
            order_policy=self.world.policies[order.policy_version],
            order=order,
            products=self.world.products,
            lines=found.lines,
            invoices=found.invoices,
            payments=found.payments,
            live_others=self._others(found, ref, at),
            load=self.open_of,
            counters=self.counters,
            ref=ref,
            adopting=adopting,
        )

    def _others(self, found: Book, ref: str, at: datetime) -> int:
        """The larger of the order's other requests and of the reseller's over the last 30 days."""
        of_order = sum(self.live[other] for other in found.refs if other != ref)
        rows = self.of_partner[found.order.reseller or ""]
        of_partner = 0
        for other in reversed(rows):
            if self.cases[other].opened_at <= at - MONTH:
                break
            of_partner += self.live[other] if other != ref else 0
        return max(of_order, of_partner)

    def open(self, command: OpenCase, actor: Actor, at: datetime) -> str | None:
        """The reference of the new case, or None when it is refused."""
        found = self.books[command.order_id]
        ref = f"PF-{at.year}-{len(self.cases) + 1:06}"
        partner = found.order.reseller or ""
        self.of_partner.setdefault(partner, [])
        policy = self.world.policies[self.world.in_force(at)]
        self.commands += 1
        try:
            draft = machine.open_case(command, actor, at, self.view(found, policy, ref, at))
        except Refused as refusal:
            self.answers["OpenCase", refusal.code] += 1
            return None
        self.answers["OpenCase", DONE] += 1
        found.refs.append(ref)
        self.of_partner[partner].append(ref)
        self._keep(draft, found, None)
        return ref

    def send(self, ref: str, command: Any, actor: Actor, at: datetime) -> str:
        """``done`` or the code of the refusal; what was due before is settled either way."""
        case, found = self.cases[ref], self.books[self.cases[ref].order_id]
        adopting = self.world.policies[command.version] if isinstance(command, AdoptPolicy) else None
        view = self.view(found, self.policy(case), ref, at, adopting)
        self.commands += 1
        answer = DONE
        try:
            draft = machine.decide(case, command, actor, at, view)
        except Refused as refusal:
            answer = refusal.code
            draft = machine.settle_only(case, actor, at, view)
        self.answers[type(command).__name__, answer] += 1
        if draft.events:
            self._keep(draft, found, case)
        self.check(self.cases[ref], at)
        return answer

    def _keep(self, draft: Draft, found: Book, before: Case | None) -> None:
        case = draft.case
        self.cases[case.ref] = case
        self.log.setdefault(case.ref, []).extend(
            (draft.at, draft.actor.name, event) for event in draft.events
        )
        found.lines, found.invoices, found.payments = draft.lines, draft.invoices, draft.payments
        self.counters |= draft.counters
        self.live[case.ref] = live_net(case)
        if before is not None and before.open:
            self.open_of[before.owner] -= 1
        if case.open:
            self.open_of[case.owner] += 1
            self.still_open[case.ref] = None
        else:
            self.still_open.pop(case.ref, None)

    def check(self, case: Case, at: datetime) -> None:
        """An open case has an active owner of ours, and an instant at which it goes on by itself."""
        if not case.open:
            return
        self.check_owner(case, at)
        driven = case.remedy is not None and case.remedy.state is RemedyState.EXECUTING
        if not case.clocks_due and not driven:
            self.fault(case, at, "nothing is due and nobody drives it")

    def check_owner(self, case: Case, at: datetime) -> None:
        has_it = owner(case, self.directory, at)
        if not has_it.present(at) or has_it.organisation != "arbor" or has_it.roles == {Role.ADMIN}:
            self.fault(case, at, f"its owner {has_it.id} is not there")

    def fault(self, case: Case, at: datetime, what: str) -> None:
        self.faults.append(f"{case.ref} at {at.isoformat()}, {case.stage}: {what}")
