"""Anything anybody may send, at any time, with anyone away: what must hold afterwards (FAULTS: the oracle).

The desk here is of paper: the pure machine decides, and the ceilings, notes and postings are checked with every step.
`make test-long` plays many more and longer stories.
"""

from hypothesis.stateful import invariant

from partnerflow.cases.commands import CaseDue
from partnerflow.cases.machine import HANDLERS
from partnerflow.cases.model import Issued
from tests.domain.machine import worlds
from tests.domain.machine.moves import MOVES
from tests.domain.machine.paper import Paper
from tests.domain.machine.profile import stories
from tests.domain.machine.rules import Machine


def test_the_machine_knows_every_command() -> None:
    """Settling is a rule of its own: it needs another instant."""
    assert set(MOVES) == set(HANDLERS) - {CaseDue}


class OnPaper(Machine):
    desk: Paper

    @staticmethod
    def make(number: int, told: bool, paid: bool) -> Paper:
        return Paper(worlds.policy(number), told=told, paid=paid)

    def confirmed(self) -> list[Issued]:
        """Notes that another system numbered."""
        return [d for case in self.desk.sheets.cases.values() for d in case.issued if d.external]

    @invariant()
    def nothing_is_credited_or_held_beyond_what_there_is(self) -> None:
        desk = self.desk.sheets
        for leg, lines in desk.lines.items():
            held = [row for case in desk.cases.values() for row in case.held.get(leg, ())]
            for line in lines.values():
                mine = [row for row in held if row.line_no == line.line_no]
                assert line.credited_net + line.reserved_net <= line.limit_net
                assert line.credited_quantity + line.reserved_quantity <= line.limit_quantity
                assert line.reserved_net == sum(row.net for row in mine)
                assert line.reserved_quantity == sum(row.quantity for row in mine)
        for leg, invoice in desk.invoices.items():
            ours = [n for n in desk.notes if n.leg is leg and n.preceding]
            notes = [*ours, *(d for d in self.confirmed() if d.leg is leg)]
            credited = sum(n.net for n in notes), sum(n.tax for n in notes)
            assert (invoice.credited_net, invoice.credited_tax) == credited
            assert invoice.reserved_net == sum(line.reserved_net for line in desk.lines[leg].values())
            assert desk.payments[leg].returned <= desk.payments[leg].paid

    @invariant()
    def numbers_have_no_gap_and_every_entry_balances(self) -> None:
        counted: dict[str, int] = {}
        for note in self.desk.sheets.notes:
            series, _, number = note.number.rpartition("-")
            counted[series] = counted.get(series, 0) + 1
            assert int(number) == counted[series]
        keys = [entry.key for entry in self.desk.sheets.entries]
        assert len(keys) == len(set(keys))
        issued = [key for key in keys if key.startswith(("credit:", "rebill:"))]
        assert len(issued) == len(self.desk.sheets.notes) + len(self.confirmed())
        for entry in self.desk.sheets.entries:
            assert sum(p.debit for p in entry.postings) == sum(p.credit for p in entry.postings)


OnPaper.TestCase.settings = stories(examples=40, steps=35, long=(2_000, 60))
TestAnythingAnybodyMaySend = OnPaper.TestCase
