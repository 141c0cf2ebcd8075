"""What people chose to be mailed: at once, in one mail each working morning, or only what needs their act."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from notifications.messages import mail_for
from partnerflow.cases.commands import AddNote, AskPartner
from partnerflow.directory.commands import ChooseMails
from partnerflow.store import outbox
from partnerflow.store.database import unit_of_work
from tests.store.builders import rows, set_clock
from tests.support.fresh import Database
from tests.workflows.house import MONDAY, House, seeded
from workflows.activities.messages import send_once

BASE = "https://desk.example"
STATES = "SELECT event, state FROM delivery WHERE recipient = 'ellie-marsh' ORDER BY created_at, seq"


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    with seeded(database) as found:
        set_clock(found, MONDAY)
        yield found


def choose(house: House, mails: str, person: str = "ellie-marsh", by: str | None = None) -> None:
    house.do(by or person, "organisation/harbour", ChooseMails(person, mails, "de_DE"))


def due(house: House) -> tuple[str, ...]:
    with unit_of_work(house.engine) as session:
        return outbox.unsent(session, [], 100)


def sent(house: House, *ids: str) -> list[outbox.Delivery]:
    gone: list[outbox.Delivery] = []
    for each in ids:
        send_once(house.engine, gone.append, each)
    return gone


def ellies(house: House) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in rows(house.engine, STATES)]


def test_what_is_no_hurry_comes_in_one_mail_on_the_next_working_morning(house: House) -> None:
    choose(house, "digest")
    ref = house.open_exchange(house.order())
    sent(house, *due(house))
    house.do("owen-clarke", f"case/{ref}", AddNote("We have asked the vendor.", "public"))
    house.do("owen-clarke", f"case/{ref}", AddNote("They have answered.", "public"))
    mine = ellies(house)
    assert ("case.note_added", "held") in mine
    assert [state for event, state in mine if event == "digest"] == ["queued"], "one for all of it"
    assert not any(each.startswith("digest/") for each in due(house)), "it waits for the morning"
    set_clock(house, MONDAY + timedelta(days=1))
    (digest,) = [each for each in due(house) if each.startswith("digest/")]
    (gone,) = sent(house, digest)
    mail = mail_for(gone, BASE, lambda _: b"")
    assert mail.subject.startswith("Ihre Morgenpost")
    assert "We have asked the vendor." in mail.text
    assert "They have answered." in mail.text
    assert {state for _, state in ellies(house)} == {"sent"}


def test_what_needs_their_act_comes_at_once_whatever_they_chose(house: House) -> None:
    choose(house, "needs_me")
    ref = house.open_exchange(house.order())
    house.do("owen-clarke", f"case/{ref}", AddNote("By the way.", "public"))
    house.do("priya-nair", f"case/{ref}", AskPartner("Which keys?"))
    mine = dict(ellies(house))
    assert mine["case.note_added"] == "dropped"
    assert mine["case.info_requested"] == "queued"
    (why,) = rows(house.engine, "SELECT DISTINCT reason FROM delivery WHERE state = 'dropped'")
    assert why[0] == "They chose to be mailed only what needs their act."


def test_a_digest_that_did_not_go_brings_the_same_again_and_what_came_since_waits(house: House) -> None:
    choose(house, "digest")
    ref = house.open_exchange(house.order())
    house.do("owen-clarke", f"case/{ref}", AddNote("First.", "public"))
    set_clock(house, MONDAY + timedelta(days=1))
    (digest,) = [each for each in due(house) if each.startswith("digest/")]
    with unit_of_work(house.engine) as session:
        first = outbox.claim(session, digest)
        assert first
        outbox.record_failed(session, first, "451 later", permanent=False)
    house.do("owen-clarke", f"case/{ref}", AddNote("Second.", "public"))
    with unit_of_work(house.engine) as session:
        again = outbox.claim(session, digest)
    assert again
    assert [each.id for each in again.gathered] == [each.id for each in first.gathered]
    again_later = "UPDATE delivery SET state = 'queued', attempt = 0 WHERE id = :id"
    with unit_of_work(house.engine) as session:
        session.execute(text(again_later), {"id": digest})
        once_more = outbox.claim(session, digest)
    assert once_more
    assert once_more.gathered == again.gathered, "also after it was parked and queued by hand"
    assert dict(rows(house.engine, "SELECT state, count(*) FROM delivery WHERE event = 'digest' GROUP BY 1")) == {
        "queued": 1, "sending": 1,
    }  # fmt: skip


def test_nobody_chooses_for_another(house: House) -> None:
    with pytest.raises(AssertionError, match="You may not change this here"):
        choose(house, "digest", by="marta-kowalska")
