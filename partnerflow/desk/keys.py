"""API keys: made, revoked and exchanged by command; what is kept of one is its SHA-256, and that not in the history."""

from dataclasses import replace
from typing import Final

from partnerflow.desk.filing import Filing
from partnerflow.directory import commands as c
from partnerflow.directory.rows import KeyRow, KeySet
from partnerflow.refusals import Refused
from partnerflow.store import people

MOST: Final = 50
"""Keys that one person may hold at a time."""


def add(filing: Filing, command: c.AddKey) -> KeyRow:
    """By an admin for somebody, or by somebody of the operator's for themselves."""
    person, actor = filing.person(command.person), filing.work.request.actor
    if not person.active:
        raise Refused("wrong-state", f"{person.name} is no longer with {filing.organisation.name}.")
    if actor.scopes is not None and not set(command.scopes or ("",)) <= actor.scopes:
        raise Refused("forbidden", "A key makes no key that may do more than itself.", pointer="/scopes")
    if people.open_keys(filing.work.session, person.id) >= MOST:
        raise Refused("wrong-state", f"{person.name} holds {MOST} keys already; revoke those nobody uses.")
    row = KeyRow(0, person.id, command.label, command.scopes, actor.person, filing.work.at)
    filing.file(KeySet("added", row), digest=command.digest)
    filed: KeyRow = filing.last
    return filed


def revoke(filing: Filing, command: c.RevokeKey) -> KeyRow:
    """From its instant on it signs nobody in; one that is revoked stays so."""
    row = filing.key(command.key)
    if row.revoked_at is not None:
        return row
    after = replace(row, revoked_at=filing.work.at)
    filing.file(KeySet("revoked", after))
    return after


def rotate(filing: Filing, command: c.RotateKey) -> KeyRow:
    """Another secret in its place, with the same label, scopes and maker: it may do what the old one might."""
    row = filing.key(command.key)
    if row.revoked_at is not None:
        raise Refused("wrong-state", "This key is revoked: make a new one.")
    filing.file(KeySet("revoked", replace(row, revoked_at=filing.work.at)))
    filing.file(KeySet("added", replace(row, id=0, created_at=filing.work.at)), digest=command.digest)
    filed: KeyRow = filing.last
    return filed
