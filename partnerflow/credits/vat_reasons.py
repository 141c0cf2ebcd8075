"""Why a tax row charges no VAT, in words and as a VATEX code, from its category and the parties' countries.

Categories as EN 16931 files them (UNTDID 5305). Codes are those of the CEF list; they name articles of Directive
2006/112/EC and are given only where the seller is bound by it. An exemption of its own (E) has as many reasons as there
are laws: only the invoice knows, so it has no code. DOMAIN: Money (Credit note, VAT reasons).
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Final

from partnerflow.credits.notes import NoteTax

UNION: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip


class Why(StrEnum):
    """Reasons by name; the first words of each are those that the law asks for on the paper (art. 226)."""

    ZERO = "zero"
    EXEMPT = "exempt"
    REVERSE = "reverse"
    REVERSE_UNION = "reverse_union"
    WITHIN_UNION = "within_union"
    WITHIN_UNION_ARTICLE = "within_union_article"
    EXPORT = "export"
    EXPORT_UNION = "export_union"
    OUTSIDE = "outside"


_WORDS: Final[dict[Why, tuple[str, str, str]]] = {
    Why.ZERO: ("Zero rated", "Nullsatz", "Taux zéro"),
    Why.EXEMPT: ("Exempt from VAT", "Steuerfrei", "Exonéré de TVA"),
    Why.REVERSE: (
        "Reverse charge: the recipient accounts for the VAT",
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Autoliquidation de la TVA par le preneur",
    ),
    Why.REVERSE_UNION: (
        "Reverse charge: article 196 of Directive 2006/112/EC",
        "Steuerschuldnerschaft des Leistungsempfängers: Artikel 196 der Richtlinie 2006/112/EG",
        "Autoliquidation : article 196 de la directive 2006/112/CE",
    ),
    Why.WITHIN_UNION: (
        "Intra-community supply",
        "Innergemeinschaftliche Lieferung",
        "Livraison intracommunautaire",
    ),
    Why.WITHIN_UNION_ARTICLE: (
        "Exempt intra-community supply: article 138 of Directive 2006/112/EC",
        "Steuerfreie innergemeinschaftliche Lieferung: Artikel 138 der Richtlinie 2006/112/EG",
        "Livraison intracommunautaire exonérée : article 138 de la directive 2006/112/CE",
    ),
    Why.EXPORT: (
        "Export outside the tax territory",
        "Steuerfreie Ausfuhrlieferung",
        "Exportation exonérée",
    ),
    Why.EXPORT_UNION: (
        "Export outside the Union: article 146 of Directive 2006/112/EC",
        "Steuerfreie Ausfuhrlieferung: Artikel 146 der Richtlinie 2006/112/EG",
        "Exportation exonérée : article 146 de la directive 2006/112/CE",
    ),
    Why.OUTSIDE: ("Not subject to VAT", "Nicht steuerbar", "Hors champ de la TVA"),
}

_CODES: Final = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}


_PLAIN: Final = {
    "Z": Why.ZERO,
    "E": Why.EXEMPT,
    "AE": Why.REVERSE,
    "K": Why.WITHIN_UNION,
    "G": Why.EXPORT,
    "O": Why.OUTSIDE,
}
_ACROSS: Final = {"AE": Why.REVERSE_UNION, "K": Why.WITHIN_UNION_ARTICLE}


def why(category: str, rate: int, seller: str, buyer: str) -> Why | None:
    """The reason between two countries; None where VAT is charged."""
    if seller in UNION and buyer in UNION and seller != buyer and category in _ACROSS:
        return _ACROSS[category]
    if category == "G" and seller in UNION and buyer not in UNION:
        return Why.EXPORT_UNION
    return _PLAIN.get("Z" if category == "S" and rate == 0 else category)


def reasoned(rows: Iterable[NoteTax], seller: str, buyer: str, locale: str) -> tuple[NoteTax, ...]:
    """The rows of a note with their reasons, in the language of its reader (English, German, French)."""
    place = {"de": 1, "fr": 2}.get(locale[:2].lower(), 0)

    def with_reason(row: NoteTax) -> NoteTax:
        found = why(row.category, row.rate, seller, buyer)
        if found is None or row.reason:
            return row
        code = _CODES.get(row.category, "") if seller in UNION else ""
        return replace(row, reason=_WORDS[found][place], reason_code=code)

    return tuple(with_reason(row) for row in rows)
