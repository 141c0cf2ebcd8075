"""What a case keeps of its papers: those issued here, and what other issuers were told. Frozen data."""

from dataclasses import dataclass
from datetime import datetime

from partnerflow.credits.ceilings import Reservation
from partnerflow.credits.notes import Allocation, Note
from partnerflow.orders.model import Leg, TaxTotal


@dataclass(frozen=True, slots=True)
class Issued:
    """A document of this case: a credit note or a rebill, issued here (``ready`` once its PDF is stored). ``taxes`` are
    its rows per category and rate, as the ledger posts them, ``rows`` what it credited on the lines. ``external``: it
    was issued elsewhere, at ``issued_at``, and confirmed here; ``clearance_id`` is what the state's platform gave it
    there, ``document`` where its issuer keeps it. ``corrects``: of a debit note the credit note it takes back."""

    kind: str
    number: str
    leg: Leg
    round: int
    invoice: str | None
    net: int
    tax: int
    gross: int
    allocation: Allocation | None = None
    ready: bool = False
    taxes: tuple[TaxTotal, ...] = ()
    rows: tuple[Reservation, ...] = ()
    external: bool = False
    issued_at: datetime | None = None
    corrects: str | None = None
    clearance_id: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Instructed:
    """What the issuer of a leg's notes was told to credit in one round. ``rows`` stay held until the number of its note
    is ``confirmed``. ``note`` is the paper without its number, where a system that owns the numbers is told from here;
    None: its people confirm by hand. Until then it is chased at ``chase_at``, ``chased`` times so far, the last time at
    ``chased_at``."""

    leg: Leg
    round: int
    invoice: str
    net: int
    tax: int
    gross: int
    rows: tuple[Reservation, ...]
    at: datetime
    confirmed: str | None = None
    note: Note | None = None
    chase_at: datetime | None = None
    chased: int = 0
    chased_at: datetime | None = None

    @property
    def chase(self) -> str:
        """The name of its due instant."""
        return f"chase:{self.leg.value}:{self.round}"
