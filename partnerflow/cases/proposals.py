"""Turning portions into what is held and shown on every leg, with the rebill of what is wanted instead.

DOMAIN: Money (ceilings, legs), Exchange.
"""

from collections.abc import Sequence
from dataclasses import replace

from partnerflow.cases import gifts, kinds
from partnerflow.cases.commands import WantedAsked
from partnerflow.cases.entitling import entitle
from partnerflow.cases.model import LegShown
from partnerflow.cases.terms import NO_TERMS, Terms
from partnerflow.cases.view import Draft, View
from partnerflow.credits.amounts import WantedLine, rebill
from partnerflow.credits.ceilings import InvoiceCeiling
from partnerflow.credits.fees import take_off
from partnerflow.credits.legs import Held, Legs, amounts_of, release_lines, reserve_legs
from partnerflow.credits.passing import bear_own_fault, passing
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement, settle
from partnerflow.credits.taxes import release_invoice, reserve_invoice
from partnerflow.credits.trims import trim_legs
from partnerflow.orders.model import Leg, Line
from partnerflow.policy.terms import CaseType
from partnerflow.refusals import Refused

Invoices = dict[Leg, InvoiceCeiling]


def wanted_lines(asked: Sequence[WantedAsked], view: View, line_no: int) -> tuple[WantedLine, ...]:
    """The wanted items with their prices, taxed as the line they replace; what validation would block is refused
    (DOMAIN: Exchange)."""
    taxed = view.order.line(line_no) or view.order.lines[0]
    return tuple(_wanted(item, view, taxed) for item in asked)


def _wanted(asked: WantedAsked, view: View, taxed: Line) -> WantedLine:
    product = view.products.get(asked.sku)
    if product is None:
        raise Refused("unknown-sku", f"{asked.sku} is not in the catalogue.", pointer="/wanted/lines")
    if product.retired:
        better = f" Its successor is {product.successor}." if product.successor else ""
        raise Refused("unknown-sku", f"{asked.sku} is no longer sold.{better}", pointer="/wanted/lines")
    if asked.quantity < product.minimum or asked.quantity % product.pack_size:
        raise Refused(
            "invalid-quantity",
            f"{asked.sku} is sold in packs of {product.pack_size}, at least {product.minimum}.",
            pointer="/wanted/lines",
        )
    listed = product.currency == view.order.currency
    price = asked.unit_price if asked.unit_price is not None or not listed else product.list_price
    upstream = asked.upstream_unit_price
    if upstream is None and product.currency == view.order.currency_of(Leg.UPSTREAM):
        upstream = product.upstream_list_price
    if price is None:
        raise Refused(
            "invalid-amount", f"{asked.sku} has no list price; give its unit_price.", pointer="/wanted/lines"
        )
    return WantedLine(
        asked.sku, product.description, asked.quantity, price, upstream, taxed.tax_category, taxed.tax_rate
    )


def hold(portions: Sequence[Portion], view: View, kind: CaseType) -> tuple[Legs, Invoices, Held]:
    """Reserve portions on every leg, on lines and invoices; refuses what does not fit."""
    order = view.order
    if gifts.given(kind, view):
        _, held = reserve_legs(order, portions, gifts.bottomless(view.lines, {}), passing(view.policy))
        return view.lines, dict(view.invoices), gifts.marked(held)
    after, held = reserve_legs(order, portions, view.lines, passing(view.policy))
    reserved = dict(view.invoices)
    for leg, rows in held.items():
        if leg in reserved:
            reserved[leg] = reserve_invoice(
                reserved[leg], sum(row.net for row in rows), order.currency_of(leg)
            )
    return after, reserved, held


def due(portions: Sequence[Portion], terms: Terms) -> tuple[Portion, ...]:
    """What the main leg gets of what was found due: without the reseller's own share of the fault."""
    if terms.fault is None:
        return tuple(portions)
    terms.fault.check()
    return tuple(bear_own_fault(portion, terms.fault) for portion in portions)


def change_hold(
    draft: Draft, portions: Sequence[Portion], *, may_raise: bool, terms: Terms | None = None
) -> Held:
    """Turn what the case holds into ``portions``: lower ones trim; a decision may not raise, an owner's
    proposal may. ``terms`` None: those that stand."""
    order, before, put = draft.view.order, draft.case.held, draft.case.proposal
    stand = put.terms if put else NO_TERMS
    now = stand if terms is None else terms
    kinds.refuse_part(draft.case, portions, now)
    rule = passing(draft.view.policy, now.fault)
    asked = entitle(portions, _as_it_is(draft), draft.case.opened_at, before[order.main_leg])
    anew = now.fault != stand.fault
    gift = gifts.given(draft.case.type, draft.view) and gifts.free(before)
    lines = gifts.bottomless(draft.lines, before) if gift else draft.lines
    after, held = trim_legs(order, before, asked, lines, rule, may_raise=may_raise, anew=anew)
    held = {**held, order.main_leg: take_off(held[order.main_leg], now.fees, order.currency)}
    if gift:
        return gifts.marked(held)
    draft.lines = after
    for leg, rows in held.items():
        if leg in draft.invoices:
            freed = release_invoice(draft.invoices[leg], sum(row.net for row in before[leg]))
            draft.invoices[leg] = reserve_invoice(freed, sum(row.net for row in rows), order.currency_of(leg))
    return kinds.marked(held, draft.case.type, draft.view)


def _as_it_is(draft: Draft) -> View:
    return replace(draft.view, lines=draft.lines)


def release(draft: Draft) -> None:
    """Give back all that the case holds (declined, withdrawn, cancelled)."""
    for leg in draft.case.held:
        release_leg(draft, leg)


def release_leg(draft: Draft, leg: Leg) -> None:
    rows = tuple(row for row in draft.case.held[leg] if not row.free)
    draft.lines[leg] = release_lines(draft.lines[leg], rows)
    if leg in draft.invoices:
        draft.invoices[leg] = release_invoice(draft.invoices[leg], sum(row.net for row in rows))


def shown(held: Held, wanted: Sequence[WantedLine], view: View) -> tuple[LegShown, ...]:
    """The amounts of every leg as they stand now: the credit with its expected tax, and the rebill."""
    return tuple(
        LegShown(
            leg,
            amounts_of(view.order, rows, view.rates(leg)),
            rebill(wanted, leg, view.order.currency_of(leg)) if wanted else None,
        )
        for leg, rows in held.items()
    )


def check_settlement(legs: Sequence[LegShown], asked: Settlement | None, view: View) -> None:
    """Refuses ``allocation-mismatch`` when what is asked to be given back is not exactly the excess."""
    main = legs[0]
    if asked is not None:
        settle(main.credit.gross, view.unpaid(main.leg), asked, view.order.currency)
