"""Keys over HTTP: who makes, exchanges and revokes them, and that one somebody else made never decides."""

from typing import Any

import pytest
from sqlalchemy import text

from partnerflow.directory import own_hand
from partnerflow.store.database import unit_of_work
from partnerflow.store.verify import verify
from tests.api.calling import Caller, World, excepted, opened, ordered, refused

OWEN, PRIYA, NADIA = "owen.clarke@arbor.example", "priya.nair@arbor.example", "nadia.rahman@meridian.example"


def made(who: Caller, **body: Any) -> dict[str, Any]:
    answer = who.post("/v1/api-keys", {"label": "for a script"} | body)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json
    return key


def test_an_admin_makes_a_key_that_acts_as_its_owner_within_its_scopes(world: World) -> None:
    key = made(world.admin, person=NADIA, scopes=["orders:read"])
    theirs = Caller(world.app, key["key"])
    assert key["person"]["id"] == "nadia-rahman" and key["made_by"]["id"] == "robin-marsh"
    assert key["may_decide"] is False
    assert theirs.get("/v1/orders").status_code == 200
    refused(theirs.get("/v1/cases"), 403, "forbidden")
    assert world.admin.post(f"/v1/api-keys/{key['id']}/actions/revoke", {}).json["revoked_at"]
    refused(theirs.get("/v1/orders"), 401, "unauthenticated")


def test_the_secret_is_shown_once_and_kept_nowhere(world: World) -> None:
    sent = {"label": "once", "person": NADIA}
    first = world.admin.post("/v1/api-keys", sent, Idempotency_Key="make-once")
    again = world.admin.post("/v1/api-keys", sent, Idempotency_Key="make-once")
    secret = first.json["key"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == {name: value for name, value in first.json.items() if name != "key"}
    shown = (world.admin.get("/v1/api-keys?limit=200"), world.admin.get(f"/v1/api-keys/{first.json['id']}"),
             world.admin.get("/v1/organisations/meridian/history?limit=200"))  # fmt: skip
    for answer in shown:
        assert answer.status_code == 200
        assert "pf_" not in answer.text and "hash" not in answer.text
    with unit_of_work(world.app.extensions["engine"]) as session:
        for table in ("command", "event", "api_key"):
            rows = session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")).scalars()
            assert secret not in " ".join(rows)


def test_a_person_exchanges_and_revokes_their_own_key_and_nobody_elses(world: World) -> None:
    key = made(world.admin, person=NADIA)
    nadia, jon = Caller(world.app, key["key"]), world.person("jon.fielding@meridian.example")
    for action in ("rotate", "revoke"):
        refused(jon.post(f"/v1/api-keys/{key['id']}/actions/{action}", {}), 404, "not-found")
    refused(world.admin.post(f"/v1/api-keys/{key['id']}/actions/rotate", {}), 403, "forbidden")
    answer = nadia.post(f"/v1/api-keys/{key['id']}/actions/rotate", {})
    assert answer.status_code == 201
    refused(nadia.get("/v1/orders"), 401, "unauthenticated")
    exchanged = Caller(world.app, answer.json["key"])
    assert exchanged.get("/v1/orders").status_code == 200
    assert answer.json["may_decide"] is False
    refused(exchanged.post(f"/v1/api-keys/{key['id']}/actions/rotate", {}), 409, "wrong-state")
    assert exchanged.post(f"/v1/api-keys/{answer.json['id']}/actions/revoke", {}).status_code == 200


def test_partners_make_no_keys_and_see_their_own_alone(world: World) -> None:
    for who in (world.reseller, world.distributor):
        refused(who.post("/v1/api-keys", {"label": "mine"}), 403, "forbidden")
        mine = {item["person"]["id"] for item in who.get("/v1/api-keys").json["items"]}
        assert len(mine) == 1
    refused(world.finance.get(f"/v1/api-keys?person={OWEN}"), 403, "forbidden")
    refused(world.finance.post("/v1/api-keys", {"label": "x", "person": OWEN}), 403, "forbidden")
    refused(world.reseller.get(f"/v1/api-keys?person={OWEN}"), 404, "not-found")
    refused(world.nobody.get("/v1/api-keys"), 401, "unauthenticated")


def test_a_key_that_somebody_else_made_never_decides_and_ones_own_does(world: World) -> None:
    case = opened(world, ordered(world), 40, **excepted())
    (step,) = world.channel_manager.get("/v1/approvals?mine=true").json["items"]
    assert step["case_ref"] == case["ref"]
    path, body = f"/v1/approvals/{step['id']}/decision", {"decision": "approve"}
    by_admin = Caller(world.app, made(world.admin, person=PRIYA)["key"])
    own = Caller(world.app, made(world.channel_manager)["key"])
    assert by_admin.get(f"/v1/approvals/{step['id']}").status_code == 200
    refused(by_admin.post(path, body, If_Match=f'"{step["version"]}"'), 403, "forbidden")
    refused(by_admin.post("/v1/api-keys", {"label": "wider"}), 403, "forbidden")
    assert own.post(path, body, If_Match=f'"{step["version"]}"').status_code == 200


def test_an_admin_cannot_be_the_second_admin_through_a_key(world: World) -> None:
    second = Caller(world.app, made(world.admin, person="edith.vance@arbor.example")["key"])
    asked = world.admin.post("/v1/people/yuki-tanaka/actions/change", {"roles": ["licensing", "finance"]})
    assert asked.json["asked"]["roles"] == ["finance"]
    refused(second.post("/v1/people/yuki-tanaka/actions/confirm_roles", {}), 403, "forbidden")
    refused(second.post("/v1/people/owen-clarke/actions/change", {"roles": []}), 403, "forbidden")


def test_a_key_makes_no_key_that_may_do_more(world: World) -> None:
    narrow = made(world.finance, scopes=["directory:read", "directory:write"])
    script = Caller(world.app, narrow["key"])
    refused(script.post("/v1/api-keys", {"label": "all"}), 403, "forbidden")
    refused(script.post("/v1/api-keys", {"label": "more", "scopes": ["cases:write"]}), 403, "forbidden")
    assert made(script, scopes=["directory:read"])["may_decide"] is True


NO_KEYS: list[dict[str, Any]] = [
    {},
    {"label": ""},
    {"label": "x", "scopes": []},
    {"label": "x", "scopes": ["all"]},
    {"label": "x", "person": "nobody@x.example"},
    {"label": "x", "hash": "00"},
]


@pytest.mark.parametrize("body", NO_KEYS)
def test_what_makes_no_key_is_said(world: World, body: dict[str, Any]) -> None:
    assert world.admin.post("/v1/api-keys", body).status_code == 422


def test_every_scope_of_a_route_can_be_given_to_a_key() -> None:
    import re
    from pathlib import Path

    from api.schemas.directory import SCOPES

    source = "".join(path.read_text() for path in Path("api/v1").glob("*.py"))
    assert set(re.findall(r'"([a-z-]+:(?:read|write))"', source)) == set(SCOPES)


def test_every_command_that_wants_ones_own_hand_is_one() -> None:
    from partnerflow.cases import commands, money_commands
    from partnerflow.directory import commands as directory
    from partnerflow.policy import commands as policy

    known = {name for module in (commands, money_commands, directory, policy) for name in vars(module)}
    assert known >= own_hand.NEEDED


def test_the_record_verifies_with_keys_in_its_history(world: World) -> None:
    with unit_of_work(world.app.extensions["engine"]) as session:
        assert verify(session) == ()
