"""People who call the API: a client with somebody's key, and the bodies they usually send."""

import io
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from partnerflow.store.seed import SeedKeys


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


@dataclass(frozen=True, slots=True)
class Caller:
    """One person's key on the application."""

    app: Flask
    key: str | None

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.app.test_client().get(path, headers=self.headers() | _dashed(headers))

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("PUT", path, body, **headers)

    def send(self, method: str, path: str, body: Any, **headers: str) -> TestResponse:
        """With a new Idempotency-Key unless one is given (``idempotency_key="..."``)."""
        own = {"Idempotency-Key": str(uuid.uuid4())} | self.headers()
        return self.app.test_client().open(path, method=method, json=body, headers=own | _dashed(headers))

    def raw(self, method: str, path: str, data: bytes | str, headers: dict[str, str]) -> TestResponse:
        return self.app.test_client().open(path, method=method, data=data, headers=self.headers() | headers)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class World:
    """The story's world behind the application."""

    app: Flask
    seeded: SeedKeys

    def __getattr__(self, role: str) -> Caller:
        """The caller of a role: ``world.reseller``."""
        return Caller(self.app, self.seeded.keys[role])

    def person(self, email: str) -> Caller:
        return Caller(self.app, next(p["key"] for p in self.seeded.people if p["email"] == email))

    @property
    def nobody(self) -> Caller:
        return Caller(self.app, None)


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def an_order(number: str | None = None, **members: Any) -> dict[str, Any]:
    """An order that is accepted at once: what the end customer has already."""
    return {
        "number": number or f"T-{uuid.uuid4().hex[:10]}",
        "po_number": "H-2291",
        "vendor": "arbor",
        "distributor": "meridian",
        "reseller": "harbour",
        "end_customer": {"code": "EC-17", "name": "Tidewater Surveyors"},
        "currency": "GBP",
        "placed_at": ago(hours=1),
        "lines": [a_line()],
    } | members


def a_line(**members: Any) -> dict[str, Any]:
    licence = {
        "edition": "standard",
        "metric": "user",
        "term_months": 12,
        "segment": "commercial",
        "region": "GB",
    }
    return {
        "line_no": 1,
        "sku": "LIC-STD",
        "description": "Arbor Standard, per user, 1 year",
        "quantity": 50,
        "unit_price": "31.20",
        "upstream_unit_price": "27.45",
        "tax_category": "S",
        "tax_rate": "20.00",
        "licence": licence,
    } | members


def a_case(order_id: str, quantity: int = 1, **members: Any) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "type": "quantity_reduction",
        "reason": "wrong_quantity",
        "lines": [{"line_no": 1, "quantity": quantity}],
        "description": "Fewer were needed.",
    } | members


def ordered(world: World, *, invoiced: bool = True, **members: Any) -> dict[str, Any]:
    """An accepted order, as the distributor reads it; acknowledged where validation held it."""
    answer = world.distributor.post("/v1/orders", an_order(**members))
    assert answer.status_code == 201, answer.text
    order: dict[str, Any] = answer.json
    if order["status"] == "on_hold":
        said = {"findings": sorted({f["code"] for f in order["findings"]}), "text": "It is meant so."}
        answer = world.distributor.post(f"/v1/orders/{order['id']}/actions/acknowledge", said)
        assert answer.status_code == 200, answer.text
    if invoiced:
        for leg, number in (("downstream", f"I-{order['number']}"), ("upstream", f"A-{order['number']}")):
            body = {"leg": leg, "issued_at": ago(minutes=30)}
            answer = world.distributor.put(f"/v1/orders/{order['id']}/invoices/{number}", body)
            assert answer.status_code == 201, answer.text
    found: dict[str, Any] = world.distributor.get(f"/v1/orders/{order['id']}").json
    return found


def opened(world: World, order: dict[str, Any], quantity: int = 1, **members: Any) -> dict[str, Any]:
    """A case the reseller has opened."""
    answer = world.reseller.post("/v1/cases", a_case(order["id"], quantity, **members))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json
    return case


def attached(who: Caller, path: str, name: str, content: bytes, key: str = "", **form: str) -> TestResponse:
    """Somebody puts a file to the case at ``path``."""
    edge, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name)} | form)
    headers = {
        "Idempotency-Key": key or str(uuid.uuid4()),
        "Content-Type": f"multipart/form-data; boundary={edge}",
    }
    return who.raw("POST", f"{path}/attachments", body, headers)


def excepted(quantity: int = 40) -> dict[str, Any]:
    """An exception that needs people to decide: the reseller's own lines, at half."""
    return {
        "exception": {
            "justification": "Reported the same day.",
            "lines": [{"line_no": 1, "quantity": quantity, "percent": "50"}],
        }
    }


def refused(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The answer is this problem, in the shape every problem has."""
    assert (answer.status_code, answer.json.get("code")) == (status, code), answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.data)
    assert body["type"].rsplit("/", 1)[1] == code
    assert {"type", "title", "status", "detail", "code", "errors"} <= set(body)
    assert body["status"] == status
    return body
