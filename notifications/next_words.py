"""What happens next, in the reader's language and time: the same sentence as ``partnerflow.cases.status`` says in
English (a test compares the two), from the same data."""

from typing import Final

from notifications.language import mark
from notifications.words import OUTCOMES, Voice
from partnerflow.cases.status import Following

ACTS: Final = {
    "assessment": (
        mark("{who} assesses it and proposes what to do"),
        mark("{who} assesses it and proposes what to do by {when}"),
    ),
    "approval": (mark("{who} decides"), mark("{who} decides by {when}")),
    "remedy": (
        mark("The credit notes are issued now; {who} sees to it"),
        mark("The credit notes are issued now; {who} sees to it by {when}"),
    ),
    "note": (
        mark("{who} confirms the number of the credit note, which another system issues"),
        mark("{who} confirms by {when} the number of the credit note, which another system issues"),
    ),
}
REFUSED: Final = (
    mark("{who} sees to a payment that was refused"),
    mark("{who} sees to a payment that was refused by {when}"),
)
UNDER_WAY: Final = {
    True: (
        mark(
            "The payment is on its way; {who} sees to it that your account shows the credit, then the case closes by "
            "itself"
        ),
        mark(
            "The payment is on its way; {who} sees to it by {when} that your account shows the credit, then the case "
            "closes by itself"
        ),
    ),
    False: (
        mark(
            "The payment is on its way; {who} sees to it that the partner's account shows the credit, then the case "
            "closes by itself"
        ),
        mark(
            "The payment is on its way; {who} sees to it by {when} that the partner's account shows the credit, then "
            "the case closes by itself"
        ),
    ),
}
PASSING_ON: Final = {
    True: (
        mark("{who} confirms that your account shows the credit"),
        mark("{who} confirms by {when} that your account shows the credit"),
    ),
    False: (
        mark("{who} confirms that the partner's account shows the credit"),
        mark("{who} confirms by {when} that the partner's account shows the credit"),
    ),
}
WAITING: Final = {
    ("answer", True): (
        mark("We wait for your answer; after that {who} goes on with what is there."),
        mark("We wait for your answer by {when}; after that {who} goes on with what is there."),
    ),
    ("word", True): (
        mark("We wait for you to confirm or dispute a fact; after that {who} goes on with what is there."),
        mark(
            "We wait for you to confirm or dispute a fact by {when}; after that {who} goes on with what is there."
        ),
    ),
    ("answer", False): (
        mark("We wait for the partner's answer; after that {who} goes on with what is there."),
        mark("We wait for the partner's answer by {when}; after that {who} goes on with what is there."),
    ),
    ("word", False): (
        mark(
            "We wait for the partner to confirm or dispute a fact; after that {who} goes on with what is there."
        ),
        mark(
            "We wait for the partner to confirm or dispute a fact by {when}; after that {who} goes on with what is "
            "there."
        ),
    ),
}
FIRST: Final = {
    True: mark("{owner} answers your objection to a fact first; then {act}"),
    False: mark("{owner} answers the partner's objection to a fact first; then {act}"),
}


def sentence(then: Following, say: Voice, *, partner: bool) -> str:
    """Who does what by when, and what happens otherwise; ``partner``: it speaks to them."""
    if then.kind in ("closed", "appealable"):
        return _closed(then, say, partner=partner)
    when = say.when(then.by, then.at) if then.by else ""
    dated = 1 if when else 0
    if then.kind == "partner":
        return say(WAITING[then.awaited, partner][dated], who=then.who, when=when)
    forms = _passing_on(then, partner=partner) if then.kind == "passing_on" else ACTS[then.kind]
    act = say(forms[dated], who=then.who, when=when)
    if then.disputed and then.kind in ("assessment", "approval"):
        act = say(FIRST[partner], owner=then.owner, act=act)
    if then.instead:
        return say("{act}; otherwise it goes to {instead} by itself.", act=act, instead=then.instead)
    return say("{act}.", act=act)


def _passing_on(then: Following, *, partner: bool) -> tuple[str, str]:
    if then.payment == "refused":
        return REFUSED
    if then.payment:
        return UNDER_WAY[partner]
    return ACTS["note"] if then.awaits_note else PASSING_ON[partner]


def _closed(then: Following, say: Voice, *, partner: bool) -> str:
    if then.until is None:
        outcome = say.of(OUTCOMES, then.outcome or "")
        if then.appealed:
            return say("After an appeal: {outcome}. Nothing more is needed.", outcome=outcome)
        return say("Closed: {outcome}. Nothing more is needed.", outcome=outcome)
    until = say.when(then.until, then.at)
    if then.outcome == "declined":
        if partner:
            return say("Declined; you can appeal until {until}.", until=until)
        return say("Declined; the partner can appeal until {until}.", until=until)
    if partner:
        return say("Credited in part; you can appeal until {until}.", until=until)
    return say("Credited in part; the partner can appeal until {until}.", until=until)
