"""Speak prompts in worker processes: cut to the length an engine takes, checked, joined, made into clips."""

import re
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from coach.errors import UsageError, VoiceError
from coach.session.options import FASTEST_WPM, SLOWEST_WPM, USUAL_RATE_WPM
from coach.sound.clip import Clip, Utterance
from coach.sound.equaliser import Gains
from coach.voices.finishing import make_clip
from coach.voices.workers import PromptFailed, Workers

_PIECE_CHARACTERS = 300
"""Longest text sent to an engine. espeak-ng crashes at some 20,000; Piper's memory is quadratic."""
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+")
_LEAST_S_A_LETTER, _MOST_S_A_LETTER = 0.02, 2.0
"""Measured over 540 prompts of the built-in voice: 0.049 to 0.42 s a letter or digit; over 249 of Piper's,
0.049 to 0.15. Beyond these something else was said."""
_SILENT_BELOW = 200
"""The softest of those prompts peak at 11,900 and 6,300 of 32,768."""

_TRY_HINT = "Try again; if it stays so, say it in other words."


def check_rate(rate_wpm: int) -> None:
    """Refuse a pace at which no voice speaks clearly.

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
    """``text`` cut into what an engine is asked at once: whole sentences, at most 300 characters.

    A longer sentence is cut at a comma or a space, and a longer word anywhere. Control characters, which
    espeak-ng takes for orders or for the end of the text, become spaces.

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
    """Join the sounds of the pieces; the pause after a piece is short where no sentence ends."""
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


def group_by_voice(utterances: Iterable[Utterance]) -> dict[tuple[str, int], list[Utterance]]:
    """Group the different utterances by voice and pace: each group can be said by the same workers.

    Raises
    ------
    UsageError
        If there is no such pace.
    """
    groups: dict[tuple[str, int], list[Utterance]] = {}
    for utterance in dict.fromkeys(utterances):
        check_rate(utterance.rate_wpm)
        groups.setdefault((utterance.voice, utterance.rate_wpm), []).append(utterance)
    return groups


def speak_group(
    group: Sequence[Utterance], texts: Sequence[str], workers: Workers, gains: Gains = ()
) -> Iterator[tuple[Utterance, Clip]]:
    """Speak a group; give each utterance with its clip as it gets ready.

    ``texts`` are what the engine reads, ``gains`` the filter that its sound goes through.

    Raises
    ------
    UsageError
        If there is no voice of that name.
    VoiceError
        If a prompt cannot be spoken whole, or holds nothing that can be spoken.
    """
    cut = [pieces(text) for text in texts]
    for utterance, parts in zip(group, cut, strict=True):
        if not parts:
            raise _nothing_in(utterance)
    place = [(number, at) for number, parts in enumerate(cut) for at in range(len(parts))]
    sounds: list[dict[int, NDArray[np.int16]]] = [{} for _ in group]
    try:
        for index, sound, rate_hz in workers.say([part for parts in cut for part in parts]):
            number, at = place[index]
            sounds[number][at] = np.frombuffer(sound, dtype="<i2")
            if len(sounds[number]) < len(cut[number]):
                continue
            whole = [sound for _, sound in sorted(sounds[number].items(), key=itemgetter(0))]
            sounds[number].clear()
            clip = make_clip(_joined(cut[number], whole, rate_hz), rate_hz, group[number].text, gains)
            if clip is None:
                raise _nothing_in(group[number])
            yield group[number], clip
    except PromptFailed as unsaid:
        text = group[place[unsaid.index][0]].text
        raise VoiceError(f"The voice could not say {text!r}: {unsaid.why}.", _TRY_HINT) from unsaid


def _nothing_in(utterance: Utterance) -> VoiceError:
    return VoiceError(
        f"The voice finds nothing to say in {utterance.text!r}.",
        "Write it in words: signs alone would be a silence, and nobody would know why.",
    )
