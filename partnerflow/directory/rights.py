"""Who may change what of the directory (FAULTS: "Who may do what"). Deny by default.

Users, roles, coverage and organisations are the admin's; an absence is one's own, the admin's and the managers'.
"""

from typing import Final

from partnerflow import people
from partnerflow.directory import commands as c
from partnerflow.directory.rows import AbsenceRow, KeyRow
from partnerflow.people import Actor, Directory, Role

CONSOLE = "console"
"""Whoever runs the installation, at its command line: makes the first admins."""
POSTMAN, SIGN_IN = "mail", "sign-in"
"""The services that learn whether an address works."""
FOLLOWER = "people"
"""The service that lets stored owners and deciders follow."""


SERVICES: Final[tuple[tuple[tuple[type, ...], tuple[str, ...], bool], ...]] = (
    (c.FOLLOWING, (FOLLOWER,), True),
    ((c.MarkUndeliverable,), (POSTMAN,), True),
    ((c.ClearUndeliverable,), (POSTMAN, SIGN_IN), False),
    ((c.AddPerson, c.AddOrganisation), (CONSOLE,), False),
)
"""What services may do, and whether they alone may."""


def admin(actor: Actor, directory: Directory) -> bool:
    return Role.ADMIN in actor.roles and actor.organisation == directory.operator.code


def manages(actor: Actor, person: str, directory: Directory) -> bool:
    """Whether the person's time away is the actor's to record: their own, as a manager above them, or, in a partner's
    organisation, as one of its fallback persons."""
    if actor.person is None or person not in directory.people:
        return False
    if actor.person == person:
        return True
    if any(above.id == actor.person for above in people.managers(directory, person)):
        return True
    organisation = directory.organisations[directory.people[person].organisation]
    partner = not organisation.operator and actor.organisation == organisation.code
    return partner and actor.person in organisation.fallbacks


def may_record_absence(actor: Actor, person: str, directory: Directory) -> bool:
    return admin(actor, directory) or manages(actor, person, directory)


def may_key(
    command: c.AddKey | c.RevokeKey | c.RotateKey, actor: Actor, owner: str, directory: Directory
) -> bool:
    """Admins make and revoke; everybody revokes and exchanges their own; the operator's people make their own too."""
    own = actor.person is not None and actor.person == owner
    if isinstance(command, c.RotateKey):
        return own
    if own and (isinstance(command, c.RevokeKey) or actor.organisation == directory.operator.code):
        return True
    return admin(actor, directory)


def may(
    command: object,
    actor: Actor,
    directory: Directory,
    absence: AbsenceRow | None = None,
    key: KeyRow | None = None,
) -> bool:
    """``absence`` and ``key`` are the row that the command is about; one that says that somebody leaves is the
    admin's."""
    if isinstance(command, c.KEYS):
        owner = command.person if isinstance(command, c.AddKey) else key.person if key else ""
        return may_key(command, actor, owner, directory)
    for kinds, services, alone in SERVICES:
        if isinstance(command, kinds) and (alone or actor.service in services):
            return actor.service in services
    if isinstance(command, c.ChooseMails):
        return actor.person == command.person
    away = command.person if isinstance(command, c.RecordAbsence) else None
    if isinstance(command, c.ChangeAbsence | c.EndAbsence) and absence is not None and not absence.leaves:
        away = absence.person
    return may_record_absence(actor, away, directory) if away is not None else admin(actor, directory)


def sees(actor: Actor, organisation: str, directory: Directory) -> bool:
    """The operator's people see every organisation's, partners their own."""
    return actor.service is not None or actor.organisation in (organisation, directory.operator.code)
