"""What corrections made elsewhere are about, and which of them are booked already."""

from collections.abc import Sequence

from partnerflow.desk.work import Work
from partnerflow.imports.matching import Books
from partnerflow.imports.model import Correction, Listed
from partnerflow.store import bulk


def read_books(work: Work, corrections: Sequence[Correction]) -> Books:
    """What these corrections may be about, as the record has it, locked."""
    return bulk.books(
        work.session,
        resellers=sorted({correction.reseller for correction in corrections}),
        sellers=sorted({correction.seller for correction in corrections}),
        skus=sorted({row.sku.upper() for correction in corrections for row in correction.rows}),
        until=max((correction.at for correction in corrections), default=None),
    )


def read_corrected(work: Work, corrections: Sequence[Correction]) -> dict[str, dict[str, int]]:
    """Which of these corrections are booked already, and what of them."""
    return bulk.known_corrections(
        work.session,
        sorted({correction.seller for correction in corrections}),
        sorted({correction.reseller for correction in corrections}),
        sorted({correction.number for correction in corrections}),
    )


def unknown_rows(correction: Correction, booked: dict[str, int]) -> list[Listed]:
    """Of a correction that is booked already, the rows that are not part of it."""
    left, listed = dict(booked), []
    for row in correction.rows:
        if left.get(row.sku.upper(), 0) >= row.quantity:
            left[row.sku.upper()] -= row.quantity
        else:
            listed.append(row.source.listed("known-cancellation"))
    return listed
