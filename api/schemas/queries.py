"""The parameters of lists and finders."""

from typing import Any

from api.schemas.faults import fault
from api.schemas.fields import Coded, Name, Query
from partnerflow.cases.model import Stage
from partnerflow.orders.model import OrderStatus

MOST = 200


class Number(Coded):
    """A whole number in an address."""

    def __init__(self, *, low: int = 0, high: int = 100_000, **kwargs: Any):
        super().__init__(metadata={"type": "integer", "minimum": low, "maximum": high}, **kwargs)
        self.low, self.high = low, high

    def read(self, value: Any) -> int:
        fits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        if not fits or not self.low <= int(value) <= self.high:
            raise fault(self.code, f"It is a whole number from {self.low} to {self.high:,}.")
        return int(value)


class Switch(Coded):
    """``true`` or ``false`` in an address."""

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "boolean"}, **kwargs)

    def read(self, value: Any) -> bool:
        if value not in ("true", "false"):
            raise fault(self.code, "It is true or false.")
        return bool(value == "true")


class Word(Coded):
    """One of a closed list, in an address."""

    def __init__(self, of: tuple[str, ...], **kwargs: Any):
        super().__init__(metadata={"type": "string", "enum": list(of)}, **kwargs)
        self.choices = of

    def read(self, value: Any) -> str:
        if value not in self.choices:
            raise fault(self.code, f"It is one of {', '.join(self.choices)}.")
        return str(value)


class Nothing(Query):
    """This address takes no parameters."""


class DryRun(Query):
    dry_run = Switch(load_default=False)


class Page(Query):
    limit = Number(low=1, high=MOST, load_default=50)
    cursor = Name(longest=1_000, load_default=None)


class OrderList(Page):
    status = Word(tuple(OrderStatus), load_default=None)
    number = Name(load_default=None)


class CaseList(Page):
    stage = Word(tuple(Stage), load_default=None)
    reseller = Name(load_default=None)
    owner = Name(load_default=None)
    overdue = Switch(load_default=None)
    min_age_days = Number(high=36_500, load_default=None)
    min_rungs = Number(high=1_000, load_default=None)
    text = Name(load_default=None)


class ApprovalList(Page):
    mine = Switch(load_default=False)
    status = Word(("pending", "decided", "void"), load_default=None)


class NoteList(Page):
    case = Name(load_default=None)


class FileLink(Query):
    token = Name(load_default=None, longest=1000)


class DeliveryList(Page):
    state = Word(("queued", "sending", "sent", "retrying", "parked", "dropped", "held"), load_default=None)


TOPICS = ("case", "licensing", "approval", "finance", "distributor")


class ContactFinder(Query):
    country = Name(longest=2, load_default=None)
    family = Name(load_default=None)
    topic = Word(TOPICS, load_default=None)
