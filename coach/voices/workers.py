"""Start, supervise, replace and end the worker processes that speak, seen from the parent."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from coach.errors import VoiceError
from coach.voices import worker as worker_program
from coach.voices.worker import FAILED, HEAD, READY, REFUSED, SOUND

_MOST_BYTES = 1 << 28
"""Size limit of an answer: a longer one means that foreign output corrupted the pipe."""
_PIPE_BYTES = 1 << 19
ENDED = 0
"""The kind that stands for the end of a worker: it left, crashed or was killed."""
_TAIL_LINES = 5
_CLOSED = "The voice was closed while it spoke."


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of a worker: one of the kinds in `coach.voices.worker`, and its bytes; or `ENDED`."""

    worker: "Worker"
    kind: int
    said: bytes = b""


class Worker:
    """One engine process in a process group of its own: Ctrl-C does not reach it, and no fork of it escapes.

    Two threads listen to it, so that nothing it writes can make it wait: answers go to ``inbox``, the last
    lines of what it and the C library print are kept for a message. If this process dies in whatever way,
    the worker's standard input ends and so does the worker.
    """

    def __init__(self, settings: Mapping[str, Any], inbox: "SimpleQueue[Answer]") -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise VoiceError("There is no Python interpreter to run the voice in.")
        self.found: dict[str, Any] | None = None
        self.doing: deque[int] = deque()
        self.since = time.monotonic()
        self._inbox = inbox
        self._printed: deque[str] = deque(maxlen=_TAIL_LINES)
        on_windows = sys.platform == "win32"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own file
                [sys.executable, "-I", "-S", str(Path(worker_program.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=not on_windows,
                # Own process group, no console window, a priority below normal.
                creationflags=0x0800_4200 if on_windows else 0,
            )
        except OSError as why:
            raise VoiceError(f"The voice's process does not start ({why.strerror or why}).") from why
        self.pid = self._process.pid
        if sys.platform == "linux":
            self._widen()
        self._threads = [
            threading.Thread(target=listen, daemon=True) for listen in (self._hear_answers, self._hear_prints)
        ]
        for thread in self._threads:
            thread.start()
        self.send(json.dumps(settings).encode())

    def send(self, said: bytes) -> None:
        """Write to the worker; if it is gone, its `ENDED` will come."""
        rest = memoryview(HEAD.pack(0, len(said)) + said)
        with contextlib.suppress(OSError):
            to = self._process.stdin
            while to is not None and rest:
                rest = rest[os.write(to.fileno(), rest) :]

    def _widen(self) -> None:
        """Enlarge the pipe of answers to a whole prompt, so that the worker need not wait for the parent."""
        import fcntl  # noqa: PLC0415 - Linux has it

        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def _hear_answers(self) -> None:
        source = self._process.stdout
        assert source is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError, ValueError):
            while len(head := source.read(HEAD.size)) == HEAD.size:
                kind, length = HEAD.unpack(head)
                if length > _MOST_BYTES or len(said := source.read(length)) != length:
                    break
                self._inbox.put(Answer(self, kind, said))
        self._inbox.put(Answer(self, ENDED))

    def _hear_prints(self) -> None:
        source = self._process.stderr
        assert source is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(OSError, ValueError):
            _keep_lines(source, self._printed)

    def end(self) -> str:
        """Kill the worker and its forks; say how it ended, with the last lines that it printed."""
        process = self._process
        if process.returncode is None:  # not waited for, so its number is still its own
            if sys.platform != "win32":
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
        code = process.wait()
        for thread in self._threads:
            thread.join(timeout=2)
        listening = any(thread.is_alive() for thread in self._threads)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None and not listening:  # to close what a thread reads from would wait for it
                with contextlib.suppress(OSError):
                    pipe.close()
        said = list(self._printed)
        if code not in {0, -9}:
            said.insert(0, f"it was ended by signal {-code}" if code < 0 else f"it ended with status {code}")
        return "; ".join(said)


def _keep_lines(source: IO[bytes], lines: deque[str]) -> None:
    while line := source.readline(1_000):
        if said := line.decode("utf-8", "replace").strip():
            lines.append(said)


class PromptFailed(Exception):  # noqa: N818 - turned into a VoiceError where the prompt is known
    """The text of that index failed twice."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index
        self.why = why


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a worker: timeouts for its start and for one text, and the number of texts sent at once.

    With more than one it need not wait while clips are finished and written; what it has been given, no
    other worker takes from it.
    """

    start_s: float
    text_s: float
    at_once: int


class Workers:
    """Up to ``count`` workers with the same settings, which share texts and are replaced as needed.

    All but `close` is to be used from one thread at a time.

    ``settings`` are what `coach.voices.worker` and the engine's own file need. ``hint`` says what to do where
    no worker starts. ``welcome`` is given what each worker found when it started and raises if that will not
    do. ``fault`` says why a sound (int16 bytes, at a rate in hertz) cannot be that of a text, or "". A text
    whose worker crashed, did not answer in time or gave a faulty sound is tried once more.

    ``worked_s`` are the seconds in which the workers have made sounds, side by side: those of one of two that
    are loaded count half.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        *,
        count: int,
        limits: Limits,
        welcome: Callable[[Mapping[str, Any]], None],
        fault: Callable[[str, bytes, int], str],
        hint: str,
    ) -> None:
        self._settings = settings
        self._count = count
        self._limits = limits
        self._welcome = welcome
        self._fault = fault
        self._hint = hint
        self.worked_s = 0.0
        self._all: list[Worker] = []
        self._starting = threading.Lock()
        self._is_closed = False
        self._inbox: SimpleQueue[Answer] = SimpleQueue()
        self._failed_starts = 0
        self._texts: Sequence[str] = ()
        self._waiting: deque[int] = deque()
        self._tried: set[int] = set()

    @property
    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.pid for worker in self._all]

    def found(self) -> Mapping[str, Any]:
        """Give what a worker tells about its engine, of one that is started if need be.

        Raises
        ------
        VoiceError
            If no worker starts.
        """
        while True:
            for worker in self._all:
                if worker.found is not None:
                    return worker.found
            if not self._all:
                self._start()
            self._listen()

    def load(self) -> None:
        """Start a worker if there is none, without waiting for it.

        Raises
        ------
        VoiceError
            If the computer cannot start one.
        """
        if not self._all:
            self._start()

    def say(self, texts: Sequence[str]) -> Iterator[tuple[int, bytes, int]]:
        """The index, the sound and its rate in hertz of every text, as they come.

        Raises
        ------
        PromptFailed
            If a text cannot be said.
        VoiceError
            If no worker starts, or they are closed meanwhile.
        """
        self._texts = texts
        self._waiting = deque(range(len(texts)))
        self._tried = set()
        try:
            while self._waiting or any(worker.doing for worker in self._all):
                self._give()
                said = self._listen()
                if said is not None:
                    yield said
        finally:
            self._waiting.clear()
            if any(worker.doing for worker in self._all):
                self._end_all()

    def close(self) -> None:
        """End every worker, for good; `say` in another thread raises then."""
        with self._starting:
            self._is_closed = True
        self._end_all()

    def _end_all(self) -> None:
        workers, self._all = self._all, []
        for worker in workers:
            worker.end()

    def _start(self) -> Worker:
        with self._starting:
            if self._is_closed:
                raise VoiceError(_CLOSED)
            worker = Worker(self._settings, self._inbox)
            self._all.append(worker)
        return worker

    def _give(self) -> None:
        """Give texts to the least busy workers; start another worker before one has two.

        They are loaded one after the other: so the first sound comes sooner.
        """
        while self._waiting:
            worker = min(self._all, key=lambda worker: len(worker.doing), default=None)
            are_loaded = all(other.found is not None for other in self._all)
            if worker is None or (worker.doing and len(self._all) < self._count and are_loaded):
                worker = self._start()
            if len(worker.doing) >= self._limits.at_once:
                return
            index = self._waiting.popleft()
            if not worker.doing and worker.found is not None:
                worker.since = time.monotonic()
            worker.doing.append(index)
            worker.send(self._texts[index].encode("utf-8", "replace"))

    def _deadline(self, worker: Worker) -> float:
        if worker.found is None:
            return worker.since + self._limits.start_s
        return worker.since + self._limits.text_s if worker.doing else float("inf")

    def _listen(self) -> tuple[int, bytes, int] | None:
        """Wait for the next message of a worker and act on it; return a sound.

        What has come is looked at before the clock is: a listener who paused has not made a worker late.
        """
        slowest = min(self._all, key=self._deadline, default=None)
        try:
            wait_s = 0.0 if slowest is None else max(0.0, self._deadline(slowest) - time.monotonic())
            came: Answer | None = self._inbox.get(timeout=wait_s)
        except Empty:
            came = None
        if self._is_closed or slowest is None:
            raise VoiceError(_CLOSED)
        if came is None:
            limit_s = self._limits.start_s if slowest.found is None else self._limits.text_s
            self._lose(slowest, f"it did not answer within {limit_s:g} seconds")
            return None
        if came.worker not in self._all:
            return None  # it was given up before it sent this
        if came.kind == ENDED:
            self._lose(came.worker, "its process ended")
            return None
        now = time.monotonic()
        if came.kind == SOUND:
            side_by_side = sum(worker.found is not None for worker in self._all)
            self.worked_s += (now - came.worker.since) / max(1, side_by_side)
        came.worker.since = now
        return self._take(came.worker, came)

    def _take(self, worker: Worker, came: Answer) -> tuple[int, bytes, int] | None:
        """See to an answer; if it is a sound that may be that of its text, it is returned."""
        if worker.found is None:
            self._begin(worker, came)
            return None
        if not worker.doing or came.kind not in {SOUND, FAILED}:
            self._lose(worker, "it sent what was not asked for")
            return None
        index = worker.doing.popleft()
        if came.kind == FAILED:
            why = came.said.decode("utf-8", "replace")
        else:
            rate_hz: int = worker.found["rate_hz"]
            why = self._fault(self._texts[index], came.said, rate_hz)
            if not why:
                return index, came.said, rate_hz
        self._again(index, why)
        return None

    def _begin(self, worker: Worker, first: Answer) -> None:
        if first.kind != READY:
            why = (
                first.said.decode("utf-8", "replace") if first.kind == REFUSED else "it sent what is no start"
            )
            self._lose(worker, why)
            return
        worker.found = json.loads(first.said)
        self._welcome(worker.found)
        self._failed_starts = 0

    def _lose(self, worker: Worker, why: str) -> None:
        """End a worker: the text that it had begun is tried once more, the others wait again."""
        with contextlib.suppress(ValueError):  # closed meanwhile, and ended already
            self._all.remove(worker)
        printed = worker.end()
        said = f"{why} ({printed})" if printed else why
        doing = list(worker.doing)
        if worker.found is None:
            self._waiting.extendleft(reversed(doing))
            self._failed_starts += 1
            if self._failed_starts > 1:
                raise VoiceError(f"The voice does not start: {said}.", self._hint)
        elif doing:
            self._waiting.extendleft(reversed(doing[1:]))
            self._again(doing[0], said)

    def _again(self, index: int, why: str) -> None:
        if index in self._tried:
            raise PromptFailed(index, why)
        self._tried.add(index)
        self._waiting.appendleft(index)
