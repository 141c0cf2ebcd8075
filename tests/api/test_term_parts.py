"""A part of a term in what people send: beside units, never beside an amount, never more than all of it."""

from typing import Any

import pytest
from marshmallow import ValidationError

from api.schemas.deciding import ProposeBody, proposal
from partnerflow.credits.portions import Portion
from partnerflow.money import TermPart


def sent(**row: Any) -> dict[str, Any]:
    body = {"lines": [{"line_no": 1, **row}], "clause": "by-hand", "text": "Days left."}
    loaded: dict[str, Any] = ProposeBody().load(body)
    return loaded


def test_units_may_be_given_a_part_of_their_term() -> None:
    part = {"left": 116, "of": 365, "unit": "day"}
    (row,) = proposal(sent(quantity=10, percent="85", part=part), 1).portions
    assert row == Portion(1, 10, 850_000, part=TermPart(116, 365, "day"))
    (row,) = proposal(sent(quantity=10, part={"left": 1, "of": 3}), 1).portions
    assert row.part == TermPart(1, 3)


@pytest.mark.parametrize(
    "row",
    [
        {"quantity": 1, "part": {"left": 366, "of": 365}},
        {"quantity": 1, "part": {"left": -1, "of": 365}},
        {"quantity": 1, "part": {"left": 0, "of": 0}},
        {"quantity": 1, "part": {"left": 1, "of": 1_000_001}},
        {"quantity": 1, "part": {"left": 1, "of": 2, "unit": "week"}},
        {"amount": {"amount": "1.00", "currency": "GBP"}, "part": {"left": 1, "of": 2}},
    ],
)
def test_what_no_term_could_have_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        sent(**row)
