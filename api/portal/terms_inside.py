"""The words of closed lists that those who work on cases read, beside the partners' own in ``terms``."""

from typing import Final


def _(text: str) -> str:
    return text


INSIDE: Final[dict[str, str]] = {
    # decisions
    "approve": _("Approve"),
    "approve_partial": _("Approve in part"),
    "decline": _("Decline"),
    "ask": _("Ask"),
    "pass_on": _("Pass on"),
    "redirect": _("Redirect"),
    # steps, rounds and facts
    "waiting": _("Waiting"),
    "pending": _("Being decided"),
    "approved": _("Approved"),
    "void": _("Void"),
    "open": _("Open"),
    "granted": _("Granted"),
    "recalled": _("Recalled"),
    "confirmed": _("Confirmed"),
    "disputed": _("Disputed"),
    "upheld": _("Upheld"),
    "endorse": _("Endorsement"),
    "endorsement": _("Endorsement"),
    "final": _("Final decision"),
    "manager": _("Manager"),
    # why somebody else has it
    "reassigned": _("handed over"),
    "redirected": _("redirected"),
    "rung": _("a rung fired"),
    "absence": _("absence"),
    "left": _("left"),
    "role": _("no longer in this role"),
    # payments
    "intended": _("To be paid"),
    "submitted": _("Submitted"),
    "failed": _("Failed"),
    "invoice": _("Invoice"),
    "payment": _("Payment"),
    # sources of facts
    "order": _("The order"),
    "partner": _("Partner"),
    "reseller": _("Reseller"),
    "distributor": _("Distributor"),
    "vendor": _("Vendor"),
    "policy": _("Policy"),
    # when a credit may change VAT
    "agreed": _("Agreed with the customer"),
    "genuine": _("A genuine correction"),
    "real_value": _("Of real value"),
    "issued_to_customer": _("Issued to the customer"),
    "not_bad_debt": _("Not a bad debt"),
    # messages and mails
    "parked": _("Parked"),
    "retrying": _("Tried again by itself"),
    "queued": _("Queued"),
    "held": _("Held back"),
    "sent": _("Sent"),
    "dropped": _("Dropped"),
    "quarantined": _("In quarantine"),
    "staged": _("Waits to be read"),
    "taken": _("Taken in"),
    "ignored": _("Ignored"),
    "released": _("Let through"),
    "discarded": _("Put away"),
}
