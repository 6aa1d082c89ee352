"""How soon a whole session is ready in a natural voice, from nothing, against the engine by itself.

    python bench/ready.py [--name inner-knee] [--voice piper:joe] [--runs 3]

Needs the extra `neural`. The engine by itself speaks the session's distinct texts, and nothing else is done
with them: once in one process with as many threads as it likes (Piper's own way), once in two processes of
one thread, each with every other text, the longest first. Starting Python and loading the model counts for
all. Coach: `produced_in_turn` into an empty folder of clips, that is children, speaking, finishing, keeping
and laying out. Everything in turn in one run; the ratio is to the faster of the engine's two ways.

Then how soon the first chapter is laid out, which is when a live session begins, and an export in its order.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from queue import SimpleQueue

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
from coach.voices.pace import slowness
from coach.voices.piper import JOES_PACE, PiperVoice
from coach.voices.spoken_session import produced_in_turn
from coach.voices.voice import language_of, spoken_text

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


def plainly_s(voice: PiperVoice, texts: list[str], *, processes: int, threads: int) -> float:
    """Seconds for the engine alone."""
    longest_first = sorted(texts, key=len, reverse=True)
    begun = time.perf_counter()
    running = []
    for first in range(processes):
        asked = {
            "model": str(voice.model),
            "scale": slowness(USUAL_RATE_WPM, JOES_PACE),
            "texts": longest_first[first::processes],
            "threads": threads,
        }
        process = subprocess.Popen(
            [sys.executable, "-c", PLAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        json.dump(asked, process.stdin)
        process.stdin.close()
        running.append(process)
    spoken_s = [float(process.stdout.read()) for process in running if process.stdout is not None]
    if any(process.wait() for process in running) or len(spoken_s) != processes:
        raise SystemExit("the engine failed")
    return time.perf_counter() - begun


def coachs_s(title: str, chapters: tuple[ChapterMoves, ...], name: str) -> float:
    """Seconds for a session from an empty folder of clips."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COACH_CACHE_DIR"] = folder
        begun = time.perf_counter()
        list(produced_in_turn(title, chapters, voice=name))
        return time.perf_counter() - begun


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
    options = parser.parse_args()
    title, language, chapters = scored(named(options.name), Options())
    name = voice_for(options.voice, language)
    voice = open_voice(name)
    if not isinstance(voice, PiperVoice):
        raise SystemExit(f"{name} is no voice of Piper")
    distinct = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
    texts = list(
        dict.fromkeys(
            spoken_text(Utterance(text, name, USUAL_RATE_WPM), language_of(voice)) for text in distinct
        )
    )
    ratios = []
    for _ in range(options.runs):
        one_s = plainly_s(voice, texts, processes=1, threads=0)
        two_s = plainly_s(voice, texts, processes=PROCESSES, threads=1)
        own_s = coachs_s(title, chapters, name)
        ratios.append(own_s / min(one_s, two_s))
        print(
            f"engine: one process {one_s:.1f} s, two processes {two_s:.1f} s; coach {own_s:.1f} s, "
            f"ratio {ratios[-1]:.2f}",
            flush=True,
        )
    print(f"{title}: {len(texts)} texts in {name}; ratio, median: {statistics.median(ratios):.2f}")
    ready_s = chapters_s(title, chapters, name)
    print(f"chapters ready after {', '.join(f'{each:.1f}' for each in ready_s)} s")


if __name__ == "__main__":
    main()
