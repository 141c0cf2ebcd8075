"""What is asked for in an address of these pages, read by the API's schemas."""

from typing import Any

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
