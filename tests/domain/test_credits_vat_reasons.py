"""Why no VAT is charged: words in the reader's language, and the code where the seller's law has one."""

import pytest

from partnerflow.credits.notes import NoteTax
from partnerflow.credits.vat_reasons import reasoned


@pytest.mark.parametrize(
    ("category", "seller", "buyer", "locale", "words", "code"),
    [
        ("AE", "DE", "FR", "fr_FR", "Autoliquidation : article 196", "VATEX-EU-AE"),
        ("AE", "DE", "DE", "de_DE", "Steuerschuldnerschaft des Leistungsempfängers", "VATEX-EU-AE"),
        ("AE", "GB", "DE", "en_GB", "Reverse charge: the recipient accounts", ""),
        (
            "K",
            "DE",
            "FR",
            "de_DE",
            "Steuerfreie innergemeinschaftliche Lieferung: Artikel 138",
            "VATEX-EU-IC",
        ),
        ("G", "FR", "US", "en_US", "Export outside the Union: article 146", "VATEX-EU-G"),
        ("G", "GB", "US", "en_US", "Export outside the tax territory", ""),
        ("O", "DE", "US", "de_DE", "Nicht steuerbar", "VATEX-EU-O"),
        ("E", "GB", "GB", "fr_FR", "Exonéré de TVA", ""),
        ("Z", "GB", "GB", "en_GB", "Zero rated", ""),
        ("S", "GB", "GB", "en_GB", "Zero rated", ""),
    ],
)
def test_a_row_without_vat_says_why(
    category: str, seller: str, buyer: str, locale: str, words: str, code: str
) -> None:
    (row,) = reasoned([NoteTax(category, 0, 1000, 0)], seller, buyer, locale)
    assert row.reason.startswith(words)
    assert row.reason_code == code


def test_a_row_with_vat_and_one_that_says_its_own_reason_stay() -> None:
    rows = (NoteTax("S", 200_000, 1000, 200), NoteTax("E", 0, 1000, 0, "Education"))
    assert reasoned(rows, "GB", "GB", "en_GB") == rows
