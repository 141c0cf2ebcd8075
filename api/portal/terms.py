"""DOMAIN's closed lists as people read them. A value that is not here is shown with blanks for its underscores."""

from typing import Final

from api.portal.terms_inside import INSIDE


def _(text: str) -> str:
    return text


TERMS: Final[dict[str, str]] = {
    **INSIDE,
    # types
    "cancellation": _("Cancellation"),
    "quantity_reduction": _("Fewer of it"),
    "price_correction": _("Price correction"),
    "exchange": _("Exchange"),
    "tax_correction": _("Tax correction"),
    "duplicate_order": _("Ordered twice"),
    "goodwill": _("Goodwill"),
    # reasons
    "wrong_item_ordered": _("Wrong item ordered"),
    "wrong_quantity": _("Wrong quantity"),
    "ordered_twice": _("Ordered twice"),
    "wrong_price": _("Wrong price"),
    "wrong_tax": _("Wrong tax"),
    "wrong_end_customer": _("Wrong end customer"),
    "no_longer_needed": _("No longer needed"),
    "not_as_agreed": _("Not as agreed"),
    "other": _("Other"),
    # stages and outcomes
    "assessment": _("Assessment"),
    "approval": _("Approval"),
    "remedy": _("Credit and rebill"),
    "passing_on": _("Passed on by distributor"),
    "closed": _("Closed"),
    "credited": _("Credited"),
    "declined": _("Declined"),
    "withdrawn": _("Withdrawn"),
    "cancelled": _("Cancelled"),
    # verdicts
    "within_policy": _("Within policy"),
    "partly_within_policy": _("Partly within policy"),
    "outside_policy": _("Outside policy"),
    "needs_assessment": _("Needs assessment"),
    # root causes
    "reseller_error": _("Reseller's error"),
    "distributor_error": _("Distributor's error"),
    "vendor_error": _("Vendor's error"),
    "wrong_quote_or_catalogue": _("Wrong quote or catalogue"),
    "system_error": _("System error"),
    "end_customer_change": _("End customer changed their mind"),
    "unknown": _("Unknown"),
    # declines
    "activated": _("Activated"),
    "window_closed": _("Window closed"),
    "not_substantiated": _("Not substantiated"),
    "already_credited": _("Already credited"),
    # roles
    "case_manager": _("Case manager"),
    "channel_manager": _("Channel manager"),
    "licensing": _("Licensing"),
    "finance": _("Finance"),
    "executive": _("Executive"),
    "admin": _("Admin"),
    "buyer": _("Buyer"),
    "desk": _("Distributor's desk"),
    # clocks
    "owner": _("Owner's first act"),
    "first_response": _("First word from us"),
    "next_update": _("Next word from us"),
    "decision": _("Decision"),
    "step": _("This step"),
    "pass_through": _("Passing on"),
    "hold": _("Hold"),
    "appeal": _("Appeal"),
    "vat_note": _("Credit note by law"),
    "partner_answer": _("Your answer"),
    # states of clocks
    "running": _("running"),
    "paused": _("paused"),
    "done": _("done"),
    "breached": _("overdue"),
    # orders
    "accepted": _("Accepted"),
    "on_hold": _("On hold"),
    # giving back
    "account_credit": _("Account credit"),
    "refund": _("Refund"),
    "offset": _("Offset"),
    "settled_outside": _("Settled outside"),
    # policy versions
    "draft": _("Draft"),
    "scheduled": _("Scheduled"),
    "current": _("In force"),
    "superseded": _("Superseded"),
    "clocks_waiting": _("follow"),
    "clocks_moving": _("are following"),
    "clocks_moved": _("have followed"),
    "clocks_overtaken": _("follow a later version"),
    # days of a calendar
    "holiday": _("holiday"),
    "extra_day": _("extra day off"),
    "closure": _("closed"),
    "worked_holiday": _("no day off"),
    "no_hours": _("no hours"),
    "organisation": _("Organisation"),
    "team": _("Team"),
    "person": _("Person"),
    "sign-ins": _("Sign-ins"),
    # documents
    "credit_note": _("Credit note"),
    "debit_note": _("Debit note"),
    "rebill": _("New invoice"),
    "attachment": _("Attachment"),
    "downstream": _("Distributor → reseller"),
    "upstream": _("Vendor → distributor"),
    # why a case may be a duplicate
    "same_lines": _("The same lines of the same order"),
    "same_order": _("The same order"),
    "same_reason": _("The same reason, within days"),
    # books, statements and payments
    "awaited": _("Awaited"),
    "agrees": _("Agrees"),
    "differs": _("Differs"),
    "missing": _("Missing"),
    "extra": _("Nobody asked for it"),
    "invoice": _("Invoice"),
    "payment": _("Payment"),
    "payment_returned": _("Payment returned"),
    "asset": _("Asset"),
    "liability": _("Liability"),
    "income": _("Income"),
    "contra_income": _("Lowers income"),
    "expense": _("Expense"),
    "contra_expense": _("Lowers expense"),
    "intended": _("to be sent"),
    "submitted": _("on its way"),
}
