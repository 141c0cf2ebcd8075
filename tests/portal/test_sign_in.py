"""Ways in: the mailed link and the password. Neither says whether somebody is known."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from api.embedded.mail import MailSink, messages
from partnerflow.store import links, outbox
from partnerflow.store.database import unit_of_work
from tests.api.calling import World, refused
from tests.api.conftest import settings
from tests.portal.browsing import Browser, link_for, token_of
from workflows.activities.messages import send_once
from workflows.worker import sender

ELLIE, BEN = "ellie.marsh@harbour.example", "ben.archer@harbour.example"
LONG = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_brake(world: World) -> None:
    sql(world, "DELETE FROM sign_in_brake")


def sql(world: World, statement: str, **values: Any) -> Any:
    with world.app.extensions["engine"].begin() as connection:
        found = connection.execute(text(statement), values)
        return found.scalars().all() if found.returns_rows else None


def asked(browser: Browser, email: str, **fields: str) -> Any:
    return browser.send("/sign-in", "/sign-in", email=email, **fields)


def mailed(world: World, sink: MailSink) -> list[Any]:
    """What goes out now, as the worker sends it."""
    from dataclasses import replace

    engine = world.app.extensions["engine"]
    told = replace(settings(str(engine.url)), smtp_url=sink.url)
    with unit_of_work(engine) as session:
        waiting = outbox.unsent(session, [], limit=50)
    for each in waiting:
        send_once(engine, sender(engine, told), each)
    return [mail for mail in messages(sink.directory) if mail["X-Partnerflow-Event"] == links.EVENT]


def test_the_mail_of_a_person_who_asked_brings_a_link_that_signs_them_in(
    world: World, browser: Browser, mail: MailSink
) -> None:
    answer = asked(browser, ELLIE.upper(), next="/cases?stage=closed")
    assert (answer.status_code, answer.location) == (303, "/sign-in/sent")
    assert "15 minutes" in browser.get("/sign-in/sent").text
    (sent,) = mailed(world, mail)
    assert sent["To"] == f"Ellie Marsh <{ELLIE}>"
    body = sent.get_body(("plain",)).get_content()
    (link,) = re.findall(r"https://desk\.example(/sign-in/link/\S+)", body)
    assert link in sent.get_body(("html",)).get_content()
    page = browser.get(link)
    assert "Welcome, Ellie Marsh" in page.text
    answer = browser.post(link, {"csrf_token": token_of(page)})
    assert (answer.status_code, answer.location) == (303, "/cases?stage=closed")
    token = link.rpartition("/")[2]
    for table in ("delivery", "sign_in_link", "sign_in_event", "command"):
        assert token not in str(sql(world, f"SELECT row_to_json(t)::text FROM {table} t"))


@pytest.mark.parametrize("email", ["nobody@harbour.example", "left@harbour.example"])
def test_an_address_nobody_has_is_answered_the_same_and_gets_nothing(
    world: World, email: str, mail: MailSink
) -> None:
    known, unknown = asked(Browser(world.app), BEN), asked(Browser(world.app), email)
    assert (known.status_code, known.location, known.text) == (
        unknown.status_code,
        unknown.location,
        unknown.text,
    )
    assert [sent["To"] for sent in mailed(world, mail)] == [f"Ben Archer <{BEN}>"]
    assert (
        sql(world, "SELECT count(*) FROM sign_in_event WHERE what = 'link-asked' AND person IS NULL")[0] >= 1
    )


def test_looking_at_a_link_changes_nothing_however_often(world: World, browser: Browser) -> None:
    token = link_for(world.app, ELLIE)
    before = sql(world, "SELECT row_to_json(l)::text FROM sign_in_link l ORDER BY hash")
    for _ in range(50):
        assert browser.get(f"/sign-in/link/{token}").status_code == 200
        assert browser.client.head(f"/sign-in/link/{token}").status_code == 200
    assert sql(world, "SELECT row_to_json(l)::text FROM sign_in_link l ORDER BY hash") == before
    page = browser.get(f"/sign-in/link/{token}")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.post(f"/sign-in/link/{token}", {"csrf_token": token_of(page)}).status_code == 303


def test_a_link_signs_in_once_and_afterwards_shows_the_way_on(world: World) -> None:
    token = link_for(world.app, ELLIE, "/cases?stage=approval")
    first, second = Browser(world.app), Browser(world.app)
    pages = [one.get(f"/sign-in/link/{token}") for one in (first, second)]
    answers = [
        one.post(f"/sign-in/link/{token}", {"csrf_token": token_of(page)})
        for one, page in zip((first, second), pages, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 410]
    assert 'href="/sign-in?next=/cases%3Fstage%3Dapproval"' in answers[1].text
    assert second.get("/cases").status_code == 303
    over = first.get(f"/sign-in/link/{token}")
    assert over.status_code == 410 and 'href="/cases?stage=approval"' in over.text
    refused(second.get(f"/sign-in/link/{token}", Accept="application/json"), 410, "link-expired")


def test_a_link_that_ran_out_or_never_was_and_one_of_somebody_who_left_are_over(
    world: World, browser: Browser
) -> None:
    token, hers = link_for(world.app, ELLIE), link_for(world.app, "karl-jensen")
    sql(
        world, "UPDATE sign_in_link SET expires_at = clock_timestamp() WHERE hash = :h", h=links.digest(token)
    )
    sql(world, "UPDATE person SET active = false WHERE id = 'karl-jensen'")
    for each in (token, hers, "unknown", "x" * 400):
        assert browser.get(f"/sign-in/link/{each}").status_code == 410
        assert browser.send(f"/sign-in/link/{each}", "/sign-in").status_code == 410
    sql(world, "UPDATE person SET active = true WHERE id = 'karl-jensen'")


def test_somebody_elses_link_is_refused_and_logged(world: World, browser: Browser) -> None:
    browser.sign_in(BEN)
    token = link_for(world.app, ELLIE)
    assert browser.get(f"/sign-in/link/{token}").status_code == 403
    assert browser.send(f"/sign-in/link/{token}").status_code == 403
    refused(browser.get(f"/sign-in/link/{token}", Accept="*/*"), 403, "token-not-yours")
    assert "ben-archer" in sql(world, "SELECT person FROM sign_in_event WHERE what = 'token-not-yours'")
    assert Browser(world.app).get(f"/sign-in/link/{token}").status_code == 200


def test_a_link_of_a_mail_that_waited_too_long_is_not_sent(
    world: World, browser: Browser, mail: MailSink
) -> None:
    asked(browser, ELLIE)
    sql(
        world,
        "UPDATE delivery SET reminds_until = clock_timestamp() WHERE state = 'queued' AND reminds = 'sign_in'",
    )
    assert mailed(world, mail) == []
    assert "dropped" in sql(world, "SELECT state FROM delivery WHERE reminds = 'sign_in'")


def test_asking_often_is_slowed_down_by_address_and_by_client(world: World, browser: Browser) -> None:
    for email in (BEN, "nobody@harbour.example"):
        assert [asked(browser, email).status_code for _ in range(5)] == [303] * 5
        answer = asked(browser, email)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 180
    sql(
        world,
        "UPDATE sign_in_brake SET until = clock_timestamp() + interval '5 min' WHERE key LIKE 'client %'",
    )
    assert asked(browser, "somebody@harbour.example").status_code == 429


def test_a_person_sets_a_password_and_signs_in_with_it(world: World, browser: Browser) -> None:
    browser.sign_in(ELLIE)
    other = Browser(world.app)
    other.sign_in(ELLIE)
    for new, again in (
        (LONG, "another one altogether"),
        ("short", "short"),
        ("aaaaaaaaaaaaaa",) * 2,
        ("ellie.marsh 1",) * 2,
    ):
        assert browser.send("/account/password", new=new, again=again).status_code == 422
    assert browser.send("/account/password", new=LONG, again=LONG).location == "/account"
    assert other.get("/cases").status_code == 303
    assert browser.get("/cases").status_code == 200
    assert LONG not in str(sql(world, "SELECT row_to_json(p)::text FROM password p"))
    assert sql(world, "SELECT hash FROM password")[0].startswith("$argon2id$")
    answer = asked(other, ELLIE, password=LONG, next="/cases")
    assert (answer.status_code, answer.location) == (303, "/cases")
    assert (
        browser.send("/account/password", new="something else now", again="something else now").status_code
        == 422
    )
    changed = browser.send(
        "/account/password", old=LONG, new="something else now", again="something else now"
    )
    assert changed.location == "/account"
    assert asked(Browser(world.app), ELLIE, password=LONG).status_code == 401


def test_a_wrong_password_an_unknown_person_and_one_without_a_password_look_and_last_alike(
    world: World,
) -> None:
    browser = Browser(world.app)
    browser.sign_in(BEN)
    assert browser.send("/account/password", new=LONG, again=LONG).location == "/account"
    answers, times = [], []
    for email in (BEN, "nobody@harbour.example", "helen.ashworth@arbor.example"):
        one = Browser(world.app)
        begun = time.perf_counter()
        answer = asked(one, email, password="not the password")
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 401
        answers.append(re.sub(r'(csrf_token" value|name="email"[^>]* value)="[^"]*"', "", answer.text))
    assert len(set(answers)) == 1
    assert "not the password" not in answers[0]


def test_guessing_is_slowed_down_and_the_right_password_lets_go(world: World, browser: Browser) -> None:
    guesses = [asked(browser, ELLIE, password=f"guess number {number}").status_code for number in range(6)]
    assert guesses == [401] * 5 + [429]
    answer = asked(browser, ELLIE, password=LONG)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 60


def test_a_hash_of_older_parameters_is_made_again_at_the_next_sign_in(world: World, browser: Browser) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(LONG)
    sql(world, "INSERT INTO password (person, hash) VALUES ('jon-fielding', :h)", h=old)
    assert asked(browser, "jon.fielding@meridian.example", password=LONG).status_code == 303
    (kept,) = sql(world, "SELECT hash FROM password WHERE person = 'jon-fielding'")
    assert kept != old and "m=65536" in kept
    assert asked(Browser(world.app), "jon.fielding@meridian.example", password=LONG).status_code == 303


def test_what_is_no_address_is_said_and_nothing_is_sent(world: World, browser: Browser) -> None:
    for email in ("", "ellie", "a@b\nc", "a@b,c@d", "<script>@x"):
        answer = asked(browser, email)
        assert answer.status_code == 422
        assert "<script>" not in answer.text


def test_the_command_line_makes_a_link_for_whoever_may_sign_in(
    world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from click.testing import CliRunner

    from api.cli import main

    url = world.app.extensions["engine"].url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("BASE_URL", "https://desk.example")
    made = CliRunner().invoke(main, ["sign-in", "grace-okafor", "--next", "/cases"])
    assert made.exit_code == 0, made.output
    path = made.output.strip().removeprefix("https://desk.example")
    page = browser.get(path)
    assert "Grace Okafor" in page.text
    assert browser.post(path, {"csrf_token": token_of(page)}).location == "/cases"
    assert CliRunner().invoke(main, ["sign-in", "nobody@x.example"]).exit_code == 1
