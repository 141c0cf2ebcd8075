"""One table of codes, one shape of problems, and no route that forgets to ask who it is."""

import re

import pytest

from api.auth import PUBLIC
from api.entrance import MACHINES
from api.errors import STATUS
from partnerflow.refusals import CODES
from tests.api.calling import World, refused


def test_every_refusal_of_the_domain_has_a_status() -> None:
    assert set(STATUS) >= CODES


def test_every_route_asks_for_a_key_unless_it_is_named_public(world: World) -> None:
    asked = 0
    for rule in world.app.url_map.iter_rules():
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            if rule.endpoint in PUBLIC:
                continue
            answer = world.nobody.raw(method, re.sub(r"<[^>]+>", "x", rule.rule), b"", {})
            if not rule.rule.startswith(MACHINES):
                assert rule.endpoint.startswith("portal.sign_in.") or answer.location.startswith("/sign-in?")
                continue
            body = refused(answer, 401, "unauthenticated")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert body["errors"] == []
            asked += 1
    assert asked > 25


def test_public_routes_are_exactly_health_and_the_description(world: World) -> None:
    paths = {rule.rule for rule in world.app.url_map.iter_rules() if rule.endpoint in PUBLIC}
    assert paths == {"/healthz", "/readyz", "/v1/openapi.json", "/docs", "/static/<version>/<name>"}


@pytest.mark.parametrize("key", ["", "pf_unknown", "Basic pf_x", "eyJhbGciOiJub25lIn0.e30."])
def test_a_key_that_is_none_is_unauthenticated(world: World, key: str) -> None:
    answer = world.nobody.get("/v1/cases", Authorization=f"Bearer {key}")
    refused(answer, 401, "unauthenticated")


@pytest.mark.parametrize("name", ["api_key", "token", "q"])
def test_a_key_in_the_address_is_refused_even_beside_a_good_one(world: World, name: str) -> None:
    answer = world.reseller.get(f"/v1/cases?{name}={world.reseller.key}")
    refused(answer, 401, "unauthenticated")
    assert (world.reseller.key or "?") not in answer.text


def test_a_revoked_key_and_one_of_somebody_who_left_sign_nobody_in(world: World) -> None:
    from sqlalchemy import text

    karl = next(p["key"] for p in world.seeded.people if p["name"] == "Karl Jensen")
    engine = world.app.extensions["engine"]
    for change, back in (
        (
            "UPDATE api_key SET revoked_at = now() WHERE person = 'karl-jensen'",
            "UPDATE api_key SET revoked_at = NULL WHERE person = 'karl-jensen'",
        ),
        (
            "UPDATE person SET active = false WHERE id = 'karl-jensen'",
            "UPDATE person SET active = true WHERE id = 'karl-jensen'",
        ),
    ):
        with engine.begin() as connection:
            connection.execute(text(change))
        answer = world.nobody.get("/v1/cases", Authorization=f"Bearer {karl}")
        refused(answer, 401, "unauthenticated")
        with engine.begin() as connection:
            connection.execute(text(back))
        assert world.nobody.get("/v1/cases", Authorization=f"Bearer {karl}").status_code == 200


def test_an_unknown_path_and_a_wrong_method_are_problems_too(world: World) -> None:
    refused(world.reseller.get("/v1/nothing"), 404, "not-found")
    answer = world.reseller.raw("DELETE", "/v1/cases", b"", {})
    refused(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_a_method_override_is_ignored(world: World) -> None:
    assert world.reseller.get("/v1/cases", X_HTTP_Method_Override="DELETE").status_code == 200


def test_links_come_from_the_configured_address_not_from_the_request(world: World) -> None:
    from tests.api.calling import opened, ordered

    case = opened(world, ordered(world))
    forged = {"X_Forwarded_Host": "evil.example", "X_Forwarded_For": "1.2.3.4", "Host": "evil.example"}
    answer = world.reseller.get(f"/v1/cases/{case['ref']}", **forged)
    assert answer.json["links"]["portal"].startswith("https://desk.example/")
    assert "evil.example" not in answer.text


def test_a_fault_of_ours_says_nothing_of_its_inside(world: World) -> None:
    from partnerflow.store import listing

    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    original = listing.list_cases
    listing.list_cases = None  # type: ignore[assignment]
    try:
        answer = world.reseller.get("/v1/cases")
    finally:
        listing.list_cases = original
    body = refused(answer, 500, "internal-error")
    assert "NoneType" not in answer.text
    assert "Traceback" not in body["detail"]


def test_every_answer_carries_the_headers_that_keep_browsers_safe(world: World) -> None:
    for answer in (world.nobody.get("/healthz"), world.nobody.get("/docs"), world.reseller.get("/v1/cases")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Werkzeug" not in answer.headers.get("Server", "")


def test_the_database_away_is_unavailable_and_may_be_asked_again(world: World) -> None:
    from api.app import create_app
    from tests.api.calling import Caller
    from tests.api.conftest import settings

    app = create_app(settings("postgresql://partnerflow_app@127.0.0.1:1/none"))
    answer = Caller(app, world.reseller.key).get("/v1/cases")
    refused(answer, 503, "unavailable")
    assert answer.headers["Retry-After"]
    assert Caller(app, None).get("/readyz").status_code == 503
    assert Caller(app, None).get("/healthz").status_code == 200
    refused(
        Caller(app, world.reseller.key).post("/v1/cases/PF-1/actions/note", {"text": "x"}), 503, "unavailable"
    )
