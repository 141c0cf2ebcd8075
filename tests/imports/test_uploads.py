"""Uploads over HTTP: staged as they stream in, booked by their driver, every bad row with its reason."""

import csv
import io
import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from api.app import create_app
from partnerflow.store.database import EVERY_ORGANISATION, create_database_engine, reading, unit_of_work
from partnerflow.store.seed import mint_keys, story
from partnerflow.store.verify import verify
from tests.api.calling import Caller, World, a_line, ago, gbp
from tests.api.calling import an_order as the_same_order
from tests.api.conftest import settings
from tests.support.fresh import Database
from workflows.activities.imports import ImportSteps
from workflows.contract import ImportInput, Portion

NDJSON = "application/x-ndjson"
CUSTOMERS = itertools.count(1)


def an_order(number: str | None = None, **members: Any) -> dict[str, Any]:
    """For a customer of its own, so that no order here is another one's duplicate."""
    customer = {"code": f"EC-9{next(CUSTOMERS):04}", "name": "Somebody Ltd"}
    return the_same_order(number, **{"end_customer": customer} | members)


@pytest.fixture(scope="module")
def world(module_database: Database) -> Iterator[World]:
    engine = create_database_engine(module_database.app_url)
    with unit_of_work(engine) as session:
        story(session)
        seeded = mint_keys(session)
    engine.dispose()
    app = create_app(settings(module_database.app_url), rate=1_000_000)
    yield World(app, seeded)
    app.extensions["engine"].dispose()


def engine_of(world: World) -> Engine:
    engine: Engine = world.app.extensions["engine"]
    return engine


def send(
    caller: Caller, kind: str, body: str | bytes, media: str = NDJSON, key: str | None = None
) -> TestResponse:
    headers = {"Content-Type": media, "Idempotency-Key": key or str(uuid.uuid4())}
    return caller.raw("POST", f"/v1/imports?kind={kind}", body, headers)


def lines(*documents: Any) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def drive(world: World, import_id: str) -> None:
    """What the import's driver does, as often as it must."""
    steps = ImportSteps(engine_of(world))
    while (found := steps.read_import(ImportInput(import_id))).open:
        steps.book_rows(Portion(import_id, found.position))


def upload(world: World, caller: Caller, kind: str, body: str, media: str = NDJSON) -> dict[str, Any]:
    answer = send(caller, kind, body, media)
    assert answer.status_code == 202, answer.text
    drive(world, answer.json["id"])
    found: dict[str, Any] = caller.get(f"/v1/imports/{answer.json['id']}").json
    return found


def codes(found: dict[str, Any]) -> dict[int, str]:
    return {error["row"]: error["code"] for error in found["errors"]}


def status_of(world: World, number: str) -> str | None:
    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        found = session.execute(text('SELECT status FROM "order" WHERE number = :number'), {"number": number})
        return found.scalar_one_or_none()


def test_orders_are_booked_held_or_listed_as_each_would_be_alone(world: World) -> None:
    good, held, bad = an_order(), an_order(), an_order()
    held["lines"] = [a_line(sku="LIC-BASIC", quantity=3)]
    del bad["number"]
    foreign = an_order(distributor=None, vendor="arbor")

    found = upload(world, world.distributor, "orders", lines(good, held, bad, foreign) + "{not json\n")

    assert (found["state"], found["rows"], found["booked"], found["rejected"]) == ("done", 5, 2, 3)
    assert codes(found) == {3: "invalid-parameter", 4: "forbidden", 5: "malformed-json"}
    assert "/number" in next(error["text"] for error in found["errors"] if error["row"] == 3)
    assert (status_of(world, good["number"]), status_of(world, held["number"])) == ("accepted", "on_hold")


def test_the_answer_is_given_before_anything_is_booked(world: World) -> None:
    order = an_order()

    answer = send(world.distributor, "orders", lines(order))

    assert (answer.status_code, answer.json["state"], answer.json["rows"]) == (202, "running", 1)
    assert answer.headers["Location"] == f"/v1/imports/{answer.json['id']}"
    assert status_of(world, order["number"]) is None
    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        wakes = session.execute(text("SELECT workflow_id FROM wake")).scalars().all()
    assert f"import/{answer.json['id']}" in wakes
    drive(world, answer.json["id"])
    assert status_of(world, order["number"]) == "accepted"


def test_a_held_order_tells_the_buyer_as_a_single_one_does(world: World) -> None:
    held = an_order(lines=[a_line(sku="LIC-BASIC", quantity=3)])

    upload(world, world.distributor, "orders", lines(held))

    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        found = session.execute(
            text("SELECT count(*) FROM delivery WHERE event = 'order.on_hold' AND data::text LIKE :number"),
            {"number": f"%{held['number']}%"},
        ).scalar_one()
    assert found == 2, "whoever entered it, and the buyer"


def test_two_like_orders_in_one_upload_see_each_other(world: World) -> None:
    first, second = an_order(), an_order()
    for order in (first, second):
        order["lines"] = [a_line(quantity=46)]
        order["end_customer"] = {"code": "EC-90", "name": "Twice Ltd"}

    upload(world, world.distributor, "orders", lines(first, second))

    assert (status_of(world, first["number"]), status_of(world, second["number"])) == ("accepted", "on_hold")


def test_a_reseller_uploads_its_own_orders_and_nobody_elses(world: World) -> None:
    own, other = an_order(), an_order(reseller="quayside")
    for order in (own, other):
        order["lines"][0].pop("upstream_unit_price")
    priced = an_order()

    found = upload(world, world.reseller, "orders", lines(own, other, priced))

    assert codes(found) == {2: "forbidden", 3: "unknown-member"}
    assert found["booked"] == 1


def test_a_csv_with_a_row_per_line_is_grouped_by_number(world: World) -> None:
    order = an_order()
    header = (
        "number,po_number,vendor,distributor,reseller,end_customer.code,end_customer.name,currency,placed_at,"
        "lines.sku,lines.description,lines.quantity,lines.unit_price,lines.tax_category,lines.tax_rate\r\n"
    )
    head = (
        f'{order["number"]},P-1,arbor,meridian,harbour,EC-17,"Tidewater, Surveyors",GBP,{order["placed_at"]}'
    )
    body = header + f"{head},LIC-STD,Standard,5,31.20,S,20\r\n{head},SUP-GOLD,Support,1,1200.00,S,20\r\n"

    found = upload(world, world.distributor, "orders", body, "text/csv; charset=utf-8")

    assert (found["rows"], found["booked"]) == (1, 1), found
    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        state = session.execute(
            text('SELECT state FROM "order" WHERE number = :number'), {"number": order["number"]}
        ).scalar_one()
    assert [(line["line_no"], line["sku"], line["quantity"]) for line in state["lines"]] == [
        (1, "LIC-STD", 5),
        (2, "SUP-GOLD", 1),
    ]
    assert state["end_customer"]["name"] == "Tidewater, Surveyors"


def test_a_csv_with_numbered_columns_keeps_an_order_on_one_row(world: World) -> None:
    order = an_order()
    names = (
        "number,po_number,vendor,distributor,reseller,end_customer.code,currency,placed_at,lines.0.line_no"
    )
    names += ",lines.0.sku,lines.0.quantity,lines.0.unit_price,lines.0.tax_category,lines.0.tax_rate"
    names += ",lines.0.licence.term_months"
    cells = f"{order['number']},P-1,arbor,meridian,harbour,EC-17,GBP,{order['placed_at']},1,LIC-STD,5,31.20,S,20,12"

    found = upload(world, world.distributor, "orders", f"{names}\n{cells}\n", "text/csv")

    assert (found["booked"], found["errors"]) == (1, [])


def test_the_error_report_holds_no_formula(world: World) -> None:
    body = lines(an_order(number='=HYPERLINK("http://x")', currency="XXX"), an_order(number="+1", lines=[]))
    found = upload(world, world.distributor, "orders", body)

    answer = world.distributor.get(f"/v1/imports/{found['id']}/errors.csv")

    assert answer.content_type == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.text))
    assert header == ["row", "code", "text", "number", "sent"]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("1", "invalid-currency", '\'=HYPERLINK("http://x")'),
        ("2", "line-count", "'+1"),
    ]
    assert answer.text.splitlines()[1].startswith('1,"invalid-currency"')


def test_invoices_need_an_order_and_the_right_to_bill_it(world: World) -> None:
    order = an_order()
    upload(world, world.distributor, "orders", lines(order))
    good = {
        "order_number": order["number"],
        "number": "I-1",
        "leg": "downstream",
        "issued_at": ago(minutes=5),
    }
    again, unknown = dict(good), good | {"order_number": "none"}
    neither = {name: value for name, value in good.items() if name != "order_number"}

    found = upload(world, world.distributor, "invoices", lines(good, again, unknown, neither))

    assert codes(found) == {3: "not-found", 4: "invalid-parameter"}
    assert found["booked"] == 2
    found = upload(
        world, world.finance, "invoices", lines(good | {"distributor": "meridian", "number": "I-2"})
    )
    assert found["booked"] == 1
    refused = send(world.reseller, "invoices", lines(good))
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")


def test_a_correction_made_elsewhere_closes_a_case_on_the_order_it_fits(world: World) -> None:
    order = an_order(placed_at=ago(hours=3))
    upload(world, world.distributor, "orders", lines(order))
    upload(
        world,
        world.distributor,
        "invoices",
        lines(
            {"order_number": order["number"], "number": "I-9", "leg": "downstream", "issued_at": ago(hours=2)}
        ),
    )
    made = {
        "number": "X-77",
        "reseller": "harbour",
        "issued_at": ago(hours=1),
        "order_number": order["number"],
        "lines": [{"sku": "LIC-STD", "quantity": 2, "unit_price": "31.20"}],
    }
    too_much = made | {"number": "X-78", "lines": [{"sku": "LIC-STD", "quantity": 49}]}
    not_ours = made | {"number": "X-79", "distributor": "elsewhere"}

    found = upload(world, world.distributor, "cancellations", lines(made, made, too_much, not_ours))

    assert codes(found) == {3: "more-than-bought", 4: "forbidden"}
    assert found["booked"] == 2
    (case,) = (c for c in world.reseller.get("/v1/cases").json["items"] if c["origin"] == "import")
    assert (case["stage"], case["outcome"]) == ("closed", "credited")
    assert case["external_reference"] == "X-77"
    read = world.reseller.get(f"/v1/cases/{case['ref']}").json
    assert read["external_reference"] == "X-77"
    amounts = read["amounts"]
    assert amounts["credited"] == amounts["requested"] == {"net": "62.40", "tax": "12.48", "gross": "74.88"}
    assert (amounts["settlement"], amounts["still_to_pay"]) == (None, gbp("1797.12"))


def test_the_same_request_again_is_answered_by_the_first_ones_import(world: World) -> None:
    body, key = lines(an_order()), str(uuid.uuid4())

    first = send(world.distributor, "orders", body, key=key)
    again = send(world.distributor, "orders", body, key=key)
    other = send(world.distributor, "orders", lines(an_order()), key=key)

    assert again.data == first.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        assert (
            session.execute(text("SELECT count(*) FROM \"import\" WHERE state = 'staging'")).scalar_one() == 0
        )


@pytest.mark.parametrize(
    ("path", "media", "status", "code"),
    [
        ("/v1/imports?kind=people", NDJSON, 422, "invalid-parameter"),
        ("/v1/imports?kind=payments", NDJSON, 422, "invalid-parameter"),
        ("/v1/imports?kind=anything", NDJSON, 422, "invalid-parameter"),
        ("/v1/imports", NDJSON, 422, "invalid-parameter"),
        ("/v1/imports?kind=orders&also=this", NDJSON, 422, "unknown-parameter"),
        ("/v1/imports?kind=orders", "application/json", 415, "unsupported-media-type"),
        ("/v1/imports?kind=orders", "text/csv", 422, "invalid-parameter"),
    ],
)
def test_what_is_no_upload_is_refused(path: str, media: str, status: int, code: str, world: World) -> None:
    headers = {"Content-Type": media, "Idempotency-Key": str(uuid.uuid4())}

    answer = world.distributor.raw("POST", path, b"", headers)

    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text


def test_a_kind_of_a_later_release_names_what_is_taken(world: World) -> None:
    answer = send(world.distributor, "people", "{}\n")

    assert "orders, invoices, cancellations" in answer.json["detail"]


def test_a_foreign_organisations_import_does_not_exist(world: World) -> None:
    found = upload(world, world.distributor, "orders", lines(an_order()))

    for path in (
        f"/v1/imports/{found['id']}",
        f"/v1/imports/{found['id']}/errors.csv",
        "/v1/imports/nowhere",
    ):
        assert world.reseller.get(path).status_code == 404
    assert world.finance.get(f"/v1/imports/{found['id']}").status_code == 200


def test_many_rows_go_in_by_chunks_and_a_second_driver_is_harmless(world: World) -> None:
    orders = [an_order(f"BULK-{no}", lines=[a_line(quantity=no % 40 + 1)]) for no in range(1, 606)]
    answer = send(world.distributor, "orders", lines(*orders))
    steps, import_id = ImportSteps(engine_of(world)), answer.json["id"]

    steps.book_rows(Portion(import_id, 0))
    half = world.distributor.get(f"/v1/imports/{import_id}").json
    steps.book_rows(Portion(import_id, 0))
    same = world.distributor.get(f"/v1/imports/{import_id}").json
    drive(world, import_id)
    whole = world.distributor.get(f"/v1/imports/{import_id}").json

    assert (half["state"], half["position"], half["booked"]) == ("running", 250, 250)
    assert same == half
    assert (whole["state"], whole["booked"], whole["rejected"]) == ("done", 605, 0)


def test_an_upload_that_breaks_off_leaves_nothing(world: World) -> None:
    long = "x" * 1_100_000

    answer = send(world.distributor, "orders", lines(an_order()) * 600 + long)

    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
    with reading(engine_of(world), EVERY_ORGANISATION) as session:
        assert (
            session.execute(text("SELECT count(*) FROM \"import\" WHERE state = 'staging'")).scalar_one() == 0
        )


def test_after_all_of_it_the_record_proves_itself(world: World) -> None:
    with unit_of_work(engine_of(world)) as session:
        assert verify(session) == ()
