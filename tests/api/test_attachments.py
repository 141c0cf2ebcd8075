"""Evidence by upload: who may add and read it, what it becomes, and that it is given out harmless."""

import pytest

from tests.api.calling import World, a_case, attached, excepted, opened, ordered, refused
from tests.notifications.test_attachments import PDF, REFUSED

EVIDENCE = b"Four keys were never used."


@pytest.fixture(scope="module")
def path(world: World) -> str:
    return f"/v1/cases/{opened(world, ordered(world), 2)['ref']}"


def names(world: World, who: str, path: str) -> set[str]:
    answer = getattr(world, who).get(f"{path}/documents")
    assert answer.status_code == 200, answer.text
    return {item["name"] for item in answer.json["items"] if item["kind"] == "attachment"}


def test_a_file_is_listed_told_and_downloaded_as_it_came(world: World, path: str) -> None:
    added = attached(world.reseller, path, "../keys für Müller.txt", EVIDENCE)
    assert added.status_code == 201, added.text
    item = added.json
    assert added.headers["Location"] == item["href"]
    assert (item["kind"], item["leg"], item["ready"], item["size"]) == (
        "attachment",
        None,
        True,
        len(EVIDENCE),
    )
    assert item["name"] == "keys für Müller.txt"
    assert item in world.distributor.get(f"{path}/documents").json["items"]
    told = world.reseller.get(f"{path}/timeline").json["items"][-1]
    assert (told["event"], told["data"]["id"]) == ("case.document_added", item["id"])
    got = world.case_manager.get(item["href"])
    assert got.data == EVIDENCE
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")
    assert got.headers["Content-Disposition"].startswith("attachment; filename")
    assert "M%C3%BCller.txt" in got.headers["Content-Disposition"]


def test_the_same_key_and_file_is_one_file_and_another_file_is_refused(world: World, path: str) -> None:
    first = attached(world.reseller, path, "a.txt", EVIDENCE, key="file-1")
    again = attached(world.reseller, path, "a.txt", EVIDENCE, key="file-1")
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = attached(world.reseller, path, "a.txt", EVIDENCE + b"!", key="file-1")
    refused(other, 422, "idempotency-key-reused")


def test_a_file_of_our_own_stays_with_us(world: World, path: str) -> None:
    ours = attached(world.case_manager, path, "margin.txt", b"Ours.", visibility="internal")
    assert ours.status_code == 201
    assert "margin.txt" in names(world, "finance", path)
    for who in (world.reseller, world.distributor):
        refused(who.get(ours.json["href"]), 404, "not-found")
        assert "margin" not in who.get(path).text + who.get(f"{path}/timeline").text
        assert "margin" not in who.get(f"{path}/documents").text
    refused(world.admin.get(ours.json["href"]), 403, "forbidden")


def test_another_organisation_finds_neither_the_case_nor_its_files(world: World, path: str) -> None:
    added = attached(world.reseller, path, "b.txt", EVIDENCE).json
    refused(world.other_reseller.get(added["href"]), 404, "not-found")
    refused(attached(world.other_reseller, path, "b.txt", EVIDENCE), 404, "not-found")
    other = opened(world, ordered(world), 1)["ref"]
    refused(world.reseller.get(f"/v1/cases/{other}/attachments/{added['id']}"), 404, "not-found")


@pytest.mark.parametrize(
    "why", ["empty", "too large", "a program called pdf", "svg", "password", "a bomb", "a huge image"]
)
def test_what_is_no_evidence_leaves_nothing(world: World, path: str, why: str) -> None:
    name, content, code = REFUSED[why]
    before = names(world, "reseller", path)
    refused(attached(world.reseller, path, name, content), 413 if code == "file-too-large" else 422, code)
    assert names(world, "reseller", path) == before


@pytest.mark.parametrize("cut", [60, 200, 320])
def test_a_cut_upload_leaves_nothing_and_works_again(world: World, path: str, cut: int) -> None:
    edge = "cut"
    whole = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="c{cut}.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + PDF * 5 + f"\r\n--{edge}--\r\n".encode()  # fmt: skip
    headers = {
        "Idempotency-Key": f"cut-{cut}",
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    answer = world.reseller.raw("POST", f"{path}/attachments", whole[:cut], headers)
    refused(answer, 400, "bad-request")
    assert f"c{cut}.pdf" not in names(world, "reseller", path)
    assert world.reseller.raw("POST", f"{path}/attachments", whole, headers).status_code == 201


def test_a_form_that_is_none_is_refused(world: World, path: str) -> None:
    refused(world.reseller.post(f"{path}/attachments", {"file": "x"}), 415, "unsupported-media-type")
    refused(attached(world.reseller, path, "a.txt", EVIDENCE, role="admin"), 422, "unknown-member")
    refused(attached(world.reseller, path, "a.txt", EVIDENCE, visibility="x"), 422, "invalid-parameter")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(world.reseller.raw("POST", f"{path}/attachments", b"", headers), 400, "idempotency-key-missing")


def test_an_exception_rests_on_files_of_its_own_case(world: World) -> None:
    order = ordered(world)
    case = opened(world, order, 40)
    path = f"/v1/cases/{case['ref']}"
    proof = attached(world.reseller, path, "log.txt", EVIDENCE).json["id"]
    asked = {"justification": "Never used.", "lines": [{"line_no": 1, "quantity": 1, "percent": "50"}]}
    act = f"{path}/actions/request_exception"
    refused(world.reseller.post(act, asked | {"attachments": ["nothing"]}), 422, "invalid-parameter")
    refused(
        world.reseller.post("/v1/cases", a_case(order["id"], exception=asked | {"attachments": [proof]})),
        422,
        "invalid-parameter",
    )
    told = world.reseller.post(act, asked | {"attachments": [proof]})
    assert told.status_code == 200, told.text
    assert told.json["exception"]["attachments"] == [proof]


def test_a_disputed_fact_is_upheld_with_a_file_that_both_sides_can_read(world: World) -> None:
    path = f"/v1/cases/{opened(world, ordered(world), 40, **excepted())['ref']}"
    said = {"fact": "activated-1", "text": "None is."}
    assert world.reseller.post(f"{path}/actions/dispute_fact", said).status_code == 200
    ours = attached(world.case_manager, path, "ours.txt", EVIDENCE, visibility="internal").json["id"]
    shown = attached(world.case_manager, path, "log.txt", EVIDENCE).json["id"]
    act, upheld = f"{path}/actions/uphold_fact", {"fact": "activated-1", "evidence": "The vendor's log."}
    refused(world.case_manager.post(act, upheld | {"attachments": [ours]}), 422, "invalid-parameter")
    assert world.case_manager.post(act, upheld | {"attachments": [shown]}).status_code == 200
    facts = world.reseller.get(f"{path}/facts").json["items"]
    fact = next(each for each in facts if each["id"] == "activated-1")
    assert fact["upheld"]["attachments"] == [shown]
