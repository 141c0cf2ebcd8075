"""What the machine chooses from: the people, the policies, what is asked for, how long nothing happens."""

from collections.abc import Mapping
from typing import Any, Final

from partnerflow.cases.commands import OpenCase
from partnerflow.cases.model import ExceptionAsked, ExceptionLine
from partnerflow.people import Role
from partnerflow.policy.document import Policy, load, merge
from partnerflow.store.policies import read
from tests.domain.builders_cases import HALF, a_request, an_amount, the_exchange
from tests.domain.builders_people import directory

STAFF: Final = sorted(p.id for p in directory().people.values() if p.organisation == "arbor")
EVERYONE: Final = sorted(directory().people)
LAST: Final = "helen-ashworth"
"""The last fallback person: she neither leaves nor is away (``last-fallback``)."""
MAY_GO: Final = [person for person in STAFF if person != LAST]
PARTNERS: Final = ["ellie-marsh", "ben-archer"]
DESKS: Final = ["nadia-rahman", "jon-fielding"]
ROLES: Final = [
    frozenset({Role.CASE_MANAGER}),
    frozenset({Role.CHANNEL_MANAGER}),
    frozenset({Role.LICENSING}),
    frozenset({Role.FINANCE, Role.CHANNEL_MANAGER}),
    frozenset({Role.ADMIN}),
]
COVERAGE: Final = len(directory().coverage)
MINUTES: Final = [0, 1, 7, 30, 60, 240, 479, 480, 900, 1440, 2880, 10_000]


def _route(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"routes": [{"id": "all", "when": "true", "steps": list(steps)}]}


def _ending(how: str, *rungs: str) -> dict[str, Any]:
    ladder = {"rungs": list(rungs), "on_exhausted": how}
    return {"ladders": dict.fromkeys(("step", "decision"), ladder)}


OVER: Final[tuple[dict[str, Any], ...]] = (
    {},
    _ending("decline", "manager"),
    _ending("approve", "executive"),
    _route({"role": "channel_manager", "mode": "n", "n": 2}, {"role": "finance", "mode": "all"}),
    _route({"role": ["finance", "executive"]}, {"person": ["marta-kowalska", "peter-holt"], "mode": "all"}),
    _route({"manager_of": "owner"}, {"role": ["channel_manager", "licensing"], "mode": "n", "n": 3}),
    {"allowances": {"partner_answer": 60, "step_minimum": 30}, "warnings": [80]},
)
DOCUMENTS: Final = tuple(merge(read("default"), over) for over in OVER)
"""Of which one is a case's policy in a run."""
OWN: Final = 2
"""Its version; in the record the shipped one is the first."""

MOVED: Final[Mapping[int, dict[str, Any]]] = {
    3: merge(read("default"), {"allowances": {"decision": 480, "step": 120, "owner": 60}}),
    4: merge(read("default"), {"allowances": {"decision": 2400, "step": 960, "next_update": 480}}),
}
LATER: Final[Mapping[int, Policy]] = {version: load(found, version) for version, found in MOVED.items()}
"""What the clocks may be moved to while the case keeps its rules."""


def policy(number: int) -> Policy:
    return load(DOCUMENTS[number], OWN)


def exception(units: int = 4) -> ExceptionAsked:
    return ExceptionAsked("Activated by mistake.", (ExceptionLine(1, units, HALF),))


def requests(size: int) -> tuple[OpenCase, ...]:
    """What may be asked of the story's order, by units, by amount, as an exchange, beyond policy."""
    return (
        a_request(size),
        an_amount(size * 1_000, convert=size % 2 == 0),
        the_exchange(),
        a_request(size, exception=exception(min(size, 4))),
        a_request(size, on_behalf_of="ben-archer"),
    )
