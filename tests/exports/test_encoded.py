"""A session becomes a FLAC, Ogg, Opus, MP3 or M4A file with everything that players look for in it."""

# ruff: noqa: PT012 - what happens between opening and closing is what is tested

import importlib.util
import json
import shutil
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from coach.errors import CoachError, DiskError, UsageError
from coach.exports import lame
from coach.exports import libsndfile as sound_files
from coach.exports.captions import lrc, plain_text, timed_lines
from coach.exports.encoded import EncodedFile
from coach.exports.m4a import CHAPTER_BYTES, m4a_encoder
from coach.exports.metadata import Caption, Metadata
from coach.exports.tags import id3
from coach.exports.wav import WavEncoder
from coach.session.timeline import RATE_HZ, Chapter, Frames
from coach.sound.loudness import true_peak
from coach.sound.sink import Sink
from coach.whole import WholeFile
from tests.exports.tag_readers import read, read_id3

Samples = NDArray[np.float32]

FILES: dict[str, Callable[..., EncodedFile]] = {
    "wav": partial(EncodedFile, opened=WavEncoder, has_thread=False),
    "flac": partial(EncodedFile, opened=sound_files.flac_encoder),
    "ogg": partial(EncodedFile, opened=sound_files.ogg_encoder),
    "opus": partial(EncodedFile, opened=sound_files.opus_encoder),
    "mp3": partial(EncodedFile, opened=sound_files.mp3_encoder),
    "m4a": partial(EncodedFile, opened=m4a_encoder),
}
HAS_PHONE = importlib.util.find_spec("av") is not None
needs_phone = pytest.mark.skipif(not HAS_PHONE, reason="needs the extra phone")
EVERY = [pytest.param(each, marks=needs_phone) if each == "m4a" else each for each in FILES if each != "wav"]
WITH_WAV = ["wav", *EVERY]
LOSSY = [each for each in EVERY if each != "flac"]
XIPH = ["flac", "ogg", "opus"]

SECONDS = 6
LENGTH = Frames(SECONDS * RATE_HZ + 1_234)
ODD = "Knie – 膝 🦵🏽 שלום e\u0301 👩🏽‍⚕️ " + "x" * 300


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"".join(b"\0" + bytes([row % 251]) * 3 * width for row in range(height)), 0)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


COVER = png(200, 200)
CHAPTERS = (
    Chapter(Frames(0), "Welcome"),
    Chapter(Frames(RATE_HZ + 48), "Übung 👩🏽‍⚕️"),
    Chapter(Frames(4 * RATE_HZ), "שלום"),
)
WORDS = (
    Caption(Frames(480), Frames(20_000), "Hello there."),
    Caption(Frames(2 * RATE_HZ), Frames(3 * RATE_HZ), "Hold – 膝 [now]!", "Squats", 1, 2, "right leg", 3, 10),
)
ABOUT = Metadata(
    title=ODD,
    length=LENGTH,
    artist="coach",
    album="Knee week",
    track=3,
    tracks=12,
    date="2026-11-23",
    language="de-CH",
    level="standard",
    chapters=CHAPTERS,
    captions=WORDS,
    cover=COVER,
)
PLAIN = Metadata(title="Knee", length=LENGTH)


def tones() -> Samples:
    """A tone of the coach's kind each second, its first sample at a place of its own, silence between."""
    sound = np.zeros((LENGTH, 1), np.float32)
    time_s = np.arange(4_320) / RATE_HZ
    rise = np.minimum(1.0, time_s / 0.005) * np.minimum(1.0, (0.09 - time_s) / 0.015)
    tone = 0.3 * rise * (np.sin(2 * np.pi * 880 * time_s) + 0.3 * np.sin(2 * np.pi * 1760 * time_s))
    for start in ONSETS:
        sound[start : start + len(tone), 0] = tone
    return sound


ONSETS = [second * RATE_HZ + 1_000 + 37 * second for second in range(SECONDS)]
TONES = tones()


def loud() -> Samples:
    """Bursts of voiced sound whose peaks lie near full scale, as a limiter leaves them."""
    generator = np.random.Generator(np.random.PCG64(2))
    time_s = np.arange(LENGTH) / RATE_HZ
    pitch_hz = 120 + 20 * np.sin(2 * np.pi * 1.3 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    sound = sum(np.cos(k * phase + generator.uniform(0, 6)) / k for k in range(1, 25))
    sound *= np.repeat(generator.choice([0.0, 0.3, 1.0], LENGTH // 4_000 + 1), 4_000)[:LENGTH]
    return np.asarray(0.84 * sound / np.abs(sound).max(), np.float32)[:, np.newaxis]


def written(path: Path, sound: Samples = TONES, metadata: Metadata = ABOUT, block: int = 65_536) -> bytes:
    with FILES[path.suffix[1:]](path, metadata=metadata, force=False) as sink:
        for start in range(0, len(sound), block):
            sink.write(sound[start : start + block])
    return path.read_bytes()


def decoded(path: Path) -> Samples:
    """The sound of a file, as PyAV decodes an M4A and libsndfile everything else."""
    if path.suffix != ".m4a":
        return np.asarray(soundfile.read(path, dtype="float32")[0])
    import av  # noqa: PLC0415 - from an extra

    with av.open(str(path)) as container:
        frames = [(frame.pts or 0, frame.to_ndarray()[0]) for frame in container.decode(audio=0)]
    assert [after for after, _ in frames[1:]] == [at + len(part) for at, part in frames[:-1]]
    first = frames[0][0]
    whole = np.concatenate([part for _, part in frames])
    return np.asarray(whole[-first:] if first < 0 else np.concatenate((np.zeros(first, np.float32), whole)))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the session in every format that can be written here."""
    folder = tmp_path_factory.mktemp("formats")
    for ending in FILES:
        if ending != "m4a" or HAS_PHONE:
            written(folder / f"knee.{ending}")
    return folder


# The sound


@pytest.mark.parametrize("ending", EVERY)
def test_every_tone_is_decoded_at_its_very_frame(files: Path, ending: str) -> None:
    sound = decoded(files / f"knee.{ending}")
    for start in ONSETS:
        tone = TONES[start : start + 4_320, 0]
        around = sound[start - 900 : start + 4_320 + 900]
        assert int(np.argmax(np.correlate(around, tone, "valid"))) == 900


@pytest.mark.parametrize("ending", EVERY)
def test_the_sound_is_as_long_as_the_session(files: Path, ending: str) -> None:
    more = 1_024 if ending == "m4a" else 0  # its last packet is whole; its edit list says where it ends
    assert LENGTH <= len(decoded(files / f"knee.{ending}")) <= LENGTH + more


@pytest.mark.parametrize("ending", EVERY)
def test_tones_keep_their_level(files: Path, ending: str) -> None:
    sound = decoded(files / f"knee.{ending}")[:LENGTH]
    ratio = np.sqrt(np.square(sound, dtype=np.float64).sum() / np.square(TONES, dtype=np.float64).sum())
    assert abs(20 * np.log10(ratio)) < 0.1


@pytest.mark.parametrize("ending", LOSSY)
def test_decoded_peaks_are_under_their_bound(tmp_path: Path, ending: str) -> None:
    sound = loud()
    written(tmp_path / f"loud.{ending}", sound, PLAIN)
    assert 20 * np.log10(true_peak(sound[:, 0])) > -1.6
    assert 20 * np.log10(true_peak(decoded(tmp_path / f"loud.{ending}"))) <= -1.5


@pytest.mark.parametrize("ending", EVERY)
def test_silence_is_never_digital_zero_for_long(tmp_path: Path, ending: str) -> None:
    written(tmp_path / f"silent.{ending}", np.zeros((LENGTH, 1), np.float32), PLAIN)
    numbers = np.round(decoded(tmp_path / f"silent.{ending}")[:LENGTH] * 32_768)
    assert 0 < np.abs(numbers).max() <= 4
    loud_enough = np.flatnonzero(numbers[2_048:])  # the first packets of some have nothing yet
    assert np.diff(loud_enough, prepend=0).max() < 0.03 * RATE_HZ


@pytest.mark.parametrize("start", [0, 123_457])
def test_a_flac_decodes_to_the_samples_of_the_wav(tmp_path: Path, start: int) -> None:
    metadata = replace(ABOUT, start=Frames(start))
    written(tmp_path / "x.flac", loud(), metadata, block=30_001)
    written(tmp_path / "x.wav", loud(), metadata)
    flac, wav = (soundfile.read(tmp_path / name, dtype="int16")[0] for name in ("x.flac", "x.wav"))
    assert np.array_equal(flac, wav)


@pytest.mark.parametrize("ending", WITH_WAV)
def test_any_split_into_blocks_gives_the_same_bytes(files: Path, tmp_path: Path, ending: str) -> None:
    whole = (files / f"knee.{ending}").read_bytes()
    bounds = [0, 0, 1, 4_800, 100_000, 100_000, 250_001, LENGTH]
    path = tmp_path / f"cut.{ending}"
    with FILES[ending](path, metadata=ABOUT) as sink:
        for start, end in pairwise(bounds):
            sink.write(TONES[start:end], start)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("ending", WITH_WAV)
def test_a_block_may_be_used_again_after_it_was_written(files: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"again.{ending}"
    room = np.empty((65_536, 1), np.float32)
    with FILES[ending](path, metadata=ABOUT) as sink:
        for start in range(0, LENGTH, len(room)):
            count = min(len(room), LENGTH - start)
            room[:count] = TONES[start : start + count]
            sink.write(room[:count])
            room[:] = 0.9
    assert path.read_bytes() == (files / f"knee.{ending}").read_bytes()


@pytest.mark.parametrize("ending", WITH_WAV)
@pytest.mark.parametrize("length", [1, 100, 2_000])
def test_a_moment_of_sound_is_a_file(tmp_path: Path, ending: str, length: int) -> None:
    path = tmp_path / f"short.{ending}"
    written(path, TONES[1_000 : 1_000 + length], replace(PLAIN, length=Frames(length)))
    assert len(decoded(path)) in range(length, length + 1_025)


@pytest.fixture
def _without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("av", "lameenc"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("_without_extra")
@pytest.mark.parametrize("ending", ["opus", "mp3"])
def test_without_the_extra_libsndfile_encodes(tmp_path: Path, ending: str) -> None:
    found = read(written(tmp_path / f"x.{ending}"), ending)
    assert (found.cover, len(found.chapters)) == (COVER, 3)
    assert ODD in found.tags.values()
    sound = decoded(tmp_path / f"x.{ending}")
    assert len(sound) == LENGTH
    for start in ONSETS:
        around = sound[start - 900 : start + 4_320 + 900]
        assert int(np.argmax(np.correlate(around, TONES[start : start + 4_320, 0], "valid"))) == 900
    ratio = np.sqrt(np.square(sound, dtype=np.float64).sum() / np.square(TONES, dtype=np.float64).sum())
    assert abs(20 * np.log10(ratio)) < 0.1


@pytest.mark.skipif(not lame.is_here(), reason="needs the extra phone")
def test_the_frame_before_the_sound_of_an_mp3_says_what_libsndfile_s_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = written(tmp_path / "ours.mp3", metadata=PLAIN)
    monkeypatch.setitem(sys.modules, "lameenc", None)
    theirs = written(tmp_path / "theirs.mp3", metadata=PLAIN)
    ours, theirs = (each[each.index(b"Info") - 21 :][: lame.FRAME_SIZE] for each in (ours, theirs))
    assert ours[:17] == theirs[:17]  # of the frame's head and Info, then frames and bytes
    assert ours[21:37] == theirs[21:37]
    delay = slice(141 + 21, 141 + 24)
    assert ours[141:150] == theirs[141:150] == b"LAME3.100"
    assert ours[delay] == theirs[delay]
    assert ours[141 + 28 : 141 + 32] == theirs[141 + 28 : 141 + 32]


# What they say of themselves


@pytest.mark.parametrize("ending", EVERY)
def test_every_format_has_its_cover_and_its_chapters_at_their_times(files: Path, ending: str) -> None:
    found = read((files / f"knee.{ending}").read_bytes(), ending)
    assert found.cover == COVER
    assert [title for _, title in found.chapters] == [chapter.title for chapter in CHAPTERS]
    if ending == "m4a":
        assert found.chapters == found.other_chapters == [(each.start, each.title) for each in CHAPTERS]
    else:
        assert [at_ms for at_ms, _ in found.chapters] == [0, 1_001, 4_000]


@pytest.mark.parametrize("ending", XIPH)
def test_vorbis_comments_have_every_tag_intact(files: Path, ending: str) -> None:
    found = read((files / f"knee.{ending}").read_bytes(), ending)
    encoder = found.tags.pop("ENCODER")
    assert encoder.startswith("coach ")
    assert found.tags == {
        "TITLE": ODD,
        "ARTIST": "coach",
        "ALBUM": "Knee week",
        "TRACKNUMBER": "3",
        "TRACKTOTAL": "12",
        "DATE": "2026-11-23",
        "LANGUAGE": "de-CH",
        "LYRICS": lrc(ABOUT),
    }
    assert found.depth == 24


def test_the_id3_tag_has_everything_intact(files: Path) -> None:
    found = read_id3((files / "knee.mp3").read_bytes())
    assert found.tags.pop("TSSE").startswith("coach ")
    assert found.tags == {
        "TIT2": ODD,
        "TPE1": "coach",
        "TALB": "Knee week",
        "TRCK": "3/12",
        "TDRC": "2026-11-23",
        "TLAN": "deu",
        "TLEN": str(LENGTH * 1000 // RATE_HZ),
        "USLT": plain_text(ABOUT),
        "USLT language": "deu",
    }
    assert found.captions == [(start * 1000 // RATE_HZ, line) for start, line in timed_lines(ABOUT)]
    assert len(found.captions) == 2


def test_words_in_an_unknown_language_are_words(tmp_path: Path) -> None:
    metadata = replace(PLAIN, captions=WORDS[:1])
    found = read_id3(written(tmp_path / "x.mp3", metadata=metadata))
    assert found.captions == [(10, "Hello there.")]
    assert found.tags["USLT language"] == "XXX"
    assert "TLAN" not in found.tags


@needs_phone
def test_the_m4a_has_every_tag_intact(files: Path) -> None:
    found = read((files / "knee.m4a").read_bytes(), "m4a")
    assert found.tags.pop("©too").startswith("coach ")
    assert found.tags == {
        "©nam": ODD,
        "©ART": "coach",
        "©alb": "Knee week",
        "trkn": "3/12",
        "©day": "2026-11-23",
        "©lyr": plain_text(ABOUT),
        "language": "deu",
    }


@pytest.mark.parametrize("ending", EVERY)
def test_a_file_without_tags_chapters_words_or_cover_is_a_file(tmp_path: Path, ending: str) -> None:
    found = read(written(tmp_path / f"x.{ending}", metadata=PLAIN), ending)
    assert "Knee" in found.tags.values()
    assert (found.chapters, found.other_chapters, found.captions, found.cover) == ([], [], [], b"")


@pytest.mark.parametrize("ending", EVERY)
def test_what_would_end_a_tag_becomes_a_space(tmp_path: Path, ending: str) -> None:
    metadata = replace(PLAIN, title="one\ntwo\0three\ud800", chapters=(Chapter(Frames(0), "a\0b\nc"),))
    found = read(written(tmp_path / f"x.{ending}", metadata=metadata), ending)
    assert "one two three?" in found.tags.values()
    assert found.chapters == [(0, "a b c")]


@pytest.mark.parametrize("ending", EVERY)
def test_many_chapters_are_all_there(tmp_path: Path, ending: str) -> None:
    chapters = tuple(Chapter(Frames(480 * i), f"Part {i}") for i in range(300))
    found = read(written(tmp_path / f"x.{ending}", metadata=replace(PLAIN, chapters=chapters)), ending)
    unit = 1 if ending == "m4a" else RATE_HZ // 1000
    assert [(at * unit, title) for at, title in found.chapters] == [
        (each.start, each.title) for each in chapters
    ]


@needs_phone
def test_a_long_chapter_title_is_cut_between_characters_where_players_take_no_more(tmp_path: Path) -> None:
    title = "🧘🏽‍♀️" * 40
    metadata = replace(PLAIN, chapters=(Chapter(Frames(0), title),))
    for ending in ("flac", "ogg", "opus", "mp3", "m4a"):
        found = read(written(tmp_path / f"x.{ending}", metadata=metadata), ending)
        if ending not in {"m4a", "mp3"}:
            assert found.chapters == [(0, title)]
            continue
        (short,) = {name for _, name in (*found.chapters, *found.other_chapters)}
        assert len(short.encode()) <= (id3.CHAPTER_BYTES if ending == "mp3" else CHAPTER_BYTES)
        assert short == "🧘🏽‍♀️" * 7 + "…"


@pytest.mark.parametrize("ending", EVERY)
def test_a_large_cover_is_there_whole(tmp_path: Path, ending: str) -> None:
    cover = png(700, 700)
    assert len(cover) > 20 * 65_536
    found = read(written(tmp_path / f"x.{ending}", metadata=replace(PLAIN, cover=cover)), ending)
    assert found.cover == cover


@pytest.mark.parametrize("ending", EVERY)
def test_a_cover_that_is_no_png_is_a_mistake_and_no_file(tmp_path: Path, ending: str) -> None:
    with pytest.raises(ValueError, match="a cover is a PNG"):
        written(tmp_path / f"x.{ending}", metadata=replace(PLAIN, cover=b"\xff\xd8\xff\xe0"))
    assert not list(tmp_path.iterdir())


# Independent readers

TOOLS = {
    name: shutil.which(name) for name in ("ffprobe", "mediainfo", "exiftool", "flac", "opusinfo", "ogginfo")
}


def said(tool: str, *arguments: str | Path) -> str:
    command = [str(TOOLS[tool]), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return result.stdout + result.stderr


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(TOOLS[tool] is None, reason=f"{tool} is not installed")


@needs("ffprobe")
@pytest.mark.parametrize("ending", EVERY)
def test_ffprobe_shows_title_cover_and_chapters(files: Path, ending: str) -> None:
    command = ["-v", "error", "-show_chapters", "-show_format", "-show_streams", "-of", "json"]
    shown = said("ffprobe", *command, files / f"knee.{ending}")
    found = json.loads(shown)
    tags = {name.lower(): value for each in found["streams"] for name, value in each.get("tags", {}).items()}
    tags |= {name.lower(): value for name, value in found["format"].get("tags", {}).items()}
    assert tags["title"] == ODD
    assert (tags["artist"], tags["album"], tags["track"].split("/")[0]) == ("coach", "Knee week", "3")
    assert [each["disposition"]["attached_pic"] for each in found["streams"]].count(1) == 1
    chapters = [(float(each["start_time"]), each["tags"]["title"]) for each in found["chapters"]]
    assert chapters == [(0.0, "Welcome"), (1.001, CHAPTERS[1].title), (4.0, CHAPTERS[2].title)]


@needs("ffprobe")
@pytest.mark.parametrize("ending", EVERY)
def test_ffprobe_shows_a_chapter_whatever_the_length_of_its_title(tmp_path: Path, ending: str) -> None:
    titles = [*("x" * length for length in (1, 125, 126, 127, 128, 129, 300)), "膝" * 100, "e\u0301" * 100]
    chapters = tuple(Chapter(Frames(i * 24_000), title) for i, title in enumerate(titles))
    written(tmp_path / f"long.{ending}", metadata=replace(ABOUT, chapters=chapters))
    found = json.loads(
        said("ffprobe", "-v", "error", "-show_chapters", "-of", "json", tmp_path / f"long.{ending}")
    )
    assert [float(each["start_time"]) for each in found["chapters"]] == [i / 2 for i in range(len(titles))]
    for each, title in zip(found["chapters"], titles, strict=True):
        shown = each["tags"]["title"]
        assert shown == title or (shown.endswith("…") and len(shown.encode()) > 120)
        assert title.startswith(shown.removesuffix("…"))


@needs("mediainfo")
@pytest.mark.parametrize("ending", EVERY)
def test_mediainfo_shows_title_cover_and_chapters(files: Path, ending: str) -> None:
    shown = said("mediainfo", files / f"knee.{ending}")
    assert ODD in shown
    assert "Cover  " in shown
    if ending == "mp3":
        return  # it has no eyes for the chapters of any MP3
    for time, title in (("00:00:00.000", "Welcome"), ("00:00:01.001", CHAPTERS[1].title)):
        assert any(line.startswith(time) and title in line for line in shown.splitlines())


@needs("exiftool")
@pytest.mark.parametrize("ending", EVERY)
def test_exiftool_shows_title_and_cover(files: Path, ending: str) -> None:
    (found,) = json.loads(said("exiftool", "-json", "-charset", "utf8", files / f"knee.{ending}"))
    assert found["Title"] == ODD
    assert found["Artist"] == "coach"
    assert "Warning" not in found or "ExtractEmbedded" in found["Warning"]
    assert {"Picture", "PictureLength", "CoverArt"} & set(found)


@needs("flac")
def test_flac_finds_its_checksum_right(files: Path) -> None:
    assert "ok" in said("flac", "-t", files / "knee.flac")


@needs("opusinfo")
def test_opusinfo_has_no_complaint(files: Path) -> None:
    shown = said("opusinfo", files / "knee.opus")
    assert "CHAPTER002NAME=Übung" in shown
    assert "WARNING" not in shown
    assert "Playback length: 0m:06" in shown


@needs("ogginfo")
def test_ogginfo_has_no_complaint(files: Path) -> None:
    shown = said("ogginfo", files / "knee.ogg")
    assert "CHAPTER002NAME=Übung" in shown
    assert "WARNING" not in shown.upper().replace("WARNING: EOS NOT SET", "WARNING")


# Whole or not there


@pytest.mark.parametrize("ending", WITH_WAV)
def test_an_existing_file_is_replaced_by_force_only(files: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x.{ending}"
    path.write_bytes(b"before")
    with pytest.raises(DiskError, match="exists already"):
        written(path)
    assert path.read_bytes() == b"before"
    with FILES[ending](path, metadata=ABOUT, force=True) as sink:
        sink.write(TONES)
    assert path.read_bytes() == (files / f"knee.{ending}").read_bytes()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", WITH_WAV)
def test_without_its_folder_there_is_an_error_that_says_so(tmp_path: Path, ending: str) -> None:
    with pytest.raises(DiskError, match="there is no folder"):
        written(tmp_path / "none" / f"x.{ending}")


@pytest.fixture(params=[0, 300, 30_000])
def _full_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes so many bytes and no more."""
    room = [request.param]
    write = WholeFile.write

    def until_full(self: WholeFile, data: bytes | memoryview) -> None:
        room[0] -= len(data)
        if room[0] < 0:
            raise DiskError("the disk is full.", "Make room.")
        write(self, data)

    monkeypatch.setattr(WholeFile, "write", until_full)


@pytest.mark.usefixtures("_full_disk")
@pytest.mark.parametrize("ending", WITH_WAV)
def test_a_full_disk_is_an_error_and_no_file(
    tmp_path: Path, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(DiskError, match="the disk is full"):
        written(tmp_path / f"x.{ending}", block=10_000)
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", WITH_WAV)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_leaves_no_file_and_no_thread(
    tmp_path: Path, ending: str, error: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    before = threading.active_count()
    with pytest.raises(error), FILES[ending](tmp_path / f"x.{ending}", metadata=ABOUT) as sink:
        sink.write(TONES[:100_000])
        raise error
    assert not list(tmp_path.iterdir())
    assert threading.active_count() == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("ending", WITH_WAV)
def test_more_or_fewer_frames_than_promised_are_a_mistake_and_no_file(tmp_path: Path, ending: str) -> None:
    with pytest.raises(ValueError, match=f"{LENGTH + 1} frames were written of {LENGTH}"):
        written(tmp_path / f"x.{ending}", np.zeros((LENGTH + 1, 1), np.float32))
    with pytest.raises(ValueError, match=f"only 100 frames were written of {LENGTH}"):
        written(tmp_path / f"x.{ending}", TONES[:100])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", WITH_WAV)
@pytest.mark.parametrize("value", [np.nan, np.inf, -1.01])
def test_what_is_no_sound_is_a_mistake_and_no_file(tmp_path: Path, ending: str, value: float) -> None:
    sound = TONES.copy()
    sound[70_000] = value
    with pytest.raises(ValueError, match=f"a sample is {value:g}"):
        written(tmp_path / f"x.{ending}", sound)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrong", [np.zeros(10, np.float32), np.zeros((10, 2), np.float32), np.zeros((10, 1), np.int16)]
)
def test_a_block_of_another_shape_is_a_mistake(tmp_path: Path, wrong: Samples) -> None:
    with (
        pytest.raises(ValueError, match=r"shape \(frames, 1\)"),
        FILES["flac"](tmp_path / "x", metadata=PLAIN) as sink,
    ):
        sink.write(wrong)


def test_it_is_a_sink_and_dropping_loses_nothing_of_a_file(tmp_path: Path) -> None:
    with FILES["flac"](tmp_path / "x.flac", metadata=PLAIN) as file:
        sink: Sink = file
        sink.write(TONES)
        assert sink.drop() == 0
        sink.close()
        sink.close()
        with pytest.raises(ValueError, match="not open"):
            sink.write(TONES)
    assert len(decoded(tmp_path / "x.flac")) == LENGTH


def test_frames_are_not_left_out(tmp_path: Path) -> None:
    metadata = replace(PLAIN, start=Frames(1_000))
    with (
        pytest.raises(ValueError, match="frame 5 does not follow frame 1000"),
        FILES["flac"](tmp_path / "x.flac", metadata=metadata) as sink,
    ):
        sink.write(TONES, 5)
    assert not list(tmp_path.iterdir())


# What is not there


def test_without_its_extra_an_m4a_is_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UsageError, match="PyAV, of the extra 'phone', cannot be loaded: ") as error:
        written(tmp_path / "x.m4a")
    assert "pip install" in error.value.hint
    assert not list(tmp_path.iterdir())


def test_a_libsndfile_without_a_format_is_an_error_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = replace(sound_files.OGG, subtype="MPEG_LAYER_III")
    monkeypatch.setattr(sound_files, "OGG", unknown)
    with pytest.raises(CoachError, match=r"libsndfile \(.*\) cannot write Ogg Vorbis") as error:
        written(tmp_path / "x.ogg")
    assert error.value.hint
    assert not list(tmp_path.iterdir())
