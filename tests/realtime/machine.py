"""The machine that tests run on: what it does to sound that no program can help."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_METRONOME = """
import sys, time
now = time.monotonic()
while True:
    time.sleep(0.002)
    last, now = now, time.monotonic()
    if now - last > 0.008:
        print(last, now, flush=True)
"""

AROUND_S = 0.15
"""A sound breaks off when what was made before the stall has been played, and is recorded a little later."""


AHEAD = -15

OFTEN = 10
LONG_S = 0.03


@dataclass(slots=True)
class Machine:
    """When the machine stood still: a process that only sleeps was not woken in time."""

    stalls: list[tuple[float, float]] = field(default_factory=list)

    @property
    def is_unsteady(self) -> bool:
        """Whether it did so that often, or for so long, that no sound on it is to be relied upon."""
        return len(self.stalls) > OFTEN or any(last - first > LONG_S for first, last in self.stalls)

    @property
    def complaint(self) -> str:
        """What is to be said of it."""
        longest_s = max((last - first for first, last in self.stalls), default=0.0)
        return f"the machine stood still {len(self.stalls)} times, for up to {1000 * longest_s:.0f} ms"

    def stood_still(self, at_s: float) -> bool:
        """Whether it did so around a moment."""
        return any(first - AROUND_S < at_s < last + AROUND_S for first, last in self.stalls)


@contextlib.contextmanager
def watched() -> Iterator[Machine]:
    """A machine that is watched: sound that it breaks off by standing still is nobody's mistake."""
    machine = Machine()
    process = subprocess.Popen([sys.executable, "-c", _METRONOME], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = process.stdout

    def read() -> None:
        for line in lines:
            first, last = map(float, line.split())
            machine.stalls.append((first, last))

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield machine
    finally:
        process.kill()
        process.wait()
        reader.join()
        lines.close()


@contextlib.contextmanager
def one_busy_core() -> Iterator[None]:
    """One core with as much to do as it can, in a session of its own: never ahead of others."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def ahead_of_others() -> Iterator[None]:
    """What is started meanwhile comes before all other work on the machine, where that is allowed.

    So are sound servers on most systems; and what other tests do is not heard in a recording.
    """
    put_ahead(0, AHEAD)
    try:
        yield
    finally:
        put_ahead(0, 0)


def put_ahead(process: int, nice: int = AHEAD) -> None:
    """Have a process (0: this one), and with it its session, come before others, or no more."""
    with contextlib.suppress(OSError):
        Path(f"/proc/{process or 'self'}/autogroup").write_text(str(nice))
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, process, nice)
