"""Rows of the directory as their readers see them: limits and grants are the operator's own business."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.auth import Reader
from api.schemas.shown.plain import instant, money
from partnerflow import calendars
from partnerflow.directory import rights
from partnerflow.directory.gaps import Gap
from partnerflow.directory.rows import AbsenceRow, CoverageRow, KeyRow, OrganisationRow, PersonRow
from partnerflow.people import Directory


@dataclass(frozen=True, slots=True)
class Seen:
    """By whom, beside which people, and when."""

    reader: Reader
    directory: Directory
    at: datetime

    def limit(self, minor: int | None) -> dict[str, str] | None:
        return None if minor is None else money(minor, self.directory.operator.currency)


def named(person: str | None, directory: Directory) -> dict[str, Any] | None:
    known = directory.people.get(person or "")
    return {"id": known.id, "name": known.name, "email": known.email} if known else None


def organisation(row: OrganisationRow, _: Seen) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.kind,
        "name": row.name,
        "country": row.country,
        "zone": row.zone,
        "locale": row.locale,
        "currency": row.currency,
        "vat_id": row.vat_id,
        "address": list(row.address),
        "hours": row.hours,
        "holidays": row.holidays,
        "series_code": row.series_code,
        "tier": row.tier,
        "operator": row.operator,
        "mandated": row.mandated,
        "issuer": row.issuer,
        "fallbacks": list(row.fallbacks),
        "on_call": row.on_call,
        "links": {"self": f"/v1/organisations/{row.code}"},
    }


def person(row: PersonRow, seen: Seen) -> dict[str, Any]:
    known = seen.directory.people.get(row.id)
    leaves = next((a.since for a in known.absences if a.leaves), None) if known else None
    shown = {
        "id": row.id,
        "organisation": row.organisation,
        "name": row.name,
        "title": row.title,
        "email": row.email,
        "phone": row.phone,
        "roles": list(row.roles),
        "manager": named(row.manager, seen.directory),
        "team": row.team,
        "calendar": row.hours,
        "hours": calendars.describe(known.calendar) if known else None,
        "active": row.active,
        "present": known.present(seen.at) if known else row.active,
        "leaves_at": instant(leaves),
        "links": {"self": f"/v1/people/{row.id}"},
    }
    return shown | _rights(row, seen) | _undeliverable(row) if seen.reader.operator else shown


def _undeliverable(row: PersonRow) -> dict[str, Any]:
    """Since when mails come back, and why; null while they arrive."""
    found = row.undeliverable
    return {"undeliverable": {"since": instant(found.at), "reason": found.reason} if found else None}


def _rights(row: PersonRow, seen: Seen) -> dict[str, Any]:
    asked = row.asked and {
        "roles": list(row.asked.roles),
        "by": named(row.asked.by, seen.directory),
        "at": instant(row.asked.at),
    }
    if asked and row.asked and row.asked.limit_too:
        asked["authority_limit"] = seen.limit(row.asked.authority_limit)
    return {"authority_limit": seen.limit(row.authority_limit), "asked": asked}


def absence(row: AbsenceRow, seen: Seen) -> dict[str, Any]:
    """The note is read by those who could have written it."""
    known = seen.directory.people[row.person]
    shown = {
        "id": row.id,
        "person": named(row.person, seen.directory),
        "organisation": known.organisation,
        "since": instant(row.since),
        "until": instant(row.until),
        "delegate": named(row.delegate, seen.directory),
        "leaves": row.leaves,
        "links": {"self": f"/v1/absences/{row.id}"},
    }
    if rights.may_record_absence(seen.reader.actor, row.person, seen.directory):
        shown["note"] = row.note
    return shown


def coverage(row: CoverageRow, seen: Seen) -> dict[str, Any]:
    return {
        "id": row.id,
        "role": row.role,
        "country": row.country,
        "family": row.family,
        "tier": row.tier,
        "person": named(row.person, seen.directory),
        "links": {"self": f"/v1/coverage/{row.id}"},
    }


def api_key(row: KeyRow, seen: Seen) -> dict[str, Any]:
    """``may_decide``: only a key that nobody but its owner has seen; the secret is shown when it is made, and never
    again."""
    return {
        "id": row.id,
        "person": named(row.person, seen.directory),
        "label": row.label,
        "scopes": None if row.scopes is None else list(row.scopes),
        "made_by": named(row.made_by, seen.directory),
        "may_decide": row.own_hand,
        "created_at": instant(row.created_at),
        "revoked_at": instant(row.revoked_at),
        "links": {"self": f"/v1/api-keys/{row.id}"},
    }


def gap(found: Gap, directory: Directory) -> dict[str, Any]:
    return {
        "role": found.role.value,
        "country": found.country,
        "family": found.family,
        "because": "away" if found.away else "nobody",
        "away": [named(p.id, directory) for p in found.away],
        "fallback": named(found.fallback.id, directory) if found.fallback else None,
    }
