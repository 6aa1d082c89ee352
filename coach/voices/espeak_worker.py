"""The espeak-ng engine, as `coach.voices.worker` runs it.

It imports the standard library and pyttsx3's binding of the library (``pyttsx3.drivers._espeak``), never
numpy and never the rest of coach.

espeak-ng is not a function of its text: sounds carry over from prompt to prompt, and the same text differs
by 11 ms from one time to the next. So, once the engine has its settings and has spoken one prompt that
nobody hears, every prompt is spoken by a fork of that warmed-up state and the fork is thrown away. Whatever
was spoken before, in whichever order, the bytes are the same. (The engine is synchronous here and starts no
thread, which is what makes a fork of it safe.) Where there is no ``os.fork`` (Windows; not measured) the
prompts are spoken in the process itself, in order, and a clip differs by those few milliseconds.
"""

import ctypes
import gc
import mmap
import os
import signal
import struct
from collections.abc import Callable
from typing import Any

_ROOM_BYTES = 32 << 20
"""Size limit of a prompt's sound (12 minutes): memory shared with the fork, allocated only when used."""

_SHARED_HEAD = struct.Struct("<qq")
_EXPLAINED = 2
_WORD_GAP = 7
"""Parameter 7 of ``espeak_SetParameter`` is the gap between words, in steps of 10 ms."""
_QUIET_START = 0x8000
"""``espeakINITIALIZE_DONT_EXIT``: say that the data is missing instead of ending the process."""
_WARM_UP = "Ready."


class SpeechFailed(Exception):  # noqa: N818 - a reason, told to the parent
    """The engine did not speak, or not to the end; its text is the reason."""


def _binding(library: str) -> Any:
    """pyttsx3's own binding, made with ``library``; if that is "", with the one that pyttsx3 finds.

    pyttsx3 asks ``ctypes.cdll`` for one well-known file after the other. During its import that question is
    answered with the library we mean, which works alike on every system.
    """
    ask = ctypes.cdll.LoadLibrary
    if library:
        ctypes.cdll.LoadLibrary = lambda name: ask(library or name)  # type: ignore[method-assign]
    try:
        from pyttsx3.drivers import _espeak  # noqa: PLC0415
    finally:
        ctypes.cdll.LoadLibrary = ask  # type: ignore[method-assign]
    return _espeak


def _voice(voice: Any) -> dict[str, Any]:
    """Read an ``espeak_VOICE``: name, identifier, languages and priorities (less is better).

    Its "languages" is a list of (priority byte, text, NUL) ended by a NUL; the binding sees only the first.
    """
    at = ctypes.cast(
        ctypes.byref(voice, type(voice).languages.offset), ctypes.POINTER(ctypes.c_void_p)
    ).contents.value
    languages = []
    while at and (priority := ctypes.string_at(at, 1)[0]):
        text = ctypes.string_at(at + 1)
        languages.append((priority, text.decode("utf-8", "replace")))
        at += len(text) + 2
    return {
        "name": (voice.name or b"").decode("utf-8", "replace"),
        "identifier": (voice.identifier or b"").decode("utf-8", "replace"),
        "languages": [text for _, text in languages],
        "priorities": [priority for priority, _ in languages],
    }


def _match(voices: list[dict[str, Any]], asked: str) -> str | None:
    """The identifier of the voice that ``asked`` names exactly: by identifier, else language, else name."""
    wanted = asked.casefold()
    found = [
        (sort, priority, place, voice["identifier"])
        for place, voice in enumerate(voices)
        for sort, priority, name in (
            (0, 0, voice["identifier"]),
            *((1, *each) for each in zip(voice["priorities"], voice["languages"], strict=True)),
            (2, 0, voice["name"]),
        )
        if name.casefold() == wanted
    ]
    return str(min(found)[3]) if found else None


def _loaded(binding: Any, asked: str) -> str | None:
    """The identifier of the voice that ``asked`` names exactly, if the engine finds it without its list.

    To read the list takes 20 ms. The engine's own word is not enough: it takes ``en+nonsense`` and folders.
    """
    if "+" in asked or binding.SetVoiceByName(asked.encode("utf-8", "replace")) != binding.EE_OK:
        return None
    voice = _voice(binding.GetCurrentVoice()[0])
    return _match([voice], asked) if voice["languages"] else None


class _Engine:
    """The library, with the callback that collects what it says."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.binding = _binding(settings["library"])
        data = os.fsencode(settings["data"]) or None
        self.rate_hz = self.binding.Initialize(
            self.binding.AUDIO_OUTPUT_SYNCHRONOUS, 1000, data, _QUIET_START
        )
        if self.rate_hz <= 0:
            raise SpeechFailed("espeak-ng does not start: its data is missing or damaged")
        self.version = (self.binding.Info(None) or b"").decode("ascii", "replace").split(" ")[0]
        self._write: Callable[[bytes], object] = len
        self._frames = self._end_frame = 0
        self._completed = self._full = False
        self.binding.SetSynthCallback(self._heard)

    def _heard(self, wave: Any, count: int, events: Any) -> int:
        """Called by the library for every second of sound; without a wave, when all has been said."""
        if not wave:
            self._completed = True
        elif count > 0:
            try:
                self._write(ctypes.string_at(wave, 2 * count))
            except ValueError:  # ctypes would drop it, and the rest of the prompt with it
                self._full = True
                return 1
            self._frames += count
        at = 0
        while (kind := events[at].type) != self.binding.EVENT_LIST_TERMINATED:
            if kind == self.binding.EVENT_END:
                self._end_frame = events[at].sample
            at += 1
        return 0

    def speak(self, text: str, write: Callable[[bytes], object]) -> None:
        """Hand the sound of ``text`` to ``write``; `SpeechFailed` if it is not all there."""
        self._write = write
        self._frames = self._end_frame = 0
        self._completed = self._full = False
        flags = self.binding.CHARS_UTF8 | self.binding.ENDPAUSE
        said = self.binding.Synth(text.encode("utf-8", "replace"), flags=flags)
        if said != self.binding.EE_OK:
            raise SpeechFailed(f"espeak-ng answers {said}")
        if self._full:
            raise SpeechFailed(f"the prompt is longer than {_ROOM_BYTES // (2 * self.rate_hz)} seconds")
        if not self._completed:
            raise SpeechFailed("espeak-ng did not come to the end of the text")
        if self._frames != self._end_frame:
            raise SpeechFailed(f"espeak-ng gave {self._frames} of {self._end_frame} frames")


def _spoken_apart(engine: _Engine, text: str, shared: mmap.mmap, limit_s: int) -> memoryview:
    """The sound of ``text``, spoken by a fork of the engine; `SpeechFailed` if the fork ends otherwise."""
    room = _SHARED_HEAD.size
    _SHARED_HEAD.pack_into(shared, 0, -1, 0)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(limit_s)  # it ends, whatever becomes of those who wait for it
            shared.seek(room)
            try:
                engine.speak(text, shared.write)
            except SpeechFailed as reason:
                shared.seek(room)
                shared.write(str(reason).encode())
                code = _EXPLAINED
            _SHARED_HEAD.pack_into(shared, 0, shared.tell() - room, code)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        why = os.waitstatus_to_exitcode(status)
        raise SpeechFailed(
            f"espeak-ng was ended by signal {-why}" if why < 0 else f"espeak-ng ended with {why}"
        )
    length, code = _SHARED_HEAD.unpack_from(shared, 0)
    if code == _EXPLAINED:
        raise SpeechFailed(shared[room : room + length].decode("utf-8", "replace"))
    return memoryview(shared)[room : room + length]


def _spoken_here(engine: _Engine, text: str) -> memoryview:
    """The sound of ``text``, spoken in this process where there is no fork."""
    said = bytearray()
    engine.speak(text, said.extend)
    return memoryview(said)


def _warm(settings: dict[str, Any]) -> tuple[_Engine, dict[str, Any]]:
    """The engine, warmed up with the voice and pace asked for, and what the parent is told about it."""
    engine = _Engine(settings)
    identifier = None if settings["list"] else _loaded(engine.binding, settings["voice"])
    voices = [] if identifier else [_voice(voice) for voice in engine.binding.ListVoices()]
    identifier = identifier or _match(voices, settings["voice"])
    found: dict[str, Any] = {
        "version": engine.version,
        "rate_hz": engine.rate_hz,
        "voices": voices,
        "identifier": identifier,
    }
    if identifier is not None:
        name = f"{identifier}+{settings['variant']}"
        if engine.binding.SetVoiceByName(name.encode()) != engine.binding.EE_OK:
            raise SpeechFailed(f"espeak-ng cannot load its voice {identifier}")
        engine.binding.SetParameter(engine.binding.RATE, settings["rate"], 0)
        engine.binding.SetParameter(_WORD_GAP, settings["word_gap"], 0)
        engine.speak(_WARM_UP, len)
    return engine, found


def start(settings: dict[str, Any]) -> tuple[Callable[[str], memoryview] | None, dict[str, Any]]:
    """Start the engine; return the function that speaks a text, and what the parent is told.

    Raises
    ------
    SpeechFailed
        If the engine does not start.
    """
    engine, found = _warm(settings)
    if found["identifier"] is None:
        return None, found
    if not hasattr(os, "fork"):
        return lambda text: _spoken_here(engine, text), found
    gc.freeze()  # and never looked at again, so that the forks share it
    gc.disable()
    shared = mmap.mmap(-1, _ROOM_BYTES)
    return lambda text: _spoken_apart(engine, text, shared, settings["limit_s"]), found
