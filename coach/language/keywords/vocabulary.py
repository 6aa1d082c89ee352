"""The type of a language's keywords: all words that a sheet is written with and that are read by the coach.

A sentence that is spoken is none of them; nor is what the coach says of its own accord
(`coach.session.words`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from types import MappingProxyType

from coach.language.dose import After, Sides
from coach.language.level import Level
from coach.language.model import PhaseKind, Sound

FRACTIONS: Mapping[str, float] = MappingProxyType(
    {"½": 0.5, "¼": 0.25, "¾": 0.75, "1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
)
_DIGITS = re.compile(r"\.?\d")


class Label(Enum):
    """The labels before a colon, independent of the sheet's language."""

    POSITION = auto()
    NEEDS = auto()
    WORKS = auto()
    FOR = auto()
    DOSE = auto()
    CAREFUL = auto()
    REMEMBER = auto()
    IF_IT_HURTS = auto()
    BREATHE = auto()
    BRIEF = auto()
    ASK = auto()
    SOURCE = auto()
    LANGUAGE = auto()
    OPTIONAL = auto()


class Surface(Enum):
    """What a listener stands, sits or lies on in a position."""

    FLOOR = auto()
    FEET = auto()
    SEAT = auto()
    BED = auto()


class StageWord(Enum):
    """The kinds of stage directions in parentheses, by their first words."""

    WAIT = auto()
    BELL = auto()
    SOUND = auto()


class DoseWord(StrEnum):
    """The words of a dose by their meaning; each value is the letter that the grammar of doses has for it."""

    SETS = "s"
    REPS = "r"
    BREATHS = "b"
    BY = "x"
    """The sign of "3 x 10"."""
    REPEAT = "q"
    HOLD = "h"
    REST = "p"
    NO_REST = "z"
    WORK = "w"
    """Words beside the time of an effort, as in "20 seconds on"."""
    BETWEEN = "g"
    """Words before the place of a rest, such as "between"."""
    EACH = "e"
    BOTH = "y"
    ALTERNATING = "v"
    ONLY = "i"
    FIRST = "j"
    """Words beside the side that is done first."""
    AT_MOST = "u"
    AT_LEAST = "l"
    UNTIL_TIRED = "a"
    AS_MANY = "m"
    """Words before the time in which as much as possible is done."""
    IN = "c"
    """Words between a count and the time for all of it."""
    TO = "-"
    """Words between the numbers of a range."""
    FILLER = " "
    """Words without a meaning of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Suggested wordings for hints. Braces are filled: ``n``, ``sets`` and ``reps`` with numbers."""

    phase: str
    tempo: str
    """With the ``numbers`` of the seconds."""
    counted: str
    in_sets: str
    one_set: str
    timed: str
    """This and ``hold``, ``rest`` and ``as_many`` with a ``time``, such as "30 seconds"."""
    hold: str
    rest: str
    as_many: str
    up_to: str
    """With the bound ``n``, such as "10" or "30 seconds"."""
    until_tired: str
    """Before a range; ``no_rest`` stands alone."""
    no_rest: str
    between: Mapping[After, str]
    """Behind a rest: its place."""
    sides: Mapping[Sides, str]
    """With a ``side``, such as "leg", or its plural ``both``; for one side with its name, ``right``."""
    first: str
    """With the name of a side, ``right``."""
    load: str
    rounds: str
    """With a number ``n`` and a ``rest``, such as "rest 30 seconds"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Words that work in print and not by ear, as regular expressions that ignore case."""

    needs_eyes: tuple[str, ...]
    promises: tuple[str, ...]
    no_promise: tuple[str, ...]
    """Words that make a promise in the same sentence harmless, such as "may not"."""
    praise: tuple[str, ...]
    stops: tuple[str, ...]
    """Phrases that tell the listener to stop."""
    does_not: tuple[str, ...]
    """Negations that cancel a stop phrase when they precede it, such as "do not"."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Keywords:
    """The keywords of one language, in lower case but for labels; any of them may be several words.

    Where a table has several words for the same, the first is the one that hints suggest.
    """

    # Lines
    labels: Mapping[Label, str]
    likely_labels: Mapping[str, Label]
    """Common misnomers that authors write before a colon instead of a label."""
    pain: str
    """What may be asked about, behind `Label.ASK`."""
    levels: Mapping[Level, str]
    level: str
    yes_or_no: Mapping[str, bool]
    """Words for yes and for no."""

    # Numbers and times
    numbers: Mapping[str, int]
    half: str
    and_a_half: str
    articles: tuple[str, ...]
    """Words that may follow "half"."""
    units_s: Mapping[str, float]
    """Every word for a unit of time, with its seconds."""
    unit_names: tuple[tuple[float, str, str], ...]
    """The units that hints use, longest first: seconds, one of them, several of them."""
    joint: str
    """Words between minutes and seconds: "and"."""
    before_time: tuple[str, ...]
    """Words before a time: "for"."""
    count_of: tuple[str, ...]
    """Words before a number that is counted in seconds, such as "a count of"."""

    # Doses
    dose_words: Mapping[DoseWord, tuple[str, ...]]
    how_often: Mapping[str, int]
    """Single words that say how often, such as "twice"."""
    nouns: Mapping[str, str]
    """The plural and the singular of what may be counted in place of repetitions, each with its singular."""
    side_words: Mapping[str, str]
    """Every part of the body that has two sides, with its plural; the first is any side."""
    often: tuple[str, ...]
    """Regular expressions of how often a week or a day the exercise is done."""
    daily: tuple[str, ...]
    """Those of ``often`` without a number, for "10 times daily"."""
    load: tuple[str, ...]
    """Regular expressions of what the exercise is done with; the first group is the load itself."""
    manner: tuple[str, ...]
    """Regular expressions of how it is done, such as "slowly"."""
    unmeasured: frozenset[str]
    """Words for what the coach can neither count nor time: they are no misspelt others."""
    likely_doses: Mapping[str, str]
    """Words that are no dose, with one that may be meant."""
    dose_notes: Mapping[str, str]
    """Words that say more than one dose can, with what to do about it."""
    dose_marks: tuple[str, ...]
    """Words that tell a dose from the name of an exercise or of a phase."""
    cycles: tuple[str, ...]
    """Words for sets that need no number of repetitions: each is once through the movement."""

    # Lists that are done several times
    round_words: tuple[str, ...]
    """Nouns behind the number of rounds, besides those for sets and repetitions."""
    round_things: tuple[str, ...]
    """Nouns behind the length of the list."""
    round_fillers: frozenset[str]
    """Single words that may stand in a line above a list without changing what it says."""

    # Phases, rests and stage directions
    tempo: str
    hold_phases: frozenset[str]
    loose_phases: frozenset[str]
    breathing_phases: frozenset[str]
    """Words of the movements of a breath: "in", "out"."""
    breath_words: tuple[str, ...]
    """Words that sentences about breathing have: "in" and "out" alone may be those of a push-up."""
    stretches: tuple[str, ...]
    relaxations: tuple[str, ...]
    """Words that name a stretch or relaxation in a title."""
    pauses: tuple[str, ...]
    """Words at the start of a rest between two exercises."""
    stage_words: Mapping[StageWord, str]
    likely_stage_words: Mapping[str, StageWord]
    sounds: Mapping[Sound, str]

    # Bodies
    positions: Mapping[Surface, tuple[str, ...]]
    """Words within a position, without hyphens, by what the listener is on; the first word decides."""
    same_positions: tuple[tuple[str, ...], ...]
    """Groups of words for one position: nobody needs time from one to another."""
    other_side: Mapping[str, str]
    """Each word for the right side, with its word for the left one."""
    side_letters: Mapping[str, str]
    """Each abbreviation of the right side, with that of the left one, as written before a limb: "R leg"."""
    limbs: tuple[str, ...]
    no_side: tuple[str, ...]
    """Regular expressions of such words, in their first group, where they mean no side of the body."""

    examples: Examples
    ear: Ear

    def kind_of(self, cue: str) -> PhaseKind:
        """Return the listener's activity in a phase of that name."""
        if cue.casefold() in self.hold_phases:
            return PhaseKind.HOLD
        return PhaseKind.LOOSE if cue.casefold() in self.loose_phases else PhaseKind.MOVE

    def number(self, word: str) -> float | None:
        """Return the number that a word is, in digits or letters; None if it is none.

        >>> from coach.language.keywords.en import KEYWORDS
        >>> [KEYWORDS.number(word) for word in ("1,000", "1,5", ".5", "ten", "tenth")]
        [1000.0, 1.5, 0.5, 10.0, None]
        """
        if word in self.numbers:
            return float(self.numbers[word])
        if not _DIGITS.match(word):
            return None
        try:
            return float(word.replace(",", "" if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word) else "."))
        except ValueError:  # digits with something else behind them, such as a quarter sign
            return None

    def is_number(self, word: str) -> bool:
        """Tell whether a word can begin a time or a count: ``10``, ``Ten``, ``half``."""
        plain = word.casefold()
        return bool(_DIGITS.match(plain)) or plain in self.numbers or plain in FRACTIONS or plain == self.half

    def begins_a_dose(self, word: str) -> bool:
        """True for what a dose may begin with, as written: a number, ``for``, ``hold``, ``once``."""
        first_words = (phrase.split()[0] for phrase in (*self.before_time, *self.dose_words[DoseWord.HOLD]))
        return self.is_number(word) or word in {*first_words, *self.how_often}

    @property
    def hold_word(self) -> str:
        """The word that hints suggest for a hold."""
        return self.dose_words[DoseWord.HOLD][0]

    def in_words(self, seconds: float) -> str:
        """Format a time as an author would write it.

        >>> from coach.language.keywords.en import KEYWORDS
        >>> [KEYWORDS.in_words(seconds) for seconds in (90, 60, 0.5, 7200)]
        ['90 seconds', '1 minute', '0.5 seconds', '2 hours']
        """
        for length_s, one, several in self.unit_names:
            if length_s == 1 or (seconds >= length_s and seconds % length_s == 0):
                number = seconds / length_s
                return f"{number:g} {one if number == 1 else several}"
        raise ValueError("a language without a word for one second")

    def tempo_example(self, numbers: str = "3-0-2-1") -> str:
        """Return an example of four phases in one line."""
        return self.examples.tempo.format(numbers=numbers)

    def rest_example(self) -> str:
        """Return an example of the rest between sets."""
        return self.examples.rest.format(time=self.in_words(30))
