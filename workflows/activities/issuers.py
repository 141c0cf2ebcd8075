"""The system that owns an issuer's numbers: ``PUT {base}/credit-notes/{key}`` with the note as data.

It answers ``{number, issued_at, net, tax, gross, clearance_id?, document?}``, the same however often it is asked under
the same key, or 202 while the platform of its state has not answered it. What became of an attempt nobody answered is
looked up (``GET`` of the same key) before anything is sent again; there is no second key. DOMAIN: Who (Issuer).
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

import httpx
from sqlalchemy import Engine
from temporalio.exceptions import ApplicationError

from notifications.note_data import instruction
from partnerflow.cases.external_notes import to_instruct
from partnerflow.cases.model import Instructed
from partnerflow.credits.ledger import credit_key
from partnerflow.credits.notes import Note
from partnerflow.money import Money
from partnerflow.refusals import Refused
from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows import steps
from workflows.activities import body
from workflows.contract import NoteGiven, RoundInput

LONGEST: Final = 200
"""Characters of a number, a clearance id, or an address of a document."""
_TIMEOUT: Final = httpx.Timeout(20, connect=5)
_AGAIN: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True)
class IssuerSteps(steps.Issuers):
    """``base`` None: this installation tells no such system; its people confirm by hand."""

    engine: Engine
    base: str | None

    @body
    def have_issued(self, round_: RoundInput) -> NoteGiven | None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = drivers.read_case(session, round_.ref)
        told = to_instruct(found[0]) if found else None
        if self.base is None or told is None or told.note is None or told.round != round_.round:
            return None
        key = credit_key(round_.ref, told.round, told.leg, told.invoice)
        answer = ask(
            f"{self.base.rstrip('/')}/credit-notes/{quote(key, safe='')}", instruction(told.note, key)
        )
        return given(round_, told, told.note, answer)


def ask(address: str, instructed: dict[str, Any]) -> Any:
    """The answer under one key. A refusal is for good; silence, and an answer still to come, are tried again."""
    with httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False) as client:
        known = client.get(address)
        if known.status_code == HTTPStatus.NOT_FOUND:
            known = client.put(address, json=instructed)
    if known.status_code == HTTPStatus.ACCEPTED:
        raise ApplicationError("it has not been numbered yet", type="IssuerPending")
    if not known.is_success:
        final = known.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and known.status_code not in _AGAIN
        words = f"{known.status_code} {known.text[:LONGEST]}".strip()
        raise ApplicationError(words, type="IssuerRefused", non_retryable=final)
    try:
        return known.json()
    except ValueError:
        raise _unclear("its answer is no JSON") from None


def given(round_: RoundInput, told: Instructed, note: Note, answer: Any) -> NoteGiven:
    """What it answered, or for good that it cannot be read: a person has to see to it."""
    if not isinstance(answer, dict):
        raise _unclear("its answer is no object")
    try:
        net, tax, gross = [_minor(answer[name], note.currency) for name in ("net", "tax", "gross")]
        number, at = _text(answer["number"]), datetime.fromisoformat(str(answer["issued_at"]))
        clearance, document = (
            _text(answer[n]) if answer.get(n) else None for n in ("clearance_id", "document")
        )
    except KeyError as missing:
        raise _unclear(f"its answer has no {missing.args[0]}") from None
    except (Refused, ValueError, TypeError) as fault:
        raise _unclear(f"its answer cannot be read: {fault}") from None
    if at.tzinfo is None:
        raise _unclear("issued_at has no offset")
    leg = told.leg.value
    return NoteGiven(round_.ref, round_.round, leg, number, at, net, tax, gross, clearance, document)


def _minor(stated: Any, currency: str) -> int:
    if stated["currency"] != currency:
        raise ValueError(f"{stated['currency']} instead of {currency}")
    return Money.parse(str(stated["amount"]), currency).minor


def _text(stated: Any) -> str:
    if not isinstance(stated, str) or not stated.isprintable() or not 0 < len(stated.strip()) <= LONGEST:
        raise ValueError("a text of up to 200 printable characters is wanted")
    return stated.strip()


def _unclear(because: str) -> ApplicationError:
    return ApplicationError(because, type="IssuerUnclear", non_retryable=True)
