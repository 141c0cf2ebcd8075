"""The description of the API, and its health."""

import re

from tests.api.calling import World, refused


def test_the_description_names_every_path(world: World) -> None:
    spec = world.nobody.get("/v1/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    served = {
        (method.lower(), re.sub(r"<(\w+)>", r"{\1}", rule.rule))
        for rule in world.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/v1/") and rule.endpoint != "api-docs.openapi_json"
    }
    described = {
        (method, path)
        for path, found in spec["paths"].items()
        for method in found
        if method in ("get", "post", "put")
    }
    assert served == described


def test_every_command_says_that_it_wants_a_key(world: World) -> None:
    """All but preview and simulation, which record nothing, and the import, whose body is a stream of rows."""
    keyless = ("/v1/cases/preview", "/v1/policies/{version}/actions/simulate", "/v1/imports")
    spec = world.nobody.get("/v1/openapi.json").json
    for path, operations in spec["paths"].items():
        if "post" in operations and path not in keyless:
            names = {parameter["name"] for parameter in operations["post"]["parameters"]}
            assert "Idempotency-Key" in names, path
            assert all(form["schema"] for form in operations["post"]["requestBody"]["content"].values()), path
            assert operations["post"]["responses"]["default"]["content"]["application/problem+json"], path


def test_the_page_reads_everything_from_here(world: World) -> None:
    page = world.nobody.get("/docs").text
    assert "/v1/cases/{ref}/actions/propose" in page
    assert "on_behalf_of" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "<script" not in page


def test_it_is_ready_when_the_database_is(world: World) -> None:
    answer = world.nobody.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["database"] == answer.json["schema"] == "ok"
    assert answer.json["outbox_lag_seconds"] >= 0
    assert world.nobody.get("/healthz").json == {"status": "ok"}


def test_an_older_schema_is_not_ready(world: World, monkeypatch: object) -> None:
    import migrations

    head = migrations.head
    migrations.head = lambda: "9999"
    try:
        assert world.nobody.get("/readyz").status_code == 503
    finally:
        migrations.head = head


def test_numbers_are_for_admins(world: World) -> None:
    refused(world.nobody.get("/metrics"), 401, "unauthenticated")
    text = world.admin.get("/metrics").text
    assert "partnerflow_requests_total" in text
    assert "partnerflow_parked_messages" in text


def test_deliveries_show_no_address_and_no_words(world: World) -> None:
    from tests.api.calling import opened, ordered

    opened(world, ordered(world))
    answer = world.admin.get("/v1/deliveries?limit=200")
    assert answer.json["items"]
    assert "@" not in answer.text
    assert "Fewer were needed" not in answer.text
