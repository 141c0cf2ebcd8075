"""Opening a case: verdict, reservation, owner and clocks in one transaction; and the preview, which is the same without
being recorded. DOMAIN: Cases, Deadlines.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from partnerflow import people
from partnerflow.cases import clocks, following, kinds, proposals, reasons, rounds
from partnerflow.cases.assessment import Assessed, assess
from partnerflow.cases.attachments import refuse_unknown
from partnerflow.cases.commands import OpenCase
from partnerflow.cases.events import CaseOpened
from partnerflow.cases.exceptions import JUSTIFICATION, asked_by
from partnerflow.cases.model import Case, Clock, Fact, LegShown, Stage
from partnerflow.cases.statements import ORDER, PARTNER
from partnerflow.cases.view import Draft, View, draft_of
from partnerflow.credits.amounts import WantedLine
from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.legs import Held
from partnerflow.orders.model import OrderStatus
from partnerflow.people import Actor, Person, Role, Scope
from partnerflow.refusals import Refused


def open_case(command: OpenCase, actor: Actor, at: datetime, view: View) -> Draft:
    """The opened case, with its round when nothing needs an owner's assessment first; refuses what does not fit."""
    _refuse_closed_order(view)
    command = replace(kinds.complete(command, view), on_behalf_of=_opened_for(command, actor, view))
    if command.exception:
        refuse_unknown((), command.exception.attachments, "/exception/attachments")
    assessed = assess(command, view, at)
    lines, invoices, held = proposals.hold(assessed.portions, view, command.type)
    wanted = proposals.wanted_lines(command.wanted, view, command.lines[0].line_no)
    wanted += kinds.rebilled(command.lines, held, view)
    legs = proposals.shown(held, wanted, view)
    proposals.check_settlement(legs, command.settlement, view)
    case = _case(command, actor, at, view, assessed, wanted, held, legs)
    draft = draft_of(case, at, actor, view)
    draft.lines, draft.invoices = lines, invoices
    draft.emit(CaseOpened(case))
    if assessed.ready:
        rounds.propose(draft, assessed.portions, held, by="policy", clause=assessed.clause, text="")
    return draft


def scope_of(view: View, legs_net: dict[int, int]) -> Scope:
    """Country and tier of the reseller, and the family of the line with the highest asked net (DOMAIN: Coverage)."""
    order = view.order
    partner = view.directory.organisations.get(order.reseller or order.distributor or "")
    top = max(legs_net, key=lambda line_no: (legs_net[line_no], -line_no))
    line = order.line(top)
    family = line.family if line else None
    return Scope(partner.country if partner else None, family or None, partner.tier if partner else None)


def _refuse_closed_order(view: View) -> None:
    order = view.order
    if order.status is OrderStatus.ON_HOLD:
        raise Refused(
            "wrong-state",
            f"Order {order.number} is still on hold: correct or cancel it, nothing has to be credited yet.",
            see=[f"/v1/orders/{order.id}/actions/{action}" for action in ("correct", "cancel")],
        )
    if order.status is OrderStatus.CANCELLED:
        raise Refused("wrong-state", f"Order {order.number} is cancelled; nothing is left to put right.")


def _opened_for(command: OpenCase, actor: Actor, view: View) -> str | None:
    """On behalf of a person of a party only: both persons are recorded, and neither may decide (DOMAIN: Approvals).

    Staff who name nobody act for whom the partner's mails go to."""
    if not command.on_behalf_of:
        return _usual_contact(view) if _is_staff(actor, view) else None
    person = view.directory.named(command.on_behalf_of)
    if person is None or person.organisation not in (view.order.reseller, view.order.distributor):
        raise Refused(
            "invalid-parameter",
            "on_behalf_of names a person of the reseller or the distributor of the order, by e-mail address.",
            pointer="/on_behalf_of",
        )
    return person.id


def _is_staff(actor: Actor, view: View) -> bool:
    return actor.person is not None and actor.organisation not in (
        view.order.reseller,
        view.order.distributor,
    )


def _usual_contact(view: View) -> str | None:
    order = view.order
    role = Role.BUYER if order.reseller else Role.DESK
    found = people.first_contact(view.directory, order.reseller or order.distributor or "", role)
    return found.id if found else None


def _net_by_line(rows: Iterable[Reservation]) -> dict[int, int]:
    """A line may be asked in several portions; what decides is the whole of it (DOMAIN: Coverage)."""
    nets: dict[int, int] = {}
    for row in rows:
        nets[row.line_no] = nets.get(row.line_no, 0) + row.net
    return nets


def first_owner(view: View, scope: Scope, at: datetime) -> Person:
    """By coverage, the smallest open load breaking ties; else the operator's fallback person."""
    directory = view.directory
    found = people.covering(directory, Role.CASE_MANAGER, scope, at, load=lambda who: view.load.get(who, 0))
    owner = found or people.fallback(directory, directory.operator.code, at)
    if owner is None:
        raise RuntimeError("the operator has no fallback person present")
    return owner


def _case(
    command: OpenCase,
    actor: Actor,
    at: datetime,
    view: View,
    assessed: Assessed,
    wanted: tuple[WantedLine, ...],
    held: Held,
    legs: tuple[LegShown, ...],
) -> Case:
    order = view.order
    scope = scope_of(view, _net_by_line(held[order.main_leg]))
    owner = first_owner(view, scope, at)
    return Case(
        ref=view.ref,
        order_id=order.id,
        order_number=order.number,
        po_number=order.po_number,
        type=command.type,
        reason=command.reason,
        description=command.description,
        currency=order.currency,
        upstream_currency=order.upstream_currency,
        vendor=order.vendor,
        distributor=order.distributor,
        reseller=order.reseller,
        scope=scope,
        legs=order.legs,
        opened_at=at,
        requester=actor.name,
        opened_for=command.on_behalf_of,
        policy_version=view.policy.version,
        lines=command.lines,
        wanted=wanted,
        exception=asked_by(command.exception, actor.name, assessed) if command.exception else None,
        settlement=command.settlement,
        verdict=assessed.verdict,
        clause=assessed.clause,
        asked=assessed.portions,
        requested=legs,
        held=held,
        stage=Stage.ASSESSMENT,
        owner=owner.id,
        facts=_facts(command, actor, at, view),
        clocks=_clocks(owner, at, view),
        root_cause=None,
        owner_named=reasons.of_owner(view.directory, scope, owner.id),
    )


def _facts(command: OpenCase, actor: Actor, at: datetime, view: View) -> tuple[Fact, ...]:
    """The order's own data and what the partner submits start confirmed."""
    rows = [
        (following.name_of(line), following.activated(line), ORDER)
        for asked in command.lines
        if (line := view.order.line(asked.line_no)) and (asked.quantity or line.activated)
    ]
    if command.exception:
        rows.append((JUSTIFICATION, command.exception.justification, PARTNER))
    return tuple(
        Fact(name, text, source, actor.name, at, decisive=True, confirmed_by=actor.name)
        for name, text, source in rows
    )


def _clocks(owner: Person, at: datetime, view: View) -> tuple[Clock, ...]:
    facing = clocks.by_organisation(view.directory.operator.code)
    rows = (
        (clocks.OWNER, clocks.by_person(owner.id)),
        (clocks.FIRST_RESPONSE, facing),
        (clocks.NEXT_UPDATE, facing),
        (clocks.DECISION, facing),
    )
    minutes = view.policy.allowances
    return tuple(
        clocks.start(name, by, minutes[name] * clocks.MINUTE, at, view.directory, view.policy)
        for name, by in rows
    )
