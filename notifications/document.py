"""One note, three files: the PDF/A-3a for people with the CII inside, and the CII and UBL for machines.

The XML is the gate: what breaks a rule of EN 16931 is not printed at all, and says which rule. The PDF is
WeasyPrint's, with the CII attached by factur-x, which calls every PDF conformance B and of this second; both
are put right afterwards, so that one note always gives the same document.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from notifications.document_words import language
from notifications.einvoice import can_be_einvoice, cii, ubl
from notifications.einvoice_check import Syntax, faults
from notifications.pdf import render_note, title
from partnerflow.credits.notes import Note, NoteKind

MAKER: Final = "Partnerflow"

MOST_FAULTS: Final = 5
"""As many broken rules as a person reads in one sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """``cii`` and ``ubl`` are None where the standard cannot write the currency."""

    pdf: bytes
    cii: bytes | None
    ubl: bytes | None


class NotLawful(Exception):
    """The e-invoice breaks rules of EN 16931; the text names them for a person."""


def make_document(note: Note) -> Document:
    """Every rendering of the note, checked; NotLawful if its XML fails."""
    if not can_be_einvoice(note):
        return Document(render_note(note), None, None)
    for_factur_x, for_ubl = cii(note), ubl(note)
    root = Syntax.UBL if note.kind is NoteKind.CREDIT_NOTE else Syntax.UBL_INVOICE
    broken = [*faults(for_factur_x, Syntax.CII), *faults(for_ubl, root)]
    if broken:
        raise NotLawful(_sentence(broken))
    return Document(attached(render_note(note), for_factur_x, note), for_factur_x, for_ubl)


def attached(pdf: bytes, xml: bytes, note: Note) -> bytes:
    """The Factur-X: the PDF/A-3a with ``xml`` inside as its data."""
    from facturx import generate_from_binary

    about = {
        "author": note.issuer.name,
        "title": f"{title(note)} {note.number}",
        "subject": f"{title(note)} {note.number}, {note.case_ref}",
    }
    made = generate_from_binary(
        pdf, xml, flavor="factur-x", level="en16931", check_xsd=False, pdf_metadata=about,
        lang=language(note.locale), afrelationship="data", xmp_compression=False,
    )  # fmt: skip
    return _settled(made, note)


def _settled(pdf: bytes, note: Note) -> bytes:
    """Conformance A as WeasyPrint made it, and the note's instant wherever the library wrote its own."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject, NameObject, TextStringObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    root: Any = writer.root_object
    at = note.issued_at.astimezone(UTC)
    stamp = at.strftime("D:%Y%m%d%H%M%S+00'00'")
    about: dict[str, Any] = dict(writer.metadata or {})
    metadata = root["/Metadata"].get_object()
    metadata.set_data(_metadata(metadata.get_data(), at, str(about["/Producer"])))
    named = {key: value for key, value in about.items() if value}
    writer.metadata = named | {"/CreationDate": stamp, "/ModDate": stamp, "/Creator": MAKER}
    attachment = root["/AF"].get_object()[0].get_object()["/EF"]["/F"].get_object()
    attachment["/Params"][NameObject("/ModDate")] = TextStringObject(stamp)
    identifier = ByteStringObject(hashlib.sha256(note.number.encode()).digest()[:16])
    writer._ID = ArrayObject([identifier, identifier])  # noqa: SLF001  pypdf has no other way to name a document
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _metadata(xmp: bytes, at: datetime, producer: str) -> bytes:
    """The library's XMP, saying the same as the file's own information and as WeasyPrint's tags."""
    from lxml import etree

    head, _, rest = xmp.partition(b"?>")
    body, _, tail = rest.rpartition(b"<?xpacket")
    tree = etree.fromstring(body.strip())
    new = {
        "{http://www.aiim.org/pdfa/ns/id/}conformance": "A",
        "{http://ns.adobe.com/pdf/1.3/}Producer": producer,
        "{http://ns.adobe.com/xap/1.0/}CreatorTool": MAKER,
        "{http://ns.adobe.com/xap/1.0/}CreateDate": at.isoformat(timespec="seconds"),
        "{http://ns.adobe.com/xap/1.0/}ModifyDate": at.isoformat(timespec="seconds"),
    }
    for tag, text in new.items():
        for element in tree.iter(tag):
            element.text = text
    return b"".join((head, b"?>\n", etree.tostring(tree), b"\n<?xpacket", tail))


def _sentence(broken: list[str]) -> str:
    shown = "; ".join(broken[:MOST_FAULTS])
    more = len(broken) - MOST_FAULTS
    return f"it would not be a lawful e-invoice: {shown}" + (f"; and {more} more" if more > 0 else "")
