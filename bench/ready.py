"""How soon a whole session is ready in a natural voice, from nothing, against the engine by itself.

    python bench/ready.py [--name inner-knee] [--voice piper:joe] [--runs 3]
    python bench/ready.py --voice kokoro:af_heart --texts 24 --runs 2

Needs the extra of the voice. The engine by itself speaks the session's distinct texts, and nothing else is
done with them: once in one process with as many threads as it likes (Piper's own way), once in two processes
of one thread, each with every other text, the longest first. Starting Python and loading the model counts for
all. Coach: `produced_in_turn` into an empty folder of clips, that is children, speaking, finishing, keeping
and laying out. Everything in turn in one run; the ratio is to the faster of the engine's two ways. The time
of the processors is shown too, for computers that are busy with other things: its ratio is to the same way.

Then how soon each chapter is laid out. With ``--texts`` only so many of the texts are spoken, evenly taken
from all, and nothing is laid out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from queue import SimpleQueue
from typing import Any, NamedTuple

from coach.folders import clips_folder
from coach.live.speaking import ChapterOrder, ChapterReady, SpeakingThread, VoiceMessage
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import USUAL_RATE_WPM, Options
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Utterance
from coach.sound.volumes import tones_for
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice, voice_for
from coach.voices.kokoro import KokoroVoice
from coach.voices.pace import slowness
from coach.voices.piper import JOES_PACE, PiperVoice
from coach.voices.spoken_session import produced_in_turn
from coach.voices.voice import language_of, speak_all, spoken_text

PROCESSES = 2

PLAIN = """
import json, sys
import onnxruntime
from piper.config import PiperConfig, SynthesisConfig
from piper.voice import PiperVoice

asked = json.load(sys.stdin)
options = onnxruntime.SessionOptions()
if asked["threads"]:
    options.intra_op_num_threads = options.inter_op_num_threads = asked["threads"]
config = PiperConfig.from_dict(json.load(open(asked["model"] + ".json", encoding="utf-8")))
session = onnxruntime.InferenceSession(
    asked["model"], sess_options=options, providers=["CPUExecutionProvider"]
)
voice = PiperVoice(session=session, config=config)
how = SynthesisConfig(length_scale=asked["scale"], noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False)
samples = 0
for text in asked["texts"]:
    samples += sum(len(chunk.audio_int16_bytes) // 2 for chunk in voice.synthesize(text, how))
print(samples / config.sample_rate)
"""


PLAIN_KOKORO = """
import json, sys
from coach.voices.kokoro_worker import start

asked = json.load(sys.stdin)
speak, found = start(asked["settings"])
print(sum(len(speak(text)) for text in asked["texts"]) / 2 / found["rate_hz"])
"""


class Took(NamedTuple):
    """Seconds on the clock and of the processors."""

    wall_s: float
    cpu_s: float


@contextmanager
def timed() -> Iterator[list[Took]]:
    """Measure a block, with the processes that it starts and waits for."""
    took: list[Took] = []
    wall_s, cpu_s = time.perf_counter(), sum(os.times()[:4])
    yield took
    took.append(Took(time.perf_counter() - wall_s, sum(os.times()[:4]) - cpu_s))


def plainly(voice: PiperVoice | KokoroVoice, texts: list[str], *, processes: int, threads: int) -> Took:
    """Time the engine alone; with 0 ``threads`` it has as many as it likes."""
    longest_first = sorted(texts, key=len, reverse=True)
    with timed() as took:
        running = []
        for first in range(processes):
            asked: dict[str, Any] = {"texts": longest_first[first::processes], "threads": threads}
            if isinstance(voice, PiperVoice):
                asked |= {"model": str(voice.model), "scale": slowness(USUAL_RATE_WPM, JOES_PACE)}
                code = PLAIN
            else:
                settings = voice.settings_for(voice.name, USUAL_RATE_WPM) | {"threads": threads}
                asked["settings"] = settings
                code = PLAIN_KOKORO
            process = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            assert process.stdin is not None
            json.dump(asked, process.stdin)
            process.stdin.close()
            running.append(process)
        spoken_s = [float(process.stdout.read()) for process in running if process.stdout is not None]
        if any(process.wait() for process in running) or len(spoken_s) != processes:
            raise SystemExit("the engine failed")
    return took[0]


def coachs(make: Callable[[], object]) -> Took:
    """Time coach from an empty folder of clips."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COACH_CACHE_DIR"] = folder
        ClipCache(clips_folder())
        with timed() as took:
            make()
        return took[0]


def chapters_s(title: str, chapters: tuple[ChapterMoves, ...], name: str) -> list[float]:
    """After how many seconds each chapter is ready, where they are made in order."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COACH_CACHE_DIR"] = folder
        told: SimpleQueue[VoiceMessage] = SimpleQueue()
        begun = time.perf_counter()
        found: list[float] = []
        clips = ClipCache(clips_folder())
        with SpeakingThread(open_voice(name), clips, tones_for(Options()), told.put, name=name) as it:
            it.order(ChapterOrder(1, title, chapters))
            while len(found) < len(chapters):
                if isinstance(told.get(), ChapterReady):
                    found.append(time.perf_counter() - begun)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="inner-knee")
    parser.add_argument("--voice", default="piper:joe")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--texts", type=int, metavar="N", help="only so many of the texts")
    options = parser.parse_args()
    title, language, chapters = scored(named(options.name), Options())
    name = voice_for(options.voice, language)
    voice = open_voice(name)
    if not isinstance(voice, PiperVoice | KokoroVoice):
        raise SystemExit(f"{name} is no voice of Piper or Kokoro")
    distinct = [*dict.fromkeys(text for chapter in chapters for text in prompts(chapter))]
    wanted = [Utterance(text, name, USUAL_RATE_WPM) for text in distinct]
    if options.texts:
        wanted = wanted[:: max(1, len(wanted) // options.texts)][: options.texts]
    texts = [*dict.fromkeys(spoken_text(each, language_of(voice)) for each in wanted)]

    def make() -> None:
        if options.texts:
            with closing(open_voice(name)) as speaker:
                speak_all(wanted, speaker, ClipCache())
        else:
            list(produced_in_turn(title, chapters, voice=name))

    ratios = []
    for _ in range(options.runs):
        one = plainly(voice, texts, processes=1, threads=0)
        two = plainly(voice, texts, processes=PROCESSES, threads=1)
        own = coachs(make)
        ratios.append(own.wall_s / min(one.wall_s, two.wall_s))
        print(
            f"engine: one process {one.wall_s:.1f} s (processors {one.cpu_s:.1f} s), two processes "
            f"{two.wall_s:.1f} s ({two.cpu_s:.1f} s); coach {own.wall_s:.1f} s ({own.cpu_s:.1f} s); ratio "
            f"{ratios[-1]:.2f} ({own.cpu_s / two.cpu_s:.2f})",
            flush=True,
        )
    print(f"{title}: {len(texts)} texts in {name}; ratio, median: {statistics.median(ratios):.2f}")
    if not options.texts:
        ready_s = chapters_s(title, chapters, name)
        print(f"chapters ready after {', '.join(f'{each:.1f}' for each in ready_s)} s")


if __name__ == "__main__":
    main()
