"""Several files from one mix: what fails is its own affair, and nothing is there in half."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import CoachError, DiskError, UsageError
from coach.exports import write as exporting
from coach.exports.captions import lrc, vtt
from coach.exports.file_sink import FileSink
from coach.exports.formats import Format
from coach.exports.metadata import Metadata
from coach.exports.open_sink import open_sink
from coach.exports.write import (
    ExportRequest,
    ExportResult,
    caption_files,
    export,
    export_request,
    metadata_of,
    output_path,
)
from coach.language.level import Level
from coach.session.arrange import practice
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.voices.spoken_session import Plan
from tests.doses import counted
from tests.fakes import ESTIMATED, NOISE_TONES, NoiseClips, NoiseMusic, curls


@cache
def plan() -> Plan:
    timeline = compile_session("Curls", practice(curls(counted(2, sets=1)), Options(Level.GENTLE)), ESTIMATED)
    return Plan(timeline, NoiseClips(), NOISE_TONES, "en-us")


@cache
def said() -> Metadata:
    return metadata_of(plan(), language="en-us", level="gentle", with_cover=False)


def exported(folder: Path, *names: str, **options: object) -> ExportResult:
    want = ExportRequest(tuple(folder / name for name in names))
    return export(plan(), said(), replace(want, **options))  # type: ignore[arg-type]


def names(found: ExportResult) -> list[str]:
    return [whole.path.name for whole in found.written]


def test_each_of_several_files_is_what_it_is_alone(tmp_path: Path) -> None:
    together, alone = tmp_path / "together", tmp_path / "alone"
    together.mkdir()
    alone.mkdir()
    both = exported(together, "a.wav", "b.flac")
    assert (names(both), both.failed) == (["a.wav", "b.flac"], ())
    assert both.written[0].contents == "1 min 14 s, 2 chapters"
    for name in ("a.wav", "b.flac"):
        exported(alone, name)
        assert (together / name).read_bytes() == (alone / name).read_bytes()


def test_several_files_and_tracks_are_mixed_once(tmp_path: Path) -> None:
    class Heard(NoiseMusic):
        frames = 0

        def read(self, start: int, count: int) -> NDArray[np.float32]:
            self.frames += count
            return super().read(start, count)

    music = Heard()
    want = ExportRequest((tmp_path / "a.wav", tmp_path / "b.wav"), tracks=tmp_path / "t")
    export(plan(), said(), want, music=music)
    assert music.frames == plan().timeline.length


@pytest.mark.parametrize("fails", ["made", "enter", "write", "close"])
def test_when_the_second_of_three_fails_the_others_are_whole_and_it_is_said_which(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        exporting, "open_sink", failing(fails, DiskError("b.wav: the disk is full.", "Room."))
    )
    found = exported(tmp_path, "a.wav", "b.wav", "c.flac")
    assert names(found) == ["a.wav", "c.flac"]
    assert [(failed.path.name, failed.error.message) for failed in found.failed] == [
        ("b.wav", "b.wav: the disk is full.")
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "c.flac"]
    monkeypatch.undo()
    alone = tmp_path / "alone"
    alone.mkdir()
    exported(alone, "a.wav", "c.flac")
    for name in ("a.wav", "c.flac"):
        assert (tmp_path / name).read_bytes() == (alone / name).read_bytes()


def failing(fails: str, error: BaseException) -> Callable[..., FileSink]:
    """A maker of sinks, of which those for ``b.wav`` fail at a step."""

    def made(path: Path, *, metadata: Metadata, force: bool) -> FileSink:
        if path.name != "b.wav":
            return open_sink(path, metadata=metadata, force=force)
        if fails == "made":
            raise error
        sink = open_sink(path, metadata=metadata, force=force)
        calls = 0

        def fail(*_: object) -> None:
            nonlocal calls
            calls += 1
            if calls == (3 if fails == "write" else 1):
                raise error

        setattr(sink, "_open" if fails == "enter" else fails, fail)
        return sink

    return made


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a mistake")])
@pytest.mark.parametrize("fails", ["write", "close"])
def test_by_ctrl_c_and_by_a_mistake_nothing_is_there(
    error: BaseException, fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "c.wav").write_bytes(b"mine")
    monkeypatch.setattr(exporting, "open_sink", failing(fails, error))
    with pytest.raises(type(error)):
        exported(tmp_path, "b.wav", "c.wav", tracks=tmp_path / "t", with_captions=True, force=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"c.wav": b"mine"}


def test_when_all_fail_nothing_is_mixed(tmp_path: Path) -> None:
    seen: list[int] = []
    want = ExportRequest((tmp_path / "no" / "a.wav", tmp_path / "no" / "b.flac"))
    found = export(plan(), said(), want, progress=lambda done, _: seen.append(done))
    assert (found.written, len(found.failed), seen) == ((), 2, [])


def test_the_words_are_beside_each_file_and_once_where_two_have_the_same(tmp_path: Path) -> None:
    found = exported(tmp_path, "a.wav", "a.flac", "b.wav", with_captions=True)
    assert names(found) == ["a.wav", "a.flac", "b.wav", "a.lrc", "a.vtt", "b.lrc", "b.vtt"]
    assert found.failed == ()
    assert (tmp_path / "a.lrc").read_text("utf-8") == lrc(said())
    assert (tmp_path / "b.vtt").read_text("utf-8") == vtt(said())
    assert found.written[3].contents == f"{len(said().captions)} lines"


def test_tracks_may_be_of_any_format_and_come_with_files(tmp_path: Path) -> None:
    found = exported(tmp_path, "a.wav", tracks=tmp_path / "t", track_format=Format.OPUS, with_captions=True)
    assert names(found) == ["a.wav", "a.lrc", "a.vtt", "t"]
    assert found.written[-1].contents == "1 min 14 s, 2 tracks"
    assert sorted(path.name for path in (tmp_path / "t").glob("02*")) == [
        "02 Curls.lrc",
        "02 Curls.opus",
        "02 Curls.vtt",
    ]


def test_progress_is_told_to_the_length(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    export(plan(), said(), ExportRequest((tmp_path / "a.wav",)), progress=lambda *now: seen.append(now))
    assert len(seen) == -(-said().length // 2**20)  # a block of about twenty seconds each
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {plan().timeline.length}


def test_without_a_name_it_is_a_wav_of_the_sheets_name_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export_request((), "knee").files == (Path("knee.wav"),)
    assert export_request((), "knee", tracks=tmp_path / "t") == ExportRequest((), tmp_path / "t")
    assert export_request((Path("b.mp3"), tmp_path), "knee").files == (Path("b.mp3"), tmp_path / "knee.wav")
    assert output_path(None, "knee", force=False) == Path("knee.wav")


def test_a_sheets_odd_name_becomes_one_that_every_system_takes(tmp_path: Path) -> None:
    assert output_path(tmp_path, "Knie: Übung 🏋️?", force=False) == tmp_path / "Knie - Übung 🏋️.wav"
    assert output_path(tmp_path, "x" * 300, force=False).name == "x" * 120 + ".wav"
    assert output_path(tmp_path, "nul", force=False).name == "nul_.wav"


@pytest.mark.parametrize(
    ("outs", "options", "words"),
    [
        (("a.aac",), {}, "cannot write"),
        (("a.wav", "b"), {}, "cannot write 'b'"),
        (("there.wav",), {}, "there already"),
        (("a.wav", "./a.wav"), {}, "asked for twice"),
        (("there.mp3",), {"with_captions": True}, "there.vtt is there already"),
        (("a.wav",), {"track_format": Format.MP3}, "--format is that of the tracks"),
        ((), {"tracks": Path()}, "not empty"),
        ((), {"tracks": Path("full"), "force": True}, "not coach's"),
        ((), {"tracks": Path("there.wav"), "force": True}, "no folder"),
        (("no/a.wav",), {}, "there is no folder no"),
        (("empty/a.wav",), {"tracks": Path("empty")}, "empty/a.wav would lie among the tracks"),
        ((), {"tracks": Path("no/t")}, "there is no folder no"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_spoken(
    outs: tuple[str, ...],
    options: dict[str, object],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("there.wav", "there.vtt"):
        Path(name).write_bytes(b"mine")
    Path("empty").mkdir()
    Path("full").mkdir()
    Path("full/mine.txt").write_bytes(b"mine")
    with pytest.raises(CoachError) as wrong:
        export_request([Path(out) for out in outs], "knee", **options)  # type: ignore[arg-type]
    assert words in wrong.value.message
    assert wrong.value.hint
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full", "there.vtt", "there.wav"]


def test_with_force_what_is_there_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    with pytest.raises(UsageError):
        export_request([path], "knee")
    export(plan(), said(), export_request([path], "knee", force=True))
    assert path.read_bytes()[:4] == b"RIFF"


def test_only_formats_with_covers_miss_one() -> None:
    assert not ExportRequest((Path("a.wav"),), tracks=Path("t")).shows_a_cover
    assert ExportRequest((Path("a.wav"), Path("a.mp3"))).shows_a_cover
    assert ExportRequest((), tracks=Path("t"), track_format=Format.FLAC).shows_a_cover


def test_the_date_is_today_or_the_one_that_is_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    def date() -> str:
        return metadata_of(plan(), language="", level="", with_cover=False).date

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86399")
    assert date() == "1970-01-01"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert date() == "1970-01-02"
    for nonsense in ("", "soon", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", nonsense)
        assert date() > "2026-01-01"


def test_what_a_file_says_is_what_the_sheet_says() -> None:
    assert (said().title, said().language, said().level) == ("Curls", "en-US", "gentle")
    assert [*caption_files([Path("a/knee.x.mp3")])] == [Path("a/knee.x.lrc"), Path("a/knee.x.vtt")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
@pytest.mark.parametrize("kind", ["pipe", "device"])
@pytest.mark.parametrize("force", [False, True])
def test_a_pipe_or_a_device_is_no_target_and_the_way_to_stream_is_told(
    kind: str, *, force: bool, tmp_path: Path
) -> None:
    target = tmp_path / "knee.wav"
    if kind == "pipe":
        os.mkfifo(target)
    else:
        target.symlink_to("/dev/null")
    with pytest.raises(UsageError, match=r"knee\.wav is a pipe or a device, no file") as refused:
        export_request((target,), "knee", force=force)
    assert refused.value.hint == "'-o -' writes a WAV stream to standard output"


def test_a_name_in_a_message_cannot_steer_a_terminal(tmp_path: Path) -> None:
    target = tmp_path / "\x1b[2Jknee.wav"
    target.touch()
    with pytest.raises(UsageError, match="is there already") as refused:
        export_request((target,), "knee")
    assert "\x1b" not in refused.value.message
