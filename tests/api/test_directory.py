"""The directory over HTTP: who sees whom, who may change what, and what a change does to a case at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.calling import Caller, World, excepted, opened, ordered, refused
from tests.api.test_rights import HOLDERS

ADMIN2 = "edith.vance@arbor.example"
EVERYBODY = (*HOLDERS, "nobody")


def caller(world: World, who: str) -> Caller:
    return world.nobody if who == "nobody" else world.person(HOLDERS[who])


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_person(**members: Any) -> dict[str, Any]:
    return {
        "organisation": "arbor",
        "name": "Ida Quist",
        "title": "Credit controller",
        "email": "ida.quist@arbor.example",
        "phone": "+44 20 5550 0199",
        "roles": ["finance"],
        "manager": "peter.holt@arbor.example",
        "authority_limit": {"amount": "5000.00", "currency": "GBP"},
    } | members


RIGHTS = """
                          buyer outsider desk owner licensing decider abroad finance executive admin nobody
people_of_harbour         200   404      404  200   200       200     200    200     200       200   401
person_of_harbour         200   404      404  200   200       200     200    200     200       200   401
person_of_arbor           404   404      404  200   200       200     200    200     200       200   401
organisation_harbour      200   404      404  200   200       200     200    200     200       200   401
history_of_harbour        403   404      404  403   403       403     403    403     403       200   401
coverage                  403   403      403  200   200       200     200    200     200       200   401
absence_of_buyer          201   422      422  403   403       403     403    403     403       201   401
absence_of_owner          422   422      422  201   403       403     403    403     201       201   401
change_person             404   404      404  403   403       403     403    403     403       200   401
add_person                403   404      404  403   403       403     403    403     403       201   401
add_coverage              422   422      422  403   403       403     403    403     403       201   401
change_organisation       403   404      404  403   403       403     403    403     403       200   401
add_organisation          403   403      403  403   403       403     403    403     403       201   401
leave                     404   404      404  403   403       403     403    403     403       201   401
"""
_number = iter(range(1, 1_000))


def absent(who: Caller, person: str) -> Any:
    """Far enough from every other absence of these tests."""
    day = 10 * next(_number)
    return who.post(
        "/v1/absences",
        {"person": person, "since": ahead(days=day % 700 + 1), "until": ahead(days=day % 700 + 2)},
    )


def an_organisation(n: int) -> dict[str, Any]:
    first = {
        k: v
        for k, v in a_person(name="Jo Lane", email=f"jo{n}@lake.example").items()
        if k not in ("organisation", "manager")
    }
    return {
        "code": f"lake-{n}", "kind": "reseller", "name": "Lakeside IT", "country": "GB", "zone": "Europe/London",
        "currency": "GBP", "vat_id": "GB 1", "address": ["1 Lake Road"], "hours": {"mon-fri": ["09:00-17:00"]},
        "series_code": f"LAK{n}", "first": first | {"roles": ["buyer"]},
    }  # fmt: skip


def leaving(world: World, who: Caller) -> Any:
    n = next(_number)
    made = world.admin.post("/v1/people", a_person(name=f"Leaver {n}", email=f"leaver{n}@arbor.example"))
    return who.post(f"/v1/people/{made.json['id']}/actions/leave", {"at": ahead(days=3)})


def operations(world: World, who: Caller) -> dict[str, Any]:
    n = next(_number)
    buyer = a_person(
        organisation="harbour", roles=["buyer"], manager=None, name=f"Bo {n}", email=f"bo{n}@harbour.example"
    )
    row = {"role": "finance", "person": "lucy-pemberton", "country": "DE", "family": f"f{n}"}
    return {
        "people_of_harbour": lambda: who.get("/v1/people?organisation=harbour"),
        "person_of_harbour": lambda: who.get("/v1/people/ben-archer"),
        "person_of_arbor": lambda: who.get("/v1/people/owen.clarke@arbor.example"),
        "organisation_harbour": lambda: who.get("/v1/organisations/harbour"),
        "history_of_harbour": lambda: who.get("/v1/organisations/harbour/history"),
        "coverage": lambda: who.get("/v1/coverage"),
        "absence_of_buyer": lambda: absent(who, "ellie-marsh"),
        "absence_of_owner": lambda: absent(who, "owen-clarke"),
        "change_person": lambda: who.post(
            "/v1/people/yuki-tanaka/actions/change", {"title": f"Specialist {n}"}
        ),
        "add_person": lambda: who.post("/v1/people", buyer),
        "add_coverage": lambda: who.post("/v1/coverage", row),
        "change_organisation": lambda: who.post(
            "/v1/organisations/harbour/actions/change", {"name": f"Harbour {n}"}
        ),
        "add_organisation": lambda: who.post("/v1/organisations", an_organisation(n)),
        "leave": lambda: leaving(world, who),
    }


def cells() -> list[tuple[str, str, int]]:
    header, *rows = (line.split() for line in RIGHTS.strip().splitlines())
    assert tuple(header) == EVERYBODY
    return [
        (name, who, int(status)) for name, *found in rows for who, status in zip(header, found, strict=True)
    ]


@pytest.mark.parametrize(("operation", "who", "status"), cells())
def test_the_cell_holds(world: World, operation: str, who: str, status: int) -> None:
    answer = operations(world, caller(world, who))[operation]()
    assert answer.status_code == status, answer.text


def test_partners_see_their_own_people_and_nobody_elses(world: World) -> None:
    for path in ("/v1/people?limit=200", "/v1/absences?limit=200&over=true", "/v1/organisations"):
        text = world.reseller.get(path).text
        for stranger in ("arbor", "meridian", "quayside"):
            assert stranger not in text, path
    shown = world.reseller.get("/v1/people/ben-archer").json
    assert not {"authority_limit", "asked"} & set(shown)


def test_an_absence_names_who_stands_in_on_the_case_at_once(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    path = f"/v1/cases/{case['ref']}"
    body = {
        "person": "owen-clarke",
        "until": ahead(hours=5),
        "delegate": "ruth.lindqvist@arbor.example",
        "note": "Dentist.",
    }
    made = world.person(HOLDERS["owner"]).post("/v1/absences", body)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/v1/absences/{made.json['id']}"
    owner = world.reseller.get(path).json["contacts"]["owner"]
    assert (owner["name"], owner["stands_in_for"]) == ("Ruth Lindqvist", "Owen Clarke")
    assert "note" in world.admin.get(f"/v1/absences/{made.json['id']}").json
    assert "note" not in world.person(HOLDERS["finance"]).get(f"/v1/absences/{made.json['id']}").json
    listed = world.admin.get("/v1/absences?person=owen.clarke@arbor.example&limit=200").json["items"]
    assert made.json["id"] in [item["id"] for item in listed]
    later = world.admin.post(f"/v1/absences/{made.json['id']}/actions/change", {"until": ahead(hours=6)})
    assert later.status_code == 200, later.text
    ended = world.person(HOLDERS["owner"]).post(f"/v1/absences/{made.json['id']}/actions/end", {})
    assert ended.status_code == 200, ended.text
    assert world.reseller.get(path).json["contacts"]["owner"]["stands_in_for"] is None
    refused(world.admin.post(f"/v1/absences/{made.json['id']}/actions/end", {}), 409, "wrong-state")
    refused(world.reseller.post(f"/v1/absences/{made.json['id']}/actions/end", {}), 404, "not-found")
    refused(world.admin.post("/v1/absences/x/actions/end", {}), 404, "not-found")


def test_a_grant_is_confirmed_by_a_second_admin(world: World) -> None:
    made = world.admin.post("/v1/people", a_person())
    assert made.status_code == 201, made.text
    assert (made.json["id"], made.json["roles"]) == ("ida-quist", [])
    assert made.json["authority_limit"] == {"amount": "0.00", "currency": "GBP"}
    assert made.json["asked"]["roles"] == ["finance"]
    path = "/v1/people/ida-quist"
    assert "ida-quist" in [p["id"] for p in world.admin.get("/v1/people?asked=true").json["items"]]
    refused(world.admin.post(f"{path}/actions/confirm_roles", {}), 403, "four-eyes")
    done = world.person(ADMIN2).post(f"{path}/actions/confirm_roles", {})
    assert done.json["roles"] == ["finance"]
    assert done.json["authority_limit"] == {"amount": "5000.00", "currency": "GBP"}
    assert done.json["asked"] is None
    refused(
        world.admin.post("/v1/people/robin-marsh/actions/change", {"roles": ["admin", "finance"]}),
        403,
        "four-eyes",
    )
    lower = world.admin.post(
        f"{path}/actions/change", {"authority_limit": {"amount": "10.00", "currency": "GBP"}}
    )
    assert lower.json["authority_limit"]["amount"] == "10.00"
    more = world.admin.post(f"{path}/actions/change", {"authority_limit": None})
    assert (more.json["authority_limit"]["amount"], more.json["asked"]["authority_limit"]) == ("10.00", None)
    assert world.admin.post(f"{path}/actions/refuse_roles", {}).json["asked"] is None


WRONG = [
    ({"email": "a@b\nc"}, "invalid-email"),
    ({"email": '"a b"@x.example'}, "invalid-email"),
    ({"email": "a@b.example, c@d.example"}, "invalid-email"),
    ({"email": f"{'a' * 60}@{'b' * 200}.example"}, "invalid-email"),
    ({"email": f"{'a' * 70}@b.example"}, "invalid-email"),
    ({"email": 7}, "invalid-email"),
    ({"roles": ["king"]}, "invalid-parameter"),
    ({"roles": ["buyer"]}, "invalid-parameter"),
    ({"manager": "ellie-marsh"}, "invalid-parameter"),
    ({"manager": "nobody"}, "invalid-parameter"),
    ({"authority_limit": {"amount": "1.00", "currency": "EUR"}}, "invalid-currency"),
    ({"authority_limit": {"amount": "-1.00", "currency": "GBP"}}, "invalid-amount"),
    ({"calendar": {"zone": "Nowhere", "hours": {}}}, "invalid-parameter"),
    ({"team": "none"}, "invalid-parameter"),
    ({"active": False}, "unknown-member"),
    ({"id": "Ida Quist"}, "invalid-parameter"),
]


@pytest.mark.parametrize(("members", "code"), WRONG)
def test_what_makes_no_person_is_refused(world: World, members: dict[str, Any], code: str) -> None:
    refused(world.admin.post("/v1/people", a_person(**members)), 422, code)


def test_a_domain_in_other_letters_is_kept_as_punycode(world: World) -> None:
    made = world.admin.post("/v1/people", a_person(name="Jörg Öst", email="jorg@bücher.example"))
    assert (made.json["id"], made.json["email"]) == ("jorg-ost", "jorg@xn--bcher-kva.example")
    again = a_person(name="Other", email="JORG@xn--bcher-kva.example")
    refused(world.admin.post("/v1/people", again), 422, "invalid-parameter")


def test_gaps_say_what_only_the_fallback_covers(world: World) -> None:
    before = world.admin.get("/v1/coverage?gaps=true&role=licensing").json["items"]
    assert before == []
    (row,) = world.admin.get("/v1/coverage?role=licensing").json["items"]
    assert world.admin.post(f"/v1/coverage/{row['id']}/actions/remove", {}).status_code == 200
    gaps = world.admin.get("/v1/coverage?gaps=true&role=licensing").json["items"]
    assert {gap["family"] for gap in gaps} == {"hardware", "licences", "services"}
    assert {(gap["because"], gap["fallback"]["id"]) for gap in gaps} == {("nobody", "sam-whitfield")}
    again = world.admin.post("/v1/coverage", {"role": "licensing", "person": "yuki.tanaka@arbor.example"})
    assert again.status_code == 201, again.text
    refused(world.admin.get(f"/v1/coverage/{row['id']}"), 404, "not-found")
    body = {"role": "licensing", "person": "owen-clarke"}
    refused(world.admin.post("/v1/coverage", body), 422, "invalid-parameter")


def test_the_last_fallback_stays(world: World) -> None:
    body = {"person": "karl-jensen", "since": ahead(days=1), "until": ahead(days=2)}
    problem = refused(world.person(HOLDERS["outsider"]).post("/v1/absences", body), 409, "last-fallback")
    assert problem["from"] == body["since"]
    refused(world.admin.post("/v1/people/karl-jensen/actions/leave", {}), 409, "last-fallback")


def test_who_has_left_no_longer_signs_in(world: World) -> None:
    greg = world.person("greg.osborne@meridian.example")
    assert greg.get("/v1/contacts").status_code == 200
    assert (
        world.admin.post("/v1/people/greg-osborne/actions/leave", {"successor": "jon-fielding"}).status_code
        == 201
    )
    refused(greg.get("/v1/contacts"), 401, "unauthenticated")
    refused(
        greg.post("/v1/absences", {"person": "greg-osborne", "until": ahead(days=1)}), 401, "unauthenticated"
    )


def test_lists_go_on_where_they_ended(world: World) -> None:
    for path in (
        "/v1/people?organisation=arbor",
        "/v1/organisations",
        "/v1/coverage",
        "/v1/absences?over=true",
    ):
        whole = world.admin.get(f"{path}{'&' if '?' in path else '?'}limit=200").json["items"]
        found, cursor = [], ""
        while cursor is not None:
            page = world.admin.get(
                f"{path}{'&' if '?' in path else '?'}limit=3{cursor and '&cursor=' + cursor}"
            ).json
            found += page["items"]
            cursor = page["next_cursor"]
        assert found == whole, path
        assert len(found) >= 3


def test_the_history_is_for_admins_and_says_who(world: World) -> None:
    world.admin.post("/v1/organisations/quayside/actions/change", {"tier": "gold"})
    items = world.admin.get("/v1/organisations/quayside/history").json["items"]
    last = items[-1]
    assert (last["actor"], last["subject"], last["what"]) == ("robin-marsh", "organisation", "changed")
    assert last["row"]["tier"] == "gold"


def test_a_key_needs_the_scope(world: World) -> None:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.seed import new_key

    with unit_of_work(world.app.extensions["engine"]) as session:
        key = new_key(session, "robin-marsh", label="reads the directory", scopes=["directory:read"])
    reading = Caller(world.app, key)
    assert reading.get("/v1/people").status_code == 200
    refused(reading.post("/v1/people", a_person()), 403, "forbidden")


def test_people_choose_their_own_mails_and_nobody_elses(world: World) -> None:
    mine = world.person(HOLDERS["abroad"])
    path = "/v1/people/me/mail-choices"
    assert mine.get(path).json["mails"] == "at_once"
    chosen = mine.put(path, {"mails": "digest", "locale": "de-DE"})
    assert (chosen.status_code, chosen.json["mails"], chosen.json["locale"]) == (200, "digest", "de_DE")
    assert mine.get(path).json == chosen.json
    assert mine.put(path, {"mails": "never"}).status_code == 422
    refused(mine.put(path, {"mails": "digest", "locale": "xx_YY"}), 422, "invalid-parameter")
    assert mine.put(path, {"mails": "at_once"}).json["locale"] is None
    assert world.nobody.get(path).status_code == 401
