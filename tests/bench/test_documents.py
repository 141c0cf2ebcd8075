"""The measurement of documents, made small: whole documents, and the same page alone."""

from bench import documents as measured


def test_a_document_is_measured_beside_its_bare_page() -> None:
    note = measured.NOTES["one page"]
    ours, page = measured.compare(note, times=1, rounds=1)
    assert ours > 0
    assert page > 0
    bare = measured.bare(note)
    assert bare.startswith(b"%PDF")
    assert b"factur-x.xml" not in bare
