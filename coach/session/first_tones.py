"""Explain the tones of a session before they are first needed, unless its own lines have sounded them."""

from collections.abc import Iterable, Iterator

from coach.language.model import Sound
from coach.session.moves import Interval, Move, Recovery, Repetitions, Speak, Strike
from coach.session.timeline import Role
from coach.session.words.interface import Words


def explained(moves: Iterable[Move], known: set[Sound], words: Words) -> list[Move]:
    """Return the explanation of those tones of an exercise that are not ``known``, and make them known.

    A tone that is always followed by its word ("rest", "change legs") needs none.
    """
    found: list[Move] = []
    for sound in dict.fromkeys(sound for move in moves for sound in _tones(move)):
        if sound not in known and sound in words.TONE_MEANINGS:
            found += [Speak(words.TONE_MEANINGS[sound], Role.TRANSITION), Strike(sound, Role.TRANSITION)]
        known.add(sound)
    return found


def sounded(moves: Iterable[Move]) -> set[Sound]:
    """Return the tones that a session's own lines have sounded."""
    return {move.sound for move in moves if isinstance(move, Strike)}


def _tones(move: Move) -> Iterator[Sound]:
    """Yield the tones of an exercise's move, in the order in which they are heard."""
    match move:
        case Interval(counts_in=True) | Recovery(counts_in=True):
            yield Sound.GO
        case Repetitions():
            yield from _tones_of_set(move)
        case _:
            pass


def _tones_of_set(move: Repetitions) -> Iterator[Sound]:
    for i, movement in enumerate(move.movements):
        before = move.movements[i - 1]
        if movement.is_hold and (i or move.reps > 1):
            yield Sound.HOLD_START
        elif i and before.is_hold:
            yield Sound.HOLD_END
        elif i and not movement.is_loose and not movement.is_rest:
            yield Sound.MOVE
    if move.reps > 1 and not move.rest and not move.movements[0].is_hold:
        yield Sound.REP
