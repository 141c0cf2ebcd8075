"""Addresses that mails come back from: marked, gone round by way of another person, and cleared when they work again.

DOMAIN: Who (who is responsible); an address is no reason to be left without an answer.
"""

from collections.abc import Iterator
from dataclasses import replace

from partnerflow.desk.filing import Filing
from partnerflow.directory import commands as c
from partnerflow.directory.reaching import reached_instead
from partnerflow.directory.rows import PersonRow, PersonSet, Undeliverable
from partnerflow.refusals import Refused
from partnerflow.store import inbound, outbox
from partnerflow.store.messages import Owed


def mark(filing: Filing, command: c.MarkUndeliverable) -> PersonRow:
    """Refused where the address is another by now: what came back says nothing of the new one."""
    row = filing.person(command.person)
    if row.email.casefold() != command.address.casefold():
        raise Refused("wrong-state", f"{row.name} has another address by now.")
    after = row
    if row.undeliverable is None:
        after = replace(row, undeliverable=Undeliverable(filing.work.at, command.reason))
        filing.file(PersonSet("undeliverable", after))
    filing.work.owe(_to_another(filing, row, command))
    return after


def clear(filing: Filing, command: c.ClearUndeliverable) -> PersonRow:
    row = filing.person(command.person)
    if row.undeliverable is None:
        return row
    after = replace(row, undeliverable=None)
    filing.file(PersonSet("reachable", after))
    return after


def _to_another(filing: Filing, row: PersonRow, command: c.MarkUndeliverable) -> Iterator[Owed]:
    """What came back is parked with its reason; the same words go to whoever stands in for its recipient."""
    session, at = filing.work.session, filing.work.at
    found = inbound.read_delivery(session, command.delivery) if command.delivery else None
    if found is None or found.recipient != row.id:
        return
    filing.work.begin_writing()
    outbox.park_returned(session, found.id, f"came back: {command.reason}")
    other = reached_instead(filing.directory, row.id, at)
    if other is not None:
        facts = {**found.data.get("facts", {}), "instead_of": row.name}
        letter = {**found.data, "name": other.name, "facts": facts}
        yield Owed(found.stream, found.seq, found.event, other.id, found.audience, other.email, letter)
