"""Who may read what of their own organisation's records (FAULTS: Who may do what).

What is foreign does not exist (404): row-level security hides it. What is one's own organisation's without the right
to read it is refused (403).
"""

from datetime import datetime

from api.auth import Reader, reader, session
from api.errors import Problem
from partnerflow.cases import status
from partnerflow.cases.model import Case
from partnerflow.cases.readers import PARTNERS, involved
from partnerflow.cases.view import View
from partnerflow.orders.model import Order
from partnerflow.people import Directory, Role
from partnerflow.store import listing, reading
from partnerflow.store.directory import snapshot


def need_admin() -> None:
    if not (reader().operator and Role.ADMIN in reader().actor.roles):
        raise Problem("forbidden", "Only an admin may read this.")


def need_partner_or_staff() -> None:
    """Somebody whose role has to do with orders and cases; admins see no amounts."""
    who = reader()
    if not (who.staff or who.actor.roles & PARTNERS):
        raise Problem("forbidden", "Your role does not read this.")


def own_directory() -> Directory:
    return snapshot(session()).directory


def own_sight() -> listing.Sight:
    """The reader's region; reading the directory costs nothing for those who have none."""
    who = reader()
    return who.sight(own_directory()) if who.staff else listing.Sight(who.person)


def seen_case(ref: str) -> tuple[Case, View, datetime]:
    """The case, if this reader may read it."""
    found = reading.read_case(session(), ref)
    if found is None:
        raise Problem("not-found", "There is no such case.")
    case, view, at = found
    if not may_read(reader(), case, view, at):
        raise Problem("forbidden", "This case is not in your region, and you have no part in it.")
    return found


def may_read(who: Reader, case: Case, view: View, at: datetime) -> bool:
    if who.admin_only:
        return True
    if who.staff:
        countries = who.countries(view.directory)
        region = countries is None or case.scope.country in countries
        return region or who.person in involved(case) or who.person in _named(case, view, at)
    return bool(who.actor.roles & PARTNERS) or who.person in involved(case)


def _named(case: Case, view: View, at: datetime) -> set[str]:
    found = status.contacts(case, view.policy, view.directory, at)
    rung = found.next_rung.contact if found.next_rung else None
    people = (found.owner, found.accountable_manager, found.deciding_now, *found.deciding_with, rung)
    return {person.id for person in people if person}


def seen_order(order: str) -> tuple[Order, View, datetime]:
    """The order, if this reader may read it: its partner's people, and the operator's for their region."""
    found = reading.read_order(session(), order)
    if found is None:
        raise Problem("not-found", "There is no such order.")
    need_partner_or_staff()
    who, directory = reader(), found[1].directory
    countries = who.countries(directory)
    partner = directory.organisations.get(found[0].reseller or found[0].distributor or "")
    if countries is not None and partner and partner.country not in countries:
        raise Problem("forbidden", "This order is not in your region.")
    return found
