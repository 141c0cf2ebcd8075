"""Every cell of the table of rights, asked of the running application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.calling import (
    Caller,
    World,
    a_case,
    ago,
    an_order,
    attached,
    excepted,
    gbp,
    opened,
    ordered,
    refused,
)
from tests.api.rights import cells
from tests.api.test_appeals import remedied
from tests.api.test_voids import granted

HOLDERS = {
    "buyer": "ellie.marsh@harbour.example",
    "outsider": "karl.jensen@quayside.example",
    "desk": "nadia.rahman@meridian.example",
    "owner": "owen.clarke@arbor.example",
    "licensing": "yuki.tanaka@arbor.example",
    "decider": "priya.nair@arbor.example",
    "abroad": "claire.dubois@arbor.example",
    "finance": "amara.diallo@arbor.example",
    "executive": "helen.ashworth@arbor.example",
    "admin": "robin.marsh@arbor.example",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What the operation is tried on."""

    order: dict[str, Any]
    case: dict[str, Any]
    note: str = ""

    @property
    def path(self) -> str:
        return f"/v1/cases/{self.case['ref']}"

    @property
    def order_path(self) -> str:
        return f"/v1/orders/{self.order['id']}"

    @property
    def step(self) -> str:
        return f"/v1/approvals/{self.case['ref']}-1-1"


def make(world: World, state: str) -> Thing:
    order = ordered(world)
    case = opened(world, order, 40, **excepted())
    said = {"fact": "activated-1", "text": "It is another number."}
    if state == "stated":
        told = world.case_manager.post(f"/v1/cases/{case['ref']}/actions/correct_fact", said)
        assert told.status_code == 200, told.text
    if state == "disputed":
        told = world.reseller.post(f"/v1/cases/{case['ref']}/actions/dispute_fact", said)
        assert told.status_code == 200, told.text
    if state == "declined":
        body = {"decision": "decline", "reason_code": "activated", "text": "In use."}
        path = f"/v1/approvals/{case['ref']}-1-1/decision"
        assert world.channel_manager.post(path, body, If_Match='"1.1"').status_code == 200
    if state == "asked":
        body = {"number": "+44 20 7946 0001", "about": "The keys."}
        assert world.reseller.post(f"/v1/cases/{case['ref']}/actions/ask_call", body).status_code == 200
    if state == "credited":
        case = opened(world, ordered(world), 10)
        granted(world, case["ref"])
        remedied(world, case["ref"], 1)
    if state == "closed":
        closed = world.reseller.post(f"/v1/cases/{case['ref']}/actions/withdraw", {"reason": "no more"})
        assert closed.json["stage"] == "closed"
    return Thing(order, case, credit_note(world, case["ref"]) if state == "credited" else "")


def act(name: str, **body: Any) -> Callable[[Caller, Thing], TestResponse]:
    return lambda who, thing: who.post(
        f"{thing.path}/actions/{name}", body, If_Match=f'"{thing.case["version"]}"'
    )


def decide(**body: str) -> Callable[[Caller, Thing], TestResponse]:
    return lambda who, thing: who.post(f"{thing.step}/decision", body, If_Match='"1.1"')


def read(part: str) -> Callable[[Caller, Thing], TestResponse]:
    return lambda who, thing: who.get(f"{thing.path}{part}")


def at(path: str) -> Callable[[Caller, Thing], TestResponse]:
    return lambda who, _: who.get(path)


def on_order(name: str, **body: Any) -> Callable[[Caller, Thing], TestResponse]:
    return lambda who, thing: who.post(f"{thing.order_path}/{name}", body)


def enter(who: Caller, _: Thing) -> TestResponse:
    body = an_order()
    if who.get("/v1/contacts").status_code == 200:
        del body["lines"][0]["upstream_unit_price"]
    return who.post("/v1/orders", body)


def pay(who: Caller, thing: Thing) -> TestResponse:
    body = {"leg": "downstream", "invoice": f"I-{thing.order['number']}", "amount": gbp("1.00")}
    return who.post(f"{thing.order_path}/payments", body | {"received_at": ago(minutes=1)})


LINE = {
    "line_no": 1, "sku": "LIC-STD", "quantity": 40, "unit_price": "31.20", "tax_category": "S", "tax_rate": "20.00",
}  # fmt: skip
PORTION = {"line_no": 1, "quantity": 1, "percent": "100"}

OPERATIONS: dict[str, Callable[[Caller, Thing], TestResponse]] = {
    "read_case": read(""),
    "read_timeline": read("/timeline"),
    "read_facts": read("/facts"),
    "read_documents": read("/documents"),
    "read_clocks": read("/clocks"),
    "read_explanation": read("/explanation"),
    "read_dossier": read("/dossier.pdf"),
    "list_cases": at("/v1/cases"),
    "open_case": lambda who, thing: who.post("/v1/cases", a_case(thing.order["id"])),
    "preview": lambda who, thing: who.post("/v1/cases/preview", a_case(thing.order["id"])),
    "note": act("note", text="Something to know."),
    "attach": lambda who, thing: attached(who, thing.path, "keys.txt", b"Four keys were never used."),
    "withdraw": act("withdraw", reason="No longer."),
    "escalate": act("escalate", reason="Too slow."),
    "ask_partner": act("ask_partner", text="Which keys?"),
    "answer": act("answer", question="q1", text="These."),
    "propose": act("propose", lines=[PORTION], clause="c", text="So."),
    "confirm_pass_through": act("confirm_pass_through", how="refund", reference="R", at=ago(minutes=1)),
    "confirm_note": act(
        "confirm_note",
        leg="upstream",
        number="V-1",
        issued_at=ago(minutes=1),
        net=gbp("1.00"),
        tax=gbp("0.20"),
        gross=gbp("1.20"),
    ),
    "settle": act("settle"),
    "retry_payout": act("retry_payout", payout="payout:PF-2027-000001:1:downstream:I-1:refund"),
    "void_note": lambda who, thing: who.post(
        f"/v1/credit-notes/{thing.note}/actions/void", {"reason": "Wrong price."}
    ),
    "close": act("close", root_cause="unknown"),
    "decide": decide(decision="approve"),
    "pass_on": decide(decision="pass_on", to="tom.becker@arbor.example"),
    "redirect_step": decide(decision="redirect", to="licensing", text="Whose keys are these?"),
    "recall": act("recall", reason="The wrong lines."),
    "appeal": act("appeal", text="Please look again."),
    "reassign": act("reassign", to="ruth.lindqvist@arbor.example"),
    "redirect": act("redirect", to="licensing", text="Whose keys are these?"),
    "add_fact": act("add_fact", text="Two keys are in use."),
    "correct_fact": act("correct_fact", fact="activated-1", text="One is activated."),
    "correct_own_claim": act("correct_fact", fact="justification", text="A colleague reported it."),
    "confirm_fact": act("confirm_fact", fact="activated-1"),
    "dispute_fact": act("dispute_fact", fact="activated-1", text="Three are."),
    "dispute_claim": act("dispute_fact", fact="justification", text="It was a week later."),
    "uphold_fact": act("uphold_fact", fact="activated-1", evidence="The vendor's log."),
    "withdraw_fact": act("withdraw_fact", fact="activated-1"),
    "request_exception": act(
        "request_exception",
        justification="Tried once.",
        lines=[{"line_no": 1, "quantity": 1, "percent": "50"}],
    ),
    "already_told": act("already_told", text="On Monday."),
    "watch": act("watch"),
    "unwatch": act("unwatch"),
    "ask_call": act("ask_call", number="+44 20 7946 0001", about="The keys."),
    "record_call": act("record_call", call="call-1", text="We spoke."),
    "hand_partner": act("hand_partner", to="ben-archer"),
    "read_precedents": read("/precedents"),
    "read_approval": lambda who, thing: who.get(thing.step),
    "list_approvals": at("/v1/approvals?mine=true"),
    "credit_notes": at("/v1/credit-notes"),
    "read_order": lambda who, thing: who.get(thing.order_path),
    "list_orders": at("/v1/orders"),
    "enter_order": enter,
    "correct_order": on_order("actions/correct", lines=[LINE]),
    "acknowledge_order": on_order("actions/acknowledge", findings=["window-short"], text="Meant so."),
    "cancel_order": on_order("actions/cancel"),
    "put_invoice": lambda who, thing: who.put(
        f"{thing.order_path}/invoices/N-2",
        {"leg": "downstream", "issued_at": ago(minutes=1), "lines": [{"line_no": 1, "quantity": 1}]},
    ),
    "pay": pay,
    "activate": on_order("activations", line_no=1, activated_quantity=1, at=ago(minutes=1), source="server"),
    "contacts": at("/v1/contacts"),
    "deliveries": at("/v1/deliveries"),
    "inbound": at("/v1/inbound"),
    "clear_undeliverable": lambda who, _: who.post(
        "/v1/people/owen.clarke@arbor.example/actions/clear_undeliverable", {}
    ),
    "metrics": at("/metrics"),
}


def credit_note(world: World, ref: str) -> str:
    """The number of the partner's own."""
    path = f"/v1/credit-notes?case={ref}"
    return next(note["number"] for note in world.reseller.get(path).json["items"])


def caller(world: World, who: str) -> Caller:
    return world.nobody if who == "nobody" else world.person(HOLDERS[who])


@pytest.fixture(scope="module")
def things(world: World) -> dict[str, Thing]:
    """For operations that change nothing: one of each state for all."""
    return {
        state: make(world, state)
        for state in ("open", "closed", "declined", "stated", "disputed", "credited", "asked")
    }


@pytest.mark.parametrize(("operation", "state", "who", "status"), cells())
def test_the_cell_holds(
    world: World, things: dict[str, Thing], operation: str, state: str, who: str, status: int
) -> None:
    changes = status in (200, 201) and not operation.startswith(
        ("read", "list", "contacts", "deliver", "metric")
    )
    thing = make(world, state) if changes else things[state]
    answer = OPERATIONS[operation](caller(world, who), thing)
    assert answer.status_code == status, answer.text


def test_the_table_names_every_operation() -> None:
    assert {cell[0] for cell in cells()} == set(OPERATIONS)


def test_an_admin_reads_metadata_without_amounts_or_words(world: World, things: dict[str, Thing]) -> None:
    thing = things["open"]
    said = "Only for the partner's eyes."
    assert world.reseller.post(f"{thing.path}/actions/note", {"text": said}).status_code == 200
    for part in ("", "/timeline"):
        shown = world.admin.get(thing.path + part).text
        assert said not in shown
        assert "Fewer were needed" not in shown
        assert "net" not in shown
    assert world.admin.get(thing.path).json["ref"] == thing.case["ref"]


def test_a_named_contact_reads_the_case_in_any_region(world: World, things: dict[str, Thing]) -> None:
    path = things["open"].path
    refused(caller(world, "abroad").get(path), 403, "forbidden")
    manager = world.reseller.get(path).json["contacts"]["accountable_manager"]
    assert manager["email"] == "sam.whitfield@arbor.example", "his only coverage is Ireland"
    assert world.person(manager["email"]).get(path).status_code == 200
    other = ordered(world)
    refused(world.person(manager["email"]).get(f"/v1/orders/{other['id']}"), 403, "forbidden")


def test_a_key_does_only_what_it_was_made_for(world: World, things: dict[str, Thing]) -> None:
    from partnerflow.store.database import unit_of_work
    from partnerflow.store.seed import new_key

    with unit_of_work(world.app.extensions["engine"]) as session:
        key = new_key(session, "ellie-marsh", label="reads cases", scopes=["cases:read"])
    reading = Caller(world.app, key)
    path = things["open"].path
    answer = reading.get(path)
    assert answer.status_code == 200
    assert answer.json["actions"] == []
    refused(reading.post(f"{path}/actions/note", {"text": "x"}), 403, "forbidden")
    refused(reading.get(things["open"].order_path), 403, "forbidden")
    refused(reading.post("/v1/orders", an_order()), 403, "forbidden")


def test_what_a_case_lists_as_actions_is_what_its_reader_may_do(world: World) -> None:
    thing = make(world, "open")
    facts = {"correct_fact", "withdraw_fact", "dispute_fact"}
    handing = {"reassign", "redirect"}
    expected = {
        "buyer": {
            "note",
            "withdraw",
            "escalate",
            "recall",
            "already_told",
            "request_exception",
            "settle",
            "ask_call",
            "hand_partner",
            "watch",
            *facts,
        },
        "desk": {"note", "settle", "watch"},
        "owner": {
            "note",
            "withdraw",
            "ask_partner",
            "close",
            "add_fact",
            "request_exception",
            "watch",
            *facts,
            *handing,
        },
        "decider": {"note", "ask_partner", "watch"},
        "finance": {"settle", "watch"},
    }
    for who, names in expected.items():
        listed = caller(world, who).get(thing.path).json["actions"]
        assert {action["name"] for action in listed} == names, who
        assert all(action["href"] == f"{thing.path}/actions/{action['name']}" for action in listed)
