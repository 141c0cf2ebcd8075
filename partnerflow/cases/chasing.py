"""What the distributor waits for upstream: its exposure, chased on a schedule until the vendor's note is confirmed,
also once the reseller has its credit and the case is closed. DOMAIN: Legs (advance, exposure).
"""

from datetime import datetime

from partnerflow import calendars, people
from partnerflow.cases import clocks, external_notes, responsibility
from partnerflow.cases.events import CreditAdvanced, NoteChased
from partnerflow.cases.model import Case, Instructed
from partnerflow.cases.view import Draft
from partnerflow.people import Directory, Person
from partnerflow.refusals import Refused


def key(case: Case, told: Instructed) -> str:
    """``chase:<case>:<leg>:<round>:<n>``: each chase is one event."""
    return f"chase:{case.ref}:{told.leg.value}:{told.round}:{told.chased + 1}"


def advance(draft: Draft) -> None:
    """The reseller gets its credit before the vendor's is confirmed; what is awaited then is exposure. Refuses
    ``wrong-state`` where the policy lets nobody advance."""
    case = draft.case
    waiting = exposed(case)
    if not waiting:
        return
    if not draft.view.policy.upstream.advance:
        raise Refused(
            "wrong-state", "The vendor's credit is awaited first: the policy lets nobody advance it."
        )
    owner = responsibility.exposure_owner(case, draft.view.directory, draft.at)
    net, tax = sum(told.net for told in waiting), sum(told.tax for told in waiting)
    since = min(told.at for told in waiting)
    draft.emit(CreditAdvanced(waiting[0].leg.value, net, tax, net + tax, since, owner.id))


def exposed(case: Case) -> tuple[Instructed, ...]:
    """What the distributor waits for on the leg above the one it has passed on, or is to."""
    return tuple(told for told in external_notes.waiting(case) if told.leg is not case.main_leg)


def chase(draft: Draft, name: str) -> None:
    """Ask once more for what is not confirmed, and say when next."""
    case, view = draft.case, draft.view
    told = next(i for i in exposed(case) if i.chase == name)
    owner = responsibility.exposure_owner(case, view.directory, draft.at)
    no = told.chased + 1
    draft.emit(
        NoteChased(
            leg=told.leg.value,
            round=told.round,
            no=no,
            key=key(case, told),
            owner=owner.id,
            next_at=next_chase(draft, owner),
            escalated=no >= view.policy.upstream.escalate_after,
        )
    )


def first(draft: Draft) -> datetime:
    """When an instruction of now is chased first."""
    owner = responsibility.exposure_owner(draft.case, draft.view.directory, draft.at)
    return next_chase(draft, owner)


def next_chase(draft: Draft, owner: Person) -> datetime:
    """In the working time of whoever answers for it."""
    seconds = draft.view.policy.upstream.chase_minutes * clocks.MINUTE
    return calendars.add(owner.calendar, draft.at, seconds)


def issuer(case: Case, directory: Directory, at: datetime) -> Person | None:
    """Whom of the vendor's house the chase goes to, where anybody of it is known."""
    house = case.vendor
    if house is None or house not in directory.organisations:
        return None
    here = sorted((p for p in directory.of(house) if p.present(at)), key=lambda p: p.name)
    return people.fallback(directory, house, at) or next(iter(here), None)
