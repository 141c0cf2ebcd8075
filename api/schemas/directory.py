"""Bodies and parameters of the directory: organisations, people, absences, coverage."""

import re
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email
from marshmallow import fields

from api.schemas.faults import fault
from api.schemas.fields import LONGEST_NAME, Body, Choice, Coded, Flag, Instant, Money, Name, Several, Text
from api.schemas.queries import Page, Switch, Word
from partnerflow.directory.clearance import Issuer
from partnerflow.people import MailChoice, OrganisationKind, Role

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
MOST_ROLES: Final = 20


class Email(Name):
    """One address that mail can go to; a domain in other letters is kept as punycode. Nobody is asked about it."""

    code = "invalid-email"

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise fault(self.code, "An e-mail address is wanted.")
        try:
            found = validate_email(value, check_deliverability=False, allow_smtputf8=False, strict=True)
        except EmailNotValidError as wrong:
            raise fault(self.code, f"This is no e-mail address mail can go to: {wrong}") from None
        return found.ascii_email or found.normalized


class Code(Name):
    """A short name for addresses: a-z, 0-9 and hyphens."""

    def read(self, value: Any) -> str:
        words = super().read(value)
        if not _CODE.fullmatch(words):
            raise fault(self.code, "Use a-z, 0-9 and hyphens, at most 64.")
        return words


class Country(Name):
    def read(self, value: Any) -> str:
        words = super().read(value)
        if not re.fullmatch(r"[A-Z]{2}", words, re.ASCII):
            raise fault(self.code, "Name a country by its two letters, such as GB.")
        return words


class Members(Coded):
    """A JSON object whose meaning is judged where it is used."""

    def __init__(self, **kwargs: Any):
        super().__init__(metadata={"type": "object"}, **kwargs)

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise fault(self.code, "A JSON object is wanted.")
        return value


class CalendarBody(Body):
    zone = Name(required=True)
    hours = Members(required=True)
    holidays = Members(load_default=dict)


def _roles(**kwargs: Any) -> Several:
    return Several(Choice(Role), high=MOST_ROLES, **kwargs)


class PersonBody(Body):
    """``authority_limit`` null: unlimited; without it: nothing is within it."""

    organisation = Code(required=True)
    id = Code(load_default=None)
    name = Name(required=True)
    title = Name(required=True)
    email = Email(required=True)
    phone = Name(load_default="", blank=True)
    roles = _roles(required=True)
    manager = Name(load_default=None, allow_none=True)
    authority_limit = Money(zero=True, allow_none=True)
    calendar = fields.Nested(CalendarBody, load_default=None, allow_none=True)
    team = Name(load_default=None, allow_none=True)


class PersonChange(Body):
    """What is sent is changed."""

    name = Name()
    title = Name()
    email = Email()
    phone = Name(blank=True)
    roles = _roles()
    manager = Name(allow_none=True)
    authority_limit = Money(zero=True, allow_none=True)
    calendar = fields.Nested(CalendarBody, allow_none=True)
    team = Name(allow_none=True)
    active = Flag()


class MailChoices(Body):
    """``locale`` null: that of the organisation."""

    mails = Choice(MailChoice, required=True)
    locale = Name(load_default=None, allow_none=True, longest=20)


class LeaveBody(Body):
    at = Instant(load_default=None)
    successor = Name(load_default=None, allow_none=True)


class AbsenceBody(Body):
    person = Name(required=True)
    since = Instant(load_default=None)
    until = Instant(required=True, allow_none=True)
    delegate = Name(load_default=None, allow_none=True)
    note = Text(load_default="", blank=True, longest=1_000)


class AbsenceChange(Body):
    since = Instant()
    until = Instant(allow_none=True)
    delegate = Name(allow_none=True)
    note = Text(blank=True, longest=1_000)


class EndBody(Body):
    at = Instant(load_default=None)


class CoverageBody(Body):
    role = Choice(Role, required=True)
    person = Name(required=True)
    country = Country(load_default=None, allow_none=True)
    family = Name(load_default=None, allow_none=True)
    tier = Name(load_default=None, allow_none=True)


class CoverageChange(Body):
    person = Name()
    country = Country(allow_none=True)
    family = Name(allow_none=True)
    tier = Name(allow_none=True)


class FirstPerson(PersonBody):
    """The person who answers for a new organisation."""

    class Meta:
        exclude = ("organisation", "manager", "team")


class OrganisationBody(Body):
    code = Code(required=True)
    kind = Choice(OrganisationKind, required=True)
    name = Name(required=True)
    country = Country(required=True)
    zone = Name(required=True)
    locale = Name(load_default="en_GB", longest=20)
    currency = Name(required=True, longest=3)
    vat_id = Name(required=True)
    address = Several(Name(), low=1, high=8, required=True)
    hours = Members(required=True)
    holidays = Members(load_default=dict)
    series_code = Name(required=True, longest=12)
    tier = Name(load_default="standard")
    mandated = Flag(load_default=False)
    issuer = Choice(Issuer, load_default=Issuer.EMBEDDED.value)
    on_call = Email(load_default=None, allow_none=True)
    first = fields.Nested(FirstPerson, required=True)


class OrganisationChange(Body):
    name = Name()
    zone = Name()
    locale = Name(longest=20)
    vat_id = Name()
    address = Several(Name(), low=1, high=8)
    hours = Members()
    holidays = Members()
    tier = Name()
    mandated = Flag()
    issuer = Choice(Issuer)
    fallbacks = Several(Name(), low=1, high=50)
    on_call = Email(allow_none=True)


SCOPES: Final = (
    "approvals:read",
    "approvals:write",
    "cases:read",
    "cases:write",
    "directory:read",
    "directory:write",
    "imports:read",
    "imports:write",
    "orders:read",
    "orders:write",
    "policies:read",
    "policies:write",
    "reports:read",
)
"""What a key may be made for."""


class KeyBody(Body):
    """``person``: oneself by default; ``scopes`` null: all that the owner may do."""

    person = Name(load_default=None, longest=LONGEST_NAME)
    label = Name(required=True)
    scopes = Several(Choice(SCOPES), low=1, high=len(SCOPES), load_default=None, allow_none=True)


class KeyList(Page):
    person = Name(load_default=None, longest=LONGEST_NAME)
    revoked = Switch(load_default=False)


class Empty(Body):
    """``{}``."""


class OrganisationList(Page):
    kind = Word(tuple(OrganisationKind), load_default=None)


class PeopleList(Page):
    organisation = Name(load_default=None)
    role = Word(tuple(Role), load_default=None)
    asked = Switch(load_default=None)


class AbsenceList(Page):
    organisation = Name(load_default=None)
    person = Name(load_default=None)
    over = Switch(load_default=False)


class CoverageList(Page):
    gaps = Switch(load_default=False)
    role = Word(tuple(Role), load_default=None)
    person = Name(load_default=None, longest=LONGEST_NAME)
