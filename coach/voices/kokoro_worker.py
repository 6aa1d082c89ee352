"""The Kokoro engine, as `coach.voices.worker` runs it: phonemes from espeak-ng, sound from a neural model.

The model has no random numbers, and its threads change nothing: a prompt's bytes depend on the text, the
style, the pace and the versions alone. The threads sleep while they wait, so that workers can share the
processors. Only what is quick of the model's optimisation is done: the rest takes 0.7 s, gains nothing and
changes no byte (docs/voices.md).
"""

import ctypes
import os
import re
from collections.abc import Callable
from typing import Any

_RETRIEVAL, _DONT_EXIT = 2, 0x8000
_UTF_8 = 1
_IPA_TIED = 0x02 | 0x80 | 0x361 << 8
"""Phonemes of the International Phonetic Alphabet, those of one sound joined by a tie."""
_TIE = "\u0361"
_MARKS = re.compile("""([;:,.!?\u2014\u2026"()\u201c\u201d]+\\s*)""")
"""Punctuation, which the model hears as pauses and melody; espeak-ng would leave it out."""
_FOREIGN = re.compile(r"\([a-z-]+\)")
"""What espeak-ng puts around words that it spells in another language: "(en)stˈɛp(fr)". It is not to be read
out. The brackets of the text itself are `_MARKS`."""
_RATE_HZ = 24_000
_MOST_SYMBOLS = 509
"""The longest utterance that there is a style for."""
_SHORT = 24
"""Before fewer symbols than 19 the model says "uh": "uh six". So what has fewer than these is said behind a
lead, which is cut off at the silence that follows it."""
_LEAST_SILENCE_S = 0.08
_SOFT_S = 0.06
"""How long an "f" or "th" may be softer than what counts as silence."""
_SILENT_BELOW = 10 ** (-45 / 20)
_STEP = 240
"""Silence is looked for in steps of 10 ms, and is so much softer than the loudest of them."""
_FATAL_ONLY = 4


class SpeechFailed(Exception):  # noqa: N818 - a reason, told to the parent
    """The engine does not speak, or not to the end; its text is the reason."""


class _Speller:
    """espeak-ng, which spells a text in phonemes, and the symbols that the model has for them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        try:
            self._library = ctypes.CDLL(settings["library"])
        except OSError as why:
            raise SpeechFailed(f"espeak-ng cannot be loaded: {why}") from why
        self._library.espeak_TextToPhonemes.argtypes = [
            ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int,
        ]  # fmt: skip
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = os.fsencode(settings["data"]) or None
        if self._library.espeak_Initialize(_RETRIEVAL, 0, data, _DONT_EXIT) <= 0:
            raise SpeechFailed("espeak-ng does not start: its data is missing or damaged")
        self._language = settings["language"].encode()
        self._respelled = [(each[0], each[1]) for each in settings["respelled"]]

    def phonemes(self, text: str) -> str:
        """Spell a text, punctuation included."""
        # Set anew each time: nothing is to depend on the prompt before.
        if self._library.espeak_SetVoiceByName(self._language):
            raise SpeechFailed(f"espeak-ng has no {self._language.decode()}")
        parts = _MARKS.split(text)
        spelled = "".join(part if _MARKS.fullmatch(part) else self._spelled(part) for part in parts)
        return " ".join(spelled.split())

    def _spelled(self, text: str) -> str:
        at = ctypes.c_char_p(text.encode("utf-8", "replace"))
        found = []
        while at.value:
            clause = self._library.espeak_TextToPhonemes(ctypes.byref(at), _UTF_8, _IPA_TIED)
            found.append((clause or b"").decode("utf-8", "replace"))
        spelled = " ".join(filter(None, found))
        for ours, the_models in self._respelled:
            spelled = spelled.replace(ours, the_models)
        spelled = _FOREIGN.sub("", spelled.replace(_TIE, ""))
        return spelled + " " if spelled and text[-1].isspace() else spelled


class _Model:
    """The model in one style and at one pace."""

    def __init__(self, settings: dict[str, Any]) -> None:
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy starts threads when it is imported, and needs none
        import numpy as np  # noqa: PLC0415
        import onnxruntime  # noqa: PLC0415

        onnxruntime.set_default_logger_severity(_FATAL_ONLY)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _FATAL_ONLY
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.intra_op_num_threads = settings["threads"]
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._styles = np.fromfile(settings["style"], "<f4").reshape(-1, 1, settings["style_length"])
            model = b"".join(_read(part) for part in settings["model"])
            self._session = onnxruntime.InferenceSession(
                model, sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as why:
            raise SpeechFailed(f"Kokoro cannot be loaded: {type(why).__name__}: {why}") from why
        self._np = np
        self._speed = np.array([settings["speed"]], np.float32)
        speed = settings["speed"]
        self._leads = [
            ([settings["symbols"][each] for each in lead], earliest_s / speed, latest_s / speed)
            for lead, earliest_s, latest_s in settings["leads"]
        ]

    def sound(self, symbols: list[int]) -> Any:
        """The samples of a text, from -1 to 1; a short one is said behind the first lead that comes off."""
        if len(symbols) < _SHORT:
            for lead, earliest_s, latest_s in self._leads:
                behind = self._inferred([*lead, *symbols])
                if cut := self._silence(behind, earliest_s, latest_s):
                    return behind[cut:]
        return self._inferred(symbols)

    def _inferred(self, symbols: list[int]) -> Any:
        tokens = self._np.array([[0, *symbols, 0]], self._np.int64)
        given = {"tokens": tokens, "style": self._styles[len(symbols)], "speed": self._speed}
        return self._session.run(None, given)[0]

    def _silence(self, samples: Any, earliest_s: float, latest_s: float) -> int:
        """The frame at which the longest silence that begins then is cut; 0 if none is long enough.

        That is its middle, or `_SOFT_S` before its end, what is later.
        """
        np = self._np
        steps = samples[: len(samples) // _STEP * _STEP].reshape(-1, _STEP)
        loudness = np.sqrt(np.square(steps).mean(axis=1))
        loud = np.flatnonzero(loudness > _SILENT_BELOW * loudness.max())
        begin_s = loud[:-1] * _STEP / _RATE_HZ
        steps_silent = np.where((begin_s >= earliest_s) & (begin_s <= latest_s), np.diff(loud), 0)
        if steps_silent.max(initial=0) * _STEP < _LEAST_SILENCE_S * _RATE_HZ:
            return 0
        longest = steps_silent.argmax()
        middle = int(loud[longest] + loud[longest + 1]) * _STEP // 2
        return max(middle, int(loud[longest + 1]) * _STEP - round(_SOFT_S * _RATE_HZ))


def start(settings: dict[str, Any]) -> tuple[Callable[[str], bytes], dict[str, Any]]:
    """Load the model and a style; return the function that speaks a text, and the rate of its sound.

    ``settings`` have the parts of the ``model`` in order, the ``style`` file, the ``speed`` (1 is the voice's
    own), the ``leads`` of short texts (see `coach.voices.kokoro`), the number of ``threads``, the ``symbols``
    of the model with their numbers, how phonemes are ``respelled`` for it, and for espeak-ng its ``library``,
    its ``data`` folder ("" for its own) and the ``language``.

    Raises
    ------
    SpeechFailed
        If anything of it cannot be loaded.
    """
    speller = _Speller(settings)
    model = _Model(settings)
    numbers: dict[str, int] = settings["symbols"]

    def speak(text: str) -> bytes:
        symbols = [numbers[each] for each in speller.phonemes(text) if each in numbers]
        if not symbols:
            return b""
        if len(symbols) > _MOST_SYMBOLS:
            return b"".join(map(speak, _halves(text, len(symbols))))
        try:
            said = model.sound(symbols)
        except Exception as why:
            raise SpeechFailed(f"Kokoro gives up: {type(why).__name__}: {why}") from why
        return bytes((said.clip(-1.0, 1.0) * 32_767).round().astype("<i2").tobytes())

    return speak, {"rate_hz": _RATE_HZ}


def _halves(text: str, symbols: int) -> tuple[str, str]:
    """Cut a text that has too many symbols between two words.

    Raises
    ------
    SpeechFailed
        If it is one word.
    """
    words = text.split()
    half = len(words) // 2
    if not half:
        raise SpeechFailed(f"a word has {symbols} sounds, more than the {_MOST_SYMBOLS} of an utterance")
    return " ".join(words[:half]), " ".join(words[half:])


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()
