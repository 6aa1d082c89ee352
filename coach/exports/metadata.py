"""What a file says about the session in it: its names, its chapters and every word in its time."""

from dataclasses import dataclass, replace

from coach.session.place import beat_at, chapter_at, chapter_end, set_at
from coach.session.timeline import Chapter, Frames, Say, Timeline, says

ARTIST = "coach"
"""Who is heard, where a player has a line for that."""

FIRST = Frames(0)

SCRIPT, REGION = 4, 2
"""Letters in these two parts of a language tag (BCP 47, section 2.1)."""


@dataclass(frozen=True, slots=True)
class Words:
    """A spoken sentence, heard in the frames ``[start, end)``, and what it belongs to.

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
class About:
    """What a file of sound says of itself. Times are frames at 48 kHz, from the file's first one on.

    Attributes
    ----------
    title
        Of the session or, for one file of several, of its part.
    artist, album
        The album of a file that has all of a session is the session's own title: players keep one cover for
        an album.
    track, tracks
        The number of a file among several, from 1, and how many there are; both 0 for a file on its own.
    date
        As YYYY-MM-DD, or "". It is given: nothing here asks a clock.
    language
        A BCP 47 tag, such as "en-US"; "" if unknown.
    level
        "gentle", "standard" or "strong"; "" if unknown.
    length
        Frames of sound.
    start
        The frame of the session that the file's first one is: what is dithered is dithered as there, so that
        files joined are the session to the sample.
    chapters
        In order, each within ``[0, length)``; the first begins at frame 0.
    words
        In order.
    cover
        A PNG picture, square; ``b""`` for none.

    Raises
    ------
    ValueError
        Where the chapters or the words are not in order, or lie outside of the file.
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
    words: tuple[Words, ...] = ()
    cover: bytes = b""
    start: Frames = FIRST

    def __post_init__(self) -> None:
        """Check that chapters and words are in order, within the file."""
        after = -1
        for chapter in self.chapters:
            if not after < chapter.start < self.length:
                raise ValueError(f"{chapter} is out of order, or not within {self.length} frames")
            after = chapter.start
        heard = 0
        for words in self.words:
            if not heard <= words.start < words.end <= self.length:
                raise ValueError(f"{words} are out of order, or not within {self.length} frames")
            heard = words.end


def about_session(
    timeline: Timeline, *, language: str = "", level: str = "", date: str = "", cover: bytes = b""
) -> About:
    """What a file with all of a session says of itself.

    ``language`` may be written as sheets write it, in small letters.
    """
    return About(
        title=timeline.title,
        length=timeline.length,
        album=timeline.title,
        track=1,
        tracks=1,
        date=date,
        language=language_tag(language),
        level=level,
        chapters=timeline.chapters,
        words=words_of(timeline),
        cover=cover,
    )


def words_of(timeline: Timeline) -> tuple[Words, ...]:
    """Every spoken sentence of a session with what it belongs to, in order."""
    exercises = {chapter_at(timeline, each.start) for each in timeline.sets}
    return tuple(_words(timeline, say, exercises) for say in says(timeline.events))


def _words(timeline: Timeline, say: Say, exercises: set[int]) -> Words:
    end = Frames(say.start + say.length)
    index = chapter_at(timeline, say.start) if timeline.chapters else -1
    exercise = timeline.chapters[index].title if index in exercises else ""
    each = set_at(timeline, say.start)
    if each is None:
        return Words(say.start, end, say.text, exercise)
    rep = beat_at(each, say.start).rep
    return Words(say.start, end, say.text, exercise, each.number, each.of, each.side, rep, each.reps)


def parts_of(timeline: Timeline, about: About) -> tuple[About, ...]:
    """What the files of a session in parts say of themselves: one for each chapter, in order.

    Joined, they are the session. Their album is the session's title.
    """
    count = len(timeline.chapters)
    bounds = [(chapter.start, chapter_end(timeline, i)) for i, chapter in enumerate(timeline.chapters)]
    return tuple(
        _part(about, bounds[i], chapter.title, i + 1, count) for i, chapter in enumerate(timeline.chapters)
    )


def _part(about: About, bounds: tuple[Frames, Frames], title: str, track: int, tracks: int) -> About:
    start, end = bounds
    return replace(
        about,
        title=title,
        length=Frames(end - start),
        start=Frames(about.start + start),
        album=about.title,
        track=track,
        tracks=tracks,
        chapters=(Chapter(Frames(0), title),),
        words=tuple(_moved(words, start) for words in about.words if start <= words.start < end),
    )


def _moved(words: Words, start: Frames) -> Words:
    return replace(words, start=Frames(words.start - start), end=Frames(words.end - start))


def language_tag(language: str) -> str:
    """A language as BCP 47 recommends to write it (section 2.1.1).

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
