"""Who may enter, answer and report what of an order (FAULTS: "Who may do what"). Deny by default."""

from partnerflow.orders.commands import (
    AcknowledgeFindings,
    CancelOrder,
    CorrectOrder,
    OrderDraft,
    OrderDue,
    RecordActivation,
    RecordInvoice,
    RecordPayment,
)
from partnerflow.orders.model import Order
from partnerflow.people import Actor, Directory, Role

ANSWERS = (CorrectOrder, AcknowledgeFindings, CancelOrder)
REPORTS = (RecordInvoice, RecordPayment, RecordActivation)


def may_enter(draft: OrderDraft, actor: Actor) -> bool:
    """A reseller its own orders, a distributor those of its resellers, the vendor of a direct order its own."""
    if actor.service is not None:
        return True
    seller = draft.distributor or draft.vendor
    if Role.BUYER in actor.roles:
        return actor.organisation == draft.reseller
    return Role.DESK in actor.roles and actor.organisation == seller


def may_order(command: type, order: Order, actor: Actor, directory: Directory) -> bool:
    """Answers: the reseller's and the distributor's people. Reports: the distributor's desk and finance."""
    if command is OrderDue:
        return actor.service == "deadline"
    if actor.service is not None:
        return True
    own_desk = Role.DESK in actor.roles and actor.organisation == order.distributor
    if command in ANSWERS:
        return own_desk or (Role.BUYER in actor.roles and actor.organisation == order.reseller)
    finance = Role.FINANCE in actor.roles and actor.organisation == directory.operator.code
    return command in REPORTS and (own_desk or finance)
