"""Who is away, and who leaves: one row each, which holds from its instant (DOMAIN: Who)."""

from dataclasses import replace
from typing import Final

from partnerflow.desk.filing import Filing
from partnerflow.directory import commands as c
from partnerflow.directory import rules
from partnerflow.directory.rows import AbsenceRow, AbsenceSet
from partnerflow.refusals import Refused
from partnerflow.store import people

CHANGEABLE: Final = ("since", "until", "delegate", "note")


def record(filing: Filing, command: c.RecordAbsence) -> AbsenceRow:
    """``since`` None: from now on."""
    person = filing.person(command.person)
    if not person.active:
        raise Refused("wrong-state", f"{person.name} is no longer with {filing.organisation.name}.")
    since = command.since or filing.work.at
    row = AbsenceRow(0, person.id, since, command.until, command.delegate, command.note)
    rules.refuse_dates(filing.work.at, row.since, row.until)
    return _put(filing, "recorded", row)


def change(filing: Filing, command: c.ChangeAbsence) -> AbsenceRow:
    """What is over stays as it was; what has begun keeps its beginning."""
    now, row = filing.work.at, filing.absence(command.absence)
    after = replace(row, **{name: value for name, value in command.changes.items() if name in CHANGEABLE})
    _refuse_over(row, filing)
    if row.leaves and after.until is not None:
        raise Refused("invalid-parameter", "Who leaves has no day of return.", pointer="/until")
    if after.since != row.since and row.since <= now:
        raise Refused("wrong-state", "The absence has begun: its beginning stays.", pointer="/since")
    if after.since != row.since:
        rules.refuse_dates(now, after.since, after.until)
    elif after.until is not None and (after.until <= now or after.until <= after.since):
        raise Refused(
            "invalid-date", "The end must be still to come: end the absence instead.", pointer="/until"
        )
    return _put(filing, "changed", after) if after != row else row


def end(filing: Filing, command: c.EndAbsence) -> AbsenceRow:
    """Back earlier; what has not begun by then is cancelled."""
    now, row = filing.work.at, filing.absence(command.absence)
    at = command.at or now
    _refuse_over(row, filing)
    if row.leaves and row.since <= now:
        raise Refused("wrong-state", "They have left: an admin takes them back as a change of the person.")
    if at < now - rules.LONGEST_AGO or (row.until is not None and at > row.until):
        raise Refused("invalid-date", "It ends before its end, and not long ago.", pointer="/at")
    if at <= row.since:
        _refuse_gap(filing, row, cancelled=True)
        filing.file(AbsenceSet("cancelled", row))
        return row
    if row.leaves:
        raise Refused(
            "invalid-parameter", "Who leaves has no day of return: take it back instead.", pointer="/at"
        )
    return _put(filing, "ended", replace(row, until=at))


def leave(filing: Filing, command: c.Leave) -> AbsenceRow:
    """For good: from that instant nobody is there, signs in or decides under this name."""
    now, person = filing.work.at, filing.person(command.person)
    if person.id == filing.work.request.actor.person:
        raise Refused("four-eyes", "Another admin records that you leave.")
    if not person.active or any(row.leaves for row in people.absences_of(filing.work.session, person.id)):
        raise Refused("wrong-state", f"That {person.name} leaves is recorded already.")
    row = AbsenceRow(0, person.id, command.at or now, None, command.successor, "", leaves=True)
    rules.refuse_dates(now, row.since, None)
    return _put(filing, "leaving", row)


def _put(filing: Filing, what: str, row: AbsenceRow) -> AbsenceRow:
    rules.refuse_overlap(row, people.absences_of(filing.work.session, row.person))
    _refuse_gap(filing, row)
    filing.file(AbsenceSet(what, row))
    filed: AbsenceRow = filing.last
    return filed


def _refuse_gap(filing: Filing, row: AbsenceRow, *, cancelled: bool = False) -> None:
    """Judged over the whole time to come, with this row in its place."""
    known = people.absences_of(filing.work.session, row.person)
    others = [other for other in known if other.id != row.id]
    after = rules.with_absences(filing.directory, row.person, others if cancelled else [*others, row])
    if not cancelled:
        rules.refuse_delegate(after, row)
    rules.refuse_last_fallback(filing.directory, after, filing.code, filing.work.at)


def _refuse_over(row: AbsenceRow, filing: Filing) -> None:
    if row.until is not None and row.until <= filing.work.at:
        raise Refused("wrong-state", "That absence is over; it stays as it was.")
