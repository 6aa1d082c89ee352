"""Everything a listener can choose about a session, declared once.

The command line, the settings file, the kept place of an unfinished session and `coach.plan` all derive from
the fields of `Options`. Light to import: the command line needs it for its help. Hence also the named tuples:
to make one takes a tenth of the time of a data class.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, fields, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, NamedTuple, get_origin, get_type_hints

from coach.errors import UsageError
from coach.language.level import Level
from coach.session import steps as step_values
from coach.session.steps import Step

USUAL_RATE_WPM = 150
"""The pace at which a coach speaks, in words a minute (docs/content.md)."""

SLOWEST_WPM, FASTEST_WPM = 80, 300
"""Slower, engines stretch their sounds until they are none; faster, few follow on a first hearing."""

SOFTEST_DB, LOUDEST_DB = -18.0, 6.0
"""Beyond these a voice or a tone is lost, or is mostly limiter."""

TIMES = (1, 20)
"""How often an exercise is practised: the least and the most."""

USUAL_SESSION = "inner-knee"
"""The session of coach's own that is meant where none is named."""

MINUTES = (1, 600)
"""The minutes that a session can be asked to last: the least and the most."""

NO_MUSIC = "none"
"""In place of a music file: no music, whatever the settings file says. ``./none`` is a file of that name."""


class Detail(StrEnum):
    """The amount of instruction: full, brief, or brief for exercises that the listener knows."""

    FULL = "full"
    BRIEF = "brief"
    AUTO = "auto"


class Count(StrEnum):
    """The moment at which a repetition's number is said: when letting go, or at its top."""

    LOOSE = "loose"
    TOP = "top"


class Counted(StrEnum):
    """Which repetitions have their number said: every one, the tenth and its multiples, or none.

    By `AUTO` it is every one in the first set of a side, and the tenths in the sets after it.
    """

    AUTO = "auto"
    EVERY = "every"
    TENS = "tens"
    NONE = "none"


class Screen(StrEnum):
    """What a played session prints; `AUTO` is `LIVE` where the terminal can have it, else `PLAIN`.

    `NONE` is for listeners with a screen reader, which would talk over the coach: nothing is printed that is
    heard, and the keys are told by ear.
    """

    AUTO = "auto"
    LIVE = "live"
    PLAIN = "plain"
    NONE = "none"


class Kind(NamedTuple):
    """The kind of value that an option takes.

    ``takes`` says it for people, ``fits`` tells whether a value will do, ``read`` converts one that does.
    ``metavar`` is the placeholder of the value in a help text.
    """

    takes: str
    fits: Callable[[Any], bool]
    read: Callable[[Any], Any] = lambda value: value
    metavar: str | None = None
    is_path: bool = False


def text(
    what: str, metavar: str, read: Callable[[Any], Any] = lambda value: value, *, is_path: bool = False
) -> Kind:
    """Text that is not empty; or else a path, if it ``is_path``."""

    def fits(value: object) -> bool:
        is_text = isinstance(value, str) or (is_path and hasattr(value, "__fspath__"))
        return is_text and bool(str(value).strip()) and "\0" not in str(value)

    return Kind(f"{what}, in quotes", fits, read, metavar, is_path)


def number(what: str, least: float, most: float, metavar: str, *, is_whole: bool = False) -> Kind:
    """A number from ``least`` to ``most``."""
    sort, read = ("a whole number", int) if is_whole else ("a number", float)

    def fits(value: object) -> bool:
        return isinstance(value, read | int) and not isinstance(value, bool) and least <= value <= most

    return Kind(f"{what}, {sort} from {least:g} to {most:g}", fits, read, metavar)


def whole(what: str, least: int, most: int, metavar: str = "N") -> Kind:
    """A whole number from ``least`` to ``most``."""
    return number(what, least, most, metavar, is_whole=True)


def one_of(words: type[StrEnum]) -> Kind:
    """One of the words of an enumeration."""
    *others, last = (f'"{word}"' for word in words)
    takes = f"{', '.join(others)} or {last}"
    return Kind(takes, lambda value: isinstance(value, str) and value in list(words), words)


class Declared(NamedTuple):
    """The declaration of an option: its help text, its kind of value, and whether settings may contain it."""

    help: str
    kind: Kind
    is_setting: bool = True


_VOLUME_DB = number("dB", SOFTEST_DB, LOUDEST_DB, "DB")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a session, as the listener chose them.

    ``sets`` and ``reps`` replace those of every counted dose. In ``minutes``, the whole session has to fit
    (`coach.session.fit`). ``only``, ``from_`` and ``to`` pick parts of it; the rules and the way into each
    position stay (`coach.session.parts`). ``voice`` is a name of `coach.voices`, None for
    the best one in the sheet's language. ``music`` is the path of a file, "" for none. ``hearing`` is for
    older ears: clearer words, deeper tones, and more silence between them.

    Four fields are no choices but facts about the listener: ``known`` has the titles of the exercises that
    this listener knows well, which `Detail.AUTO` makes brief; ``usual_voice`` is that of the settings file;
    ``steps`` has how much of each exercise is due, which ``sets``, ``reps`` and a lower level overrule;
    ``takes_answers`` is true in a live session with keys.
    """

    level: Annotated[Level, Declared("How much is asked.", one_of(Level))] = Level.STANDARD
    detail: Annotated[
        Detail,
        Declared(
            "Say everything, the brief forms, or (auto) what you know in brief.",
            one_of(Detail),
        ),
    ] = Detail.FULL
    _: KW_ONLY
    voice: Annotated[
        str | None,
        Declared(
            "A voice of 'coach voices'. [default: the best there is in the sheet's language]",
            text("a voice as for --voice, such as 'en-gb' or 'piper'", "NAME"),
        ),
    ] = None
    rate_wpm: Annotated[
        int,
        Declared("The pace, in words a minute.", whole("words a minute", SLOWEST_WPM, FASTEST_WPM, "WPM")),
    ] = USUAL_RATE_WPM
    sets: Annotated[
        int | None,
        Declared("Sets of every counted exercise.", whole("a number of sets", 1, 20), is_setting=False),
    ] = None
    reps: Annotated[
        int | None,
        Declared(
            "Repetitions of every counted set.", whole("a number of repetitions", 1, 100), is_setting=False
        ),
    ] = None
    minutes: Annotated[
        int | None,
        Declared(
            "The minutes that you have: what is less important gives way.",
            whole("a number of minutes", *MINUTES),
        ),
    ] = None
    only: Annotated[
        str | None,
        Declared(
            "Only these parts, by their numbers or titles, as in 3,5.",
            text("the parts, as in '3,5'", "PARTS"),
            is_setting=False,
        ),
    ] = None
    from_: Annotated[
        str | None,
        Declared("Begin with a part: its number or its title.", text("a part", "PART"), is_setting=False),
    ] = None
    to: Annotated[
        str | None,
        Declared("End with a part: its number or its title.", text("a part", "PART"), is_setting=False),
    ] = None
    count: Annotated[
        Count, Declared("Where the number of a repetition is said: letting go, at the top.", one_of(Count))
    ] = Count.LOOSE
    speak_counts: Annotated[
        Counted,
        Declared(
            "Which repetitions have their number said; auto: all in the first set of a side, then tens.",
            one_of(Counted),
        ),
    ] = Counted.AUTO
    music: Annotated[
        str,
        Declared(
            "Music under the session, softer under each word: WAV, FLAC, OGG, MP3. 'none' for none.",
            text(
                "a music file", "FILE", lambda path: "" if str(path) == NO_MUSIC else str(path), is_path=True
            ),
        ),
    ] = ""
    voice_volume_db: Annotated[
        float,
        Declared(
            "Louder words. Above 3 they grow little: their peaks are limited, and 6 gives 3.5.", _VOLUME_DB
        ),
    ] = 0.0
    cue_volume_db: Annotated[float, Declared("Louder tones.", _VOLUME_DB)] = 0.0
    hearing: Annotated[
        bool,
        Declared(
            "For older ears: clearer words, deeper tones, and more silence around them.",
            Kind("true or false", lambda value: isinstance(value, bool)),
        ),
    ] = False
    known: tuple[str, ...] = ()
    usual_voice: str | None = None
    steps: tuple[Step, ...] = ()
    takes_answers: bool = False

    def at(self, title: str) -> "Options":
        """The options of one exercise: those of its step, if it has one."""
        for step in self.steps:
            if step.title == title:
                return replace(
                    self,
                    level=step.level,
                    sets=self.sets or step.sets or None,
                    reps=self.reps or step.reps or None,
                )
        return self

    def at_level(self, level: Level) -> "Options":
        """The options at another level.

        At a lower level, the steps of exercises that are not above it stay; at a higher one no step does. An
        exercise without a step is done as its sheet has it at the level.
        """
        order = list(Level)
        is_lower = order.index(level) <= order.index(self.level)
        kept = [step for step in self.steps if is_lower and order.index(step.level) <= order.index(level)]
        return replace(self, level=level, steps=tuple(kept))

    def is_brief(self, title: str) -> bool:
        """Tell whether an exercise is to be said in its brief form."""
        return self.detail is Detail.BRIEF or (self.detail is Detail.AUTO and title in self.known)


FILES = Options()
"""The defaults of a file, which is for whoever listens to it."""

LIVE = Options(detail=Detail.AUTO)
"""The defaults of a session that is played for the listener whose diary is there."""


def option_name(field_name: str) -> str:
    """The name of an option on the command line and in the settings file.

    >>> option_name("voice_volume_db"), option_name("rate_wpm")
    ('voice-volume', 'rate')
    """
    return field_name.removesuffix("_wpm").removesuffix("_db").removesuffix("_").replace("_", "-")


@cache
def declared() -> dict[str, Declared]:
    """Return the declarations of all options by field name, in the order of the help text."""
    hints = get_type_hints(Options, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if get_origin(hint) is Annotated}


class Fault(NamedTuple):
    """The reason why a value is invalid for an option, and the valid values."""

    name: str
    what: str
    hint: str


def fault(name: str, value: object, allowed: Mapping[str, Kind]) -> Fault | None:
    """Describe the fault of an option's value; None if it is valid.

    ``allowed`` maps the names that the author of the value may use to the kinds of value.
    """
    kind = allowed.get(name)
    if kind is None:
        near = difflib.get_close_matches(name.casefold(), allowed, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        return Fault(name, f"there is no setting {name!r}", f"{meant}the settings are {', '.join(allowed)}")
    if kind.fits(value):
        return None
    return Fault(name, f"{name!r} cannot be {_shown(value)}", f"{name} is {kind.takes}")


def _shown(value: object) -> str:
    """Show a value as its author wrote it, cut to a readable length, or its type."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value) if abs(value) < 10**12 else "a number of that many digits"
        case str() | float() | None:
            return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."
        case Mapping():
            return "a table"
        case list() | tuple():
            return "a list"
        case _:
            return f"{value}"[:60]


def check(given: Mapping[str, object], allowed: Mapping[str, Kind]) -> None:
    """Raise one `UsageError` for all invalid values and unknown options."""
    faults = [found for name, value in given.items() if (found := fault(name, value, allowed))]
    if faults:
        hints = dict.fromkeys(found.hint for found in faults)
        raise UsageError("; ".join(found.what for found in faults), "; ".join(hints))


def options(choices: Mapping[str, object], base: Options | None = None) -> Options:
    """Build `Options` from plain values by field name; the other fields are copied from ``base``.

    A value of None leaves the field as it is in ``base``.

    Raises
    ------
    UsageError
        If there is no such option, or a value does not fit: all of them at once.
    """
    kinds = {name: each.kind for name, each in declared().items()}
    given = {name: value for name, value in choices.items() if value is not None}
    check(given, kinds)
    return replace(base or Options(), **{name: kinds[name].read(value) for name, value in given.items()})


def options_json(chosen: Options) -> dict[str, Any]:
    """Convert the options that differ from the defaults to JSON values by field name.

    The usual voice and the keys are not among them: they are looked up each time.
    """
    usual = Options()
    looked_up = {"usual_voice", "takes_answers"}
    values = {each.name: getattr(chosen, each.name) for each in fields(Options) if each.name not in looked_up}
    values["steps"] = tuple(map(step_values.as_json, chosen.steps))
    differing = {name: value for name, value in values.items() if value != getattr(usual, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in differing.items()}


def options_from_json(values: Any) -> Options:
    """Rebuild the options that `options_json` wrote.

    Raises
    ------
    UsageError
        If they are damaged.
    """
    if not isinstance(values, dict):
        raise UsageError("the options are no table")
    plain = dict(values)
    known = plain.pop("known", [])
    if not isinstance(known, list) or not all(isinstance(title, str) for title in known):
        raise UsageError("'known' is no list of titles")
    steps = plain.pop("steps", [])
    try:
        steps = tuple(step_values.from_json(step) for step in steps)
    except (TypeError, ValueError) as error:
        raise UsageError(f"'steps' is no list of steps: {error}") from error
    return replace(options(plain), known=tuple(known), steps=steps)
