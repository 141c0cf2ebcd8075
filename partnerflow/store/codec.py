"""State and events as JSON: compact, keys sorted, instants RFC 3339 in UTC. The same bytes for the same content."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from partnerflow.cases.events import EVENTS as CASE_EVENTS
from partnerflow.cases.model import Case
from partnerflow.directory.rows import EVENTS as DIRECTORY_EVENTS
from partnerflow.events import Stamp
from partnerflow.orders.events import EVENTS as ORDER_EVENTS
from partnerflow.orders.model import Order

T = TypeVar("T")

_ENCODER = msgspec.json.Encoder(order="sorted")
_CASE = msgspec.json.Decoder(Case)
_ORDER = msgspec.json.Decoder(Order)
KINDS: Mapping[str, type] = {**CASE_EVENTS, **ORDER_EVENTS, **DIRECTORY_EVENTS}


def text_of(value: object) -> str:
    """Compact JSON with sorted keys."""
    return _ENCODER.encode(value).decode()


def decode_case(text: str | bytes) -> Case:
    return _CASE.decode(text)


def decode_order(text: str | bytes) -> Order:
    return _ORDER.decode(text)


def decode(text: str | bytes, kind: type[T]) -> T:
    """Anything the record keeps, by its dataclass; raises msgspec.ValidationError when it does not fit."""
    return msgspec.json.decode(text, type=kind)


def plain(value: object) -> Any:
    """Dicts, lists and strings only, as a reader's JSON would have them."""
    return msgspec.to_builtins(value)


def event_text(stream: str, stamp: Stamp, event: Any) -> str:
    """What is stored and hashed (ARCHITECTURE: A command, step by step)."""
    row = {
        "stream": stream,
        "seq": stamp.seq,
        "kind": event.KIND,
        "version": event.VERSION,
        "at": stamp.at,
        "actor": stamp.actor,
        "data": event,
    }
    return text_of(row)


def decode_event(kind: str, data: object) -> Any:
    """The event of a stored row; KeyError for a kind this release does not know."""
    return msgspec.convert(data, type=KINDS[kind])


def instant(text: str) -> datetime:
    return msgspec.convert(text, type=datetime)
