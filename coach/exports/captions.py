"""The captions of a session as LRC for music players, as WebVTT, and as plain text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby

from coach.exports.metadata import Caption, Metadata
from coach.session.timeline import RATE_HZ, Frames
from coach.session.words.interface import Words, words_for
from coach.text import one_line, timestamp

SHOWN_S = 2.0
"""The shortest time to show a caption, unless the next one comes: half a second is too short to read."""

_LRC_TIME = re.compile(r"<(?=\d+:)([^<>]*)>")
_IN_TAG = str.maketrans("[]", "()")


def position_text(caption: Caption, words: Words) -> str:
    """The side, the set where there are several, and the repetition of a caption; "" outside of sets.

    >>> one = Caption(Frames(0), Frames(1), "One.", "Squats", 1, 3, "right leg", 4, 10)
    >>> position_text(one, words_for("en"))
    'right leg · set 1/3 · 4/10'
    """
    of_sets = words.set_short(caption.set, caption.sets) if caption.sets > 1 else ""
    parts = (caption.side, of_sets, _rep(caption))
    return " · ".join(part for part in parts if part)


def timed_lines(metadata: Metadata) -> tuple[tuple[Frames, str], ...]:
    """List every spoken line with its first frame, for players that show lyrics.

    In a set the repetition follows the line, such as "Halfway. (6/12)".
    """
    return tuple((caption.start, line) for caption in metadata.captions if (line := _line(caption)))


def lrc(metadata: Metadata) -> str:
    """Format captions as LRC: tags, then a line for each sentence, with its start in hundredths of a second.

    LRC cannot escape brackets: square ones in the text become round.
    """
    tags = {
        "ti": metadata.title,
        "ar": metadata.artist,
        "al": metadata.album,
        "la": metadata.language,
        "length": _minutes(metadata.length, hundredths=False),
    }
    head = [f"[{name}:{plain}]" for name, text in tags.items() if (plain := _lrc_text(text))]
    lines = [f"[{_minutes(start)}]{_lrc_text(line)}" for start, line in timed_lines(metadata)]
    return "\n".join([*head, *lines]) + "\n"


def vtt(metadata: Metadata) -> str:
    """Format captions as WebVTT, with the repetition in a second line.

    A caption ends with its speech, or is shown a little longer where nothing follows (see `SHOWN_S`).
    """
    words = words_for(metadata.language)
    said = [caption for caption in metadata.captions if one_line(caption.text)]
    ends = [*(caption.start for caption in said[1:]), metadata.length]
    cues = [
        f"{_time(caption.start)} --> {_time(min(free, max(caption.end, caption.start + _SHOWN)))}\n"
        + "\n".join(_vtt_text(text) for text in (caption.text, position_text(caption, words)) if text)
        for caption, free in zip(said, ends, strict=False)  # without captions there is one end too many
    ]
    title = _vtt_text(metadata.title)
    head = ["WEBVTT", f"NOTE {title}"] if title else ["WEBVTT"]
    return "\n\n".join([*head, *cues]) + "\n"


def plain_text(metadata: Metadata) -> str:
    """Format captions as text to read: chapters with their titles, a line for each sentence or repetition.

    Empty without captions.
    """
    starts = [chapter.start for chapter in metadata.chapters]
    said = [
        (bisect_right(starts, caption.start), caption)
        for caption in metadata.captions
        if one_line(caption.text)
    ]
    blocks = []
    for part, group in groupby(said, key=lambda each: each[0]):
        title = [one_line(metadata.chapters[part - 1].title), ""] if part else []
        blocks.append("\n".join([*title, *_read_together([caption for _, caption in group])]))
    return "\n\n".join(blocks) + "\n" if blocks else ""


CAPTIONS: Mapping[str, Callable[[Metadata], str]] = {".lrc": lrc, ".vtt": vtt}
"""The endings of the caption files beside the sound, and how each is written."""

_SHOWN = round(SHOWN_S * RATE_HZ)


def _read_together(said: Iterable[Caption]) -> Iterator[str]:
    """Group a chapter's sentences into lines: one for each repetition, otherwise one for each sentence."""
    for (_, _, rep), group in groupby(said, key=lambda each: (each.side, each.set, _rep(each))):
        texts = [one_line(caption.text) for caption in group]
        if rep:
            yield f"{rep}  {' '.join(texts)}"
        else:
            yield from texts


def _rep(caption: Caption) -> str:
    """The repetition, if there is more than one: a walk is not "1/1"."""
    return f"{caption.rep}/{caption.reps}" if caption.reps > 1 else ""


def _line(caption: Caption) -> str:
    text = one_line(caption.text)
    return f"{text} ({_rep(caption)})" if text and _rep(caption) else text


def _lrc_text(text: str) -> str:
    return _LRC_TIME.sub(r"(\1)", one_line(text).translate(_IN_TAG))


def _vtt_text(text: str) -> str:
    """Escape a text for WebVTT, in which an arrow would be taken for a time."""
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
