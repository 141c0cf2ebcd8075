"""A credit note as data states its figures as the order does."""

from api.schemas.shown.note import note
from tests.notifications.test_pdf import example


def test_a_notes_tax_rate_is_written_as_the_orders() -> None:
    shown = note(example(), ready=True)
    assert {line["tax_rate"] for line in shown["lines"]} == {"20.00"}
    assert {row["rate"] for row in shown["taxes"]} == {"20.00"}
