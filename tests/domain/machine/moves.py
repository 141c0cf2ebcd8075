"""Everything a case may be asked, each with who would likely ask it. Nobody is forced to be sensible."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from partnerflow.cases import commands as c
from partnerflow.cases import kindness_commands as k
from partnerflow.cases import money_commands as m
from partnerflow.cases.attachments import AddAttachment
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case, FactState
from partnerflow.cases.money_commands import Found
from partnerflow.credits.portions import Portion
from partnerflow.credits.settlement import Settlement
from partnerflow.people import Actor
from tests.domain.machine.worlds import DESKS, EVERYONE, LATER, PARTNERS, STAFF, exception

Draw = Callable[[st.SearchStrategy[Any]], Any]
DEADLINE, REMEDY, PEOPLE, POLICY, ORDERS, PAYMENTS = (
    Actor(None, None, service=name)
    for name in ("deadline", "remedy", "people", "policy", "orders", "payments")
)
TEXT: Final = st.sampled_from(["One.", "Two.", "Three."])
REFERENCE: Final = st.sampled_from([None, "B-1", "B-2"])
LOOKING: Final = ["sam-whitfield", "ruth-lindqvist", "owen-clarke"]
"""Case managers, of whom one has neither added nor disputed a fact."""
DECISIONS: Final = ["approve", "approve", "approve_partial", "decline", "ask", "pass_on", "redirect"]
DEPARTMENTS: Final = ["licensing", "finance", "channel_manager", "case_manager", "executive", "buyer"]
ABOVE: Final = ["daniel-reeves", "marta-kowalska", "helen-ashworth", "peter-holt"] * 8
"""To whom a step can mostly be passed on."""
TO_THE_POINT: Final[dict[FactState, list[tuple[type, list[str]]]]] = {
    FactState.OPEN: [(c.ConfirmFact, PARTNERS), (c.DisputeFact, PARTNERS), (c.CorrectFact, [])],
    FactState.DISPUTED: [
        (c.UpholdFact, LOOKING),
        (c.UpholdFact, PARTNERS),
        (c.CorrectFact, []),
        (c.WithdrawFact, []),
    ],
    FactState.CONFIRMED: [
        (c.CorrectFact, []),
        (c.DisputeFact, PARTNERS),
        (c.DisputeFact, []),
        (c.WithdrawFact, []),
    ],
    FactState.UPHELD: [(c.ConfirmFact, PARTNERS), (c.CorrectFact, []), (c.WithdrawFact, [])],
    FactState.WITHDRAWN: [(c.ConfirmFact, PARTNERS)],
}
"""What a fact in this state asks for, and who would do it; nobody named: the owner."""


@dataclass(frozen=True)
class Move:
    """``likely``: persons who may usually do it; a service's moves name nobody."""

    make: Callable[[Case, Draw], Any]
    likely: Callable[[Case], Sequence[str]]
    service: Actor | None = None


def portions(case: Case, size: int) -> tuple[Portion, ...]:
    by_units, by_percent = (Portion(1, size),), (Portion(1, size, 500_000),)
    choices = (by_units, by_percent, (Portion(1, amount=size * 1_000, convert=True),), case.asked)
    return choices[size % 4]


def fact(case: Case, draw: Draw) -> str:
    known = [fact.id for fact in case.facts]
    return str(draw(st.sampled_from([*known, "f1", "nothing"])))


def to_the_point(case: Case, draw: Draw) -> tuple[Any, str] | None:
    """What a fact of the case waits for, and by whom."""
    if not case.facts:
        return None
    about = draw(st.sampled_from(case.facts))
    kind, likely = draw(st.sampled_from(TO_THE_POINT[about.state]))
    words = (about.id,) if kind in (c.ConfirmFact, c.WithdrawFact) else (about.id, draw(TEXT))
    return kind(*words), draw(st.sampled_from(likely or [case.owner]))


def propose(case: Case, draw: Draw) -> c.Propose:
    seen = draw(st.sampled_from([None, None, case.version, max(0, case.version - 1)]))
    cited = (fact(case, draw),) if draw(st.booleans()) else ()
    return c.Propose(portions(case, draw(st.integers(1, 60))), "c", "Fair.", None, seen, cited)


def decide(case: Case, draw: Draw) -> c.DecideStep:
    """A decision on the pending step, or on one that is over."""
    steps = [step for r in case.rounds for step in r.steps]
    step = case.step or draw(st.sampled_from(steps))
    what = draw(st.sampled_from(DECISIONS))
    to = draw(st.sampled_from(DEPARTMENTS if what == "redirect" else [*ABOVE, *EVERYONE]))
    shown = case.proposal.legs[0].credit.net if case.proposal else 0
    by_amount = what == "approve_partial" and draw(st.integers(0, 3))
    amount = draw(st.integers(1, shown + shown // 10 + 1)) if by_amount else None
    some = portions(case, draw(st.integers(1, 60))) if what == "approve_partial" and amount is None else ()
    cited = (fact(case, draw),) if draw(st.integers(0, 3)) == 0 else ()
    convert = draw(st.booleans())
    return c.DecideStep(
        step.id, what, version(case, step), "Because.", "other", some, amount, convert, to, cited
    )


def note(case: Case, draw: Draw) -> m.ConfirmNote:
    """As it was instructed, or not quite."""
    leg = draw(st.sampled_from(case.legs))
    told = next((i for i in case.instructed if i.leg is leg), None)
    net = max(1, (told.net if told else 100) + draw(st.sampled_from([0, 0, 0, -1, 1, 10_000])))
    tax = told.tax if told else 20
    number = draw(st.sampled_from(["X-1", "X-2"]))
    return m.ConfirmNote(leg, number, case.opened_at, net, tax, net + tax)


def key(case: Case, draw: Draw) -> str:
    return str(draw(st.sampled_from([payout.key for payout in case.payouts])))


def heard(case: Case, draw: Draw) -> m.PayoutAnswered:
    """Anything a payer may say, also of a submission that is long over."""
    at = draw(st.sampled_from([None, case.opened_at]))
    return m.PayoutAnswered(
        key(case, draw), draw(st.integers(0, 3)), draw(st.sampled_from(Found)), draw(REFERENCE), at
    )


def _deciders(case: Case) -> Sequence[str]:
    return case.step.deciders if case.step and case.step.deciders else [case.owner]


def _partner(_: Case) -> Sequence[str]:
    return PARTNERS


def _owner(case: Case) -> Sequence[str]:
    return [case.owner]


def _either(case: Case) -> Sequence[str]:
    return [case.owner, *PARTNERS]


def _proposer(case: Case) -> Sequence[str]:
    by = case.proposal.by if case.proposal and case.proposal.by != "policy" else case.requester
    return [by, case.requester]


def _question(case: Case, draw: Draw) -> str:
    return str(draw(st.sampled_from([*(q.id for q in case.questions), "q1"])))


def _round(case: Case) -> int:
    return case.remedy.round if case.remedy else 1


MOVES: Final[dict[type, Move]] = {
    AddAttachment: Move(
        lambda case, _: AddAttachment(f"a{case.version}", "keys.txt", "text/plain", "00" * 32, b"0"), _either
    ),
    c.AddNote: Move(
        lambda _, draw: c.AddNote("Hello.", draw(st.sampled_from(["public", "internal"]))), _either
    ),
    c.Withdraw: Move(lambda *_: c.Withdraw("No more."), _partner),
    c.Escalate: Move(lambda *_: c.Escalate("Nobody moves."), _partner),
    c.AskPartner: Move(lambda *_: c.AskPartner("Which?"), lambda case: [case.owner, *_deciders(case)]),
    c.Answer: Move(lambda case, draw: c.Answer(_question(case, draw), "Those."), _partner),
    c.Propose: Move(propose, _owner),
    c.DecideStep: Move(decide, _deciders),
    c.ConfirmPassThrough: Move(
        lambda case, _: c.ConfirmPassThrough("refund", "M", case.opened_at), lambda _: DESKS
    ),
    c.CloseCase: Move(lambda *_: c.CloseCase("unknown"), _owner),
    m.ConfirmNote: Move(note, lambda _: DESKS),
    m.VoidNote: Move(
        lambda case, draw: m.VoidNote(draw(st.sampled_from([d.number for d in case.issued] or ["X"])), "No."),
        lambda _: ["amara-diallo", "lucy-pemberton"],
    ),
    m.PublishVoids: Move(lambda case, _: m.PublishVoids(_round(case)), lambda _: (), REMEDY),
    m.Settle: Move(
        lambda _, draw: m.Settle(Settlement(refund=draw(st.integers(0, 300_000)) or None)),
        lambda _: [*PARTNERS, *DESKS],
    ),
    m.SubmitPayout: Move(
        lambda case, draw: m.SubmitPayout(key(case, draw), draw(st.booleans())), lambda _: (), PAYMENTS
    ),
    m.PayoutAnswered: Move(heard, lambda _: (), PAYMENTS),
    m.RetryPayout: Move(lambda case, draw: m.RetryPayout(key(case, draw)), lambda _: ["amara-diallo"]),
    k.Watch: Move(lambda *_: k.Watch(), _either),
    k.Unwatch: Move(lambda *_: k.Unwatch(), _either),
    k.AskCall: Move(lambda *_: k.AskCall("+44 20 7946 0001", "today", "The keys."), _partner),
    k.RecordCall: Move(
        lambda case, _: k.RecordCall(case.call.id if case.call else "call-1", "We spoke."), _owner
    ),
    k.HandPartner: Move(lambda _, draw: k.HandPartner(draw(st.sampled_from([*PARTNERS, *DESKS]))), _partner),
    c.AlreadyTold: Move(lambda *_: c.AlreadyTold("On Monday."), _partner),
    c.AddFact: Move(lambda _, draw: c.AddFact(draw(TEXT), draw(st.booleans())), _owner),
    c.CorrectFact: Move(lambda case, draw: c.CorrectFact(fact(case, draw), draw(TEXT)), _either),
    c.ConfirmFact: Move(lambda case, draw: c.ConfirmFact(fact(case, draw)), _partner),
    c.DisputeFact: Move(lambda case, draw: c.DisputeFact(fact(case, draw), draw(TEXT)), _either),
    c.UpholdFact: Move(lambda case, draw: c.UpholdFact(fact(case, draw), draw(TEXT)), lambda _: STAFF),
    c.WithdrawFact: Move(lambda case, draw: c.WithdrawFact(fact(case, draw)), _either),
    c.RequestException: Move(
        lambda _, draw: c.RequestException(exception(draw(st.integers(1, 8)))), _partner
    ),
    c.Recall: Move(lambda *_: c.Recall("The wrong lines."), _proposer),
    c.Appeal: Move(lambda *_: c.Appeal("Look again."), _partner),
    c.Reassign: Move(lambda _, draw: c.Reassign(draw(st.sampled_from(EVERYONE))), _owner),
    c.Redirect: Move(lambda _, draw: c.Redirect(draw(st.sampled_from(DEPARTMENTS)), "Theirs."), _owner),
    c.AdoptPolicy: Move(
        lambda _, draw: c.AdoptPolicy(draw(st.sampled_from(sorted(LATER)))), lambda _: (), POLICY
    ),
    c.FollowOrder: Move(lambda *_: c.FollowOrder(), lambda _: (), ORDERS),
    c.SyncPeople: Move(lambda *_: c.SyncPeople(), lambda _: (), PEOPLE),
    c.RecordAction: Move(
        lambda case, draw: c.RecordAction(
            _round(case), draw(st.sampled_from(["check", "cancel_upstream", "instruct", "publish"]))
        ),
        lambda _: (),
        REMEDY,
    ),
    c.IssueNotes: Move(
        lambda case, draw: c.IssueNotes(_round(case), draw(st.booleans())), lambda _: (), REMEDY
    ),
    c.FailRemedy: Move(lambda case, _: c.FailRemedy(_round(case), "It broke."), lambda _: (), REMEDY),
    c.RetryRemedy: Move(lambda case, _: c.RetryRemedy(_round(case)), _owner),
}
"""Opening and settling are rules of their own: they need another instant, or no case yet."""


def possible(case: Case) -> list[type]:
    """A step is decided only where there ever was one, and a payment likewise."""
    never = set() if case.rounds and case.rounds[-1].steps else {c.DecideStep}
    never |= set() if case.payouts else {m.SubmitPayout, m.PayoutAnswered, m.RetryPayout}
    return [kind for kind in MOVES if kind not in never]
