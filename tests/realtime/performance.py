"""coach as a process of its own, with a terminal or without one; and the sheets that it plays here."""

import contextlib
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from coach.live.run import Request
from coach.session.whereabouts import Place
from coach.sheets.files import read_sheet

SESSION = """\
# A short session

Needs: a sturdy chair

## Before we start

If a pain is sharp, stop that exercise.

- Knee bends

Walk to the window, and back.
You have six seconds.
(wait 6 seconds)

- Heel raises

## To finish

That was all for today.
Come back tomorrow.
"""

KNEE_BENDS = """\
# Knee bends

Position: standing
Needs: a sturdy chair
Dose: 2 sets of 5, rest 8 seconds
Dose gentle: 1 set of 3
Dose strong: 3 sets of 6, rest 8 seconds

Stand in front of your chair.
(wait 2 seconds)

- down, 1 second: Bend,
- hold, 1 second: stay,
- up, 1 second: and rise.

Careful: Knees over your toes.
If it hurts: Bend less far.
Remember: Do both knees point forward?
"""

HEEL_RAISES = """\
# Heel raises

Position: standing
Needs: a sturdy chair
Dose: 2 sets of 4 each leg, rest 8 seconds
Dose gentle: 1 set of 3 each leg
Dose strong: 2 sets of 6 each leg, rest 8 seconds

Stand behind your chair.
(wait 2 seconds)
Stand on your right foot.

- up, 1 second: Rise,
- down, 1 second: and lower.

Careful: Stay tall.
If it hurts: Do fewer.
Remember: Are you tall?
"""

MARCHING = """\
# Marching

Position: standing
Needs: nothing
Dose: 4 sets of 8, rest 4 seconds
Dose gentle: 3 sets of 6, rest 4 seconds
Dose strong: 5 sets of 10, rest 4 seconds

Stand tall.

- up, 1 second: Lift your knee,
- down, 1 second: and lower it.

Careful: Hold on to something.
If it hurts: Lift it less.
Remember: Are you tall?
"""

QUICK = """\
# A quick session

Needs: nothing

- Marching

Turn around.
(wait 4 seconds)

- Knee bends

## To finish

If a pain is sharp, stop that exercise.
"""

MOST_S = 20.0
"""How long anything may take that is waited for: a loaded machine is slow."""

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


SHEETS = {
    "short": SESSION,
    "quick": QUICK,
    "knee-bends": KNEE_BENDS,
    "heel-raises": HEEL_RAISES,
    "marching": MARCHING,
}


def written_sheets(folder: Path, name: str = "short") -> Path:
    """The sheet of a session, three or four minutes long, its exercises beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in SHEETS.items():
        (folder / f"{stem}.md").write_text(text)
    return folder / f"{name}.md"


def left_in_a_set(sheet: Path, folder: Path, place: Place) -> None:
    """Have a session been left at a place: ``--resume`` goes on there."""
    request = Request(read_sheet(sheet))
    folder.mkdir(parents=True, exist_ok=True)
    settings = request.as_json() | {"place": asdict(place)}
    (folder / "place.json").write_text(json.dumps(settings))


@dataclass(slots=True)
class Performance:
    """A running coach: what it has written so far, and when, and its keys."""

    process: subprocess.Popen[bytes]
    started_s: float
    terminal: int | None = None
    before: list[object] | None = None
    written: list[bytes] = field(default_factory=list)
    complained: list[bytes] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)

    def press(self, keys: str) -> float:
        """When keys were pressed, by the monotonic clock."""
        assert self.terminal is not None
        now_s = time.monotonic()
        os.write(self.terminal, keys.encode())
        return now_s

    def send(self, number: signal.Signals) -> float:
        """When a signal was sent."""
        now_s = time.monotonic()
        self.process.send_signal(number)
        return now_s

    @property
    def text(self) -> str:
        """What was written to the terminal or to standard output, colours and positions left out."""
        return _COLOURS.sub("", b"".join(self.written).decode("utf-8", "replace"))

    @property
    def text_raw(self) -> bytes:
        """What was written to the terminal, as it was."""
        return b"".join(self.written)

    @property
    def complaints(self) -> str:
        """What was written to standard error, if that is not the terminal."""
        return b"".join(self.complained).decode("utf-8", "replace")

    def wait_for(self, text: str, limit_s: float = MOST_S) -> None:
        """Until a text has been written."""
        until_s = time.monotonic() + limit_s
        while text not in self.text:
            assert time.monotonic() < until_s, f"{text!r} is not in:\n{self.text}\n{self.complaints}"
            assert self.process.poll() is None or text in self.text, f"{self.text}\n{self.complaints}"
            time.sleep(0.02)

    def end(self, limit_s: float = MOST_S) -> int:
        """The exit code of a process that is about to end."""
        code = self.process.wait(limit_s)
        for reader in self.readers:
            reader.join(5)
        return code

    def is_restored(self) -> bool:
        """Whether the terminal is as it was."""
        assert self.terminal is not None
        return self.before == termios.tcgetattr(self.terminal)


def coach(*arguments: object) -> list[str]:
    """The command of the real coach."""
    return [sys.executable, "-m", "coach", *map(str, arguments)]


def driven(*arguments: object) -> list[str]:
    """The command of a coach that writes down what it does: see `tests.realtime.driven`."""
    return [sys.executable, "-m", "tests.realtime.driven", *map(str, arguments)]


@contextlib.contextmanager
def performing(
    command: Sequence[str], environment: Mapping[str, str], *, keys: bool = False, stdin: str | None = None
) -> Iterator[Performance]:
    """A coach that plays, killed at the end if it has not ended.

    With ``keys`` it has a terminal of 120 columns; without, its input is ``stdin``, or nothing.
    """
    started_s = time.monotonic()
    if keys:
        terminal, theirs = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        before = termios.tcgetattr(terminal)
        setsid = shutil.which("setsid")
        assert setsid is not None
        process = subprocess.Popen(
            [setsid, "--ctty", *command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**environment, "TERM": "xterm-256color"},
        )
        os.close(theirs)
        it = Performance(process, started_s, terminal, before)
        _follow(it, terminal, it.written)
    else:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        if process.stdin is not None and stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        it = Performance(process, started_s)
        _follow(it, process.stdout.fileno(), it.written)
        _follow(it, process.stderr.fileno(), it.complained)
    try:
        yield it
    finally:
        process.kill()
        process.wait()
        for reader in it.readers:
            reader.join(5)
        if it.terminal is not None:
            os.close(it.terminal)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def _follow(it: Performance, descriptor: int, into: list[bytes]) -> None:
    def read() -> None:
        with contextlib.suppress(OSError):  # a terminal that nobody writes to any more
            while chunk := os.read(descriptor, 65_536):
                into.append(chunk)

    it.readers.append(threading.Thread(target=read, daemon=True))
    it.readers[-1].start()
