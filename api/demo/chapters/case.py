"""Chapter 2: the reseller asks to put it right, and is told who, what and by when."""

from typing import Any

from api.demo import bodies
from api.demo.chapters.order import person
from api.demo.screen import local
from api.demo.sheet import figure
from api.demo.stage import Stage


def tell(stage: Stage, order: dict[str, Any]) -> dict[str, Any]:
    """Returns the case as its reseller reads it."""
    stage.chapter(
        2,
        "Who has it, and by when",
        "Harbour wants 46 Standard licences instead. 46 keys are unused: 100 % by policy. 4 were activated: 0 % by"
        " policy, so Harbour asks for 50 % on them as an exception.",
    )
    request = bodies.exchange(order["id"])
    _preview(stage, request)
    _refuse_too_much(stage, request)
    return _open(stage, request | {"settlement": {"account_credit": bodies.gbp("1080.00")}})


def _preview(stage: Stage, request: dict[str, Any]) -> None:
    reseller = stage.cast["reseller"]
    seen = reseller.post("/v1/cases/preview", request)
    stage.screen.act(reseller, "looks first at what it would give; this records nothing", seen)
    stage.sheet.note("preview: verdict", "partly_within_policy", seen.body["verdict"])
    stage.sheet.three("preview: credit", "2,400.00 + 480.00 = 2,880.00", seen.body["amounts"]["requested"])
    roles = ", ".join(step["role"] for step in seen.body["route"])
    stage.sheet.note("preview: who decides", "channel_manager, finance", roles)
    rows = [("verdict", f"{seen.body['verdict']} (clause {seen.body['clause']})")]
    rows += money_rows(seen.body["amounts"])
    rows += [
        (step["role"].replace("_", " "), f"{person(step['contact'])}, by {local(step['due_at'])}")
        for step in seen.body["route"]
    ]
    stage.screen.facts(rows)


def _refuse_too_much(stage: Stage, request: dict[str, Any]) -> None:
    reseller = stage.cast["reseller"]
    greedy = request | {"settlement": {"refund": bodies.gbp("1200.00")}}
    refused = reseller.post("/v1/cases", greedy, 422)
    stage.screen.act(reseller, "asks for the 1,200.00 it has paid as a refund", refused)
    stage.screen.facts([("refused", refused.body["code"]), ("because", refused.body["detail"])])
    stage.screen.say("2,880.00 first takes away the 1,800.00 still open; only 1,080.00 is left to give back.")
    stage.sheet.note("a refund of 1,200.00", "allocation-mismatch", refused.body["code"])


def _open(stage: Stage, request: dict[str, Any]) -> dict[str, Any]:
    reseller = stage.cast["reseller"]
    opened = reseller.post("/v1/cases", request, 201)
    case: dict[str, Any] = opened.body
    stage.ref = case["ref"]
    stage.screen.act(reseller, f"opens {case['ref']}, with 1,080.00 to its account", opened)
    contacts, rung = case["contacts"], case["contacts"]["next_rung"]
    due = {clock["name"]: local(clock["due_at"]) for clock in case["clocks"]}
    rows = [
        ("owner", f"{person(contacts['owner'])}; first act by {due['owner']}"),
        ("accountable", person(contacts["accountable_manager"])),
        ("deciding now", f"{person(contacts['deciding_now'])}; by {due['step']}"),
        ("otherwise", f"{person(rung['contact'])}; by itself at {local(rung['at'])}"),
        ("distributor", person(contacts["distributor"])),
        ("decision", f"by {due['decision']}"),
        ("next", case["next"]),
    ]
    stage.screen.facts(rows + money_rows(case["amounts"]))
    stage.sheet.note("case as opened", "approval", case["stage"])
    stage.sheet.note("owner, in that answer", "Owen Clarke", contacts["owner"]["name"])
    stage.sheet.note("deciding now", "Priya Nair", contacts["deciding_now"]["name"])
    for event, to in (("case.opened", reseller), _decider(stage, case)):
        stage.screen.mail(stage.mail(event, to))
    return case


def _decider(stage: Stage, case: dict[str, Any]) -> tuple[str, Any]:
    return "case.approval_step_started", stage.cast.at(case["contacts"]["deciding_now"]["email"])


def money_rows(amounts: dict[str, Any]) -> list[tuple[str, str]]:
    """What an answer says of the money: gross, where nothing else is said."""
    settled = amounts["settlement"] or {}
    parts = {
        "unpaid_reduced": "off the open invoice",
        "account_credit": "to the account",
        "refund": "refunded",
    }
    shares = [f"{figure(settled[name])} {word}" for name, word in parts.items() if _some(settled.get(name))]
    return [
        ("credit", f"{figure(amounts['requested']['gross'])}: {', '.join(shares)}"),
        ("46 Standard", figure(amounts["rebill"]["gross"])),
        (
            "bill falls by",
            f"{figure(amounts['bill_falls_by']['gross'])}, still to pay {figure(amounts['still_to_pay'])}",
        ),
    ]


def _some(amount: dict[str, str] | None) -> bool:
    return amount is not None and amount["amount"].strip("0.") != ""
