"""Measures a live session on private sound servers: what is heard, how soon, and what it costs.

    python bench/live.py equality [--minutes 10] [--name inner-knee] [--music FILE]
    python bench/live.py start [--runs 5]
    python bench/live.py cold --voice kokoro [--add kokoro-js-1.2.1.tgz] [--name step-ups] [--level gentle]
    python bench/live.py cpu [--minutes 1]
    python bench/live.py memory [--hours 1] [--speed 12]
    python bench/live.py pause [--times 20]

Needs pulseaudio-utils and pulseaudio; simpleaudio is measured where it is installed. Where it is allowed to,
it comes before all other work on the machine, but for one core that is kept busy.
"""

import argparse
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from coach.language.level import Level
from coach.library import plan
from coach.live.speakers.simpleaudio import why_unusable
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Timeline, Tone
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.tones import tones
from coach.voices.spoken_session import produced_in_turn
from tests.realtime.comparing import HEARD, begin, heard, until_heard, when_s
from tests.realtime.machine import ahead_of_others, one_busy_core, put_ahead, watched
from tests.realtime.performance import coach, performing
from tests.realtime.pulse import Recording, Server, pulse_server

Samples = NDArray[np.int16]

LOOK_AROUND = RATE_HZ // 20
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def players() -> list[str]:
    return ["miniaudio", *([] if why_unusable() else ["simpleaudio"])]


@contextlib.contextmanager
def servers(names: list[str]) -> Iterator[dict[str, Server]]:
    with contextlib.ExitStack() as stack:
        found = {}
        for name in names:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach")))
            found[name] = stack.enter_context(pulse_server(folder))
        yield found


def environment(base: dict[str, str], folder: Path, clips: Path | None = None) -> dict[str, str]:
    """With folders of its own; the clips are those of whoever runs this, or in a folder of theirs."""
    own = {"COACH_DATA_DIR": str(folder / "data")}
    return base | own | ({"COACH_CACHE_DIR": str(clips)} if clips else {})


# What is heard


@dataclass(frozen=True, slots=True)
class Onset:
    """A tone: the frame at which it is planned, and how many frames later it is heard."""

    planned: int
    late: int


def onsets(timeline: Timeline, recorded: Samples, until: int) -> list[Onset]:
    """Where each tone of the plan is heard in a recording of the session: where it fits best."""
    found = []
    sounds = tones()
    for event in timeline.events:
        first = event.start - LOOK_AROUND
        if not isinstance(event, Tone) or first < 0 or event.start + event.length + LOOK_AROUND > until:
            continue
        sound = sounds[event.sound].astype(np.float64)
        part = recorded[first : first + len(sound) + 2 * LOOK_AROUND].astype(np.float64)
        size = 1 << (len(part) + len(sound)).bit_length()
        fits = np.fft.irfft(np.fft.rfft(part, size) * np.conj(np.fft.rfft(sound, size)), size)
        found.append(Onset(event.start, int(np.argmax(fits[: 2 * LOOK_AROUND])) - LOOK_AROUND))
    return found


def equality(options: argparse.Namespace) -> None:
    """A session against its export, while one core is busy."""
    sheet = named(options.name)
    title, language, chapters = scored(sheet, Options(Level.STANDARD))
    *_, plan = produced_in_turn(title, chapters, voice=language)
    timeline = plan.timeline
    seconds = min(60 * options.minutes, timeline.duration_s)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "session.wav")
        music = ["--music", options.music] if options.music else []
        subprocess.run(coach("export", options.name, "-o", wav, *music), check=True, capture_output=True)
        exported = soundfile.read(wav, dtype="int16")[0]
        with one_busy_core(), ahead_of_others(), watched() as machine, contextlib.ExitStack() as stack:
            recordings = {}
            for name, server in stack.enter_context(servers(players())).items():
                recordings[name] = stack.enter_context(server.recording())
                command = coach("run", options.name, "--player", name, "--plain", *music)
                own = environment(server.environment, Path(folder, name))
                stack.enter_context(performing(command, own))
            for recording in recordings.values():
                until_heard(recording, seconds + 3)
    print(f"{title}, {seconds / 60:.1f} min; {machine.complaint}")
    for name, recording in recordings.items():
        print(f"{name:12}{compared(exported, timeline, recording, machine.stood_still, seconds)}")


def compared(
    exported: Samples,
    timeline: Timeline,
    recording: Recording,
    stood_still: Callable[[float], bool],
    seconds: float,
) -> str:
    recorded = recording.samples
    start = begin(exported, recorded)
    own = heard(exported, recorded)
    same = min(own.until, round(seconds * RATE_HZ)) - sum(each.lost for each in own.interruptions)
    explained = [stood_still(when_s(recording, each.recorded_at)) for each in own.interruptions]
    count = min(round(seconds * RATE_HZ), len(exported), len(recorded) - start)
    error = exported[:count].astype(np.int32) - recorded[start : start + count]
    late = onsets(timeline, recorded[start:], count)
    errors = [each.late for each in late]
    tones = "no tones"
    if errors:
        spread = f"{1000 * min(errors) / RATE_HZ:.3f} to {1000 * max(errors) / RATE_HZ:.3f} ms"
        tones = f"{len(errors)} tones, {spread} late; drift {errors[-1] - errors[0]} frames"
    found = [
        f"{same} of {count} samples the same, in their order",
        f"{np.count_nonzero(error)} differ where they are due, by up to {np.abs(error).max()} steps",
        tones,
        f"{len(own.interruptions)} interruptions, {sum(explained)} of them as the machine stood still",
    ]
    for each in own.interruptions[:10]:
        at = f"{each.at / RATE_HZ:.2f} s"
        found.append(f"  at {at}: {each.length / 48:.1f} ms in place of {each.lost / 48:.1f} ms")
    return ("\n" + " " * 12).join(found)


# How soon


def first_sounds_s(recording: Recording, since_s: float) -> tuple[float, float]:
    """When the bell was first heard, and the first word after it."""
    samples = recording.samples
    loud = np.flatnonzero(np.abs(samples) > HEARD)
    gaps = np.flatnonzero(np.diff(loud) > RATE_HZ // 5)
    word = loud[gaps[0] + 1] if len(gaps) else None
    times = [when(recording, int(at)) - since_s for at in (loud[0], word) if at is not None]
    return times[0], times[1] if len(times) > 1 else float("nan")


def when(recording: Recording, frame: int) -> float:
    """When a frame was played, by the clock, to the frame."""
    count = 0
    for chunk, came_s in zip(recording.chunks, recording.came_at_s, strict=False):
        count += len(chunk) // 2
        if count > frame:
            return came_s - (count - frame) / RATE_HZ
    raise ValueError("it was not recorded")


def start(options: argparse.Namespace) -> None:
    """From the start of the process to the first sound and the first word."""

    def bare(code: str) -> list[float]:
        took = []
        for _ in range(options.runs):
            begun_s = time.monotonic()
            subprocess.run([sys.executable, "-c", code], check=True)
            took.append(time.monotonic() - begun_s)
        return took

    row("interpreter alone", bare("pass"))
    row("and its imports", bare("import coach.cli.app, coach.live.run, coach.live.session_loop, miniaudio"))
    with ahead_of_others(), tempfile.TemporaryDirectory() as folder, servers(players()) as found:
        for name, server in found.items():
            for has_clips in (True, False):
                bells, words = [], []
                for run in range(options.runs + has_clips):
                    clips = Path(folder, f"{name}-clips" if has_clips else f"{name}-{run}")
                    own = environment(server.environment, Path(folder, f"{name}-data"), clips)
                    with server.recording() as recording:
                        time.sleep(0.3)
                        command = coach("run", options.name, "--player", name, "--plain")
                        with performing(command, own) as it:
                            until_heard(recording, 3.0)
                            time.sleep(2.0 if has_clips and not run else 0.0)
                            bell_s, word_s = first_sounds_s(recording, it.started_s)
                    bells.append(bell_s)
                    words.append(word_s)
                kept = "clips kept" if has_clips else "no clips"
                row(f"{name}, {kept}: bell", bells[has_clips:])
                row(f"{name}, {kept}: first word", words[has_clips:])


def cold(options: argparse.Namespace) -> None:
    """A session in a voice that has spoken nothing yet: how soon its first word is heard, and all of it.

    What is recorded is compared with the export that comes after it.
    """
    with tempfile.TemporaryDirectory() as folder, servers(["miniaudio"]) as found:
        (server,) = found.values()
        own = environment(server.environment, Path(folder), Path(folder, "clips"))
        if options.add:
            subprocess.run(coach("voices", "add", options.add), env=own, check=True, capture_output=True)
        asked = [options.name, "--voice", options.voice, "--level", options.level]
        with ahead_of_others(), watched() as machine, server.recording() as recording:
            time.sleep(0.3)
            command = coach("run", *asked, "--detail", "full", "--player", "miniaudio", "--plain")
            with performing(command, own) as it:
                until_heard(recording, 1.0)
                begun_s = it.started_s
                it.process.wait()
            bell_s, word_s = first_sounds_s(recording, begun_s)
        wav = Path(folder, "session.wav")
        subprocess.run(coach("export", *asked, "-o", wav), env=own, check=True, capture_output=True)
        exported = soundfile.read(wav, dtype="int16")[0]
        os.environ |= {name: own[name] for name in ("COACH_CACHE_DIR", "COACH_DATA_DIR")}
        made = plan(options.name, voice=options.voice, level=Level(options.level))
        compare = compared(exported, made.timeline, recording, machine.stood_still, len(exported) / RATE_HZ)
    print(f"{options.voice}: bell after {bell_s:.2f} s, first word after {word_s:.2f} s; {machine.complaint}")
    print(f"{len(exported) / RATE_HZ / 60:.1f} min: {compare}")


def row(what: str, seconds: list[float], unit: str = "s", scale: float = 1.0) -> None:
    found = sorted(scale * each for each in seconds)
    middle = found[len(found) // 2]
    form = ".3f" if unit == "s" else ".0f"
    print(
        f"{what:36}{found[0]:8{form}}{middle:8{form}}{found[-1]:8{form}} {unit}  ({len(found)} runs)",
        flush=True,
    )


# What it costs


def used_s(process: int) -> float:
    """The processor time that a process and those that it has waited for have taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def of_all_s(process: int) -> float:
    """That of a process and of its children, such as the one that speaks."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return used_s(process) + sum(map(used_s, map(int, children)))


def cpu(options: argparse.Namespace) -> None:
    """Processor time while a session plays."""
    with tempfile.TemporaryDirectory() as folder, servers(players()) as found:
        for name, server in found.items():
            for has_screen in (True, False):
                own = environment(server.environment, Path(folder, name))
                command = coach("run", options.name, "--player", name, *([] if has_screen else ["--plain"]))
                with performing(command, own, keys=has_screen) as it:
                    time.sleep(15)  # until all is spoken
                    before_s, since_s = of_all_s(it.process.pid), time.monotonic()
                    time.sleep(60 * options.minutes)
                    took_s = of_all_s(it.process.pid) - before_s
                    percent = 100 * took_s / (time.monotonic() - since_s)
                screen = "live screen" if has_screen else "plain lines"
                print(f"{name:12} {screen}  {percent:5.2f} % of one core, {0.6 * percent:.2f} s a minute")


def memory(options: argparse.Namespace) -> None:
    """What a process holds while a whole session is heard at speed."""
    own = dict(os.environ) | {"LIVE_SPEED": str(options.speed)}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.realtime.driven", "run", options.name]
        with performing([*command, "--player", "none", "--plain"], environment(own, Path(folder))) as it:
            last_s = -1.0
            begun_s = time.monotonic()
            while it.process.poll() is None:
                passed_s = (time.monotonic() - begun_s) * options.speed
                if passed_s // 300 > last_s // 300:
                    print(f"{passed_s / 60:5.0f} min{resident_mb(it.process.pid):8.1f} MB", flush=True)
                    last_s = passed_s
                time.sleep(0.2)
            print(it.text.splitlines()[-1])


def resident_mb(process: int) -> float:
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE / 1e6


def pause(options: argparse.Namespace) -> None:
    """From a key to silence."""
    keys = random.Random(1)
    with ahead_of_others(), tempfile.TemporaryDirectory() as folder, servers(players()) as found:
        for name, server in found.items():
            own = environment(server.environment, Path(folder, name))
            silent_s: list[float] = []
            with server.recording() as recording:
                command = coach("run", options.name, "--from", "1", "--player", name)
                with performing(command, own, keys=True) as it:
                    put_ahead(it.process.pid)
                    until_heard(recording, 5.0)
                    while len(silent_s) < options.times:
                        time.sleep(keys.uniform(1.5, 3.0))
                        if not is_loud(recording):
                            continue
                        pressed_s = it.press(" ")
                        time.sleep(0.9)
                        silent_s += silence_after(recording, pressed_s)
                        it.press(" ")
                        time.sleep(2.5)
            row(f"{name}: key to silence", silent_s, "ms", 1000)


def is_loud(recording: Recording) -> bool:
    """Whether something is heard now."""
    return bool((np.abs(latest(recording, 0.06)) > HEARD).any())


def latest(recording: Recording, seconds: float) -> Samples:
    data = b"".join(recording.chunks[-100:])
    return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")[-round(seconds * RATE_HZ) :]


def silence_after(recording: Recording, pressed_s: float) -> list[float]:
    """How long after a key the silence began in which "Paused." is waited for; nothing if it was silent."""
    samples = recording.samples
    end_s = recording.came_at_s[-1]
    first = len(samples) - round((end_s - pressed_s) * RATE_HZ)
    loud = np.flatnonzero(np.abs(samples[first:]) > 2)
    gaps = np.flatnonzero(np.diff(loud) > RATE_HZ // 5)
    return [float(loud[gaps[0]]) / RATE_HZ] if len(gaps) else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what: dict[str, Callable[[argparse.Namespace], Any]] = {
        "equality": equality,
        "start": start,
        "cold": cold,
        "cpu": cpu,
        "memory": memory,
        "pause": pause,
    }
    parser.add_argument("what", choices=what)
    parser.add_argument("--name", default="inner-knee")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--music", metavar="FILE")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--voice", default="piper:joe")
    parser.add_argument("--level", default="standard")
    parser.add_argument("--add", metavar="FILE", help="a voice to be added first")
    parser.add_argument("--speed", type=float, default=12.0)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    if options.minutes is None:
        options.minutes = 10.0 if options.what == "equality" else 1.0
    what[options.what](options)


if __name__ == "__main__":
    main()
