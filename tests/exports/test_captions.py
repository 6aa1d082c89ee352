"""The words of a session, read back as players read them."""

import html
import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.exports.captions import SHOWN_S, lrc, plain_text, position_text, timed_lines, vtt
from coach.exports.metadata import Caption, Metadata, session_metadata, track_metadata
from coach.language.level import Level
from coach.session.compile import joined
from coach.session.timeline import RATE_HZ, Chapter, Frames
from coach.session.words.interface import words_for
from tests.fakes import bundled_chapters

STEP_UPS = joined("Step-ups", bundled_chapters("step-ups", Level.GENTLE))
ABOUT = session_metadata(STEP_UPS, language="en-us", level="gentle")

LAST_ONES = ("Last one.", "The last one.")

CLOCK = r"(\d\d):([0-5]\d):([0-5]\d\.\d{3})"
TIME = r"(\d{2,}):([0-5]\d)\.(\d\d)"


@dataclass(frozen=True)
class Cue:
    """A WebVTT caption: its times in seconds, its lines as they are shown."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]


def cues(text: str) -> list[Cue]:
    """The captions of a WebVTT file, by the syntax of the standard (W3C, 4.1) and nothing looser."""
    head, *blocks = text.removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    found = []
    for block in blocks:
        first, *lines = block.split("\n")
        if first.startswith("NOTE "):
            assert "-->" not in block
            continue
        times = re.fullmatch(
            r"(\d\d):([0-5]\d):([0-5]\d\.\d{3}) --> (\d\d):([0-5]\d):([0-5]\d\.\d{3})", first
        )
        assert times, first
        assert lines
        assert not any("-->" in line or "<" in line or ">" in line for line in lines)
        assert not any(re.search("&(?!amp;|lt;|gt;)", line) for line in lines)
        one, two = (
            3600 * int(hours) + 60 * int(minutes) + float(seconds)
            for hours, minutes, seconds in (times.groups()[:3], times.groups()[3:])
        )
        found.append(Cue(one, two, tuple(html.unescape(line) for line in lines)))
    return found


def lrc_lines(text: str) -> list[tuple[float, str]]:
    """The timed lines of an LRC file in seconds; every line has one tag in front and none within."""
    found = []
    for line in text.splitlines():
        tag, shown = line[1:].split("]", 1)
        assert line[0] == "["
        assert not re.search(r"[\[\]]|<\d+:", shown)
        if time := re.fullmatch(TIME, tag):
            found.append((60 * int(time[1]) + int(time[2]) + int(time[3]) / 100, shown))
        else:
            assert re.fullmatch("(ti|ar|al|la|length):.+", tag)
            assert not shown
    return found


def test_lrc_has_every_sentence_within_the_hundredth_that_it_begins_in() -> None:
    lines = lrc_lines(lrc(ABOUT))
    assert len(lines) == len(ABOUT.captions) > 40
    for (at_s, shown), words in zip(lines, ABOUT.captions, strict=True):
        assert 0 <= words.start / RATE_HZ - at_s < 0.01 + 1e-9
        assert shown.startswith(words.text)


def test_lrc_begins_with_what_the_file_is() -> None:
    assert lrc(ABOUT).splitlines()[:5] == [
        "[ti:Step-ups]",
        "[ar:coach]",
        "[al:Step-ups]",
        "[la:en-US]",
        f"[length:{STEP_UPS.length // RATE_HZ // 60:02d}:{STEP_UPS.length // RATE_HZ % 60:02d}]",
    ]


def test_a_line_within_a_set_has_its_repetition() -> None:
    shown = [line for _, line in lrc_lines(lrc(ABOUT))]
    assert any(line.endswith("(1/6)") for line in shown)
    assert [line for line in shown if line.startswith(LAST_ONES)] == [
        "Last one. (6/6)",
        "The last one. (6/6)",
    ]
    assert not any("/" in line for line in shown[:20])
    assert [line for _, line in timed_lines(ABOUT)] == shown


def test_a_caption_begins_with_its_sentence_and_has_the_repetition_below() -> None:
    found = cues(vtt(ABOUT))
    assert len(found) == len(ABOUT.captions)
    for cue, words in zip(found, ABOUT.captions, strict=True):
        assert abs(cue.start_s - words.start / RATE_HZ) <= 0.0005 + 1e-9
        assert cue.lines == tuple(filter(None, (words.text, position_text(words, words_for("en")))))
    assert ("Last one.", "right leg · 6/6") in {cue.lines for cue in found}


def test_a_caption_stands_until_its_words_are_over_and_long_enough_to_be_read() -> None:
    found = cues(vtt(ABOUT))
    ends = [cue.start_s for cue in found[1:]] + [ABOUT.length / RATE_HZ]
    for cue, words, end_s in zip(found, ABOUT.captions, ends, strict=True):
        due_s = min(end_s, max(words.end / RATE_HZ, words.start / RATE_HZ + SHOWN_S))
        assert cue.end_s == pytest.approx(due_s, abs=0.001)
        assert cue.start_s < cue.end_s <= end_s + 0.001


def test_words_to_be_read_have_their_parts_and_a_line_for_each_repetition() -> None:
    session = joined("Knees", bundled_chapters("inner-knee", Level.GENTLE))
    text = plain_text(session_metadata(session))
    blocks = [block.splitlines()[0] for block in re.split(r"\n\n(?=[^\n]+\n\n)", text)]
    assert blocks == [chapter.title for chapter in session.chapters]
    assert re.search(r"^5/6  .*Five\.$", text, re.MULTILINE)
    for words in session_metadata(session).captions:
        assert words.text in text


def test_a_walk_is_not_once_of_once() -> None:
    walk = session_metadata(joined("Walk", bundled_chapters("warm-up-walk", Level.GENTLE)))
    assert {words.reps for words in walk.captions} == {0, 1}
    assert "1/1" not in lrc(walk) + vtt(walk) + plain_text(walk)


def test_the_words_of_a_part_begin_with_it() -> None:
    session = joined("Knees", bundled_chapters("inner-knee", Level.GENTLE))
    whole = session_metadata(session)
    for part, chapter in zip(track_metadata(session, whole), session.chapters, strict=True):
        first = part.captions[0]
        assert lrc_lines(lrc(part))[0][0] == pytest.approx(first.start / RATE_HZ, abs=0.01)
        assert first.start + chapter.start in {words.start for words in whole.captions}


def test_a_session_without_words_has_files_without_lines() -> None:
    silent = Metadata(title="", artist="", length=Frames(RATE_HZ))
    assert (vtt(silent), lrc(silent), plain_text(silent)) == ("WEBVTT\n", "[length:00:01]\n", "")


ODD = Metadata(
    title="Squats --> lunges & [more]",
    length=Frames(9 * RATE_HZ),
    captions=(
        Caption(Frames(0), Frames(RATE_HZ), "5 < 6 & 7 > 2 --> <b>go</b> &amp;"),
        Caption(Frames(3 * RATE_HZ), Frames(4 * RATE_HZ), "[00:12.00] now\n\n<00:13.00> תרגיל 🏋️"),
    ),
)


def test_signs_of_the_formats_themselves_are_only_text() -> None:
    assert [cue.lines for cue in cues(vtt(ODD))] == [
        ("5 < 6 & 7 > 2 --> <b>go</b> &amp;",),
        ("[00:12.00] now <00:13.00> תרגיל 🏋️",),
    ]
    assert "NOTE Squats --&gt; lunges &amp; [more]\n" in vtt(ODD)
    assert lrc_lines(lrc(ODD)) == [
        (0.0, "5 < 6 & 7 > 2 --> <b>go</b> &amp;"),
        (3.0, "(00:12.00) now (00:13.00) תרגיל 🏋️"),
    ]
    assert lrc(ODD).startswith("[ti:Squats --> lunges & (more)]\n")


def in_one_line(text: str) -> str:
    return re.sub(r"[\s\0-\x1f\x7f-\x9f]+", " ", text).strip()


@st.composite
def sessions(draw: st.DrawFn) -> Metadata:
    """Any words at any times up to five hours, in and out of sets."""
    texts = st.text(
        st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&[]-:/\n\r\t\0")), max_size=30
    )
    count = draw(st.integers(0, 6))
    times = draw(
        st.lists(st.integers(0, 5 * 360_000), min_size=2 * count, max_size=2 * count, unique=True).map(sorted)
    )
    words = []
    for i in range(count):
        reps = draw(st.integers(0, 12))
        rep = draw(st.integers(1, reps)) if reps else 0
        start, end = (480 * time + draw(st.integers(0, 200)) for time in times[2 * i : 2 * i + 2])
        side = draw(st.sampled_from(["", "right leg"]))
        words.append(
            Caption(Frames(start), Frames(end), draw(texts), "x", min(reps, 1), 3, side, rep, reps)
            if reps
            else Caption(Frames(start), Frames(end), draw(texts))
        )
    chapters = (Chapter(Frames(0), draw(texts)),)
    return Metadata(
        title=draw(texts), length=Frames(480 * 5 * 360_001), captions=tuple(words), chapters=chapters
    )


@given(sessions())
def test_any_words_can_be_read_back_from_captions(metadata: Metadata) -> None:
    shown = [
        (words, plain)
        for words in metadata.captions
        if (plain := re.sub(r"[\s\0-\x1f\x7f-\x9f]+", " ", words.text).strip())
    ]
    found = cues(vtt(metadata))
    assert len(found) == len(shown)
    for cue, (words, plain) in zip(found, shown, strict=True):
        assert cue.lines[0] == plain
        assert cue.start_s == pytest.approx(words.start / RATE_HZ, abs=0.00051)
    assert all(one.end_s <= two.start_s for one, two in pairwise(found))


@given(sessions())
def test_any_words_can_be_read_back_from_lrc_but_for_their_brackets(metadata: Metadata) -> None:
    text = lrc(metadata)
    found = lrc_lines(text)
    plains = [plain for words in metadata.captions if (plain := in_one_line(words.text))]
    assert len(found) == len(plains)
    round_ones = str.maketrans("[]<>", "()()")
    for (_, shown), plain in zip(found, plains, strict=True):
        assert shown.translate(round_ones).startswith(plain.translate(round_ones))
    assert text.encode("utf-8").decode("utf-8") == text
