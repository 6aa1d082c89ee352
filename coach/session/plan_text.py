"""Print a timeline as text for people, or convert it to JSON values for programs."""

from collections.abc import Iterator, Sequence
from typing import Any

from coach.language.model import Sound
from coach.session.dose_json import dose_json
from coach.session.timeline import RATE_HZ, Chapter, Event, Frames, Role, Say, Silence, Timeline, Tone
from coach.text import clock_in_tenths, length_text

ROW_ENDS_FROM_S = 8.0
"""A silence of this many seconds or more ends the current line of the plan."""

TOLD_FROM_S = 2.0
"""Silences of this many seconds or more get a line of their own."""

_WITHIN_A_SET = frozenset(
    {Role.MOVEMENT, Role.HOLD, Role.LOOSE, Role.COUNT, Role.PHASE, Role.GUIDE, Role.CUE}
)


def plan_text(timeline: Timeline, gave_way: Sequence[str] = ()) -> str:
    """Print the plan of a session: a line for each prompt and each repetition, with its start time.

    ``gave_way`` tells what gave way for the minutes that were asked for.
    Tones stand in brackets, prompts are quoted word for word, silences of `TOLD_FROM_S` or more in seconds.
    """
    lines = []
    titles = {chapter.start: chapter.title for chapter in timeline.chapters}
    width = len(clock_in_tenths(timeline.duration_s))
    for row in _rows(timeline.events, frozenset(titles)):
        start = row[0].start
        if start in titles:
            lines += ["", f"## {titles[start]}", ""]
        words = [(event, text) for event in row if (text := _text(event, alone=len(row) == 1))]
        if words:
            time = clock_in_tenths(words[0][0].start / RATE_HZ)
            lines.append(f"{time:>{width}}  {'  '.join(text for _, text in words)}")
    head = [
        f"# {timeline.title}",
        "",
        f"{length_text(timeline.duration_s)}, {len(timeline.chapters)} chapters",
    ]
    head += [f"gave way: {line}" for line in gave_way]
    head += [f"no room was found for: {text}" for text in timeline.left_out]
    head += [
        f"a rest of {rest.written_s:g} s lasts {rest.length_s:.1f} s: what has to be said in it takes so long"
        for rest in timeline.longer_rests
    ]
    return "\n".join([*head, *lines]) + "\n"


def _rows(events: tuple[Event, ...], starts: frozenset[Frames]) -> Iterator[list[Event]]:
    """Group the events by line: a whole repetition from its first tone on; any other event alone."""
    row: list[Event] = []
    for event in events:
        goes_on = event.role in _WITHIN_A_SET
        if row and (event.start in starts or not goes_on or _begins_repetition(event, row)):
            yield row
            row = []
        row.append(event)
        lasts = isinstance(event, Silence) and event.length >= ROW_ENDS_FROM_S * RATE_HZ
        begins_set = _is_tone(event, Sound.GO) or _is_tone(event, Sound.BELL)
        if lasts or (not goes_on and not begins_set):
            yield row
            row = []
    if row:
        yield row


def _begins_repetition(event: Event, row: list[Event]) -> bool:
    """Tell whether a tone begins a repetition; a hold does so if the movement before it was a hold."""
    if _is_tone(event, Sound.HOLD_START):
        return any(_is_tone(before, Sound.HOLD_END) for before in row)
    return _is_tone(event, Sound.REP)


def _is_tone(event: Event, sound: Sound) -> bool:
    return isinstance(event, Tone) and event.sound is sound


def _text(event: Event, *, alone: bool) -> str:
    match event:
        case Say(text=text):
            return text
        case Tone(sound=sound):
            return f"[{sound}]"
        case Silence(length=length, why=why) if alone and length >= TOLD_FROM_S * RATE_HZ:
            return f"({length / RATE_HZ:.1f} s: {why})"
        case _:
            return ""


def plan_json(timeline: Timeline, *, voice: str, level: str) -> dict[str, Any]:
    """Convert a plan to JSON values; positions and lengths are frames at ``rate_hz``, without gaps."""
    return {
        "title": timeline.title,
        "rate_hz": RATE_HZ,
        "length": timeline.length,
        "duration_s": timeline.duration_s,
        "voice": voice,
        "level": level,
        "chapters": [_chapter_json(chapter) for chapter in timeline.chapters],
        "events": [_json(event) for event in timeline.events],
        "left_out": list(timeline.left_out),
        "longer_rests": [
            {"written_s": rest.written_s, "length_s": rest.length_s} for rest in timeline.longer_rests
        ],
    }


def _chapter_json(chapter: Chapter) -> dict[str, Any]:
    shown: dict[str, Any] = {"start": chapter.start, "title": chapter.title}
    return shown | ({"dose": dose_json(chapter.dose)} if chapter.dose else {})


def _json(event: Event) -> dict[str, Any]:
    where = {"start": event.start, "length": event.length}
    match event:
        case Say(text=text, role=role, onset=onset):
            return {"kind": "say", **where, "text": text, "role": role, "onset": onset}
        case Tone(sound=sound, role=role):
            return {"kind": "tone", **where, "sound": sound, "role": role}
        case Silence(why=why, role=role):
            return {"kind": "silence", **where, "why": why, "role": role}
