"""Floor 1: people, roles, absences, coverage, and who is responsible at an instant.

Everything here is derived from one frozen Directory snapshot and an instant; nothing is stored. DOMAIN: Who.
"""

from partnerflow.people.model import (
    Absence,
    Actor,
    Coverage,
    Directory,
    MailChoice,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    Scope,
)
from partnerflow.people.responsible import (
    accountable,
    all_covering,
    covering,
    effective,
    fallback,
    first_contact,
    managers,
    stand_in,
)

__all__ = [
    "Absence",
    "Actor",
    "Coverage",
    "Directory",
    "MailChoice",
    "Organisation",
    "OrganisationKind",
    "Person",
    "Role",
    "Scope",
    "accountable",
    "all_covering",
    "covering",
    "effective",
    "fallback",
    "first_contact",
    "managers",
    "stand_in",
]
