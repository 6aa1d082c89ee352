"""The moves of a chapter: prompts, tones, waits and sets, in order, not yet placed in time.

`prompts` lists what a voice has to speak before `coach.session.compile` can lay the moves out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.options import Count, Counted
from coach.session.timeline import Role, Source
from coach.session.words.interface import Words, words_for

LONG_S = 20.0
"""A wait, a movement or a rest of this many seconds or more announces its last ten; after a break, such a
movement goes on where it was left, while a shorter one is begun anew."""

NAMED_FROM_S = 5.0
"""A movement of this many seconds or more has its word said in every repetition: a tone alone would be
forgotten by then, and whoever has heard nothing yet has to know what to do."""


@dataclass(frozen=True, slots=True)
class Speak:
    """A prompt, said as soon as what came before it allows; ``source`` is None for the coach's own words."""

    text: str
    role: Role
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Strike:
    """A tone, struck as soon as what came before it allows."""

    sound: Sound
    role: Role


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of at least ``length_s`` seconds in which nothing is exercised: a wait, a rest, a change.

    It begins with its ``sound`` and its ``opening`` prompts, and has its ``closing`` prompts before its last
    ten seconds; ``fillers`` are said where there is room between. The last ten seconds of a long one are
    announced; one with ``counts_in`` ends in "get ready" and 3-2-1. ``why`` is shown in place of the usual
    words for the ``activity``.
    """

    length_s: float
    activity: Activity
    role: Role
    sound: Sound | None = None
    opening: tuple[str, ...] = ()
    closing: tuple[Speak, ...] = ()
    fillers: tuple["Cue", ...] = ()
    counts_in: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Movement:
    """One phase of a repetition on one side: its word, its guiding sentence and its seconds."""

    cue: str
    length_s: float
    text: str = ""
    is_hold: bool = False
    is_loose: bool = False
    source: Source | None = field(default=None, compare=False)

    @property
    def is_long(self) -> bool:
        """True if the remaining time is announced."""
        return self.length_s >= LONG_S

    @property
    def is_named(self) -> bool:
        """True if the word is said in every repetition."""
        return bool(self.cue) and self.length_s >= NAMED_FROM_S

    @property
    def is_rest(self) -> bool:
        """True for a rest within a repetition: it has the rest tone and counts in the effort after it."""
        return self.is_loose and self.is_named


@dataclass(frozen=True, slots=True)
class Cue:
    """A prompt within a set, due in repetition ``rep`` (from 1); one that ``wanders`` may come later.

    One that ``leads`` belongs to the effort that follows it: it is said as late in its repetition as there
    is room, not as early.
    """

    text: str
    rep: int
    wanders: bool = False
    leads: bool = False
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Repetitions:
    """One set on one side, from its go tone to the end of its last repetition.

    ``guided`` is the number of repetitions with guiding sentences, ``worded`` the number of those after
    them with phase words. ``fillers`` are spread over movements of `LONG_S` or more. It is set
    ``number`` of ``of`` on its side; ``side`` is as spoken, such as "right leg", or "".
    """

    movements: tuple[Movement, ...]
    reps: int
    guided: int
    worded: int
    count: Count
    cues: tuple[Cue, ...] = ()
    fillers: tuple[Cue, ...] = ()
    number: int = 1
    of: int = 1
    side: str = ""
    counted: Counted = Counted.EVERY

    @property
    def numbers(self) -> range:
        """The repetitions whose number is said: a set of one repetition has none."""
        match self.counted:
            case Counted.EVERY if self.reps > 1:
                return range(1, self.reps + 1)
            case Counted.TENS:
                return range(10, self.reps + 1, 10)
            case _:
                return range(0)


Move = Speak | Strike | Interval | Repetitions


@dataclass(frozen=True, slots=True)
class ChapterMoves:
    """One chapter: its title and what is heard in it, in order; the coach's own words in ``language``."""

    title: str
    moves: tuple[Move, ...]
    language: str = "en-us"

    @property
    def words(self) -> Words:
        """The coach's words in the language of the chapter."""
        return words_for(self.language)


def prompts(chapter: ChapterMoves) -> tuple[str, ...]:
    """Every text that a voice has to speak before the chapter can be laid out, each once, in order."""
    found: dict[str, None] = {}
    for move in chapter.moves:
        found.update(dict.fromkeys(_texts(move, chapter.words)))
    return tuple(found)


def marks(length_s: float, words: Words) -> tuple[tuple[int, str], ...]:
    """The announcements within a long wait or movement: seconds left and what is said, earliest first.

    >>> marks(60.0, words_for("en"))
    ((30, 'Thirty seconds left.'), (10, 'Ten seconds.'))
    """
    if length_s < LONG_S:
        return ()
    minutes = range(60 * (int(length_s - LONG_S) // 60), 0, -60)
    left = [*minutes, *([30] if length_s >= 2 * LONG_S else []), 10]
    half = length_s / 2
    said = {seconds: words.time_left(seconds) for seconds in left}
    if length_s >= 3 * LONG_S and half == int(half):
        said.setdefault(int(half), words.HALFWAY)
    return tuple(sorted(said.items(), reverse=True))


def _texts(move: Move, words: Words) -> Iterator[str]:
    match move:
        case Speak(text=text):
            yield text
        case Interval():
            yield from move.opening
            yield from (speak.text for speak in move.closing)
            if move.sound is Sound.REST:
                yield words.IN_THE_NEXT_SET
            yield from (cue.text for cue in move.fillers)
            if move.counts_in:
                yield words.GET_READY
            if move.length_s >= LONG_S:
                yield words.time_left(10)
        case Repetitions():
            yield from _texts_of_set(move, words)


def _texts_of_set(move: Repetitions, words: Words) -> Iterator[str]:
    for movement in move.movements:
        if move.guided and movement.text:
            yield movement.text
        has_word = (move.guided or move.worded) and movement.cue and not movement.is_loose
        if has_word or movement.is_named:
            yield words.sentence(movement.cue)
        yield from (text for _, text in marks(movement.length_s, words))
    yield from (cue.text for cue in (*move.cues, *move.fillers))
    yield from map(words.count, move.numbers)
