"""Facts, exceptions and "I already told you this", as they are sent; each schema beside what it becomes."""

from typing import Any

from api.schemas.cases import ExceptionBody, exception
from api.schemas.fields import Body, Flag, Name, Query, Several, Text
from api.schemas.queries import Number
from partnerflow.cases import commands as c


class AddFactBody(Body):
    """``decisive``: it changes verdict or amount, so the decision waits for the partner's word."""

    text = Text(required=True, missing="reason-required")
    decisive = Flag(load_default=True)


class FactBody(Body):
    fact = Name(required=True)


class ReasonedFactBody(FactBody):
    """Another wording, or why it is not so."""

    text = Text(required=True, missing="reason-required")


class UpheldFactBody(FactBody):
    evidence = Text(required=True, missing="reason-required")
    attachments = Several(Name(), high=50, load_default=list)


class WithdrawnFactBody(FactBody):
    text = Text(load_default="", allow_none=True, blank=True)


class ExceptionRequestBody(ExceptionBody):
    """More than policy gives, line by line; units of lines that the case is about."""


class ToldBody(Body):
    text = Text(load_default="", allow_none=True, blank=True)


class PrecedentList(Query):
    limit = Number(low=1, high=50, load_default=10)


def requested(sent: dict[str, Any]) -> c.RequestException:
    return c.RequestException(exception(sent))
