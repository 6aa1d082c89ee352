"""How fast a voice really speaks, in words a minute, at every rate that is asked for.

    python bench/pace.py                                 the built-in voice from 80 to 300
    python bench/pace.py --voice piper:joe --rates 100 150 200

The pace is that of connected speech: the instructions of each exercise, read out as one prompt, with the
pauses that the voice itself makes at commas and stops. Words are what stands between spaces; the time is
from the first sound to the last. Exit code 1 if a pace is more than 5 % off the rate that was asked for.

The prompts of a session are single sentences, whose last pause is the session's: there the same voice says
more words in a minute of sound. The table shows that too.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence

import numpy as np

from coach.language.model import Line, Script
from coach.session.timeline import RATE_HZ
from coach.sheets.by_name import collection
from coach.sound.clip import Clip, Utterance
from coach.sound.loudness import edges
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice
from coach.voices.espeak import DEFAULT_VOICE
from coach.voices.voice import Voice, speak_all

MOST_PERCENT = 5.0
RATES_WPM = [*range(80, 301, 20), 150]


def instructions() -> list[list[str]]:
    """The sentences that explain each exercise."""
    return [
        [part.text for part in sheet.value.instructions if isinstance(part, Line)]
        for sheet in collection()
        if isinstance(sheet.value, Script)
    ]


def sounding_s(clip: Clip) -> float:
    """From the first sound to the last."""
    found = edges(clip.samples.astype(np.float32) / np.float32(32_768), RATE_HZ)
    assert found is not None
    return (found.end - found.start) / RATE_HZ


def pace_wpm(texts: Sequence[str], clips: Mapping[str, Clip]) -> float:
    """The words of the texts in a minute of their clips."""
    words = sum(len(text.split()) for text in texts)
    return 60 * words / sum(sounding_s(clips[text]) for text in texts)


def clips_of(speaker: Voice, name: str, rate_wpm: int, texts: Sequence[str]) -> dict[str, Clip]:
    """The texts, spoken now or kept from before."""
    wanted = [Utterance(text, name, rate_wpm) for text in texts]
    spoken = speak_all(wanted, speaker, ClipCache())
    return {utterance.text: clip for utterance, clip in spoken.items()}


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--voice", action="append", metavar="NAME", help="may be given several times")
    arguments.add_argument("--rates", type=int, nargs="+", default=sorted(RATES_WPM), metavar="WPM")
    asked = arguments.parse_args()
    together = [" ".join(sentences) for sentences in instructions()]
    alone = [sentence for sentences in instructions() for sentence in sentences]
    is_true = True
    print("| voice | asked | connected speech | off | sentences alone |\n|---|---|---|---|---|")
    for name in asked.voice or [DEFAULT_VOICE]:
        speaker = open_voice(name)
        for rate_wpm in asked.rates:
            clips = clips_of(speaker, name, rate_wpm, [*together, *alone])
            pace = pace_wpm(together, clips)
            off = 100 * (pace / rate_wpm - 1)
            is_true &= abs(off) <= MOST_PERCENT
            print(f"| {name} | {rate_wpm} | {pace:.1f} | {off:+.1f} % | {pace_wpm(alone, clips):.1f} |")
        speaker.close()
    return 0 if is_true else 1


if __name__ == "__main__":
    sys.exit(main())
