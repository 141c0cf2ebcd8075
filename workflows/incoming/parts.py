"""What every mail that comes in is judged with."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from partnerflow.people import Actor

MAIL: Final = Actor(None, None, service="mail")
"""Who acts where a mail does and no person may be taken for its writer."""


@dataclass(frozen=True, slots=True)
class House:
    """The secret behind reply addresses, whom our mails come from, and where links lead."""

    engine: Engine
    secret: str
    own_address: str
    base_url: str


class Quarantined(Exception):
    """Only a person may let it in; the sentence says why. Case and person as far as they are known."""

    def __init__(self, reason: str, case_ref: str | None = None, person: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.case_ref, self.person = reason, case_ref, person
