import errno
import os
import socket
import sys
from pathlib import Path

import pytest

from coach.regular_file import NotRegularFileError, read_regular_file

needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="no such file on Windows")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"Step up.\r\n\0")
    assert read_regular_file(tmp_path / "file", 11) == b"Step up.\r\n\0"


def test_a_longer_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1_001)
    with pytest.raises(OSError, match="longer than 1,000 bytes") as refused:
        read_regular_file(tmp_path / "file", 1_000)
    assert refused.value.errno == errno.EFBIG


@needs_unix
def test_a_pipe_a_socket_and_a_device_are_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path is short
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for path, kind in (
            (tmp_path / "pipe", "a pipe"),
            (Path("socket"), "a socket"),
            (Path("/dev/zero"), "a device"),
            (Path("/dev/stdin"), "(a pipe|a device|a socket)"),
        ):
            if path.name == "stdin" and path.resolve().is_file():
                continue
            with pytest.raises(NotRegularFileError, match=f"it is {kind}, not a file"):
                read_regular_file(path, 1_000)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="Is a directory"):
        read_regular_file(tmp_path, 1_000)


@pytest.mark.skipif(not Path("/proc/self/pagemap").exists(), reason="needs /proc")
def test_a_file_that_says_nothing_of_its_length_is_read_no_further_than_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, blocks = os.read, list[int]()

    def counted(descriptor: int, most: int) -> bytes:
        blocks.append(most)
        assert sum(blocks) < 1_000_000
        return read(descriptor, most)

    monkeypatch.setattr(os, "read", counted)
    with pytest.raises(OSError, match="longer than 1,000 bytes"):
        read_regular_file(Path("/proc/self/pagemap"), 1_000)
