"""The story, over HTTP alone: worked example 1 from the order that went wrong to the money back.

It uses the public API and the JSON line of ``partnerflow up --json``, nothing else of the product. Run it with

    python tests/story.py                     # starts a stack of its own with a turned clock
    python tests/story.py stack.json DIR      # on a running one (its JSON line, its data directory; with --test-clock)
"""

import email
import email.policy
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx

T = TypeVar("T")

START = "2027-01-04T09:30:00Z"
"""Monday 4 January 2027, 09:30 in London: the instant of the example."""

PARTNERFLOW = [sys.executable, "-m", "api.cli"]


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


class Stack:
    """A running stack as the outside knows it: addresses, keys, a folder of mails, a clock that can be turned."""

    def __init__(self, line: dict[str, Any], data: Path) -> None:
        self.line = line
        self.data = data
        self.http = httpx.Client(base_url=line["api"], timeout=30, trust_env=False)
        self.keys: dict[str, str] = line["keys"]
        self.key_of = {person["email"]: person["key"] for person in line["people"]}

    def get(self, key: str, path: str, **params: str) -> httpx.Response:
        return self.http.get(path, params=params, headers=self._as(key))

    def send(self, method: str, key: str, path: str, body: Any, **headers: str) -> httpx.Response:
        sent = {"Idempotency-Key": str(uuid.uuid4()), **self._as(key), **headers}
        return self.http.request(method, path, json=body, headers=sent)

    def post(self, key: str, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.send("POST", key, path, body, **headers)

    def _as(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.get(key, key)}"}

    def advance(self, how_far: str) -> dict[str, Any]:
        command = [*PARTNERFLOW, "clock", "advance", how_far, "--data", str(self.data), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"clock advance {how_far}: {done.stdout}{done.stderr}"
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def mails(self) -> list[EmailMessage]:
        files = sorted(Path(self.line["mail_dir"]).glob("new/*")) + sorted(
            Path(self.line["mail_dir"]).glob("cur/*")
        )
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]  # type: ignore[misc]

    def mail(self, address: str, event: str, ref: str) -> EmailMessage:
        """The mail to somebody about an event of a case or order; waits for it a while."""

        def arrived() -> EmailMessage | None:
            wanted = (event, ref)
            found = (m for m in self.mails() if (m["X-Partnerflow-Event"], m["X-Partnerflow-Ref"]) == wanted)
            return next((m for m in found if address in m["To"]), None)

        return eventually(arrived, f"mail {event} to {address}")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 30) -> T:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds:.0f} s for {what}")


@contextmanager
def own_stack(data: Path) -> Iterator[Stack]:
    """A fresh stack with the story's people and a test clock at the example's instant."""
    clock = f"--test-clock={START}"
    command = [*PARTNERFLOW, "up", "--data", str(data), "--port", "0", "--seed", "story", clock, "--json"]
    log = data.parent / f"{data.name}.err"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=os.environ
        ) as running,
    ):
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            assert line, f"the stack did not start: {log.read_text()}"
            stack = Stack(json.loads(line), data)
            with stack.http:
                yield stack
        finally:
            running.terminate()
            running.wait(20)


def said(text: str) -> None:
    print(f"  {text}", flush=True)


def ok(response: httpx.Response, status: int) -> Any:
    assert response.status_code == status, f"{response.request.url}: {response.status_code} {response.text}"
    return response.json()


def refused(response: httpx.Response, status: int, code: str) -> Any:
    body = ok(response, status)
    assert response.headers["content-type"].startswith("application/problem+json"), response.headers
    assert body["code"] == code == body["type"].rsplit("/", 1)[1], body
    return body


def an_order(number: str, placed_at: str) -> dict[str, Any]:
    licence = {"edition": "pro", "metric": "user", "term_months": 12, "segment": "commercial", "region": "GB"}
    return {
        "number": number,
        "po_number": "H-2291",
        "vendor": "arbor",
        "distributor": "meridian",
        "reseller": "harbour",
        "end_customer": {"code": "EC-17", "name": "Tidewater Surveyors"},
        "currency": "GBP",
        "placed_at": placed_at,
        "lines": [
            {
                "line_no": 1,
                "sku": "LIC-PRO",
                "description": "Arbor Pro, per user, 1 year",
                "quantity": 50,
                "unit_price": "50.00",
                "upstream_unit_price": "44.00",
                "tax_category": "S",
                "tax_rate": "20.00",
                "activated_quantity": 0,
                "licence": licence,
            }
        ],
    }


def the_request(order_id: str) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "type": "exchange",
        "reason": "wrong_item_ordered",
        "lines": [{"line_no": 1, "quantity": 50}],
        "wanted": {"lines": [{"sku": "LIC-STD", "quantity": 46}]},
        "description": "We asked for Pro by mistake. The customer runs Standard everywhere and needs 46.",
        "exception": {
            "justification": "Reported the same day; 4 keys were activated to find out, and can be revoked.",
            "lines": [{"line_no": 1, "quantity": 4, "percent": "50"}],
        },
    }


def order_goes_through(stack: Stack) -> dict[str, Any]:
    """Validation would have stopped it; it was acknowledged and forced through."""
    body = an_order("D-8841", START)
    dry = ok(stack.post("distributor", "/v1/orders?dry_run=true", body), 200)
    assert "id" not in dry and dry["status"] == "on_hold"
    assert ("edition-mismatch", "acknowledge") in {(f["code"], f["severity"]) for f in dry["findings"]}
    order = ok(stack.post("distributor", "/v1/orders", body), 201)
    assert order["status"] == "on_hold" and order["hold_until"]
    said(f"order {order['number']} is held: {order['findings'][0]['text']}")
    path = f"/v1/orders/{order['id']}"
    answer = {"findings": [f["code"] for f in order["findings"]], "text": "The reseller insists on Pro."}
    order = ok(stack.post("distributor", f"{path}/actions/acknowledge", answer), 200)
    assert order["status"] == "accepted"
    assert order["lines"][0]["eligibility"]["cancellable_until"] == "2027-01-11T09:30:00Z"
    again = ok(stack.post("distributor", "/v1/orders", body), 200)
    assert again["id"] == order["id"], "the same number and content again is the same order"
    refused(stack.post("distributor", "/v1/orders", {**body, "po_number": "other"}), 409, "order-exists")
    return order


def is_invoiced_paid_and_activated(stack: Stack, order: dict[str, Any]) -> None:
    path = f"/v1/orders/{order['id']}"
    for leg, number in (("downstream", "INV-7731"), ("upstream", "A-55120")):
        body = {"leg": leg, "issued_at": START}
        ok(stack.send("PUT", "distributor", f"{path}/invoices/{number}", body), 201)
        ok(stack.send("PUT", "distributor", f"{path}/invoices/{number}", body), 200)
    paid = {"leg": "downstream", "invoice": "INV-7731", "amount": gbp("1200.00"), "received_at": START}
    assert stack.post("distributor", f"{path}/payments", paid).status_code in (200, 201)
    active = {"line_no": 1, "activated_quantity": 4, "at": START, "source": "licence server"}
    assert stack.post("distributor", f"{path}/activations", active).status_code in (200, 201)
    said("invoiced 3,000.00 and 2,640.00, 1,200.00 paid, 4 keys activated")


def case_is_opened(stack: Stack, order: dict[str, Any]) -> dict[str, Any]:
    request = the_request(order["id"])
    seen = ok(stack.http.post("/v1/cases/preview", json=request, headers=stack._as("reseller")), 200)
    assert seen["verdict"] == "partly_within_policy", seen
    assert seen["amounts"]["requested"]["gross"] == "2880.00"
    assert [step["role"] for step in seen["route"]] == ["channel_manager", "finance"]
    assert seen["owner"]["name"]
    too_much = {**request, "settlement": {"refund": gbp("1200.00")}}
    refused(stack.post("reseller", "/v1/cases", too_much), 422, "allocation-mismatch")
    key = {"Idempotency-Key": "the-story"}
    opened = stack.post("reseller", "/v1/cases", request, **key)
    case = ok(opened, 201)
    replay = stack.post("reseller", "/v1/cases", request, **key)
    assert replay.content == opened.content and replay.headers["Idempotent-Replayed"] == "true"
    assert case["contacts"]["owner"]["email"] and case["contacts"]["deciding_now"]["email"]
    assert case["stage"] == "approval" and case["amounts"]["bill_falls_by"]["gross"] == "1157.76"
    assert case["amounts"]["still_to_pay"] == gbp("642.24"), case["amounts"]
    clocks = {clock["name"]: clock for clock in case["clocks"]}
    assert clocks["owner"]["due_at"].startswith("2027-01-04T14:00:")
    assert clocks["step"]["due_at"].startswith("2027-01-05T09:30:")
    assert clocks["decision"]["due_at"].startswith("2027-01-06T09:30:")
    said(f"{case['ref']}: {case['contacts']['owner']['name']} owns it. {case['next']}")
    stack.mail(_address(stack, "reseller"), "case.opened", case["ref"])
    stack.mail(case["contacts"]["deciding_now"]["email"], "case.approval_step_started", case["ref"])
    return dict(case)


def nobody_else_sees_it(stack: Stack, case: dict[str, Any], order: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}"
    foreign = refused(stack.get("other_reseller", path), 404, "not-found")
    unknown = refused(stack.get("other_reseller", "/v1/cases/PF-2027-999999"), 404, "not-found")
    assert foreign == unknown
    note = {"text": "x", "visibility": "public"}
    refused(stack.post("other_reseller", f"{path}/actions/note", note), 404, "not-found")
    parts = ("", "/timeline", "/contacts", "/documents")
    read = [stack.get("reseller", path + part).text for part in parts]
    read.append(stack.get("reseller", f"/v1/orders/{order['id']}").text)
    for figure in ("44.00", "2534.40", "2112.00", "2640.00", "1515.24", "A-55120", "upstream"):
        assert not any(figure in text for text in read), f"the reseller can read {figure}"
    assert "amounts_upstream" in ok(stack.get("distributor", path), 200)


def it_climbs_by_itself(stack: Stack, case: dict[str, Any]) -> str:
    """The channel manager does not answer; returns the address of whoever has it now."""
    silent = case["contacts"]["deciding_now"]
    expected = case["contacts"]["next_rung"]["contact"]
    stack.advance("24h1m")
    now = ok(stack.get("reseller", f"/v1/cases/{case['ref']}"), 200)
    assert now["rungs_fired"] == 1, now
    has_it = now["contacts"]["deciding_now"]
    assert has_it["email"] == expected["email"] != silent["email"]
    told = stack.mail(_address(stack, "reseller"), "case.escalated", case["ref"])
    assert has_it["name"] in told.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert case["ref"] in told["Subject"] and told["Message-ID"]
    stack.mail(has_it["email"], "case.escalated", case["ref"])
    said(f"{silent['name']} did not answer; {has_it['name']} has it now. {now['next']}")
    return str(has_it["email"])


def approve(stack: Stack, key: str, case: dict[str, Any]) -> None:
    inbox = ok(stack.get(key, "/v1/approvals", mine="true"), 200)["items"]
    mine = next(item for item in inbox if item["case_ref"] == case["ref"])
    path = f"/v1/approvals/{mine['id']}"
    shown = stack.get(key, path)
    assert (
        ok(shown, 200)["status"] == "pending" and shown.headers["ETag"].strip('"') == shown.json()["version"]
    )
    body = {"decision": "approve", "text": "An honest mistake, reported the same day."}
    refused(stack.post(key, f"{path}/decision", body), 428, "precondition-required")
    refused(stack.post(key, f"{path}/decision", body, **{"If-Match": '"9.9"'}), 412, "stale-version")
    refused(
        stack.post("reseller", f"{path}/decision", body, **{"If-Match": shown.headers["ETag"]}),
        403,
        "four-eyes",
    )
    decided = ok(stack.post(key, f"{path}/decision", body, **{"If-Match": shown.headers["ETag"]}), 200)
    assert decided["status"] == "decided", decided
    twice = stack.post(key, f"{path}/decision", body, **{"If-Match": shown.headers["ETag"]})
    refused(twice, 409, "already-decided")


def money_comes_back(stack: Stack, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}"

    def passing_on() -> dict[str, Any] | None:
        now = ok(stack.get("reseller", path), 200)
        return now if now["stage"] == "passing_on" else None

    now = eventually(passing_on, "the remedy", 60)
    amounts = now["amounts"]
    assert amounts["credited"]["gross"] == "2880.00" and amounts["rebill"]["gross"] == "1722.24"
    assert amounts["settlement"]["unpaid_reduced"] == gbp("1800.00"), amounts
    assert amounts["settlement"]["account_credit"] == gbp("1080.00"), amounts
    assert amounts["still_to_pay"] == gbp("642.24") and amounts["bill_falls_by"]["gross"] == "1157.76", (
        amounts
    )
    assert amounts["left_to_credit"]["net"] == "100.00", amounts
    mine = ok(stack.get("reseller", "/v1/credit-notes", case=case["ref"]), 200)["items"]
    both = ok(stack.get("distributor", "/v1/credit-notes", case=case["ref"]), 200)["items"]
    assert [note["gross"] for note in mine] == [gbp("2880.00")]
    assert sorted(note["gross"]["amount"] for note in both) == ["2534.40", "2880.00"]
    documents = ok(stack.get("distributor", f"{path}/documents"), 200)["items"]
    assert sorted(d["kind"] for d in documents) == ["credit_note", "credit_note", "rebill", "rebill"]
    for document in documents:
        pdf = stack.get("distributor", document["href"])
        assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF"), document
    upstream = next(note for note in both if note["leg"] == "upstream")
    refused(stack.get("reseller", f"/v1/credit-notes/{upstream['number']}"), 404, "not-found")
    told = stack.mail(_address(stack, "reseller"), "credit_note.issued", case["ref"])
    attached = [part.get_filename() for part in told.iter_attachments()]
    assert f"{mine[0]['number']}.pdf" in attached, attached
    said(
        f"{mine[0]['number']} over 2,880.00 and {upstream['number']} over 2,534.40 are issued, both rebills too"
    )


def distributor_passes_it_on(stack: Stack, case: dict[str, Any]) -> None:
    path = f"/v1/cases/{case['ref']}"
    at = ok(stack.get("distributor", path), 200)["opened_at"]
    body = {"how": "account_credit", "reference": "ST-2027-01", "at": at}
    refused(stack.post("reseller", f"{path}/actions/confirm_pass_through", body), 403, "forbidden")
    closed = ok(stack.post("distributor", f"{path}/actions/confirm_pass_through", body), 200)
    assert (closed["stage"], closed["outcome"]) == ("closed", "credited")
    stack.mail(_address(stack, "reseller"), "case.closed", case["ref"])
    refused(stack.post("reseller", f"{path}/actions/withdraw", {"reason": "late"}), 409, "case-closed")


def what_is_left_fits_exactly(stack: Stack, order: dict[str, Any]) -> None:
    """Of two requests by amount for 200.00 and 100.00 net the first is refused and the second fits."""

    def request(amount: str, **convert: bool) -> dict[str, Any]:
        line = {"line_no": 1, "amount": gbp(amount), **convert}
        kind = {"type": "cancellation", "reason": "other", "description": "The rest, by amount."}
        return {"order_id": order["id"], "lines": [line], **kind}

    refused(stack.post("reseller", "/v1/cases", request("100.00")), 409, "convert-required")
    over = refused(
        stack.post("reseller", "/v1/cases", request("200.00", convert=True)), 409, "exceeds-creditable"
    )
    assert over["remaining"]["amount"] == gbp("100.00"), over
    second = ok(stack.post("reseller", "/v1/cases", request("100.00", convert=True)), 201)
    assert second["stage"] == "assessment" and second["amounts"]["requested"]["gross"] == "120.00"
    said("100.00 net is left to credit, not a penny more")


def _address(stack: Stack, role: str) -> str:
    key = stack.keys[role]
    return next(person["email"] for person in stack.line["people"] if person["key"] == key)


def tell(stack: Stack) -> None:
    """The whole story; raises AssertionError where it goes another way."""
    order = order_goes_through(stack)
    is_invoiced_paid_and_activated(stack, order)
    case = case_is_opened(stack, order)
    nobody_else_sees_it(stack, case, order)
    has_it = it_climbs_by_itself(stack, case)
    approve(stack, stack.key_of[has_it], case)
    approve(stack, "finance", case)
    money_comes_back(stack, case)
    distributor_passes_it_on(stack, case)
    what_is_left_fits_exactly(stack, order)


def main() -> None:
    if len(sys.argv) == 3:
        tell(Stack(json.loads(Path(sys.argv[1]).read_text().splitlines()[0]), Path(sys.argv[2])))
    else:
        with tempfile.TemporaryDirectory() as place, own_stack(Path(place) / "story") as stack:
            Path(place).chmod(0o755)
            tell(stack)
    print("The story holds.")


if __name__ == "__main__":
    main()
