"""Archives: how many, how large and how tightly packed is read from the list before anything is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from notifications.attachments.kinds import Form, Kind
from notifications.attachments.names import extension_of
from notifications.attachments.texts import mismatch
from partnerflow.refusals import Refused

MOST_ENTRIES: Final = 1_000
LARGEST_IN_ALL: Final = 100 * 1024 * 1024
HIGHEST_RATIO: Final = 200
SMALL: Final = 1024 * 1024
"""Below this, no ratio is a danger."""
PIECE: Final = 64 * 1024

_MACROS: Final = ("vbaproject.bin", "vbadata.xml", "basic/", "scripts/", "activex/", "macrosheets/")
_MACRO_TYPES: Final = (b"macroenabled",)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

Judge = Callable[[str, bytes], None]


@dataclass(slots=True)
class Budget:
    """What all archives of one file may unpack together, in entries and bytes."""

    entries: int = MOST_ENTRIES
    unpacked: int = LARGEST_IN_ALL


def check_zip(kind: Kind, content: bytes, budget: Budget, judge: Judge) -> None:
    """An office document or a plain archive within its limits; ``judge`` is asked about each file of a plain one."""
    if not content.startswith(b"PK\x03\x04"):
        raise mismatch(f"The content is no {kind.shown} file.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _refuse_locked(entries)
            _refuse_size(entries, budget)
            if kind.form is Form.OFFICE:
                _check_office(kind, archive)
            else:
                _check_files(archive, entries, judge)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
        raise mismatch(f"The archive cannot be read: {error}.") from error


def _refuse_locked(entries: list[zipfile.ZipInfo]) -> None:
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refused("file-type-not-allowed", "The archive has a password.", pointer="/file")


def _refuse_size(entries: list[zipfile.ZipInfo], budget: Budget) -> None:
    unpacked, packed = (sum(getattr(e, name) for e in entries) for name in ("file_size", "compress_size"))
    budget.entries -= len(entries)
    budget.unpacked -= unpacked
    tight = any(e.file_size > max(SMALL, HIGHEST_RATIO * e.compress_size) for e in entries)
    tight = tight or unpacked > max(SMALL, HIGHEST_RATIO * packed)
    if budget.entries < 0 or budget.unpacked < 0 or tight:
        raise limits()
    if any(e.compress_type not in _METHODS for e in entries):
        raise Refused("file-type-not-allowed", "The archive is packed in an unusual way.", pointer="/file")


def limits() -> Refused:
    return Refused(
        "archive-limits",
        f"An archive may hold at most {MOST_ENTRIES} files and {LARGEST_IN_ALL // 2**20} MiB unpacked.",
        pointer="/file",
    )


def _check_office(kind: Kind, archive: zipfile.ZipFile) -> None:
    names = {name.lower() for name in archive.namelist()}
    if kind.member not in names:
        raise mismatch(f"The archive is no {kind.shown} document.")
    known = _entry(archive, "[Content_Types].xml").replace(b" ", b"").lower()
    macros = any(part in name for name in names for part in _MACROS)
    if macros or any(mark in known for mark in _MACRO_TYPES):
        raise Refused("file-type-not-allowed", "The document has macros.", pointer="/file")
    if "mimetype" in names and _entry(archive, "mimetype").strip() != kind.media_type.encode():
        raise mismatch(f"The archive is no {kind.shown} document of this kind.")
    if any(extension_of(name) in ("exe", "dll", "js", "vbs", "jar") for name in names):
        raise Refused("file-type-not-allowed", "The document carries a program.", pointer="/file")


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    return _unpacked(archive, archive.getinfo(name)) if name in archive.namelist() else b""


def _check_files(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], judge: Judge) -> None:
    files = [entry for entry in entries if not entry.is_dir()]
    if not files:
        raise Refused("invalid-parameter", "The archive is empty.", pointer="/file")
    for entry in files:
        judge(entry.filename, _unpacked(archive, entry))


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than the list promised: the list may lie."""
    found = bytearray()
    with archive.open(entry) as opened:
        while piece := opened.read(PIECE):
            found += piece
            if len(found) > entry.file_size:
                raise limits()
    return bytes(found)
