"""The worker program: runs a voice's engine in its own process, prompts on stdin, sound on stdout.

Run by `coach.voices.workers` as a file, in an isolated interpreter (``python -I -S``), so that a crash, a
hang or an ``exit(1)`` of a C library ends this process and nothing else. The engine is another file, which
the settings name; neither imports the rest of coach. The engine file has

- ``SpeechFailed``, an exception to raise where the engine does not speak, or not to the end;
- ``start(settings)``, which returns a function from a text to its sound (int16 little-endian, mono), and a
  dict for the parent that has the sound's ``rate_hz``. The function may be None: then nothing can be said,
  and the dict tells the parent why.

The protocol, both ways: a head (`HEAD`: one byte of kind, the length) and that many bytes. The first message
in is the settings as JSON; the first out is `READY` with the dict, or `REFUSED`. Then each prompt (UTF-8) is
answered in order by `SOUND` or `FAILED` (the reason). The process ends at the end of its standard input.
"""

import contextlib
import json
import os
import struct
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any, BinaryIO

HEAD = struct.Struct("<BI")
READY, REFUSED, SOUND, FAILED = b"RXSF"
_NICE = 5
"""How much less urgent this process is than others: a third of their share where they compete."""


def _engine(path: str) -> Any:
    """Load the engine file as a module, so that its bytecode is cached."""
    module = ModuleType("engine")
    module.__file__ = path
    SourceFileLoader(module.__name__, path).exec_module(module)
    return module


def _exactly(source: BinaryIO, count: int) -> bytes | None:
    data = source.read(count)
    return data if len(data) == count else None


def _next(source: BinaryIO) -> bytes | None:
    """Read the parent's next message; None at end of file, when the parent has closed its end or exited."""
    head = _exactly(source, HEAD.size)
    return None if head is None else _exactly(source, HEAD.unpack(head)[1])


def _answer(out: BinaryIO, kind: int, said: bytes | memoryview) -> None:
    out.write(HEAD.pack(kind, len(said)))
    out.write(said)
    out.flush()


def _come_after_sound() -> None:
    """Let what plays go first: a session is heard while its next prompts are spoken.

    Linux shares the processors among sessions first, and this process begins one of its own.
    """
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such call
        os.nice(_NICE)
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w", encoding="ascii") as share:  # noqa: PTH123
        share.write(str(_NICE))


def main() -> None:
    """Speak until standard input ends."""
    _come_after_sound()
    source = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what engines and C libraries print goes where errors go, never among the sound
    settings_sent = _next(source)
    if settings_sent is None:
        return
    settings: dict[str, Any] = json.loads(settings_sent)
    sys.path.extend(settings["path"])
    engine = _engine(settings["engine"])
    try:
        speak, found = engine.start(settings)
    except (engine.SpeechFailed, ImportError, RuntimeError, OSError) as why:
        _answer(out, REFUSED, str(why).encode("utf-8", "replace"))
        return
    _answer(out, READY, json.dumps(found).encode())
    while speak is not None and (sent := _next(source)) is not None:
        try:
            said = speak(sent.decode("utf-8", "replace"))
        except engine.SpeechFailed as why:
            _answer(out, FAILED, str(why).encode("utf-8", "replace"))
        else:
            _answer(out, SOUND, said)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
    os._exit(0)
