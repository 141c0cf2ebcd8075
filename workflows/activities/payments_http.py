"""The payment port over HTTP: ``PUT {base}/payouts/<key>`` pays, ``GET`` says what became of it.

PUT   200, 201  {state: confirmed | accepted | failed, reference, at, reason?}
      202       accepted; looked at again until it is confirmed or failed
      409       another body is known under this key; any other 4xx: refused, nothing moved
GET   200       as above
      404       nothing is known under this key
No answer, half an answer, and 408, 425, 429 and 5xx say nothing about what happened.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx

from partnerflow.cases.money_commands import Found
from workflows.activities.payments_answers import answer_of
from workflows.contract_payments import PaymentAnswer

UNDECIDED: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class HttpPort:
    """``base`` without a slash at its end, or with one; ``seconds`` for each part of a call."""

    base: str
    seconds: float = SECONDS

    def send(self, payment: dict[str, Any]) -> PaymentAnswer:
        answer = self._call("PUT", payment, payment)
        if isinstance(answer, PaymentAnswer):
            return answer
        if answer.status_code == HTTPStatus.ACCEPTED:
            return answer_of(_json(answer) or {}, payment, Found.ACCEPTED)
        if answer.status_code in {HTTPStatus.OK, HTTPStatus.CREATED}:
            return answer_of(_json(answer), payment)
        refused = 400 <= answer.status_code < 500 and answer.status_code not in UNDECIDED
        return PaymentAnswer(Found.FAILED if refused else Found.UNKNOWN, reason=_said(answer))

    def look(self, payment: dict[str, Any]) -> PaymentAnswer:
        answer = self._call("GET", payment, None)
        if isinstance(answer, PaymentAnswer):
            return answer
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return PaymentAnswer(Found.ABSENT)
        if answer.status_code == HTTPStatus.OK:
            return answer_of(_json(answer), payment)
        return PaymentAnswer(Found.UNKNOWN, reason=_said(answer))

    def _call(
        self, method: str, payment: dict[str, Any], sent: dict[str, Any] | None
    ) -> httpx.Response | PaymentAnswer:
        address = f"{self.base.rstrip('/')}/payouts/{quote(payment['key'], safe='')}"
        limits = httpx.Timeout(self.seconds, connect=self.seconds / 2)
        try:
            with httpx.Client(timeout=limits, trust_env=False, follow_redirects=False) as client:
                return client.request(method, address, json=sent) if sent else client.request(method, address)
        except httpx.HTTPError as error:
            return PaymentAnswer(Found.UNKNOWN, reason=f"No answer: {type(error).__name__}.")


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _said(answer: httpx.Response) -> str:
    stated = _json(answer)
    words = (stated.get("reason") or stated.get("detail")) if isinstance(stated, dict) else None
    return f"{answer.status_code} {words or answer.text}"[:200].strip()
