"""Uploads: where one stands, and its next rows through the one door."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine
from temporalio import activity

from partnerflow import desk
from partnerflow.imports.commands import BookStaged
from partnerflow.people import Actor
from partnerflow.store import imports
from partnerflow.store.database import EVERY_ORGANISATION, reading
from workflows import steps
from workflows.activities import body
from workflows.contract import ImportInput, ImportSummary, Portion

ACTOR: Final = Actor(person=None, organisation=None, service="import")


@dataclass(frozen=True)
class ImportSteps(steps.Imports):
    """One command per chunk; its key says which."""

    engine: Engine

    @body
    def read_import(self, upload: ImportInput) -> ImportSummary:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            found = imports.read(session, upload.import_id)
        if found is None:
            return ImportSummary(open=False, position=0)
        return ImportSummary(found.state == "running", found.position)

    @body
    def book_rows(self, portion: Portion) -> None:
        command = BookStaged(portion.import_id, portion.position)
        key = f"import:{portion.import_id}:{portion.position}"
        request = desk.Request(command, ACTOR, key, f"import/{portion.import_id}")
        outcome = desk.handle(self.engine, request)
        if outcome.state is desk.State.REFUSED:
            activity.logger.error(
                "the rows after %d of import %s: %s", portion.position, portion.import_id, outcome.body
            )
