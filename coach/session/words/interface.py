"""The interface of the coach's own words, and the choice of their language.

To add a language, add one module beside this one, named by its tag (``es.py``; ``pt_br.py`` for a variety),
with the constants and functions of `Words`. Nothing else has to change: `words_for` finds it by the language
of a sheet. `coach.session.words.en` is the example. The keywords of sheets in it are a module in
`coach.language.keywords`; how a voice says its numbers and units is in `coach.language.spelling`.
"""

from collections.abc import Mapping
from typing import Protocol, cast

from coach.language.by_tag import language_module
from coach.language.dose import Dose, Side
from coach.language.level import Level
from coach.language.model import Sound
from coach.session.activity import Activity

FALLBACK = "en"
"""The language of the coach's words where the sheet's own has none yet."""

_FOLDER = __name__.rpartition(".")[0]


class Words(Protocol):
    """The coach's own words in one language, spoken and shown; a language is a module with all these names.

    A constant is a whole sentence, or several. A function makes a sentence from values: word order, plurals
    and number words are decided there and nowhere else. ``side_word`` is what a sheet calls the part of
    the body that has two sides ("leg").

    Messages of errors and the texts of the command line are not here: they are English, for the person at
    the command line.
    """

    LANGUAGE: str
    """The tag of the language, for a browser."""

    GET_READY: str
    HALFWAY: str
    TWO_MORE: str
    LAST_ONE: str
    REST: str
    IN_THE_NEXT_SET: str
    IN_THE_NEXT_ROUND: str
    STOP_WHEN_YOU_NEED_TO: str
    STAY_WITH_IT: str
    """About effort, in the last third of a set: no praise of what cannot be seen, and no promise."""
    HALF_OF_YOUR_REST: str
    WORDINGS: tuple[tuple[str, ...], ...]
    """Two to four wordings of each sentence that is said often: the usual and shortest one first.

    ``{}`` stands for what differs, such as a title; it is filled in as it stands in the usual wording. What
    begins the usual wording has no capital where another wording has it further on.
    """
    TIME_LEFT: str
    """The usual wording of a time mark in `WORDINGS`, which is said of a time and of nothing else."""
    BREATH: str
    """What a repetition of a breathing exercise is called."""
    NOUNS: Mapping[str, str]
    """What a repetition is called, by a phase word in lower case: "turn" for "turn"."""
    SAFETY_RULES: tuple[str, ...]
    """The rules before a single exercise, in short: when not to start, and when to stop."""
    IN_REACH_OF_THE_FLOOR: str
    COME_DOWN: str
    LIE_DOWN: str
    """Before a position in bed."""
    GET_UP: tuple[str, ...]
    ALL_DONE: str
    BEFORE_WE_START: str
    TO_FINISH: str

    TONE_MEANINGS: Mapping[Sound, str]
    """What a tone means, said before it is sounded; those whose own word always follows are not in it."""
    HOLD: str
    """The phase word of a hold whose sheet has no phases."""
    LOOSE: str
    """The phase word of letting go after a hold that its sheet ends with."""
    ACTIVITIES: Mapping[Activity, str]
    """The caption of each kind of silence, for a plan or a picture; never spoken."""

    PAIN_SCALE: str
    """What the two ends of the scale of pain mean."""
    TYPE_A_NUMBER: str
    PAIN_RULES: tuple[str, ...]
    """What a listener does after an answer, where the coach cannot take it."""
    PAIN_RULES_IN_BRIEF: tuple[str, ...]
    """The same to those who know the session."""
    PAIN_RULES_AGAIN: tuple[str, ...]
    """What a listener does after an answer to a later question."""
    PAIN_ADVICE: Mapping[str, str]
    """What the coach does after an answer, by each `coach.session.pain.Advice`."""
    DO_LESS: str
    """In place of the advice to do the gentle level, where that is no other."""
    PAIN_AT_THE_END: Mapping[str, str]
    """In place of the advice, after the last exercise."""
    LEAVE_IT_TODAY: str
    """In place of the advice to end, before the first exercise."""
    GO_ON_OR_END: str
    END_OR_CORRECT: str
    """In place of that offer, before the first exercise."""
    PAIN_HAS_RISEN: str
    END_FOR_TODAY: str
    A_NUMBER_PLEASE: str
    """After a key that is no answer."""
    ANSWER_KEYS: str
    """The keys that answer, in large letters on a screen."""

    PAUSED: str
    RESUMING: str
    STOPPED: str
    ONE_MOMENT: str
    LAST_PART: str
    NOT_YET: str
    GENTLEST: str
    STRONGEST: str
    LOUDEST: str
    SOFTEST: str
    TONES_GO_ON: str
    """Shown, not spoken, after an error message of the voice."""
    WAITING_FOR_SOUND: str
    """Shown, not spoken, after an error message of the loudspeaker."""
    SOUND_IS_BACK: str
    THANK_YOU: str
    MORNING_KEYS: str
    """The letters for better, usual and worse, as `how_next_morning` names them."""
    WHICH_EXERCISE: str
    NO_SUCH_EXERCISE: str
    SOUND_WORKS: str

    NO_NAME: str
    """Shown for the title of a session without one."""
    LEVELS: Mapping[str, str]
    """The name of each `Level` alone, for a cover and the screen's head."""
    TONES: Mapping[str, str]
    """The name of each `Sound`, in a line for its stroke."""
    REPETITION: str
    """The heading of a number of repetitions."""
    SECONDS_LEFT: tuple[str, ...]
    """The heading of a number of seconds: forms to try, from the longest to the shortest."""
    KEYS: Mapping[str, str]
    """What the key of each `coach.live.actions.Action` does, in a word or two."""
    ENOUGH: str
    """What the key of "go on" does while a set, a hold or a time may be ended."""
    KEYS_ALOUD: tuple[str, ...]
    """What every key does, as it is said to those who have no screen."""
    KEY_NAMES: Mapping[str, str]
    """The keys that have a name, in one word each."""
    DOINGS: Mapping[str, str]
    """Each `coach.exports.pictures.plot_data.Doing`, in the legend of a picture."""
    SPEECH: Mapping[str, str]
    """Each `coach.exports.pictures.plot_data.Speech`, in the legend of a picture."""
    TONES_DRAWN: Mapping[str, str]
    """Each `Sound`, in the legend of a picture."""
    LANES: Mapping[str, str]
    """The rows of a picture, in one short word each."""
    LOUDNESS: str
    """The curve of a picture."""
    PAGE: Mapping[str, str]
    """The texts of the page for a browser; the page puts a value in the place of each name in braces."""

    def sentence(self, text: str) -> str:
        """Make a sentence of a title, a phase word or a part of a sentence."""

    def heading(self, sentence: str) -> str:
        """Make a heading of a sentence, for a screen."""

    def caption(self, sentence: str) -> str:
        """Make a caption of a sentence: what the listener does, for a plan or a picture."""

    def count(self, n: int) -> str:
        """Call out the number of a repetition."""

    def time_left(self, seconds: int) -> str:
        """Say how much is left of a long movement, hold or wait; the last ten seconds in short."""

    def session_title(self, title: str, level: Level) -> str:
        """Say what a session is, and how much will be asked."""

    def dose(self, amount: Dose) -> str:
        """Say how much is to be done, in one sentence."""

    def side_name(self, side: Side, side_word: str) -> str:
        """Name what is worked, such as "right leg"; the side alone without a ``side_word``."""

    def on_side(self, side: str, what: str) -> str:
        """Name a side, such as "right", and what is done on it, "" if that has no word."""

    def set_name(
        self, n: int, of: int, side: str, *, is_last: bool, is_round: bool = False, reps: int = 0
    ) -> str:
        """Name the set that comes, with its ``reps`` unless 0; "" for the only set without a side.

        ``side`` is the side that is worked, as spoken, or "". ``is_last``: no other set comes after it.
        ``is_round``: it is a time and not repetitions.
        """

    def enough(self, more: int) -> str:
        """Say that the set was enough, and how many more repetitions it may have."""

    def enough_sets(self, more: int) -> str:
        """Say that the sets were enough, and how many more they may be."""

    def enough_time(self, more_s: float) -> str:
        """Say that the time was enough, and how many seconds longer it may be."""

    def do_this(self, often: str) -> str:
        """Say how often an exercise is to be done, in the words of its sheet."""

    def up_next(self, what: str) -> str:
        """Name the exercise or set after a rest or a change of place."""

    def begin_round(self, n: int, of: int) -> str:
        """Announce a round of a list of exercises; the first one with how many there will be."""

    def round_name(self, title: str, n: int, of: int) -> str:
        """Name an exercise that is done several times."""

    def get_ready(self, side: str) -> str:
        """Say that a set is about to begin, on ``side``, such as "right leg", or `GET_READY` with ""."""

    def change_sides(self, side_word: str, *, is_rest: bool = False) -> str:
        """Ask for the other side, and say whether there is a rest as well."""

    def done(self, title: str) -> str:
        """End an exercise."""

    def if_it_hurts(self, advice: str) -> str:
        """Put the condition before an advice about pain that does not name it: alone it would be an order."""

    POSITIONS: Mapping[str, str]
    """Plain words for positions that leaflets name in terms of anatomy, such as "prone"."""

    def position(self, posture: str) -> str:
        """Say which posture an exercise is done in."""

    def needs(self, what: str) -> str:
        """Say what to have at hand before an exercise."""

    def you_have(self, seconds: float) -> str:
        """Say how long a wait will be."""

    def rest_for(self, seconds: float) -> str:
        """Say how long a rest between two exercises will be."""

    def where_in_sets(self, side: str, n: int, of: int) -> str:
        """Say which set is running, for "Where am I?"; "" for the only set of an exercise without sides."""

    def where_in_set(self, rep: int, noun: str = "") -> str:
        """Say which repetition is running, for "Where am I?"; ``noun`` is what it is called."""

    def minutes_left(self, seconds: float) -> str:
        """Say how many minutes are left, for "Where am I?"; begun minutes count."""

    def about_left(self, minutes: int) -> str:
        """Show about how many minutes are left."""

    def clock_left(self, clock: str) -> str:
        """Show how much is left, such as "1:15" of "1:15 left"."""

    def level_from(self, level: Level, *, next_set: bool) -> str:
        """Say that the level changes, with the next set or at once."""

    def how_sore(self, body_part: str) -> str:
        """Ask how sore the part of the body is that a sheet names, from 0 to 10; "" if it names none."""

    def left_out(self, title: str) -> str:
        """Say that an exercise is passed over, as an answer about pain has ended it."""

    def how_next_morning(self, body_part: str) -> str:
        """Ask how the part of the body was on the morning after the last session, and name the keys."""

    def how_much_pain(self, body_part: str) -> str:
        """Ask how much pain there is now, from 0 to 10, in the part of the body that a sheet names, or ""."""

    def pain_again(self, body_part: str) -> str:
        """Ask the same in short: those who know the session, and everybody from the second time on."""

    def numbered(self, n: int, title: str) -> str:
        """Read out an exercise of a numbered list."""

    def at_level(self, level: Level) -> str:
        """Show a level by its full name, such as "gentle level"."""

    def set_of(self, n: int, of: int) -> str:
        """Show which set is running, such as "set 2 of 3"."""

    def set_short(self, n: int, of: int) -> str:
        """Show which set is running, in a caption, such as "set 2/3"."""

    def repetition_of(self, n: int, of: int, *, is_bound: bool = False) -> str:
        """Show which repetition is running, such as "repetition 4 of 10", or "repetition 4, up to 15"."""

    def chapter_of(self, n: int, of: int) -> str:
        """Show which chapter is running, such as "chapter 4 of 10"."""

    def number_of(self, n: int, of: int) -> str:
        """Show a number of several, such as "4 of 10"."""

    def up_to(self, most: int) -> str:
        """Name the number of a repetition whose set has a bound, such as "repetition, up to 15"."""

    def short_side(self, side: str) -> str:
        """Shorten a `side_name` where there is little room: "right" of "right leg"."""

    def volume(self, db: float) -> str:
        """Show a change of the volume, such as "volume +3 dB"."""

    def in_seconds(self, number: str) -> str:
        """Show a number of seconds, such as "1.5 s"."""

    def in_minutes(self, n: int) -> str:
        """Show a number of minutes, such as "49 min"."""

    def summary(self, minutes: int, level: Level | None) -> str:
        """Show the length and, if it is known, the level of a session."""

    def dose_done(self, sets: int, fewest: int, most: int, sides: tuple[str, ...]) -> str:
        """Show the sets of each side, the fewest and the most repetitions in one, and the sides."""

    def length(self, seconds: float) -> str:
        """Show a length in minutes and seconds, such as "41 min 11 s"."""

    def picture_title(self, title: str) -> str:
        """Name the picture of a session."""

    def picture_head(self, level: Level, length_s: float, chapters: int, voice: str) -> str:
        """Show what a drawn session is made of: under its title."""

    def time_totals(self, exercise_s: float, rest_s: float, other_s: float) -> str:
        """Show how the time of a session is spent."""

    def speech_totals(self, spoken_s: float, busiest_at_s: float, busiest_s: float) -> str:
        """Show how much is spoken: in the session, and in the minute with the most speech."""

    def no_room_for(self, text: str) -> str:
        """Show a cue that was left out."""

    def aim(self, lufs: float) -> str:
        """Name the line at the loudness that speech should have."""


def words_for(language: str) -> Words:
    """Return the coach's words in a language (``es-mx``, ``es`` or ""), or else in English.

    >>> words_for("en-gb").count(2), words_for("tlh").count(2)
    ('Two.', 'Two.')
    """
    return cast("Words", language_module(_FOLDER, language) or language_module(_FOLDER, FALLBACK))
