"""What is said in a session, in its time: as LRC for music players, as WebVTT, and as plain text.

Texts only: they are written as UTF-8, the lines of LRC and WebVTT ended as they are here.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby

from coach.exports.metadata import About, Words
from coach.session.timeline import RATE_HZ, Frames
from coach.text import one_line, timestamp

SHOWN_S = 2.0
"""A caption stands so long at least, unless the next one comes: nobody can read a number in half a second."""

_LRC_TIME = re.compile(r"<(?=\d+:)([^<>]*)>")
_IN_TAG = str.maketrans("[]", "()")


def place_text(words: Words) -> str:
    """The repetition that words belong to, and its set where there are several; "" outside of sets.

    >>> place_text(Words(Frames(0), Frames(1), "One.", "Squats", 1, 3, "right leg", 4, 10))
    'right leg · set 1/3 · 4/10'
    """
    parts = (words.side, f"set {words.set}/{words.sets}" if words.sets > 1 else "", _rep(words))
    return " · ".join(part for part in parts if part)


def timed_lines(about: About) -> tuple[tuple[Frames, str], ...]:
    """Every spoken line with the frame at which it begins, for players that show a song's words.

    In a set the repetition stands behind the line, such as "Halfway. (6/12)".
    """
    return tuple((words.start, line) for words in about.words if (line := _line(words)))


def lrc(about: About) -> str:
    """The words as LRC: tags, then a line for each sentence, from the hundredth of a second it begins in.

    LRC has no way to write a bracket that is none of its own: square ones in the text become round.
    """
    tags = {
        "ti": about.title,
        "ar": about.artist,
        "al": about.album,
        "la": about.language,
        "length": _minutes(about.length, hundredths=False),
    }
    head = [f"[{name}:{plain}]" for name, text in tags.items() if (plain := _lrc_text(text))]
    lines = [f"[{_minutes(start)}]{_lrc_text(line)}" for start, line in timed_lines(about)]
    return "\n".join([*head, *lines]) + "\n"


def vtt(about: About) -> str:
    """The words as WebVTT captions: each from when it begins, with the repetition in a second line.

    A caption ends with its words, or stands a little longer where nothing follows (see `SHOWN_S`).
    """
    said = [words for words in about.words if one_line(words.text)]
    ends = [*(words.start for words in said[1:]), about.length]
    cues = [
        f"{_time(words.start)} --> {_time(min(free, max(words.end, words.start + _SHOWN)))}\n"
        + "\n".join(_vtt_text(text) for text in (words.text, place_text(words)) if text)
        for words, free in zip(said, ends, strict=False)  # without words there is one end too many
    ]
    title = _vtt_text(about.title)
    head = ["WEBVTT", f"NOTE {title}"] if title else ["WEBVTT"]
    return "\n\n".join([*head, *cues]) + "\n"


def plain_text(about: About) -> str:
    """The words to be read: each part of the session with its title, a line for a sentence or a repetition.

    Empty without words.
    """
    starts = [chapter.start for chapter in about.chapters]
    said = [(bisect_right(starts, words.start), words) for words in about.words if one_line(words.text)]
    blocks = []
    for part, group in groupby(said, key=lambda each: each[0]):
        title = [one_line(about.chapters[part - 1].title), ""] if part else []
        blocks.append("\n".join([*title, *_read_together([words for _, words in group])]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


_SHOWN = round(SHOWN_S * RATE_HZ)


def _read_together(said: Iterable[Words]) -> Iterator[str]:
    """The lines of a part: the words of a repetition in one, others each for themselves."""
    for (_, _, rep), group in groupby(said, key=lambda each: (each.side, each.set, _rep(each))):
        texts = [one_line(words.text) for words in group]
        if rep:
            yield f"{rep}  {' '.join(texts)}"
        else:
            yield from texts


def _rep(words: Words) -> str:
    """The repetition, where there is more than one: a walk is not "1/1"."""
    return f"{words.rep}/{words.reps}" if words.reps > 1 else ""


def _line(words: Words) -> str:
    text = one_line(words.text)
    return f"{text} ({_rep(words)})" if text and _rep(words) else text


def _lrc_text(text: str) -> str:
    return _LRC_TIME.sub(r"(\1)", one_line(text).translate(_IN_TAG))


def _vtt_text(text: str) -> str:
    """The text as WebVTT writes it; no arrow is left that would be taken for a time."""
    return one_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _minutes(frame: int, *, hundredths: bool = True) -> str:
    """Minutes, also beyond 99, and seconds; rounded down, so that no line comes late.

    >>> _minutes(62 * 48_000 + 480), _minutes(6000 * 48_000, hundredths=False)
    ('01:02.01', '100:00')
    """
    count = frame * 100 // RATE_HZ
    minutes, rest = divmod(count, 6000)
    text = f"{minutes:02d}:{rest // 100:02d}"
    return f"{text}.{rest % 100:02d}" if hundredths else text


def _time(frame: int) -> str:
    """The nearest millisecond as WebVTT writes it."""
    return timestamp(round(frame * 1000 / RATE_HZ))
