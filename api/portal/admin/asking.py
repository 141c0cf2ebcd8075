"""What is asked for in an address or a form of these pages, read by the API's schemas."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from marshmallow import Schema, ValidationError

from api.schemas.faults import problem


def asked_for(schema: Schema) -> dict[str, Any]:
    """The parameters of a list; those left empty in a form of filters were not asked for. Problem names the rest."""
    try:
        found: dict[str, Any] = schema.load(
            {name: value for name, value in request.args.items() if value.strip()}
        )
    except ValidationError as error:
        raise problem(error, query=True) from None
    return found


def in_zone(typed: str, zone: str) -> str:
    """``2027-01-05T09:30``, as a browser's field gives it, as an instant of that zone in UTC; anything else as it is,
    for the schema to refuse."""
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
