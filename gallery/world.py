"""A world worth looking at, played over the API: cases at every stage, orders held and closing, money on its way."""

import json
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

BEGIN = "2027-01-04T09:30:00Z"
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """A running stack, and its people by their e-mail's first part."""

    run: dict[str, Any]
    data: Path

    def call(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call as a person; RuntimeError says what was refused."""
        key = next(each["key"] for each in self.run["people"] if each["email"].startswith(who))
        sent = {"Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex} | headers
        answer = httpx.request(
            method, self.run["api"] + path, json=body, headers=sent, timeout=30, trust_env=False
        )
        if not answer.is_success:
            raise RuntimeError(f"{method} {path} as {who}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def act(self, who: str, ref: str, name: str, **body: Any) -> Any:
        return self.call(who, "POST", f"/v1/cases/{ref}/actions/{name}", body)

    def decide(self, who: str, ref: str, decision: str, **body: Any) -> None:
        """The step of a case that waits for this person."""
        items = self.call(who, "GET", "/v1/approvals?mine=true")["items"]
        step = next(each for each in items if each["case_ref"] == ref)
        match = {"If-Match": f'"{step["version"]}"'}
        self.call(who, "POST", f"/v1/approvals/{step['id']}/decision", {"decision": decision} | body, **match)

    def until(self, who: str, ref: str, stage: str) -> dict[str, Any]:
        """The case, once it has come to a stage by itself."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found: dict[str, Any] = self.call(who, "GET", f"/v1/cases/{ref}")
            if found["stage"] == stage:
                return found
            time.sleep(0.2)
        raise RuntimeError(f"{ref} did not come to {stage}")

    def sign_in(self, email: str) -> str:
        """A link that signs a person in, once."""
        command = [sys.executable, "-m", "api.cli", "sign-in", email, "--data", str(self.data)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.split()[-1]


def order(number: str, placed: str = BEGIN, **line: Any) -> dict[str, Any]:
    """Fifty of the wrong edition, as in the story; ``line`` changes that."""
    licence = {"edition": "pro", "metric": "user", "term_months": 12, "segment": "commercial", "region": "GB"}
    wrong = {
        "line_no": 1,
        "sku": "LIC-PRO",
        "description": "Arbor Pro, per user, 1 year",
        "quantity": 50,
        "unit_price": "50.00",
        "upstream_unit_price": "44.00",
        "tax_category": "S",
        "tax_rate": "20.00",
        "activated_quantity": 4,
        "licence": licence,
    }
    return {
        "number": number,
        "po_number": "H-2291",
        "vendor": "arbor",
        "distributor": "meridian",
        "reseller": "harbour",
        "end_customer": {"code": "EC-17", "name": "Tidewater Surveyors"},
        "currency": "GBP",
        "placed_at": placed,
        "lines": [wrong | line],
    }


def accepted(world: World, number: str, *, paid: str | None = None, **line: Any) -> str:
    """An invoiced order; its id."""
    made = world.call("nadia", "POST", "/v1/orders", order(number, **line))
    path = f"/v1/orders/{made['id']}"
    if made["status"] == "on_hold":
        codes = [found["code"] for found in made["findings"] if found["severity"] == "acknowledge"]
        world.call("nadia", "POST", f"{path}/actions/acknowledge", {"findings": codes, "text": "As ordered."})
    for leg in ("downstream", "upstream"):
        invoice = {"leg": leg, "issued_at": BEGIN}
        world.call("nadia", "PUT", f"{path}/invoices/{number}-{leg[0].upper()}", invoice)
    if paid:
        payment = {
            "leg": "downstream",
            "invoice": f"{number}-D",
            "amount": {"amount": paid, "currency": "GBP"},
            "received_at": BEGIN,
        }
        world.call("nadia", "POST", f"{path}/payments", payment)
    return str(made["id"])


def fewer(world: World, number: str, quantity: int, why: str, **more: Any) -> str:
    """A case for fewer units of a new order; its reference."""
    body = {
        "order_id": accepted(world, number, activated_quantity=0),
        "type": "quantity_reduction",
        "reason": "wrong_quantity",
        "lines": [{"line_no": 1, "quantity": quantity}],
        "description": why,
    }
    return str(world.call("ellie", "POST", "/v1/cases", body | more)["ref"])


def exchange(world: World, number: str) -> str:
    """Worked example 1, up to its first decision; its reference."""
    body = {
        "order_id": accepted(world, number, paid="1200.00"),
        "type": "exchange",
        "reason": "wrong_item_ordered",
        "lines": [{"line_no": 1, "quantity": 50}],
        "wanted": {"lines": [{"sku": "LIC-STD", "quantity": 46}]},
        "description": "We asked for Pro by mistake. The customer runs Standard everywhere and needs 46.",
        "exception": {
            "justification": "Four keys were activated during the rollout and will be revoked.",
            "lines": [{"line_no": 1, "quantity": 4, "percent": "50"}],
        },
    }
    return str(world.call("ellie", "POST", "/v1/cases", body)["ref"])


def play(world: World) -> dict[str, str]:
    """Every stage, some with something to answer; the cases by what they show."""
    found = {"credited": exchange(world, "D-8801")}
    world.decide("priya", found["credited"], "approve", text="Ordered by mistake, reported the same day.")
    found["passing"] = fewer(world, "D-8802", 30, "The customer closed an office: 30 seats are not needed.")
    grant(world, found["credited"])
    world.until("owen", found["credited"], "passing_on")
    done = {"how": "account_credit", "reference": "MER-55120", "at": BEGIN}
    world.act("nadia", found["credited"], "confirm_pass_through", **done)
    grant(world, found["passing"])
    world.until("owen", found["passing"], "passing_on")
    found["approval"] = exchange(world, "D-8841")
    found["asked"] = fewer(world, "D-8842", 12, "Twelve seats too many.")
    world.act(
        "owen", found["asked"], "note", text="I have it, and look at it this morning.", visibility="public"
    )
    world.act(
        "owen",
        found["asked"],
        "note",
        text="Second time this month for this customer.",
        visibility="internal",
    )
    world.act("owen", found["asked"], "ask_partner", text="Which twelve users were never set up?")
    found["declined"] = fewer(world, "D-8843", 25, "We no longer need them.")
    why = {
        "reason_code": "not_substantiated",
        "text": "The seats are in use according to the licence server.",
    }
    for who in ("priya", "daniel"):
        try:
            world.decide(who, found["declined"], "decline", **why)
            break
        except StopIteration:
            continue
    world.call("nadia", "POST", "/v1/orders", order("D-8844"))  # held: nobody has said that Pro is meant
    return found


def grant(world: World, ref: str) -> None:
    """Whoever's turn it is approves, until nobody's is left."""
    for _ in range(4):
        for who in ("priya", "daniel", "amara", "peter", "lucy"):
            try:
                world.decide(who, ref, "approve", text="Granted.")
                break
            except StopIteration:
                continue
        else:
            return


def started(place: Path) -> tuple["subprocess.Popen[str]", World]:
    """The stack with the story's people at the story's instant."""
    options = ["--seed", "story", f"--test-clock={BEGIN}", "--port", "0", "--json"]
    command = [sys.executable, "-m", "api.cli", "up", "--data", str(place), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the stack did not start; see {place}/logs")
    return process, World(json.loads(line), place)
