"""The built-in voice: pyttsx3's espeak-ng, spoken in supervised child processes.

Nothing is started before the first prompt has to be spoken, and a clip depends on the engine's version, the
voice, the pace and the text alone (see `coach.voices.espeak_child`).
"""

import difflib
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from coach.core.choices import USUAL_RATE_WPM
from coach.core.clip import Clip, Utterance
from coach.errors import UsageError, VoiceError
from coach.voices import words
from coach.voices.finishing import FINISHING, finished
from coach.voices.installed import (
    INSTALL_HINT,
    bundled_library,
    engine_version,
    package_folder,
    package_version,
)

if TYPE_CHECKING:
    from coach.voices.children import Children

DEFAULT_VOICE = "en-us"
SLOWEST_WPM, FASTEST_WPM = 80, 300
"""Slower, the engine stretches its sounds until they are none; faster, few follow on a first hearing."""

_ENGINE_RATE_AT_150_WPM = 170
_WORD_GAP = 3
"""With 30 ms between words the engine's 170 has the pace of its 150 and a third of the recognition errors."""

_PIECE_CHARACTERS = 300
"""What the engine is asked at once. At some 20,000 it crashes."""
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")
_LEAST_S_A_LETTER, _MOST_S_A_LETTER = 0.02, 2.0
"""Measured over 540 prompts: 0.049 to 0.42 s a letter or digit. Beyond these something else was said."""
_SILENT_BELOW = 200
"""The softest of 540 prompts peaks at 11,900 of 32,768."""

_TRY_HINT = "Try again; if it stays so, say it in other words."


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice of this machine: ``identifier`` and ``language`` can both be asked for."""

    name: str
    language: str
    identifier: str
    gender: str
    is_default: bool


def check_rate(rate_wpm: int) -> None:
    """Nothing, if the engine speaks clearly at that pace.

    Raises
    ------
    UsageError
        Outside 80 to 300 words a minute.
    """
    if not SLOWEST_WPM <= rate_wpm <= FASTEST_WPM:
        raise UsageError(
            f"The voice cannot speak {rate_wpm} words a minute.",
            f"Choose a rate from {SLOWEST_WPM} to {FASTEST_WPM}; a coach speaks about {USUAL_RATE_WPM}.",
        )


def pieces(text: str) -> list[str]:
    """``text`` cut into what the engine is asked at once: whole sentences, at most 300 characters.

    A longer sentence is cut at a comma or a space, and a longer word anywhere. Control characters, which
    the engine takes for orders or for the end of the text, become spaces.

    >>> pieces("Lie down. Rest.")
    ['Lie down. Rest.']
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    cut: list[str] = []
    for sentence in _SENTENCE_END.split(plain):
        rest = sentence
        while len(rest) > _PIECE_CHARACTERS:
            end = rest.rfind(", ", 0, _PIECE_CHARACTERS) + 1 or rest.rfind(" ", 0, _PIECE_CHARACTERS)
            end = end if end > 0 else _PIECE_CHARACTERS
            cut.append(rest[:end])
            rest = rest[end:].lstrip()
        if cut and len(cut[-1]) + 1 + len(rest) <= _PIECE_CHARACTERS and _ends_a_sentence(cut[-1]):
            cut[-1] = f"{cut[-1]} {rest}".rstrip()
        elif rest:
            cut.append(rest)
    return cut


def _ends_a_sentence(piece: str) -> bool:
    return piece.endswith((".", "!", "?", ";", ":"))


def _joined(texts: Sequence[str], sounds: Sequence[NDArray[np.int16]], rate_hz: int) -> NDArray[np.int16]:
    """The pieces' sounds one after the other; the pause after each is short where no sentence ends."""
    parts = []
    for text, sound in zip(texts[:-1], sounds[:-1], strict=True):
        if _ends_a_sentence(text):
            parts.append(sound)
        else:
            heard = np.flatnonzero(np.abs(sound.astype(np.int32)) > _SILENT_BELOW // 10)
            pause_s = 0.15 if text.endswith(",") else 0.05
            parts.append(sound[: (int(heard[-1]) if len(heard) else 0) + round(pause_s * rate_hz)])
    return np.concatenate([*parts, sounds[-1]])


def sound_fault(text: str, said: bytes, rate_hz: int, rate_wpm: int) -> str:
    """Why the sound ``said`` cannot be ``text``; "" if it can."""
    letters = sum(map(str.isalnum, text))
    if not letters:
        return ""
    sound = np.frombuffer(said, dtype="<i2")
    if not len(sound) or int(sound.max()) < _SILENT_BELOW:
        return "it was silent"
    length_s = len(sound) / rate_hz
    slower = USUAL_RATE_WPM / rate_wpm
    if length_s < _LEAST_S_A_LETTER * letters * min(1.0, slower):
        return f"it was cut short after {length_s:.1f} seconds"
    if length_s > (1.0 + _MOST_S_A_LETTER * letters) * max(1.0, slower):
        return f"it went on for {length_s:.0f} seconds"
    return ""


class EspeakVoice:
    """espeak-ng through pyttsx3, in at most ``processes`` children; to be used from one thread at a time.

    A child that crashes, hangs over ``limit_s`` or cannot say a prompt is ended and another one started; the
    prompt is tried once more. ``data`` is another folder than the package's to find ``espeak-ng-data`` in.
    Where the packaged library cannot be loaded, the espeak-ng that pyttsx3 finds on the system speaks.

    >>> with EspeakVoice() as voice:
    ...     [(utterance, clip)] = voice.speak([Utterance("Ready.", "en-us", 150)])
    >>> 0.3 < clip.length / 48_000 < 0.6
    True
    """

    def __init__(
        self,
        *,
        processes: int | None = None,
        limit_s: float = 10.0,
        start_limit_s: float = 15.0,
        data: Path | None = None,
    ) -> None:
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
            f"rate {_ENGINE_RATE_AT_150_WPM}/{USUAL_RATE_WPM}, gap {_WORD_GAP}, finishing {FINISHING}"
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
                        name=voice["name"],
                        language=voice["languages"][0] if voice["languages"] else "",
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
        groups: dict[tuple[str, int], list[Utterance]] = {}
        for utterance in dict.fromkeys(utterances):
            check_rate(utterance.rate_wpm)
            groups.setdefault((utterance.voice, utterance.rate_wpm), []).append(utterance)
        for (voice, rate_wpm), group in groups.items():
            yield from self._speak(voice, rate_wpm, group)

    def close(self) -> None:
        """End the children; a later `speak` starts others."""
        if self._children is not None:
            self._children.close()
            self._children = None

    def _speak(self, voice: str, rate_wpm: int, group: list[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        from coach.voices.children import Unsaid  # noqa: PLC0415 - as in _crew

        cut = [pieces(words(utterance)) for utterance in group]
        for utterance, parts in zip(group, cut, strict=True):
            if not parts:
                raise _nothing_in(utterance)
        place = [(number, at) for number, parts in enumerate(cut) for at in range(len(parts))]
        sounds: list[dict[int, NDArray[np.int16]]] = [{} for _ in group]
        try:
            for index, said, rate_hz in self._crew(voice, rate_wpm).say(
                [part for parts in cut for part in parts]
            ):
                number, at = place[index]
                sounds[number][at] = np.frombuffer(said, dtype="<i2")
                if len(sounds[number]) < len(cut[number]):
                    continue
                whole = [sound for _, sound in sorted(sounds[number].items(), key=itemgetter(0))]
                sounds[number].clear()
                clip = finished(_joined(cut[number], whole, rate_hz), rate_hz)
                if clip is None:
                    raise _nothing_in(group[number])
                yield group[number], clip
        except Unsaid as unsaid:
            text = group[place[unsaid.index][0]].text
            raise VoiceError(f"The voice could not say {text!r}: {unsaid.why}.", _TRY_HINT) from unsaid

    def _crew(self, voice: str, rate_wpm: int, *, lists: bool = False) -> "Children":
        """The children that speak in that voice at that pace; those that spoke otherwise are ended."""
        from coach.voices.children import Children, Limits  # noqa: PLC0415 - imports what starts processes

        if self._children is not None and self._children_for == (voice, rate_wpm, lists):
            return self._children
        self.close()
        settings = {
            "path": str(self._pyttsx3.parent),
            "library": "" if self._bundled is None else str(self._bundled[0]),
            "data": "" if self._bundled is None else str(self._data or self._bundled[0].parent),
            "voice": voice,
            "rate": round(rate_wpm * _ENGINE_RATE_AT_150_WPM / USUAL_RATE_WPM),
            "word_gap": _WORD_GAP,
            "list": lists,
            "limit_s": math.ceil(self._limits_s[1]),
        }
        self._children_for = voice, rate_wpm, lists
        self._children = Children(
            settings,
            self._processes,
            Limits(*self._limits_s),
            lambda found: _check_voice(voice, found),
            lambda text, sound, rate_hz: sound_fault(text, sound, rate_hz, rate_wpm),
        )
        return self._children

    def _found(self) -> Mapping[str, Any]:
        return self._crew(DEFAULT_VOICE, USUAL_RATE_WPM, lists=True).found()


def _nothing_in(utterance: Utterance) -> VoiceError:
    return VoiceError(
        f"The voice finds nothing to say in {utterance.text!r}.",
        "Write it in words: signs alone would be a silence, and nobody would know why.",
    )


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
