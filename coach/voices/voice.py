"""Voices: what an engine offers and gives, and how utterances become clips, cached or spoken.

An engine of another package needs this module alone: `Voice` and `VoiceInfo`, `spoken_text` for what to read
and `make_clip` for what it has said. Importing it loads no engine, process, resampler or pyttsx3.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from coach.disk_cache import key
from coach.errors import CoachError, VoiceError
from coach.language.spelling.spell_out import spell_out
from coach.sound.clip import Clip, Utterance
from coach.voices.cache import ClipCache
from coach.voices.finishing import make_clip

__all__ = [
    "Voice",
    "VoiceInfo",
    "clip_key",
    "language_of",
    "load_if_needed",
    "make_clip",
    "speak_all",
    "speak_in_turn",
    "spoken_text",
    "worked_s",
]


_LETTERS_OF_A_PAUSE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    """A voice in an engine's list.

    ``name`` is what stands behind ``ENGINE:`` in ``--voice``; ``language`` a tag such as ``en-us``;
    ``description`` is for people; ``identifier`` the engine's own name for it, where that is another one.
    One voice of an engine ``is_default``, its first if none is.
    """

    name: str
    language: str
    description: str = ""
    identifier: str = ""
    is_default: bool = False


class Voice(Protocol):
    """A voice of an engine. Making one starts nothing: what it needs is started when it is to speak.

    Its ``language``, such as ``en-us``, is an optional attribute: without it, the name of the voice is taken
    for one (see `language_of`). So is ``worked_s``, the seconds in which it has made sounds, without those in
    which it was loaded: with it, a session that is heard while it is spoken begins earlier. A method ``load``
    starts to load what an utterance needs, and does not wait for it.
    """

    @property
    def identity(self) -> str:
        """The engine, versions and settings that a clip depends on: with the utterance, the cache key."""
        ...

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Give each utterance with its clip, in the order in which the clips get ready.

        Raises
        ------
        VoiceError
            Naming the first prompt that could not be spoken whole.
        """
        ...

    def close(self) -> None:
        """End all processes; a later `speak` starts them again.

        It may be called from another thread: `speak` then gives up with a `VoiceError`.
        """
        ...


def language_of(voice: Voice) -> str:
    """The language that a voice says it speaks; "" if its name says it."""
    return str(getattr(voice, "language", ""))


def worked_s(voice: Voice, spoke_s: float) -> float:
    """The seconds in which a voice has worked, as far as it tells; otherwise those in which it spoke."""
    return float(getattr(voice, "worked_s", spoke_s))


def spoken_text(utterance: Utterance, language: str = "") -> str:
    """The text that an engine is to read: numbers and signs spelled out in a language.

    Without one, in the language that the voice's name is.

    >>> spoken_text(Utterance("Rest 30s.", "en-us", 150))
    'Rest 30 seconds.'
    >>> spoken_text(Utterance("Rest 30s.", "piper:joe", 150), "en-us")
    'Rest 30 seconds.'
    """
    return spell_out(utterance.text, language or utterance.voice.rpartition("/")[2])


def clip_key(utterance: Utterance, identity: str, language: str = "") -> bytes:
    """The cache key of an utterance in the voice of that identity and language."""
    return key(identity, utterance.voice, utterance.rate_wpm, spoken_text(utterance, language))


def load_if_needed(utterances: Iterable[Utterance], voice: Voice, cache: ClipCache) -> None:
    """Start to load the engine of a voice, without waiting for it, if one of the clips is not in the cache.

    An engine that cannot be loaded says why when it is to speak.
    """
    load = getattr(voice, "load", None)
    if load is None:
        return
    with suppress(CoachError):
        identity, language = voice.identity, language_of(voice)
        for utterance in utterances:
            if not cache.has(clip_key(utterance, identity, language)):
                load(utterance)
                return


def speak_all(
    utterances: Iterable[Utterance],
    voice: Voice,
    cache: ClipCache | None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Utterance, Clip]:
    """Get the clip of every utterance: from the cache, else spoken and put there.

    Utterances with the same spoken text are spoken once. ``progress`` is called with how much of the work is
    done and how much there is (`_work`), first when the cached ones are read, then after each that is
    spoken. Where clips cannot be written, ``cache.note`` says why, and nothing else changes.

    Raises
    ------
    VoiceError
        If a prompt cannot be spoken.
    UsageError
        If there is no such voice, or no such pace.
    """
    clips: dict[Utterance, Clip] = {}
    for ready in speak_in_turn(utterances, voice, cache, progress):
        clips |= ready
    return clips


def speak_in_turn(
    utterances: Iterable[Utterance],
    voice: Voice,
    cache: ClipCache | None,
    progress: Callable[[int, int], None] | None = None,
) -> Generator[dict[Utterance, Clip]]:
    """Get clips as `speak_all` does, in steps: all cached ones first, then each that is spoken, in order."""
    identity, language = voice.identity, language_of(voice)
    same: dict[bytes, list[Utterance]] = {}
    for utterance in dict.fromkeys(utterances):
        same.setdefault(clip_key(utterance, identity, language), []).append(utterance)
    total = sum(_work(group[0]) for group in same.values())
    told = progress or _ignore
    there: dict[Utterance, Clip] = {}
    missing: dict[Utterance, bytes] = {}
    for digest, group in same.items():
        clip = None if cache is None else cache.get(digest)
        if clip is None:
            missing[group[0]] = digest
        else:
            there |= dict.fromkeys(group, clip)
    done = total - sum(map(_work, missing))
    told(done, total)
    yield there
    if missing:
        for digest, clip in _speak_missing(missing, voice, cache):
            done += _work(same[digest][0])
            told(done, total)
            yield dict.fromkeys(same[digest], clip)


def _speak_missing(
    missing: dict[Utterance, bytes], voice: Voice, cache: ClipCache | None
) -> Iterator[tuple[bytes, Clip]]:
    """Speak the ``missing`` utterances and cache their clips; give each clip with its key."""
    owed = dict(missing)
    try:
        for utterance, clip in voice.speak(list(missing)):
            if cache is not None:
                cache.put(missing[utterance], clip)
            owed.pop(utterance, None)
            yield missing[utterance], clip
    finally:
        if cache is not None:
            cache.tidy()
    if owed:
        raise VoiceError(f"The voice did not say {next(iter(owed)).text!r}.")


def _work(utterance: Utterance) -> int:
    """How long an engine is busy with an utterance, in letters: as many as a pause lasts come on top."""
    return len(utterance.text) + _LETTERS_OF_A_PAUSE


def _ignore(_done: int, _total: int) -> None:
    """Ignore progress."""
