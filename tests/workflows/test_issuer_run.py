"""An external issuer, driven by the real drivers: a system that acts and times out has still issued one note."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from api.embedded.issuer import IssuerDouble
from api.embedded.process import free_port
from partnerflow.cases.external_notes import noted, to_instruct
from partnerflow.cases.model import Instructed, Stage
from partnerflow.credits.notes import Note
from partnerflow.directory.commands import ChangeOrganisation
from partnerflow.store.database import EVERY_ORGANISATION, snapshot_of
from partnerflow.store.verify import verify
from tests.domain.builders_cases import PaperDesk
from tests.domain.test_cases_issuers import desk_of, issued
from tests.store.builders import a_reduction, opened
from tests.support.fresh import Database, Namespace
from tests.workflows.house import driven, seeded, until
from tests.workflows.rows import rows
from workflows.activities.issuers import ask, given
from workflows.contract import RoundInput

START = RoundInput("PF-2027-000001", 1)


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[IssuerDouble]:
    double = IssuerDouble(tmp_path / "issuer", free_port())
    double.start()
    yield double
    double.stop()


def instructed() -> tuple[Instructed, Note]:
    desk: PaperDesk = desk_of("meridian", issuer="external")
    told = to_instruct(issued(desk))
    assert told is not None
    assert told.note is not None
    return told, told.note


@pytest.mark.long
def test_a_system_that_acts_and_times_out_has_issued_one_note_and_the_case_goes_on(
    database: Database, temporal: Namespace, issuer: IssuerDouble
) -> None:
    issuer.silent, issuer.pending = 1, 1
    with seeded(database) as house:
        house.do("robin-marsh", "organisation/meridian", ChangeOrganisation({"issuer": "external"}))

        async def story() -> str:
            async with driven(house, temporal, issuer_url=issuer.url):
                ref = opened(house, house.order(), a_reduction(house.order("D-8842"), 10))
                await until(lambda: house.case(ref).stage is Stage.PASSING_ON)
                return ref

        ref = asyncio.run(story())
        case = house.case(ref)
        key = f"credit:{ref}:1:downstream:{case.instructed[0].invoice}"
        assert {asked.partition(" ")[2] for asked in issuer.asked} == {key}
        assert [asked.partition(" ")[0] for asked in issuer.asked] == ["GET", "PUT", "GET", "GET"]
        note = noted(case, case.instructed[0])
        assert note is not None
        issued_there = issuer.read(key)
        assert issued_there is not None
        assert (note.number, note.clearance_id) == (issued_there["number"], issued_there["clearance_id"])
        ours = "SELECT leg, series FROM note ORDER BY leg"
        assert rows(house.engine, ours) == [("upstream", "CN")]
        assert rows(house.engine, "SELECT count(*) FROM ledger_entry WHERE document = 'EXT-2027-000001'") == [
            1
        ]
        with snapshot_of(house.engine, EVERY_ORGANISATION) as session:
            assert list(verify(session)) == []


def answer(**changes: Any) -> dict[str, Any]:
    said = {
        "number": "SAP-1", "issued_at": "2027-01-04T11:00:00Z",
        "net": {"amount": "1000.00", "currency": "GBP"}, "tax": {"amount": "200.00", "currency": "GBP"},
        "gross": {"amount": "1200.00", "currency": "GBP"},
    }  # fmt: skip
    return said | changes


def test_the_same_key_is_the_same_note_however_often_it_is_asked(issuer: IssuerDouble) -> None:
    told, note = instructed()
    body = {"issuer": {"country": "IT"}, "instructed_at": "2027-01-04T11:00:00Z", **answer()}
    address = f"{issuer.url}/credit-notes/credit%3APF%3A1"
    first = ask(address, body)
    assert ask(address, body) == first
    assert ask(f"{issuer.url}/credit-notes/credit%3APF%3A2", body)["number"] != first["number"]
    read = given(START, told, note, first)
    assert (read.net, read.tax, read.gross, read.leg) == (100_000, 20_000, 120_000, "downstream")


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"number": "A\nB"},
        {"issued_at": "yesterday"},
        {"issued_at": "2027-01-04T11:00:00"},
        {"net": "1000.00"},
        {"gross": {"amount": "1200", "currency": "GBP"}},
        {"tax": {"amount": "200.00", "currency": "EUR"}},
        {"clearance_id": "x" * 201},
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_read_is_for_a_person(wrong: dict[str, Any]) -> None:
    told, note = instructed()
    with pytest.raises(ApplicationError) as info:
        given(START, told, note, answer(**wrong))
    assert info.value.non_retryable
    short = answer()
    del short["tax"]
    with pytest.raises(ApplicationError, match="has no tax"):
        given(START, told, note, short)
