"""How much the voice costs, against the same library speaking plainly in one process.

    python bench/voice.py                    300 prompts, five times alternately: the ratio of the medians
    python bench/voice.py --prompts 2000     and that none is lost or cut short

Prompts are the sentences of the scripts. Plain: pyttsx3's binding, synchronous, one process, its start not
counted. Coach: everything from nothing, that is starting the children, speaking, finishing and keeping.
"""

import argparse
import ctypes
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from coach.session.options import USUAL_RATE_WPM
from coach.session.timeline import RATE_HZ
from coach.sound.clip import Utterance
from coach.sound.loudness import edges, level_lufs, true_peak
from coach.voices.cache import ClipCache
from coach.voices.espeak import DEFAULT_VOICE, EspeakVoice, bundled_library
from coach.voices.voice import speak_all, spoken_text

SCRIPTS = Path(__file__).parent.parent / "scripts"


def sentences(count: int) -> list[str]:
    """``count`` different prompts: what the scripts say, then the same with a number before it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SCRIPTS.rglob("*.md")))
    found = [
        sentence.strip()
        for line in text.splitlines()
        for sentence in re.split(r"(?<=[.!?:])\s+", re.sub(r"^[#\-\s]+|[*\\]", "", line))
        if re.search(r"[A-Za-z]{2}", sentence)
    ]
    found = list(dict.fromkeys([*(f"{number}." for number in range(1, 31)), *found]))
    for number in range(1, count // len(found) + 1):
        found += [f"{number}: {sentence}" for sentence in found[: len(found) // number]]
    return list(dict.fromkeys(found))[:count]


def plain(texts: list[str]) -> dict[str, Any]:
    """Seconds to speak ``texts`` one after the other in this process, and how long each sounds."""
    library = bundled_library()
    ask = ctypes.cdll.LoadLibrary
    ctypes.cdll.LoadLibrary = lambda name: ask(str(library or name))  # type: ignore[method-assign]
    from pyttsx3.drivers import _espeak  # noqa: PLC0415

    rate_hz = _espeak.Initialize(
        _espeak.AUDIO_OUTPUT_SYNCHRONOUS, 1000, str(library.parent).encode() if library else None
    )
    parts: list[bytes] = []

    def heard(wave: Any, count: int, _events: Any) -> int:
        if count > 0:
            parts.append(ctypes.string_at(wave, 2 * count))
        return 0

    _espeak.SetSynthCallback(heard)
    _espeak.SetVoiceByName(b"gmw/en-US")
    _espeak.SetParameter(_espeak.RATE, 155, 0)  # what coach asks for 150 words a minute
    _espeak.SetParameter(7, 3, 0)
    sounds = []
    _espeak.Synth(b"Ready.", flags=_espeak.CHARS_UTF8 | _espeak.ENDPAUSE)
    start = time.perf_counter()
    for text in texts:
        parts.clear()
        _espeak.Synth(text.encode(), flags=_espeak.CHARS_UTF8 | _espeak.ENDPAUSE)
        sounds.append(b"".join(parts))
    wall_s = time.perf_counter() - start
    spans = [edges(np.frombuffer(sound, "<i2").astype(np.float32), rate_hz) for sound in sounds]
    return {
        "wall_s": wall_s,
        "lengths_s": [(span.end - span.start) / rate_hz if span else 0 for span in spans],
    }


def plain_in_a_process(texts: list[str]) -> dict[str, Any]:
    command = [sys.executable, __file__, "--plain"]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--prompts", type=int, default=300)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--plain-lengths", action="store_true", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.plain_lengths:
        print(*plain(sys.stdin.read().splitlines())["lengths_s"])
        return
    if asked.plain:
        print(json.dumps(plain(json.load(sys.stdin))))
        return
    utterances = [Utterance(text, DEFAULT_VOICE, USUAL_RATE_WPM) for text in sentences(asked.prompts)]
    texts = [spoken_text(utterance) for utterance in utterances]
    plain_s, coach_s, warm_s = [], [], []
    for _ in range(asked.runs):
        one = plain_in_a_process(texts)
        plain_s.append(one["wall_s"])
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            with EspeakVoice() as voice:
                clips = speak_all(utterances, voice, ClipCache(Path(folder)))
            coach_s.append(time.perf_counter() - start)
            start = time.perf_counter()
            with EspeakVoice() as voice:
                speak_all(utterances, voice, ClipCache(Path(folder)))
            warm_s.append(time.perf_counter() - start)
        print(f"plain {plain_s[-1]:.2f} s, coach {coach_s[-1]:.2f} s, kept {1000 * warm_s[-1]:.0f} ms")
    ratios = [coach / plain for coach, plain in zip(coach_s, plain_s, strict=True)]
    print(
        f"{len(utterances)} prompts: coach takes {statistics.median(ratios):.2f} times as long as plainly "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
    check(utterances, clips, one["lengths_s"])


def check(utterances: list[Utterance], clips: dict[Utterance, Any], lengths_s: list[float]) -> None:
    """Print how many prompts are lost or shorter than plainly spoken, and how loud they are."""
    around_s = 0.045
    shorter_s = [
        length_s - (clips[utterance].length / RATE_HZ - around_s)
        for utterance, length_s in zip(utterances, lengths_s, strict=True)
        if utterance in clips
    ]
    print(
        f"lost {len(utterances) - len(shorter_s)}, short by over 50 ms {sum(s > 0.05 for s in shorter_s)}; "
        f"at most {1000 * max(shorter_s):.0f} ms shorter and {-1000 * min(shorter_s):.0f} ms longer"
    )
    sounds = [clip.samples.astype(np.float32) / 32_768 for clip in clips.values()]
    levels = [level_lufs(sound, RATE_HZ) for sound in sounds if len(sound) >= RATE_HZ]
    peaks = [20 * np.log10(true_peak(sound)) for sound in sounds]
    print(
        f"over a second: {min(levels):.1f} to {max(levels):.1f} LUFS, sigma {statistics.stdev(levels):.2f}; "
        f"true peak at most {max(peaks):.2f} dBTP"
    )


if __name__ == "__main__":
    main()
