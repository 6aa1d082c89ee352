import os
import struct
import subprocess
import sys
import textwrap
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.disk_cache import key
from coach.folders import clips_folder
from coach.session.timeline import Frames
from coach.sound.clip import Clip
from coach.voices.cache import ClipCache


def clip(length: int = 1_000, onset: int = 100, seed: int = 1) -> Clip:
    samples = np.random.default_rng(seed).integers(-32_768, 32_767, length, dtype=np.int16, endpoint=True)
    return Clip(samples, Frames(onset))


def same(one: Clip | None, other: Clip | None) -> bool:
    return (
        one is not None
        and other is not None
        and one.onset == other.onset
        and one.samples.tobytes() == other.samples.tobytes()
    )


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


KEY = key("a", 1)


@given(length=st.integers(1, 5_000), seed=st.integers(0, 99), data=st.data())
def test_a_clip_comes_back_as_it_was_kept(
    tmp_path_factory: pytest.TempPathFactory, length: int, seed: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("clips")
    kept = clip(length, data.draw(st.integers(0, length - 1)), seed)
    ClipCache(folder).put(KEY, kept)
    assert same(ClipCache(folder).get(KEY), kept)


@given(place=st.integers(0, 253), flip=st.integers(1, 255))
def test_a_file_with_one_byte_changed_is_never_trusted(
    tmp_path_factory: pytest.TempPathFactory, place: int, flip: int
) -> None:
    folder = tmp_path_factory.mktemp("clips")
    ClipCache(folder).put(KEY, clip(100))
    data = bytearray(only_file(folder).read_bytes())
    data[place] ^= flip
    only_file(folder).write_bytes(data)
    assert ClipCache(folder).get(KEY) is None


@pytest.mark.parametrize("length", [0, 1, 53, 54, 55, 253])
def test_a_torn_file_is_missing(tmp_path: Path, length: int) -> None:
    ClipCache(tmp_path).put(KEY, clip(100))
    os.truncate(only_file(tmp_path), length)
    assert ClipCache(tmp_path).get(KEY) is None


def test_a_file_with_something_after_its_samples_is_missing(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(KEY, clip())
    with only_file(tmp_path).open("ab") as file:
        file.write(b"\0\0")
    assert ClipCache(tmp_path).get(KEY) is None


def test_the_clip_of_another_prompt_under_this_ones_name_is_missing(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(key("other"), clip())
    only_file(tmp_path).rename(tmp_path / f"{KEY.hex()}.clip")
    assert ClipCache(tmp_path).get(KEY) is None


def test_a_damaged_file_is_replaced_by_the_next_clip(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(KEY, clip())
    only_file(tmp_path).write_bytes(b"not a clip")
    kept = ClipCache(tmp_path)
    assert kept.get(KEY) is None
    kept.put(KEY, clip(seed=2))
    assert same(ClipCache(tmp_path).get(KEY), clip(seed=2))


def test_a_folder_in_the_clips_place_is_no_clip_and_only_noted(tmp_path: Path) -> None:
    (tmp_path / f"{KEY.hex()}.clip").mkdir()
    kept = ClipCache(tmp_path)
    assert kept.get(KEY) is None
    kept.put(KEY, clip())
    assert "cannot be kept" in kept.note
    assert [path.suffix for path in tmp_path.iterdir()] == [".clip"]


def test_a_folder_that_cannot_be_is_noted_once_and_nothing_else_happens(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    kept = ClipCache(tmp_path / "file" / "clips")
    assert kept.note == ""
    kept.put(KEY, clip())
    note = kept.note
    assert str(tmp_path / "file") in note
    kept.put(KEY, clip())
    kept.tidy()
    assert kept.note == note
    assert kept.get(KEY) is None


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_folder_is_read_and_noted() -> None:
    """In a process without the rights of an administrator, for whom every folder can be written."""
    said = run(
        """
        import os, tempfile, numpy as np
        from pathlib import Path
        from coach.sound.clip import Clip
        from coach.disk_cache import key
        from coach.voices.cache import ClipCache
        folder = Path(tempfile.mkdtemp())
        ClipCache(folder).put(key("old"), Clip(np.ones(9, np.int16), 0))
        folder.chmod(0o555)
        if os.geteuid() == 0:
            for path in (folder, *folder.iterdir()):
                os.chown(path, 65534, 65534)
            os.seteuid(65534)
        kept = ClipCache(folder)
        found = kept.get(key("old"))
        kept.put(key("new"), Clip(np.ones(9, np.int16), 0))
        print(found is not None, "Permission denied" in kept.note, len(list(folder.iterdir())))
        """
    )
    assert said == "True True 1"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_full_disk_is_noted_and_leaves_no_torn_file(tmp_path: Path) -> None:
    said = run(
        """
        import resource, sys, numpy as np
        from pathlib import Path
        from coach.sound.clip import Clip
        from coach.disk_cache import key
        from coach.voices.cache import ClipCache
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        kept = ClipCache(Path(sys.argv[1]))
        kept.put(key("small"), Clip(np.ones(9, np.int16), 0))
        kept.put(key("large"), Clip(np.ones(90_000, np.int16), 0))
        print(kept.get(key("large")), len(list(Path(sys.argv[1]).iterdir())), kept.note)
        """,
        str(tmp_path),
    )
    assert said.startswith("None 1 Prompts cannot be kept")
    assert "too large" in said


def test_the_clips_not_used_for_longest_go_first(tmp_path: Path) -> None:
    kept = ClipCache(tmp_path, limit_bytes=10_000)
    for number in range(6):
        kept.put(key(number), clip(1_000, seed=number))
        path = tmp_path / f"{key(number).hex()}.clip"
        os.utime(path, (0, time.time() - 1_000_000 + number))
    ClipCache(tmp_path).get(key(0))  # used again
    kept.tidy()
    assert [number for number in range(6) if ClipCache(tmp_path).get(key(number))] == [0, 3, 4, 5]


def test_no_clip_goes_while_all_are_within_the_limit(tmp_path: Path) -> None:
    kept = ClipCache(tmp_path, limit_bytes=10_000)
    for number in range(4):
        kept.put(key(number), clip(1_000, seed=number))
    kept.tidy()
    assert len(list(tmp_path.iterdir())) == 4


def test_what_a_killed_writer_left_is_swept_and_what_another_writes_now_is_not(tmp_path: Path) -> None:
    (tmp_path / "old-1-ab.part").write_bytes(b"x")
    os.utime(tmp_path / "old-1-ab.part", (0, time.time() - 4_000))
    (tmp_path / "new-1-ab.part").write_bytes(b"x")
    (tmp_path / "somebody's.txt").write_text("")
    kept = ClipCache(tmp_path)
    kept.put(KEY, clip())
    kept.tidy()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{KEY.hex()}.clip",
        "new-1-ab.part",
        "somebody's.txt",
    ]


def test_reading_does_not_change_when_a_clip_was_used_today(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(KEY, clip())
    before = only_file(tmp_path).stat().st_mtime_ns
    ClipCache(tmp_path).get(KEY)
    assert only_file(tmp_path).stat().st_mtime_ns == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another owner")
@pytest.mark.parametrize("change", ["owner", "group may write", "others may write"])
def test_a_clip_that_another_user_may_have_written_is_not_trusted_and_that_is_told_once(
    tmp_path: Path, change: str
) -> None:
    cache = ClipCache(tmp_path)
    cache.put(KEY, clip())
    cache.put(key("b"), clip(seed=2))
    for path in tmp_path.iterdir():
        if change == "owner":
            os.chown(path, 65_534, 65_534)
        else:
            path.chmod(0o620 if "group" in change else 0o602)
    cache = ClipCache(tmp_path)
    assert cache.get(KEY) is None
    assert "belong to another user" in cache.note
    note = cache.note
    assert cache.get(key("b")) is None
    assert cache.note == note
    cache.put(KEY, clip(seed=3))
    assert same(ClipCache(tmp_path).get(KEY), clip(seed=3))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs another owner")
def test_clips_in_a_folder_of_another_user_are_trusted_if_they_are_ours(tmp_path: Path) -> None:
    ClipCache(tmp_path).put(KEY, clip())
    os.chown(tmp_path, 65_534, 65_534)
    cache = ClipCache(tmp_path)
    assert same(cache.get(KEY), clip())
    assert cache.note == ""


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_nobody_else_may_read_or_change_what_is_cached(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        ClipCache(tmp_path).put(KEY, clip())
    finally:
        os.umask(umask)
    assert only_file(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_clip_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f"{KEY.hex()}.clip", 0o600)
    cache = ClipCache(tmp_path)
    assert cache.get(KEY) is None
    cache.put(KEY, clip())
    assert same(cache.get(KEY), clip())


def test_a_clip_that_an_earlier_coach_wrote_is_read(tmp_path: Path) -> None:
    """The bytes of a file as versions before the common cache wrote them."""
    head = b"coachcl\n" + bytes([1, 0]) + KEY + struct.pack("<II", 1, 2)
    samples = struct.pack("<hh", 300, -300)
    checksum = zlib.crc32(samples, zlib.crc32(head))
    (tmp_path / f"{KEY.hex()}.clip").write_bytes(head + checksum.to_bytes(4, "little") + samples)
    assert same(ClipCache(tmp_path).get(KEY), Clip(np.array([300, -300], np.int16), Frames(1)))


@given(st.lists(st.text() | st.integers(), max_size=4), st.lists(st.text() | st.integers(), max_size=4))
def test_keys_are_equal_only_where_all_parts_are(one: list[str | int], other: list[str | int]) -> None:
    assert (key(*one) == key(*other)) == (list(map(str, one)) == list(map(str, other)))


def test_the_environment_says_where_clips_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COACH_CACHE_DIR", str(tmp_path))
    assert clips_folder() == tmp_path / "clips"
    assert ClipCache().folder == tmp_path / "clips"
    monkeypatch.delenv("COACH_CACHE_DIR")
    assert clips_folder().name == "clips"
    assert "coach" in clips_folder().parts
