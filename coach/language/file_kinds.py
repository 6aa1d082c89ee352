"""Files that are given as a sheet and are none, told by how they begin."""

_SAVE = "open it in {program}, and save it as plain text (.txt or .md)"
_WORD_PROCESSOR = _SAVE.format(program="your word processor")
_NO_TEXT = "name a script sheet: plain text (.md)"

_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"{\\rtf", "a rich text document (.rtf)", _WORD_PROCESSOR),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document (.doc)", _WORD_PROCESSOR),
    (b"%PDF-", "a PDF document", "copy its text into a new file in a text editor, and save it as .md"),
    (b"\x89PNG\r\n", "a picture (PNG)", _NO_TEXT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _NO_TEXT),
    (b"ID3", "a sound file (MP3)", _NO_TEXT),
)
_IN_ARCHIVES: tuple[tuple[bytes, str, str], ...] = (
    (b"vnd.oasis.opendocument.text", "an OpenDocument text (.odt)", _SAVE.format(program="LibreOffice")),
    (b"application/epub+zip", "an e-book (.epub)", _NO_TEXT),
    (b"word/", "a Word document (.docx)", _WORD_PROCESSOR),
    (b"Index/Document.iwa", "a Pages document (.pages)", _SAVE.format(program="Pages")),
    (b"", "a zip archive", _NO_TEXT),
)


def kind_of_file(data: bytes) -> tuple[str, str] | None:
    """Tell what a file is and what to do with it, from its beginning; None for what may be a text.

    >>> kind_of_file(b"%PDF-1.7")[0], kind_of_file(b"# Plank")
    ('a PDF document', None)
    """
    kinds = _IN_ARCHIVES if data.startswith(b"PK\x03\x04") else _BEGINNINGS
    for mark, what, hint in kinds:
        if data.startswith(mark) or (kinds is _IN_ARCHIVES and mark in data):
            return what, hint
    if data[4:8] == b"ftyp":
        return "a sound file or a film (MPEG-4)", _NO_TEXT
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "a sound file (WAV)", _NO_TEXT
    return None
