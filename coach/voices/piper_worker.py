"""The Piper engine, as `coach.voices.worker` runs it: a neural voice, one thread, deterministic.

Piper draws two kinds of noise by default, so that no two readings are alike. Here both are 0 and one thread
computes, in one order: a prompt's bytes depend on the text, the voice's files and the versions alone. The
model is taken as it is: to optimise it takes longer than to load it, and it speaks no faster
(docs/voices.md).
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

_SENTENCE_PAUSE_S = 0.2
"""Added between two sentences of a prompt, at the voice's own pace; Piper itself leaves 0.1 to 0.3 s."""
_FATAL_ONLY = 4
"""onnxruntime's severity that leaves out the warnings, such as that there is no graphics card."""


class SpeechFailed(Exception):  # noqa: N818 - a reason, told to the parent
    """The engine does not speak, or not to the end; its text is the reason."""


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Discard output: what onnxruntime writes while it is loaded would hide the reason for a crash."""
    kept = {number: os.dup(number) for number in (1, 2)}
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, own in kept.items():
            os.dup2(own, number)
            os.close(own)
        os.close(nowhere)


def start(settings: dict[str, Any]) -> tuple[Callable[[str], bytes], dict[str, Any]]:
    """Load the voice; return the function that speaks a text, and the rate of its sound.

    ``settings`` have the ``model`` and the ``config`` file and the ``length_scale``: how much longer every
    sound is than the voice's own.

    Raises
    ------
    SpeechFailed
        If the voice cannot be loaded.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy starts threads when it is imported, and needs none here
    with _silent():
        import onnxruntime  # noqa: PLC0415 - what it prints while it is imported is not wanted
        from piper.config import PiperConfig, SynthesisConfig  # noqa: PLC0415
        from piper.voice import PiperVoice  # noqa: PLC0415

        onnxruntime.set_default_logger_severity(_FATAL_ONLY)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _FATAL_ONLY
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        try:
            with open(settings["config"], encoding="utf-8") as file:  # noqa: PTH123
                config = PiperConfig.from_dict(json.load(file))
            session = onnxruntime.InferenceSession(
                settings["model"], sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as why:
            raise SpeechFailed(f"{settings['model']} cannot be loaded: {type(why).__name__}: {why}") from why
    voice = PiperVoice(session=session, config=config)
    how = SynthesisConfig(
        length_scale=settings["length_scale"], noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False
    )
    pause = bytes(2 * round(_SENTENCE_PAUSE_S * settings["length_scale"] * config.sample_rate))

    def speak(text: str) -> bytes:
        try:
            sentences = [chunk.audio_int16_bytes for chunk in voice.synthesize(text, how)]
        except Exception as why:
            raise SpeechFailed(f"Piper gives up: {type(why).__name__}: {why}") from why
        return pause.join(sentences)

    return speak, {"rate_hz": config.sample_rate}
