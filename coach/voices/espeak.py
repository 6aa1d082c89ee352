"""The built-in voice: pyttsx3's espeak-ng, in supervised worker processes.

Nothing is started before the first prompt has to be spoken, and a clip depends on the engine's version, the
voice, the pace and the text alone (see `coach.voices.espeak_worker`).
"""

import ctypes
import difflib
import math
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack

import numpy as np

from coach.errors import UsageError, VoiceError
from coach.session.options import USUAL_RATE_WPM
from coach.voices.finishing import FINISHING
from coach.voices.manner import BUILT_IN
from coach.voices.packages import package_folder, package_version
from coach.voices.voice import VoiceInfo
from coach.voices.worker_voice import WorkerOptions, WorkerVoice

DEFAULT_VOICE = "en-us"
ENGINE_NAME = "espeak"
INSTALL_HINT = (
    "Install the voice again with: pip install --force-reinstall espeakng-loader pyttsx3; "
    "or install espeak-ng with your system's packages."
)

_VARIANT = "Denis"
"""The variant of a language's voice, whose consonants are twice as strong beside its vowels as those of the
plain one: understood best, above all in noise and by old ears (docs/sound.md)."""
_WORD_GAP = 3
"""30 ms between words (at the engine's usual rate): longer gaps were misheard more often (docs/sound.md)."""
_ENGINE_RATES = (
    (78.9, 86), (92.5, 100), (112.8, 120), (134.5, 140), (155.7, 160), (178.4, 180),
    (201.3, 200), (224.4, 220), (248.8, 240), (273.3, 260), (301.7, 280), (328.4, 300),
)  # fmt: skip
"""Words a minute of connected American English and the engine's rate that gives them, with that gap (its own
are not accurate: at ``100`` it speaks 93). Measured with bench/pace.py; what lies between is interpolated."""

_AT_ONCE = 4
"""Prompts in one request to a worker: each takes 4 ms."""


class EspeakVoice(WorkerVoice):
    """espeak-ng through pyttsx3.

    It speaks in the voice that an utterance names; ``name`` is the one that is meant without one. ``data`` is
    the folder to find ``espeak-ng-data`` in, if not the package's. Where the packaged library cannot be
    loaded, the espeak-ng that pyttsx3 finds on the system speaks.

    >>> from coach.sound.clip import Utterance
    >>> with EspeakVoice() as voice:
    ...     [(utterance, clip)] = voice.speak([Utterance("Ready.", "en-us", 150)])
    >>> 0.3 < clip.length / 48_000 < 0.6
    True
    """

    def __init__(self, name: str = "", *, data: Path | None = None, **limits: Unpack[WorkerOptions]) -> None:
        limits = {"limit_s": 10.0, "start_limit_s": 15.0, **limits}
        engine = Path(__file__).with_name("espeak_worker.py")
        super().__init__(engine, hint=INSTALL_HINT, at_once=_AT_ONCE, **limits)
        self.manner = BUILT_IN
        self._limit_s = limits["limit_s"]
        self._data = data
        self.language = _own(name).rpartition("/")[2]

    @cached_property
    def _pyttsx3(self) -> Path:
        folder = package_folder("pyttsx3")
        if folder is None:
            raise VoiceError("The voice needs the package pyttsx3, which is not there.", INSTALL_HINT)
        return folder

    @cached_property
    def _bundled(self) -> tuple[Path, str] | None:
        """The packaged library and its engine's version; None where there is none that can be loaded."""
        library = bundled_library()
        version = None if library is None else _engine_version(library)
        return None if library is None or version is None else (library, version)

    @cached_property
    def identity(self) -> str:  # type: ignore[override]  # found out when it is first asked for
        """Engine, versions and settings: whatever else than its utterance a clip depends on."""
        return (
            f"{self.version}, pyttsx3 {package_version('pyttsx3')}, variant {_VARIANT}, "
            f"rates {_ENGINE_RATES}, gap {_WORD_GAP}, {self.manner.identity}, finishing {FINISHING}"
        )

    @cached_property
    def version(self) -> str:
        """The engine and its version, which say how it spells.

        Where the packaged library cannot be loaded, this starts a worker to ask what there is instead.
        """
        if self._bundled is not None:
            return f"espeak-ng {self._bundled[1]}, espeakng-loader {package_version('espeakng_loader')}"
        return f"espeak-ng {self._found()['version']} of the system"

    def voices(self) -> tuple[VoiceInfo, ...]:
        """The engine's voices, by language; the default one is marked.

        Raises
        ------
        VoiceError
            If the engine does not start.
        """
        found = self._found()
        return tuple(
            sorted(
                (
                    VoiceInfo(
                        name=voice["languages"][0] if voice["languages"] else voice["identifier"],
                        language=voice["languages"][0] if voice["languages"] else "",
                        description=voice["name"],
                        identifier=voice["identifier"],
                        is_default=voice["identifier"] == found["identifier"],
                    )
                    for voice in found["voices"]
                ),
                key=lambda voice: (voice.language, voice.identifier),
            )
        )

    def settings_for(self, name: str, rate_wpm: int, *, lists: bool = False) -> dict[str, Any]:
        """Settings for `coach.voices.espeak_worker`; one that ``lists`` also finds every voice."""
        paces_wpm, rates = zip(*_ENGINE_RATES, strict=True)
        return {
            "path": [str(self._pyttsx3.parent)],
            "library": "" if self._bundled is None else str(self._bundled[0]),
            "data": "" if self._bundled is None else str(self._data or self._bundled[0].parent),
            "voice": _own(name),
            "variant": _VARIANT,
            "rate": round(float(np.interp(rate_wpm, paces_wpm, rates))),
            "word_gap": _WORD_GAP,
            "list": lists,
            "limit_s": math.ceil(self._limit_s),
        }

    def check(self, name: str, found: Mapping[str, Any]) -> None:
        """Raise a `UsageError` with the nearest names if the engine has no voice of that name."""
        if found["identifier"] is None:
            raise _no_voice(_own(name), found)

    def _found(self) -> Mapping[str, Any]:
        settings = self.settings_for(DEFAULT_VOICE, USUAL_RATE_WPM, lists=True)
        return self.workers(DEFAULT_VOICE, USUAL_RATE_WPM, settings).found()


def bundled_library() -> Path | None:
    """The espeak-ng library that the package espeakng-loader brings, with its data beside it."""
    folder = package_folder("espeakng_loader")
    name = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so")
    return None if folder is None else folder / name


def _engine_version(library: Path) -> str | None:
    """The engine version that the library names; None if this computer cannot load it."""
    try:
        info = ctypes.CDLL(str(library)).espeak_Info
    except (OSError, AttributeError):
        return None
    info.restype = ctypes.c_char_p
    info.argtypes = [ctypes.c_void_p]
    return bytes(info(None) or b"").decode("ascii", "replace").split(" ")[0]


def _own(name: str) -> str:
    """The engine's own name for the voice that ``espeak:en-gb`` or ``en-gb`` asks for."""
    return name.removeprefix(f"{ENGINE_NAME}:")


def _no_voice(asked: str, found: Mapping[str, Any]) -> UsageError:
    names = {
        name.casefold(): name
        for voice in found["voices"]
        for name in (*voice["languages"], voice["identifier"], voice["name"])
    }
    plain = asked.casefold().partition("+")[0].strip("\0 ")
    begin = [name for name in names if plain and name.startswith(plain)]
    close = difflib.get_close_matches(plain, names, n=3, cutoff=0.6)
    near = [names[name] for name in dict.fromkeys(sorted(begin, key=len)[:3] + close)][:3]
    return UsageError(
        f"There is no voice {asked!r}.",
        (f"Did you mean {' or '.join(near)}? " if near else "") + "`coach voices` lists the voices.",
    )


class Espeak:
    """The built-in engine, as `coach.voices.engines` finds it."""

    def voices(self) -> tuple[VoiceInfo, ...]:
        """Its voices, by language.

        Raises
        ------
        VoiceError
            If the engine does not start.
        """
        with EspeakVoice(processes=1) as voice:
            return voice.voices()

    def voice(self, name: str) -> EspeakVoice:
        """Make a voice; whether the engine has one of that name is asked when it is to speak."""
        return EspeakVoice(name)


ENGINE = Espeak()
