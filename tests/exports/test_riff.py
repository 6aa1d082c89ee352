"""What stands around the samples is well-formed whatever people put into titles."""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coach import __version__
from coach.exports.riff import HEAD_SIZE, LONGEST, Tags, head, in_ascii, longest_s, tail
from coach.session.timeline import Chapter, Frames
from coach.text import one_line
from tests.exports.walking import walk

texts = st.text(max_size=40)


def file(tags: Tags, chapters: list[Chapter], frames: int = 10, channels: int = 1) -> bytes:
    after = tail(tags, chapters)
    return head(frames, channels, len(after)) + b"ab" * channels * frames + after


@given(st.builds(Tags, *[texts] * 6, st.none() | st.integers(1, 99)), st.lists(texts, max_size=5))
@example(Tags(), [])
@example(Tags("\0", "\n", "é", "\ud800", "½ “x”"), ["\0\0", ""])
def test_any_text_gives_a_well_formed_file(tags: Tags, names: list[str]) -> None:
    wav = walk(file(tags, [Chapter(Frames(at), name) for at, name in enumerate(names)]))
    expected = {
        "INAM": tags.title,
        "IART": tags.artist,
        "IPRD": tags.album,
        "IPRT": "" if tags.track is None else str(tags.track),
        "ICRD": tags.date,
        "ICMT": tags.comment,
        "ILNG": tags.language,
        "ISFT": f"coach {__version__}",
    }
    assert wav.tags == {name: in_ascii(text) for name, text in expected.items() if text}
    assert [at for at, _ in wav.chapters] == list(range(len(names)))
    for (_, label), name in zip(wav.chapters, names, strict=True):
        loses = in_ascii(name).count("?") > name.count("?")
        assert label == (one_line(name) if loses else in_ascii(name))
    assert wav.data == b"ab" * 10


def test_tags_and_chapters_come_after_the_sound() -> None:
    wav = walk(file(Tags(), [Chapter(Frames(3), "Step-ups")]))
    assert wav.order == ["fmt ", "data", "LIST INFO", "cue ", "LIST adtl"]


def test_a_file_without_chapters_has_no_cue_chunk() -> None:
    assert walk(file(Tags(title="Knee"), [])).order == ["fmt ", "data", "LIST INFO"]


@pytest.mark.parametrize("channels", [1, 2])
def test_the_head_tells_the_format(channels: int) -> None:
    wav = walk(file(Tags(), [], channels=channels))
    assert (wav.rate_hz, wav.bits, wav.channels) == (48_000, 16, channels)
    assert len(head(10, channels, 0)) == HEAD_SIZE


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


@pytest.mark.parametrize("channels", [1, 2])
def test_the_longest_file_is_said_and_one_second_more_does_not_fit(channels: int) -> None:
    frames = longest_s(channels) * 48_000
    (size,) = struct.unpack_from("<I", head(frames - 48_000, channels, 100), 4)
    assert LONGEST - size < 3 * 48_000 * 2 * channels
    with pytest.raises(struct.error):
        head(frames + 48_000, channels, 0)
