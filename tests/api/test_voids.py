"""A credit note is taken back over HTTP by two people of finance: who may not, what stays, what the record says."""

from typing import Any

import pytest

from partnerflow.store import drivers
from partnerflow.store.database import EVERY_ORGANISATION, reading, snapshot_of
from partnerflow.store.verify import verify
from tests.api.calling import World, ago, gbp, opened, ordered, refused
from tests.api.test_appeals import passed_on, read, remedied
from tests.store import builders
from tests.workflows.house import House
from tests.workflows.rows import change

LUCY = "lucy.pemberton@arbor.example"


def credited(world: World) -> dict[str, Any]:
    """10 x LIC-STD credited on both legs; its documents by leg under ``numbers``."""
    case = opened(world, ordered(world), 10)
    granted(world, case["ref"])
    remedied(world, case["ref"], 1)
    listed = world.case_manager.get(f"/v1/credit-notes?case={case['ref']}").json["items"]
    return {"ref": case["ref"], "numbers": {note["leg"]: note["number"] for note in listed}}


def granted(world: World, ref: str) -> None:
    """By whoever has each step, where the partner's other requests ask for people."""
    house = House(world.app.extensions["engine"], None)  # type: ignore[arg-type]
    builders.granted(house, ref)


def void(world: World, number: str, who: str | None = None, reason: str = "Wrong price.") -> Any:
    asking = world.person(who) if who else world.finance
    return asking.post(f"/v1/credit-notes/{number}/actions/void", {"reason": reason})


def faults(world: World) -> list[str]:
    with snapshot_of(world.app.extensions["engine"], EVERY_ORGANISATION) as session:
        return list(verify(session))


@pytest.fixture(scope="module")
def both(world: World) -> dict[str, Any]:
    """The partner's own note asked to be void, then void."""
    made = credited(world)
    number = made["numbers"]["downstream"]
    return made | {"asked": void(world, number), "done": void(world, number, LUCY)}


def test_the_first_is_told_that_another_has_to_agree_and_of_the_other_leg(both: dict[str, Any]) -> None:
    asked = both["asked"]
    assert asked.status_code == 200, asked.text
    said, other = asked.json["void"], asked.json["other_leg"]
    assert (said["state"], said["asked_by"], said["debit_note"]) == ("void_asked", "Amara Diallo", None)
    upstream = both["numbers"]["upstream"]
    assert (other["number"], other["state"]) == (upstream, "issued")
    assert other["href"] == f"/v1/credit-notes/{upstream}/actions/void"


def test_the_second_takes_it_back_and_the_case_is_assessed_again(world: World, both: dict[str, Any]) -> None:
    done = both["done"]
    assert done.status_code == 200, done.text
    debit = done.json["void"]["debit_note"]
    assert done.json["void"]["state"] == "void"
    assert debit["number"].startswith("MER-DN-")
    case = read(world.reseller, both["ref"])
    assert (case["stage"], case["amounts"]["credited"]) == ("assessment", None)
    listed = world.reseller.get(f"/v1/cases/{both['ref']}/documents").json["items"]
    (shown,) = [d for d in listed if d["kind"] == "debit_note"]
    assert (shown["number"], shown["corrects"], shown["ready"]) == (
        debit["number"], both["numbers"]["downstream"], False,
    )  # fmt: skip
    assert world.reseller.get(shown["href"]).status_code == 404, "not stored yet"


def test_the_note_itself_says_that_it_is_void_and_by_which(world: World, both: dict[str, Any]) -> None:
    number, debit = both["numbers"]["downstream"], both["done"].json["void"]["debit_note"]["number"]
    for reader in (world.reseller, world.finance):
        shown = reader.get(f"/v1/credit-notes/{number}").json
        assert (shown["voided_by"], shown["void"]["state"]) == (debit, "void")
    (listed,) = world.reseller.get(f"/v1/credit-notes?case={both['ref']}").json["items"]
    assert (listed["number"], listed["voided_by"]) == (number, debit)


def test_only_finance_reads_that_a_second_person_is_awaited(world: World) -> None:
    number = credited(world)["numbers"]["downstream"]
    assert void(world, number).status_code == 200
    shown = world.person(LUCY).get(f"/v1/credit-notes/{number}").json["void"]
    assert (shown["state"], shown["asked_by"], shown["reason"]) == (
        "void_asked",
        "Amara Diallo",
        "Wrong price.",
    )
    assert shown["asked_at"]
    for reader in (world.reseller, world.distributor, world.case_manager):
        other = reader.get(f"/v1/credit-notes/{number}")
        assert (other.json["void"]["state"], other.json["void"]["asked_by"]) == ("issued", None)
        assert "Amara Diallo" not in other.text


def test_the_record_adds_up_after_it(world: World, both: dict[str, Any]) -> None:
    assert void(world, both["numbers"]["upstream"]).status_code == 200
    assert void(world, both["numbers"]["upstream"], LUCY).status_code == 200
    assert faults(world) == []


def test_the_reseller_reads_of_its_own_leg_only(world: World, both: dict[str, Any]) -> None:
    text = world.reseller.get(f"/v1/cases/{both['ref']}/timeline").text
    assert both["numbers"]["downstream"] in text
    assert both["numbers"]["upstream"] not in text
    assert "Wrong price." not in text
    refused(void(world, both["numbers"]["upstream"], "ellie.marsh@harbour.example"), 404, "not-found")


def test_the_same_person_twice_is_one(world: World) -> None:
    number = credited(world)["numbers"]["downstream"]
    assert void(world, number).status_code == 200
    refused(void(world, number), 403, "four-eyes")


def test_a_debit_note_of_an_earlier_round_has_its_own_driver_until_it_is_stored(
    world: World, both: dict[str, Any]
) -> None:
    """The case may be in another round by then: the comparison starts what a lost wake would have."""
    engine, ref = world.app.extensions["engine"], both["ref"]

    def driven() -> set[str]:
        with reading(engine, EVERY_ORGANISATION) as session:
            return {
                record.workflow_id for record in drivers.open_records(session) if ref in record.workflow_id
            }

    assert driven() == {f"case/{ref}", f"remedy/{ref}-1"}
    later = (
        "UPDATE \"case\" SET state = jsonb_set(state, '{remedy}', state -> 'remedy' || '%s') WHERE ref = '%s'"
    )
    change(engine, later % ('{"round": 2, "state": "executing"}', ref))
    assert driven() == {f"case/{ref}", f"remedy/{ref}-1", f"remedy/{ref}-2"}
    change(engine, later % ('{"round": 2, "state": "done"}', ref))
    assert driven() == {f"case/{ref}", f"remedy/{ref}-1"}
    change(engine, later % ('{"round": 1, "state": "voided"}', ref))


def test_what_is_passed_on_stays(world: World) -> None:
    made = credited(world)
    passed_on(world, made["ref"])
    refused(void(world, made["numbers"]["downstream"]), 409, "already-settled")


def test_a_reason_is_needed_and_the_number_must_be_one(world: World) -> None:
    number = credited(world)["numbers"]["downstream"]
    refused(void(world, number, reason=" "), 422, "reason-required")
    refused(void(world, "MER-CN-2027-999999"), 404, "not-found")


def test_a_vendors_own_note_is_confirmed_and_its_difference_shown(world: World) -> None:
    """meridian loses its mandate: harbour's note comes from meridian's own system, a pound short."""
    path = "/v1/organisations/meridian/actions/change"
    changed = world.admin.post(path, {"mandated": False})
    assert changed.status_code == 200, changed.text
    made = credited(world)
    ref, case = made["ref"], read(world.distributor, made["ref"])
    (row,) = case["reconciliation"]
    assert (row["leg"], row["instructed"]["net"], row["confirmed"], row["state"]) == (
        "downstream", "312.00", None, "awaited",
    )  # fmt: skip
    body = {
        "leg": "downstream", "number": "M-4711", "issued_at": ago(minutes=1),
        "net": gbp("311.00"), "tax": gbp("62.20"), "gross": gbp("373.20"),
    }  # fmt: skip
    path = f"/v1/cases/{ref}/actions/confirm_note"
    refused(world.reseller.post(path, body), 403, "forbidden")
    refused(
        world.distributor.post(path, body | {"net": {"amount": "311.00", "currency": "EUR"}}),
        422,
        "invalid-currency",
    )
    answer = world.distributor.post(path, body)
    assert answer.status_code == 200, answer.text
    (row,) = answer.json["reconciliation"]
    assert (row["confirmed"]["number"], row["difference"]["net"], row["difference"]["gross"]) == (
        "M-4711", "-1.00", "-1.20",
    )  # fmt: skip
    assert answer.json["amounts"]["credited"]["net"] == "311.00"
    assert passed_on(world, ref)["outcome"] == "credited"
    assert faults(world) == []
    the_stated_note_is_read(world, ref)


def the_stated_note_is_read(world: World, ref: str) -> None:
    """By the number it states, among those issued here; none of its files is ours."""
    for reader, count in ((world.reseller, 1), (world.distributor, 2)):
        listed = reader.get(f"/v1/credit-notes?case={ref}").json["items"]
        assert len(listed) == count
        (stated,) = [note for note in listed if note["external"]]
        assert stated == reader.get("/v1/credit-notes/M-4711").json
        assert (stated["number"], stated["issuer"]["code"], stated["case_ref"]) == ("M-4711", "meridian", ref)
        assert (stated["net"], stated["gross"]) == (gbp("311.00"), gbp("373.20"))
        assert (stated["pdf"], stated["cii"], stated["ubl"], stated["voided_by"]) == (None,) * 4
        refused(reader.get("/v1/credit-notes/M-4711.pdf"), 404, "not-found")
    refused(world.other_reseller.get("/v1/credit-notes/M-4711"), 404, "not-found")
    pages, cursor = list[str](), ""
    while cursor is not None:
        page = world.finance.get(f"/v1/credit-notes?limit=2{cursor and f'&cursor={cursor}'}").json
        pages += [note["number"] for note in page["items"]]
        cursor = page["next_cursor"]
    assert pages == sorted(pages)
    assert "M-4711" in pages
    assert len(pages) == len(set(pages))
