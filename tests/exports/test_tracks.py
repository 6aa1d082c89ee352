"""A session in numbered files: joined they are the session, and all of them are there or none."""

import os
import re
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.errors import DiskError, UsageError
from coach.exports.file_sink import FileSink
from coach.exports.metadata import Metadata, session_metadata, track_metadata
from coach.exports.open_sink import open_sink
from coach.exports.tracks import COVER, TrackFolder, foreign, playlist, track_names
from coach.language.level import Level
from coach.session.compile import joined
from coach.session.timeline import RATE_HZ, Chapter, Frames
from coach.sound.render import render
from coach.whole import WholeFile
from tests.fakes import NOISE_TONES, NoiseClips, bundled_chapters

SESSION = joined("Strong knees", bundled_chapters("inner-knee", Level.GENTLE)[:3])
WHOLE = session_metadata(SESSION, level="gentle")
PARTS = track_metadata(SESSION, WHOLE)


@cache
def sound() -> NDArray[np.float32]:
    blocks = render(SESSION, NoiseClips(), NOISE_TONES)
    return np.concatenate([block.copy() for block in blocks])


def tracks(
    folder: Path, *, ending: str = ".wav", force: bool = False, with_captions: bool = False
) -> TrackFolder:
    return TrackFolder(
        folder,
        session=WHOLE,
        parts=PARTS,
        ending=ending,
        with_captions=with_captions,
        force=force,
    )


def fill(sink: FileSink, size: int = 100_000) -> None:
    for start in range(0, SESSION.length, size):
        sink.write(sound()[start : start + size], start)


def listed(folder: Path) -> list[tuple[int, str, Path]]:
    """What a player makes of the playlist in a folder: seconds, title, file."""
    (path,) = folder.glob("*.m3u8")
    head, *lines = path.read_text("utf-8").splitlines()
    assert head == "#EXTM3U"
    told = [line for line in lines if line.startswith("#EXTINF:")]
    files = [folder / line for line in lines if not line.startswith("#")]
    found = [re.fullmatch(r"#EXTINF:(\d+),(.*)", line) for line in told]
    return [(int(each[1]), each[2], file) for each, file in zip(found, files, strict=True) if each]


def samples(path: Path) -> NDArray[np.int16]:
    with wave.open(str(path)) as reader:
        return np.frombuffer(reader.readframes(reader.getnframes()), "<i2")


@pytest.mark.parametrize("ending", [".wav", ".flac"])
def test_the_tracks_joined_are_the_single_file_to_the_sample(ending: str, tmp_path: Path) -> None:
    with open_sink(tmp_path / f"whole{ending}", metadata=WHOLE, force=False) as sink:
        fill(sink)
    with tracks(tmp_path / "knee", ending=ending) as sink:
        fill(sink, 77_777)
    whole, _ = soundfile.read(tmp_path / f"whole{ending}", dtype="int16")
    parts = [soundfile.read(file, dtype="int16")[0] for _, _, file in listed(tmp_path / "knee")]
    assert [len(part) for part in parts] == [part.length for part in PARTS]
    assert np.array_equal(np.concatenate(parts), whole)
    assert len(whole) == SESSION.length


def test_a_player_finds_every_part_in_order_with_its_true_length(tmp_path: Path) -> None:
    with tracks(tmp_path / "knee") as sink:
        fill(sink)
    found = listed(tmp_path / "knee")
    assert [title for _, title, _ in found] == [chapter.title for chapter in SESSION.chapters]
    for seconds, _, file in found:
        assert abs(seconds - len(samples(file)) / RATE_HZ) <= 0.5
        assert file.parent == tmp_path / "knee"
    files = [file.name for _, _, file in found]
    assert files == sorted(files)
    assert files[0] == "01 Before we start.wav"
    assert {path.name for path in (tmp_path / "knee").iterdir()} == {*files, "Strong knees.m3u8"}


def test_a_track_says_what_it_is_and_of_what(tmp_path: Path) -> None:
    with tracks(tmp_path / "knee", ending=".flac") as sink:
        fill(sink)
    with soundfile.SoundFile(tmp_path / "knee" / "02 Warm-up walk.flac") as reader:
        assert (reader.title, reader.album, reader.tracknumber) == ("Warm-up walk", "Strong knees", "2")


def test_the_words_of_each_track_are_beside_it(tmp_path: Path) -> None:
    with tracks(tmp_path / "knee", with_captions=True) as sink:
        fill(sink)
    names = sorted(path.name for path in (tmp_path / "knee").iterdir())
    assert [name for name in names if name.startswith("02")] == [
        "02 Warm-up walk.lrc",
        "02 Warm-up walk.vtt",
        "02 Warm-up walk.wav",
    ]
    assert "[ti:Warm-up walk]" in (tmp_path / "knee" / "02 Warm-up walk.lrc").read_text("utf-8")


def test_a_cover_lies_in_the_folder_for_players_that_look_there(tmp_path: Path) -> None:
    part = Metadata(title="x", length=Frames(10))
    session = replace(part, cover=b"picture")
    with TrackFolder(tmp_path / "x", session=session, parts=[part], ending=".wav") as sink:
        sink.write(np.zeros((10, 1), np.float32))
    assert (tmp_path / "x" / COVER).read_bytes() == b"picture"


def test_a_disk_that_fills_up_in_the_middle_leaves_nothing_and_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = WholeFile.write

    def until_full(self: WholeFile, data: bytes | memoryview) -> None:
        if self.path.name.startswith("02"):
            raise DiskError(f"{self.path} cannot be written: the disk is full.", "Make room.")
        write(self, data)

    monkeypatch.setattr(WholeFile, "write", until_full)
    with pytest.raises(DiskError) as full, tracks(tmp_path / "knee") as sink:
        fill(sink)
    named = tmp_path / "knee" / "02 Warm-up walk.wav"
    assert full.value.message == f"{named} cannot be written: the disk is full."
    assert list(tmp_path.iterdir()) == []


def test_leaving_by_an_exception_leaves_nothing(tmp_path: Path) -> None:
    sink = tracks(tmp_path / "knee")
    with pytest.raises(KeyboardInterrupt), sink:
        interrupted(sink)
    assert list(tmp_path.iterdir()) == []


def interrupted(sink: FileSink) -> None:
    sink.write(sound()[:200_000])
    raise KeyboardInterrupt


def test_an_earlier_export_is_replaced_with_force_only_and_all_of_it(tmp_path: Path) -> None:
    with tracks(tmp_path / "knee", with_captions=True, ending=".flac") as sink:
        fill(sink)
    before = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "knee").iterdir()}
    with pytest.raises(UsageError, match="not empty"), tracks(tmp_path / "knee"):
        pass
    assert {path.name: path.stat().st_mtime_ns for path in (tmp_path / "knee").iterdir()} == before
    with tracks(tmp_path / "knee", force=True) as sink:
        fill(sink)
    assert {path.suffix for path in (tmp_path / "knee").iterdir()} == {".wav", ".m3u8"}


def test_a_folder_of_ones_own_music_is_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "Music"
    folder.mkdir()
    (folder / "song.mp3").write_bytes(b"mine")
    (folder / "all.m3u8").write_text("#EXTM3U\nsong.mp3\n")
    with pytest.raises(UsageError, match="not coach's"), tracks(folder, force=True):
        pass
    assert sorted(path.name for path in folder.iterdir()) == ["all.m3u8", "song.mp3"]


def test_something_of_ones_own_among_the_tracks_keeps_them_from_being_replaced(tmp_path: Path) -> None:
    with tracks(tmp_path / "knee") as sink:
        fill(sink)
    folder = tmp_path / "knee"
    assert foreign(list(folder.iterdir())) == ""
    (folder / "notes.txt").write_text("mine")
    assert foreign(list(folder.iterdir())) == "notes.txt"
    (folder / "notes.txt").unlink()
    (folder / "01 Before we start.wav").unlink()
    (folder / "01 Before we start.wav").mkdir()
    assert foreign(list(folder.iterdir())) == "01 Before we start.wav"
    assert foreign([tmp_path / COVER]) == COVER


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="file names there are in Unicode")
def test_a_title_that_file_names_cannot_have_is_an_error_before_anything_is_there(tmp_path: Path) -> None:
    enter = (
        "import sys; from pathlib import Path; from coach.exports.metadata import Metadata; "
        "from coach.exports.tracks import TrackFolder; from coach.errors import UsageError\n"
        "about = Metadata(title='\\u819d', length=1, track=1)\n"
        "try: TrackFolder(Path('x'), session=about, parts=[about], ending='.wav').__enter__()\n"
        "except UsageError as error: print(error.message, '=', error.hint, file=sys.stderr)"
    )
    ascii_names = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", enter],
        env=os.environ | ascii_names,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "file names of this system are in ascii, which cannot write" in done.stderr
    assert "LC_ALL=C.UTF-8 coach export" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [-1, 1])
def test_frames_too_many_or_too_few_are_a_mistake(missing: int, tmp_path: Path) -> None:
    metadata = Metadata(title="x", length=Frames(10))
    sink = TrackFolder(tmp_path / "x", session=metadata, parts=[metadata], ending=".wav")
    block = np.zeros((10 - missing, 1), np.float32)
    with pytest.raises(ValueError, match="frames were written of 10"), sink:
        sink.write(block)
    assert list(tmp_path.iterdir()) == []


def test_a_block_follows_the_last(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not follow"), tracks(tmp_path / "x") as sink:
        sink.write(sound()[:100], 1)


titles = st.lists(st.text(max_size=150), min_size=1, max_size=12)


def parts(names: Sequence[str]) -> list[Metadata]:
    length = Frames(RATE_HZ)
    return [
        Metadata(
            title=name,
            length=length,
            track=i + 1,
            tracks=len(names),
            chapters=(Chapter(Frames(0), name),),
        )
        for i, name in enumerate(names)
    ]


@given(titles)
def test_any_titles_give_files_in_order_and_a_list_with_a_line_for_each(names: list[str]) -> None:
    own = parts(names)
    files = [f"{stem}.mp3" for stem in track_names(own)]
    assert files == sorted(files)
    assert len({file.casefold() for file in files}) == len(names)
    text = playlist(Metadata(title=names[0], length=Frames(1)), own, files)
    lines = text.splitlines()
    assert [line for line in lines if not line.startswith("#")] == files
    assert len([line for line in lines if line.startswith("#EXTINF:1,")]) == len(names)
    assert not any("/" in file or "\\" in file for file in files)


def test_a_hundred_parts_still_sort_as_they_are_played() -> None:
    names = track_names(parts(["Squats"] * 120))
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("001 Squats", "120 Squats")
