"""Notes of every kind a tax inspector could ask for, each a sentence and the note."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from partnerflow.credits.notes import (
    AccountingTax,
    Allocation,
    Note,
    NoteDiscount,
    NoteKind,
    NoteLine,
    NoteTax,
    Party,
)  # fmt: skip
from partnerflow.money import WHOLE, TermPart, divide_half_up, line_net, tax_of
from partnerflow.orders.model import Leg

MERIDIAN = Party(
    "meridian", "Meridian Distribution Ltd", "GB 987 6543 21", ("Unit 7, Harlequin Park", "Reading"), "GB"
)
HARBOUR = Party("harbour", "Harbour IT Ltd", "GB 123 4567 89", ("14 Quay Street", "Bristol BS1 4DJ"), "GB")
HAFEN = Party("hafen", "Hafen IT GmbH", "DE 811 907 980", ("Kaistraße 5", "20457 Hamburg"), "DE")
PORT = Party(
    "port", "Port Informatique SARL", "FR 40 303265045", ("8 quai de la Joliette", "13002 Marseille"), "FR"
)


def line(
    quantity: int = 1, price: int = 50_000_000, percent: int = WHOLE, category: str = "S", rate: int = 200_000,
    currency: str = "GBP", number: int = 1, **more: int | str | TermPart,
) -> NoteLine:  # fmt: skip
    """Net as DOMAIN's rules give it for the first credit of a line, unless ``net`` is given."""
    off = int(more.get("discount", 0))
    net = divide_half_up((line_net(quantity, price, currency) - off) * percent, WHOLE) - int(
        more.get("fee", 0)
    )
    told = {"sku": "LIC-PRO", "description": "Arbor Pro, named user, 12 months", "net": net} | more
    return NoteLine(
        line_no=number,
        quantity=quantity,
        unit_price=price,
        percent=percent,
        tax_category=category,
        tax_rate=rate,
        **told,
    )  # type: ignore[arg-type]


def taxes(lines: Iterable[NoteLine], discounts: Iterable[NoteDiscount] = ()) -> tuple[NoteTax, ...]:
    nets: dict[tuple[str, int], int] = {}
    for each in lines:
        key = (each.tax_category, each.tax_rate)
        nets[key] = nets.get(key, 0) + each.net
    for off in discounts:
        nets[off.category, off.rate] -= off.amount
    return tuple(NoteTax(c, rate, net, tax_of(net, rate)) for (c, rate), net in nets.items())


def note(*lines: NoteLine, **more: object) -> Note:
    """A credit note of these lines against INV-7731, half of it off the open invoice, half to the account."""
    kind = more.get("kind", NoteKind.CREDIT_NOTE)
    rows = more.pop("taxes", None) or taxes(lines, more.get("discounts", ()))  # type: ignore[arg-type]
    assert isinstance(rows, tuple)
    net, tax = sum(row.net for row in rows), sum(row.tax for row in rows)
    half = (net + tax) // 2
    told: dict[str, object] = {
        "kind": kind, "number": "MER-CN-2027-000001", "leg": Leg.DOWNSTREAM, "issuer": MERIDIAN,
        "recipient": HARBOUR, "issued_at": datetime(2027, 1, 5, 11, 20, tzinfo=UTC),
        "issue_date": date(2027, 1, 5), "currency": "GBP", "case_ref": "PF-2027-000123",
        "order_number": "D-8841", "po_number": "H-2291", "preceding": "INV-7731",
        "preceding_date": date(2027, 1, 4), "reason": "wrong_item_ordered", "lines": lines, "taxes": rows,
        "net": net, "tax": tax, "gross": net + tax,
        "allocation": Allocation(half, 0, net + tax - half, 0) if kind is NoteKind.CREDIT_NOTE else None,
    }  # fmt: skip
    return Note(**(told | more))  # type: ignore[arg-type]


PENNIES = tuple(
    line(1, price, number=no) for no, price in enumerate((68_330_000, 57_500_000, 85_000_000), start=1)
)

CASES: dict[str, Note] = {
    "worked example 1": note(line(46), line(4, percent=500_000)),
    "one unit of worked example 2, the last, a penny less tax": note(
        line(1, 68_330_000), taxes=(NoteTax("S", 200_000, 6833, 1366),)
    ),
    "worked example 2 in one note": note(
        *PENNIES, line(1, 68_330_000, number=4), taxes=(NoteTax("S", 200_000, 27916, 5583),)
    ),
    "worked example 2 taxed per line": note(
        *PENNIES, line(1, 68_330_000, number=4), taxes=(NoteTax("S", 200_000, 27916, 5584),)
    ),
    "a unit of three that gets the penny": note(line(1, 33_333_333, net=3334)),
    "a unit of three that does not": note(line(1, 33_340_000, net=3333)),
    "three rates": note(
        line(3), line(2, rate=50_000, number=2), line(1, rate=0, category="Z", number=3), line(7, number=4)
    ),
    "zero rate": note(line(5, category="Z", rate=0)),
    "a standard rate of nothing is the zero rate": note(
        line(5, category="S", rate=0), line(1, category="Z", rate=0)
    ),
    "exempt, with the law's own words": note(
        line(category="E", rate=0),
        taxes=(NoteTax("E", 0, 5000, 0, "Exempt: education, VATA 1994 Sch 9 Group 6"),),
    ),
    "exempt without words": note(line(category="E", rate=0)),
    "reverse charge": note(line(10, category="AE", rate=0), recipient=HAFEN, locale="de_DE"),
    "reverse charge beside a taxed line": note(
        line(10, category="AE", rate=0), line(1, number=2), recipient=PORT
    ),
    "export": note(line(10, category="G", rate=0), recipient=replace(HARBOUR, vat_id="", country="US")),
    "within the Union": note(
        line(10, category="K", rate=0, currency="EUR"),
        issuer=HAFEN,
        recipient=PORT,
        currency="EUR",
        locale="fr_FR",
    ),
    "outside the scope": note(line(10, category="O", rate=0)),
    "partial percents": note(
        line(3, 19_990_000, 850_000), line(7, 12_340_000, 333_333, number=2), line(1, percent=1, number=3)
    ),
    "parts of a term": note(
        line(1, 1_000_000_000, net=31_781, part=TermPart(116, 365, "day")),
        line(3, 19_990_000, 850_000, net=2_974, part=TermPart(7, 12, "month"), number=2),
        line(2, net=3_333, fee=250, part=TermPart(3_139, 8_760, "hour"), number=3),
    ),
    "a part of a term in French": note(
        line(1, 1_000_000_000, 500_000, net=15_890, part=TermPart(116, 365, "day")),
        recipient=PORT,
        locale="fr_FR",
    ),
    "85 % of a price with a discount and a restocking fee": note(
        line(10, 20_000_000, 850_000, discount=1000, fee=500)
    ),
    "a discount and a fee at full percent": note(line(10, 20_000_000, discount=1999, fee=1)),
    "discounts on the document": note(
        line(10),
        line(4, rate=50_000, number=2),
        discounts=(NoteDiscount(2500, "S", 200_000, "Spring campaign"), NoteDiscount(99, "S", 50_000)),
    ),
    "by amount": note(line(0, 50_000_000, 0, net=12345)),
    "by amount with a fee": note(line(0, 50_000_000, 0, net=12345, fee=55)),
    "three-decimal unit prices": note(line(1000, 1_125_000), line(3, 2_999_000, number=2)),
    "six-decimal unit prices": note(line(40_000, 12_345), line(7, 333_333_333, number=2)),
    "yen": note(line(3, 1_250_000_000, currency="JPY"), currency="JPY"),
    "foreign currency with the tax in the issuer's own": note(
        line(10, currency="EUR"),
        currency="EUR",
        recipient=HAFEN,
        locale="de_DE",
        accounting_tax=AccountingTax("GBP", 8613, 861_300, date(2027, 1, 4)),
    ),
    "foreign currency without": note(line(10, currency="USD"), currency="USD"),
    "in French": note(line(46), line(4, percent=500_000), recipient=PORT, locale="fr_FR"),
    "for a German reseller": note(line(46, rate=190_000), issuer=HAFEN, recipient=HAFEN, locale="de_AT"),
    "a rate with a fraction": note(line(3, rate=55_000), line(2, rate=81_000, number=2)),
    "a debit note": note(
        line(46),
        kind=NoteKind.DEBIT_NOTE,
        number="MER-DN-2027-000001",
        preceding="MER-CN-2027-000001",
        original="INV-7731",
        original_date=date(2027, 1, 4),
    ),
    "a rebill": note(
        line(46, 31_200_000),
        kind=NoteKind.REBILL,
        number="MER-INV-2027-000001",
        preceding=None,
        preceding_date=None,
    ),
    "a rebill under reverse charge": note(
        line(46, 31_200_000, category="AE", rate=0),
        kind=NoteKind.REBILL,
        number="MER-INV-2027-000002",
        preceding=None,
        preceding_date=None,
        recipient=HAFEN,
        locale="de_DE",
    ),
    "no purchase order, no date, no description": note(
        line(description=""), po_number=None, preceding_date=None
    ),
    "an address of one line, and one of five": note(
        line(),
        issuer=replace(MERIDIAN, address=("Reading",)),
        recipient=replace(HARBOUR, address=tuple("abcde")),
    ),
    "no address, and a recipient without VAT id": note(
        line(), issuer=replace(MERIDIAN, address=()), recipient=replace(HARBOUR, address=(), vat_id="")
    ),
    "texts of people": note(
        line(description="<script>\x00 ]]> & \u202e\n“quotes” 中文 &amp;"),
        reason="Ordered\ttwice & “see” <D-8840>\x07",
        recipient=replace(HARBOUR, name="Ünï & Söhne <x>"),
        po_number="PO <7> & co",
    ),
    "five hundred lines": note(
        *(
            line(1 + n % 7, 1_000_000 + 37_130 * n, (WHOLE, 850_000, 333_333)[n % 3], number=n)
            for n in range(1, 501)
        )
    ),
}
