"""The main job on real input: orders of the feed entered anew, and their cancellations put right through HTTP.

    python -m bench.replay --live 25
    python -m bench.replay --live 25 --keys-json run.json      (the JSON line of a running `partnerflow up --json`)

Each order comes in under its number + ``-L<run>``, its instants shifted so that its cancellation falls on now. Where
policy gives everything back the case goes by the automatic route, else by an exception that scripted deciders grant; up
to the issued credit note, its PDF and the mails. Ends with 1 when anything is off.
"""

import argparse
import json
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from api.embedded.mail import messages
from bench.history import Off, chosen, import_feed, stack
from partnerflow.money import format_minor, format_percent, format_unit_price

PATIENCE = 60.0
"""Seconds for the slowest case, and three more for each other one."""


@dataclass(slots=True)
class Replayed:
    """One cancellation on its way; ``net`` is what its lines have to give back."""

    number: str
    ref: str
    automatic: bool
    net: int
    decisions: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """The API with everybody's keys."""

    run: dict[str, Any]
    http: httpx.Client

    def key(self, email: str) -> str:
        return str(next(person["key"] for person in self.run["people"] if person["email"] == email))

    def call(self, method: str, path: str, key: str, expect: int, **sent: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid4())} | sent.pop(
            "headers", {}
        )
        answer = self.http.request(method, path, headers=headers, **sent)
        if answer.status_code != expect:
            raise Off(f"{method} {path} answered {answer.status_code}: {answer.text[:400]}")
        return answer

    def get(self, path: str, key: str, **parameters: str) -> Any:
        return self.call("GET", path, key, 200, params=parameters).json()


def replay(desk: Desk, case: dict[str, Any], order: dict[str, Any], run: str) -> Replayed:
    """Enter the order anew, bill it, and open its cancellation."""
    shift = datetime.now(UTC) - _instant(case["opened_at"])
    number, placed = f"{order['number']}-L{run}", _instant(order["placed_at"]) + shift
    entered = _enter(desk, order, number, placed)
    invoice = {"leg": "downstream", "issued_at": _text(placed)}
    desk.call("PUT", f"/v1/orders/{entered['id']}/invoices/{number}", _seller(desk), 201, json=invoice)
    units: dict[int, int] = {}
    for line in case["lines"]:
        units[line["line_no"]] = units.get(line["line_no"], 0) + line["quantity"]
    body = {
        "order_id": entered["id"],
        "type": case["type"],
        "reason": "no_longer_needed",
        "lines": [{"line_no": no, "quantity": quantity} for no, quantity in units.items()],
        "description": f"As {case['external_reference']} cancelled it then.",
        "on_behalf_of": f"{order['reseller']}-purchasing",
    }
    preview = desk.call("POST", "/v1/cases/preview", _seller(desk), 200, json=body).json()
    if preview["verdict"] != "within_policy":
        body["exception"] = {
            "justification": "The correction was agreed with the wholesaler at the time.",
            "lines": [line | {"percent": format_percent(1_000_000)} for line in body["lines"]],
        }
    opened = desk.call("POST", "/v1/cases", _seller(desk), 201, json=body).json()
    automatic = opened["stage"] not in ("assessment", "approval")
    return Replayed(number, opened["ref"], automatic, _expected(entered, units))


def _enter(desk: Desk, order: dict[str, Any], number: str, placed: datetime) -> dict[str, Any]:
    body = {
        "number": number,
        "po_number": f"PO-{number}",
        "distributor": order["distributor"],
        "reseller": order["reseller"],
        "end_customer": {"code": f"EC-{order['reseller']}", "name": "Shop floor"},
        "currency": order["currency"],
        "placed_at": _text(placed),
        "lines": [_line(line, order["currency"]) for line in order["lines"]],
    }
    entered: dict[str, Any] = desk.call("POST", "/v1/orders", _seller(desk), 201, json=body).json()
    if entered["status"] != "on_hold":
        return entered
    codes = sorted({f["code"] for f in entered["findings"] if f["severity"] == "acknowledge"})
    said = {"findings": codes, "text": "It is meant as it was ordered then."}
    path = f"/v1/orders/{entered['id']}/actions/acknowledge"
    entered = desk.call("POST", path, _seller(desk), 200, json=said).json()
    if entered["status"] != "accepted":
        raise Off(f"order {number} is still {entered['status']}: {entered['findings']}")
    return entered


def _line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    return {
        "line_no": line["line_no"],
        "sku": line["sku"],
        "description": line["description"][:200],
        "quantity": line["quantity"],
        "unit_price": format_unit_price(line["unit_price"], currency),
        "tax_category": line["tax_category"],
        "tax_rate": format_percent(line["tax_rate"]),
    }


def _expected(entered: dict[str, Any], units: dict[int, int]) -> int:
    """Net in minor units of all these units at their full price, rounded once per line as the line itself is."""
    from partnerflow.money import divide_half_up, line_net, parse_unit_price

    total = 0
    for line in entered["lines"]:
        if quantity := units.get(line["line_no"]):
            whole = line_net(line["quantity"], parse_unit_price(line["unit_price"]), entered["currency"])
            total += divide_half_up(whole * quantity, line["quantity"])
    return total


def decide(desk: Desk, open_cases: dict[str, Replayed]) -> None:
    """Everybody who has something to decide on these cases approves it as shown."""
    for person in desk.run["people"]:
        if person["organisation"] != desk.run["operator"]:
            continue
        inbox = desk.get("/v1/approvals", person["key"], mine="true", limit="200")["items"]
        for step in inbox:
            if step["case_ref"] not in open_cases or step["status"] != "pending":
                continue
            path = f"/v1/approvals/{step['id']}/decision"
            version = {"If-Match": f'"{step["version"]}"'}
            answer = desk.call(
                "POST", path, person["key"], 200, json={"decision": "approve"}, headers=version
            )
            open_cases[step["case_ref"]].decisions += answer.status_code == 200


def settle(desk: Desk, replayed: list[Replayed]) -> None:
    """Until every case is closed, or patience ends."""
    left = {each.ref: each for each in replayed}
    until = time.monotonic() + PATIENCE + 3 * len(replayed)
    while left:
        decide(desk, {ref: each for ref, each in left.items() if not each.automatic})
        for ref in list(left):
            case = desk.get(f"/v1/cases/{ref}", _seller(desk))
            if case["stage"] == "closed":
                _check(desk, left.pop(ref), case)
        if left and time.monotonic() > until:
            stages = {ref: desk.get(f"/v1/cases/{ref}", _seller(desk))["stage"] for ref in left}
            raise Off(f"still open: {stages}")
        time.sleep(0.5)


def _check(desk: Desk, replayed: Replayed, case: dict[str, Any]) -> None:
    """Credited in full, by one note with a PDF, decided by whom it had to be."""
    if case["outcome"] != "credited":
        raise Off(f"{replayed.ref} ended as {case['outcome']}")
    notes = desk.get("/v1/credit-notes", _seller(desk), case=replayed.ref)["items"]
    nets = [note["net"]["amount"] if isinstance(note["net"], dict) else note["net"] for note in notes]
    if nets != [format_minor(replayed.net, "GBP")]:
        raise Off(f"{replayed.ref} was credited {nets}, not {format_minor(replayed.net, 'GBP')}")
    paper = desk.call("GET", f"/v1/credit-notes/{notes[0]['number']}.pdf", _seller(desk), 200)
    if not paper.content.startswith(b"%PDF"):
        raise Off(f"{notes[0]['number']} has no PDF")
    if not replayed.automatic and replayed.decisions < 1:
        raise Off(f"{replayed.ref} was granted by nobody")
    replayed.notes = [note["number"] for note in notes]


def mails(mail_dir: Path, replayed: list[Replayed]) -> int:
    """How many mails went out on these cases; every one has to have some."""
    until = time.monotonic() + PATIENCE
    refs = {each.ref for each in replayed}
    while True:
        told = [mail["X-Partnerflow-Ref"] for mail in messages(mail_dir)]
        found = [ref for ref in told if ref in refs]
        if set(found) == refs:
            return len(found)
        if time.monotonic() > until:
            raise Off(f"nobody was told of {sorted(refs - set(found))}")
        time.sleep(0.5)


def _seller(desk: Desk) -> str:
    return str(desk.run["keys"]["distributor"])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tell(live: int, run: dict[str, Any]) -> dict[str, Any]:
    """The whole replay on a running stack; its figures."""
    mark = uuid4().hex[:6]
    counts = import_feed(run["database_url"])
    by_key = {person["key"]: person["organisation"] for person in run["people"]}
    run = run | {"operator": by_key[run["keys"]["finance"]]}
    started = time.monotonic()
    with httpx.Client(base_url=run["api"], timeout=30) as http:
        desk = Desk(run, http)
        found = chosen(run["owner_database_url"], live)
        replayed = [replay(desk, case, order, mark) for case, order in found]
        opened = time.monotonic() - started
        settle(desk, replayed)
    automatic = sum(each.automatic for each in replayed)
    return {
        "imported": counts,
        "run": f"L{mark}",
        "orders": len(replayed),
        "automatic": automatic,
        "decided": len(replayed) - automatic,
        "decisions": sum(each.decisions for each in replayed),
        "credited": sum(len(each.notes) for each in replayed),
        "net": format_minor(sum(each.net for each in replayed), "GBP"),
        "mails": mails(Path(run["mail_dir"]), replayed),
        "seconds": {"opening": round(opened, 1), "all": round(time.monotonic() - started, 1)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--live", type=int, default=25, metavar="N", help="how many orders")
    parser.add_argument("--api", help="the API's origin, if not the one of --keys-json")
    parser.add_argument("--keys-json", type=Path, help="what `partnerflow up --json` printed")
    asked = parser.parse_args()
    known = json.loads(asked.keys_json.read_text()) if asked.keys_json else None
    with nullcontext(known) if known else stack() as run:
        try:
            print(json.dumps(tell(asked.live, run | ({"api": asked.api} if asked.api else {})), indent=2))
        except (Off, httpx.HTTPError) as wrong:
            print(f"OFF: {wrong}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
