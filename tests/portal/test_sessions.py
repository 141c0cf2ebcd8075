"""Sessions: one statement says who it is at every request, and one row ends it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from api.app import create_app
from tests.api.calling import World, opened, ordered, refused
from tests.api.conftest import settings
from tests.portal.browsing import HOME, Browser, link_for, token_of

ELLIE = "ellie.marsh@harbour.example"
COOKIE = "__Host-partnerflow"


def sql(world: World, statement: str, **values: Any) -> Any:
    with world.app.extensions["engine"].begin() as connection:
        found = connection.execute(text(statement), values)
        return found.scalars().all() if found.returns_rows else None


@contextmanager
def changed(world: World, there: str, back: str) -> Iterator[None]:
    sql(world, there)
    try:
        yield
    finally:
        sql(world, back)


def test_a_link_signs_in_and_leads_to_the_page_it_was_made_for(world: World, browser: Browser) -> None:
    answer = browser.sign_in(ELLIE, "/cases?stage=approval")
    assert (answer.status_code, answer.location) == (303, "/cases?stage=approval")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie and "Secure" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert browser.get("/cases").status_code == 200


def test_a_session_reads_exactly_what_a_key_of_the_same_person_reads(world: World, browser: Browser) -> None:
    case = opened(world, ordered(world))
    browser.sign_in(ELLIE)
    for path in (f"/v1/cases/{case['ref']}", f"/v1/cases/{case['ref']}/timeline", "/v1/people"):
        by_key, by_session = world.reseller.get(path), browser.get(path, Accept="application/json")
        assert by_session.status_code == 200
        assert set(by_session.json) == set(by_key.json)
        assert "upstream" not in by_session.text
    refused(browser.get("/metrics", Accept="*/*"), 403, "forbidden")


def test_the_token_is_kept_nowhere_but_in_the_cookie(world: World, browser: Browser) -> None:
    browser.sign_in(ELLIE)
    held = browser.client.get_cookie(COOKIE, domain="desk.example").value
    assert len(held) == 43
    for table in ("session", "sign_in_link", "sign_in_event"):
        assert held not in str(sql(world, f"SELECT row_to_json(t)::text FROM {table} t"))


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("UPDATE person SET active = false", "UPDATE person SET active = true"),
        ("UPDATE person SET roles = '{}'", "UPDATE person SET roles = '{buyer}'"),
        (
            "INSERT INTO absence (person, since, leaves) SELECT id, partnerflow_now(), true FROM person",
            "DELETE FROM absence WHERE leaves AND true",
        ),
        (
            "UPDATE session SET expires_at = clock_timestamp()",
            "UPDATE session SET expires_at = clock_timestamp() + interval '12 h'",
        ),
        (
            "UPDATE session SET seen_at = clock_timestamp() - interval '3 h'",
            "UPDATE session SET seen_at = clock_timestamp()",
        ),
        ("UPDATE session SET revoked_at = clock_timestamp()", "UPDATE session SET revoked_at = NULL"),
    ],
)
def test_who_left_lost_their_roles_or_stayed_too_long_is_out_at_the_next_request(
    world: World, browser: Browser, there: str, back: str
) -> None:
    browser.sign_in("karl.jensen@quayside.example")
    mine = " WHERE person = 'karl-jensen'" if "session" in there else " WHERE id = 'karl-jensen'"
    assert browser.get("/cases").status_code == 200
    undo = back + (" AND person = 'karl-jensen'" if "absence" in back else mine)
    with changed(world, there + mine, undo):
        answer = browser.get("/cases?stage=approval")
        assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fcases%3Fstage%3Dapproval")
        refused(browser.get("/v1/cases", Accept="application/json"), 401, "unauthenticated")
    assert browser.get("/cases").status_code == 200


def test_a_role_that_is_taken_is_gone_at_the_next_request(world: World, browser: Browser) -> None:
    browser.sign_in("robin.marsh@arbor.example")
    assert browser.get("/metrics", Accept="*/*").status_code == 200
    there = "UPDATE person SET roles = '{executive}' WHERE id = 'robin-marsh'"
    with changed(world, there, "UPDATE person SET roles = '{admin}' WHERE id = 'robin-marsh'"):
        refused(browser.get("/metrics", Accept="*/*"), 403, "forbidden")


def test_a_person_sees_and_ends_their_sessions_and_nobody_elses(world: World) -> None:
    here, there, stranger = (Browser(world.app, agent) for agent in ("Desktop", "Phone", "Elsewhere"))
    for one in (here, there):
        one.sign_in("ben.archer@harbour.example")
    stranger.sign_in(ELLIE)
    page = here.get("/account")
    assert "Phone" in page.text and "Desktop" in page.text and "Elsewhere" not in page.text
    ids = sql(world, "SELECT encode(id, 'hex') FROM session WHERE agent = 'Phone'")
    stranger.send(f"/account/sessions/{ids[0]}/revoke")
    assert there.get("/cases").status_code == 200
    assert here.send(f"/account/sessions/{ids[0]}/revoke").location == "/account"
    assert there.get("/cases").status_code == 303
    there.sign_in("ben.archer@harbour.example")
    here.send("/account/sessions/revoke-others")
    assert there.get("/cases").status_code == 303
    assert here.get("/cases").status_code == 200


def test_signing_out_ends_the_session_and_not_only_the_cookie(world: World, browser: Browser) -> None:
    browser.sign_in(ELLIE)
    held = browser.client.get_cookie(COOKIE, domain="desk.example").value
    answer = browser.send("/sign-out")
    assert answer.location == "/sign-in"
    thief = Browser(world.app)
    thief.client.set_cookie(COOKIE, held, domain="desk.example", secure=True)
    assert thief.get("/cases").status_code == 303


def test_the_log_says_who_came_how_and_from_where_and_cannot_be_changed(
    world: World, browser: Browser
) -> None:
    browser.sign_in("jon.fielding@meridian.example")
    browser.send("/sign-out")
    rows = sql(
        world,
        "SELECT concat_ws(' ', what, how, address, agent) FROM sign_in_event WHERE person = 'jon-fielding' ORDER BY id",
    )
    assert rows == [
        "signed-in link 127.0.0.1 Mozilla/5.0 (X11; Linux) Firefox/140",
        "signed-out self 127.0.0.1 Mozilla/5.0 (X11; Linux) Firefox/140",
    ]
    for statement in ("UPDATE sign_in_event SET what = 'x'", "DELETE FROM sign_in_event"):
        with pytest.raises(Exception, match="permission denied"):
            sql(world, statement)


def test_a_use_is_written_once_a_minute_and_not_at_every_request(world: World, browser: Browser) -> None:
    browser.sign_in("nadia.rahman@meridian.example")
    mine = "FROM session WHERE person = 'nadia-rahman' AND revoked_at IS NULL"
    before = sql(world, f"SELECT seen_at {mine}")
    browser.get("/cases")
    assert sql(world, f"SELECT seen_at {mine}") == before
    sql(
        world,
        "UPDATE session SET seen_at = clock_timestamp() - interval '2 min' WHERE person = 'nadia-rahman'",
    )
    browser.get("/cases")
    assert sql(world, f"SELECT seen_at >= clock_timestamp() - interval '1 min' {mine}") == [True]


def test_a_page_sent_without_a_session_leads_to_the_sign_in_and_back_to_the_page_above_it(
    world: World, browser: Browser
) -> None:
    answer = browser.post("/cases/PF-2027-000001/actions/note", {"text": "x"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=%2Fcases%2FPF-2027-000001")
    answer = browser.get("/cases", HX_Request="true")
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Fcases")


@pytest.mark.parametrize(
    "next_", ["//evil.example", "https://evil.example", "/\\evil.example", "/a\nb", "/sign-out", ""]
)
def test_nobody_is_led_elsewhere_after_signing_in(world: World, browser: Browser, next_: str) -> None:
    assert browser.sign_in(ELLIE, next_).location == "/"


def test_a_form_of_another_site_is_refused_whatever_it_knows(world: World, browser: Browser) -> None:
    browser.sign_in(ELLIE)
    good = {"csrf_token": token_of(browser.get("/account"))}
    for fields, headers in (
        ({}, {}),
        ({"csrf_token": "x"}, {}),
        (good, {"Origin": "https://evil.example"}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
    ):
        answer = browser.post("/sign-out", fields, Accept="application/json", **headers)
        refused(answer, 403, "csrf")
    assert browser.get("/cases").status_code == 200
    answer = browser.post("/sign-out", good, Origin="null", Sec_Fetch_Site="same-origin")
    assert answer.location == "/sign-in"


def test_json_with_a_cookie_wants_the_token_in_a_header_and_with_a_key_it_does_not(
    world: World, browser: Browser
) -> None:
    case = opened(world, ordered(world))
    browser.sign_in(ELLIE)
    path, body = f"/v1/cases/{case['ref']}/actions/note", {"text": "From the page."}
    refused(browser.json(path, body, Idempotency_Key="n-1"), 403, "csrf")
    token = token_of(browser.get("/account"))
    refused(browser.json(path, body, Idempotency_Key="n-1", X_CSRFToken=token, Origin="https://evil.example"),
            403, "csrf")  # fmt: skip
    answer = browser.json(path, body, Idempotency_Key="n-1", X_CSRFToken=token, Origin=HOME)
    assert answer.status_code == 200, answer.text
    assert world.reseller.post(path, body, Origin="https://evil.example").status_code == 200


def test_a_cookie_beside_a_bad_key_does_not_help(world: World, browser: Browser) -> None:
    browser.sign_in(ELLIE)
    for given in ("Bearer pf_unknown", "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic eDp4", ""):
        refused(browser.get("/v1/cases", Authorization=given, Accept="*/*"), 401, "unauthenticated")
    refused(browser.get(f"/v1/cases?key={world.reseller.key}", Accept="*/*"), 401, "unauthenticated")


def test_what_a_header_says_of_method_and_origin_is_ignored(world: World, browser: Browser) -> None:
    forged = {
        "X_HTTP_Method_Override": "DELETE",
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "http",
    }
    browser.sign_in("greg.osborne@meridian.example")
    answer = browser.get("/account", **forged)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text and "203.0.113.9" not in answer.text


def test_behind_ones_own_proxies_the_log_names_the_client_they_saw(world: World) -> None:
    url = world.app.extensions["engine"].url.render_as_string(hide_password=False)
    app = create_app(replace(settings(url), trusted_proxies=1), rate=1_000_000)
    token = link_for(app, "peter-holt")
    browser = Browser(app)
    page = browser.get(f"/sign-in/link/{token}")
    fields = {"csrf_token": token_of(page)}
    forged = {"X_Forwarded_For": "198.51.100.7, 203.0.113.9", "X_Forwarded_Host": "evil.example"}
    assert browser.post(f"/sign-in/link/{token}", fields, **forged).location == "/"
    assert sql(world, "SELECT address FROM sign_in_event WHERE person = 'peter-holt'") == ["203.0.113.9"]
    app.extensions["engine"].dispose()


def with_a_file(browser: Browser, token: str) -> Any:
    parts = (
        b'--cut\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token.encode(),
        b'\r\n--cut\r\nContent-Disposition: form-data; name="evidence"; filename="scan.pdf"\r\n\r\n',
        b"x" * 3_000_000,
        b"\r\n--cut--\r\n",
    )
    kind = "multipart/form-data; boundary=cut"
    return browser.client.post("/sign-out", data=b"".join(parts), content_type=kind, base_url=HOME)


def test_a_form_with_a_large_file_is_read_of_somebody_signed_in_alone(world: World, browser: Browser) -> None:
    assert with_a_file(browser, "x").location.startswith("/sign-in?")
    browser.sign_in(ELLIE)
    assert with_a_file(browser, token_of(browser.get("/account"))).location == "/sign-in"


def test_pages_bring_the_headers_that_keep_them_to_themselves(world: World, browser: Browser) -> None:
    for page in (browser.get("/sign-in"), browser.sign_in(ELLIE), browser.get("/account")):
        headers = page.headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert "camera=()" in headers["Permissions-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert 'style="' not in page.text and "<style" not in page.text and "http://" not in page.text
