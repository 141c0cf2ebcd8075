"""Looking before leaping: what opening a case or entering an order would give. Records nothing, locks nothing."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from partnerflow.cases import machine
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.rights import may_open
from partnerflow.cases.view import Draft, View
from partnerflow.desk.orders import refuse_unknown_party
from partnerflow.desk.visibility import may_see
from partnerflow.events import Stamp
from partnerflow.orders import machine as order_machine
from partnerflow.orders.commands import EnterOrder, OrderView
from partnerflow.orders.model import Order
from partnerflow.orders.rights import may_enter
from partnerflow.people import Actor
from partnerflow.refusals import Refused
from partnerflow.store import cases, ceilings, orders, policy_versions
from partnerflow.store.ceilings import of_rows
from partnerflow.store.database import EVERY_ORGANISATION, reading
from partnerflow.store.directory import Snapshot, snapshot
from partnerflow.store.views import view_of

_NOW = text(f"SELECT partnerflow_now(), (SELECT version FROM directory_version), {policy_versions.IN_FORCE}")  # noqa: S608


def preview(engine: Engine, command: OpenCase, actor: Actor) -> Draft:
    """The case as it would be opened now; raises Refused as opening would."""
    with reading(engine, EVERY_ORGANISATION) as session:
        at, snap, policy = _now(session)
        found = orders.read(session, command.order_id)
        if found is None or not may_see(found[0], actor.organisation, snap.directory.operator.code):
            raise Refused("not-found", "There is no such order.")
        order = found[0]
        if not may_open(order, actor, snap.directory):
            raise Refused("forbidden", "You may open cases on orders of your own organisation only.")
        year = at.astimezone(ZoneInfo(snap.directory.operator.zone)).year
        partner = order.reseller or order.distributor or ""
        others, load = cases.aggregate(session, partner, order.id, "", at, lock=False)
        view = view_of(session, order, snap, ceilings.read(session, order, lock=False), policy)
        view = replace(view, live_others=others.larger, live=others, load=load, ref=f"PF-{year}-000000")
        return machine.open_case(command, actor, at, view)


def dry_run(engine: Engine, command: EnterOrder, actor: Actor) -> tuple[Order, View]:
    """The order as it would be entered now."""
    with reading(engine, EVERY_ORGANISATION) as session:
        at, snap, policy = _now(session)
        refuse_unknown_party(command.draft, snap)
        if not may_enter(command.draft, actor):
            raise Refused("forbidden", "You may enter orders of your own organisation only.")
        enterer = snap.directory.organisations.get(actor.organisation or "") or snap.directory.operator
        known = orders.read(session, command.order_id)
        context = orders.context(session, snap, command.draft, command.order_id)
        rules = policy_versions.policy(session, policy)
        view = OrderView(context, enterer.calendar)
        order = known[0] if known else None
        for event in order_machine.decide(order, command, actor, at, rules, view):
            order = order_machine.evolve(order, event, Stamp(1, at, actor.name))
        assert order is not None
        return order, view_of(session, order, snap, of_rows(order, ceilings.for_new_order(order)), policy)


def _now(session: Session) -> tuple[datetime, Snapshot, int]:
    row = session.execute(_NOW).one()
    return row[0], snapshot(session, row[1]), row[2]
