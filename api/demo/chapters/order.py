"""Chapter 1: the order that validation would have stopped, and the same order forced through."""

from typing import Any, Final

from api.demo import bodies
from api.demo.screen import local
from api.demo.sheet import figure
from api.demo.stage import Stage

_INVOICED: Final = {"downstream": ("3,000.00", "its own"), "upstream": ("2,640.00", "Arbor's")}


def tell(stage: Stage) -> dict[str, Any]:
    """Returns the order that went through, invoiced, part paid, part activated."""
    stage.chapter(
        1,
        "The order that validation would have stopped",
        "Harbour orders 50 Pro licences through Meridian for a customer who runs Standard.",
    )
    _is_stopped(stage)
    order = _is_forced_through(stage)
    _is_invoiced(stage, order["id"])
    return order


def _is_stopped(stage: Stage) -> None:
    order = _enter(stage, "D-8840")
    found: dict[str, Any] = next((f for f in order["findings"] if f["code"] == "edition-mismatch"), {})
    stage.sheet.note("order as entered", "on_hold", order["status"])
    stage.sheet.note("its finding", "edition-mismatch", found.get("code"))
    stage.sheet.note("suggested instead", "LIC-STD", (found.get("suggestion") or {}).get("sku"))
    _show_hold(stage, order)
    desk = stage.cast["distributor"]
    reason = {"reason": "Harbour meant Standard."}
    cancelled = desk.post(f"/v1/orders/{order['id']}/actions/cancel", reason)
    stage.screen.act(desk, "cancels it: this mistake costs nobody anything", cancelled)
    stage.sheet.note("order, warning heeded", "cancelled", cancelled.body["status"])


def _is_forced_through(stage: Stage) -> dict[str, Any]:
    stage.screen.console.print()
    stage.screen.say("But this is how it went: the same order again, and its warning waved aside.")
    held, desk = _enter(stage, "D-8841"), stage.cast["distributor"]
    codes = [found["code"] for found in held["findings"]]
    stage.screen.facts([("held again", ", ".join(codes))])
    answer = {"findings": list(dict.fromkeys(codes)), "text": "We were asked for Pro."}
    forced = desk.post(f"/v1/orders/{held['id']}/actions/acknowledge", answer)
    stage.screen.act(desk, "acknowledges it: “We were asked for Pro.”", forced)
    stage.sheet.note("the same, acknowledged", "accepted", forced.body["status"])
    order: dict[str, Any] = forced.body
    entitled = order["lines"][0]["eligibility"]
    options = [("can be cancelled until", local(entitled["cancellable_until"]))]
    options += [("refund", _option(option)) for option in entitled["refund_options"]]
    stage.screen.facts([("status", order["status"]), *options])
    return order


def _is_invoiced(stage: Stage, order: str) -> None:
    desk, path = stage.cast["distributor"], f"/v1/orders/{order}"
    stage.screen.console.print()
    for leg, number in bodies.INVOICES.items():
        answer = desk.put(f"{path}/invoices/{number}", bodies.invoice(leg), 201)
        gross = next(each["gross"] for each in answer.body["invoices"] if each["number"] == number)
        expected, whose = _INVOICED[leg]
        stage.sheet.money(f"{leg} invoice", expected, gross)
        stage.screen.act(desk, f"reports {whose} invoice {number}: {figure(gross)} gross", answer)
    paid = desk.post(f"{path}/payments", bodies.payment())
    stage.screen.act(desk, "reports a payment of 1,200.00 by Harbour", paid)
    active = desk.post(f"{path}/activations", bodies.activation())
    stage.screen.act(desk, "reports 4 of the 50 keys as activated", active)
    stage.sheet.note("keys activated", 4, active.body["lines"][0]["activated_quantity"])


def _enter(stage: Stage, number: str) -> dict[str, Any]:
    desk = stage.cast["distributor"]
    entered = desk.post("/v1/orders", bodies.order(number), 201)
    stage.screen.act(desk, f"enters {number}: 50 x LIC-PRO at 50.00 for Harbour's customer EC-17", entered)
    order: dict[str, Any] = entered.body
    return order


def _show_hold(stage: Stage, order: dict[str, Any]) -> None:
    contacts, rows = order["contacts"], [("status", f"{order['status']} until {local(order['hold_until'])}")]
    for found in order["findings"]:
        rows.append((found["code"], f"{found['text']} ({found['severity']})"))
        if found["suggestion"]:
            rows.append(("instead", _suggestion(found["suggestion"])))
    rows += [(who, person(contacts.get(key))) for who, key in (("ask", "owner"), ("or", "distributor"))]
    stage.screen.facts(rows)


def person(contact: dict[str, Any] | None) -> str:
    """``Owen Clarke, Channel case manager, +44 20 5550 0121``."""
    return ", ".join(contact[part] for part in ("name", "title", "phone")) if contact else "nobody"


def _suggestion(suggested: dict[str, Any]) -> str:
    price = f" at {suggested['unit_price']}" if suggested["unit_price"] else ""
    units = f"{suggested['quantity']} x " if suggested["quantity"] else ""
    return f"{units}{suggested['sku'] or 'the same item'}{price}"


def _option(option: dict[str, Any]) -> str:
    amount = f" = {figure(option['amount'])} net" if option["amount"] else ""
    return f"{option['quantity']} units at {option['percent']} %{amount} until {local(option['until'])}"
