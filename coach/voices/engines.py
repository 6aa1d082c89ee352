"""Choose the voice that speaks: installed engines, the names of their voices, and the default one.

An engine is found through the entry-point group `GROUP`: coach's own, which are the built-in one, Piper and
Kokoro, and those of any other package (docs/voices.md shows how). Voices are asked for by name:

- ``en-gb``: a voice of the built-in engine, by its language;
- ``piper``: the engine's voice in the language that is to be spoken;
- ``piper:joe``, ``piper:/voices/kerstin.onnx``: a voice of that engine, by whatever the engine calls it.

Importing this costs no engine; what the name of a voice says already is not looked up.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from coach.errors import CoachError, UsageError, VoiceError
from coach.folders import with_home
from coach.settings import settings_path
from coach.sound.clip import Clip, Utterance
from coach.voices.voice import Voice, VoiceInfo, language_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "coach.voices"
BUILT_IN = "espeak"
PIPER = "piper"
KOKORO = "kokoro"
OWN = {
    BUILT_IN: "coach.voices.espeak:ENGINE",
    PIPER: "coach.voices.piper:ENGINE",
    KOKORO: "coach.voices.kokoro:ENGINE",
}
"""Coach's own engines, as pyproject.toml registers them. Where no voice was chosen, only these are asked for
one: reading the registered engines at every start takes 10 to 40 ms."""
NATURAL = (KOKORO, PIPER)
"""Engines of natural voices, the best understood first (docs/sound.md)."""

_A_LANGUAGE = re.compile(r"[a-z]{2}(?:-|$)|[a-z]{3}-", re.IGNORECASE)
"""Pattern of a name that is certainly a language tag, so that no engine needs to be searched."""


class Engine(Protocol):
    """The interface of an engine, as an entry point of the group loads it: list voices and open one."""

    def voices(self) -> Iterable[VoiceInfo]:
        """The voices that are there now; none where something has to be installed first.

        Raises
        ------
        CoachError
            If that cannot be found out.
        """
        ...

    def voice(self, name: str) -> Voice:
        """The voice of that name, which stands behind ``ENGINE:``; nothing is started yet.

        Raises
        ------
        CoachError
            If there is none, with what to do in its hint.
        """
        ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every voice by its whole name; ``troubles`` are the errors of engines that could not list theirs."""

    voices: tuple[VoiceInfo, ...]
    troubles: tuple[CoachError, ...]


def voice_for(asked: str | None, language: str, usual: str | None = None) -> str:
    """Give the whole name of the voice to use: ``asked``, else the ``usual`` one, else one by language.

    The ``usual`` one is that of the settings file, which an error names. By language, that is a natural voice
    that speaks it if there is one (Kokoro's, else Piper's, where these are installed), else the built-in one.
    A voice file is named by its absolute path.

    Raises
    ------
    UsageError
        If there is no such engine, or no such voice of it, or the settings cannot be understood.
    CoachError
        If the engine cannot be used.
    """
    if asked is not None:
        return _whole_name(asked, language)
    if usual is None:
        return natural_voice(language) or language
    try:
        return _whole_name(usual, language)
    except CoachError as error:
        raise type(error)(f"{settings_path()}: {error.message}", error.hint) from error


def natural_voice(language: str) -> str:
    """Give the whole name of the best natural voice that speaks a language; "" if none is there."""
    for engine in NATURAL:
        if natural := _speaking(language, _engine(engine).voices()):
            return f"{engine}:{natural.name}"
    return ""


def is_built_in(name: str) -> bool:
    """Tell whether a whole name is that of a voice of the built-in engine."""
    return _parted(name)[0] == BUILT_IN


def open_voice(name: str) -> Voice:
    """Make the voice of that name; no process is started before it speaks.

    Raises
    ------
    UsageError
        If there is no such engine, or no such voice of it.
    CoachError
        If the engine cannot be used.
    """
    engine, voice = _parted(name)
    found = _engine(engine)
    voice = voice or _default(engine, found.voices(), "").name
    return found.voice(voice)


def catalogue(language: str = "en-us", usual: str | None = None) -> Catalogue:
    """List the voices of every engine, the default voice for ``language`` marked."""
    found: list[VoiceInfo] = []
    troubles: list[CoachError] = []
    try:
        default = voice_for(None, language, usual)
    except CoachError as error:
        troubles.append(error)
        default = ""
    for name in (*NATURAL, *sorted(_registered()), BUILT_IN):
        try:
            found += [
                replace(info, name=info.name if name == BUILT_IN else f"{name}:{info.name}")
                for info in _engine(name).voices()
            ]
        except CoachError as error:
            troubles.append(error)
    marked = tuple(replace(info, is_default=default in {info.name, info.identifier}) for info in found)
    return Catalogue(marked, tuple(troubles))


def _parted(name: str) -> tuple[str, str]:
    """The engine's name, and the voice's, "" for whichever suits."""
    engine, colon, voice = name.partition(":")
    if colon:
        return engine, voice.strip()
    if engine in OWN:
        return engine, ""
    if not _A_LANGUAGE.match(engine) and "/" not in engine and engine in _registered():
        return engine, ""
    if engine.endswith(".onnx"):
        raise UsageError(f"There is no voice {name!r}.", f"Did you mean {PIPER}:{name}?")
    return BUILT_IN, name


def _whole_name(asked: str, language: str) -> str:
    engine, voice = _parted(asked)
    found = _engine(engine)
    if not voice:
        voice = language if engine == BUILT_IN else _default(engine, found.voices(), language).name
    path = Path(voice)
    if path.suffix and with_home(path).is_file():
        voice = str(with_home(path).absolute())
    found.voice(voice)
    return voice if engine == BUILT_IN else f"{engine}:{voice}"


def _speaking(language: str, voices: Iterable[VoiceInfo]) -> VoiceInfo | None:
    """The voice that speaks a language: in that very variety, else the default one or the first in any.

    Every voice will do for the language "".
    """
    plain = language.casefold()
    able = [info for info in voices if not plain or _family(info.language) == _family(plain)]
    able.sort(key=lambda info: (bool(plain) and info.language.casefold() != plain, not info.is_default))
    return next(iter(able), None)


def _family(language: str) -> str:
    return language.casefold().partition("-")[0]


def _default(engine: str, voices: Iterable[VoiceInfo], language: str) -> VoiceInfo:
    """An engine's voice for a language; its default one where that is ""."""
    there = list(voices)
    if found := _speaking(language, there):
        return found
    names = ", ".join(f"{engine}:{info.name}" for info in there)
    what = f" that speaks {language!r}" if language else ""
    raise UsageError(
        f"The engine {engine!r} has no voice{what}.",
        f"It has {names}. `coach voices` lists the voices." if names else "`coach voices` lists the voices.",
    )


def _engine(name: str) -> Engine:
    """Load the engine of that name; another package's is wrapped.

    Raises
    ------
    UsageError
        If there is none of that name.
    VoiceError
        If it cannot be loaded.
    """
    if name in OWN:
        module, _, attribute = OWN[name].partition(":")
        engine: Engine = getattr(import_module(module), attribute)
        return engine
    registered = _registered()
    if name not in registered:
        names = [*OWN, *registered]
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"There is no voice engine {name!r}.",
            f"{meant}The engines are {', '.join(names)}. `coach voices` lists the voices.",
        )
    return _Watched(registered[name])


def _registered() -> dict[str, "EntryPoint"]:
    """The engines of other packages in the entry-point group, by name."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - takes 10 ms and more

    return {point.name: point for point in entry_points(group=GROUP) if point.name not in OWN}


class _Watched:
    """Wraps an engine of another package: whatever it raises becomes a `VoiceError` that names it."""

    def __init__(self, point: "EntryPoint") -> None:
        self._label = f"The voice engine {point.name!r}"
        if point.dist is not None:
            self._label += f" of the package {point.dist.name} {point.dist.version}"
        self._engine = self._watch(point.load)

    def _watch(self, ask: Callable[..., Any], *given: object) -> Any:
        """Call ``ask`` and give its result.

        Raises
        ------
        CoachError
            The engine's own; any other exception as a `VoiceError`.
        """
        try:
            return ask(*given)
        except CoachError:
            raise
        except (Exception, SystemExit) as why:
            raise self._broken(f"{type(why).__name__}: {why}") from why

    def _broken(self, why: str) -> VoiceError:
        return VoiceError(
            f"{self._label} does not work ({why}).",
            "Choose another voice (`coach voices`), or ask those who made the package.",
        )

    def voices(self) -> Sequence[VoiceInfo]:
        """List the engine's voices."""
        found = self._watch(lambda: list(self._engine.voices()))
        for info in found:
            if not isinstance(info, VoiceInfo):
                raise self._broken(f"it lists {info!r}, which is no VoiceInfo")
        return list(found)

    def voice(self, name: str) -> Voice:
        """The engine's voice."""
        return _WatchedVoice(self._watch(lambda: self._engine.voice(name)), self._watch, self._broken)


class _WatchedVoice:
    """Wraps a voice of another package: its errors become `VoiceError`, and every clip is checked."""

    def __init__(self, voice: Voice, watch: Callable[..., Any], broken: Callable[[str], VoiceError]) -> None:
        self._voice = voice
        self._watch = watch
        self._broken = broken

    @property
    def identity(self) -> str:
        """The voice's own."""
        return str(self._watch(lambda: self._voice.identity))

    @property
    def language(self) -> str:
        """The voice's own."""
        return str(self._watch(language_of, self._voice))

    @property
    def worked_s(self) -> float:
        """The voice's own; AttributeError if it has none."""
        return float(self._voice.worked_s)  # type: ignore[attr-defined]

    def load(self, utterance: Utterance) -> None:
        """Load the voice's engine, if it can be loaded in advance."""
        if hasattr(self._voice, "load"):
            self._watch(self._voice.load, utterance)

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Speak, and check each clip."""
        spoken = self._watch(lambda: iter(self._voice.speak(utterances)))
        while (pair := self._watch(next, spoken, None)) is not None:
            utterance, clip = self._watch(tuple, pair)
            if fault := _fault(clip):
                raise self._broken(f"for {utterance.text!r} it gave {fault}")
            yield utterance, clip

    def close(self) -> None:
        """End it."""
        self._watch(self._voice.close)


def _fault(clip: Any) -> str:
    """Why ``clip`` is no valid clip; "" if it is one."""
    if not isinstance(clip, Clip) or not isinstance(clip.samples, np.ndarray):
        return f"{type(clip).__name__}, which is no clip"
    if clip.samples.dtype != np.int16 or clip.samples.ndim != 1 or not len(clip.samples):
        return f"samples of type {clip.samples.dtype} and shape {clip.samples.shape}, not int16 and (frames,)"
    if not 0 <= clip.onset < len(clip.samples):
        return f"an onset at frame {clip.onset} of {len(clip.samples)}"
    return ""
