"""The two adapters of the payment port against real parties: a server that loses answers, and a directory."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.embedded.payments import Mode, PaymentsDouble
from partnerflow.cases.money_commands import Found
from workflows.activities.payments import port_of
from workflows.activities.payments_answers import answer_of
from workflows.activities.payments_file import FilePort, name_of
from workflows.activities.payments_http import HttpPort

KEY = "payout:PF-2027-000001:1:downstream:M/1 ü:refund"
PAYMENT: dict[str, Any] = {
    "key": KEY, "kind": "refund", "amount": {"amount": "1080.00", "currency": "GBP"}, "payer": "meridian",
    "payee": "harbour", "payee_name": "Harbour", "case": "PF-2027-000001", "note": "N-1", "invoice": "M/1 ü",
}  # fmt: skip


def test_a_payment_is_confirmed_with_the_payers_reference_and_instant(payments: PaymentsDouble) -> None:
    port = HttpPort(payments.url + "/")
    assert port.look(PAYMENT).found is Found.ABSENT
    answer = port.send(PAYMENT)
    assert answer.found is Found.CONFIRMED
    assert answer.reference
    assert answer.at
    assert port.look(PAYMENT) == answer
    known = payments.read(KEY)
    assert known
    assert known["request"] == PAYMENT


def test_what_is_accepted_is_confirmed_or_refused_later(payments: PaymentsDouble) -> None:
    port = HttpPort(payments.url)
    payments.mode = Mode.ACCEPT
    assert (port.send(PAYMENT).found, port.look(PAYMENT).found) == (Found.ACCEPTED, Found.ACCEPTED)
    payments.confirm(KEY)
    assert (port.look(PAYMENT).found, payments.moved[KEY]) == (Found.CONFIRMED, 1)
    other = PAYMENT | {"key": "payout:x:1:downstream:-:goodwill"}
    port.send(other)
    payments.fail(other["key"], "No such account.")
    assert (port.look(other).found, port.look(other).reason) == (Found.FAILED, "No such account.")


def test_a_refusal_is_for_good_and_so_is_another_body_under_the_key(payments: PaymentsDouble) -> None:
    port = HttpPort(payments.url)
    payments.mode = Mode.REFUSE
    refused = port.send(PAYMENT)
    assert (refused.found, refused.reason) == (Found.FAILED, "422 The account of the payee is closed.")
    payments.mode = Mode.CONFIRM
    port.send(PAYMENT)
    other = port.send(PAYMENT | {"payee_name": "Harbor"})
    assert (other.found, (other.reason or "")[:3]) == (Found.FAILED, "409")


@pytest.mark.parametrize("hang", [0, 1.5])
@pytest.mark.parametrize(
    ("mode", "then"), [(Mode.LOSE_THE_ANSWER, Found.CONFIRMED), (Mode.LOSE_THE_REQUEST, Found.ABSENT)]
)
def test_no_answer_is_unknown_whether_or_not_the_money_has_left(
    payments: PaymentsDouble, mode: Mode, then: Found, hang: float
) -> None:
    port = HttpPort(payments.url, seconds=0.3)
    payments.mode, payments.hang = mode, hang
    assert port.send(PAYMENT).found is Found.UNKNOWN
    assert port.look(PAYMENT).found is then
    assert payments.moved[KEY] == (1 if then is Found.CONFIRMED else 0)


def test_a_payer_that_is_away_is_unknown(payments: PaymentsDouble) -> None:
    payments.stop()
    port = HttpPort(payments.url, seconds=0.5)
    assert {port.send(PAYMENT).found, port.look(PAYMENT).found} == {Found.UNKNOWN}
    payments.start = lambda: None  # type: ignore[method-assign]
    payments.stop = lambda: None  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "stated",
    [
        None, [], "confirmed", {}, {"state": "paid"}, {"state": None},
        {"state": "confirmed", "amount": {"amount": "10.80", "currency": "GBP"}},
        {"state": "confirmed", "payee": "quayside"}, {"state": "confirmed", "key": "another"},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_about_this_payment_says_nothing(stated: Any) -> None:
    assert answer_of(stated, PAYMENT).found is Found.UNKNOWN


def test_the_words_of_another_system_are_kept_short_and_plain() -> None:
    answer = answer_of({"state": "failed", "reason": "a\x00b\r\n" + "c" * 999, "at": "soon"}, PAYMENT)
    assert answer.reason
    assert (answer.reason[:5], len(answer.reason), answer.at) == ("a b  ", 200, None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_file_is_written_whole_and_once_and_its_answer_is_read(folder: Path) -> None:
    port = port_of(folder.as_uri())
    assert isinstance(port, FilePort)
    assert port.look(PAYMENT).found is Found.ABSENT
    assert [port.send(PAYMENT).found for _ in range(3)] == [Found.ACCEPTED] * 3
    (written,) = (folder / "out").iterdir()
    assert json.loads(written.read_text()) == PAYMENT
    (folder / "in" / written.name).write_text('{"state": "conf')
    assert port.look(PAYMENT).found is Found.UNKNOWN
    said = {"state": "confirmed", "reference": "B-1", "at": "2027-01-05T10:00:00+01:00"}
    (folder / "in" / written.name).write_text(json.dumps(said))
    answer = port.look(PAYMENT)
    assert (answer.found, answer.reference, str(answer.at)) == (
        Found.CONFIRMED, "B-1", "2027-01-05 09:00:00+00:00",
    )  # fmt: skip


def test_another_content_under_the_key_is_a_failure(folder: Path) -> None:
    port = FilePort(folder)
    port.send(PAYMENT)
    assert port.send(PAYMENT | {"payee": "quayside"}).found is Found.FAILED
    (written,) = (folder / "out").iterdir()
    assert json.loads(written.read_text()) == PAYMENT


def test_a_directory_that_is_away_says_nothing(tmp_path: Path) -> None:
    port = FilePort(tmp_path)
    assert {port.send(PAYMENT).found, port.look(PAYMENT).found} == {Found.UNKNOWN}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "key", [KEY, "payout:../../etc/passwd", "payout:" + "x/" * 300, "con", ".", "a\\b*?"]
)
def test_a_key_is_a_safe_file_name_and_none_is_the_name_of_another(key: str) -> None:
    name = name_of(key)
    assert len(name) < 200
    assert not set(name) & set('/\\:*?"<>|\x00 ')
    assert name_of(key + "1") != name
