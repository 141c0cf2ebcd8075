"""What may still be credited on a line, an invoice and its payments; and the arithmetic of the line.

Everything here is pure: a function takes a ceiling and returns a new one. The net of a portion is fixed when
it is reserved, over live credits and reservations, and exactly that net is credited at issue. DOMAIN: Money;
docs/rounding.md.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from partnerflow.credits.portions import Portion, check
from partnerflow.credits.shares import UNIT_SHARE, Shares, over, paid_for, shares_of, worth
from partnerflow.money import WHOLE, TermPart, divide_half_up, format_minor
from partnerflow.orders.model import Leg
from partnerflow.refusals import Refused


@dataclass(frozen=True, slots=True)
class LineCeiling:
    """One line on one leg. ``share`` and ``by_quantity_net`` sum the live quantity credits and reservations:
    quantity x percent in ``UNIT_SHARE`` per unit, and their net; ``net_so_far`` counts those by amount too.
    What parts of a term leave over of a share is ``share_over / share_of``, so that no sum is ever rounded.
    ``limit_*`` are what the invoice (before: the order) states."""

    leg: Leg
    line_no: int
    limit_quantity: int
    limit_net: int
    credited_quantity: int = 0
    credited_net: int = 0
    reserved_quantity: int = 0
    reserved_net: int = 0
    share: int = 0
    by_quantity_net: int = 0
    share_over: int = 0
    share_of: int = 1

    @property
    def exact_share(self) -> Shares:
        return self.share + Fraction(self.share_over, self.share_of) if self.share_over else self.share

    def worth(self, shares: Shares) -> int:
        return worth(self.limit_net, self.limit_quantity, shares)

    @property
    def left_quantity(self) -> int:
        return self.limit_quantity - self.credited_quantity - self.reserved_quantity

    @property
    def left_net(self) -> int:
        return self.limit_net - self.credited_net - self.reserved_net

    @property
    def net_so_far(self) -> int:
        """Everything live on the line, by quantity or by amount, credited or reserved."""
        return self.credited_net + self.reserved_net

    @property
    def by_amount_net(self) -> int:
        """Net of the live credits and reservations that were asked by amount alone."""
        return self.net_so_far - self.by_quantity_net

    @property
    def by_quantity(self) -> bool:
        """Credited by quantity, or about to be: an amount then needs ``convert`` (DOMAIN: three ceilings)."""
        return self.credited_quantity + self.reserved_quantity > 0


@dataclass(frozen=True, slots=True)
class RateCeiling:
    """One tax category and rate of an invoice: stated net and tax (N, T), live credits so far (n, t)."""

    category: str
    rate: int
    limit_net: int
    limit_tax: int
    credited_net: int = 0
    credited_tax: int = 0


@dataclass(frozen=True, slots=True)
class InvoiceCeiling:
    """One invoice of one leg; reservations are net only, for the tax is worked out at issue."""

    leg: Leg
    number: str
    limit_net: int
    limit_tax: int
    credited_net: int = 0
    credited_tax: int = 0
    reserved_net: int = 0
    rates: tuple[RateCeiling, ...] = ()

    @property
    def left_net(self) -> int:
        return self.limit_net - self.credited_net - self.reserved_net


@dataclass(frozen=True, slots=True)
class PaymentCeiling:
    """Money received against an invoice less returned payments, and what credits gave back of it so far
    (refund, account credit, settled outside). A payment that bounces after a refund leaves ``paid`` below
    ``returned``."""

    leg: Leg
    invoice: str
    paid: int = 0
    returned: int = 0

    @property
    def left(self) -> int:
        return max(0, self.paid - self.returned)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one portion holds on one line and leg, and later what was credited: its net is final. ``quantity``
    0 means by amount; ``percent`` is the part of the unit price (for a fixed amount: rounded, for
    reading). ``fee`` is what of the net is kept as a restocking fee: the line has it no longer, the note gives
    it not. ``outside`` any credit note: goodwill that is paid, without VAT; ``free``: it holds nothing of the line.
    ``part`` of the term is what the percent is of; beyond ``share`` it gave ``over / part.of`` of one."""

    leg: Leg
    line_no: int
    quantity: int
    percent: int
    net: int
    share: int
    fee: int = 0
    outside: bool = False
    part: TermPart | None = None
    over: int = 0
    free: bool = False

    @property
    def exact_share(self) -> Shares:
        return self.share + Fraction(self.over, self.part.of) if self.part and self.over else self.share


def reserve(
    ceiling: LineCeiling, portion: Portion, currency: str, at_most: int | None = None
) -> tuple[LineCeiling, Reservation]:
    """Hold a portion and fix its net. ``at_most`` is the net already shown for it: pennies above are cut off.

    Refuses ``exceeds-creditable`` (with ``remaining``, ``leg``, ``line_no``), ``convert-required``,
    ``invalid-quantity``, ``invalid-amount``.
    """
    check(portion)
    if portion.nothing:
        return ceiling, Reservation(ceiling.leg, ceiling.line_no, 0, 0, 0, 0)
    if portion.quantity > ceiling.left_quantity:
        raise exceeds(ceiling, currency)
    held = (
        _fixed(ceiling, portion, currency, at_most)
        if portion.amount
        else _cumulative(ceiling, portion, at_most)
    )
    if held.net > ceiling.left_net:
        raise exceeds(ceiling, currency)
    if portion.by_amount and ceiling.by_quantity and not portion.convert:  # last: converting must then help
        raise Refused(
            "convert-required",
            f"Line {ceiling.line_no} is credited by quantity; confirm an amount instead with convert: true.",
            line_no=ceiling.line_no,
        )
    return _add(ceiling, held, reserved=1), held


def trim(
    ceiling: LineCeiling, held: Reservation, portion: Portion, currency: str
) -> tuple[LineCeiling, Reservation]:
    """Lower one reservation to ``portion``; the same again changes nothing, more is refused
    ``exceeds-creditable``."""
    if same(held, portion):
        return ceiling, held
    refuse_raise(ceiling, (held,), (portion,), currency)
    return reserve(release(ceiling, held), portion, currency, at_most=held.net)


def release(ceiling: LineCeiling, held: Reservation) -> LineCeiling:
    """Give a reservation back (declined, withdrawn, cancelled, expired)."""
    return _add(ceiling, held, reserved=-1)


def credit(ceiling: LineCeiling, held: Reservation) -> LineCeiling:
    """Turn a reservation into a credit: exactly the net that was reserved."""
    moved = replace(
        ceiling,
        credited_quantity=ceiling.credited_quantity + held.quantity,
        credited_net=ceiling.credited_net + held.net,
        reserved_quantity=ceiling.reserved_quantity - held.quantity,
        reserved_net=ceiling.reserved_net - held.net,
    )
    return _sound(moved)


def void(ceiling: LineCeiling, credited: Reservation) -> LineCeiling:
    """Reopen what a voided credit had used."""
    return _add(ceiling, credited, credited=-1)


def same(held: Reservation, portion: Portion) -> bool:
    """Whether a portion asks exactly what is held, so that its net stays as it was shown."""
    if held.line_no != portion.line_no or held.quantity != portion.quantity:
        return False
    if portion.amount is not None:
        return held.net == portion.amount
    return held.exact_share == shares_of(portion)


def refuse_raise(
    ceiling: LineCeiling, held: tuple[Reservation, ...], portions: tuple[Portion, ...], currency: str
) -> None:
    """Refuses ``exceeds-creditable`` if the portions of a line are worth more than what is held on it: a
    decision may lower, never raise (DOMAIN: Approvals). A penny of rounding per portion is no raise;
    ``reserve`` cuts it off."""
    quantity, net = sum(h.quantity for h in held), sum(h.net for h in held)
    shown = max(net, sum(ceiling.worth(h.exact_share) if h.exact_share else h.net for h in held))
    asked = sum(ceiling.worth(shares_of(p)) if p.amount is None else p.amount for p in portions)
    fixed = sum(p.amount or 0 for p in portions)
    more_units = sum(p.quantity for p in portions if not p.nothing) > quantity
    if more_units or fixed > net or asked > shown + len(portions):
        raise exceeds(ceiling, currency, "The request was for less on line {}", quantity, net)


def exceeds(
    ceiling: LineCeiling, currency: str, what: str = "Line {} has less left to credit", *left: int
) -> Refused:
    """The refusal ``exceeds-creditable``. An upstream sentence names no amount: a reseller may read the
    sentence, and the API leaves out ``remaining`` of a leg its reader may not see."""
    quantity, net = left or (ceiling.left_quantity, ceiling.left_net)
    amount = format_minor(net, currency)
    figures = (
        f": {quantity} units and {amount} {currency} net" if ceiling.leg is Leg.DOWNSTREAM else " upstream"
    )
    return Refused(
        "exceeds-creditable",
        f"{what.format(ceiling.line_no)}{figures}.",
        leg=ceiling.leg.value,
        line_no=ceiling.line_no,
        remaining={"quantity": quantity, "amount": {"amount": amount, "currency": currency}},
    )


def net_by_quantity(ceiling: LineCeiling, portion: Portion) -> int:
    """Net by cumulative difference to everything credited so far on the line, so that the last unit closes it
    whatever came before, units or amounts; never more than is left (DOMAIN: Net by quantity)."""
    return max(0, ceiling.worth(ceiling.exact_share + shares_of(portion)) - ceiling.net_so_far)


def _cumulative(ceiling: LineCeiling, portion: Portion, at_most: int | None) -> Reservation:
    net = net_by_quantity(ceiling, portion)
    net = net if at_most is None else min(net, at_most)
    shares, units = shares_of(portion), portion.quantity
    whole, rest = int(shares), over(shares, portion)
    return Reservation(
        ceiling.leg, ceiling.line_no, units, portion.percent, net, whole, part=portion.part, over=rest
    )


def _fixed(ceiling: LineCeiling, portion: Portion, currency: str, at_most: int | None) -> Reservation:
    amount, quantity = portion.amount or 0, portion.quantity
    # A unit is never worth more than its price; where a net was shown already, that net is the bound.
    most = -(-ceiling.limit_net * quantity // ceiling.limit_quantity) if quantity else ceiling.left_net
    if amount > (most if at_most is None else at_most):
        raise exceeds(ceiling, currency)
    if quantity == 0:
        return Reservation(ceiling.leg, ceiling.line_no, 0, 0, amount, 0)
    # As many shares as bring the line's worth to what it then has been given: later units go on from there.
    given = ceiling.net_so_far + amount
    nominal = paid_for(ceiling.limit_net, ceiling.limit_quantity, given, ceiling.exact_share)
    share = min(nominal, quantity * UNIT_SHARE)
    percent = divide_half_up(share * WHOLE, quantity * UNIT_SHARE)
    return Reservation(ceiling.leg, ceiling.line_no, quantity, percent, amount, share)


def _add(ceiling: LineCeiling, held: Reservation, *, reserved: int = 0, credited: int = 0) -> LineCeiling:
    signed = reserved + credited
    share = ceiling.exact_share + signed * held.exact_share
    changed = replace(
        ceiling,
        credited_quantity=ceiling.credited_quantity + credited * held.quantity,
        credited_net=ceiling.credited_net + credited * held.net,
        reserved_quantity=ceiling.reserved_quantity + reserved * held.quantity,
        reserved_net=ceiling.reserved_net + reserved * held.net,
        share=share // 1,
        share_over=share.numerator % share.denominator,
        share_of=share.denominator,
        by_quantity_net=ceiling.by_quantity_net + (signed * held.net if held.quantity else 0),
    )
    return _sound(changed)


def _sound(ceiling: LineCeiling) -> LineCeiling:
    units = (ceiling.credited_quantity, ceiling.reserved_quantity, ceiling.left_quantity)
    nets = (ceiling.credited_net, ceiling.reserved_net, ceiling.left_net, ceiling.by_quantity_net)
    if min(*units, *nets, ceiling.share) < 0:
        raise ValueError(f"line {ceiling.line_no} {ceiling.leg}: more given back than was held")
    return ceiling
