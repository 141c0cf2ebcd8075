"""Until when a line can be cancelled and what would come back, by the policy in force when it was ordered.

Windows belong to the purchase event (orders.purchase), are counted in hours and are exclusive: the instant itself
is too late. Percents are parts per million, amounts net minor units. DOMAIN: Orders (eligibility).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from partnerflow.money import TermPart, divide_half_up
from partnerflow.orders.model import Leg, Line, Order, OrderStatus
from partnerflow.orders.purchase import bought_at, entitled, window_ends, window_hours
from partnerflow.policy.document import Policy
from partnerflow.policy.questions import Entitlement

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RefundOption:
    """What policy gives back for ``quantity`` units now: ``full``, ``partial`` or ``none``, until ``until``
    (exclusive).

    ``amount`` is on the main leg, ``upstream_amount`` on the other; None where the leg has no price. ``part`` is what
    is left of the term, where the rule prorates. ``then`` is the main leg's amount from ``until`` on; ``until`` None:
    as long as the rule's conditions hold.
    """

    kind: str
    quantity: int
    percent_ppm: int
    amount: int | None
    until: datetime | None
    rule: str
    text: str
    part: TermPart | None = None
    then: int | None = None
    upstream_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """``cancellable_until`` is exclusive, and stays as a fact after it has passed; None: never."""

    cancellable_until: datetime | None
    rule: str
    refund_options: tuple[RefundOption, ...]


def eligibility(
    order: Order, line: Line, at: datetime, policy: Policy, family: str | None = None
) -> Eligibility:
    """The line at an instant. ``family`` is by default what was recorded at entry."""
    of_family = line.family if family is None else family
    until, rule = _window(order, line, policy, of_family)
    if order.status is OrderStatus.CANCELLED:
        return Eligibility(until, rule, ())
    active = min(line.activated, line.quantity)
    options = (
        _option(order, line, at, policy, family=of_family, activated=activated, quantity=quantity)
        for activated, quantity in ((False, line.quantity - active), (True, active))
        if quantity
    )
    return Eligibility(until, rule, tuple(options))


def cancellable_until(order: Order, line: Line, policy: Policy) -> datetime | None:
    """The first instant at which the line can no longer be cancelled; None if it never can."""
    return _window(order, line, policy, line.family)[0]


def cancellable(order: Order, at: datetime, policy: Policy) -> dict[int, int]:
    """Units per line number that can be cancelled at ``at``: not activated, and their window open.

    What open cases have reserved is not known here; the desk takes it off.
    """
    windows = ((line, cancellable_until(order, line, policy)) for line in order.lines)
    return {line.line_no: line.quantity - line.activated for line, until in windows if until and at < until}


def window_closes(order: Order, policy: Policy) -> datetime | None:
    """The instant at which the first of the order's cancel windows closes; None if nothing can be
    cancelled."""
    closings = [until for line in order.lines if (until := cancellable_until(order, line, policy))]
    return min(closings, default=None)


@dataclass(frozen=True, slots=True)
class Reminder:
    """Due at ``due_at``: these lines can be cancelled until ``closes_at``."""

    due_at: datetime
    closes_at: datetime
    lines: tuple[int, ...]


def reminders(order: Order, at: datetime, policy: Policy) -> tuple[Reminder, ...]:
    """The reminders still to send, by due instant; those not after ``at`` are due.

    Each goes out once. None is sent for what was past when the order was accepted (the first answer showed
    the window) nor for a window that has closed by ``at``.
    """
    if order.status is not OrderStatus.ACCEPTED or order.accepted_at is None:
        return ()
    after = max((order.accepted_at, *order.reminders))
    by_closing: dict[datetime, list[int]] = {}
    for line in order.lines:
        until = cancellable_until(order, line, policy)
        if until and at < until:
            by_closing.setdefault(until, []).append(line.line_no)
    found = (
        Reminder(closing - hours * _HOUR, closing, tuple(lines))
        for closing, lines in by_closing.items()
        for hours in policy.reminder_hours
    )
    return tuple(sorted((r for r in found if r.due_at > after), key=lambda r: (r.due_at, r.closes_at)))


def next_reminder(order: Order, at: datetime, policy: Policy) -> datetime | None:
    """When the next reminder is due (in the past if it is late); None if none is left."""
    return next((reminder.due_at for reminder in reminders(order, at, policy)), None)


def _window(order: Order, line: Line, policy: Policy, family: str) -> tuple[datetime | None, str]:
    hours = window_hours(line, policy, family)
    if order.status is OrderStatus.CANCELLED:
        return None, "The order is cancelled."
    if hours == 0:
        return None, "This product cannot be cancelled once it is ordered."
    if line.activated >= line.quantity:
        return (
            None,
            "Activated units cannot be cancelled." if line.quantity else "No unit is left on this line.",
        )
    left = "Units that are not activated" if line.activated else "It"
    of = f"order {line.base_order}, which it upgrades" if line.bought_at else "the order"
    return window_ends(order, line, policy, family), f"{left} can be cancelled within {hours} hours of {of}."


def _option(
    order: Order, line: Line, at: datetime, policy: Policy, *, family: str, activated: bool, quantity: int
) -> RefundOption:
    now = entitled(order, line, activated, at, policy, family)
    until = _until(now, order, line)
    later = entitled(order, line, activated, until, policy, family) if until else None
    main, of_price = order.main_leg, now.of_price
    return RefundOption(
        kind="none" if of_price == 0 else "full" if of_price == 1 else "partial",
        quantity=quantity,
        percent_ppm=now.percent_ppm,
        amount=_amount(order, line, main, quantity, of_price),
        until=until,
        rule=now.rule,
        text=now.text,
        part=now.part,
        then=_amount(order, line, main, quantity, later.of_price) if later else None,
        upstream_amount=None
        if main is Leg.UPSTREAM or Leg.UPSTREAM not in order.legs
        else _amount(order, line, Leg.UPSTREAM, quantity, of_price),
    )


def _until(found: Entitlement, order: Order, line: Line) -> datetime | None:
    """When the rule is over or, before that, gives less."""
    over = None if found.until_hours is None else bought_at(order, line) + found.until_hours * _HOUR
    return min((each for each in (over, found.falls_at) if each), default=None)


def _amount(order: Order, line: Line, leg: Leg, quantity: int, of_price: Fraction) -> int | None:
    net = line.net(leg, order.currency)
    if net is None:
        return None
    return divide_half_up(net * quantity * of_price.numerator, line.quantity * of_price.denominator)
