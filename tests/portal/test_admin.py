"""Admin: whose pages these are, what they may show, and what is done from them."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import text

from partnerflow.store import signs
from partnerflow.store.database import unit_of_work
from tests.api.calling import World, excepted, opened, ordered
from tests.portal.browsing import Browser, token_of

ROBIN, EDITH = "robin.marsh@arbor.example", "edith.vance@arbor.example"
PAGES = [
    "/admin",
    "/admin/people",
    "/admin/people/owen-clarke",
    "/admin/coverage",
    "/admin/deliveries",
    "/admin/inbound",
    "/admin/health",
    "/admin/keys",
]
WORDS = "A sentence that nobody but its readers reads"


def signed_in(app: Flask, who: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(who).status_code == 303
    return browser


def sent(browser: Browser, path: str, page: str, **fields: str) -> int:
    return browser.send(path, page, key=uuid.uuid4().hex, **fields).status_code


@pytest.mark.parametrize("page", PAGES)
def test_admins_alone_have_these_pages(world: World, page: str) -> None:
    assert world.admin.get(page).status_code == 200
    for who in (world.reseller, world.distributor, world.case_manager, world.finance, world.executive):
        assert who.get(page).status_code == 403


def test_no_amount_and_no_word_of_a_case_is_on_any_page(world: World) -> None:
    order = ordered(world)
    opened(world, order, 7, description=WORDS, **excepted(3))
    amounts = ("31.20", "27.45", "1,560.00", "1560.00")
    for page in [*PAGES, "/admin/deliveries?state=queued"]:
        shown = world.admin.get(page).text
        assert WORDS not in shown
        assert not [amount for amount in amounts if amount in shown], page


def test_what_one_admin_asks_another_grants(world: World) -> None:
    robin, edith = signed_in(world.app, ROBIN), signed_in(world.app, EDITH)
    page = "/admin/people/yuki-tanaka"
    kept = {"name": "Yuki Tanaka", "title": "Licensing specialist", "email": "yuki.tanaka@arbor.example"}
    form = kept | {"limit": "unlimited", "manager": "", "phone": "+44 20 5550 0999"}
    answer = robin.client.post(
        f"{page}/change",
        data=form | {"roles": ["licensing", "finance"], "key": "k1", "csrf_token": _token(robin, page)},
        base_url="https://desk.example",
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 303, answer.text
    assert world.admin.get("/v1/people/yuki-tanaka").json["roles"] == ["licensing"]
    assert "Take back" in robin.get("/admin/people").text
    assert "another admin" in robin.get(page).text
    assert sent(robin, f"{page}/grant", page, answer="agree") == 403
    assert "waits for you" in edith.get("/admin").text
    assert sent(edith, f"{page}/grant", page, answer="agree") == 303
    now = world.admin.get("/v1/people/yuki-tanaka").json
    assert set(now["roles"]) == {"licensing", "finance"}
    assert now["phone"] == "+44 20 5550 0999"
    assert now["manager"] is None


def _token(browser: Browser, page: str) -> str:
    return token_of(browser.get(page))


def test_a_new_person_waits_and_a_refused_form_keeps_what_was_typed(world: World) -> None:
    robin = signed_in(world.app, ROBIN)
    form = {
        "organisation": "harbour",
        "name": "Mia Stone",
        "title": "Buyer",
        "roles": "buyer",
        "limit": "none",
    }
    refused = robin.send("/admin/people", "/admin/people", key="n1", email="no address", **form)
    assert refused.status_code == 422
    assert 'value="Mia Stone"' in refused.text
    assert sent(robin, "/admin/people", "/admin/people", email="mia@harbour.example", **form) == 303
    found = world.admin.get("/v1/people/mia-stone").json
    assert (found["roles"], found["asked"]["roles"]) == ([], ["buyer"])


def test_an_admin_ends_somebodys_session_at_once(world: World) -> None:
    robin, owen = signed_in(world.app, ROBIN), signed_in(world.app, "owen.clarke@arbor.example")
    page = robin.get("/admin/people/owen-clarke").text
    path = page.split('action="/admin/people/owen-clarke/sessions/')[1].split('"')[0]
    assert owen.get("/").status_code == 200
    assert sent(robin, f"/admin/people/owen-clarke/sessions/{path}", "/admin/people/owen-clarke") == 303
    assert owen.get("/").status_code == 303


def test_a_gap_is_shown_where_its_row_was_taken_out(world: World) -> None:
    robin = signed_in(world.app, ROBIN)
    assert "Everything is covered" in robin.get("/admin/coverage").text
    rows = world.admin.get("/v1/coverage?role=licensing").json["items"]
    for row in rows:
        assert sent(robin, f"/admin/coverage/{row['id']}/remove", "/admin/coverage") == 303
    page = robin.get("/admin/coverage").text
    assert "covered by nobody" in page
    assert "no row" in page
    for row in rows:
        form = {"role": "licensing", "person": row["person"]["id"], "country": "", "family": "", "tier": ""}
        assert sent(robin, "/admin/coverage", "/admin/coverage", **form) == 303
    assert "Everything is covered" in robin.get("/admin/coverage").text


def test_a_parked_message_is_sent_again(world: World) -> None:
    opened(world, ordered(world), 1)
    with unit_of_work(world.app.extensions["engine"]) as session:
        found = session.scalar(
            text("UPDATE delivery SET state = 'parked', attempt = 8, reason = 'No such box.' "
                 "WHERE id = (SELECT min(id) FROM delivery) RETURNING id")
        )  # fmt: skip
    robin = signed_in(world.app, ROBIN)
    assert "No such box." in robin.get("/admin/deliveries?state=parked").text
    assert sent(robin, f"/admin/deliveries/{found}/redeliver", "/admin/deliveries") == 303
    assert "No such box." not in robin.get("/admin/deliveries").text
    again = world.admin.post(f"/v1/deliveries/{found}/actions/redeliver", {})
    assert (again.status_code, again.json["code"]) == (409, "wrong-state")
    assert world.finance.post(f"/v1/deliveries/{found}/actions/redeliver", {}).status_code == 403
    assert world.admin.post("/v1/deliveries/nothing/actions/redeliver", {}).status_code == 404


def test_health_says_what_the_rounds_found(world: World) -> None:
    engine = world.app.extensions["engine"]
    with unit_of_work(engine) as session:
        signs.notice(session, signs.VERIFIED, 2, [f"{WORDS}: 31.20", "another"])
        signs.notice(session, signs.COMPARED, 0)
    page = world.admin.get("/admin/health").text
    assert "Keep the database as it is" in page
    assert WORDS not in page
    assert 'partnerflow_round_found{round="verified"} 2.0' in world.admin.get("/metrics").text
    with unit_of_work(engine) as session:
        signs.notice(session, signs.VERIFIED, 0)
    assert "Keep the database as it is" not in world.admin.get("/admin/health").text


def test_a_keys_secret_is_shown_once_and_works_until_it_is_revoked(world: World) -> None:
    robin = signed_in(world.app, ROBIN)
    form = {"person": "nadia-rahman", "label": "warehouse", "scopes": "orders:read", "key": "secret-1"}
    first = robin.send("/admin/keys", "/admin/keys", **form)
    secret = first.text.split('<code class="wrap">')[1].split("<")[0]
    again = robin.send("/admin/keys", "/admin/keys", **form)
    assert (first.status_code, again.status_code) == (200, 303)
    assert secret not in robin.get("/admin/keys").text
    asked = {"Authorization": f"Bearer {secret}"}
    assert world.app.test_client().get("/v1/orders", headers=asked).status_code == 200
    made = next(
        each
        for each in world.admin.get("/v1/api-keys?limit=200").json["items"]
        if each["label"] == "warehouse"
    )
    assert sent(robin, f"/admin/keys/{made['id']}/revoke", "/admin/keys") == 303
    assert world.app.test_client().get("/v1/orders", headers=asked).status_code == 401


def test_a_record_without_a_driver_is_red_once_comparisons_do_not_help(world: World) -> None:
    engine = world.app.extensions["engine"]
    with unit_of_work(engine) as session:
        signs.notice(session, signs.COMPARED, 3)
    assert "it does not help" not in world.admin.get("/admin/health").text
    with unit_of_work(engine) as session:
        session.execute(text("UPDATE watch SET wrong_since = wrong_since - interval '10 minutes'"))
        signs.notice(session, signs.COMPARED, 1)
    assert "it does not help" in world.admin.get("/admin/health").text
    with unit_of_work(engine) as session:
        signs.notice(session, signs.COMPARED, 0)
    assert "it does not help" not in world.admin.get("/admin/health").text
