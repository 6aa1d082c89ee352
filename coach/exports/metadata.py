"""Metadata of a sound file: titles, chapters, and every spoken sentence with its time."""

from dataclasses import dataclass, replace

from coach.session.timeline import Chapter, Frames, Say, Timeline, says
from coach.session.whereabouts import chapter_at, chapter_end, movement_at

ARTIST = "coach"

FIRST = Frames(0)

SCRIPT, REGION = 4, 2
"""Letters in these two parts of a language tag (BCP 47, section 2.1)."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A spoken sentence in the frames ``[start, end)``, with the exercise, set and repetition it belongs to.

    ``exercise`` is the title of its chapter where that has sets; "" elsewhere. Within a set, from its go tone
    to the end of its last repetition, ``set``, ``sets``, ``rep`` and ``reps`` count from 1, and ``side`` is
    as it is spoken, such as "right leg", or "". Outside of sets they are 0 and "".
    """

    start: Frames
    end: Frames
    text: str
    exercise: str = ""
    set: int = 0
    sets: int = 0
    side: str = ""
    rep: int = 0
    reps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Metadata of a sound file. Times are frames at 48 kHz, counted from the file's first frame.

    Attributes
    ----------
    title
        Of the session or, for one file of several, of its part.
    artist, album
        A file with the whole session has the session's title as its album: players keep one cover for
        an album.
    track, tracks
        The number of a file among several, from 1, and how many there are; both 0 for a single file.
    date
        As YYYY-MM-DD, or "".
    language
        A BCP 47 tag, such as "en-US"; "" if unknown.
    level
        "gentle", "standard" or "strong"; "" if unknown.
    length
        Frames of sound.
    start
        The session's frame at which the file begins. Dither depends on it, so that tracks joined are the
        session to the sample.
    chapters
        In order, each within ``[0, length)``; the first begins at frame 0.
    captions
        In order.
    cover
        A PNG picture, square; ``b""`` for none.

    Raises
    ------
    ValueError
        If the chapters or the captions are not in order, or lie outside of the file.
    """

    title: str
    length: Frames
    artist: str = ARTIST
    album: str = ""
    track: int = 0
    tracks: int = 0
    date: str = ""
    language: str = ""
    level: str = ""
    chapters: tuple[Chapter, ...] = ()
    captions: tuple[Caption, ...] = ()
    cover: bytes = b""
    start: Frames = FIRST

    def __post_init__(self) -> None:
        """Check that chapters and captions are in order, within the file."""
        after = -1
        for chapter in self.chapters:
            if not after < chapter.start < self.length:
                raise ValueError(f"{chapter} is out of order, or not within {self.length} frames")
            after = chapter.start
        spoken = 0
        for caption in self.captions:
            if not spoken <= caption.start < caption.end <= self.length:
                raise ValueError(f"{caption} is out of order, or not within {self.length} frames")
            spoken = caption.end


def session_metadata(
    timeline: Timeline, *, language: str = "", level: str = "", date: str = "", cover: bytes = b""
) -> Metadata:
    """Metadata for a file with a whole session; ``language`` may be in small letters, as in sheets."""
    return Metadata(
        title=timeline.title,
        length=timeline.length,
        album=timeline.title,
        track=1,
        tracks=1,
        date=date,
        language=language_tag(language),
        level=level,
        chapters=timeline.chapters,
        captions=captions_of(timeline),
        cover=cover,
    )


def captions_of(timeline: Timeline) -> tuple[Caption, ...]:
    """List every spoken sentence of a session, in order."""
    exercises = {chapter_at(timeline, each.start) for each in timeline.sets}
    return tuple(_caption(timeline, say, exercises) for say in says(timeline.events))


def _caption(timeline: Timeline, say: Say, exercises: set[int]) -> Caption:
    end = Frames(say.start + say.length)
    index = chapter_at(timeline, say.start) if timeline.chapters else -1
    exercise = timeline.chapters[index].title if index in exercises else ""
    movement = movement_at(timeline, say.start)
    if movement is None:
        return Caption(say.start, end, say.text, exercise)
    each, beat = movement
    return Caption(say.start, end, say.text, exercise, each.number, each.of, each.side, beat.rep, each.reps)


def track_metadata(timeline: Timeline, metadata: Metadata) -> tuple[Metadata, ...]:
    """Metadata for one file per chapter, in order; their album is the session's title."""
    tracks = []
    for i, chapter in enumerate(timeline.chapters):
        start, end = chapter.start, chapter_end(timeline, i)
        captions = tuple(
            replace(caption, start=Frames(caption.start - start), end=Frames(caption.end - start))
            for caption in metadata.captions
            if start <= caption.start < end
        )
        track = replace(
            metadata,
            title=chapter.title,
            length=Frames(end - start),
            start=Frames(metadata.start + start),
            album=metadata.title,
            track=i + 1,
            tracks=len(timeline.chapters),
            chapters=(Chapter(FIRST, chapter.title),),
            captions=captions,
        )
        tracks.append(track)
    return tuple(tracks)


def language_tag(language: str) -> str:
    """A language tag with the letter case that BCP 47 recommends (section 2.1.1).

    >>> language_tag("en-us"), language_tag("zh-hant-tw"), language_tag("DE")
    ('en-US', 'zh-Hant-TW', 'de')
    """
    first, *others = language.split("-")
    written = [first.lower()]
    for part in others:
        if written[-1] and len(written[-1]) == 1:  # what follows a singleton is written small
            written.append(part.lower())
        elif len(part) == REGION:
            written.append(part.upper())
        else:
            written.append(part.capitalize() if len(part) == SCRIPT else part.lower())
    return "-".join(written)
