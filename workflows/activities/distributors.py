"""The vendor's cancellation service: ``PUT {base}/cancellations/<case>-<round>``; ``DELETE`` takes it back.

Both are safe to repeat. Where no address is given, nobody has to be told, and that is recorded.
"""

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx
from sqlalchemy import Engine
from temporalio.exceptions import ApplicationError

from partnerflow.cases.model import Case
from partnerflow.orders.model import Leg
from partnerflow.policy.terms import CaseType
from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows import steps
from workflows.activities import body
from workflows.contract import RoundInput

NOT_NEEDED: Final = "not needed"
_TIMEOUT: Final = httpx.Timeout(10, connect=5)
_AGAIN: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True)
class DistributorSteps(steps.Distributors):
    """``base`` None: this installation tells no vendor."""

    engine: Engine
    base: str | None

    @body
    def cancel_upstream(self, round_: RoundInput) -> str:
        if self.base is None:
            return NOT_NEEDED
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = drivers.read_case(session, round_.ref)
        if found is None or Leg.UPSTREAM not in found[0].legs:
            return NOT_NEEDED
        asked = cancellation(found[0], round_.round)
        if not asked["lines"]:
            return NOT_NEEDED
        answer = _call("PUT", self._address(self.base, round_), asked)
        return str(answer.get("reference") or answer.get("key") or f"{round_.ref}-{round_.round}")

    @body
    def restore_upstream(self, round_: RoundInput) -> None:
        if self.base is not None:
            _call("DELETE", self._address(self.base, round_), None)

    @staticmethod
    def _address(base: str, round_: RoundInput) -> str:
        return f"{base.rstrip('/')}/cancellations/{round_.ref}-{round_.round}"


def cancellation(case: Case, round_no: int) -> dict[str, Any]:
    """What the vendor is asked to cancel: units by line of the order; what is only billed again stays."""
    units: Counter[int] = Counter()
    for row in case.held.get(Leg.UPSTREAM, ()) if case.type is not CaseType.TAX_CORRECTION else ():
        units[row.line_no] += row.quantity
    return {
        "case": case.ref,
        "round": round_no,
        "order": case.order_number,
        "lines": [{"line_no": line_no, "quantity": quantity} for line_no, quantity in (+units).items()],
    }


def _call(method: str, address: str, body: object) -> dict[str, Any]:
    """One request. Answers that will not change are failures for good; everything else is tried again."""
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
        answer = client.request(method, address, json=body) if body else client.request(method, address)
    if method == "DELETE" and answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return {}
    if not answer.is_success:
        final = answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and answer.status_code not in _AGAIN
        words = f"{answer.status_code} {answer.text[:200]}".strip()
        raise ApplicationError(words, type="UpstreamRefused", non_retryable=final)
    return _json(answer)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
