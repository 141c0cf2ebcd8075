"""Facts: stated, confirmed or disputed by the other side, and what a changed one does to an approval.

What the desk states the partner confirms or disputes; what the partner claims the desk may dispute. A dispute is
answered by correcting the fact, withdrawing it, or upholding it with evidence by a person who did not add it.
DOMAIN: Facts.
"""

from collections.abc import Iterable
from dataclasses import replace

from partnerflow.cases import restarting, talking
from partnerflow.cases.commands import (
    AddFact,
    ConfirmFact,
    CorrectFact,
    DisputeFact,
    UpholdFact,
    WithdrawFact,
)
from partnerflow.cases.events import FactChanged, FactDisputed
from partnerflow.cases.model import Case, CitedFact, Dispute, Fact, FactState, Upheld
from partnerflow.cases.statements import DESK, ORDER, PARTNER
from partnerflow.cases.view import Draft
from partnerflow.refusals import Refused


def add_fact(draft: Draft, command: AddFact) -> None:
    """Our side states something; a decisive fact waits for the partner, and the clocks with it."""
    if command.decisive:
        talking.refuse_beyond_the_longest_pause(draft.case)
    number = sum(1 for fact in draft.case.facts if fact.source == DESK) + 1
    fact = Fact(
        f"f{number}",
        command.text,
        DESK,
        draft.actor.name,
        draft.at,
        command.decisive,
        None,
        FactState.OPEN,
    )
    _change(draft, fact, "added")


def correct_fact(draft: Draft, command: CorrectFact) -> None:
    """Another wording by the side it belongs to: ours waits for the partner again, the partner's own is confirmed."""
    before = _own(draft, command.fact)
    if before.text == command.text:
        raise Refused("invalid-parameter", "That is what the fact says already.", pointer="/text")
    ours = side(draft) == DESK
    if ours and before.decisive:
        talking.refuse_beyond_the_longest_pause(draft.case)
    fact = replace(
        before,
        text=command.text,
        source=DESK if ours else PARTNER,
        by=draft.actor.name,
        at=draft.at,
        confirmed_by=None if ours else draft.actor.name,
        state=FactState.OPEN if ours else FactState.CONFIRMED,
        version=before.version + 1,
        dispute=None,
        upheld=None,
        lapsed=False,
    )
    _change(draft, fact, "corrected")
    restarting.fact_changed(draft, fact)


def withdraw_fact(draft: Draft, command: WithdrawFact) -> None:
    """It is no longer stated, and nothing may rest on it."""
    before = _own(draft, command.fact)
    fact = replace(before, state=FactState.WITHDRAWN, version=before.version + 1, at=draft.at, lapsed=False)
    _change(draft, fact, "withdrawn")
    restarting.fact_changed(draft, fact)


def confirm_fact(draft: Draft, command: ConfirmFact) -> None:
    """The partner agrees; also after having disputed it, or after not having answered in time."""
    before = _known(draft.case, command.fact)
    if before.source == PARTNER:
        raise Refused("wrong-state", "That is your own statement; it needs no confirmation.")
    if before.state is FactState.CONFIRMED:
        raise Refused("wrong-state", "The fact is confirmed already.")
    fact = replace(before, state=FactState.CONFIRMED, confirmed_by=draft.actor.name, lapsed=False)
    _change(draft, fact, "confirmed")


def dispute_fact(draft: Draft, command: DisputeFact) -> None:
    """The other side objects, with its reason; the point is then open to whoever stated it."""
    before, objecting = _known(draft.case, command.fact), side(draft)
    if (before.source == PARTNER) is (objecting == PARTNER):
        raise Refused("wrong-state", "Your own side states it: correct or withdraw it.", pointer="/fact")
    if before.state in (FactState.DISPUTED, FactState.UPHELD):
        raise Refused("wrong-state", "The fact is disputed already.", pointer="/fact")
    if objecting == DESK and before.decisive:
        talking.refuse_beyond_the_longest_pause(draft.case)
    objection = Dispute(draft.actor.name, objecting, draft.at, command.text)
    fact = replace(before, state=FactState.DISPUTED, dispute=objection, confirmed_by=None, lapsed=False)
    draft.emit(FactDisputed(fact))
    _ask_or_go_on(draft, fact)


def uphold_fact(draft: Draft, command: UpholdFact) -> None:
    """It stands although it is disputed, with evidence, by a person who neither added nor disputed it."""
    before = _known(draft.case, command.fact)
    if before.state is not FactState.DISPUTED or before.dispute is None:
        raise Refused("wrong-state", "Only a disputed fact is upheld.", pointer="/fact")
    if side(draft) == PARTNER and before.source != PARTNER:
        raise Refused("forbidden", "Our side states it; you can confirm or dispute it.")
    if draft.actor.name in (before.by, before.dispute.by):
        raise Refused(
            "four-eyes", "Somebody who neither added nor disputed the fact must look at the evidence."
        )
    evidence = Upheld(draft.actor.name, draft.at, command.evidence)
    _change(draft, replace(before, state=FactState.UPHELD, upheld=evidence), "upheld")


def refuse_disputed(case: Case) -> None:
    """No decision while a dispute on a decisive fact is unanswered."""
    blocking = next((fact for fact in case.facts if fact.blocks), None)
    if blocking:
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
        if fact.state is FactState.DISPUTED and not fact.lapsed:
            raise Refused("fact-disputed", f"“{fact.text}” is disputed.", pointer="/facts", fact=fact.id)
    return tuple(CitedFact(fact.id, fact.version) for fact in found)


def side(draft: Draft) -> str:
    """Whose side the actor speaks for."""
    partner = draft.case.reseller or draft.case.distributor
    return PARTNER if draft.actor.organisation == partner else DESK


def _change(draft: Draft, fact: Fact, change: str) -> None:
    draft.emit(FactChanged(fact, change))
    _ask_or_go_on(draft, fact)


def _ask_or_go_on(draft: Draft, fact: Fact) -> None:
    """Pause for what the partner has to say; with nothing left open to them the clocks run on."""
    if fact.decisive and fact.waits_for == PARTNER:
        words = "Disputed" if fact.state is FactState.DISPUTED else "To confirm or dispute"
        talking.pause_for_partner(draft, f"{words}: {fact.text}")
    else:
        talking.go_on_if_answered(draft)
    if side(draft) == DESK:
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
    mine = (PARTNER,) if side(draft) == PARTNER else (DESK, ORDER)
    if fact.source not in mine:
        raise Refused("forbidden", "The other side states it; you can dispute it.")
    return fact
