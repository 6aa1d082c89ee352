"""Reads a session back from every format by programs that are not coach's; or what each format costs.

    python bench/phone.py [NAME] [--level LEVEL] [--voice VOICE] [--write docs/phone.md]
    python bench/phone.py cost [--minutes 40] [--rounds 3]

The first exports a session in every format at once, as `coach export` does, and prints a table: who finds
the title, the cover and every chapter in its place (ffprobe, mediainfo, exiftool); whether flac -t, ogginfo,
opusinfo and mpg123 find the file sound; how far the worst tone is from its planned frame, decoded by ffmpeg
and by libsndfile; the true peak and the loudness of what ffmpeg decodes, as dual mono. 1 if a bound is
missed. With --write the table takes the place of the one in that file.

The second encodes the same WAV, format by format, by coach and by ffmpeg with the same kind of encoder and
the same settings, in turn, each in a process of its own, start-up included. 1 if coach takes more than 1.3
times as long or as much memory.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.exports.formats import Format
from coach.exports.m4a import CHAPTER_BYTES
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.exports.riff import in_ascii
from coach.exports.write import export, export_request, metadata_of
from coach.language.level import Level
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Chapter, Frames, Tone
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.voices.engines import voice_for
from coach.voices.spoken_session import Plan, produced_in_turn

Samples = NDArray[np.float32]

ONSET_MOST_MS = 1.0
CHAPTER_MOST_MS = 1.0
PEAK_DBTP = -1.5
WITHIN_LU = 0.5
"""So much louder or softer than the WAV a file may be."""
RATIO_MOST = 1.3

AROUND = RATE_HZ // 200
"""Frames before and behind its place in which a tone is looked for, 5 ms; farther off it is not found."""

BEGIN, END = "<!-- bench/phone.py: begin -->\n", "<!-- bench/phone.py: end -->\n"


def said(*command: str | Path) -> str:
    """What a program prints, on both of its ways; it must not fail."""
    result = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    text = (result.stdout + result.stderr).decode(errors="replace")
    if result.returncode:
        raise SystemExit(f"{command} failed:\n{text}")
    return text


# Who finds what


@dataclass(frozen=True, slots=True)
class Finding:
    """What one program finds; None for what it never shows of this format."""

    title: bool
    cover: bool | None
    chapters: bool | None

    def __str__(self) -> str:
        """Such as "title, cover, chapters"; what is wrong in capitals."""
        found = {"title": self.title, "cover": self.cover, "chapters": self.chapters}
        return ", ".join(
            name if is_right else f"NO {name.upper()}"
            for name, is_right in found.items()
            if is_right is not None
        )

    @property
    def is_right(self) -> bool:
        """True if nothing is missing that this program shows."""
        return self.title and self.cover is not False and self.chapters is not False


def planned_chapters(given: Metadata, format_: Format) -> list[tuple[float, str]]:
    """Seconds and titles, as this format can have them."""
    titles = [chapter.title for chapter in given.chapters]
    if format_ is Format.WAV:
        titles = [in_ascii(title) for title in titles]
    assert format_ is not Format.M4A or all(len(title.encode()) <= CHAPTER_BYTES for title in titles)
    return [(each.start / RATE_HZ, title) for each, title in zip(given.chapters, titles, strict=True)]


def same_chapters(found: Sequence[tuple[float, str]], planned: Sequence[tuple[float, str]]) -> bool:
    """True if all are there, in order, with their titles, within a millisecond."""
    return [title for _, title in found] == [title for _, title in planned] and all(
        abs(at_s - planned_s) * 1000 <= CHAPTER_MOST_MS
        for (at_s, _), (planned_s, _) in zip(found, planned, strict=True)
    )


def seconds(clock: str) -> float:
    """Of a time such as 00:01:02.345."""
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def by_ffprobe(path: Path, given: Metadata, format_: Format) -> Finding:
    shown = json.loads(
        said("ffprobe", "-v", "error", "-show_chapters", "-show_format", "-show_streams", "-of", "json", path)
    )
    tags: dict[str, str] = {}
    for part in (*shown["streams"], shown["format"]):
        tags |= {name.lower(): value for name, value in part.get("tags", {}).items()}
    covers = [each for each in shown["streams"] if each["disposition"]["attached_pic"]]
    found = [(float(each["start_time"]), each["tags"]["title"]) for each in shown["chapters"]]
    title = in_ascii(given.title) if format_ is Format.WAV else given.title
    has_cover = None if format_ is Format.WAV else [each["width"] for each in covers] == [600]
    return Finding(
        tags.get("title") == title, has_cover, same_chapters(found, planned_chapters(given, format_))
    )


def by_mediainfo(path: Path, given: Metadata, format_: Format) -> Finding:
    (general, *_) = json.loads(said("mediainfo", "--Output=JSON", path))["media"]["track"]
    has_title = general.get("Title") == given.title or general.get("Track") == given.title
    has_cover = general.get("Cover") == "Yes"
    if format_ in {Format.WAV, Format.MP3}:  # of no WAV and no MP3 does it show them
        return Finding(has_title, None if format_ is Format.WAV else has_cover, None)
    lines = said("mediainfo", path).splitlines()
    menu = lines[next(i for i, line in enumerate(lines) if re.match(r"\d\d:\d\d:\d\d\.\d{3} ", line)) :]
    entries = [line.partition(" : ") for line in takewhile(str.strip, menu)]
    found = [(seconds(at.strip()), title) for at, _, title in entries]
    return Finding(has_title, has_cover, same_chapters(found, planned_chapters(given, format_)))


def by_exiftool(path: Path, given: Metadata, format_: Format) -> Finding:
    (shown,) = json.loads(said("exiftool", "-json", "-b", "-charset", "utf8", path))
    title = in_ascii(given.title) if format_ is Format.WAV else given.title
    has_cover = None if format_ is Format.WAV else bool({"Picture", "CoverArt"} & set(shown))
    if format_ is not Format.M4A:
        return Finding(title in {shown.get("Title"), shown.get("TrackTitle")}, has_cover, None)
    listed = shown["ChapterList"]
    entries = [re.fullmatch(r"\[(.*?)\] (.*)", each, re.DOTALL) for each in listed]
    found = [(seconds(each[1]), each[2]) for each in entries if each]
    return Finding(shown["Title"] == title, has_cover, same_chapters(found, planned_chapters(given, format_)))


def complaint(path: Path, format_: Format) -> str:
    """What the format's own checker has against a file; "" if nothing."""
    match format_:
        case Format.FLAC:
            return "" if "ok" in said("flac", "-t", path) else "flac -t: not ok"
        case Format.OPUS | Format.OGG:
            tool = "opusinfo" if format_ is Format.OPUS else "ogginfo"
            warnings = [line for line in said(tool, path).splitlines() if "WARNING" in line.upper()]
            return f"{tool}: {warnings[0]}" if warnings else ""
        case Format.MP3:
            return said("mpg123", "-q", "-t", path).strip()
        case _:
            return ""


# What is heard


def by_ffmpeg(path: Path) -> Samples:
    command = ["ffmpeg", "-v", "fatal", "-i", str(path), "-map", "0:a", "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")


def by_libsndfile(path: Path) -> Samples:
    return np.asarray(soundfile.read(path, dtype="float32")[0])


def onset_errors_ms(sound: Samples, plan: Plan) -> NDArray[np.float64]:
    """How much later than planned each tone is heard: where it fits best, to the frame."""
    errors = []
    for event in plan.timeline.events:
        if isinstance(event, Tone) and event.start >= AROUND:
            tone = plan.tones[event.sound].astype(np.float32)
            heard = sound[event.start - AROUND : event.start + len(tone) + AROUND]
            errors.append(int(np.argmax(np.correlate(heard, tone, "valid"))) - AROUND)
    return np.array(errors) * 1000 / RATE_HZ


def metered(path: Path) -> tuple[float, float]:
    """Loudness in LUFS and true peak in dBTP, by ffmpeg's meter."""
    command: list[str | Path] = ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-map", "0:a"]
    command += ["-af", "ebur128=peak=true:dualmono=true:framelog=verbose", "-f", "null", "-"]
    text = said(*command)
    summary = text[text.rindex("Summary:") :]
    loudness, peak = (float(re.findall(rf"{name}:\s+(-?[\d.]+|-inf)", summary)[0]) for name in ("I", "Peak"))
    return loudness, peak


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one file."""

    cells: tuple[str, ...]
    wrong: tuple[str, ...]


HEAD = (
    "format", "MB", "ffprobe", "mediainfo", "exiftool", "its own checker",
    "tones off by (ffmpeg; libsndfile)", "true peak", "loudness",
)  # fmt: skip


def row(path: Path, given: Metadata, plan: Plan, wav_lufs: float) -> Row:
    format_ = Format(path.suffix[1:])
    findings = {
        each.__name__[3:]: each(path, given, format_) for each in (by_ffprobe, by_mediainfo, by_exiftool)
    }
    wrong = [f"{path.name}: {name} has {found}" for name, found in findings.items() if not found.is_right]
    against = complaint(path, format_)
    if against:
        wrong.append(f"{path.name}: {against}")
    decoders: list[Callable[[Path], Samples]] = [by_ffmpeg]
    if format_ is not Format.M4A:
        decoders.append(by_libsndfile)
    offs = []
    for decoder in decoders:
        errors = onset_errors_ms(decoder(path), plan)
        worst = errors[np.argmax(np.abs(errors))]
        offs.append(f"{worst:+.2f} ms")
        if not abs(worst) <= ONSET_MOST_MS:
            wrong.append(f"{path.name}: a tone is {worst:+.2f} ms off, {decoder.__name__}")
    loudness, peak = metered(path)
    if peak > PEAK_DBTP:
        wrong.append(f"{path.name}: true peak {peak} dBTP")
    if abs(loudness - wav_lufs) > WITHIN_LU:
        wrong.append(f"{path.name}: {loudness} LUFS, the WAV {wav_lufs}")
    checkers = {Format.FLAC: "flac", Format.OPUS: "opusinfo", Format.OGG: "ogginfo", Format.MP3: "mpg123"}
    checker = f"{checkers[format_]}: {'NOT ' if against else ''}fine" if format_ in checkers else "–"
    size = f"{path.stat().st_size / 1e6:.1f}"
    found = map(str, findings.values())
    return Row(
        (path.suffix, size, *found, checker, "; ".join(offs), f"{peak:.1f} dBTP", f"{loudness:.1f} LUFS"),
        tuple(wrong),
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def read_back(options: argparse.Namespace) -> int:
    sheet = named(options.name)
    title, language, chapters = scored(sheet, Options(options.level))
    voice = voice_for(options.voice, language)
    *_, plan = produced_in_turn(title, chapters, voice=voice)
    given = metadata_of(plan, language=language, level=options.level)
    if not given.cover:
        raise SystemExit("without the extra 'phone' there is no cover: pip install '.[phone]'")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{sheet.name}{each.ending}") for each in Format]
        start = time.perf_counter()
        exported = export(plan, given, export_request(files, sheet.name))
        took_s = time.perf_counter() - start
        if exported.failed:
            raise SystemExit(str(exported.failed))
        same = np.array_equal(*(soundfile.read(each, dtype="int16")[0] for each in files[:2]))
        wav_lufs, _ = metered(files[0])
        rows = [row(path, given, plan, wav_lufs) for path in files]
    wrong = [what for each in rows for what in each.wrong]
    if not same:
        wrong.append("the FLAC does not decode to the samples of the WAV")
    tones = sum(isinstance(event, Tone) for event in plan.timeline.events)
    print(
        f"{title}, {options.level}, voice {plan.voice}: {plan.timeline.duration_s / 60:.1f} "
        f"minutes, {len(given.chapters)} chapters, {tones} tones; all formats at once in {took_s:.0f} s"
    )
    text = table(HEAD, [each.cells for each in rows])
    print(text)
    print("\n".join(wrong) or "all agree; the FLAC is the WAV to the sample")
    if options.write and not wrong:
        before, _, rest = options.write.read_text().partition(BEGIN)
        _, _, after = rest.partition(END)
        options.write.write_text(f"{before}{BEGIN}{text}{END}{after}")
    return 1 if wrong else 0


# What it costs

FFMPEG: dict[Format, Sequence[str]] = {
    Format.FLAC: ("-c:a", "flac", "-compression_level", "5"),
    Format.OGG: ("-c:a", "libvorbis", "-q:a", "4"),
    Format.OPUS: ("-c:a", "libopus", "-b:a", "64k"),
    Format.MP3: ("-c:a", "libmp3lame", "-b:a", "96k"),
    Format.M4A: ("-c:a", "aac", "-b:a", "96k", "-aac_coder", "fast"),
}

ENCODE = """
import sys
from pathlib import Path
import soundfile
from coach.exports.metadata import Metadata
from coach.session.timeline import Chapter, Frames
from coach.exports.open_sink import open_sink
wav, out = map(Path, sys.argv[1:])
with soundfile.SoundFile(wav) as sound:
    metadata = Metadata(title="Cost", length=Frames(sound.frames), chapters=(Chapter(Frames(0), "All"),))
    with open_sink(out, metadata=metadata, force=True) as sink:
        for block in sound.blocks(65_536, dtype="float32", always_2d=True):
            sink.write(block)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


MEASURE = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
took_s = time.perf_counter() - start
print(json.dumps([took_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
process.returncode = os.waitstatus_to_exitcode(status)
sys.exit(process.returncode)
"""


def cost_of(command: Sequence[str | Path]) -> Cost:
    """By a small process in between: the peak of a process begins with that of its parent."""
    folder = Path(__file__).parent.parent
    measured = [sys.executable, "-I", "-S", "-c", MEASURE, *map(str, command)]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    result = subprocess.run(measured, stdout=subprocess.PIPE, check=True, env=environment)
    return Cost(*json.loads(result.stdout))


def cost(options: argparse.Namespace) -> int:
    title, language, chapters = scored(named("inner-knee"), Options(Level.STANDARD))
    *_, plan = produced_in_turn(title, chapters, voice=voice_for(None, language))
    rows, missed = [], []
    with tempfile.TemporaryDirectory() as folder:
        whole, wav, short = (Path(folder, name) for name in ("whole.wav", "long.wav", "short.wav"))
        exported = export(
            plan, metadata_of(plan, language=language, level="standard"), export_request([whole], "x")
        )
        assert not exported.failed
        for path, minutes in ((wav, options.minutes), (short, options.minutes / 10)):
            cut(whole, path, round(minutes * 60 * RATE_HZ))
        for format_, settings in FFMPEG.items():
            out = Path(folder, f"x{format_.ending}")
            ours: list[str | Path] = [sys.executable, "-c", ENCODE, wav, out]
            theirs: list[str | Path] = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", wav, *settings, out]
            rounds = [(cost_of(ours), cost_of(theirs)) for _ in range(options.rounds)]
            little = cost_of([sys.executable, "-c", ENCODE, short, out])
            mine, other = (
                Cost(
                    *(statistics.median(getattr(each[i], name) for each in rounds) for name in Cost.__slots__)
                )
                for i in (0, 1)
            )
            walls, cpus = (
                statistics.median(getattr(a, name) / getattr(b, name) for a, b in rounds)
                for name in ("wall_s", "cpu_s")
            )
            memory = mine.peak_mb / other.peak_mb
            if max(walls, memory) > RATIO_MOST:
                missed.append(f"{format_.ending}: {walls:.2f} times as long, {memory:.2f} times the memory")
            times = [f"{value:.1f} s" for value in (mine.wall_s, other.wall_s, mine.cpu_s, other.cpu_s)]
            peaks = [f"{value:.0f} MB" for value in (mine.peak_mb, other.peak_mb, little.peak_mb)]
            ratios = [f"{value:.2f}" for value in (walls, cpus, memory)]
            rows.append(
                (
                    format_.ending,
                    *times[:2],
                    ratios[0],
                    *times[2:],
                    ratios[1],
                    *peaks[:2],
                    ratios[2],
                    peaks[2],
                )
            )
            print(rows[-1], flush=True)
    head = (
        "format", "time", "ffmpeg", "ratio", "CPU", "ffmpeg", "ratio", "peak memory", "ffmpeg", "ratio",
        f"for {options.minutes / 10:g} minutes",
    )  # fmt: skip
    print(f"{options.minutes:g} minutes, the median of {options.rounds} rounds, start-up included")
    print(table(head, rows))
    print("\n".join(missed) or f"no ratio of time or memory is above {RATIO_MOST}")
    return 1 if missed else 0


def cut(source: Path, target: Path, frames: int) -> None:
    """The first frames of a WAV, as a WAV."""
    with (
        soundfile.SoundFile(source) as sound,
        open_sink(
            target,
            metadata=Metadata(title="x", length=Frames(frames), chapters=(Chapter(Frames(0), "x"),)),
            force=True,
        ) as sink,
    ):
        for block in sound.blocks(65_536, frames=frames, dtype="float32", always_2d=True):
            sink.write(block)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", default="inner-knee", help="a session, or: cost")
    parser.add_argument("--level", type=Level, default=Level.STANDARD)
    parser.add_argument("--voice")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--minutes", type=float, default=40.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    return cost(options) if options.name == "cost" else read_back(options)


if __name__ == "__main__":
    sys.exit(main())
