"""Organisations, and who covers what of the operator's work. DOMAIN: Organisation, Coverage."""

from dataclasses import replace
from typing import Final

from sqlalchemy.exc import IntegrityError

from partnerflow.credits.notes import local_date
from partnerflow.desk.filing import Filing
from partnerflow.desk.model import Filed
from partnerflow.desk.persons import check_calendar, granted
from partnerflow.desk.work import Work
from partnerflow.directory import clearance, rights, rules
from partnerflow.directory import commands as c
from partnerflow.directory.rows import CoverageRow, CoverageSet, OrganisationRow, OrganisationSet, PersonSet
from partnerflow.refusals import Refused
from partnerflow.store import people
from partnerflow.store.directory import snapshot
from partnerflow.store.orders import Head

CHANGEABLE: Final = (
    "name", "zone", "locale", "vat_id", "address", "hours", "holidays", "tier", "mandated", "issuer", "fallbacks",
    "on_call",
)  # fmt: skip


def add(work: Work, command: c.AddOrganisation) -> Filed:
    """With the person who answers for it. The first of all operates the desk."""
    directory = snapshot(work.session).directory
    row, actor = command.row, work.request.actor
    first_of_all = not directory.organisations
    if not (rights.may(command, actor, directory) if not first_of_all else actor.service == rights.CONSOLE):
        raise Refused("forbidden", "Only an admin adds organisations.")
    taken = {o.code for o in directory.organisations.values()}
    if row.code in taken or row.series_code in {o.series_code for o in directory.organisations.values()}:
        raise Refused("invalid-parameter", "This code is taken.", pointer="/code")
    if people.address_known(work.session, command.first.email, ""):
        raise Refused(
            "invalid-parameter", "Somebody has this e-mail address already.", pointer="/first/email"
        )
    _check_hours(row)
    person_id = people.free_id(work.session, command.first.id)
    row = replace(row, operator=first_of_all, fallbacks=(person_id,))
    clearance.refuse_embedded(row, local_date(work.at, row.zone))
    rules.refuse_roles(directory, row.code, row.kind, command.first.roles, operator=row.operator)
    known = directory if not first_of_all else replace(directory, organisations={})
    filing = Filing(work, row, Head(), known)
    filing.file(OrganisationSet("added", row))
    first = replace(command.first, id=person_id, organisation=row.code)
    filing.file(PersonSet("added", granted(filing, first)))
    filing.write()
    return Filed(row, directory, work.at, created=True)


def change(filing: Filing, command: c.ChangeOrganisation) -> OrganisationRow:
    row = filing.organisation
    after = replace(row, **{n: value for n, value in command.changes.items() if n in CHANGEABLE})
    if after == row:
        return row
    _check_hours(after)
    if (after.issuer, after.mandated) != (row.issuer, row.mandated):
        clearance.refuse_embedded(after, local_date(filing.work.at, after.zone))
    if after.fallbacks != row.fallbacks:
        rules.refuse_fallbacks(filing.directory, row.code, after.fallbacks)
        there = rules.with_fallbacks(filing.directory, row.code, after.fallbacks)
        rules.refuse_last_fallback(filing.directory, there, row.code, filing.work.at)
    filing.file(OrganisationSet("changed", after))
    return after


def add_coverage(filing: Filing, command: c.AddCoverage) -> CoverageRow:
    return _cover(filing, "added", command.row)


def change_coverage(filing: Filing, command: c.ChangeCoverage) -> CoverageRow:
    row = filing.coverage(command.coverage)
    stated = {n: v for n, v in command.changes.items() if n in ("person", "country", "family", "tier")}
    after = replace(row, **stated)
    return _cover(filing, "changed", after) if after != row else row


def remove_coverage(filing: Filing, command: c.RemoveCoverage) -> CoverageRow:
    row = filing.coverage(command.coverage)
    filing.file(CoverageSet("removed", row))
    return row


def _cover(filing: Filing, what: str, row: CoverageRow) -> CoverageRow:
    filing.person(row.person)
    rules.refuse_coverage(filing.directory, row.role, row.person)
    try:
        filing.file(CoverageSet(what, row))
    except IntegrityError:
        raise Refused("wrong-state", "The coverage has this row already.") from None
    filed: CoverageRow = filing.last
    return filed


def _check_hours(row: OrganisationRow) -> None:
    check_calendar({"zone": row.zone, "hours": row.hours, "holidays": row.holidays}, "")
