"""Commands on the directory: under the lock of one organisation's row, with a history of their own.

The cases follow later, each by a command of its own; who is responsible is derived at once (DOMAIN: Who).
"""

from collections.abc import Callable
from typing import Any, Final

from partnerflow.desk import absences, keys, organisations, persons, persons_mail
from partnerflow.desk.filing import Filing, Row
from partnerflow.desk.model import Filed
from partnerflow.desk.work import Work
from partnerflow.directory import commands as c
from partnerflow.directory import rights
from partnerflow.refusals import Refused
from partnerflow.store import following
from partnerflow.store.people import lock

HANDLERS: Final[dict[type, Callable[[Filing, Any], Row]]] = {
    c.RecordAbsence: absences.record,
    c.ChangeAbsence: absences.change,
    c.EndAbsence: absences.end,
    c.Leave: absences.leave,
    c.FinishLeaving: persons.finish_leaving,
    c.ChangeOrganisation: organisations.change,
    c.AddPerson: persons.add,
    c.ChangePerson: persons.change,
    c.ChooseMails: persons.choose_mails,
    c.MarkUndeliverable: persons_mail.mark,
    c.ClearUndeliverable: persons_mail.clear,
    c.ConfirmRoles: persons.confirm,
    c.RefuseRoles: persons.refuse,
    c.AddCoverage: organisations.add_coverage,
    c.ChangeCoverage: organisations.change_coverage,
    c.RemoveCoverage: organisations.remove_coverage,
    c.AddKey: keys.add,
    c.RevokeKey: keys.revoke,
    c.RotateKey: keys.rotate,
}
ADDING: Final = (c.RecordAbsence, c.AddPerson, c.AddCoverage, c.Leave, c.AddKey, c.RotateKey)


def decide(work: Work) -> Filed:
    """Answer a directory's command; ``not-found`` for an organisation the actor does not see."""
    command, code = work.request.command, work.request.target.partition("/")[2]
    if isinstance(command, c.AddOrganisation):
        return organisations.add(work, command)
    found = lock(work.session, code)
    if found is None:
        raise Refused("not-found", "There is no such organisation.")
    filing = Filing.of(work, *found)
    actor = work.request.actor
    if not rights.sees(actor, code, filing.directory):
        raise Refused("not-found", "There is no such organisation.")
    if not rights.may(command, actor, filing.directory, filing.absence_of(command), filing.key_of(command)):
        raise Refused("forbidden", "You may not change this here.")
    row = HANDLERS[type(command)](filing, command)
    filing.write()
    return Filed(row, filing.directory, work.at, created=isinstance(command, ADDING))


def followed(work: Work) -> Filed:
    """Every case has followed: the driver rests until the next change or the next coming or going."""
    command: c.PeopleFollowed = work.request.command
    directory = work.snapshot().directory
    if not rights.may(command, work.request.actor, directory):
        raise Refused("forbidden", "Only the service that follows people says so.")
    following.mark(work.session, command.asked, command.until)
    return Filed(None, directory, work.at, created=False)
