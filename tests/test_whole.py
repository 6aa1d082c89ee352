"""Whatever happens to an export, its name holds what was there before or the whole new file."""

# ruff: noqa: PT012 - what happens between opening and keeping is what is tested

import errno
import os
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coach.errors import DiskError
from coach.whole import WholeFile, WholeFolder, disk_error

BEFORE = b"what was there before"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, modes and limits of POSIX")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="mounts in a namespace of one's own are Linux")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "session.wav"


def put(path: Path, content: bytes, *, force: bool = False, size: int | None = None) -> None:
    with WholeFile(path, force=force, size=size) as file:
        file.write(content)
        file.keep()


def hidden(folder: Path) -> list[Path]:
    return sorted(folder.glob(".coach-*.part"))


def test_a_kept_file_stands_under_its_name_alone(target: Path) -> None:
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_what_was_there(target: Path, error: type[BaseException]) -> None:
    target.write_bytes(BEFORE)
    with pytest.raises(error), WholeFile(target, force=True) as file:
        file.write(b"half")
        raise error
    assert target.read_bytes() == BEFORE
    assert list(target.parent.iterdir()) == [target]


def test_leaving_without_keeping_throws_away(target: Path) -> None:
    with WholeFile(target) as file:
        file.write(b"half")
    assert not list(target.parent.iterdir())


def test_until_it_is_kept_the_name_has_what_it_had(target: Path) -> None:
    target.write_bytes(BEFORE)
    with WholeFile(target, force=True) as file:
        file.write(b"new")
        assert target.read_bytes() == BEFORE
        file.keep()
        assert target.read_bytes() == b"new"


def test_an_existing_file_is_refused_at_once_and_with_advice(target: Path) -> None:
    target.write_bytes(BEFORE)
    with pytest.raises(DiskError, match="exists already") as caught, WholeFile(target):
        pytest.fail("opened")
    assert "--force" in caught.value.hint
    assert target.read_bytes() == BEFORE


def test_a_file_that_appears_meanwhile_is_not_replaced(target: Path) -> None:
    with pytest.raises(DiskError, match="exists already"), WholeFile(target) as file:
        file.write(b"new")
        target.write_bytes(BEFORE)
        file.keep()
    assert target.read_bytes() == BEFORE
    assert list(target.parent.iterdir()) == [target]


def test_a_link_to_nothing_that_appears_meanwhile_is_not_replaced(target: Path, tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="exists already"), WholeFile(target) as file:
        target.symlink_to(tmp_path / "nothing")
        file.keep()
    assert target.is_symlink()


def without_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@POSIX
def test_without_hard_links_a_file_gets_its_name_too(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", without_links)
    put(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


@POSIX
def test_without_hard_links_a_file_that_appears_meanwhile_is_not_replaced(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", without_links)
    with pytest.raises(DiskError, match="exists already"), WholeFile(target) as file:
        target.write_bytes(BEFORE)
        file.keep()
    assert target.read_bytes() == BEFORE


@POSIX
def test_without_hard_links_a_failed_renaming_leaves_no_empty_file(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", without_links)
    with pytest.raises(DiskError, match="somebody removed it unfinished"), WholeFile(target) as file:
        hidden(target.parent)[0].unlink()
        file.keep()
    assert not list(target.parent.iterdir())


@POSIX
def test_replacing_keeps_the_mode_and_a_new_file_has_the_usual_one(target: Path) -> None:
    put(target, b"new")
    usual = target.with_name("usual")
    usual.touch()
    assert target.stat().st_mode == usual.stat().st_mode
    target.chmod(0o604)
    put(target, b"newer", force=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@POSIX
@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777])
@pytest.mark.parametrize("before", [0o666, 0o400, None])
def test_a_private_file_is_its_users_alone_whatever_umask_and_mode_there_are(
    target: Path, mask: int, before: int | None
) -> None:
    if before is not None:
        target.write_bytes(BEFORE)
        target.chmod(before)
    usual = os.umask(mask)
    try:
        with WholeFile(target, force=True, private=True) as file:
            assert stat.S_IMODE(hidden(target.parent)[0].stat().st_mode) == 0o600
            file.write(b"new")
            file.keep()
    finally:
        os.umask(usual)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_symbolic_link_is_followed(target: Path, tmp_path: Path) -> None:
    real = tmp_path / "phone" / "real.wav"
    real.parent.mkdir()
    real.write_bytes(BEFORE)
    target.symlink_to(real)
    put(target, b"new", force=True)
    assert target.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_folder_is_refused_even_by_force(target: Path) -> None:
    target.mkdir()
    with pytest.raises(DiskError, match="is a folder"), WholeFile(target, force=True):
        pytest.fail("opened")
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_that_appears_meanwhile_is_not_replaced(target: Path) -> None:
    with pytest.raises(DiskError, match="cannot be written"), WholeFile(target, force=True) as file:
        target.mkdir()
        (target / "x").touch()
        file.keep()
    assert list(target.parent.iterdir()) == [target]


@POSIX
def test_a_device_or_pipe_is_refused_even_by_force(target: Path) -> None:
    os.mkfifo(target)
    with pytest.raises(DiskError, match="device"), WholeFile(target, force=True):
        pytest.fail("opened")
    assert stat.S_ISFIFO(target.stat().st_mode)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(DiskError, match=r"there is no folder .*missing") as caught,
        WholeFile(tmp_path / "missing" / "x"),
    ):
        pytest.fail("opened")
    assert "Make it first" in caught.value.hint


def test_a_file_in_the_place_of_a_folder_is_named(target: Path) -> None:
    target.write_bytes(BEFORE)
    with pytest.raises(DiskError, match="there is no folder"), WholeFile(target / "x"):
        pytest.fail("opened")


def test_a_name_as_long_as_names_may_be_works_and_a_longer_one_is_said_to_be_too_long(tmp_path: Path) -> None:
    longest = "x" * 251 + ".wav"
    put(tmp_path / longest, b"new")
    assert (tmp_path / longest).read_bytes() == b"new"
    with pytest.raises(DiskError, match="the name is too long"), WholeFile(tmp_path / f"x{longest}"):
        pytest.fail("opened")


@POSIX
def test_a_folder_that_may_not_be_written_to_is_said_to_be_so() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "session.wav").write_bytes(BEFORE)
        folder.chmod(0o555)
        someone = os.geteuid()
        try:
            if someone == 0:  # whom no mode binds
                os.seteuid(65_534)
            with (
                pytest.raises(DiskError, match="does not allow it"),
                WholeFile(folder / "session.wav", force=True),
            ):
                pytest.fail("opened")
        finally:
            os.seteuid(someone)
            folder.chmod(0o755)
        assert (folder / "session.wav").read_bytes() == BEFORE


def test_more_than_is_free_is_refused_at_once_with_both_numbers(target: Path) -> None:
    with (
        pytest.raises(DiskError, match=r"needs 1000000000000\.0 MB, and \d+\.\d MB are free"),
        WholeFile(target, size=10**18),
    ):
        pytest.fail("opened")
    assert not list(target.parent.iterdir())


ON_A_SMALL_DISK = """
    import sys
    from pathlib import Path
    from coach.errors import DiskError
    from coach.whole import WholeFile
    path, size = Path(sys.argv[1]), int(sys.argv[2]) or None
    try:
        with WholeFile(path, size=size, force=True) as file:
            for _ in range(1000):
                file.write(bytes(1000))
            file.keep()
    except DiskError as error:
        print(error.message)
        print(error.hint)
    print(sorted(each.name for each in path.parent.iterdir()), path.read_bytes())
"""


def run_on_disk(tmp_path: Path, options: str, size: int) -> list[str]:
    """Export a megabyte to a disk that is mounted for this one process."""
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = f"printf before > {disk}/x.wav"
    mount = f"mount -t tmpfs -o size=300k none {disk} && {fill} && mount -o remount,{options} {disk}"
    program = shlex.join([sys.executable, "-c", textwrap.dedent(ON_A_SMALL_DISK), f"{disk}/x.wav", str(size)])
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", f"{mount} || exit 99; {program}"]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("unshare is not installed")
    if result.returncode in {1, 99} and "Traceback" not in result.stderr:
        pytest.skip(f"no mounts here: {result.stderr}")
    assert result.stderr == ""
    return result.stdout.splitlines()


@LINUX
@pytest.mark.parametrize(
    ("size", "said"), [(0, "the disk is full"), (1_000_000, "needs 1.0 MB, and 303.1 kB are free there")]
)
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, size: int, said: str) -> None:
    message, hint, left = run_on_disk(tmp_path, "rw", size)
    assert said in message
    assert "Make room" in hint
    assert left == "['x.wav'] b'before'"


@LINUX
def test_a_read_only_disk_leaves_what_was_there(tmp_path: Path) -> None:
    message, hint, left = run_on_disk(tmp_path, "ro", 1_000)
    assert "the disk can only be read" in message
    assert "another disk" in hint
    assert left == "['x.wav'] b'before'"


UNDER_A_LIMIT = f"""
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
{ON_A_SMALL_DISK}
"""


@POSIX
@pytest.mark.parametrize("size", [0, 1_000_000])
def test_a_limit_on_file_sizes_leaves_what_was_there(target: Path, size: int) -> None:
    target.write_bytes(b"before")
    program = textwrap.dedent(UNDER_A_LIMIT)
    command = [sys.executable, "-c", program, str(target), str(size)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    message, hint, left = result.stdout.splitlines()
    assert "larger than the system allows" in message
    assert hint
    assert left == "['session.wav'] b'before'"


WRITING = """
    import sys
    from pathlib import Path
    import numpy as np
    from coach.exports.metadata import Metadata
    from coach.exports.open_sink import open_sink
    block = np.full((480, 1), 0.1, np.float32)
    metadata = Metadata(title="Knee", length=100_000_000)
    with open_sink(Path(sys.argv[1]), metadata=metadata, force=True) as sink:
        for i in range(1_000_000):
            sink.write(block)
            if i == 1000:
                print("writing", flush=True)
"""


@pytest.fixture
def writer(target: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of an export of 200 MB over an existing file."""
    target.write_bytes(BEFORE)
    command = [sys.executable, "-c", textwrap.dedent(WRITING), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        assert len(hidden(target.parent)) == 1
        yield process
        process.kill()


@POSIX
def test_ctrl_c_leaves_what_was_there_and_nothing_else(writer: subprocess.Popen[str], target: Path) -> None:
    writer.send_signal(signal.SIGINT)
    _, stderr = writer.communicate(timeout=20)
    assert stderr.strip().endswith("KeyboardInterrupt")
    assert target.read_bytes() == BEFORE
    assert list(target.parent.iterdir()) == [target]


def made_old(path: Path) -> None:
    """Let a file or folder be one that nobody has written to for more than a day."""
    before_s = time.time() - 25 * 60 * 60
    os.utime(path, (before_s, before_s))


@POSIX
def test_a_kill_leaves_what_was_there_and_a_day_later_an_export_sweeps(
    writer: subprocess.Popen[str], target: Path
) -> None:
    writer.kill()
    writer.wait(timeout=20)
    assert target.read_bytes() == BEFORE
    (left,) = hidden(target.parent)
    made_old(left)
    others = [target.with_name(name) for name in ("old.wav", ".coach-notes", "old.part")]
    for other in others:
        other.touch()
        made_old(other)
    put(target, b"new", force=True)
    assert target.read_bytes() == b"new"
    assert not left.exists()
    assert all(other.exists() for other in others)


@POSIX
def test_a_living_export_is_not_swept(writer: subprocess.Popen[str], target: Path) -> None:
    put(target, b"new", force=True)
    assert writer.poll() is None
    assert len(hidden(target.parent)) == 1
    writer.send_signal(signal.SIGINT)
    writer.communicate(timeout=20)
    assert target.read_bytes() == b"new"
    assert not hidden(target.parent)


EXPORTING_FOR_EVER = """
    import sys
    from pathlib import Path
    from coach.whole import WholeFile
    print("running", flush=True)
    while True:
        for content in (b"a" * 300_000, b"b" * 200_000):
            with WholeFile(Path(sys.argv[1]), force=True, size=len(content)) as file:
                file.write(content)
                file.keep()
"""


@POSIX
@pytest.mark.parametrize("delay_ms", [0, 3, 7, 10, 13, 20, 31])
def test_a_kill_at_any_moment_leaves_a_whole_file(target: Path, delay_ms: int) -> None:
    target.write_bytes(BEFORE)
    command = [sys.executable, "-c", textwrap.dedent(EXPORTING_FOR_EVER), str(target)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay_ms / 1000)
        process.kill()
    assert target.read_bytes() in {BEFORE, b"a" * 300_000, b"b" * 200_000}
    assert set(target.parent.iterdir()) == {target, *hidden(target.parent)}


def test_of_two_at_once_without_force_the_first_wins_whole(target: Path) -> None:
    with WholeFile(target) as one, WholeFile(target) as two:
        one.write(b"1" * 100_000)
        two.write(b"2" * 90_000)
        one.write(b"1" * 100_000)
        two.keep()
        with pytest.raises(DiskError, match="exists already"):
            one.keep()
    assert target.read_bytes() == b"2" * 90_000
    assert list(target.parent.iterdir()) == [target]


def test_of_two_at_once_with_force_the_last_wins_whole(target: Path) -> None:
    with WholeFile(target, force=True) as one, WholeFile(target, force=True) as two:
        one.write(b"1" * 100_000)
        two.write(b"2" * 90_000)
        two.keep()
        one.keep()
    assert target.read_bytes() == b"1" * 100_000
    assert list(target.parent.iterdir()) == [target]


@POSIX
def test_many_processes_at_once_without_force_make_exactly_one_file(target: Path) -> None:
    program = """
        import sys
        from pathlib import Path
        from coach.errors import DiskError
        from coach.whole import WholeFile
        try:
            with WholeFile(Path(sys.argv[1])) as file:
                print("open", flush=True)
                sys.stdin.readline()
                file.write(sys.argv[2].encode() * 300_000)
                file.keep()
        except DiskError as error:
            sys.exit(error.message)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(target)]
    processes = [
        subprocess.Popen(
            [*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for name in "abcd"
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=20)[1] for process in processes]
    (winner,) = (i for i, process in enumerate(processes) if process.returncode == 0)
    assert target.read_bytes() == "abcd"[winner].encode() * 300_000
    assert all("exists already" in text for i, text in enumerate(said) if i != winner)
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_is_not_open_cannot_be_written(target: Path) -> None:
    file = WholeFile(target)
    with pytest.raises(ValueError, match="not open"):
        file.write(b"x")
    with file:
        file.keep()
    with pytest.raises(ValueError, match="not open"):
        file.write(b"x")


def test_rewriting_goes_on_at_the_end(target: Path) -> None:
    with WholeFile(target) as file:
        file.write(b"0123456789")
        file.rewrite(b"ab", at=2)
        file.write(b"X")
        file.keep()
    assert target.read_bytes() == b"01ab456789X"


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO, errno.ELOOP]
)
def test_every_explanation_says_where_what_and_what_to_do(number: int, target: Path) -> None:
    error = disk_error(OSError(number, os.strerror(number)), target)
    assert str(target) in error.message
    assert error.message.endswith(".")
    assert error.hint.endswith(".")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_what_cannot_be_flushed_is_an_error_and_no_file(target: Path) -> None:
    with pytest.raises(DiskError, match="the disk is full"), WholeFile(target) as file:
        file.write(b"a little, still in the buffer")
        with Path("/dev/full").open("wb") as full:
            os.dup2(full.fileno(), file.stream.fileno())
            file.keep()
    assert not list(target.parent.iterdir())


@pytest.fixture
def synced(target: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes | None]]:
    """What is forced to the medium, in order: a file or a folder, and what the target's name held then."""
    found: list[tuple[str, bytes | None]] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        found.append((kind, target.read_bytes() if target.exists() else None))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    return found


NO_FULL_SYNC = pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="other calls do it there")


@NO_FULL_SYNC
@pytest.mark.parametrize("before", [BEFORE, None])
def test_a_durable_file_is_on_the_medium_before_it_has_its_name_and_then_the_name_is(
    target: Path, synced: list[tuple[str, bytes | None]], before: bytes | None
) -> None:
    if before is not None:
        target.write_bytes(before)
    with WholeFile(target, force=before is not None, durable=True) as file:
        file.write(b"new")
        file.keep()
    assert synced == [("file", before), ("folder", b"new")]
    assert list(target.parent.iterdir()) == [target]


def test_what_is_not_asked_to_be_durable_is_not_waited_for(
    target: Path, synced: list[tuple[str, bytes | None]]
) -> None:
    put(target, b"new")
    assert synced == []


@NO_FULL_SYNC
@pytest.mark.parametrize("failing", ["file", "folder"])
def test_a_medium_that_fails_is_an_error_and_the_name_is_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fails(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        if kind == failing:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    target.write_bytes(BEFORE)
    with (
        pytest.raises(DiskError, match="Input/output error"),
        WholeFile(target, force=True, durable=True) as file,
    ):
        file.write(b"new")
        file.keep()
    assert target.read_bytes() == (BEFORE if failing == "file" else b"new")
    assert list(target.parent.iterdir()) == [target]


@NO_FULL_SYNC
def test_a_file_system_that_cannot_force_a_folder_is_no_failure(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", files_only)
    with WholeFile(target, durable=True) as file:
        file.write(b"new")
        file.keep()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("made", ["file", "folder"])
def test_a_signal_that_comes_as_soon_as_the_hidden_name_is_there_leaves_nothing(
    made: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(call: Callable[..., object]) -> Callable[..., object]:
        def then_interrupt(path: Path, *arguments: Any, **options: Any) -> object:
            done = call(path, *arguments, **options)
            if Path(path).name.startswith("."):
                raise KeyboardInterrupt
            return done

        return then_interrupt

    whole: WholeFile | WholeFolder
    if made == "file":
        whole = WholeFile(tmp_path / "a.wav")
        monkeypatch.setattr(os, "open", interrupted(os.open))
    else:
        whole = WholeFolder(tmp_path / "a", force=False, foreign=lambda _: "")
        monkeypatch.setattr(Path, "mkdir", interrupted(Path.mkdir))
    with pytest.raises(KeyboardInterrupt), whole:
        pass
    monkeypatch.undo()
    assert list(tmp_path.rglob("*")) == []
