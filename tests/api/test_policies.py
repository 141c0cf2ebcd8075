"""Policy over HTTP: drafted by one person, published by another, read by nobody but the operator."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partnerflow.store.policies import source
from tests.api.calling import Caller, World, ago, opened, ordered, refused

TEXT = source("default")
DEFAULT = "warnings: [50, 80]"
"""What the tests change."""


def priya(world: World) -> Caller:
    """A channel manager."""
    return world.person("priya.nair@arbor.example")


def amara(world: World) -> Caller:
    """Of finance."""
    return world.person("amara.diallo@arbor.example")


def helen(world: World) -> Caller:
    """An executive."""
    return world.person("helen.ashworth@arbor.example")


def edited(warnings: str = "[25, 75]") -> str:
    return TEXT.replace(DEFAULT, f"warnings: {warnings}")


def drafted(who: Caller, text: str | None = None, note: str = "Warn earlier.") -> int:
    answer = who.post("/v1/policies", {"source": text or edited(), "note": note})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/policies/{answer.json['version']}"
    return int(answer.json["version"])


def publish(who: Caller, version: int, **body: Any) -> Any:
    return who.post(f"/v1/policies/{version}/actions/publish", body)


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_shipped_is_in_force_and_can_be_read_as_it_was_written(world: World) -> None:
    shipped = priya(world).get("/v1/policies/1").json
    assert (shipped["name"], shipped["state"], shipped["author"]) == (
        "default",
        "current",
        {"name": "shipped"},
    )
    assert (shipped["source"], shipped["document"]["warnings"]) == (TEXT, [50, 80])
    assert priya(world).get("/v1/policies/current").json["version"] == 1


def test_a_draft_keeps_its_text_its_author_and_why(world: World) -> None:
    version = drafted(priya(world))
    found = amara(world).get(f"/v1/policies/{version}").json
    assert (found["state"], found["note"], found["effective_at"], found["approver"]) == (
        "draft",
        "Warn earlier.",
        None,
        None,
    )
    assert found["author"]["name"] == "Priya Nair"
    assert (found["source"], found["document"]["warnings"]) == (edited(), [25, 75])
    listed = amara(world).get("/v1/policies").json["items"]
    assert listed[0]["version"] == version
    assert "document" not in listed[0]


def test_a_draft_may_come_as_data_and_gets_a_text(world: World) -> None:
    document = priya(world).get("/v1/policies/1").json["document"] | {"warnings": [10]}
    answer = priya(world).post("/v1/policies", {"document": document})
    assert answer.status_code == 201, answer.text
    found = priya(world).get(f"/v1/policies/{answer.json['version']}").json
    assert found["document"] == document
    again = priya(world).post("/v1/policies?dry_run=true", {"source": found["source"]})
    assert (again.status_code, again.json["document"]) == (200, document)


def test_every_fault_is_told_with_its_line_and_column(world: World) -> None:
    text = edited("[50, 120]").replace("when: activated\n", "when: activated &\n")
    problem = refused(priya(world).post("/v1/policies", {"source": text}), 422, "invalid-policy")
    lines = text.split("\n")
    assert [(e["pointer"], e["path"]) for e in problem["errors"]] == [
        ("/source", "rules[0].when"),
        ("/source", "warnings[1]"),
    ]
    for error, word in zip(problem["errors"], ("&", "120"), strict=True):
        assert lines[error["line"] - 1][error["column"] - 1 :].startswith(word), error
    assert problem["detail"].startswith(f"Line {problem['errors'][0]['line']}, column ")


def test_a_fault_of_a_document_that_came_as_data_has_its_pointer(world: World) -> None:
    document = priya(world).get("/v1/policies/1").json["document"]
    document["routes"][2]["steps"][1]["role"] = "cfo"
    problem = refused(priya(world).post("/v1/policies", {"document": document}), 422, "invalid-policy")
    (error,) = problem["errors"]
    assert (error["pointer"], error["line"]) == ("/document/routes/2/steps/1/role", None)


def test_persons_who_could_not_decide_are_faults_where_they_are_named(world: World) -> None:
    text = TEXT.replace("- role: executive", "- person: [helen-ashworth, ellie-marsh, nobody, robin-marsh]")
    problem = refused(priya(world).post("/v1/policies", {"source": text}), 422, "invalid-policy")
    assert [error["path"].rpartition(".")[2] for error in problem["errors"]] == [
        "person[1]",
        "person[2]",
        "person[3]",
    ]
    for error, word in zip(problem["errors"], ("ellie-marsh", "nobody", "robin-marsh"), strict=True):
        assert text.split("\n")[error["line"] - 1][error["column"] - 1 :].startswith(word)


def test_a_dry_run_validates_and_records_nothing(world: World) -> None:
    before = priya(world).get("/v1/policies").json["items"][0]["version"]
    key = {"headers": {"Content-Type": "application/json"}}
    answer = priya(world).raw("POST", "/v1/policies?dry_run=true", b'{"source": "a: 1"}', key["headers"])
    assert refused(answer, 422, "invalid-policy")["errors"][0]["line"] == 1
    answer = priya(world).post("/v1/policies?dry_run=true", {"source": edited()})
    assert (answer.status_code, answer.json["valid"]) == (200, True)
    assert priya(world).get("/v1/policies").json["items"][0]["version"] == before
    refused(world.reseller.post("/v1/policies?dry_run=true", {"source": edited()}), 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid-parameter"),
        ({"source": TEXT, "document": {}}, "invalid-parameter"),
        ({"source": 7}, "invalid-parameter"),
        ({"document": []}, "invalid-parameter"),
        ({"source": TEXT, "author": "amara-diallo"}, "unknown-member"),
        ({"source": TEXT, "effective_at": "2027-01-01T00:00:00Z"}, "unknown-member"),
        ({"source": TEXT, "note": "x" * 2_001}, "text-too-long"),
        ({"source": "a\0b"}, "invalid-text"),
        ({"document": {"name": "\ud800"}}, "invalid-policy"),
        ({"document": {"\ud800\0": 1}}, "invalid-policy"),
        ({"source": 'name: "\\ud800"\n"\\0": 1'}, "invalid-policy"),
        ({"document": {"rules": [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}}, "invalid-policy"),
        ({"source": ""}, "invalid-policy"),
    ],
)
def test_a_body_that_is_no_draft_is_refused(world: World, body: dict[str, Any], code: str) -> None:
    refused(priya(world).post("/v1/policies", body), 422, code)


def test_too_large_a_draft_is_refused(world: World) -> None:
    refused(priya(world).post("/v1/policies", {"source": TEXT + "#" * 70_000}), 413, "body-too-large")


def test_another_person_publishes_and_the_version_before_is_superseded(world: World) -> None:
    version = drafted(priya(world))
    before = priya(world).get("/v1/policies/current").json["version"]
    answer = publish(amara(world), version)
    assert answer.status_code == 200, answer.text
    assert (answer.json["state"], answer.json["approver"]["name"]) == ("current", "Amara Diallo")
    assert answer.json["clocks"] is None
    assert helen(world).get("/v1/policies/current").json["version"] == version
    assert helen(world).get(f"/v1/policies/{before}").json["state"] == "superseded"


def test_an_executive_may_publish_and_an_instant_ahead_is_waited_for(world: World) -> None:
    version = drafted(amara(world))
    when = ahead(days=3)
    answer = publish(helen(world), version, effective_at=when)
    assert (answer.json["state"], answer.json["effective_at"]) == ("scheduled", when)
    assert helen(world).get("/v1/policies/current").json["version"] != version


def test_no_body_at_all_publishes_at_once(world: World) -> None:
    version = drafted(priya(world))
    key = {"Idempotency-Key": "no-body"}
    answer = amara(world).raw("POST", f"/v1/policies/{version}/actions/publish", "", key)
    assert (answer.status_code, answer.json["state"], answer.json["clocks"]) == (200, "current", None)


def test_the_author_never_publishes_their_own(world: World) -> None:
    version = drafted(amara(world))
    refused(publish(amara(world), version), 403, "four-eyes")
    assert amara(world).get(f"/v1/policies/{version}").json["state"] == "draft"


def test_what_is_published_is_published_once(world: World) -> None:
    version = drafted(priya(world))
    assert publish(amara(world), version).status_code == 200
    refused(publish(helen(world), version), 409, "wrong-state")


def test_the_past_cannot_be_ruled_but_a_moment_ago_means_now(world: World) -> None:
    version = drafted(priya(world))
    problem = refused(publish(amara(world), version, effective_at=ago(minutes=6)), 422, "invalid-date")
    assert problem["errors"][0]["pointer"] == "/effective_at"
    refused(publish(amara(world), version, effective_at="tomorrow"), 422, "invalid-date")
    refused(publish(amara(world), version, effective_at="9999-12-31T00:00:00Z"), 422, "invalid-date")
    answer = publish(amara(world), version, effective_at=ago(minutes=4))
    assert answer.json["state"] == "current"
    assert answer.json["effective_at"] == answer.json["published_at"]


def test_a_person_who_left_since_the_draft_stops_the_publication(world: World) -> None:
    from sqlalchemy import text

    from partnerflow.store.database import unit_of_work

    wanted = TEXT.replace("- role: executive", "- person: ingrid-solberg")
    named = {p["email"].partition("@")[0].replace(".", "-") for p in world.seeded.people}
    person = sorted(named - {"priya-nair", "amara-diallo", "helen-ashworth", "robin-marsh"})
    staff = next(p for p in person if p == "yuki-tanaka")
    version = drafted(priya(world), wanted.replace("ingrid-solberg", staff))
    engine = world.app.extensions["engine"]
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE person SET active = false WHERE id = :who"), {"who": staff})
    problem = refused(publish(amara(world), version), 422, "invalid-policy")
    assert problem["errors"][0]["line"]
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE person SET active = true WHERE id = :who"), {"who": staff})


def test_repeating_a_draft_makes_no_second_version(world: World) -> None:
    body = {"source": edited("[33]")}
    first = priya(world).post("/v1/policies", body, idempotency_key="draft-33")
    again = priya(world).post("/v1/policies", body, idempotency_key="draft-33")
    assert (first.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    refused(
        priya(world).post("/v1/policies", {"source": edited("[34]")}, idempotency_key="draft-33"),
        422,
        "idempotency-key-reused",
    )


def test_a_reseller_and_a_distributor_learn_nothing_of_it(world: World) -> None:
    version = drafted(priya(world))
    for partner in (world.reseller, world.distributor):
        refused(partner.get("/v1/policies"), 403, "forbidden")
        refused(partner.get("/v1/policies/current"), 404, "not-found")
        same = refused(partner.get(f"/v1/policies/{version}"), 404, "not-found")
        assert same == refused(partner.get("/v1/policies/999"), 404, "not-found")
        refused(partner.post("/v1/policies", {"source": "- not\n- a policy"}), 403, "forbidden")
        refused(publish(partner, version), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["/v1/policies/0", "/v1/policies/999", "/v1/policies/x", "/v1/policies/" + "9" * 30]
)
def test_an_unknown_version_is_not_found(world: World, path: str) -> None:
    refused(priya(world).get(path), 404, "not-found")
    refused(amara(world).post(f"{path}/actions/publish", {}), 404, "not-found")


RIGHTS = {
    # who                            reads draft publishes
    "priya.nair@arbor.example": (200, 201, 403),
    "amara.diallo@arbor.example": (200, 201, 200),
    "helen.ashworth@arbor.example": (200, 403, 200),
    "owen.clarke@arbor.example": (200, 403, 403),
    "yuki.tanaka@arbor.example": (200, 403, 403),
    "robin.marsh@arbor.example": (200, 403, 403),
    "nadia.rahman@meridian.example": (403, 403, 404),
    "ellie.marsh@harbour.example": (403, 403, 404),
}


@pytest.mark.parametrize(("email", "may"), RIGHTS.items())
def test_who_may_do_what_and_admin_never(world: World, email: str, may: tuple[int, int, int]) -> None:
    who, version = world.person(email), drafted(priya(world))
    assert who.get("/v1/policies").status_code == may[0]
    assert who.post("/v1/policies", {"source": edited()}).status_code == may[1]
    assert publish(who, version).status_code == may[2]


def test_without_a_key_nobody_is_anybody(world: World) -> None:
    for answer in (
        world.nobody.get("/v1/policies"),
        world.nobody.post("/v1/policies", {"source": TEXT}),
        publish(world.nobody, 1),
    ):
        refused(answer, 401, "unauthenticated")


def test_a_key_does_only_what_it_was_made_for(world: World) -> None:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.seed import new_key

    with unit_of_work(world.app.extensions["engine"]) as session:
        key = new_key(session, "amara-diallo", label="reads policies", scopes=["policies:read"])
    reading = Caller(world.app, key)
    assert reading.get("/v1/policies/current").status_code == 200
    refused(reading.post("/v1/policies", {"source": TEXT}), 403, "forbidden")
    refused(publish(reading, drafted(priya(world))), 403, "forbidden")


def test_the_list_goes_on_where_a_page_ends(world: World) -> None:
    for warnings in ("[1]", "[2]", "[3]"):
        drafted(priya(world), edited(warnings))
    seen, path = [], "/v1/policies?limit=2"
    while path:
        page = priya(world).get(path).json
        assert len(page["items"]) <= 2
        seen += [item["version"] for item in page["items"]]
        path = f"/v1/policies?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert seen == sorted(set(seen), reverse=True)
    assert seen[-1] == 1


def simulated(who: Caller, version: int, **body: Any) -> Any:
    return who.raw(
        "POST",
        f"/v1/policies/{version}/actions/simulate",
        json.dumps(body),
        {"Content-Type": "application/json"},
    )


def test_a_simulation_answers_in_numbers_and_by_case_and_records_nothing(world: World) -> None:
    from sqlalchemy import text

    from partnerflow.store.database import unit_of_work

    case = opened(world, ordered(world), 10)  # 312.00, automatic
    version = drafted(priya(world), TEXT.replace("aggregate <= 50000", "aggregate <= 10000"))
    counts = (
        "SELECT (SELECT count(*) FROM command), (SELECT count(*) FROM event), (SELECT count(*) FROM wake)"
    )
    with unit_of_work(world.app.extensions["engine"]) as session:
        before = session.execute(text(counts)).one()
    answer = simulated(priya(world), version, days=30)
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert (found["cases"], found["changed"], found["days"], found["version"]) == (1, 1, 30, version)
    net = {"amount": "312.00", "currency": "GBP"}
    assert found["routes"] == [{"from": "automatic", "to": "one-step", "count": 1, "net": net}]
    assert found["outcomes"] == [{"from": "automatic", "to": "1 step", "count": 1, "net": net}]
    assert found["deciders"] == [{"person": "Priya Nair", "before": 0, "after": 1}]
    assert found["automatic"] == {
        "before": {"cases": 1, "net": net},
        "after": {"cases": 0, "net": {"amount": "0.00", "currency": "GBP"}},
    }
    assert (found["deadlines"]["later"], found["deadlines"]["median_minutes_before"]) == (1, 0)
    (item,) = found["items"]
    assert (item["ref"], item["requested"]) == (case["ref"], net)
    assert (item["before"]["outcome"], item["after"]["route"]) == ("automatic", "one-step")
    assert item["after"]["steps"] == [{"step": "channel_manager", "deciders": ["Priya Nair"]}]
    with unit_of_work(world.app.extensions["engine"]) as session:
        assert session.execute(text(counts)).one() == before


def test_a_simulation_is_the_last_quarter_unless_other_days_are_said(world: World) -> None:
    assert simulated(amara(world), 1).json["days"] == 92
    assert amara(world).raw("POST", "/v1/policies/1/actions/simulate", "", {}).json["days"] == 92
    for days in (0, 401, "7", 1.5):
        refused(simulated(amara(world), 1, days=days), 422, "invalid-parameter")


def test_who_neither_drafts_nor_publishes_tries_no_policy(world: World) -> None:
    for email in ("owen.clarke@arbor.example", "robin.marsh@arbor.example"):
        refused(simulated(world.person(email), 1), 403, "forbidden")
    for partner in (world.reseller, world.distributor):
        refused(simulated(partner, 1), 404, "not-found")
    refused(simulated(world.nobody, 1), 401, "unauthenticated")
    refused(simulated(amara(world), 999), 404, "not-found")
    assert simulated(helen(world), 1).status_code == 200
