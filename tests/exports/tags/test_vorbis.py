"""Vorbis comments: what is in them, and how they lie in bytes."""

import struct

from coach.exports.captions import lrc
from coach.exports.metadata import Caption, Metadata
from coach.exports.tags.vorbis import comment_block, comments_of, picture_comment, vendor_of
from coach.session.timeline import Chapter, Frames

SESSION = Metadata(
    title="Knee\nweek 膝",
    length=Frames(96_000),
    track=3,
    tracks=12,
    language="de-CH",
    chapters=(Chapter(Frames(0), "Start"), Chapter(Frames(48_047), "Ende")),
    captions=(Caption(Frames(0), Frames(100), "Los."),),
)


def test_what_is_empty_is_left_out_and_a_title_is_one_line() -> None:
    comments = dict(comments_of(SESSION))
    assert comments["TITLE"] == "Knee week 膝"
    assert (comments["TRACKNUMBER"], comments["TRACKTOTAL"]) == ("3", "12")
    assert {"ALBUM", "DATE"}.isdisjoint(comments)


def test_a_chapter_is_in_the_millisecond_that_it_begins_in() -> None:
    comments = dict(comments_of(SESSION))
    assert (comments["CHAPTER001"], comments["CHAPTER001NAME"]) == ("00:00:00.000", "Start")
    assert (comments["CHAPTER002"], comments["CHAPTER002NAME"]) == ("00:00:01.000", "Ende")


def test_the_lyrics_are_the_lrc() -> None:
    assert dict(comments_of(SESSION))["LYRICS"] == lrc(SESSION)


def test_without_a_cover_there_is_no_picture() -> None:
    assert picture_comment(SESSION) == []


def test_a_block_says_its_vendor_and_every_comment_with_its_length() -> None:
    comments = comments_of(SESSION)
    block = comment_block(b"libvorbis", comments)
    assert vendor_of(block) == b"libvorbis"
    at = 4 + len(b"libvorbis")
    (count,) = struct.unpack_from("<I", block, at)
    at += 4
    found = []
    for _ in range(count):
        (size,) = struct.unpack_from("<I", block, at)
        name, _, value = block[at + 4 : at + 4 + size].decode().partition("=")
        found.append((name, value))
        at += 4 + size
    assert (found, at) == (comments, len(block))
