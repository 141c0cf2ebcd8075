"""How the people of the simulated year behave: who is quick, who is slow, who never answers, and what they then say."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from partnerflow.cases import commands as c
from partnerflow.cases.deciding import version
from partnerflow.cases.model import Case
from partnerflow.credits.portions import Portion

DELAYS: Final[dict[str, tuple[int, int]]] = {
    "quick": (5, 60),
    "normal": (30, 360),
    "slow": (240, 1_400),
    "silent": (600, 4_000),
}
"""Working minutes until somebody acts on what waits for them; the silent mostly do not act at all."""
NEVER: Final = {"quick": 0.01, "normal": 0.03, "slow": 0.08, "silent": 0.7}
PARTNER_NEVER: Final = 0.15
DESK_NEVER: Final = 0.06
PAGED: Final = 0.4
"""How likely an executive whom a page reaches takes the case up."""


@dataclass(frozen=True)
class Habits:
    """``styles``: person -> one of ``DELAYS``."""

    styles: dict[str, str]
    random: Random

    @classmethod
    def of(cls, people: list[str], random: Random) -> "Habits":
        names = list(DELAYS)
        return cls({person: random.choices(names, (35, 40, 20, 5))[0] for person in people}, random)

    def delay(self, person: str) -> int | None:
        """Working seconds until this person acts; None: they do not."""
        style = self.styles[person]
        if self.random.random() < NEVER[style]:
            return None
        return 60 * self.random.randint(*DELAYS[style])

    def decision(self, case: Case, to: str | None) -> c.DecideStep:
        """Mostly yes; sometimes less, no, a question, or to somebody else."""
        assert case.step
        what = self.random.choices(
            ("approve", "approve_partial", "decline", "ask", "pass_on", "redirect"), (78, 6, 8, 5, 2, 1)
        )[0]
        amount, target = None, None
        if what == "approve_partial":
            net = case.proposal.legs[0].credit.net if case.proposal else 0
            amount = max(1, net * self.random.randint(30, 95) // 100)
        elif what == "pass_on":
            target = to
        elif what == "redirect":
            target = self.random.choice(("finance", "licensing", "channel_manager"))
        return c.DecideStep(
            case.step.id, what, version(case, case.step), "As agreed.", "not_substantiated", (), amount, True,
            target,
        )  # fmt: skip

    def assessment(self, case: Case) -> Any:
        """What an owner does with a case that waits for them."""
        what = self.random.random()
        if what < 0.12 and not case.questions:
            return c.AskPartner("Which of them were installed?")
        if what < 0.2 and not any(fact.id == "f1" for fact in case.facts):
            return c.AddFact("The quote named the other edition.")
        if what < 0.215:
            return c.CloseCase("system_error")
        return c.Propose(self._portions(case), "assessed", "This is what we can give.")

    def _portions(self, case: Case) -> tuple[Portion, ...]:
        less = self.random.random() < 0.3
        if not less:
            return case.asked
        return tuple(
            Portion(p.line_no, amount=max(1, (p.amount or 0) // 2), convert=p.convert, clause=p.clause)
            if p.by_amount
            else Portion(
                p.line_no, max(1, p.quantity // 2), p.percent, exception=p.exception, clause=p.clause
            )
            for p in case.asked
        )
