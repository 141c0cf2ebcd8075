"""What worked example 1 says, beside what was seen."""

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One figure or fact of the example; ``chapter`` is where it was seen."""

    chapter: int
    what: str
    expected: str
    seen: str

    @property
    def holds(self) -> bool:
        """Whether it is as the example says."""
        return self.expected == self.seen


@dataclass(slots=True)
class Sheet:
    """Every check of a run, in the order of the story."""

    chapter: int = 0
    checks: list[Check] = field(default_factory=list)

    def note(self, what: str, expected: object, seen: object) -> Check:
        """Note something that must be as expected; a wrong one does not stop the story."""
        check = Check(self.chapter, what, str(expected), str(seen))
        self.checks.append(check)
        return check

    def money(self, what: str, expected: str, seen: Any) -> Check:
        """Note an amount, written ``2,880.00`` here; of the answer, its text or its amount with a currency."""
        return self.note(what, expected, figure(seen))

    def three(self, what: str, expected: str, seen: dict[str, Any] | None) -> None:
        """Note net, VAT and gross, written ``2,400.00 + 480.00 = 2,880.00``."""
        found = seen or {}
        for name, amount in zip(("net", "tax", "gross"), re.split(" [+=] ", expected), strict=True):
            self.money(f"{what}, {name.replace('tax', 'VAT')}", amount, found.get(name))

    @property
    def wrong(self) -> list[Check]:
        """What is not as the example says."""
        return [check for check in self.checks if not check.holds]


def figure(seen: Any) -> str:
    """An amount of an answer as people write it: ``2,880.00``; anything else as it came."""
    text = seen["amount"] if isinstance(seen, dict) and "amount" in seen else seen
    try:
        return f"{Decimal(str(text)):,f}"
    except InvalidOperation:
        return str(seen)
