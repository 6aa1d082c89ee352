"""Sound libraries kept from writing on the listener's screen."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator

_STDERR = 2


@contextlib.contextmanager
def no_noise() -> Iterator[None]:
    """What libraries write to stderr in the block is not seen; what Python wrote before it and after it is.

    ALSA alone has 35 lines to say of a computer without a sound card. Nothing is held back in the block but
    at the level of the system: Python's own messages of another thread would be lost too, so keep it short.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    try:
        kept = os.dup(_STDERR)
    except OSError:  # no stderr at all: nothing can be written to it
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, _STDERR)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)


def silence_alsa() -> None:
    """From now on ALSA says nothing on stderr; it does so at every underrun, in the middle of a screen.

    Its error handler becomes a function of the C library that takes anything and does nothing, so that no
    thread of the sound library ever has to wait for Python, or outlives it.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        alsa = ctypes.CDLL("libasound.so.2")
        nothing = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p)
        alsa.snd_lib_error_set_handler(nothing)
    except (OSError, AttributeError):  # no ALSA, no noise
        return
