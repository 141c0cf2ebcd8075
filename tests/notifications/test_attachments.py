"""What a file is, is read from its content; what it may not be is refused by name (FAULTS, 52-57)."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from notifications.attachments import LARGEST, check
from partnerflow.refusals import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Keys\r\n\r\nFour keys.\r\n"


def image(form: str, size: tuple[int, int] = (8, 8)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size).save(made, form)
    return made.getvalue()


def archive(files: dict[str, bytes | str], *, packed: bool = True) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return made.getvalue()


def locked() -> bytes:
    """As every program reads it: the first bit of the flags says that a password is wanted."""
    made = bytearray(archive({"keys.txt": b"secret"}))
    for start, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(start) + at] |= 1
    return bytes(made)


def huge_png(side: int) -> bytes:
    """A header that claims its pixels; there are none behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


WORD = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
TAKEN = {
    "order.pdf": PDF,
    "screen.png": image("PNG"),
    "photo.JPG": image("JPEG"),
    "anim.gif": image("GIF"),
    "shot.webp": image("WEBP"),
    "note.txt": "Vier Schlüssel wurden nie benutzt.".encode(),
    "old.txt": "Grüße".encode("cp1252"),
    "keys.csv": b"key,used\n1,no\n",
    "mail.eml": MAIL,
    "letter.docx": WORD,
    "sheet.xlsx": archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w/>"}),
    "text.odt": archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}),
    "all.zip": archive({"in/keys.txt": b"one", "order.pdf": PDF, "letter.docx": WORD}),
}
REFUSED = {
    "empty": ("a.pdf", b"", "invalid-parameter"),
    "too large": ("a.txt", b"a" * (LARGEST + 1), "file-too-large"),
    "a web page called pdf": ("a.pdf", b"<html><script>1</script></html>", "file-type-mismatch"),
    "a program called pdf": ("a.pdf", b"MZ\x90\x00" + b"\0" * 200, "file-type-mismatch"),
    "a pdf that is a page too": ("a.pdf", PDF[:9] + b"<script>1</script>" + PDF[9:], "file-type-mismatch"),
    "a pdf that is an archive too": ("a.pdf", PDF + archive({"a.txt": b"x"}), "file-type-mismatch"),
    "a pdf with a program behind": ("a.pdf", PDF + b"MZ\x90\x00", "file-type-mismatch"),
    "half a pdf": ("a.pdf", PDF[:20], "file-type-mismatch"),
    "a png called jpg": ("a.jpg", image("PNG"), "file-type-mismatch"),
    "an image that is an archive too": ("a.png", image("PNG") + archive({"a": b"x"}), "file-type-mismatch"),
    "an image that is a page too": ("a.gif", image("GIF") + b"<script>1</script>", "file-type-mismatch"),
    "a page called text": ("a.txt", b"\n <!DOCTYPE html><p>", "file-type-mismatch"),
    "a drawing called csv": ("a.csv", b"<?xml version='1.0'?><svg/>", "file-type-mismatch"),
    "bytes called text": ("a.txt", b"a\0b", "file-type-mismatch"),
    "no mail": ("a.eml", b"just words", "file-type-mismatch"),
    "a plain archive called docx": ("a.docx", archive({"a.txt": b"x"}), "file-type-mismatch"),
    "no archive": ("a.zip", b"PK\x03\x04 nothing", "file-type-mismatch"),
    "svg": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file-type-not-allowed"),
    "html": ("a.html", b"<html></html>", "file-type-not-allowed"),
    "docm": ("a.docm", WORD, "file-type-not-allowed"),
    "program": ("a.exe", b"MZ\x90\x00", "file-type-not-allowed"),
    "macros in docx": (
        "a.docx",
        archive({"word/document.xml": "<w/>", "word/vbaProject.bin": b"x"}),
        "file-type-not-allowed",
    ),
    "a macro type in docx": (
        "a.docx",
        archive({"[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled", "word/document.xml": ""}),
        "file-type-not-allowed",
    ),
    "password": ("a.zip", locked(), "file-type-not-allowed"),
    "a program in a zip": ("a.zip", archive({"x.exe": b"MZ"}), "file-type-not-allowed"),
    "a program in a mail": (
        "a.eml",
        MAIL.replace(b"\r\n\r\n", b'\r\nContent-Disposition: attachment; filename="x.js"\r\n\r\n'),
        "file-type-not-allowed",
    ),
    "a zip in a zip": ("a.zip", archive({"b.zip": archive({"a.txt": b"x"})}), "archive-limits"),
    "a bomb": ("a.zip", archive({"a.txt": b"0" * 20_000_000}), "archive-limits"),
    "a bomb in a document": (
        "a.docx",
        archive({"word/document.xml": b"0" * 20_000_000}),
        "archive-limits",
    ),
    "10,000 entries": ("a.zip", archive({f"{n}.txt": b"x" for n in range(10_000)}), "archive-limits"),
    "a huge image": ("a.png", huge_png(50_000), "image-too-large"),
    "a large image": ("a.png", huge_png(14_000), "image-too-large"),
}  # fmt: skip
NAMES = {
    "../../etc/passwd.txt": "passwd.txt",
    "C:\\Users\\ann\\keys.txt": "keys.txt",
    "con": "_con.txt",
    "aux.txt": "_aux.txt",
    "keys\r\nX-Evil: 1.txt": "keys X-Evil_ 1.txt",
    "gpj.\u202etxt.txt": "gpj.txt.txt",
    ".hidden.txt": "hidden.txt",
    "a" * 300 + ".txt": "a" * 116 + ".txt",
    "": "file.txt",
    "../": "file.txt",
    "keys.txt.exe": "keys.txt",
    'a"b<c>|d?.txt': "a_b_c__d_.txt",
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_is_what_it_says_is_taken_as_it_came(name: str) -> None:
    checked = check(name, TAKEN[name])
    assert (checked.name, checked.content) == (name, TAKEN[name])


@pytest.mark.parametrize("why", REFUSED)
def test_a_file_that_is_not_taken_is_refused_by_its_own_code(why: str) -> None:
    name, content, code = REFUSED[why]
    with pytest.raises(Refused) as refusal:
        check(name, content)
    assert (refusal.value.code, refusal.value.extra) == (code, {"pointer": "/file"})


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_cleaned(name: str) -> None:
    assert check(name, b"words").name == NAMES[name]


def test_the_content_gives_an_ending_where_the_name_has_none() -> None:
    assert check("scan", PDF).name == "scan.pdf"
    assert check("scan", image("PNG")).name == "scan.png"


def test_a_second_ending_hides_nothing() -> None:
    assert check("order.pdf.exe", PDF).media_type == "application/pdf"
    with pytest.raises(Refused, match="no PDF"):
        check("order.pdf.exe", b"MZ\x90\x00")
