"""An order on hold waits to be corrected, acknowledged or cancelled; when its time is up the findings decide.

DOMAIN: Orders (on hold).
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from partnerflow.orders.commands import AcknowledgeFindings, CancelOrder, CorrectOrder, OrderDue, OrderView
from partnerflow.orders.drafts import check_lines
from partnerflow.orders.entry import completed
from partnerflow.orders.events import Event, OrderAcknowledged, OrderCancelled, OrderCorrected, OrderReleased
from partnerflow.orders.model import Finding, Order, Severity
from partnerflow.orders.validation import holds, validate
from partnerflow.people import Actor
from partnerflow.policy.document import Policy
from partnerflow.refusals import Refused

LONGEST_TEXT: Final = 10_000


def correct(
    order: Order, command: CorrectOrder, at: datetime, policy: Policy, view: OrderView
) -> tuple[Event, ...]:
    """Other lines, validated again; what was acknowledged and is found again, word for word, stays
    acknowledged."""
    check_lines(command.lines, order.currency, order.upstream_currency)
    lines = completed(command.lines, order, view.context)
    found = validate(replace(order, lines=lines), view.context, policy, at)
    findings = tuple(_still_acknowledged(each, order) for each in found)
    corrected = OrderCorrected(lines, findings)
    return (corrected,) if holds(findings) else (corrected, OrderReleased("corrected"))


def acknowledge(order: Order, command: AcknowledgeFindings, actor: Actor) -> tuple[Event, ...]:
    """A named person says that it is meant so; released once nothing blocks and nothing is left to
    acknowledge."""
    if actor.person is None:
        raise Refused("forbidden", "Findings are acknowledged by a named person.")
    if not command.codes:
        raise Refused("invalid-parameter", "Name the findings to acknowledge.", pointer="/findings")
    for code in command.codes:
        _can_acknowledge(order, code)
    acknowledged = OrderAcknowledged(tuple(dict.fromkeys(command.codes)), reason_text(command.text))
    left = acknowledged_by(order.findings, acknowledged.codes, actor.person)
    return (acknowledged,) if holds(left) else (acknowledged, OrderReleased("acknowledged"))


def cancel(command: CancelOrder) -> tuple[Event, ...]:
    return (OrderCancelled(reason_text(command.reason, required=False)),)


def expire(order: Order, command: OrderDue, at: datetime) -> tuple[Event, ...]:
    """Cancelled if anything still blocks, else released; nothing before its time or for a hold that is
    over."""
    if order.hold_until is None or at < order.hold_until or command.due_at != order.hold_until:
        return ()
    blocking = order.blocking()
    if not blocking:
        return (OrderReleased("expired"),)
    reasons = " ".join(finding.text for finding in blocking)
    return (OrderCancelled(f"The hold ran out uncorrected. {reasons}", expired=True),)


def acknowledged_by(
    findings: tuple[Finding, ...], codes: tuple[str, ...], person: str
) -> tuple[Finding, ...]:
    """The findings with those of ``codes`` that ask for it acknowledged; the first to acknowledge stays
    named."""
    return tuple(
        replace(each, acknowledged_by=person)
        if each.code in codes and each.severity is Severity.ACKNOWLEDGE and each.acknowledged_by is None
        else each
        for each in findings
    )


def reason_text(text: str, *, required: bool = True) -> str:
    """A person's words, trimmed; refuses none at all, too many, and what the record cannot hold."""
    words = text.strip()
    if required and not words:
        raise Refused("reason-required", "Say why.", pointer="/text")
    if len(words) > LONGEST_TEXT:
        raise Refused("text-too-long", f"Write at most {LONGEST_TEXT:,} characters.")
    if "\0" in words:
        raise Refused("invalid-text", "The text holds a NUL character.")
    return words


def _can_acknowledge(order: Order, code: str) -> None:
    severities = {finding.severity for finding in order.findings if finding.code == code}
    if not severities:
        raise Refused("invalid-parameter", f"The order has no finding {code!r}.", pointer="/findings")
    if Severity.BLOCK in severities:
        raise Refused(
            "wrong-state", f"{code} blocks the order: correct or cancel it.", actions=["correct", "cancel"]
        )


def _still_acknowledged(finding: Finding, before: Order) -> Finding:
    same = (each for each in before.findings if replace(each, acknowledged_by=None) == finding)
    return next(same, finding)
