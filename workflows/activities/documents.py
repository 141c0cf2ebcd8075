"""Paper: every note and rebill of a round rendered and stored, each once."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from notifications.document import Document
from partnerflow.credits.notes import Note
from partnerflow.store import documents
from partnerflow.store.database import EVERY_ORGANISATION, reading, unit_of_work
from workflows import steps
from workflows.activities import body
from workflows.contract import RoundInput


@dataclass(frozen=True)
class DocumentSteps(steps.Documents):
    """``render`` gives a note's PDF and e-invoices; it must not be able to take this process down with it."""

    engine: Engine
    render: Callable[[Note], Document]

    @body
    def print_documents(self, round_: RoundInput) -> None:
        with reading(self.engine, EVERY_ORGANISATION) as session:
            notes = documents.unprinted(session, round_.ref, round_.round)
        for note in notes:
            made = self.render(note)
            with unit_of_work(self.engine) as session:
                documents.keep(session, note.number, made.pdf, made.cii, made.ubl)
