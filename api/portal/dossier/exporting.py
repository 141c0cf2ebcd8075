"""A whole case as one file: names and times in it follow from the case, so that two exports can be compared."""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from api.auth import session
from api.portal.dossier.gathering import Gathered
from api.portal.dossier.paper import paper
from api.portal.dossier.telling import dossier
from partnerflow.store.attachments import content_of
from partnerflow.store.documents import cii_of, pdf_of, ubl_of

UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""Of a ZIP entry."""


def packed(g: Gathered) -> bytes:
    """ZIP with dossier.pdf, case.json, timeline.json, documents/ and attachments/, as far as this reader may see."""
    rest, made = list(_entries(g)), io.BytesIO()
    first = paper(dossier(g))
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("dossier.pdf", first), *rest):
            entry = zipfile.ZipInfo(f"{g.case.ref}/{name}", _time(g.case.opened_at))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def _entries(g: Gathered) -> Iterator[tuple[str, bytes]]:
    yield "case.json", _json(g.shown)
    yield "timeline.json", _json({"items": g.timeline, "head": {"seq": g.head[0], "sha256": g.head[1]}})
    files = 0
    for document in g.documents:
        if document["kind"] == "attachment":
            files += 1
            content = content_of(session(), g.case.ref, document["id"])
            if content is not None:
                yield f"attachments/{files:03}-{_safe(document['name'])}", content
            continue
        for suffix, read in (("pdf", pdf_of), ("cii.xml", cii_of), ("ubl.xml", ubl_of)):
            stored = None if document.get("external") else read(session(), document["number"])
            if stored is not None:
                yield f"documents/{_safe(document['number'])}.{suffix}", stored


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _safe(name: str) -> str:
    """The name for every file system: no paths, nothing hidden, nothing that is not ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return UNSAFE.sub("_", plain).strip("._")[:120] or "file"


def _time(at: datetime) -> tuple[int, int, int, int, int, int]:
    return max(EARLIEST, (at.year, at.month, at.day, at.hour, at.minute, at.second))
