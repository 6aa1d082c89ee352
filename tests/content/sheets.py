"""The programme's own sheets, and what a listener hears of them, in order."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from coach.language.level import Level
from coach.language.model import Heading, Line, Reference, Script, Session, Wait
from coach.language.names import references
from coach.language.parser import Parsed, parse
from coach.session.arrange import practice, score
from coach.session.compile import compile_session
from coach.session.options import Detail, Options
from coach.session.timeline import RATE_HZ, Say, Timeline
from coach.session.timeline import says as says_of
from tests.fakes import ESTIMATED

SCRIPTS = Path(__file__).parents[2] / "scripts"
EXERCISE_NAMES = sorted(path.stem for path in SCRIPTS.glob("*.md"))
SESSION_NAMES = sorted(path.stem for path in SCRIPTS.glob("sessions/*.md"))
PROGRAMME_NAMES = sorted(path.stem for path in SCRIPTS.glob("programmes/*.md"))
"""Sessions whose exercises are defined in the same sheet; ``low-back#Bridges`` names one of these."""

DEFAULT = "inner-knee"


@cache
def text(name: str) -> str:
    [path] = SCRIPTS.rglob(f"{name}.md")
    return path.read_text("utf-8")


@cache
def read(name: str) -> Parsed:
    return parse(text(name), name)


def exercise(name: str) -> Script:
    programme, _, part = name.partition("#")
    if part:
        return next(
            each.script for each in references(session(programme)) if each.name == part and each.script
        )
    value = read(name).value
    assert isinstance(value, Script), f"{name}.md is no exercise: {read(name).problems}"
    return value


def session(name: str) -> Session:
    value = read(name).value
    assert isinstance(value, Session), f"sessions/{name}.md is no session: {read(name).problems}"
    return value


def parts(programme: str) -> Mapping[str, Script]:
    """The exercises that are defined in a programme, by title, in order."""
    return {each.name: each.script for each in references(session(programme)) if each.script}


PART_NAMES = [f"{name}#{part}" for name in PROGRAMME_NAMES for part in parts(name)]


def by_title() -> Mapping[str, Script]:
    return {script.title: script for script in map(exercise, EXERCISE_NAMES)}


@cache
def timeline(
    name: str, level: Level = Level.STANDARD, detail: Detail = Detail.FULL, *, is_live: bool = False
) -> Timeline:
    """What is heard of an exercise or a session, laid out with the estimated lengths of its prompts."""
    choices = Options(level=level, detail=detail, takes_answers=is_live)
    if name in (*SESSION_NAMES, *PROGRAMME_NAMES):
        chapters = score(session(name), by_title(), choices)
        return compile_session(session(name).title, chapters, ESTIMATED)
    return compile_session(exercise(name).title, practice(exercise(name), choices), ESTIMATED)


def prompts(name: str, level: Level = Level.STANDARD, detail: Detail = Detail.FULL) -> tuple[str, ...]:
    """Everything that is said of an exercise or a session, in the order in which it is heard."""
    return tuple(event.text for event in timeline(name, level, detail).events if isinstance(event, Say))


def words_before_the_first_exercise(heard: Timeline, exercise_title: str) -> int:
    """Count the words that are said before an exercise is named, the title of the session among them."""
    start = next(chapter.start for chapter in heard.chapters if chapter.title == exercise_title)
    return len(words(" ".join(say.text for say in says_of(heard.events) if say.start < start)))


def seconds_between(session_name: str, first: str, second: str) -> tuple[float, ...]:
    """The seconds from each prompt that has the first phrase to the next that has the second."""
    found: list[float] = []
    since: int | None = None
    for say in says_of(timeline(session_name).events):
        if says(say.text, second) and since is not None:
            found.append((say.start - since) / RATE_HZ)
            since = None
        elif says(say.text, first):
            since = say.start
    return tuple(found)


def prompts_of(exercise_name: str, within: str) -> tuple[str, ...]:
    """What is said in an exercise's chapter of a session, or of its practice if the session has none."""
    title = exercise(exercise_name).title
    heard = timeline(within)
    if all(chapter.title != title for chapter in heard.chapters):
        heard = timeline(exercise_name)
    starts = [chapter.start for chapter in heard.chapters]
    i = next(i for i, chapter in enumerate(heard.chapters) if chapter.title == title)
    end = [*starts, heard.length][i + 1]
    return tuple(
        event.text for event in heard.events if isinstance(event, Say) and starts[i] <= event.start < end
    )


def spoken_lines(name: str) -> Iterator[str]:
    """Every sentence of a sheet that a voice may be asked to say, whatever the level and the detail."""
    if name in (*SESSION_NAMES, *PROGRAMME_NAMES):
        yield session(name).title
        yield from (part.text for part in session(name).parts if isinstance(part, Line))
        return
    script = exercise(name)
    yield script.title
    yield from (part.text for part in script.instructions if isinstance(part, Line))
    for lines in (script.cautions, script.if_it_hurts, script.breathing, script.reminders, script.brief):
        yield from (line.text for line in lines)
    yield from (phase.text for phase in script.phases if phase.text)


def words(said: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", said.lower().replace("’", "'").replace("-", " "))


def says(said: str, phrase: str) -> bool:
    """True if the phrase is in what is said, as whole words; case and hyphens do not count."""
    return f" {' '.join(words(phrase))} " in f" {' '.join(words(said))} "


def waits_before(session_name: str, exercise_title: str) -> list[float]:
    """The waits between an exercise of a session and what stands before it, exercise or heading."""
    waits: list[float] = []
    for part in session(session_name).parts:
        match part:
            case Wait(length_s=length_s):
                waits.append(length_s)
            case Reference(name=name) if name == exercise_title:
                return waits
            case Reference() | Heading():
                waits = []
            case _:
                pass
    raise AssertionError(f"{session_name} has no exercise {exercise_title!r}")
