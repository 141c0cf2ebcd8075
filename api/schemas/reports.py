"""The parameters of reports."""

from datetime import date
from typing import Any

from api.schemas.faults import fault
from api.schemas.fields import Coded, Instant, Name, Query
from api.schemas.queries import Page, Switch, Word
from partnerflow.store.reports import reconciliation


class Day(Coded):
    """A calendar day, ``2027-01-31``."""

    code = "invalid-date"

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "string", "format": "date"}, **kwargs)

    def read(self, value: Any) -> date:
        try:
            found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 9000:
            raise fault(self.code, "Write the day as 2027-01-31.")
        return found


class Period(Query):
    """Local days of the organisation, both included; by default the current month so far."""

    organisation = Name(load_default=None)
    since = Day(data_key="from", load_default=None)
    until = Day(data_key="to", load_default=None)


class TrialBalance(Query):
    organisation = Name(load_default=None)
    at = Instant(load_default=None)


class AccountStatement(Page):
    account = Name(required=True)
    organisation = Name(load_default=None)
    since = Day(data_key="from", load_default=None)
    until = Day(data_key="to", load_default=None)


STATES = (
    reconciliation.AWAITED,
    reconciliation.AGREES,
    reconciliation.DIFFERS,
    reconciliation.MISSING,
    reconciliation.EXTRA,
)


class Reconciliation(Page):
    """``open``: only cases that somebody still has to act on; ``differences``: what differs, is missing or extra."""

    organisation = Name(load_default=None)
    open = Switch(load_default=False)
    differences = Switch(load_default=False)
    state = Word(STATES, load_default=None)


class Exposure(Page):
    organisation = Name(load_default=None)
