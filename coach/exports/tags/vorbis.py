"""Vorbis comments, the tags of FLAC, Ogg Vorbis and Opus: title, cover, chapters, words. Bytes only.

libsndfile writes ten kinds of comments, but neither language, cover nor chapters.
"""

import base64
import struct
from collections.abc import Iterable

from coach import __version__
from coach.exports.captions import lrc
from coach.exports.metadata import Metadata
from coach.exports.tags.fields import Picture, cover_of, milliseconds
from coach.session.timeline import Chapter
from coach.text import one_line, timestamp

Comments = list[tuple[str, str]]

_FRONT_COVER = 3
_PNG_TYPE = b"image/png"


def comments_of(metadata: Metadata) -> Comments:
    """The comments that are not empty, without the cover.

    Chapters follow the Ogg chapter extension, ``CHAPTER001`` and ``CHAPTER001NAME``. The words are in LRC,
    with their times, as players on phones expect them.
    """
    fields = {
        "TITLE": metadata.title,
        "ARTIST": metadata.artist,
        "ALBUM": metadata.album,
        "TRACKNUMBER": str(metadata.track or ""),
        "TRACKTOTAL": str(metadata.tracks or ""),
        "DATE": metadata.date,
        "LANGUAGE": metadata.language,
        "ENCODER": f"coach {__version__}",
    }
    comments = [(name, one_line(value)) for name, value in fields.items() if value]
    comments += _chapters(metadata.chapters)
    if metadata.captions:
        comments.append(("LYRICS", lrc(metadata)))
    return comments


def _chapters(chapters: Iterable[Chapter]) -> Comments:
    comments = []
    for number, chapter in enumerate(chapters, start=1):
        comments.append((f"CHAPTER{number:03}", timestamp(milliseconds(chapter.start))))
        comments.append((f"CHAPTER{number:03}NAME", one_line(chapter.title)))
    return comments


def picture_comment(metadata: Metadata) -> Comments:
    """The cover as a comment in base64, for Ogg."""
    picture = cover_of(metadata)
    if picture is None:
        return []
    return [("METADATA_BLOCK_PICTURE", base64.b64encode(picture_block(picture)).decode("ascii"))]


def picture_block(picture: Picture) -> bytes:
    """The body of a FLAC picture block (RFC 9639, section 8.8): a front cover without a description."""
    return (
        struct.pack(">II", _FRONT_COVER, len(_PNG_TYPE))
        + _PNG_TYPE
        + struct.pack(">6I", 0, picture.width, picture.height, picture.depth, 0, len(picture.data))
        + picture.data
    )


def comment_block(vendor: bytes, comments: Comments) -> bytes:
    r"""Vendor and comments as the Vorbis I specification has them (section 5), without a framing bit.

    >>> comment_block(b"me", [("TITLE", "Knee")])
    b'\x02\x00\x00\x00me\x01\x00\x00\x00\n\x00\x00\x00TITLE=Knee'
    """
    entries = [f"{name}={value}".encode() for name, value in comments]
    parts = [_counted(vendor), struct.pack("<I", len(entries)), *map(_counted, entries)]
    return b"".join(parts)


def vendor_of(block: bytes) -> bytes:
    """The name of the encoder, with which a block of comments begins."""
    (size,) = struct.unpack_from("<I", block)
    return block[4 : 4 + size]


def _counted(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data
