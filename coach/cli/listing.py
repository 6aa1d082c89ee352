"""Sheets and voices as lists, for people and for programs."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from coach import AddedVoice, Level, Listed, VoiceInfo
from coach.text import size_text


def list_text(rows: Sequence[Listed]) -> str:
    """The list for people: minutes at each level, needs below each name."""
    width = max(len(row.name) for row in rows)
    lines = []
    for kind, heading in (("session", "Sessions"), ("exercise", "Exercises")):
        levels = "  ".join(f"{level:>8}" for level in Level)
        lines.append(f"{heading:<{width + 2}}{levels}   minutes, about: least and whole")
        for row in rows:
            if row.kind == kind:
                minutes = "  ".join(f"{_minutes(row, level):>8}" for level in Level)
                lines.append(f"  {row.name:<{width}}{minutes}   {row.title}")
                lines.append(f"  {'':<{width}}  needs {row.needs or 'nothing'}")
        lines.append("")
    return "\n".join(lines)


def _minutes(row: Listed, level: Level) -> str:
    """Return the minutes of the shortest session and of the whole one, rounded up."""
    least, whole = ceil(row.least_s[level] / 60), ceil(row.about_s[level] / 60)
    return f"{whole}" if least == whole else f"{least}-{whole}"


def list_json(rows: Sequence[Listed]) -> list[dict[str, Any]]:
    """The list as JSON values."""
    return [
        {
            "kind": row.kind,
            "name": row.name,
            "title": row.title,
            "needs": row.needs,
            "about_s": {level: round(seconds) for level, seconds in row.about_s.items()},
            "least_s": {level: round(seconds) for level, seconds in row.least_s.items()},
        }
        for row in rows
    ]


def voices_text(found: Sequence[VoiceInfo]) -> str:
    """The voices for people, by what is asked for; a star marks the default."""
    width = max((len(voice.name) for voice in found), default=0)
    return "".join(
        f"{'*' if voice.is_default else ' '} {voice.name:<{width}}  {voice.description}\n" for voice in found
    )


def added_text(added: Sequence[AddedVoice]) -> str:
    """The voices that were added, for people, with their licence and size."""
    width = max(len(voice.name) for voice in added)
    lines = []
    for voice in added:
        about = f"{voice.description}; {size_text(voice.size_bytes)}; licence: {voice.licence}"
        lines.append(f"added {voice.name:<{width}}  {about}")
    notes = dict.fromkeys(voice.note for voice in added if voice.note)
    return "\n".join([*lines, *notes]) + "\n"


def voices_json(found: Sequence[VoiceInfo]) -> list[dict[str, Any]]:
    """The voices as JSON values."""
    return [
        {
            "name": voice.name,
            "language": voice.language,
            "description": voice.description,
            "id": voice.identifier or voice.name,
            "default": voice.is_default,
        }
        for voice in found
    ]
