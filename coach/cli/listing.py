"""What there is: sessions and exercises with their needs and lengths, and the voices of the machine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.language.level import Level
from coach.language.model import Session
from coach.session.compile import compile_session
from coach.session.estimate import Estimates
from coach.session.layout import Sounds
from coach.session.options import Options
from coach.session.timeline import Frames
from coach.sheets import Sheet, scored
from coach.sound.tones import tones
from coach.voices.voice import VoiceInfo


@dataclass(frozen=True, slots=True)
class Row:
    """One session or exercise; ``about_s`` has its likely seconds at every level."""

    kind: str
    name: str
    title: str
    needs: str
    about_s: Mapping[Level, float]


def listed(sheets: Iterable[Sheet]) -> list[Row]:
    """The rows of a list, with lengths estimated without a voice."""
    sounds = Sounds(Estimates(), {sound: Frames(len(samples)) for sound, samples in tones().items()})
    rows = []
    for sheet in sheets:
        value = sheet.value
        if value is None:
            continue
        about_s = {}
        for level in Level:
            title, _, chapters = scored(sheet, Options(level))
            about_s[level] = compile_session(title, chapters, sounds).duration_s
        kind = "session" if isinstance(value, Session) else "exercise"
        rows.append(Row(kind, sheet.name, value.title, value.needs, about_s))
    return rows


def list_text(rows: Sequence[Row]) -> str:
    """The list for people: minutes at each level, needs below each name."""
    width = max(len(row.name) for row in rows)
    lines = []
    for kind, heading in (("session", "Sessions"), ("exercise", "Exercises")):
        levels = "  ".join(f"{level:>8}" for level in Level)
        lines.append(f"{heading:<{width + 2}}{levels}   minutes, about")
        for row in rows:
            if row.kind == kind:
                minutes = "  ".join(f"{max(1, round(row.about_s[level] / 60)):>8}" for level in Level)
                lines.append(f"  {row.name:<{width}}{minutes}   {row.title}")
                lines.append(f"  {'':<{width}}  needs {row.needs or 'nothing'}")
        lines.append("")
    return "\n".join(lines)


def list_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The list as JSON values."""
    return [
        {
            "kind": row.kind,
            "name": row.name,
            "title": row.title,
            "needs": row.needs,
            "about_s": {level: round(seconds) for level, seconds in row.about_s.items()},
        }
        for row in rows
    ]


def voices_text(found: Sequence[VoiceInfo]) -> str:
    """The voices for people, by what is asked for; a star marks the default."""
    width = max((len(voice.name) for voice in found), default=0)
    return "".join(
        f"{'*' if voice.is_default else ' '} {voice.name:<{width}}  {voice.description}\n" for voice in found
    )


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
