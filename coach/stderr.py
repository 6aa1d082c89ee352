"""Sound libraries kept from writing on the listener's screen."""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator

_STDERR = 2


class _Silence:
    """Descriptor 2 leads nowhere for as long as anybody wants it to, in whatever order they come and go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._kept: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted > 1:
                return
            with contextlib.suppress(OSError):  # no stderr at all: nothing can be written to it
                self._kept = os.dup(_STDERR)
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, _STDERR)
                os.close(nowhere)

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted and self._kept is not None:
                os.dup2(self._kept, _STDERR)
                os.close(self._kept)
                self._kept = None

    def another_way(self) -> int:
        """A new descriptor of where 2 leads when nobody wants it quiet."""
        with self._lock:
            return os.dup(_STDERR if self._kept is None else self._kept)


_silence = _Silence()


@contextlib.contextmanager
def no_noise() -> Iterator[None]:
    """What libraries write to stderr in the block is not seen, nor what other threads of theirs do.

    ALSA alone has 35 lines to say of a computer without a sound card. Nothing is held back in the block but
    at the level of the system. Python's own messages are seen all the same, of all threads, after
    `own_stderr`.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()


def own_stderr() -> None:
    """From now on Python writes its messages to a descriptor of its own, past what `no_noise` silences.

    A loudspeaker is opened in one thread while another says why the session ends. Where ``sys.stderr`` is
    something else already, it stays.
    """
    stream = sys.stderr
    with contextlib.suppress(OSError, ValueError):
        if isinstance(stream, io.TextIOWrapper) and stream.fileno() == _STDERR:
            stream.flush()
            own, encoding = _silence.another_way(), stream.encoding
            sys.stderr = open(  # noqa: SIM115 - a descriptor, and for as long as the process lives
                own, "w", buffering=1, encoding=encoding, errors="backslashreplace", closefd=False
            )


def silence_alsa() -> None:
    """From now on ALSA says nothing on stderr; it does so at every underrun, in the middle of a screen.

    Its error handler becomes a function of the C library that takes anything and does nothing, so that no
    thread of the sound library ever has to wait for Python, or outlives it.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 - half of all commands play nothing

    try:
        alsa = ctypes.CDLL("libasound.so.2")
        nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
        alsa.snd_lib_error_set_handler(nothing)
    except (OSError, AttributeError):  # no ALSA, no noise
        return
