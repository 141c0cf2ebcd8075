"""How many documents a core makes in a second: ``python -m bench.documents``.

A document is everything the renderer's process makes of a note: the PDF/A-3 with its CII inside, CII and UBL apart, and
both proved against the rules of EN 16931. Beside it, turn by turn in the same process, the yardstick: WeasyPrint alone
setting the very same page as a plain PDF, without archive, tags, data or proof.
"""

import json
import time
from collections.abc import Callable
from typing import Final

from notifications.document import make_document
from notifications.pdf import bundled_only, note_html
from partnerflow.credits.notes import Note
from tests.notifications.einvoice_cases import CASES, line, note

EACH: Final = 10
ROUNDS: Final = 5

NOTES: Final[dict[str, Note]] = {
    "one page": CASES["worked example 1"],
    "60 lines": note(*(line(2, 19_990_000, number=no) for no in range(1, 61))),
}


def bare(of: Note) -> bytes:
    """The page alone."""
    from weasyprint import HTML

    return bytes(HTML(string=note_html(of), url_fetcher=bundled_only()).write_pdf() or b"")


def per_second(make: Callable[[Note], object], of: Note, times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        make(of)
    return times / (time.process_time() - started)


def compare(of: Note, *, times: int = EACH, rounds: int = ROUNDS) -> tuple[float, float]:
    """Documents and bare pages per second, the first of each left out: the round of the middle ratio."""
    make_document(of)
    bare(of)
    found = [(per_second(make_document, of, times), per_second(bare, of, times)) for _ in range(rounds)]
    return sorted(found, key=lambda each: each[0] / each[1])[rounds // 2]


def main() -> None:
    told = []
    for name, of in NOTES.items():
        ours, page = compare(of)
        print(
            f"document     {name:<10} {ours:7.2f}/s (PDF/A-3, CII, UBL, proved)   "
            f"WeasyPrint, the bare page {page:7.2f}/s   ratio {page / ours:4.2f}",
            flush=True,
        )
        told.append({"what": "document", "note": name, "rate": ours, "ratio": page / ours})
    print(json.dumps(told))


if __name__ == "__main__":
    main()
