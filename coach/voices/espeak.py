"""The built-in voice: pyttsx3's espeak-ng, spoken in supervised child processes.

Nothing is started before the first prompt has to be spoken, and a clip depends on the engine's version, the
voice, the pace and the text alone (see `coach.voices.espeak_worker`).
"""

import difflib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from coach.errors import UsageError, VoiceError
from coach.session.options import USUAL_RATE_WPM
from coach.sound.clip import Clip, Utterance
from coach.voices.finishing import FINISHING
from coach.voices.installed import (
    INSTALL_HINT,
    bundled_library,
    engine_version,
    package_folder,
    package_version,
)
from coach.voices.pace import setting_for
from coach.voices.voice import VoiceInfo, words

if TYPE_CHECKING:
    from coach.voices.workers import Children

DEFAULT_VOICE = "en-us"
ENGINE_NAME = "espeak"

_WORD_GAP = 3
"""30 ms between words (at the engine's usual rate): longer gaps were misheard more often (docs/sound.md)."""
_ENGINE_RATES = (
    (78.9, 86),
    (92.5, 100),
    (112.8, 120),
    (134.5, 140),
    (155.7, 160),
    (178.4, 180),
    (201.3, 200),
    (224.4, 220),
    (248.8, 240),
    (273.3, 260),
    (301.7, 280),
    (328.4, 300),
)
"""The pace that the engine's rates have with that gap, in words a minute of connected American English."""

_AT_ONCE = 4
"""Prompts that a child is given at once: one takes it 4 ms."""


class EspeakVoice:
    """espeak-ng through pyttsx3, in at most ``processes`` children; to be used from one thread at a time.

    A child that crashes, hangs over ``limit_s`` or cannot say a prompt is ended and another one started; the
    prompt is tried once more. ``data`` is another folder than the package's to find ``espeak-ng-data`` in.
    What is spoken in is the voice that an utterance names; ``name`` is the one that is meant without one.
    Where the packaged library cannot be loaded, the espeak-ng that pyttsx3 finds on the system speaks.

    >>> with EspeakVoice() as voice:
    ...     [(utterance, clip)] = voice.speak([Utterance("Ready.", "en-us", 150)])
    >>> 0.3 < clip.length / 48_000 < 0.6
    True
    """

    def __init__(
        self,
        name: str = "",
        *,
        processes: int | None = None,
        limit_s: float = 10.0,
        start_limit_s: float = 15.0,
        data: Path | None = None,
    ) -> None:
        self._name = name
        self._processes = processes or min(2, os.cpu_count() or 1)
        self._limits_s = start_limit_s, limit_s
        self._data = data
        self._children: Children | None = None
        self._children_for = DEFAULT_VOICE, USUAL_RATE_WPM, False

    def __enter__(self) -> Self:
        """The voice."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closed."""
        self.close()

    @property
    def language(self) -> str:
        """The language that the name of its voice begins with; "" where it was opened without a name."""
        return _own(self._name).rpartition("/")[2]

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
        version = None if library is None else engine_version(library)
        return None if library is None or version is None else (library, version)

    @cached_property
    def identity(self) -> str:
        """Engine, versions and settings: whatever else than its utterance a clip depends on.

        Where the packaged library cannot be loaded, this starts a child to ask what there is instead.
        """
        if self._bundled is not None:
            library, version = self._bundled
            engine = f"espeak-ng {version}, espeakng-loader {package_version(library.parent)}"
        else:
            engine = f"espeak-ng {self._found()['version']} of the system"
        return (
            f"{engine}, pyttsx3 {package_version(self._pyttsx3)}, "
            f"rates {_ENGINE_RATES}, gap {_WORD_GAP}, finishing {FINISHING}"
        )

    @property
    def pids(self) -> list[int]:
        """The process numbers of the children that there are at the moment."""
        return [] if self._children is None else self._children.pids

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
                        gender=voice["gender"],
                        is_default=voice["identifier"] == found["identifier"],
                    )
                    for voice in found["voices"]
                ),
                key=lambda voice: (voice.language, voice.identifier),
            )
        )

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Each different utterance once, with its clip, as they get ready.

        Raises
        ------
        UsageError
            If there is no voice of that name, or no such pace.
        VoiceError
            If a prompt cannot be spoken whole, or holds nothing that can be spoken.
        """
        from coach.voices.prompts import in_groups, said  # noqa: PLC0415 - as in _crew

        for (name, rate_wpm), group in in_groups(utterances).items():
            texts = [words(utterance, self.language) for utterance in group]
            yield from said(group, texts, self._crew(_own(name), rate_wpm))

    def close(self) -> None:
        """End the children, whatever they are doing; a later `speak` starts others."""
        children, self._children = self._children, None
        if children is not None:
            children.close()

    def _crew(self, voice: str, rate_wpm: int, *, lists: bool = False) -> "Children":
        """The children that speak in that voice at that pace; those that spoke otherwise are ended."""
        from coach.voices.prompts import sound_fault  # noqa: PLC0415
        from coach.voices.workers import Children, Limits  # noqa: PLC0415 - imports what starts processes

        if self._children is not None and self._children_for == (voice, rate_wpm, lists):
            return self._children
        self.close()
        settings = {
            "engine": str(Path(__file__).with_name("espeak_worker.py")),
            "path": [str(self._pyttsx3.parent)],
            "library": "" if self._bundled is None else str(self._bundled[0]),
            "data": "" if self._bundled is None else str(self._data or self._bundled[0].parent),
            "voice": voice,
            "rate": round(setting_for(rate_wpm, _ENGINE_RATES)),
            "word_gap": _WORD_GAP,
            "list": lists,
            "limit_s": math.ceil(self._limits_s[1]),
        }
        self._children_for = voice, rate_wpm, lists
        self._children = Children(
            settings,
            count=self._processes,
            limits=Limits(*self._limits_s, _AT_ONCE),
            welcome=lambda found: _check_voice(voice, found),
            fault=lambda text, sound, rate_hz: sound_fault(text, sound, rate_hz, rate_wpm),
            hint=INSTALL_HINT,
        )
        return self._children

    def _found(self) -> Mapping[str, Any]:
        return self._crew(DEFAULT_VOICE, USUAL_RATE_WPM, lists=True).found()


def _own(name: str) -> str:
    """The engine's own name for the voice that ``espeak:en-gb`` or ``en-gb`` asks for."""
    return name.removeprefix(f"{ENGINE_NAME}:")


def _check_voice(asked: str, found: Mapping[str, Any]) -> None:
    if found["identifier"] is not None:
        return
    names = {
        name.casefold(): name
        for voice in found["voices"]
        for name in (*voice["languages"], voice["identifier"], voice["name"])
    }
    plain = asked.casefold().partition("+")[0].strip("\0 ")
    begin = [name for name in names if plain and name.startswith(plain)]
    close = difflib.get_close_matches(plain, names, n=3, cutoff=0.6)
    near = [names[name] for name in dict.fromkeys(sorted(begin, key=len)[:3] + close)][:3]
    raise UsageError(
        f"There is no voice {asked!r}.",
        (f"Did you mean {' or '.join(near)}? " if near else "") + "`coach voices` lists the voices.",
    )


def voices() -> tuple[VoiceInfo, ...]:
    """The voices of this machine, by language; the default one is marked.

    Raises
    ------
    VoiceError
        If the engine does not start.
    """
    with EspeakVoice(processes=1) as voice:
        return voice.voices()


class Espeak:
    """The built-in engine, as `coach.voices.engines` finds it."""

    def voices(self) -> tuple[VoiceInfo, ...]:
        """Its voices, by language.

        Raises
        ------
        VoiceError
            If the engine does not start.
        """
        return voices()

    def voice(self, name: str) -> EspeakVoice:
        """A voice; whether the engine has one of that name is asked when it is to speak."""
        return EspeakVoice(name)


ENGINE = Espeak()
