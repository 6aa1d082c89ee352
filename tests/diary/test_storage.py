"""What coach remembers is not lost: not by damage, not by a full disk, not by two coaches, not by a kill."""

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from coach.diary import storage as remembering
from coach.diary.entries import Done, Entry, Page, as_line, read_page
from coach.diary.storage import Diary, KeptPlace
from coach.errors import DiskError
from coach.folders import data_folder
from coach.language.level import Level

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes, locks and signals of POSIX")
ONE = Entry(
    datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
    "inner-knee",
    "Strong knees",
    Level.STANDARD,
    47.5,
    True,
    (Done("Step-ups", Level.STANDARD, 4, 4, 40, 40, 7.0),),
)
TWO = replace(ONE, started=ONE.started + timedelta(days=2), is_finished=False, soreness=3)
THREE = replace(ONE, started=ONE.started + timedelta(days=4))


@pytest.fixture
def diary(tmp_path: Path) -> Diary:
    return Diary(tmp_path / "data")


@pytest.fixture
def place(tmp_path: Path) -> KeptPlace:
    return KeptPlace(tmp_path / "data")


def written(*entries: Entry) -> bytes:
    return Page(tuple(as_line(entry) for entry in entries)).as_bytes


def put(diary: Diary, content: bytes) -> None:
    diary.folder.mkdir(exist_ok=True)
    diary.path.write_bytes(content)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def _on_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembering, "_today", lambda: "2026-11-23")


@pytest.fixture
def bound_by_modes() -> Iterator[None]:
    """Be somebody whom the modes of files bind."""
    someone = os.geteuid()
    if someone == 0:
        os.seteuid(65_534)
    yield
    os.seteuid(someone)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder in which anybody may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
        folder.chmod(0o777)


# Where


def test_the_folder_is_the_one_that_is_named_or_else_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path))
    assert data_folder() == tmp_path
    assert Diary().path == tmp_path / "diary.jsonl"
    assert KeptPlace().path == tmp_path / "place.json"
    monkeypatch.delenv("COACH_DATA_DIR")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder().name == "coach"
    if sys.platform == "linux":
        assert data_folder() == tmp_path / "xdg" / "coach"


# The diary


def test_a_session_is_written_and_read_again(diary: Diary) -> None:
    assert diary.entries() == ()
    diary.add(ONE)
    diary.add(TWO)
    assert diary.entries() == (ONE, TWO)
    assert diary.path.read_bytes() == written(ONE, TWO)
    assert diary.note == ""


def test_looking_at_a_diary_that_is_not_there_makes_nothing(diary: Diary) -> None:
    assert diary.entries() == ()
    assert diary.note == ""
    assert not diary.folder.exists()


@POSIX
def test_the_folder_is_its_users_alone(diary: Diary) -> None:
    diary.add(ONE)
    assert stat.S_IMODE(diary.folder.stat().st_mode) == 0o700


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@POSIX
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_every_file_is_its_users_alone_whatever_the_folder_and_the_umask(diary: Diary, mask: int) -> None:
    diary.folder.mkdir()
    diary.folder.chmod(0o777)
    usual = os.umask(mask)
    try:
        diary.add(ONE)
        place = KeptPlace(diary.folder)
        place.write({"rep": 1})
        assert place.flush()
        put(diary, DAMAGED)
        diary.add(TWO)
    finally:
        os.umask(usual)
    aside = "diary.damaged-2026-11-23.jsonl"
    assert modes(diary.folder) == dict.fromkeys([aside, "diary.jsonl", "diary.lock", "place.json"], 0o600)


@POSIX
def test_files_that_others_could_read_are_its_users_alone_once_they_are_read(diary: Diary) -> None:
    put(diary, written(ONE))
    place = KeptPlace(diary.folder)
    place.path.write_bytes(b"{}")
    (diary.folder / "diary.lock").touch()
    for path in diary.folder.iterdir():
        path.chmod(0o666)
    assert diary.entries() == (ONE,)
    assert place.read() == {}
    diary.path.chmod(0o644)
    diary.add(TWO)
    assert modes(diary.folder) == dict.fromkeys(["diary.jsonl", "diary.lock", "place.json"], 0o600)


@POSIX
@pytest.mark.parametrize("make", [os.mkfifo, partial(os.symlink, "/dev/zero")])
@pytest.mark.parametrize("name", ["place.json", "diary.jsonl", "diary.lock"])
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_not_waited_for(
    diary: Diary, name: str, make: Callable[[Path], None]
) -> None:
    diary.folder.mkdir()
    place = KeptPlace(diary.folder)
    make(diary.folder / name)
    assert place.read() is None
    assert diary.entries() == ()
    if not (diary.folder / name).exists():  # reading has put it aside
        make(diary.folder / name)
    place.write({"rep": 1})
    assert place.flush()
    diary.add(ONE)
    assert place.read() == {"rep": 1}
    assert diary.entries() == (ONE,)


@POSIX
def test_nothing_is_left_beside_the_diary_but_its_lock(diary: Diary) -> None:
    diary.add(ONE)
    diary.add(TWO)
    assert names(diary.folder) == ["diary.jsonl", "diary.lock"]


def test_a_number_can_be_put_into_the_session_that_was_just_written(diary: Diary) -> None:
    diary.add(ONE)
    diary.add(THREE)
    diary.amend(THREE, replace(THREE, soreness=2))
    assert diary.entries() == (ONE, replace(THREE, soreness=2))


def test_another_session_that_was_written_meanwhile_is_not_the_one_that_is_amended(diary: Diary) -> None:
    diary.add(ONE)
    Diary(diary.folder).add(TWO)
    diary.amend(ONE, replace(ONE, soreness=2))
    assert diary.entries() == (replace(ONE, soreness=2), TWO)


def test_of_two_equal_sessions_the_later_is_amended(diary: Diary) -> None:
    diary.add(ONE)
    diary.add(ONE)
    diary.amend(ONE, replace(ONE, soreness=2))
    assert diary.entries() == (ONE, replace(ONE, soreness=2))


def test_amending_what_somebody_deleted_meanwhile_adds_it(diary: Diary) -> None:
    diary.add(ONE)
    diary.path.unlink()
    diary.amend(ONE, replace(ONE, soreness=2))
    assert diary.entries() == (replace(ONE, soreness=2),)


def test_what_another_hand_wrote_into_a_line_stays_as_it_is(diary: Diary) -> None:
    mine = as_line(ONE).raw.replace(b": ", b":").replace(b"{", b'{"weather": "rain", ', 1)
    put(diary, b"\xef\xbb\xbf" + mine + b"\r\n\r\n" + as_line(TWO).raw)
    diary.add(THREE)
    assert diary.path.read_bytes() == mine + b"\n" + written(TWO, THREE)
    assert diary.note == ""
    diary.amend(ONE, replace(ONE, soreness=2))
    assert json.loads(diary.path.read_bytes().split(b"\n")[0])["weather"] == "rain"


@POSIX
def test_a_session_is_on_the_medium_when_it_is_written(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    diary.add(ONE)
    assert synced == ["file", "folder"]


# Damage

CUT = as_line(TWO).raw[:-20]
DAMAGED = written(ONE) + CUT + b"\n" + written(THREE) + bytes(64)


def test_reading_a_damaged_diary_gives_what_can_be_read_and_changes_nothing(diary: Diary) -> None:
    put(diary, DAMAGED)
    assert diary.entries() == (ONE, THREE)
    assert diary.path.read_bytes() == DAMAGED
    assert names(diary.folder) == ["diary.jsonl"]
    assert diary.note == (
        f"{diary.path} is damaged: line 2 is cut off or is no JSON, and 1 more. "
        "What can be read is used; nothing was changed."
    )


def test_a_damaged_diary_is_put_aside_before_the_first_writing(diary: Diary) -> None:
    put(diary, DAMAGED)
    diary.add(TWO)
    assert diary.path.read_bytes() == written(ONE, THREE, TWO)
    aside = diary.path.with_name("diary.damaged-2026-11-23.jsonl")
    assert aside.read_bytes() == DAMAGED
    said = (
        f"{diary.path} was damaged: line 2 is cut off or is no JSON, and 1 more. "
        "It is kept as diary.damaged-2026-11-23.jsonl; 2 sessions could be read in it."
    )
    assert diary.note == said
    diary.amend(TWO, replace(TWO, soreness=5))
    assert diary.note == said
    assert names(diary.folder) == ["diary.damaged-2026-11-23.jsonl", "diary.jsonl", "diary.lock"]


def test_each_damaged_diary_of_a_day_is_kept_under_a_name_of_its_own(diary: Diary) -> None:
    contents = [written(ONE) + CUT + str(i).encode() for i in range(3)]
    for content in contents:
        put(diary, content)
        diary.add(TWO)
    kept = ["diary.damaged-2026-11-23.jsonl", *(f"diary.damaged-2026-11-23-{i}.jsonl" for i in (2, 3))]
    assert [(diary.folder / name).read_bytes() for name in kept] == contents


def test_a_folder_in_the_place_of_the_diary_is_put_aside_with_all_that_is_in_it(diary: Diary) -> None:
    diary.path.mkdir(parents=True)
    (diary.path / "x").write_bytes(b"mine")
    assert diary.entries() == ()
    assert "it is a folder" in diary.note
    diary.add(ONE)
    assert diary.entries() == (ONE,)
    assert (diary.folder / "diary.damaged-2026-11-23.jsonl" / "x").read_bytes() == b"mine"


@POSIX
def test_a_pipe_in_the_place_of_the_diary_is_not_waited_for(diary: Diary) -> None:
    diary.folder.mkdir()
    os.mkfifo(diary.path)
    assert diary.entries() == ()
    assert "it is a pipe" in diary.note
    diary.add(ONE)
    assert diary.entries() == (ONE,)


@POSIX
def test_a_link_to_itself_in_the_place_of_the_diary_is_put_aside(diary: Diary) -> None:
    diary.folder.mkdir()
    diary.path.symlink_to("diary.jsonl")
    assert diary.entries() == ()
    diary.add(ONE)
    assert diary.entries() == (ONE,)


@POSIX
def test_a_diary_that_lies_elsewhere_stays_there_also_when_it_is_damaged(
    diary: Diary, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "shared" / "mine.jsonl"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(DAMAGED)
    diary.folder.mkdir()
    diary.path.symlink_to(elsewhere)
    diary.add(TWO)
    assert elsewhere.read_bytes() == written(ONE, THREE, TWO)
    assert (diary.folder / "diary.damaged-2026-11-23.jsonl").read_bytes() == DAMAGED


@POSIX
@pytest.mark.usefixtures("bound_by_modes")
def test_a_diary_that_may_not_be_read_is_put_aside(open_folder: Path) -> None:
    diary = Diary(open_folder)
    diary.add(ONE)
    diary.path.chmod(0)
    assert diary.entries() == ()
    assert "Permission denied" in diary.note
    diary.add(TWO)
    assert diary.entries() == (TWO,)
    aside = open_folder / "diary.damaged-2026-11-23.jsonl"
    aside.chmod(0o600)
    assert aside.read_bytes() == written(ONE)


def test_if_a_damaged_diary_cannot_be_kept_it_is_not_overwritten(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(diary, DAMAGED)

    def full(*_: object, **__: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(remembering, "_put_aside", full)
    with pytest.raises(DiskError, match="the disk is full"):
        diary.add(TWO)
    assert diary.path.read_bytes() == DAMAGED


def test_whoever_is_stopped_between_keeping_and_writing_has_lost_nothing(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(diary, DAMAGED)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(remembering, "_write_durably", stopped)
        with pytest.raises(KeyboardInterrupt):
            diary.add(TWO)
    assert diary.path.read_bytes() == DAMAGED
    diary.add(TWO)
    assert diary.entries() == (ONE, THREE, TWO)


# A disk that takes nothing


@POSIX
@pytest.mark.usefixtures("bound_by_modes")
def test_a_folder_that_may_not_be_written_to_is_told_with_what_to_do(open_folder: Path) -> None:
    diary = Diary(open_folder)
    diary.add(ONE)
    (open_folder / "diary.lock").unlink()
    open_folder.chmod(0o555)
    with pytest.raises(DiskError, match="the system does not allow it") as caught:
        diary.add(TWO)
    assert "COACH_DATA_DIR" in caught.value.hint
    assert diary.entries() == (ONE,)


@POSIX
@pytest.mark.usefixtures("bound_by_modes")
def test_a_lock_that_belongs_to_somebody_else_is_a_lock_all_the_same(open_folder: Path) -> None:
    diary = Diary(open_folder)
    diary.add(ONE)
    (open_folder / "diary.lock").chmod(0o444)
    diary.add(TWO)
    assert diary.entries() == (ONE, TWO)


@pytest.mark.parametrize("where", ["file", "file/data"])
def test_a_file_in_the_place_of_a_folder_is_told_with_what_to_do(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    diary = Diary(tmp_path / where)
    assert diary.entries() == ()
    assert diary.note == ""
    with pytest.raises(DiskError, match="folder") as caught:
        diary.add(ONE)
    assert "COACH_DATA_DIR" in caught.value.hint


ON_A_DISK = """
    import sys
    from pathlib import Path
    from coach.diary.entries import read_page
    from coach.errors import DiskError
    from coach.diary.storage import Diary, KeptPlace
    folder = Path(sys.argv[1])
    diary = Diary(folder)
    (entry,) = read_page(Path(sys.argv[2]).read_bytes()).entries
    before = diary.path.read_bytes()
    try:
        diary.add(entry)
    except DiskError as error:
        print(error.message)
        print(error.hint)
    place = KeptPlace(folder)
    place.write({"rep": 7, "text": "x" * 20_000})
    print(place.flush())
    print(place.note)
    print(diary.path.read_bytes() == before, sorted(path.name for path in folder.iterdir()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts in a namespace of one's own are Linux")
@pytest.mark.parametrize(
    ("options", "said"), [("rw", "the disk is full"), ("ro", "the disk can only be read")]
)
def test_a_disk_that_takes_nothing_leaves_the_diary_as_it_was(
    tmp_path: Path, options: str, said: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "before").write_bytes(written(ONE) * 12)
    (tmp_path / "entry").write_bytes(written(TWO))
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(ON_A_DISK))
    script = (
        f"mount -t tmpfs -o size=20k none {disk} && cp {tmp_path}/before {disk}/diary.jsonl && "
        f"touch {disk}/diary.lock && {{ cat /dev/zero > {disk}/full 2>/dev/null; "
        f"mount -o remount,{options} {disk}; }} || exit 99; "
        f"{sys.executable} {program} {disk} {tmp_path}/entry"
    )
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if result.returncode in {1, 99} and "Traceback" not in result.stderr:
        pytest.skip(f"no mounts here: {result.stderr}")
    assert result.stderr == ""
    message, hint, flushed, note, left = result.stdout.splitlines()
    assert said in message
    assert "COACH_DATA_DIR" in hint
    assert flushed == "False"
    assert said in note
    assert left == "True ['diary.jsonl', 'diary.lock', 'full']"


# Two coaches

ADDING = """
    import sys
    from dataclasses import replace
    from pathlib import Path
    from coach.diary.entries import read_page
    from coach.diary.storage import Diary
    folder, entry, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    (entry,) = read_page(entry.read_bytes()).entries
    diary = Diary(folder)
    print("ready", flush=True)
    sys.stdin.readline()
    for i in range(8):
        one = replace(entry, title=f"{name} {i}")
        diary.add(one)
        diary.amend(one, replace(one, soreness=i))
"""


def test_of_coaches_that_write_at_once_none_loses_a_session(diary: Diary, tmp_path: Path) -> None:
    put(diary, written(ONE))
    (tmp_path / "entry").write_bytes(written(TWO))
    command = [sys.executable, "-c", textwrap.dedent(ADDING), str(diary.folder), str(tmp_path / "entry")]
    processes = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in "abc"
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    first, *others = diary.entries()
    assert first == ONE
    assert sorted((each.title, each.soreness) for each in others) == [
        (f"{name} {i}", i) for name in "abc" for i in range(8)
    ]
    assert diary.note == ""


@POSIX
def test_a_coach_that_holds_the_diary_for_ever_is_not_waited_for_for_ever(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "LOCK_WAIT_S", 0.1)
    diary.add(ONE)
    with (
        remembering._locked(diary.folder / "diary.lock"),
        pytest.raises(DiskError, match="another coach") as caught,
    ):
        diary.add(TWO)
    assert "Close the other coach" in caught.value.hint
    diary.add(TWO)
    assert diary.entries() == (ONE, TWO)


@POSIX
def test_a_file_system_without_locks_takes_a_session_too(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", without)
    diary.add(ONE)
    assert diary.entries() == (ONE,)


# The place


def test_a_place_is_kept_until_it_is_cleared(place: KeptPlace) -> None:
    assert place.read() is None
    place.write({"chapter": 3, "title": "膝\udc80", "rep": 7})
    assert place.flush()
    assert KeptPlace(place.folder).read() == {"chapter": 3, "title": "膝\udc80", "rep": 7}
    place.write({"chapter": 4})
    assert place.read() == {"chapter": 4}
    assert names(place.folder) == ["place.json"]
    assert place.clear()
    assert place.read() is None
    assert names(place.folder) == []
    assert place.clear()
    assert place.note == ""


def test_looking_for_a_place_makes_nothing(place: KeptPlace) -> None:
    assert place.read() is None
    assert place.clear()
    assert not place.folder.exists()


def test_a_place_is_what_it_was_when_it_was_written(place: KeptPlace) -> None:
    value = {"rep": 7}
    place.write(value)
    value["rep"] = 8
    assert place.read() == {"rep": 7}


@pytest.mark.parametrize("value", [{"at": float("nan")}, {"at": {1, 2}}])
def test_what_is_no_json_is_refused_where_it_is_written(place: KeptPlace, value: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)):
        place.write(value)
    assert place.read() is None


def test_writing_a_place_does_not_wait_for_the_disk_and_only_the_newest_is_written(
    place: KeptPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    begun = threading.Event()
    put_down: list[bytes] = []
    write = remembering._write_durably

    def slowly(path: Path, data: bytes) -> None:
        put_down.append(data)
        begun.set()
        assert goes_on.wait(10)
        write(path, data)

    monkeypatch.setattr(remembering, "_write_durably", slowly)
    place.write({"rep": 0})
    assert begun.wait(10)
    for i in range(1, 1001):
        place.write({"rep": i})  # would wait for ever, if it did
    assert not place.flush(timeout_s=0.01)
    goes_on.set()
    assert place.flush()
    assert put_down == [b'{"rep": 0}\n', b'{"rep": 1000}\n']
    assert place.read() == {"rep": 1000}


def test_what_is_written_after_clearing_is_there_and_what_was_before_is_not(place: KeptPlace) -> None:
    place.write({"rep": 1})
    place.clear()
    place.write({"rep": 2})
    assert place.read() == {"rep": 2}
    for i in range(50):
        place.write({"rep": i})
    assert place.clear()
    assert not place.path.exists()


@pytest.mark.parametrize("content", [b"", b'{"rep": ', b"[7]", bytes(100), b"\xff{}", b"[" * 100_000])
def test_a_damaged_place_is_put_aside_and_counts_as_none(place: KeptPlace, content: bytes) -> None:
    place.folder.mkdir()
    place.path.write_bytes(content)
    assert place.read() is None
    assert f"{place.path} is damaged: " in place.note
    assert "It is kept as place.damaged-2026-11-23.json." in place.note
    assert names(place.folder) == ["place.damaged-2026-11-23.json"]
    assert (place.folder / "place.damaged-2026-11-23.json").read_bytes() == content
    place.write({"rep": 1})
    assert place.read() == {"rep": 1}


def test_a_folder_in_its_place_is_put_aside_also_by_writing(place: KeptPlace) -> None:
    place.path.mkdir(parents=True)
    place.write({"rep": 1})
    assert place.flush()
    assert place.read() == {"rep": 1}
    place.path.unlink()
    place.path.mkdir()
    assert place.read() is None
    assert "it is a folder" in place.note
    assert names(place.folder) == ["place.damaged-2026-11-23-2.json", "place.damaged-2026-11-23.json"]


@POSIX
@pytest.mark.usefixtures("bound_by_modes")
def test_a_disk_that_refuses_the_place_is_noted_and_tried_again(open_folder: Path) -> None:
    place = KeptPlace(open_folder)
    place.write({"rep": 1})
    assert place.flush()
    open_folder.chmod(0o555)
    place.write({"rep": 2})
    assert not place.flush()
    assert "the system does not allow it" in place.note
    assert not place.clear()
    assert place.read() == {"rep": 1}
    open_folder.chmod(0o777)
    place.write({"rep": 3})
    assert place.flush()
    assert place.note == ""
    assert place.read() == {"rep": 3}


@POSIX
@pytest.mark.usefixtures("bound_by_modes")
def test_a_damaged_place_that_cannot_be_put_aside_stays_and_counts_as_none(open_folder: Path) -> None:
    place = KeptPlace(open_folder)
    place.path.write_bytes(b"{")
    open_folder.chmod(0o555)
    assert place.read() is None
    assert "It stays there: Permission denied." in place.note
    assert place.path.read_bytes() == b"{"


def test_a_file_in_the_place_of_the_folder_is_noted(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"mine")
    place = KeptPlace(tmp_path / "data")
    place.write({"rep": 1})
    assert not place.flush()
    assert "is no folder" in place.note
    assert place.read() is None


# Kills

WRITING = """
    import sys
    from pathlib import Path
    from coach.diary.storage import KeptPlace
    place = KeptPlace(Path(sys.argv[1]))
    each = int(sys.argv[2])
    i = int(sys.argv[3])
    while True:
        i += 1
        place.write({"rep": i, "text": "x" * 3000, "again": i})
        if i % each == 0:
            assert place.flush()
            print(i, flush=True)
"""


def killed_after(wait_s: float, folder: Path, each: int, first: int) -> int:
    """Kill one who writes, and give the last number that it was told is durable."""
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(folder), str(each), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
    return int([line for line in told if line.endswith("\n")][-1])


@POSIX
@pytest.mark.parametrize("each", [1, 50])
def test_whoever_is_killed_while_writing_leaves_a_whole_place_that_is_at_most_one_write_old(
    place: KeptPlace, each: int
) -> None:
    chance = random.Random(each)
    told = 0
    for _ in range(8):
        told = killed_after(chance.uniform(0, 0.06), place.folder, each, told)
        found = json.loads(place.path.read_bytes())
        assert found["again"] == found["rep"]
        assert len(found["text"]) == 3000
        # The line may have been on its way when the kill came: then the file knows more than was told.
        assert told <= found["rep"] <= told + each
        told = found["rep"]
    assert place.read() == found
    assert place.note == ""
    for left in place.folder.glob(".coach-*"):
        os.utime(left, (0, 0))
    place.write({})
    assert place.flush()
    assert names(place.folder) == ["place.json"]


@POSIX
def test_two_coaches_that_write_at_once_leave_a_whole_place(place: KeptPlace) -> None:
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(place.folder), "1", "0"]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in "ab"
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "1\n"
        seen = set()
        for _ in range(200):
            found = json.loads(place.path.read_bytes())
            assert found["again"] == found["rep"]
            seen.add(found["rep"])
        assert seen
    finally:
        for process in processes:
            process.kill()
            assert "Error" not in process.communicate()[1]


ADDING_FOR_EVER = """
    import sys
    from dataclasses import replace
    from pathlib import Path
    from coach.diary.entries import read_page
    from coach.diary.storage import Diary
    (entry,) = read_page(Path(sys.argv[2]).read_bytes()).entries
    diary = Diary(Path(sys.argv[1]))
    i = int(sys.argv[3])
    while True:
        i += 1
        diary.add(replace(entry, title=str(i)))
        print(i, flush=True)
"""


@POSIX
def test_whoever_is_killed_while_writing_the_diary_leaves_every_session_that_was_written(
    diary: Diary, tmp_path: Path
) -> None:
    (tmp_path / "entry").write_bytes(written(TWO))
    chance = random.Random(7)
    told = 0
    for _ in range(5):
        command = [sys.executable, "-c", textwrap.dedent(ADDING_FOR_EVER), str(diary.folder)]
        with subprocess.Popen(
            [*command, str(tmp_path / "entry"), str(told)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.05))
            process.send_signal(signal.SIGKILL)
            lines = [line for line in process.stdout if line.endswith("\n")]
        told = int(lines[-1]) if lines else told + 1
        page = read_page(diary.path.read_bytes())
        assert page.damage == ()
        titles = [entry.title for entry in page.entries]
        assert titles == [str(i + 1) for i in range(len(titles))]
        assert told <= len(titles) <= told + 1
        told = len(titles)
