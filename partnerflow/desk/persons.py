"""Who belongs to an organisation, with which roles. What gives somebody more, a second admin confirms (FAULTS)."""

from dataclasses import replace
from typing import Any, Final

from partnerflow.desk.filing import Filing
from partnerflow.directory import commands as c
from partnerflow.directory import rights, rules
from partnerflow.directory.rows import AbsenceSet, PersonRow, PersonSet, RolesAsked
from partnerflow.people import Role
from partnerflow.refusals import Refused
from partnerflow.store import people
from partnerflow.store.calendars import CalendarFault, calendar

CHANGEABLE: Final = (
    "name",
    "title",
    "email",
    "phone",
    "hours",
    "manager",
    "team",
    "active",
    "roles",
    "authority_limit",
    "locale",
)


def add(filing: Filing, command: c.AddPerson) -> PersonRow:
    """Without a role until another admin confirms them; the installation's own console needs none."""
    stated = command.row
    row = replace(stated, id=people.free_id(filing.work.session, stated.id), organisation=filing.code)
    _refuse(filing, row, row.roles)
    row = granted(filing, row)
    filing.file(PersonSet("added", row))
    return row


def granted(filing: Filing, row: PersonRow) -> PersonRow:
    """A new person as they may be at once: what was stated is asked for, unless the console states it."""
    row = replace(row, roles=_sorted(row.roles), asked=None, active=True)
    if filing.work.request.actor.service == rights.CONSOLE:
        return row
    asked = _asked(filing, row.roles, row.authority_limit, limit=row.authority_limit != 0)
    return replace(row, roles=(), authority_limit=0, asked=asked if row.roles or asked.limit_too else None)


def change(filing: Filing, command: c.ChangePerson) -> PersonRow:
    """Nobody changes themselves; what takes a right holds at once, what gives one is asked."""
    row = filing.person(command.person)
    _refuse_oneself(filing, row)
    stated = {name: value for name, value in command.changes.items() if name in CHANGEABLE}
    roles, limit = stated.pop("roles", row.roles), stated.pop("authority_limit", row.authority_limit)
    after = replace(row, **stated)
    if after.email != row.email:
        after = replace(after, undeliverable=None)
    _refuse(filing, after, roles)
    if after.active and not row.active:
        _take_back(filing, row)
    fewer = tuple(role for role in row.roles if role in roles)
    more = tuple(role for role in roles if role not in row.roles)
    raises = limit != row.authority_limit and _more(limit, row.authority_limit)
    after = replace(after, roles=fewer, authority_limit=row.authority_limit if raises else limit)
    if more or raises:
        if row.asked is not None:
            raise Refused("wrong-state", f"A grant for {row.name} waits already: confirm or refuse it first.")
        after = replace(after, asked=_asked(filing, more, limit, limit=raises))
    if after == row:
        return row
    _refuse_gap(filing, after)
    takes = fewer != row.roles or after.active != row.active
    filing.file(
        PersonSet("roles_asked" if after.asked != row.asked else "changed", after), takes_a_right=takes
    )
    return after


def choose_mails(filing: Filing, command: c.ChooseMails) -> PersonRow:
    """The one thing of their row that people set themselves; what they owed yet stays as it was sent or gathered."""
    row = filing.person(command.person)
    after = replace(row, mails=command.mails, locale=command.locale)
    if after != row:
        filing.file(PersonSet("mails_chosen", after))
    return after


def confirm(filing: Filing, command: c.ConfirmRoles) -> PersonRow:
    """Another admin than the one who asked, and not for oneself."""
    row, asked = _waiting(filing, command.person)
    _refuse_oneself(filing, row)
    if asked.by == filing.work.request.actor.person:
        raise Refused("four-eyes", "Another admin than the one who asked confirms it.")
    limit = asked.authority_limit if asked.limit_too else row.authority_limit
    after = replace(row, roles=_sorted((*row.roles, *asked.roles)), authority_limit=limit, asked=None)
    filing.file(PersonSet("roles_confirmed", after))
    return after


def refuse(filing: Filing, command: c.RefuseRoles) -> PersonRow:
    """Also by whoever asked: then it is taken back."""
    row, _ = _waiting(filing, command.person)
    after = replace(row, asked=None)
    filing.file(PersonSet("roles_refused", after))
    return after


def finish_leaving(filing: Filing, command: c.FinishLeaving) -> PersonRow:
    """What the one row said from its instant on becomes stored."""
    row, at = filing.person(command.person), filing.work.at
    left = any(a.leaves and a.since <= at for a in people.absences_of(filing.work.session, row.id))
    if not left:
        raise Refused("wrong-state", f"{row.name} is still here.")
    if not row.active and not row.roles:
        return row
    after = replace(row, active=False, roles=(), asked=None)
    filing.file(PersonSet("left", after), takes_a_right=True)
    return after


def _refuse(filing: Filing, row: PersonRow, roles: tuple[str, ...]) -> None:
    session, organisation = filing.work.session, filing.organisation
    rules.refuse_manager(filing.directory, row)
    rules.refuse_roles(
        filing.directory, filing.code, organisation.kind, roles, operator=organisation.operator
    )
    if people.address_known(session, row.email, row.id):
        raise Refused("invalid-parameter", "Somebody has this e-mail address already.", pointer="/email")
    if row.team is not None and people.team_of(session, row.team) != filing.code:
        raise Refused("invalid-parameter", "The organisation has no such team.", pointer="/team")
    if row.hours is not None:
        check_calendar(row.hours, "/calendar")


def check_calendar(stated: dict[str, Any], pointer: str) -> None:
    """``invalid-parameter`` naming the member that makes no calendar."""
    try:
        calendar(stated["zone"], stated["hours"], stated.get("holidays") or {})
    except CalendarFault as fault:
        where = f"{pointer}/{fault.member.replace('.', '/')}"
        raise Refused("invalid-parameter", f"{fault.member}: {fault.message}.", pointer=where) from None


def _refuse_oneself(filing: Filing, row: PersonRow) -> None:
    if row.id == filing.work.request.actor.person:
        raise Refused("four-eyes", "Another admin changes what you are and may do.")


def _refuse_gap(filing: Filing, after: PersonRow) -> None:
    known = filing.directory.people[after.id]
    there = rules.with_person(filing.directory, replace(known, active=after.active))
    rules.refuse_last_fallback(filing.directory, there, filing.code, filing.work.at)


def _take_back(filing: Filing, row: PersonRow) -> None:
    """Who comes back has not left; their roles are asked for anew."""
    for absence in people.absences_of(filing.work.session, row.id):
        if absence.leaves:
            filing.file(AbsenceSet("cancelled", absence))


def _waiting(filing: Filing, person: str) -> tuple[PersonRow, RolesAsked]:
    row = filing.person(person)
    if row.asked is None:
        raise Refused("wrong-state", f"Nothing is asked for {row.name}.")
    return row, row.asked


def _asked(filing: Filing, roles: tuple[str, ...], amount: int | None, *, limit: bool) -> RolesAsked:
    by = filing.work.request.actor.name
    return RolesAsked(_sorted(roles), by, filing.work.at, limit, amount if limit else None)


def _more(limit: int | None, than: int | None) -> bool:
    return than is not None and (limit is None or limit > than)


def _sorted(roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(role.value for role in Role if role.value in roles)
