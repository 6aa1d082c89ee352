"""A voice whose engine speaks in supervised worker processes: what every such engine has in common.

A crash, a hang or an exit of a C library then ends a worker and nothing else. Importing this starts nothing
and loads no module that does.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict

from coach.sound.clip import Clip, Utterance
from coach.voices.manner import Manner
from coach.voices.voice import spoken_text

if TYPE_CHECKING:
    from coach.voices.workers import Workers

MOST_PROCESSES = 2


class WorkerOptions(TypedDict, total=False):
    """The parameters of a `WorkerVoice` that limit its workers."""

    processes: int | None
    limit_s: float
    start_limit_s: float


class WorkerVoice:
    """A `coach.voices.voice.Voice` that is an engine file, its settings and its ``identity``.

    The engine file is run in each worker as `coach.voices.worker` describes. A subclass says what its
    ``identity`` and ``language`` are, and gives `settings_for`; its ``manner`` says what its words need to be
    understood, and is part of its ``identity``. It is to be used from one thread at a time,
    but for `close`. A worker that crashes, hangs or cannot say a prompt is ended and another one started;
    the prompt is tried once more.

    Parameters
    ----------
    engine
        The engine file.
    hint
        Advice for the user where no worker starts.
    at_once
        Prompts that a worker is given at once, so that it need not wait while clips are finished and written.
    processes
        The number of workers at most.
    limit_s, start_limit_s
        Seconds that a worker may take for one prompt, and for its start.
    """

    identity: str
    language: str
    manner = Manner()

    def __init__(
        self,
        engine: Path,
        *,
        hint: str = "",
        at_once: int = 2,
        processes: int | None = None,
        limit_s: float = 60.0,
        start_limit_s: float = 60.0,
    ) -> None:
        self._engine = engine
        self._hint = hint
        self._limits = start_limit_s, limit_s, at_once
        self._processes = processes or min(MOST_PROCESSES, os.cpu_count() or 1)
        self._workers: Workers | None = None
        self._workers_for: object = None
        self._worked_s = 0.0

    def settings_for(self, name: str, rate_wpm: int) -> Mapping[str, Any]:
        """The engine's settings for a voice's name, as an utterance has it, and a pace; as JSON has them.

        ``path`` may name the folders that the worker finds modules in, where these are not those of this
        process.
        """
        raise NotImplementedError

    def check(self, name: str, found: Mapping[str, Any]) -> None:
        """Raise if what a worker found when it started will not do for the voice of that name."""

    def __enter__(self) -> Self:
        """The voice."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers."""
        self.close()

    @property
    def pids(self) -> list[int]:
        """The process ids of the present workers."""
        return [] if self._workers is None else self._workers.pids

    @property
    def worked_s(self) -> float:
        """The seconds of work so far, of all processes side by side; loading the engine is none."""
        return self._worked_s + (self._workers.worked_s if self._workers else 0.0)

    def load(self, utterance: Utterance) -> None:
        """Start a worker that can speak an utterance, without waiting for it.

        Raises
        ------
        CoachError
            If that cannot be started.
        """
        name, rate_wpm = utterance.voice, utterance.rate_wpm
        self.workers(name, rate_wpm, self.settings_for(name, rate_wpm)).load()

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Speak each different utterance once; its clip comes as soon as it is ready.

        Raises
        ------
        UsageError
            If there is no voice of that name, or no such pace.
        VoiceError
            If a prompt cannot be spoken whole, or holds nothing that can be spoken.
        """
        from coach.voices.prompts import group_by_voice, speak_group  # noqa: PLC0415 - imports subprocess

        for (name, rate_wpm), group in group_by_voice(utterances).items():
            texts = [self.manner.read(spoken_text(utterance, self.language)) for utterance in group]
            workers = self.workers(name, rate_wpm, self.settings_for(name, rate_wpm))
            yield from speak_group(group, texts, workers, self.manner.gains)

    def workers(self, name: str, rate_wpm: int, settings: Mapping[str, Any]) -> "Workers":
        """The workers that have these settings; those that have others are ended."""
        from coach.voices.prompts import sound_fault  # noqa: PLC0415
        from coach.voices.workers import Limits, Workers  # noqa: PLC0415 - imports subprocess

        wanted = name, rate_wpm, settings
        if self._workers is None or self._workers_for != wanted:
            self.close()
            self._workers_for = wanted
            self._workers = Workers(
                {"engine": str(self._engine), "path": [folder for folder in sys.path if folder]}
                | dict(settings),
                count=self._processes,
                limits=Limits(*self._limits),
                welcome=lambda found: self.check(name, found),
                fault=lambda text, sound, rate_hz: sound_fault(text, sound, rate_hz, rate_wpm),
                hint=self._hint,
            )
        return self._workers

    def close(self) -> None:
        """End the workers, whatever they are doing; a later `speak` starts others."""
        workers, self._workers = self._workers, None
        if workers is not None:
            self._worked_s += workers.worked_s
            workers.close()
