"""`partnerflow credits work-out`: the credits of an invoice, for people who check them. DOMAIN: worked example 2."""

import json
import subprocess
import sys
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "rounding.md"
PENNIES = ("68.33", "57.50", "85.00", "68.33")
PER_LINE = [{"tax_rate": "20", "net": "279.16", "tax": "55.84"}]
NOTHING = {"net": "0.00", "tax": "0.00", "gross": "0.00"}


def invoice(
    *nets: str, quantity: int = 1, rate: str = "20", currency: str = "GBP", **said: Any
) -> dict[str, Any]:
    lines = [
        {"line_no": no, "quantity": quantity, "net": net, "tax_rate": rate}
        for no, net in enumerate(nets, start=1)
    ]
    return {"currency": currency, "paid": "0.00", "lines": lines, "steps": []} | said


def units(line_no: int, quantity: int = 1, **said: Any) -> dict[str, Any]:
    return {"credit": [{"line_no": line_no, "quantity": quantity} | said]}


def amount(text: str, line_no: int = 1, **said: Any) -> dict[str, Any]:
    return {"credit": [{"line_no": line_no, "amount": text} | said]}


REST = {"credit": "remainder"}


def run(sent: Any) -> Result:
    text = sent if isinstance(sent, (str, bytes)) else json.dumps(sent)
    return CliRunner().invoke(main, ["credits", "work-out", "-"], input=text)


def answer(sent: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    result = run(sent | {"steps": list(steps)})
    assert result.exit_code == 0, result.output
    line, rest = result.stdout.split("\n")
    assert rest == ""
    found: dict[str, Any] = json.loads(line)
    return found


def figures(found: dict[str, Any], *names: str) -> list[Any]:
    rows = [[step.get(name) for name in names] for step in found["steps"]]
    return [row[0] for row in rows] if len(names) == 1 else rows


def fault(sent: Any) -> str:
    result = run(sent)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


def with_line(**said: Any) -> dict[str, Any]:
    sent = invoice("100.00")
    sent["lines"][0] |= said
    return sent


def with_step(*steps: Any) -> dict[str, Any]:
    return invoice("100.00", steps=list(steps))


def test_credited_one_by_one_the_last_of_the_four_lines_gets_13_66() -> None:
    found = answer(invoice(*PENNIES), *(units(no) for no in (1, 2, 3, 4)))
    assert figures(found, "tax") == ["13.67", "11.50", "17.00", "13.66"]
    assert found["remaining"] == NOTHING


def test_in_reverse_order_the_first_gets_13_67_and_the_last_13_66() -> None:
    found = answer(invoice(*PENNIES), *(units(no) for no in (4, 3, 2, 1)))
    assert figures(found, "tax") == ["13.67", "17.00", "11.50", "13.66"]
    assert found["remaining"] == NOTHING


def test_an_invoice_taxed_per_line_states_55_84_and_the_last_gets_13_67() -> None:
    sent = invoice(*PENNIES, tax_totals=PER_LINE)
    assert answer(sent)["remaining"] == {"net": "279.16", "tax": "55.84", "gross": "335.00"}
    found = answer(sent, *(units(no) for no in (1, 2, 3, 4)))
    assert figures(found, "tax") == ["13.67", "11.50", "17.00", "13.67"]
    assert found["remaining"] == NOTHING


@pytest.mark.parametrize("totals", [{}, {"tax_totals": PER_LINE}], ids=["per total", "per line"])
def test_in_any_order_the_last_credit_closes_the_invoice(totals: dict[str, Any]) -> None:
    for order in permutations((1, 2, 3, 4)):
        assert answer(invoice(*PENNIES, **totals), *(units(no) for no in order))["remaining"] == NOTHING


def test_unit_by_unit_100_is_33_33_then_33_34_then_33_33_at_40_gross_and_a_penny_more_is_refused() -> None:
    more = [units(1), amount("0.01"), amount("0.01", convert=True)]
    found = answer(invoice("100.00", quantity=3), units(1), units(1), units(1), *more)
    assert figures(found, "net", "tax", "gross")[:3] == [
        ["33.33", "6.67", "40.00"],
        ["33.34", "6.66", "40.00"],
        ["33.33", "6.67", "40.00"],
    ]
    none = NOTHING | {"line_no": 1, "quantity": 0, "amount": "0.00"}
    assert found["steps"][3:] == [{"refused": "exceeds-creditable", "remaining": none}] * 3


def test_voiding_the_third_of_the_four_reopens_102_and_the_remainder_is_85_and_17() -> None:
    steps = [*(units(no) for no in (1, 2, 3, 4)), {"void": 3}]
    reopened = answer(invoice(*PENNIES), *steps)
    assert reopened["remaining"] == {"net": "85.00", "tax": "17.00", "gross": "102.00"}
    assert figures(reopened, "net", "tax", "gross")[4] == ["-85.00", "-17.00", "-102.00"]
    found = answer(invoice(*PENNIES), *steps, REST)
    assert figures(found, "net", "tax", "gross")[5] == ["85.00", "17.00", "102.00"]
    assert found["remaining"] == NOTHING


def test_after_five_credits_of_1_13_with_two_voided_a_penny_has_no_tax() -> None:
    steps = [amount("1.13")] * 5 + [{"void": 2}, {"void": 4}, amount("0.01")]
    found = answer(invoice("10.00"), *steps)
    assert figures(found, "tax") == ["0.23", "0.22", "0.23", "0.22", "0.23", "-0.22", "-0.22", "0.00"]
    assert answer(invoice("10.00"), *steps, REST)["remaining"] == NOTHING


def test_the_wrong_licence_leaves_100_and_of_200_and_100_by_amount_the_second_fits() -> None:
    """DOMAIN: worked example 1; 1,200.00 of 3,000.00 are paid."""
    rows = [{"line_no": 1, "quantity": 46}, {"line_no": 1, "quantity": 4, "percent": "50"}]
    steps = [
        {"credit": rows},
        amount("200.00", convert=True),
        amount("100.00"),
        amount("100.00", convert=True),
    ]
    found = answer(invoice("2500.00", quantity=50, paid="1200.00"), *steps)
    assert found["steps"][0] == {
        "net": "2400.00",
        "tax": "480.00",
        "gross": "2880.00",
        "unpaid_reduced": "1800.00",
        "excess": "1080.00",
    }
    left = {
        "net": "100.00",
        "tax": "20.00",
        "gross": "120.00",
        "line_no": 1,
        "quantity": 0,
        "amount": "100.00",
    }
    assert found["steps"][1:3] == [
        {"refused": "exceeds-creditable", "remaining": left},
        {"refused": "convert-required", "remaining": left},
    ]
    assert found["steps"][3]["excess"] == "120.00"
    assert found["remaining"] == NOTHING


def test_an_amount_needs_no_conversion_once_every_quantity_credit_is_void() -> None:
    steps = [units(1), units(1), {"void": 1}, amount("1.00"), {"void": 2}, amount("1.00")]
    found = answer(invoice("100.00", quantity=3), *steps)
    assert [step.get("refused") for step in found["steps"]] == [
        None,
        None,
        None,
        "convert-required",
        None,
        None,
    ]


def test_a_void_puts_back_what_was_unpaid_and_what_was_given_back() -> None:
    steps = [units(1), units(2), {"void": 1}, units(1)]
    found = answer(invoice("50.00", "50.00", paid="80.00"), *steps)
    assert figures(found, "unpaid_reduced", "excess") == [
        ["40.00", "20.00"],
        ["0.00", "60.00"],
        ["-40.00", "-20.00"],
        ["40.00", "20.00"],
    ]


def test_what_is_not_a_live_credit_cannot_be_voided() -> None:
    steps = [units(1), {"void": 1}, {"void": 1}, {"void": 2}, units(1, 9), {"void": 5}]
    found = answer(invoice("100.00", quantity=3), *steps)
    assert [step.get("refused") for step in found["steps"]] == [
        None, None, "wrong-state", "wrong-state", "exceeds-creditable", "wrong-state",
    ]  # fmt: skip
    assert found["remaining"] == {"net": "100.00", "tax": "20.00", "gross": "120.00"}


def test_a_step_is_credited_whole_or_not_at_all_and_says_which_line_did_not_fit() -> None:
    rows = [{"line_no": 1, "quantity": 2}, {"line_no": 2, "quantity": 2}, {"line_no": 2, "quantity": 2}]
    found = answer(invoice("100.00", "60.00", quantity=3), {"credit": rows})
    left = {"net": "160.00", "tax": "32.00", "gross": "192.00"}
    line = {"line_no": 2, "quantity": 3, "amount": "60.00"}
    assert found == {
        "steps": [{"refused": "exceeds-creditable", "remaining": left | line}],
        "remaining": left,
    }


def test_a_third_of_a_price_three_times_and_the_rest_make_the_whole() -> None:
    steps = [units(1, percent="33.3333")] * 3 + [REST]
    found = answer(invoice("100.00", quantity=3), *steps)
    assert figures(found, "net") == ["11.11", "11.11", "11.11", "66.67"]
    assert found["remaining"] == NOTHING


@pytest.mark.parametrize(
    ("currency", "net", "nets", "none"),
    [
        ("JPY", "1000", ["333", "334", "333"], "0"),
        ("KWD", "100.000", ["33.333", "33.334", "33.333"], "0.000"),
    ],
)
def test_other_minor_units_are_as_exact(currency: str, net: str, nets: list[str], none: str) -> None:
    found = answer(invoice(net, quantity=3, currency=currency, paid=none), units(1), units(1), units(1))
    assert figures(found, "net") == nets
    assert found["remaining"] == {"net": none, "tax": none, "gross": none}


def test_several_rates_close_each_by_itself_and_zero_rate_has_no_tax() -> None:
    sent = invoice("33.33", "33.33", "10.00", quantity=3)
    for line, rate in zip(sent["lines"], ("20", "5", "0"), strict=True):
        line["tax_rate"] = rate
    each = {"credit": [{"line_no": no, "quantity": 1} for no in (1, 2, 3)]}
    found = answer(sent, each, each, each)
    assert figures(found, "net", "tax") == [["25.55", "2.78"], ["25.56", "2.77"], ["25.55", "2.79"]]
    assert found["remaining"] == NOTHING


def test_the_stated_tax_wins_even_at_a_rate_whose_net_is_nothing() -> None:
    stated = [{"tax_rate": "20", "net": "0.00", "tax": "0.01"}]
    found = answer(invoice("0.00", quantity=2, tax_totals=stated), REST)
    assert figures(found, "net", "tax") == [["0.00", "0.01"]]
    assert found["remaining"] == NOTHING


def test_a_remainder_of_nothing_is_nothing() -> None:
    found = answer(invoice("100.00"), REST, REST)
    assert figures(found, "gross") == ["120.00", "0.00"]


def test_it_reads_a_file_as_well(tmp_path: Path) -> None:
    file = tmp_path / "F.json"
    file.write_text(json.dumps(invoice("100.00", steps=[REST])), encoding="utf-8")
    command = [sys.executable, "-m", "api.cli", "credits", "work-out", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["remaining"] == NOTHING
    assert len(done.stdout.splitlines()) == 1


def test_the_example_of_the_page_is_what_the_command_answers() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Work it out yourself")[2]
    blocks = [block for block in section.split("\n\n") if block.startswith("    {")]
    sent, said = (json.loads(block) for block in blocks)
    result = run(sent)
    assert json.loads(result.stdout) == said
    assert result.stdout == " ".join(line.strip() for line in blocks[1].splitlines()) + "\n"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        ('{"paid": "1.00", "paid": "2.00"}', "'paid' is given twice"),
        ("[" * 100_000, "is not JSON"),
        ([], "the file: must be an object"),
        (invoice("1.00") | {"tenant": 1}, "/tenant: there is no such member"),
        ({"currency": "GBP", "lines": [], "steps": []}, "/paid: is missing"),
        (invoice("1.00", currency="gbp"), "/currency: 'gbp' is not an ISO 4217"),
        (invoice("1.00", currency=978), "/currency: must be a text"),
        (invoice("1.00", paid="-1.00"), "/paid: must not be negative"),
        (invoice("1.00", paid="1.0"), "/paid: Write the amount as a string with 2 decimals"),
        (invoice("1.00", paid=1.0), "/paid: must be a text in quotes"),
        (invoice(), "/lines: an invoice has at least one line"),
        (invoice("1.00", lines={}), "/lines: must be a list"),
        (invoice("1.00", lines=[1]), "/lines/0: must be an object"),
        (with_line(quantity=1.5), "/lines/0/quantity: must be a whole number"),
        (with_line(quantity=0), "/lines/0/quantity: must be a whole number"),
        (with_line(quantity=True), "/lines/0/quantity: must be a whole number"),
        (with_line(net="10000000000000000.00"), "/lines/0/net: Write the amount"),
        (with_line(net="-0.00"), "/lines/0/net: must not be negative"),
        (with_line(tax_rate="101"), "/lines/0/tax_rate: Write the percent"),
        (with_line(tax_rate=17.5), "/lines/0/tax_rate: must be a text"),
        (with_line(tax_rate="-0"), "/lines/0/tax_rate: must not be negative"),
        (invoice("1.00", lines=invoice("1.00")["lines"] * 2), "/lines/1/line_no: line 1 is given twice"),
        (invoice("1.00", tax_totals=[]), "/tax_totals: the rate of 20 % is missing"),
        (invoice("279.17", tax_totals=PER_LINE), "/tax_totals/0/net: the lines at this rate add up to 279.17"),
        (invoice("279.16", tax_totals=PER_LINE * 2), "/tax_totals/1/tax_rate: the rate is given twice"),
        (invoice("279.16", rate="5", tax_totals=PER_LINE), "/tax_totals/0/tax_rate: the rate is on no line"),
        (with_step({}), "/steps/0: a step has either"),
        (with_step({"credit": "remainder", "void": 1}), "/steps/0: a step has either"),
        (with_step({"credit": "rest"}), "/steps/0/credit: give a list of lines"),
        (with_step({"credit": []}), "/steps/0/credit: give a list of lines"),
        (with_step(REST, {"void": 2}), "/steps/1/void: step 2 does not come before"),
        (with_step(REST, {"void": 0}), "/steps/1/void: must be a whole number"),
        (with_step(units(9)), "/steps/0/credit/0/line_no: the invoice has no line 9"),
        (with_step(units(1, 0)), "/steps/0/credit/0/quantity: must be a whole number"),
        (with_step(units(1, percent="100.1")), "/steps/0/credit/0/percent: Write the percent"),
        (with_step(units(1, convert=True)), "/steps/0/credit/0/convert: belongs to an amount only"),
        (with_step(units(1, amount="1.00")), "/steps/0/credit/0: give either"),
        (with_step(amount("1.00", percent="50")), "/steps/0/credit/0/percent: belongs to a quantity only"),
        (with_step(amount("0.00")), "/steps/0/credit/0/amount: must be more than zero"),
        (with_step(amount("1.00", convert="yes")), "/steps/0/credit/0/convert: must be true or false"),
        (with_step({"credit": [{"line_no": 1}]}), "/steps/0/credit/0: give either"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_member(sent: Any, said: str) -> None:
    assert said in " ".join(fault(sent).split())
