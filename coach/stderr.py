"""Keep C libraries from writing to stderr, where the live screen is, without losing our own messages."""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator

_STDERR = 2


class _Redirection:
    """Points descriptor 2 to the null device while at least one thread is between `begin` and `end`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._kept: int | None = None

    def begin(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted > 1:
                return
            with contextlib.suppress(OSError):  # there is no stderr
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

    def duplicate(self) -> int:
        """A new descriptor for the file that descriptor 2 has outside of the redirection."""
        with self._lock:
            return os.dup(_STDERR if self._kept is None else self._kept)


_redirection = _Redirection()


@contextlib.contextmanager
def discard_library_messages() -> Iterator[None]:
    """Discard what C libraries write to descriptor 2 within the block, in any thread.

    ALSA alone writes 35 lines on a computer without a sound card. After `separate_stderr`, what Python
    writes to ``sys.stderr`` is still shown.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    _redirection.begin()
    try:
        yield
    finally:
        _redirection.end()


def separate_stderr() -> None:
    """Give ``sys.stderr`` a descriptor of its own, which `discard_library_messages` does not redirect.

    One thread may open a loudspeaker while another prints an error. If ``sys.stderr`` does not write to
    descriptor 2, it stays as it is.
    """
    stream = sys.stderr
    with contextlib.suppress(OSError, ValueError):
        if isinstance(stream, io.TextIOWrapper) and stream.fileno() == _STDERR:
            stream.flush()
            descriptor, encoding = _redirection.duplicate(), stream.encoding
            sys.stderr = open(  # noqa: SIM115 - a descriptor, and for as long as the process lives
                descriptor, "w", buffering=1, encoding=encoding, errors="backslashreplace", closefd=False
            )


def silence_alsa() -> None:
    """Turn off ALSA's messages on stderr, which it writes at every underrun.

    The error handler is set to ``getpid``, a C function without effect that ignores its arguments: a handler
    in Python would make the sound thread wait for the interpreter's lock, and could be called after its end.
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
