"""Hours at the desk: an admin sets the calendar of an organisation, a team or a person, and who is in a team."""

import re
from dataclasses import dataclass
from typing import Any, Final

from partnerflow.desk import closures
from partnerflow.desk.closures import Closed, change, locked_organisation
from partnerflow.desk.work import Work
from partnerflow.refusals import Refused
from partnerflow.store import own_calendars
from partnerflow.store.calendars import YEARS, CalendarFault, of_document
from partnerflow.store.closures import Owner, OwnerKind, standing
from partnerflow.store.codec import plain

LONGEST_NAME: Final = 200
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


__all__ = ["CalendarSet", "Closed", "SetCalendar", "SetTeam", "decide"]


@dataclass(frozen=True, slots=True)
class SetCalendar:
    """``document``: zone, hours, holidays; None gives a team or a person back the calendar of what is above them."""

    owner: Owner
    document: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class SetTeam:
    """A team of an organisation and its members, who leave the team they were in; those not named leave this one."""

    code: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CalendarSet:
    """Whose calendar, or which team, it was about."""

    owner: Owner


def decide(work: Work) -> Closed | CalendarSet:
    """Target ``calendar/<organisation>``: hours, teams and closures of the organisation and its people."""
    command = work.request.command
    if isinstance(command, SetCalendar):
        return set_calendar(work)
    return set_team(work) if isinstance(command, SetTeam) else closures.decide(work)


def set_calendar(work: Work) -> CalendarSet:
    """The owner belongs to the organisation of the target. Due instants that stand are not moved."""
    command: SetCalendar = work.request.command
    organisation = locked_organisation(work)
    document = _checked(command)
    found = standing(work.session, command.owner)
    if found is None or found[0] != organisation:
        raise Refused("not-found", f"{organisation} has no {command.owner.kind.value} {command.owner.id}.")
    change(work, organisation, lambda: own_calendars.write(work.session, command.owner, document))
    return CalendarSet(command.owner)


def set_team(work: Work) -> CalendarSet:
    """The members are people of the organisation of the target."""
    command: SetTeam = work.request.command
    organisation, session = locked_organisation(work), work.session
    if not _CODE.fullmatch(command.code):
        raise Refused("invalid-parameter", "A team's code is a short name of a-z, 0-9 and '-'.")
    if not 0 < len(command.name.strip()) <= LONGEST_NAME:
        raise Refused("invalid-text", f"A team has a name of at most {LONGEST_NAME} characters.")
    if own_calendars.organisation_of_team(session, command.code) not in (None, organisation):
        raise Refused("invalid-parameter", f"There is a team {command.code} already; take another code.")
    if unknown := own_calendars.strangers(session, organisation, command.members):
        raise Refused("not-found", f"{organisation} has no person {', '.join(unknown)}.")
    name, members = command.name.strip(), command.members
    change(
        work,
        organisation,
        lambda: own_calendars.write_team(session, command.code, organisation, name, members),
    )
    return CalendarSet(Owner(OwnerKind.TEAM, command.code))


def _checked(command: SetCalendar) -> dict[str, Any] | None:
    said = command.document
    if said is None:
        if command.owner.kind is OwnerKind.ORGANISATION:
            raise Refused(
                "invalid-parameter", "An organisation has a calendar of its own; nothing is above it."
            )
        return None
    if "closures" in said:
        raise Refused("invalid-parameter", "closures: are kept apart from the hours; leave them out here.")
    try:
        of_document(said, YEARS)
    except CalendarFault as fault:
        raise Refused("invalid-parameter", f"{fault}.") from fault
    kept: dict[str, Any] = plain(
        {"holidays": {}} | {name: said[name] for name in said if said[name] is not None}
    )
    return kept
