"""Which sink writes a file, and what a WAV file says of itself."""

import importlib.util
import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach.errors import DiskError, UsageError
from coach.exports import open_sink as files
from coach.exports.formats import ENDINGS, PAGE, Format
from coach.exports.metadata import Caption, Metadata
from coach.exports.open_sink import check_ending, open_sink
from coach.session.timeline import Chapter, Frames
from tests.exports.walking import chunks, walk

needs_phone = pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="needs the extra phone")

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + struct.pack(">I4sIIBBBBBI", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0, 0x3A7E9B55)
    + bytes.fromhex("0000000a49444154789c6360000000020001e221bc33" + "0000000049454e44ae426082")
)
SECOND = Frames(48_000)
ABOUT = Metadata(
    title="Übung für das Knie",
    album="Knees",
    track=3,
    tracks=9,
    date="2026-11-23",
    language="de",
    length=SECOND,
    chapters=(Chapter(Frames(0), "Beginn"), Chapter(Frames(24_000), "Ende")),
    captions=(Caption(Frames(100), Frames(20_000), "Los."),),
    cover=PNG,
)
BLOCK = np.random.default_rng(3).uniform(-0.5, 0.5, (SECOND, 1)).astype(np.float32)


def written(path: Path, metadata: Metadata = ABOUT) -> bytes:
    with open_sink(path, metadata=metadata, force=False) as sink:
        sink.write(BLOCK[:30_000])
        sink.write(BLOCK[30_000:])
    return path.read_bytes()


@pytest.mark.parametrize(
    "ending", [pytest.param(each, marks=needs_phone) if each == ".m4a" else each for each in ENDINGS]
)
def test_every_ending_has_a_sink_that_writes_the_file(ending: str, tmp_path: Path) -> None:
    assert len(written(tmp_path / f"knee{ending}")) > 1_000
    assert [path.name for path in tmp_path.iterdir()] == [f"knee{ending}"]


@pytest.mark.parametrize("ending", [".wav", ".flac", ".ogg", ".opus", ".mp3"])
def test_what_is_written_can_be_decoded_and_is_as_long(ending: str, tmp_path: Path) -> None:
    written(tmp_path / f"knee{ending.upper()}")
    samples, rate_hz = soundfile.read(tmp_path / f"knee{ending.upper()}", dtype="float32")
    assert rate_hz == SECOND
    assert abs(len(samples) - SECOND) <= 1_152
    assert np.corrcoef(samples[:40_000], BLOCK[:40_000, 0])[0, 1] > (
        0.999 if ending in {".wav", ".flac"} else 0.2
    )


def test_an_unknown_ending_lists_what_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda _: object())
    with pytest.raises(UsageError, match=r"cannot write 'knee\.aac'") as wrong:
        check_ending(Path("folder/knee.aac"))
    assert wrong.value.hint == "end the name in .wav, .flac, .ogg, .opus, .mp3, .m4a or .html"


def test_an_unknown_ending_also_says_what_an_extra_would_bring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "find_spec", lambda _: None)
    for name in ("knee", "knee.", "knee.docx"):
        with pytest.raises(UsageError) as wrong:
            check_ending(Path(name))
        assert wrong.value.hint == (
            "end the name in .wav, .flac, .ogg, .opus, .mp3 or .html; "
            "with the extra 'phone' also in .m4a: pip install '.[phone]'"
        )


def test_an_ending_alone_is_no_name() -> None:
    with pytest.raises(UsageError, match=r"'\.MP3' is an ending without a name") as wrong:
        check_ending(Path("folder/.MP3"))
    assert wrong.value.hint == "say, for example, knee.MP3"


def test_an_ending_whose_extra_is_missing_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(files, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"an \.m4a needs the extra 'phone'") as wrong:
        open_sink(tmp_path / "knee.M4A", metadata=ABOUT, force=False)
    assert wrong.value.hint.startswith("pip install '.[phone]'")
    for ending in (*(each.ending for each in Format if each is not Format.M4A), PAGE):
        check_ending(Path(f"knee{ending}"))


def test_a_wav_file_says_of_itself_what_there_is_to_say(tmp_path: Path) -> None:
    found = walk(written(tmp_path / "knee.wav", replace(ABOUT, title="Knee – first week")))
    told = {name: found.tags[name] for name in ("INAM", "IART", "IPRD", "IPRT", "ICRD", "ILNG")}
    assert told == {
        "INAM": "Knee - first week",
        "IART": "coach",
        "IPRD": "Knees",
        "IPRT": "3",
        "ICRD": "2026-11-23",
        "ILNG": "de",
    }
    assert found.chapters == [(0, "Beginn"), (24_000, "Ende")]


def test_a_wav_file_has_its_cover_and_its_letters_in_id3_and_no_second_chapters(tmp_path: Path) -> None:
    content = written(tmp_path / "knee.wav")
    id3 = dict(chunks(content[12:]))["id3 "]
    assert id3.startswith(b"ID3")
    assert PNG in id3
    assert "Übung für das Knie".encode() in id3
    assert b"CHAP" not in id3
    assert b"CTOC" not in id3


def test_a_wav_file_says_nothing_in_ascii_that_would_lose_its_letters(tmp_path: Path) -> None:
    for name, metadata in {
        "title": ABOUT,
        "album": replace(ABOUT, title="Knee", album="Übungen"),
        "emoji": replace(ABOUT, title="Knee 🦵"),
        "hebrew": replace(ABOUT, title="ברך"),
    }.items():
        found = list(chunks(written(tmp_path / f"{name}.wav", metadata)[12:]))
        assert [body[:4] for kind, body in found if kind == "LIST"] == [b"adtl"]
        assert metadata.title.encode() in dict(found)["id3 "]


FFPROBE = shutil.which("ffprobe")


@pytest.mark.skipif(FFPROBE is None, reason="ffprobe is not installed")
@pytest.mark.parametrize("title", ["Knee, week 1", "Übung: 🦵 ברך / 1"])
def test_ffprobe_reads_a_wav_files_title_whole_and_its_cover_and_chapters(title: str, tmp_path: Path) -> None:
    written(tmp_path / "knee.wav", replace(ABOUT, title=title))
    command = [str(FFPROBE), "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters"]
    done = subprocess.run([*command, str(tmp_path / "knee.wav")], capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["format"]["tags"]["title"] == title
    assert [stream["codec_name"] for stream in found["streams"]] == ["pcm_s16le", "png"]
    assert [(each["start"], each["tags"]["title"]) for each in found["chapters"]] == [
        (0, "Beginn"),
        (24_000, "Ende"),
    ]


def test_a_wav_file_from_the_middle_of_a_session_is_dithered_as_there(tmp_path: Path) -> None:
    plain = replace(ABOUT, title="Knee")
    whole = walk(written(tmp_path / "whole.wav", plain)).data
    part = replace(plain, length=Frames(18_000), start=Frames(30_000), chapters=(), captions=())
    with open_sink(tmp_path / "part.wav", metadata=part, force=False) as sink:
        sink.write(BLOCK[30_000:])
    assert walk((tmp_path / "part.wav").read_bytes()).data == whole[60_000:]
    with open_sink(tmp_path / "elsewhere.wav", metadata=replace(part, start=Frames(0)), force=False) as other:
        other.write(BLOCK[30_000:])
    assert walk((tmp_path / "elsewhere.wav").read_bytes()).data != whole[60_000:]


def test_a_file_is_replaced_only_with_force(tmp_path: Path) -> None:
    path = tmp_path / "knee.flac"
    path.write_bytes(b"mine")
    with pytest.raises(DiskError, match="exists already"), open_sink(path, metadata=ABOUT, force=False):
        pass
    assert path.read_bytes() == b"mine"
    with open_sink(path, metadata=ABOUT, force=True) as sink:
        sink.write(BLOCK)
    assert path.read_bytes()[:4] == b"fLaC"
