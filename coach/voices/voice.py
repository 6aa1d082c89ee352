"""Voices: what turns utterances into clips, and the clips that are kept so that they need not.

Importing this costs no engine: no process, no resampler, nothing of pyttsx3.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from coach.errors import VoiceError
from coach.sound.clip import Clip, Utterance
from coach.voices.cache import ClipCache, key
from coach.voices.spelling import spoken

__all__ = ["ClipCache", "Voice", "VoiceInfo", "clip_key", "language_of", "speak_all", "words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceInfo:
    """A voice that there is.

    ``name`` is what it is asked for by; ``language`` a tag such as ``en-us``; ``description`` is for people;
    ``identifier`` the engine's own name for it, where that is another one. An engine has one voice that
    ``is_default``, its first if none is.
    """

    name: str
    language: str
    description: str = ""
    identifier: str = ""
    gender: str = ""
    is_default: bool = False


class Voice(Protocol):
    """Something that speaks. To make one costs nothing: what it needs is started when it is to speak.

    One that does not speak the language which the names of its voices begin with says so in an attribute
    ``language``, such as ``en-us`` (see `language_of`).
    """

    @property
    def identity(self) -> str:
        """Everything a clip depends on that its utterance does not say: engine, versions, settings."""
        ...

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Each utterance once, with its clip, in the order in which they get ready.

        Raises
        ------
        VoiceError
            Naming the first prompt that could not be spoken whole.
        """
        ...

    def close(self) -> None:
        """End whatever was started; what is spoken afterwards starts it again.

        This may come from another thread: what is being spoken is then given up, with a `VoiceError`.
        """
        ...


def language_of(voice: Voice) -> str:
    """The language that a voice says it speaks; "" where the names of its voices begin with theirs."""
    return str(getattr(voice, "language", ""))


def words(utterance: Utterance, language: str = "") -> str:
    """What a voice is given to say: the text spelled out in a language.

    Without one, in that which the voice's name begins with.

    >>> words(Utterance("Rest 30s.", "en-us", 150))
    'Rest 30 seconds.'
    >>> words(Utterance("Rest 30s.", "piper:joe", 150), "en-us")
    'Rest 30 seconds.'
    """
    return spoken(utterance.text, language or utterance.voice.rpartition("/")[2])


def clip_key(utterance: Utterance, identity: str, language: str = "") -> bytes:
    """What the clip of an utterance by the voice of that identity and language is kept under."""
    return key(identity, utterance.voice, utterance.rate_wpm, words(utterance, language))


def speak_all(
    utterances: Iterable[Utterance],
    voice: Voice,
    kept: ClipCache | None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[Utterance, Clip]:
    """The clip of every utterance: read if it is kept, else spoken and kept.

    Utterances that come to the same words are spoken once. ``progress`` is called with the number of clips
    that are there and the number that are asked for, first when the kept ones are read, then after each
    that is spoken. Where clips cannot be kept, ``kept.note`` says why, and nothing else changes.

    Raises
    ------
    VoiceError
        If a prompt cannot be spoken.
    UsageError
        If there is no such voice, or no such pace.
    """
    clips: dict[Utterance, Clip] = {}
    for ready in speak_in_turn(utterances, voice, kept, progress):
        clips |= ready
    return clips


def speak_in_turn(
    utterances: Iterable[Utterance],
    voice: Voice,
    kept: ClipCache | None,
    progress: Callable[[int, int], None] | None = None,
) -> Generator[dict[Utterance, Clip]]:
    """The clips as `speak_all` gives them, as they get ready: first all that are kept, then spoken ones.

    Those asked for first are spoken first.
    """
    identity, language = voice.identity, language_of(voice)
    same: dict[bytes, list[Utterance]] = {}
    for utterance in dict.fromkeys(utterances):
        same.setdefault(clip_key(utterance, identity, language), []).append(utterance)
    total = sum(map(len, same.values()))
    told = progress or _unheard
    there: dict[Utterance, Clip] = {}
    missing: dict[Utterance, bytes] = {}
    for digest, group in same.items():
        clip = None if kept is None else kept.get(digest)
        if clip is None:
            missing[group[0]] = digest
        else:
            there |= dict.fromkeys(group, clip)
    done = len(there)
    told(done, total)
    yield there
    if missing:
        for digest, clip in _said(missing, voice, kept):
            done += len(same[digest])
            told(done, total)
            yield dict.fromkeys(same[digest], clip)


def _said(
    missing: dict[Utterance, bytes], voice: Voice, kept: ClipCache | None
) -> Iterator[tuple[bytes, Clip]]:
    """The key and the clip of every utterance that is ``missing``, spoken and, if that can be, kept."""
    owed = dict(missing)
    try:
        for utterance, clip in voice.speak(list(missing)):
            if kept is not None:
                kept.keep(missing[utterance], clip)
            owed.pop(utterance, None)
            yield missing[utterance], clip
    finally:
        if kept is not None:
            kept.tidy()
    if owed:
        raise VoiceError(f"The voice did not say {next(iter(owed)).text!r}.")


def _unheard(_done: int, _total: int) -> None:
    """Progress that nobody asked for."""
