"""Whatever happens to an export of tracks, its folder holds what was there before or all of the new ones."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from coach.errors import DiskError, UsageError
from coach.whole import WholeFolder


def foreign(there: Sequence[Path]) -> str:
    return next((path.name for path in there if path.suffix != ".track"), "")


def folder_of(path: Path, *, force: bool = False) -> WholeFolder:
    return WholeFolder(path, force=force, foreign=foreign)


def fill(folder: WholeFolder, *names: str, text: str = "new") -> None:
    for name in names:
        (folder.files / name).write_text(text)


def contents(path: Path) -> dict[str, str]:
    return {each.name: each.read_text() for each in path.iterdir()}


def test_a_folder_is_there_when_all_of_its_files_are(tmp_path: Path) -> None:
    target = tmp_path / "knee"
    with folder_of(target) as folder:
        fill(folder, "1.track", "2.track")
        assert not target.exists()
        folder.keep()
    assert contents(target) == {"1.track": "new", "2.track": "new"}
    assert list(tmp_path.iterdir()) == [target]


def test_leaving_without_keeping_leaves_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "knee")
    with pytest.raises(IsADirectoryError), folder:
        fill(folder, "1.track", ".")
    with folder_of(tmp_path / "knee") as folder:
        fill(folder, "1.track")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="not open"):
        _ = folder.files


def test_an_empty_folder_is_used_and_stays_the_one_it_is(tmp_path: Path) -> None:
    target = tmp_path / "card"
    target.mkdir(mode=0o700)
    (target / ".DS_Store").write_text("seen")
    before = target.stat()
    with folder_of(target) as folder:
        fill(folder, "1.track")
        assert folder.files.parent == target
        folder.keep()
    after = target.stat()
    assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)
    assert contents(target) == {"1.track": "new", ".DS_Store": "seen"}


def test_the_current_folder_can_be_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with folder_of(Path()) as folder:
        fill(folder, "1.track")
        folder.keep()
    assert [path.name for path in Path().iterdir()] == ["1.track"]


@pytest.mark.parametrize("force", [False, True])
def test_what_is_not_of_an_export_is_never_replaced(tmp_path: Path, *, force: bool) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError) as wrong, folder_of(tmp_path, force=force):
        pass
    assert ("thesis.doc" in wrong.value.message) == force
    assert ("--force" in wrong.value.hint) != force
    assert contents(tmp_path) == {"thesis.doc": "mine"}
    with pytest.raises(UsageError):
        folder_of(tmp_path, force=force).check()


def test_with_force_the_old_tracks_make_room(tmp_path: Path) -> None:
    target = tmp_path / "knee"
    target.mkdir()
    for name in ("1.track", "9.track"):
        (target / name).write_text("old")
    with folder_of(target, force=True) as folder:
        fill(folder, "1.track", "2.track")
        assert {path.name for path in target.iterdir() if path.is_file()} == {"1.track", "9.track"}
        folder.keep()
    assert contents(target) == {"1.track": "new", "2.track": "new"}


def test_what_comes_into_a_folder_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "knee"
    with folder_of(target) as folder:
        fill(folder, "1.track")
        target.mkdir()
        (target / "theirs.track").write_text("old")
        with pytest.raises(UsageError, match="not empty"):
            folder.keep()
    assert contents(target) == {"theirs.track": "old"}
    assert list(tmp_path.iterdir()) == [target]


def test_what_comes_into_a_folder_of_old_tracks_meanwhile_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "1.track").write_text("old")
    with folder_of(tmp_path, force=True) as folder:
        fill(folder, "1.track")
        (tmp_path / "thesis.doc").write_text("mine")
        with pytest.raises(UsageError, match=r"thesis\.doc"):
            folder.keep()
    assert contents(tmp_path) == {"1.track": "old", "thesis.doc": "mine"}


@pytest.mark.parametrize("fails_at", range(5))
def test_where_one_file_cannot_be_moved_all_that_was_there_is_there(
    fails_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "knee"
    target.mkdir()
    for name in ("1.track", "9.track"):
        (target / name).write_text("old")
    real = Path.rename
    count = 0

    def rename(self: Path, to: Path) -> Path:
        nonlocal count
        count += 1
        if count == fails_at + 1:
            raise OSError(5, "Input/output error")
        return real(self, to)

    with folder_of(target, force=True) as folder:
        fill(folder, "1.track", "2.track", "3.track")
        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(DiskError, match="Input/output error"):
            folder.keep()
    assert contents(target) == {"1.track": "old", "9.track": "old"}


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)
    with folder_of(link) as folder:
        fill(folder, "1.track")
        folder.keep()
    assert link.is_symlink()
    assert contents(real) == {"1.track": "new"}


def test_a_file_of_that_name_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "knee").write_text("mine")
    with pytest.raises(DiskError, match="is a file, no folder"), folder_of(tmp_path / "knee", force=True):
        pass
    with pytest.raises(DiskError, match="there is no folder"), folder_of(tmp_path / "a" / "b"):
        pass
    with pytest.raises(DiskError, match="too long"), folder_of(tmp_path / ("a" * 300)):
        pass
    assert contents(tmp_path) == {"knee": "mine"}


WRITER = """
import sys, time
from pathlib import Path
from coach.whole import WholeFolder
with WholeFolder(Path(sys.argv[1]), force=True, foreign=lambda there: "") as folder:
    (folder.files / "1.track").write_text("half")
    print(folder.files, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("is_there", [False, True])
def test_what_a_killed_export_leaves_is_swept_a_day_later_and_what_a_living_one_holds_is_not(
    tmp_path: Path, *, is_there: bool
) -> None:
    target = tmp_path / "knee"
    if is_there:
        target.mkdir()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        hidden = Path(writer.stdout.readline().strip())
        with folder_of(target):
            assert contents(hidden) == {"1.track": "half"}
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    assert hidden.is_dir()
    before_s = time.time() - 25 * 60 * 60
    os.utime(hidden, (before_s, before_s))
    with folder_of(target):
        assert hidden.is_dir()  # a file in it was written to since
    os.utime(hidden / "1.track", (before_s, before_s))
    with folder_of(target) as folder:
        assert not hidden.exists()
        fill(folder, "1.track")
        folder.keep()
    assert contents(target) == {"1.track": "new"}
    assert list(tmp_path.iterdir()) == [target]


def test_two_exports_into_one_name_leave_the_tracks_of_one(tmp_path: Path) -> None:
    target = tmp_path / "knee"
    with folder_of(target) as one, folder_of(target) as two:
        fill(one, "1.track", text="one")
        fill(two, "1.track", "2.track", text="two")
        one.keep()
        with pytest.raises(UsageError, match="not empty"):
            two.keep()
    assert contents(target) == {"1.track": "one"}
    assert list(tmp_path.iterdir()) == [target]
