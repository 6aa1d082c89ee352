"""The moves of a chapter: prompts, tones, waits and sets, in order, not yet placed in time.

`prompts` lists what a voice has to speak before `coach.session.compile` can lay the moves out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from coach.language.dose import Amount, Dose, exactly
from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.options import Count, Counted
from coach.session.timeline import Role, Source
from coach.session.words.interface import Words, words_for

LONG_S = 20.0
"""A movement of this many seconds or more announces its last ten; after a break, it goes on where it was
left, while a shorter one is begun anew."""

LONG_WAIT_S, LONG_REST_S = 30.0, 40.0
"""A wait or a rest of this many seconds or more announces its last ten. In a shorter rest "get ready" is
enough, five seconds later."""

LONGEST_SILENCE_S = 30.0
"""Nothing is silent for longer, in seconds: a long silence sounds like a fault."""


Wordings = Mapping[str, tuple[str, ...]]
"""What is said in place of the coach's usual sentences: the wordings of each, in the order of their use."""


def worded(wordings: Wordings, text: str, use: int = 0) -> str:
    """Return the wording of a usual sentence for its next use, or for one after that.

    >>> worded({"Halfway.": ("That is half.", "Halfway.")}, "Halfway.", 2), worded({}, "Rest.")
    ('That is half.', 'Rest.')
    """
    each = wordings.get(text, (text,))
    return each[use % len(each)]


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
    """A stretch of at least ``length_s`` seconds without exercise: a wait, a change, getting ready.

    It begins with its ``sound`` and its ``opening`` prompts. The last ten seconds of a long one are
    announced; one with ``counts_in`` ends in "get ready" and 3-2-1. ``why`` is shown in place of the usual
    words for the ``activity``. Time marks and "get ready" are said in ``wordings``.
    """

    length_s: float
    activity: Activity
    role: Role
    sound: Sound | None = None
    opening: tuple[str, ...] = ()
    counts_in: bool = False
    why: str = ""
    wordings: Wordings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of ``length_s`` seconds from the end of one exercise to the go tone of the next.

    It is silence, after its ``opening``. All that is said before the next effort is part of it, and makes it
    longer if it has to. ``source`` is its place in the sheet.
    """

    length_s: float
    opening: tuple[str, ...]
    source: Source | None = field(default=None, compare=False)
    wordings: Wordings = field(default_factory=dict)

    @property
    def as_interval(self) -> Interval:
        """The whole rest, with nothing in it but its opening and the time."""
        return Interval(self.length_s, Activity.REST, Role.REST, opening=self.opening, wordings=self.wordings)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A rest of ``length_s`` seconds, from the end of one effort to the go tone of the next.

    What is heard in it is chosen to fit, in this order: ``must``, which alone makes the rest longer if it has
    to; the ``sound``; 3-2-1, if it ``counts_in``; the ``opening``; the ``closing`` before the last ten
    seconds; the ``fillers``, with ``before_cues`` before them; "ten seconds"; "get ready". A wait in ``must``
    is time for what was asked before it. One without a sound began with the tone at the end of the exercise
    before, and its length is counted from that effort. ``source`` is the place of the dose or the rest in its
    sheet. "Get ready" names the ``side``, unless that is "". Time marks and "get ready" are said in
    ``wordings``.
    """

    length_s: float
    activity: Activity
    role: Role
    sound: Sound | None = None
    must: "tuple[Speak | Interval, ...]" = ()
    opening: tuple[Speak, ...] = ()
    closing: tuple[Speak, ...] = ()
    fillers: tuple["Cue", ...] = ()
    before_cues: str = ""
    counts_in: bool = True
    side: str = ""
    why: str = ""
    source: Source | None = field(default=None, compare=False)
    wordings: Wordings = field(default_factory=dict)

    def in_use(self, use: int) -> "Recovery":
        """Return a rest that is heard several times as it is worded the next time (0), or one after that."""
        opening = tuple(replace(each, text=worded(self.wordings, each.text, use)) for each in self.opening)
        before_cues = worded(self.wordings, self.before_cues, use)
        wordings = {text: (worded(self.wordings, text, use),) for text in self.wordings}
        return replace(self, opening=opening, before_cues=before_cues, wordings=wordings)


@dataclass(frozen=True, slots=True)
class Movement:
    """One phase of a repetition on one side: its word, its seconds and what is said in it.

    ``text`` is its guiding sentence, ``word`` what is said in the worded repetitions, and ``always`` what is
    said in those after them ("" for a tone alone). A hold of some ``breaths`` has them counted. One that
    ``may_end_early`` lasts as long as the listener wants, and not longer than planned.
    """

    cue: str
    length_s: float
    text: str = ""
    word: str = ""
    always: str = ""
    is_hold: bool = False
    is_loose: bool = False
    breaths: int = 0
    may_end_early: bool = False
    source: Source | None = field(default=None, compare=False)

    @property
    def is_announced(self) -> bool:
        """True if its breaths or its remaining time are told."""
        return bool(self.breaths) or self.length_s >= LONG_S

    @property
    def is_rest(self) -> bool:
        """True for a rest within a repetition: it has the rest tone and counts in the effort after it."""
        return self.is_loose and bool(self.always)

    def marks(self, words: Words) -> tuple[tuple[float, str], ...]:
        """What is announced within it: the seconds that are left then and the text, earliest first."""
        if not self.breaths:
            return marks(self.length_s, words)
        breath_s = self.length_s / self.breaths
        return tuple(((self.breaths - n) * breath_s, words.count(n + 1)) for n in range(1, self.breaths))


@dataclass(frozen=True, slots=True)
class Cue:
    """A prompt within a set, due in repetition ``rep`` (from 1); one that ``wanders`` may come later.

    One that ``leads`` belongs to the effort that follows it: it is said as late in its repetition as there
    is room, not as early. One that ``counts`` what is left needs no empty repetition beside it. The first of
    ``shorter`` that has room is said where ``text`` has none.
    """

    text: str
    rep: int
    wanders: bool = False
    leads: bool = False
    counts: bool = False
    shorter: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Repetitions:
    """One set on one side, from its go tone to the end of its last repetition.

    With ``others`` the sides alternate: they are the movements of every second repetition. ``guided`` is the
    number of repetitions with guiding sentences, ``worded`` the number of those after them with phase words.
    ``rest`` is what lies between two repetitions. ``fillers`` are spread over movements of `LONG_S` or more,
    whose time marks are said in ``wordings``.
    It is set ``number`` of ``of`` on its side; ``side`` is as spoken, such as "right leg", or "". A set that
    ``is_calm`` begins with a bell and not with the go tone. ``noun`` is what a repetition is called, "" for
    the usual word.
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
    others: tuple[Movement, ...] = ()
    rest: Recovery | None = None
    is_calm: bool = False
    noun: str = ""
    amount: Amount[int] | None = None
    """What the dose asks for, where that is not exactly ``reps``."""
    wordings: Wordings = field(default_factory=dict)

    @property
    def asked(self) -> Amount[int]:
        """The repetitions that the dose asks for."""
        return self.amount or exactly(self.reps)

    @property
    def length_s(self) -> float:
        """The seconds of its repetitions and the rests between them, without what words add."""
        rests_s = (self.reps - 1) * self.rest.length_s if self.rest else 0.0
        return self.reps * sum(movement.length_s for movement in self.movements) + rests_s

    def movements_of(self, rep: int) -> tuple[Movement, ...]:
        """The movements of a repetition, counted from 1."""
        return self.others if self.others and rep % 2 == 0 else self.movements

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


Move = Speak | Strike | Interval | Break | Recovery | Repetitions


@dataclass(frozen=True, slots=True)
class ChapterMoves:
    """One chapter: its title and what is heard in it, in order; the coach's own words in ``language``.

    ``exercise`` is the title of its exercise, without the round, and ``dose`` what of it is done; a chapter
    without one has neither.
    """

    title: str
    moves: tuple[Move, ...]
    language: str = "en-us"
    exercise: str = ""
    dose: Dose | None = None

    @property
    def words(self) -> Words:
        """The coach's words in the language of the chapter."""
        return words_for(self.language)


def prompts(chapter: ChapterMoves) -> tuple[str, ...]:
    """Every text that a voice has to speak before the chapter can be laid out, each once, in order."""
    found: dict[str, None] = {}
    for move in chapter.moves:
        found.update(dict.fromkeys(texts_of(move, chapter.words)))
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


def between_marks(length_s: float, words: Words) -> tuple[tuple[int, str], ...]:
    """The announcements that a long movement may have where nothing else fills a long silence.

    >>> between_marks(61.0, words_for("en"))
    ((45, 'Forty-five seconds left.'),)
    """
    first = marks(length_s, words)[0][0] if length_s >= LONG_S else 0
    before = range(15 * (int(length_s) // 15), first, -15) if length_s - first > LONGEST_SILENCE_S else ()
    between = range(30 * (first // 30), 30, -30)
    return tuple((left, words.time_left(left)) for left in (*before, *between) if left % 60)


def wait_marks(move: "Interval | Recovery", words: Words) -> tuple[tuple[float, str], ...]:
    """The announcements within a wait or a rest: seconds left and what is said, the most important first.

    >>> wait_marks(Interval(45.0, Activity.SET_UP, Role.PAUSE), words_for("en"))
    ((10.0, 'Ten seconds.'), (30.0, 'Thirty seconds left.'))
    >>> wait_marks(Recovery(60.0, Activity.REST, Role.REST), words_for("en"))
    ((10.0, 'Ten seconds.'), (30.0, 'Half of your rest.'))
    """
    length_s = move.length_s
    is_rest = isinstance(move, Recovery) or move.activity is Activity.REST
    said: dict[float, str] = {}
    if length_s >= (LONG_REST_S if is_rest or move.counts_in else LONG_WAIT_S):
        said[10.0] = words.time_left(10)
    if is_rest and length_s > LONGEST_SILENCE_S:
        said[length_s / 2] = words.HALF_OF_YOUR_REST
    for left in range(30 * int((length_s - 10) // 30), 0, -30):
        earlier = min((at for at in said if at > left), default=length_s)
        later = max((at for at in said if at < left), default=0.0)
        if earlier - later > LONGEST_SILENCE_S and left not in said:
            said[float(left)] = words.time_left(left)
    return tuple(said.items())


def texts_of(move: Move, words: Words) -> Iterator[str]:
    """Yield every text that a voice has to speak before a move can be laid out, some of them repeatedly."""
    match move:
        case Speak(text=text):
            yield text
        case Interval() | Break():
            yield from move.opening
            yield from _in_wordings(move.wordings, called(move, words))
        case Recovery():
            yield from _texts_of_rest(move, words)
        case Repetitions():
            yield from _texts_of_set(move, words)


def _in_wordings(wordings: Wordings, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from wordings.get(text, (text,))


def called(move: Interval | Break | Recovery | Repetitions, words: Words) -> list[str]:
    """List what is said besides the texts of a move, in the usual words: time marks and "get ready".

    Each is listed as often as it may be said.
    """
    match move:
        case Repetitions():
            both = [move.movements_of(rep) for rep in range(1, move.reps + 1)]
            return [
                text
                for movement in chain.from_iterable(both)
                if not movement.breaths
                for _, text in (*movement.marks(words), *between_marks(movement.length_s, words))
            ]
        case Break():
            return called(move.as_interval, words)
        case Interval() | Recovery():
            waits = (
                [each for each in move.must if isinstance(each, Interval)]
                if isinstance(move, Recovery)
                else []
            )
            texts = [text for each in (move, *waits) for _, text in wait_marks(each, words)]
            side = move.side if isinstance(move, Recovery) else ""
            return [*texts, *([words.get_ready(side)] if move.counts_in else [])]


def _texts_of_rest(move: Recovery, words: Words) -> Iterator[str]:
    yield from (each.text for each in move.must if isinstance(each, Speak))
    own = [speak.text for speak in (*move.opening, *move.closing)]
    yield from _in_wordings(move.wordings, [*own, *([move.before_cues] if move.before_cues else [])])
    yield from (cue.text for cue in move.fillers)
    yield from _in_wordings(move.wordings, called(move, words))


def _texts_of_set(move: Repetitions, words: Words) -> Iterator[str]:
    for movement in (*move.movements, *move.others):
        if move.guided and movement.text:
            yield movement.text
        if (move.guided or move.worded) and movement.word:
            yield movement.word
        if movement.always:
            yield movement.always
        if movement.breaths:
            yield words.count(1)
            yield from (text for _, text in movement.marks(words))
    yield from _in_wordings(move.wordings, called(move, words))
    for cue in (*move.cues, *move.fillers):
        yield from (cue.text, *cue.shorter)
    yield from map(words.count, move.numbers)
    if move.rest:
        yield from _texts_of_rest(move.rest, words)
