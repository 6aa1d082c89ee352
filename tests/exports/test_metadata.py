from dataclasses import replace

import pytest

from coach.exports.metadata import (
    Caption,
    Metadata,
    captions_of,
    language_tag,
    session_metadata,
    track_metadata,
)
from coach.language.level import Level
from coach.session.compile import joined
from coach.session.timeline import RATE_HZ, Chapter, Frames, Timeline, says
from coach.session.whereabouts import rep_start
from tests.fakes import bundled_chapters

WHOLE = joined("Strong knees", bundled_chapters("inner-knee", Level.GENTLE))
ABOUT = session_metadata(WHOLE, language="en-gb", level="gentle", date="2026-11-23", cover=b"picture")


def test_every_spoken_sentence_has_its_words_from_its_first_frame_to_its_last() -> None:
    spoken = says(WHOLE.events)
    assert [(words.start, words.end, words.text) for words in ABOUT.captions] == [
        (say.start, say.start + say.length, say.text) for say in spoken
    ]
    assert len(spoken) > 100


def test_words_in_a_set_know_their_repetition_and_others_know_of_none() -> None:
    counted = 0
    for words in ABOUT.captions:
        within = [each for each in WHOLE.sets if each.start <= words.start < each.end]
        if not within:
            assert (words.set, words.sets, words.side, words.rep, words.reps) == (0, 0, "", 0, 0)
            continue
        (each,) = within
        assert (words.set, words.sets, words.side, words.reps) == (
            each.number,
            each.of,
            each.side,
            each.reps,
        )
        end = each.end if words.rep == each.reps else rep_start(each, words.rep + 1)
        assert rep_start(each, words.rep) <= words.start < end
        counted += 1
    assert counted > 50
    assert {words.side for words in ABOUT.captions} >= {"", "right leg", "left leg"}


def test_an_exercise_is_named_by_its_chapter_and_a_part_without_sets_is_none() -> None:
    names = {words.exercise for words in ABOUT.captions}
    assert {"Step-ups", "Leg massage", ""} <= names
    assert "Before we start" not in names
    for words in ABOUT.captions:
        title = [chapter.title for chapter in WHOLE.chapters if chapter.start <= words.start][-1]
        assert words.exercise in {"", title}


def test_what_a_session_says_of_itself_is_what_is_known_of_it() -> None:
    assert (ABOUT.title, ABOUT.album, ABOUT.artist) == ("Strong knees", "Strong knees", "coach")
    assert (ABOUT.language, ABOUT.level, ABOUT.date) == ("en-GB", "gentle", "2026-11-23")
    assert (ABOUT.track, ABOUT.tracks, ABOUT.cover) == (1, 1, b"picture")
    assert (ABOUT.length, ABOUT.chapters) == (WHOLE.length, WHOLE.chapters)


def test_parts_joined_are_the_session() -> None:
    parts = track_metadata(WHOLE, ABOUT)
    assert sum(part.length for part in parts) == WHOLE.length
    at, words = 0, []
    for part, chapter in zip(parts, WHOLE.chapters, strict=True):
        assert chapter.start == at
        assert part.chapters == (Chapter(Frames(0), chapter.title),)
        words += [
            replace(each, start=Frames(each.start + at), end=Frames(each.end + at)) for each in part.captions
        ]
        at += part.length
    assert tuple(words) == ABOUT.captions


def test_parts_are_numbered_and_have_the_session_as_their_album() -> None:
    parts = track_metadata(WHOLE, ABOUT)
    assert [part.title for part in parts] == [chapter.title for chapter in WHOLE.chapters]
    assert [part.track for part in parts] == list(range(1, len(parts) + 1))
    assert {part.tracks for part in parts} == {len(parts)}
    assert {part.album for part in parts} == {"Strong knees"}
    assert {part.cover for part in parts} == {b"picture"}


def test_a_timeline_without_chapters_has_words_of_no_exercise() -> None:
    answer = Timeline("", WHOLE.events[:20], ())
    assert {words.exercise for words in captions_of(answer)} == {""}


SECOND = Frames(RATE_HZ)
ONE, TWO = Caption(Frames(0), SECOND, "One."), Caption(SECOND, Frames(2 * SECOND), "Two.")


@pytest.mark.parametrize(
    ("chapters", "words"),
    [
        ((Chapter(Frames(2 * SECOND), "behind the end"),), ()),
        ((Chapter(Frames(9), "a"), Chapter(Frames(9), "b")), ()),
        ((), (TWO, ONE)),
        ((), (replace(ONE, end=Frames(SECOND + 1)), TWO)),
        ((), (replace(ONE, end=Frames(0)),)),
        ((), (ONE, replace(TWO, end=Frames(2 * SECOND + 1)))),
    ],
)
def test_what_is_out_of_order_or_outside_of_the_file_is_refused(
    chapters: tuple[Chapter, ...], words: tuple[Caption, ...]
) -> None:
    assert Metadata(title="x", length=Frames(2 * SECOND), captions=(ONE, TWO)).captions == (ONE, TWO)
    with pytest.raises(ValueError, match="out of order"):
        Metadata(title="x", length=Frames(2 * SECOND), chapters=chapters, captions=words)


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en-us", "en-US"),
        ("EN-GB", "en-GB"),
        ("de", "de"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("en-a-bb-x-latn", "en-a-bb-x-latn"),
        ("sl-rozaj", "sl-rozaj"),
        ("", ""),
    ],
)
def test_a_language_is_written_as_its_standard_recommends(written: str, tag: str) -> None:
    assert language_tag(written) == tag


def test_parts_know_where_in_the_session_they_begin() -> None:
    assert [part.start for part in track_metadata(WHOLE, ABOUT)] == [
        chapter.start for chapter in WHOLE.chapters
    ]
    assert ABOUT.start == 0
