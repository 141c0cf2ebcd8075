"""Mails in quarantine, as an admin sees and places them."""

from partnerflow.store import inbound
from partnerflow.store.database import unit_of_work
from tests.api.calling import World, opened, ordered, refused


def staged(world: World, number: int) -> str:
    """A mail in quarantine; its path."""
    with unit_of_work(world.app.extensions["engine"]) as session:
        digest = bytes([number]) * 32
        inbound.stage(session, digest, "smtp", "x@y.example", "reply+x@z.example", b"secret words")
        mail = inbound.claim(session)
        assert mail is not None
        inbound.settle(
            session, mail, inbound.Settled("quarantined", "person", "x@y.example", "Hi", reason="Why.")
        )
    return f"/v1/inbound/{mail.id}"


def test_an_admin_sees_who_wrote_and_why_it_waits_but_not_the_words(world: World) -> None:
    path = staged(world, 1)
    (found,) = world.admin.get("/v1/inbound?state=quarantined").json["items"]
    assert (found["sender"], found["reason"]) == ("x@y.example", "Why.")
    assert [action["href"] for action in found["actions"]] == [
        f"{path}/actions/release",
        f"{path}/actions/discard",
    ]
    assert world.admin.get(path).json == found
    assert "secret" not in world.admin.get(path).text
    refused(world.case_manager.get(path), 403, "forbidden")
    refused(world.admin.get("/v1/inbound/none"), 404, "not-found")
    refused(world.admin.get("/v1/inbound?state=x"), 422, "invalid-parameter")


def test_releasing_names_a_case_and_a_reason_and_happens_once(world: World) -> None:
    path, ref = staged(world, 2), opened(world, ordered(world))["ref"]
    act = f"{path}/actions/release"
    refused(world.admin.post(act, {"case": ref}), 422, "reason-required")
    refused(world.admin.post(act, {"reason": "Known.", "case": "PF-2099-000001"}), 422, "invalid-parameter")
    refused(world.case_manager.post(act, {"reason": "Known.", "case": ref}), 403, "forbidden")
    done = world.admin.post(act, {"reason": "Known.", "case": ref}, Idempotency_Key="let-in")
    assert (done.status_code, done.json["state"], done.json["case_ref"]) == (200, "released", ref)
    again = world.admin.post(act, {"reason": "Known.", "case": ref}, Idempotency_Key="let-in")
    assert again.data == done.data
    refused(world.admin.post(f"{path}/actions/discard", {"reason": "No."}), 409, "wrong-state")
