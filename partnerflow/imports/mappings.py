"""Column mappings: what the columns of a known feed mean. docs/import.md describes each for whoever prepares a file."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Mapping:
    """The names of a feed's columns, and what the feed leaves unsaid.

    ``instant`` is local to ``zone``, written as ISO 8601. ``cancels`` begins the number of a cancellation, whose
    quantities are negative. ``adjustments`` are codes in the SKU column that name no product.
    """

    name: str
    number: str
    sku: str
    description: str
    quantity: str
    instant: str
    unit_price: str
    customer: str
    country: str
    zone: str
    currency: str
    tax_category: str
    tax_rate: int
    cancels: str
    adjustments: frozenset[str]
    countries: dict[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        return (
            self.number,
            self.sku,
            self.description,
            self.quantity,
            self.instant,
            self.unit_price,
            self.customer,
            self.country,
        )


_COUNTRIES: Final = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA",
    "Channel Islands": "JE", "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI",
    "France": "FR", "Germany": "DE", "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT",
    "Japan": "JP", "Lebanon": "LB", "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO",
    "Poland": "PL", "Portugal": "PT", "RSA": "ZA", "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES",
    "Sweden": "SE", "Switzerland": "CH", "USA": "US", "United Arab Emirates": "AE", "United Kingdom": "GB",
}  # fmt: skip

ONLINE_RETAIL: Final = Mapping(
    name="online-retail",
    number="InvoiceNo",
    sku="StockCode",
    description="Description",
    quantity="Quantity",
    instant="InvoiceDate",
    unit_price="UnitPrice",
    customer="CustomerID",
    country="Country",
    zone="Europe/London",
    currency="GBP",
    tax_category="Z",
    tax_rate=0,
    cancels="C",
    adjustments=frozenset(
        {"M", "D", "S", "B", "CRUK", "BANK CHARGES", "AMAZONFEE", "ADJUST", "ADJUST2", "TEST001"}
    ),
    countries=_COUNTRIES,
)

MAPPINGS: Final = {mapping.name: mapping for mapping in (ONLINE_RETAIL,)}
