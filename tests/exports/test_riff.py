"""What stands around the samples is well-formed whatever people put into titles."""

import struct
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach import __version__
from coach.exports.metadata import Metadata
from coach.exports.riff import HEAD_SIZE, LONGEST, LONGEST_S, has_letters_of_its_own, head, in_ascii, tail
from coach.session.timeline import Chapter, Frames
from coach.text import one_line
from tests.exports.walking import walk

texts = st.text(max_size=40)


def file(frames: int = 10, **said: Any) -> bytes:
    after = tail(Metadata(**{"title": "Knee", "length": Frames(frames), **said}))
    return head(frames, len(after)) + b"ab" * frames + after


def chapters(names: list[str]) -> tuple[Chapter, ...]:
    return tuple(Chapter(Frames(at), name) for at, name in enumerate(names))


@given(st.lists(texts, min_size=5, max_size=5), st.integers(0, 99), st.lists(texts, max_size=5))
@example([""] * 5, 0, [])
@example(["\0", "\n", "é", "\ud800", "½ “x”"], 0, ["\0\0", ""])
def test_any_text_gives_a_well_formed_file(said: list[str], track: int, names: list[str]) -> None:
    fields: dict[str, Any] = dict(zip(("title", "artist", "album", "date", "language"), said, strict=True))
    wav = walk(file(**fields, track=track, chapters=chapters(names)))
    expected = {
        "INAM": fields["title"],
        "IART": fields["artist"],
        "IPRD": fields["album"],
        "IPRT": str(track or ""),
        "ICRD": fields["date"],
        "ILNG": fields["language"],
        "ISFT": f"coach {__version__}",
    }
    if has_letters_of_its_own("".join(said[:3])):
        assert wav.tags == {}
    else:
        assert wav.tags == {name: in_ascii(text) for name, text in expected.items() if text}
    assert [at for at, _ in wav.chapters] == list(range(len(names)))
    for (_, label), name in zip(wav.chapters, names, strict=True):
        loses = in_ascii(name).count("?") > name.count("?")
        assert label == (one_line(name) if loses else in_ascii(name))
    assert wav.data == b"ab" * 10


def test_tags_and_chapters_come_after_the_sound() -> None:
    wav = walk(file(chapters=(Chapter(Frames(3), "Step-ups"),)))
    assert wav.order == ["fmt ", "data", "LIST INFO", "cue ", "LIST adtl", "id3 "]


def test_a_file_without_chapters_has_no_cue_chunk() -> None:
    assert walk(file()).order == ["fmt ", "data", "LIST INFO", "id3 "]


def test_the_head_tells_the_format() -> None:
    wav = walk(file())
    assert (wav.rate_hz, wav.bits, wav.channels) == (48_000, 16, 1)
    assert len(head(10, 0)) == HEAD_SIZE


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Straight-leg raises – “slowly”", 'Straight-leg raises - "slowly"'),
        ("Émile’s Übung: Füße", "Emile's Ubung: Fusse"),
        ("Smørrebrød, Łódź, ½", "Smorrebrod, Lodz, 1/2"),
        ("two\nlines\tand a bell\a", "two lines and a bell "),
        ("3 × 10 … done", "3 x 10 ... done"),
        ("膝", "?"),
    ],
)
def test_typography_and_accents_are_made_plain(written: str, plain: str) -> None:
    assert in_ascii(written) == plain


@given(texts)
def test_plain_text_is_printable_ascii_and_stays_as_it_is(written: str) -> None:
    plain = in_ascii(written)
    assert plain.isascii()
    assert plain.isprintable()
    assert in_ascii(plain) == plain


def test_the_longest_file_is_said_and_one_second_more_does_not_fit() -> None:
    frames = LONGEST_S * 48_000
    (size,) = struct.unpack_from("<I", head(frames - 48_000, 100), 4)
    assert LONGEST - size < 3 * 48_000 * 2
    with pytest.raises(struct.error):
        head(frames + 48_000, 0)
