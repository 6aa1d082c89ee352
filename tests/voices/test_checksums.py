"""Checksums of voice files, remembered for as long as the file stays as it is."""

import hashlib
import os
from pathlib import Path

import pytest

from coach.disk_cache import DiskCache
from coach.errors import DiskError
from coach.folders import clips_folder
from coach.voices.checksums import sha256_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "voice.onnx"
    path.write_bytes(b"model")
    return path


def without_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "file_digest", None)


def test_the_sum_is_that_of_the_bytes(file: Path, tmp_path: Path) -> None:
    assert sha256_of(file, cache=DiskCache(tmp_path / "cache")) == hashlib.sha256(b"model").hexdigest()


def test_a_file_that_stays_as_it_is_is_read_once(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(b"other")
    sums = [sha256_of(path, cache=DiskCache(tmp_path / "cache")) for path in (file, other)]
    without_reading(monkeypatch)
    assert [sha256_of(path, cache=DiskCache(tmp_path / "cache")) for path in (file, other)] == sums


@pytest.mark.parametrize("changed", [b"model 2", b"MODEL"])
def test_a_file_that_changed_is_read_again(file: Path, tmp_path: Path, changed: bytes) -> None:
    sha256_of(file, cache=DiskCache(tmp_path / "cache"))
    about = file.stat()
    file.write_bytes(changed)
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns + (len(changed) == 5)))
    assert sha256_of(file, cache=DiskCache(tmp_path / "cache")) == hashlib.sha256(changed).hexdigest()


@pytest.mark.parametrize("damaged", [b"", b"{", b"coachcl\n" + bytes(80)])
def test_a_damaged_cache_is_no_cache(file: Path, tmp_path: Path, damaged: bytes) -> None:
    sha256_of(file, cache=DiskCache(tmp_path / "cache"))
    (cached,) = (tmp_path / "cache").iterdir()
    cached.write_bytes(damaged)
    assert sha256_of(file, cache=DiskCache(tmp_path / "cache")) == hashlib.sha256(b"model").hexdigest()


def test_where_nothing_can_be_remembered_the_sum_is_found_all_the_same(file: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    assert (
        sha256_of(file, cache=DiskCache(tmp_path / "folder" / "cache"))
        == hashlib.sha256(b"model").hexdigest()
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "voice.onnx"]


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match=r"gone\.onnx cannot be read"):
        sha256_of(tmp_path / "gone.onnx", cache=DiskCache(tmp_path / "cache"))


def test_sums_are_cached_in_the_folder_of_clips(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256_of(file)
    without_reading(monkeypatch)
    assert sha256_of(file, cache=DiskCache(clips_folder())) == hashlib.sha256(b"model").hexdigest()
