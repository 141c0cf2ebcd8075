"""What sending a draft would give, order by order: the API's preview, or what is still missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import ValidationError

from api.auth import engine, reader
from api.errors import Problem
from api.schemas import cases as schemas
from api.schemas.faults import problem
from api.schemas.shown.preview import preview
from partnerflow import desk
from partnerflow.cases.commands import OpenCase
from partnerflow.refusals import Refused

UNSAID: Final = "–"
"""Stands for a description not yet written: the amounts do not depend on it."""


@dataclass(frozen=True, slots=True)
class Look:
    """``shown`` is the preview, or ``refused`` says why there is none; ``missing``: nothing is asked for yet."""

    shown: dict[str, Any] | None = None
    refused: str | None = None
    missing: bool = False


def look(body: Mapping[str, Any]) -> Look:
    """What one body would give now; records nothing."""
    if not body.get("type") or not body.get("reason") or body.get("lines") == []:
        return Look(missing=True)
    try:
        draft = desk.preview(
            engine(), opening(dict(body) | {"description": body.get("description") or UNSAID}), reader().actor
        )
    except (Problem, Refused) as refused:
        return Look(refused=refused.detail)
    return Look(shown=preview(draft, reader()))


def opening(body: dict[str, Any]) -> OpenCase:
    """The command of one body; Problem where it is not complete."""
    hidden = () if reader().sees_upstream else schemas.UPSTREAM
    try:
        return schemas.opening(schemas.CaseBody(exclude=hidden).load(body))
    except ValidationError as error:
        raise problem(error) from None
