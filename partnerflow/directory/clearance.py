"""Where a credit note exists only once a platform of the state has taken it: B2B clearance, as data.

There the platform's answer belongs to the document, so that our own series never numbers it (DOMAIN: Who, Issuer).
Only countries where clearance binds every domestic B2B seller are listed. Left out are those that want a report beside
an invoice which stands by itself (HU since 2018, ES, GR), those that want an exchange between platforms without a
clearance by the state (BE 2026, FR from September 2026), and those that bind by turnover or by waves (TR, IN, SA):
there the organisation itself says ``issuer: external``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from partnerflow.directory.rows import OrganisationRow
from partnerflow.people import Organisation
from partnerflow.refusals import Refused


class Issuer(StrEnum):
    """Whose numbers an organisation's notes bear: our gap-free series, or those of a system that owns them."""

    EMBEDDED = "embedded"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Clearance:
    """``since``: the first day on which it binds; ``source``: where the law says so."""

    system: str
    since: date
    source: str


CLEARANCE: Final[Mapping[str, Clearance]] = {
    "IT": Clearance("SdI", date(2019, 1, 1), "D.Lgs. 127/2015 art. 1(3), as amended by L. 205/2017 art. 1(909)"),
    "RO": Clearance("RO e-Factura", date(2024, 7, 1), "OUG 120/2021, as amended by L. 296/2023"),
    "PL": Clearance(
        "KSeF", date(2026, 2, 1),
        "VAT act of 11 March 2004 art. 106ga, as amended in August 2025: sellers over PLN 200m; all by 1 April 2026",
    ),
}  # fmt: skip


def clearance(country: str, on: date) -> Clearance | None:
    """What binds a seller of ``country`` on a day."""
    known = CLEARANCE.get(country)
    return known if known and known.since <= on else None


def numbered_here(organisation: Organisation, on: date) -> bool:
    """Whether its notes are ours to issue and take their numbers from our series on a day."""
    ours = organisation.operator or organisation.mandated
    return ours and organisation.issuer == Issuer.EMBEDDED and not clearance(organisation.country, on)


def told_to_issue(organisation: Organisation, on: date) -> bool:
    """Whether its notes are ours to have issued, by the system that owns its numbers."""
    return (organisation.operator or organisation.mandated) and not numbered_here(organisation, on)


def refuse_embedded(row: OrganisationRow, on: date) -> None:
    """An organisation whose notes are issued here keeps no series of ours where they have to be cleared."""
    bound = clearance(row.country, on) if row.operator or row.mandated else None
    if bound and row.issuer == Issuer.EMBEDDED:
        raise Refused(
            "invalid-parameter",
            f"Credit notes of {row.country} are issued through {bound.system}, which our own series cannot do: "
            "set issuer to external, or leave mandated out.",
            pointer="/issuer",
        )
