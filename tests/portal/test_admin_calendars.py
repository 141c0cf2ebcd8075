"""Calendars on pages: a year of days, how an instant comes about, days closed, hours set; and the trail of it all."""

import uuid

from api.portal.admin.calendar_picture import named, year_of
from partnerflow.store.calendars import of_document
from tests.api.calling import World, opened, ordered
from tests.portal.browsing import Browser

ARBOR = "/admin/calendars/organisation/arbor"
LONDON = {
    "zone": "Europe/London",
    "hours": {"mon-fri": ["09:00-12:30", "13:00-17:30"]},
    "holidays": {"country": "GB", "subdivision": "ENG"},
    "closures": {"2027-03-01": "Stocktaking"},
}


def admin(world: World) -> Browser:
    browser = Browser(world.app)
    browser.sign_in("robin.marsh@arbor.example")
    return browser


def sent(browser: Browser, path: str, **fields: str) -> int:
    return browser.send(path, ARBOR, key=uuid.uuid4().hex, **fields).status_code


def test_a_year_shows_every_day_once_and_why_it_is_free() -> None:
    year = year_of(of_document(LONDON, [2027]), 2027)
    days = [day for month in year for week in month.weeks for day in week if day]
    assert len(days) == 365
    said = {str(day.day): (day.kind, day.name) for day in named(year)}
    assert said["2027-03-26"] == ("holiday", "Good Friday")
    assert said["2027-03-01"] == ("closure", "Stocktaking")
    assert next(day.kind for day in days if str(day.day) == "2027-01-02") == "no_hours"
    assert next(day.kind for day in days if str(day.day) == "2027-01-04") == "worked"


def test_these_pages_are_an_admins(world: World) -> None:
    for path in ("/admin/calendars", ARBOR, "/admin/audit"):
        assert world.admin.get(path).status_code == 200
        assert world.executive.get(path).status_code == 403
        assert world.reseller.get(path).status_code == 403
    for nothing in ("/admin/calendars/organisation/nobody", "/admin/calendars/planet/arbor"):
        assert world.admin.get(nothing).status_code == 404


def test_a_due_instant_is_explained_day_by_day_across_easter(world: World) -> None:
    page = world.admin.get(f"{ARBOR}?minutes=480&from=2027-03-25T15:00").text
    assert "2027-03-30 15:00" in page
    for words in ("Good Friday", "Easter Monday", "clocks go from UTC+00:00 to UTC+01:00", "15:00–17:30"):
        assert words in page
    assert world.admin.get(f"{ARBOR}?minutes=480&from=soon").status_code == 422


def test_days_are_closed_by_hand_and_opened_again(world: World) -> None:
    robin = admin(world)
    closed = {"first": "2027-06-07", "last": "2027-06-08", "name": "Moving house"}
    assert sent(robin, f"{ARBOR}/closures", **closed) == 303
    page = robin.get(f"{ARBOR}?year=2027&minutes=60&from=2027-06-07T09:00").text
    assert "2027-06-09 10:00" in page
    assert "Moving house" in page
    assert sent(robin, f"{ARBOR}/closures", first="2027-06-07", last="2027-06-01", name="x") == 422
    assert sent(robin, f"{ARBOR}/closures/2027-06-07/open") == 303
    assert "2027-06-07 10:00" in robin.get(f"{ARBOR}?year=2027&minutes=60&from=2027-06-07T09:00").text


def test_hours_are_set_as_a_document_and_given_back(world: World) -> None:
    robin, claire = admin(world), "/admin/calendars/person/priya-nair"
    wrong = robin.send(f"{claire}/hours", claire, key="h1", document="zone: Nowhere\nhours: {mon: ['9-5']}")
    assert (wrong.status_code, "zone: Nowhere" in wrong.text) == (422, True)
    document = "zone: Europe/Paris\nhours: {mon-thu: ['10:00-16:00']}\n"
    assert sent(robin, f"{claire}/hours", document=document, do="set") == 303
    assert "Europe/Paris" in robin.get(claire).text
    assert sent(robin, f"{claire}/hours", document=document, do="inherit") == 303
    assert "Europe/Paris" not in robin.get(claire).text


def test_the_trail_says_who_did_what_without_saying_what_it_says(world: World) -> None:
    case = opened(world, ordered(world), 3, description="Words of a case")
    robin = admin(world)
    events = robin.get(f"/admin/audit?record={case['ref']}").text
    assert "case.opened" in events
    assert "Ellie Marsh" in events
    assert "Words of a case" not in events
    assert "31.20" not in events
    commands = robin.get("/admin/audit?trail=commands&actor=ellie.marsh@harbour.example&kind=OpenCase").text
    assert case["ref"] in commands
    assert "Words of a case" not in commands
    assert "signed-in" in robin.get("/admin/audit?trail=sign-ins&actor=robin-marsh").text
    assert "Nothing is like that" in robin.get("/admin/audit?until=2001-01-01&since=2001-01-01").text
    assert "Nothing is like that" in robin.get("/admin/audit?text=100%25").text
    first = robin.get("/admin/audit?limit=2").text
    assert "Older ones" in first
    assert robin.get("/admin/audit?since=soon").status_code == 422
