"""The closed lists that policy, cases and screens share. DOMAIN: Cases, Deadlines, Orders."""

from enum import StrEnum
from typing import Final

from partnerflow.people import Role


class CaseType(StrEnum):
    CANCELLATION = "cancellation"
    QUANTITY_REDUCTION = "quantity_reduction"
    PRICE_CORRECTION = "price_correction"
    EXCHANGE = "exchange"
    TAX_CORRECTION = "tax_correction"
    DUPLICATE_ORDER = "duplicate_order"
    GOODWILL = "goodwill"


class Reason(StrEnum):
    """Why the partner asks."""

    WRONG_ITEM_ORDERED = "wrong_item_ordered"
    WRONG_QUANTITY = "wrong_quantity"
    ORDERED_TWICE = "ordered_twice"
    WRONG_PRICE = "wrong_price"
    WRONG_TAX = "wrong_tax"
    WRONG_END_CUSTOMER = "wrong_end_customer"
    NO_LONGER_NEEDED = "no_longer_needed"
    NOT_AS_AGREED = "not_as_agreed"
    OTHER = "other"


class RootCause(StrEnum):
    """What made it necessary; stated or, at closing, taken from the policy's mapping of the reason."""

    RESELLER_ERROR = "reseller_error"
    DISTRIBUTOR_ERROR = "distributor_error"
    VENDOR_ERROR = "vendor_error"
    WRONG_QUOTE_OR_CATALOGUE = "wrong_quote_or_catalogue"
    SYSTEM_ERROR = "system_error"
    END_CUSTOMER_CHANGE = "end_customer_change"
    UNKNOWN = "unknown"


class DeclineReason(StrEnum):
    """Why a decider says no; a text always goes with it."""

    OUTSIDE_POLICY = "outside_policy"
    ACTIVATED = "activated"
    WINDOW_CLOSED = "window_closed"
    NOT_SUBSTANTIATED = "not_substantiated"
    ALREADY_CREDITED = "already_credited"
    OTHER = "other"


class PassThrough(StrEnum):
    """How the upstream credit follows what the reseller gets (DOMAIN: Legs).

    ``full``: the distributor bears the difference; ``capped``: like ``same_percentage``, up to a cap.
    """

    SAME_PERCENTAGE = "same_percentage"
    FULL = "full"
    CAPPED = "capped"


class Goodwill(StrEnum):
    """What goodwill is: a credit note against an invoice line, or a payment outside any and without VAT."""

    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"


class ProrationUnit(StrEnum):
    """What a term is counted in, where a part of it comes back."""

    DAY = "day"
    MONTH = "month"
    HOUR = "hour"


class Purchase(StrEnum):
    """What an order line is: rules know it as ``order_type``. An add-on (an added seat) has its own cancel window, an
    upgrade that of the purchase it upgrades."""

    NEW = "new"
    ADD_ON = "add_on"
    UPGRADE = "upgrade"


class StepMode(StrEnum):
    """How many of a step's deciders must say yes."""

    ANY = "any"
    ALL = "all"
    N = "n"


class Exhausted(StrEnum):
    """What happens when a ladder has no rung left."""

    HOLD_AND_PAGE = "hold_and_page"
    APPROVE = "approve"
    DECLINE = "decline"


DECIDING_ROLES: Final = (
    Role.CASE_MANAGER,
    Role.CHANNEL_MANAGER,
    Role.LICENSING,
    Role.FINANCE,
    Role.EXECUTIVE,
)
"""Roles a step or a rung may name: the operator's except admin, who has no money rights (DOMAIN: Who)."""

MANAGER: Final = "manager"
"""The rung that names no role but the manager of whoever has it now."""

ALLOWANCES: Final = (
    "owner",
    "first_response",
    "next_update",
    "decision",
    "step",
    "step_minimum",
    "pass_through",
    "hold",
    "appeal",
    "partner_answer",
)
"""Working minutes a policy states; ``partner_answer`` bounds a pause, ``step_minimum`` a step's share."""

LADDERS: Final = ("step", "decision", "pass_through")
"""The clocks that climb (DOMAIN: Ladder)."""

FINDINGS: Final = (
    "missing-field",
    "unknown-sku",
    "retired-sku",
    "pack-size",
    "quantity-outlier",
    "price-mismatch",
    "duplicate-order",
    "edition-mismatch",
    "metric-mismatch",
    "segment-mismatch",
    "region-mismatch",
    "base-missing",
    "term-mismatch",
    "window-short",
)
"""What validation may find; a policy gives each a severity."""

SEVERITIES: Final = ("block", "acknowledge", "advise")
"""The values of orders.model.Severity, which stands on this floor."""

REQUIRABLE: Final = (
    "distributor",
    "reseller",
    "end_customer",
    "po_number",
    "line.description",
    "line.upstream_price",
    "line.licence",
    "line.licence.edition",
    "line.licence.metric",
    "line.licence.term_months",
    "line.licence.segment",
    "line.licence.region",
)
"""What a vendor may require of an order or of each of its lines, by the names of orders.model."""
