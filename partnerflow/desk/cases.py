"""Case commands at the desk: lock the order, the case, the ceilings; let the machine decide; write it all together."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from partnerflow.cases import machine
from partnerflow.cases.commands import (
    AdoptPolicy,
    Appeal,
    CloseCase,
    CorrectFact,
    DecideStep,
    FollowOrder,
    IssueNotes,
    OpenCase,
    Propose,
    RequestException,
    Withdraw,
    WithdrawFact,
)
from partnerflow.cases.grounds import Live
from partnerflow.cases.model import Case, Stage
from partnerflow.cases.money_commands import ConfirmNote, Settle, VoidNote
from partnerflow.cases.rights import may_open
from partnerflow.cases.view import Draft, View
from partnerflow.desk import case_writing
from partnerflow.desk.model import Decided, brief
from partnerflow.desk.visibility import may_see
from partnerflow.desk.work import NotDue, Work
from partnerflow.orders.model import Order
from partnerflow.people import Actor
from partnerflow.policy.terms import Exhausted
from partnerflow.refusals import Refused
from partnerflow.store import cases, ceilings, counters, notes, orders
from partnerflow.store.ceilings import Ceilings
from partnerflow.store.directory import Snapshot
from partnerflow.store.orders import Head
from partnerflow.store.views import view_of

REWORDS = (CorrectFact, WithdrawFact, FollowOrder)
CHANGES_CEILINGS = (
    OpenCase, Propose, Withdraw, CloseCase, IssueNotes, RequestException, Appeal, ConfirmNote, Settle, VoidNote,
    *REWORDS,
)  # fmt: skip
STARTS_ROUNDS = (Propose, RequestException, Appeal, *REWORDS)
"""A round fixes the aggregate when it starts, or starts again: read under the partner's lock."""


def open_case(work: Work) -> Decided:
    """A new case on an order the actor may see; foreign and unknown orders look the same."""
    command = work.request.command
    found = orders.read_for_opening(work.session, command.order_id)
    if found is None:
        raise Refused("not-found", "There is no such order.")
    return open_for(work, command, found[0], partner_locked=True)


def open_for(work: Work, command: OpenCase, order: Order, *, partner_locked: bool = False) -> Decided:
    snap, actor = work.snapshot(), work.request.actor
    if not may_see(order, actor.organisation, snap.directory.operator.code):
        raise Refused("not-found", "There is no such order.")
    if not may_open(order, actor, snap.directory):
        raise Refused("forbidden", "You may open cases on orders of your own organisation only.")
    ref = case_ref(work, snap)
    partner = order.reseller or order.distributor or ""
    others, load = cases.aggregate(work.session, partner, order.id, ref, work.at, lock=not partner_locked)
    found = ceilings.read(work.session, order, lock=True)
    policy = work.received.policy
    more: dict[str, Any] = {"live_others": others.larger, "live": others, "load": load, "ref": ref}
    view = view_of(work.session, order, snap, found, policy, **more)
    draft = machine.open_case(command, actor, work.at, view)
    work.made = f"case/{draft.case.ref}"
    case_writing.write(work, draft, None, Head(), snap)
    return _decided(work, draft, created=True)


def case_ref(work: Work, snap: Snapshot) -> str:
    """``PF-2027-000123``: the year by the operator's calendar."""
    year = work.at.astimezone(ZoneInfo(snap.directory.operator.zone)).year
    return f"PF-{year}-{work.received.case_number or 0:06}"


def decide(work: Work) -> Decided:
    ref, command = work.request.target.partition("/")[2], work.request.command
    locked = orders.read_of_case(work.session, ref, "update" if isinstance(command, IssueNotes) else "share")
    found = cases.lock(work.session, ref) if locked else None
    if locked is None or found is None:
        raise Refused("not-found", "There is no such case.")
    (order, order_head), (case, head) = locked, found
    snap = work.snapshot()
    if not may_see(case, work.request.actor.organisation, snap.directory.operator.code):
        raise Refused("not-found", "There is no such case.")
    early = machine.not_yet(case, command, work.at)
    if early is not None:
        raise NotDue(early)
    view = _view_for(work, case, order, snap, command)
    work.on_refusal = lambda: _settle(work, case, head, view, snap)
    draft = machine.decide(case, command, work.request.actor, work.at, view)
    case_writing.write(work, draft, case, head, snap, order_head)
    return _decided(work, draft)


def _settle(work: Work, case: Case, head: Head, view: View, snap: Snapshot) -> None:
    """The command is refused, but what was due before it holds."""
    draft = machine.settle_only(case, work.request.actor, work.at, view)
    if draft.events:
        case_writing.write(work, draft, case, head, snap)


def follow(work: Work, order: Order, snap: Snapshot) -> None:
    """The facts of open cases follow what was reported on their order, in the same transaction: nobody decides on what
    the order no longer says."""
    for ref in cases.being_decided(work.session, order.id):
        case, head = cases.lock(work.session, ref) or (None, Head())
        if case is None or case.stage not in (Stage.ASSESSMENT, Stage.APPROVAL):
            continue
        view = _view_for(work, case, order, snap, FollowOrder())
        case_writing.write(work, _followed(work, case, view), case, head, snap)


def _followed(work: Work, case: Case, view: View) -> Draft:
    """What was due before may have ended the approval: then only that is written, for the order's report stands."""
    orders_service = Actor(None, None, service="orders")
    try:
        return machine.decide(case, FollowOrder(), orders_service, work.at, view)
    except Refused:
        return machine.settle_only(case, orders_service, work.at, view)


def _view_for(work: Work, case: Case, order: Order, snap: Snapshot, command: Any) -> View:
    others = Live()
    load: dict[str, int] = {}
    if isinstance(command, STARTS_ROUNDS):
        partner = case.reseller or case.distributor or ""
        others, load = cases.aggregate(work.session, partner, order.id, case.ref, work.at, lock=True)
    found = Ceilings({}, {}, {})
    if changes_ceilings(command) or _may_decline(work, case):
        found = ceilings.read(work.session, order, lock=True)
    elif work.request.answer is not brief:
        found = ceilings.read(work.session, order, lock=False)
    more: dict[str, Any] = {"live_others": others.larger, "live": others, "load": load, "ref": case.ref}
    if isinstance(command, AdoptPolicy):
        more["adopting"] = work.policy(command.version)
    view = view_of(work.session, order, snap, found, case.policy_version, case.clock_policy_version, **more)
    if isinstance(command, IssueNotes):
        return replace(view, counters=counters.lock(work.session, work.at, _issuers(case, snap)))
    if isinstance(command, VoidNote):
        given = counters.lock(work.session, work.at, _issuers(case, snap))
        return replace(view, counters=given, note=notes.read(work.session, command.number))
    return view


def changes_ceilings(command: Any) -> bool:
    lowers = isinstance(command, DecideStep) and command.decision in ("approve_partial", "decline")
    return lowers or isinstance(command, CHANGES_CEILINGS)


def _may_decline(work: Work, case: Case) -> bool:
    """A ladder that ends with a decline releases what the case holds, whatever command comes."""
    ladders = work.policy(case.policy_version).ladders
    deciding = case.stage in (Stage.ASSESSMENT, Stage.APPROVAL)
    return deciding and any(ladder.on_exhausted is Exhausted.DECLINE for ladder in ladders.values())


def _issuers(case: Case, snap: Snapshot) -> list[tuple[str, str]]:
    """(issuer, zone) of every leg."""
    known = snap.directory.organisations
    codes = {case.distributor or case.vendor, case.vendor}
    return [(code, known[code].zone) for code in codes if code]


def _decided(work: Work, draft: Draft, *, created: bool = False) -> Decided:
    view = replace(draft.view, lines=draft.lines, invoices=draft.invoices, payments=draft.payments)
    return Decided(work.request.command, work.request.actor, work.at, view, draft.case, created)
