"""What a decision rested on, recorded with it: what cannot be worked out later without guessing.

Directory, limits and other requests change; an explanation shows what they were then (DOMAIN: Approvals, Deadlines).
"""

from dataclasses import dataclass

POLICY, OWN, SHARE, MINIMUM, FULL, RUNG, DATE = "policy", "step", "share", "minimum", "full", "rung", "date"
COVERAGE, PERSON, MANAGER_OF, ABOVE, FALLBACK = (
    "coverage",
    "person",
    "manager_of",
    "above_the_top",
    "fallback",
)


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a clock's allowance came from.

    ``source``: ``policy`` (its number), ``step`` (the step's own minutes), ``share`` (of ``left`` decision seconds
    among ``steps``), ``minimum`` (that share was less), ``full`` (the decision clock had breached), ``rung`` (each
    starts anew), ``date`` (to the end of a day). ``policy_version`` is the one whose numbers these are.
    """

    source: str
    policy_version: int
    left: int | None = None
    steps: int | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """Net of the other live requests in the operator's minor units: of the order since ever, and of the partner over
    the last 30 days. The larger counts (DOMAIN: Approvals)."""

    of_order: int = 0
    of_partner: int = 0

    @property
    def larger(self) -> int:
        return max(self.of_order, self.of_partner)


@dataclass(frozen=True, slots=True)
class Sums:
    """How an aggregate came about: this request's ``net`` in the order's currency, the ``rate`` it was converted at
    (millionths, None: unknown), and the other live requests."""

    net: int
    rate: int | None
    others: Live


@dataclass(frozen=True, slots=True)
class Named:
    """Why this person. ``how``: ``coverage`` (the row of the role ``of`` with these columns), ``person``,
    ``manager_of`` the person ``of``, ``above_the_top`` or ``fallback``. ``instead_of``: for whom they stand in."""

    person: str
    how: str
    of: str = ""
    country: str | None = None
    family: str | None = None
    tier: str | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Who would have been named otherwise, and ``why`` not: ``absent``, ``left``, or one of the grounds in
    ``reasons.why_not`` for which nobody decides."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A limit as it was compared, both in the operator's minor units. ``limit`` None: this person has none."""

    limit: int | None
    aggregate: int
