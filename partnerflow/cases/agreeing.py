"""Facts: stated, confirmed or disputed by the other side, and what a changed one does to an approval.

What the desk states the partner confirms or disputes; what the partner claims the desk may dispute. A dispute is
answered by correcting the fact, withdrawing it, or upholding it with evidence by a person who did not add it.
DOMAIN: Facts.
"""

from collections.abc import Iterable
from dataclasses import replace

from partnerflow.cases import following, restarting, talking
from partnerflow.cases.attachments import refuse_unknown
from partnerflow.cases.commands import (
    AddFact,
    ConfirmFact,
    CorrectFact,
    DisputeFact,
    FollowOrder,
    UpholdFact,
    WithdrawFact,
)
from partnerflow.cases.events import FactChanged, FactDisputed
from partnerflow.cases.model import Case, CitedFact, Dispute, Fact, FactState, Upheld
from partnerflow.cases.statements import DESK, ORDER, PARTNER
from partnerflow.cases.view import Draft
from partnerflow.people import Actor
from partnerflow.refusals import Refused

OPEN, CONFIRMED, DISPUTED, UPHELD = (
    FactState.OPEN,
    FactState.CONFIRMED,
    FactState.DISPUTED,
    FactState.UPHELD,
)


def add_fact(draft: Draft, command: AddFact) -> None:
    """Our side states something; a decisive fact waits for the partner, and the clocks with it."""
    number = sum(1 for fact in draft.case.facts if fact.id[0] == "f" and fact.id[1:].isdigit()) + 1
    by, at = draft.actor.name, draft.at
    _put(draft, Fact(f"f{number}", command.text, DESK, by, at, command.decisive, None, OPEN), "added")


def correct_fact(draft: Draft, command: CorrectFact) -> None:
    """Another wording by the side it belongs to: ours waits for the partner again, the partner's own is confirmed."""
    before = _own(draft, command.fact)
    if before.text == command.text:
        raise Refused("invalid-parameter", "That is what the fact says already.", pointer="/text")
    ours = side(draft.case, draft.actor) == DESK
    fact = replace(
        before,
        text=command.text,
        source=DESK if ours else PARTNER,
        by=draft.actor.name,
        at=draft.at,
        confirmed_by=None if ours else draft.actor.name,
        state=OPEN if ours else CONFIRMED,
        version=before.version + 1,
        dispute=None,
        upheld=None,
        lapsed=False,
        authors=(*before.authors, before.by),
    )
    _put(draft, fact, "corrected", reworded=True)


def withdraw_fact(draft: Draft, command: WithdrawFact) -> None:
    """It is no longer stated, and nothing may rest on it."""
    before = _own(draft, command.fact)
    fact = replace(before, state=FactState.WITHDRAWN, version=before.version + 1, lapsed=False)
    _put(draft, fact, "withdrawn", command.text, reworded=True)


def confirm_fact(draft: Draft, command: ConfirmFact) -> None:
    """The partner agrees; also after having disputed it, or after not having answered in time."""
    before = _known(draft.case, command.fact)
    if before.source == PARTNER:
        raise Refused("wrong-state", "That is your own statement; it needs no confirmation.", pointer="/fact")
    if before.state is CONFIRMED:
        raise Refused("wrong-state", "The fact is confirmed already.", pointer="/fact")
    agreed = replace(before, state=CONFIRMED, confirmed_by=draft.actor.name, dispute=None, upheld=None)
    _put(draft, replace(agreed, lapsed=False), "confirmed")


def dispute_fact(draft: Draft, command: DisputeFact) -> None:
    """The other side objects, with its reason; the point is then open to whoever stated it."""
    before, objecting = _known(draft.case, command.fact), side(draft.case, draft.actor)
    if (before.source == PARTNER) is (objecting == PARTNER):
        raise Refused("wrong-state", "Your own side states it: correct or withdraw it.", pointer="/fact")
    if before.state in (DISPUTED, UPHELD):
        raise Refused("wrong-state", "The fact is disputed already.", pointer="/fact")
    objection = Dispute(draft.actor.name, objecting, draft.at, command.text)
    fact = replace(before, state=DISPUTED, dispute=objection, confirmed_by=None, lapsed=False)
    draft.emit(FactDisputed(_not_waiting(draft.case, fact)))
    _ask_or_go_on(draft, fact)


def uphold_fact(draft: Draft, command: UpholdFact) -> None:
    """It stands although it is disputed, with evidence, by a person who neither worded nor disputed it."""
    before = _known(draft.case, command.fact)
    if before.state is not DISPUTED or before.dispute is None:
        raise Refused("wrong-state", "Only a disputed fact is upheld.", pointer="/fact")
    if draft.actor.name in (before.by, *before.authors, before.dispute.by):
        raise Refused(
            "four-eyes", "Somebody who neither added nor disputed the fact must look at the evidence."
        )
    refuse_unknown(draft.case.attachments, command.attachments, "/attachments")
    evidence = Upheld(draft.actor.name, draft.at, command.evidence, command.attachments)
    _put(draft, replace(before, state=UPHELD, upheld=evidence, lapsed=False), "upheld")


def follow_order(draft: Draft, _: FollowOrder) -> None:
    """What the order itself says has changed: so have the facts that come from it, and what rests on them."""
    for fact in following.follow_order(draft):
        restarting.fact_changed(draft, fact)
    talking.go_on_if_answered(draft)


def refuse_disputed(case: Case) -> None:
    """No decision while a dispute on a decisive fact is unanswered."""
    if blocking := case.disputed:
        raise Refused(
            "fact-disputed",
            f"“{blocking.text}” is disputed: it is corrected, withdrawn or upheld before anybody decides.",
            fact=blocking.id,
        )


def cite(case: Case, ids: Iterable[str]) -> tuple[CitedFact, ...]:
    """The wordings a decision rests on; refuses what is not there, withdrawn, or disputed and not upheld."""
    found = [_known(case, fact_id, "/facts") for fact_id in dict.fromkeys(ids)]
    for fact in found:
        if fact.state is FactState.WITHDRAWN:
            raise Refused("wrong-state", f"“{fact.text}” was withdrawn.", pointer="/facts", fact=fact.id)
        if fact.state is DISPUTED and not fact.lapsed:
            raise Refused("fact-disputed", f"“{fact.text}” is disputed.", pointer="/facts", fact=fact.id)
    return tuple(fact.cited() for fact in found)


def side(case: Case, actor: Actor) -> str:
    """Whose side the actor speaks for."""
    return PARTNER if actor.organisation == (case.reseller or case.distributor) else DESK


def offered(case: Case, name: str, actor: Actor) -> bool:
    """Whether an action on facts has one to act on that is this actor's to act on."""
    states = STATES[name]
    mine = (PARTNER,) if side(case, actor) == PARTNER else (DESK, ORDER)
    own_side = name in ("correct_fact", "withdraw_fact")
    return any(
        fact.state in states
        and (name == "uphold_fact" or (fact.source in mine) is own_side)
        and not (name == "uphold_fact" and _took_part(fact, actor.name))
        for fact in case.facts
    )


STATES = {
    "correct_fact": frozenset({OPEN, CONFIRMED, DISPUTED, UPHELD}),
    "withdraw_fact": frozenset({OPEN, CONFIRMED, DISPUTED, UPHELD}),
    "confirm_fact": frozenset({OPEN, DISPUTED, UPHELD}),
    "dispute_fact": frozenset({OPEN, CONFIRMED}),
    "uphold_fact": frozenset({DISPUTED}),
}
"""An action on facts is offered while one of them is in a state for it."""


def _took_part(fact: Fact, name: str) -> bool:
    return name in (fact.by, *fact.authors, fact.dispute.by if fact.dispute else "")


def _put(draft: Draft, fact: Fact, change: str, text: str = "", *, reworded: bool = False) -> None:
    """The fact as it is now; another wording of a cited one is a material change before anybody is asked anything."""
    fact = _not_waiting(draft.case, fact)
    draft.emit(FactChanged(fact, change, text))
    if reworded:
        restarting.fact_changed(draft, fact)
    _ask_or_go_on(draft, fact)


def _not_waiting(case: Case, fact: Fact) -> Fact:
    """Once the round's longest pause is used up the partner may still say something, but nothing waits for it."""
    asks = fact.decisive and fact.waits_for == PARTNER
    return replace(fact, lapsed=True) if asks and talking.waited_enough(case) else fact


def _ask_or_go_on(draft: Draft, fact: Fact) -> None:
    """Pause for what the partner has to say; with nothing left open to them the clocks run on."""
    if fact in draft.case.facts_for_partner:
        talking.stay_paused(draft)
    else:
        talking.go_on_if_answered(draft)
    if side(draft.case, draft.actor) == DESK:
        talking.told_partner(draft)


def _known(case: Case, fact_id: str, pointer: str = "/fact") -> Fact:
    fact = case.fact(fact_id)
    if fact is None:
        raise Refused("wrong-state", f"The case has no fact {fact_id!r}.", pointer=pointer)
    if fact.state is FactState.WITHDRAWN and pointer == "/fact":
        raise Refused("wrong-state", "The fact was withdrawn.", pointer=pointer)
    return fact


def _own(draft: Draft, fact_id: str) -> Fact:
    """Only the side that states a fact words it anew; what the order says is ours to correct."""
    fact = _known(draft.case, fact_id)
    mine = (PARTNER,) if side(draft.case, draft.actor) == PARTNER else (DESK, ORDER)
    if fact.source not in mine:
        raise Refused("forbidden", "The other side states it; you can dispute it.")
    return fact
