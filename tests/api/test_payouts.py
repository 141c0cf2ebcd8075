"""How far a payment is, as each side reads it: the partner its own leg and no inner talk; finance may try it again."""

from typing import Any

import pytest

from partnerflow import desk
from partnerflow.cases.money_commands import Found, PayoutAnswered, SubmitPayout
from partnerflow.people import Actor
from tests.api.calling import World, ago, gbp, opened, ordered, refused
from tests.api.test_appeals import read, remedied
from tests.api.test_voids import faults, granted

WHY = "422 The ledger account 4711 is closed."


def serve(world: World, ref: str, *commands: Any) -> None:
    actor = Actor(None, None, service="payments")
    for number, command in enumerate(commands):
        request = desk.Request(command, actor, f"{ref}:{command}:{number}", f"case/{ref}", b"")
        outcome = desk.handle(world.app.extensions["engine"], request)
        assert outcome.state is desk.State.DONE, outcome.body


@pytest.fixture(scope="module")
def made(world: World) -> dict[str, Any]:
    """Both invoices are paid, so all of the credit on both legs is given back; the vendor's payment was refused."""
    order = ordered(world)
    for leg, number, amount in (("downstream", "I", "1872.00"), ("upstream", "A", "1647.00")):
        body = {"leg": leg, "invoice": f"{number}-{order['number']}", "received_at": ago(minutes=20)}
        paid = world.distributor.post(f"/v1/orders/{order['id']}/payments", body | {"amount": gbp(amount)})
        assert paid.status_code == 200, paid.text
    ref = opened(world, order, 10)["ref"]
    granted(world, ref)
    remedied(world, ref, 1, payments=True)
    own, upstream = (p["key"] for p in read(world.finance, ref)["payouts"])
    refusal = PayoutAnswered(upstream, 1, Found.FAILED, reason=WHY)
    serve(world, ref, SubmitPayout(own), SubmitPayout(upstream), refusal)
    return {"ref": ref, "own": own, "upstream": upstream}


def test_the_partner_reads_its_own_payment_and_nothing_of_the_vendors(
    world: World, made: dict[str, Any]
) -> None:
    answer = world.reseller.get(f"/v1/cases/{made['ref']}")
    (payout,) = answer.json["payouts"]
    assert {name: payout[name] for name in ("kind", "amount", "state", "reference", "by_whom")} == {
        "kind": "account_credit", "amount": gbp("374.40"), "state": "submitted", "reference": None, "by_whom": None,
    }  # fmt: skip
    timeline = world.reseller.get(f"/v1/cases/{made['ref']}/timeline?limit=200")
    for text in (answer.text, timeline.text):
        assert "upstream" not in text
        assert "4711" not in text
        assert "329.40" not in text
    assert "case.payout_changed" not in {item["event"] for item in timeline.json["items"]}


def test_our_people_read_why_it_was_refused_and_who_has_it(world: World, made: dict[str, Any]) -> None:
    case = read(world.finance, made["ref"])
    upstream = next(p for p in case["payouts"] if p["leg"] == "upstream")
    assert (upstream["state"], upstream["by_whom"], upstream["because"]) == ("failed", "Amara Diallo", WHY)
    assert "retry_payout" in {action["name"] for action in case["actions"]}
    items = world.finance.get(f"/v1/cases/{made['ref']}/timeline?limit=200").json["items"]
    assert any(WHY in item["text"] for item in items if item["event"] == "case.payout_changed")
    distributors = read(world.distributor, made["ref"])
    assert {p["state"] for p in distributors["payouts"]} == {"submitted", "failed"}
    assert WHY not in str(distributors)


def test_finance_finds_it_among_what_was_instructed_and_not_confirmed(
    world: World, made: dict[str, Any]
) -> None:
    items = world.finance.get("/v1/reports/reconciliation?limit=200").json["items"]
    mine = [i for i in items if i["case_ref"] == made["ref"] and i["what"] == "payment"]
    assert [(i["leg"], i["by"], i["state"], i["instructed"]["gross"]) for i in mine] == [
        ("downstream", "meridian", "awaited", "374.40"), ("upstream", "arbor", "missing", "329.40"),
    ]  # fmt: skip


def test_while_it_is_being_paid_it_is_neither_confirmed_by_hand_nor_void(
    world: World, made: dict[str, Any]
) -> None:
    body = {"how": "account_credit", "reference": "M-1", "at": ago(minutes=1)}
    path = f"/v1/cases/{made['ref']}/actions/confirm_pass_through"
    refused(world.distributor.post(path, body), 409, "wrong-state")
    note = next(p["note"] for p in read(world.finance, made["ref"])["payouts"] if p["leg"] == "downstream")
    void = world.finance.post(f"/v1/credit-notes/{note}/actions/void", {"reason": "Wrong."})
    refused(void, 409, "already-settled")


def test_finance_has_it_tried_again_and_the_confirmation_closes_the_case(
    world: World, made: dict[str, Any]
) -> None:
    path = f"/v1/cases/{made['ref']}/actions/retry_payout"
    refused(world.finance.post(path, {"payout": made["own"]}), 409, "wrong-state")
    refused(world.distributor.post(path, {"payout": made["upstream"]}), 403, "forbidden")
    again = world.finance.post(path, {"payout": made["upstream"]})
    assert again.status_code == 200, again.text
    assert next(p for p in again.json["payouts"] if p["leg"] == "upstream")["state"] == "intended"
    serve(world, made["ref"], PayoutAnswered(made["own"], 1, Found.CONFIRMED, "BANK-7"))
    case = read(world.reseller, made["ref"])
    assert (case["stage"], case["pass_through"]["reference"]) == ("closed", "BANK-7")
    items = world.reseller.get(f"/v1/cases/{made['ref']}/timeline?limit=200").json["items"]
    (paid,) = [item for item in items if item["event"] == "case.paid_out"]
    assert paid["text"] == "374.40 GBP was credited to the account, reference BANK-7."
    serve(
        world,
        made["ref"],
        SubmitPayout(made["upstream"]),
        PayoutAnswered(made["upstream"], 2, Found.CONFIRMED, "BANK-8"),
    )
    assert faults(world) == []
