"""Named people as every reader sees them (DOMAIN: Named contacts)."""

from typing import Any

from api.auth import reader
from api.schemas.shown.plain import instant
from partnerflow.cases.contact import Contact
from partnerflow.cases.status import Contacts


def contact(person: Contact | None) -> dict[str, Any] | None:
    if person is None:
        return None
    shown: dict[str, Any] = {
        "name": person.name,
        "title": person.title,
        "email": person.email,
        "phone": person.phone,
        "hours": person.hours,
        "available_now": person.available_now,
        "next_available_at": instant(person.next_available_at),
        "cover": person.cover,
    }
    if person.undeliverable_since and reader().staff:
        shown["undeliverable_since"] = instant(person.undeliverable_since)
    return shown


def owner(person: Contact) -> dict[str, Any]:
    """With whom they stand in for, if the stored owner is away."""
    return (contact(person) or {}) | {"stands_in_for": person.stands_in_for}


def contacts(found: Contacts) -> dict[str, Any]:
    """``deciding_now`` is the first by name, ``deciding_with`` the others."""
    rung = found.next_rung
    return {
        "owner": owner(found.owner),
        "accountable_manager": contact(found.accountable_manager),
        "deciding_now": contact(found.deciding_now),
        "deciding_with": [contact(person) for person in found.deciding_with],
        "distributor": contact(found.distributor),
        "next_rung": {"contact": contact(rung.contact), "at": instant(rung.at)} if rung else None,
        "no_rung_because": found.no_rung_because,
    }
