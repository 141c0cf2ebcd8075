"""Who reads which report of whom (FAULTS: Ledger, reconciliation): finance of everybody, channel managers and
executives of their region, a distributor its own; a reseller its own statement alone. What is foreign does not exist.
"""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from api.auth import reader, session
from api.errors import Problem, Wrong
from api.v1.sight import own_directory
from partnerflow.cases.readers import PARTNERS
from partnerflow.people import Directory, Organisation, OrganisationKind, Role
from partnerflow.store import listing

MONEY: Final = frozenset({Role.FINANCE, Role.CHANNEL_MANAGER, Role.EXECUTIVE})
DISTRIBUTORS: Final = frozenset({OrganisationKind.DISTRIBUTOR.value})
PARTNER_KINDS: Final = frozenset({OrganisationKind.DISTRIBUTOR.value, OrganisationKind.RESELLER.value})


def need_money() -> bool:
    """Whether the reader is one of the operator's who read the books; Problem for admins and other staff."""
    who = reader()
    if who.operator and who.actor.roles & MONEY:
        return True
    if who.operator or not who.actor.roles & PARTNERS:
        raise Problem("forbidden", "Your role does not read this report.")
    return False


def organisation_of(asked: str | None, kinds: frozenset[str]) -> Organisation:
    """The organisation a report is about, if this reader may have it; a partner's own needs not be named."""
    staff, who, directory = need_money(), reader(), own_directory()
    if not staff:
        if who.kind not in kinds:
            raise Problem("forbidden", "Your organisation does not read this report.")
        if asked not in (None, who.organisation):
            raise _unknown()
        return directory.organisations[who.organisation]
    if asked is None:
        said = "Name the organisation."
        raise Problem("invalid-parameter", said, [Wrong("?organisation", said)])
    found = directory.organisations.get(asked)
    if found is None:
        raise _unknown()
    _need_region(found, directory)
    return found


def scope_of(asked: str | None) -> tuple[str | None, listing.Sight, Directory]:
    """(organisation or None for all, what the reader sees of cases, the directory) for reports over cases."""
    staff, who, directory = need_money(), reader(), own_directory()
    if staff and asked is None:
        return None, who.sight(directory), directory
    found = organisation_of(asked, DISTRIBUTORS)
    return found.code, who.sight(directory), directory


def _need_region(found: Organisation, directory: Directory) -> None:
    countries = reader().countries(directory)
    if countries is not None and found.country not in countries:
        raise Problem("forbidden", "This organisation is not in your region.")


def _unknown() -> Problem:
    return Problem("not-found", "There is no such organisation.")


def period(since: date | None, until: date | None, zone: str) -> tuple[date, date]:
    """Both days included; by default from the first of the month of the last day, which is today by default."""
    today = listing.now(session())[0].astimezone(ZoneInfo(zone)).date()
    last = until or (max(since, today) if since else today)
    first = since or last.replace(day=1)
    if first > last:
        said = "The period ends before it begins."
        raise Problem("invalid-date", said, [Wrong("?to", said)])
    return first, last


def instants(since: date, until: date, zone: str) -> tuple[datetime, datetime]:
    """Half-open, from the first midnight to that after the last day, in the organisation's zone."""
    place = ZoneInfo(zone)
    return (
        datetime.combine(since, time(), place),
        datetime.combine(until + timedelta(days=1), time(), place),
    )
