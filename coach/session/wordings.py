"""Vary how the coach says what it says often, by the position in the session and not by chance.

The uses of each row of `Words.WORDINGS` are counted through a session, and each has the next wording.
So the same session has the same words each time, and two uses that follow each other are not worded alike.
The lines of a sheet stay as they are written.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from coach.session.moves import (
    Break,
    ChapterMoves,
    Cue,
    Interval,
    Move,
    Recovery,
    Repetitions,
    Speak,
    Wordings,
    called,
)
from coach.session.timeline import Role
from coach.session.words.interface import Words

ROOMY_REST_S = 15.0
"""A shorter rest has only the shortest wordings, in seconds."""


def varied(chapters: Iterable[ChapterMoves]) -> tuple[ChapterMoves, ...]:
    """Word the coach's own sentences anew, chapter by chapter."""
    uses = Counter[tuple[str, ...]]()
    return tuple(
        replace(chapter, moves=tuple(_Wording(chapter.words, uses).move(move) for move in chapter.moves))
        for chapter in chapters
    )


class _Wording:
    """The words of a chapter, and how often each row of wordings was used before."""

    def __init__(self, words: Words, uses: Counter[tuple[str, ...]]) -> None:
        self._words = words
        self._rows = tuple(row for row in words.WORDINGS if row[0] != words.TIME_LEFT)
        self._uses = uses

    def move(self, move: Move) -> Move:
        """Word one move."""
        match move:
            case Speak():
                return self._speak(move)
            case Interval(opening=opening) | Break(opening=opening):
                return replace(
                    move,
                    opening=tuple(map(self._text, opening)),
                    wordings=self._called(called(move, self._words)),
                )
            case Recovery():
                return self._rest(move)
            case Repetitions():
                return self._set(move)
            case _:
                return move

    def _rest(self, move: Recovery) -> Recovery:
        must = tuple(self._speak(each) if isinstance(each, Speak) else each for each in move.must)
        if move.length_s < ROOMY_REST_S:
            return replace(move, must=must)
        return replace(
            move,
            must=must,
            opening=tuple(map(self._speak, move.opening)),
            before_cues=self._text(move.before_cues),
            wordings=self._called(called(move, self._words)),
        )

    def _set(self, move: Repetitions) -> Repetitions:
        rest, between = move.rest, move.reps - 1
        if rest and rest.length_s >= ROOMY_REST_S:
            own = [*(each.text for each in rest.opening if not each.source), rest.before_cues]
            rest = replace(rest, wordings=self._called([*own, *called(rest, self._words)] * between))
        return replace(
            move,
            rest=rest,
            cues=tuple(map(self._cue, move.cues)),
            wordings=self._called(called(move, self._words)),
        )

    def _cue(self, cue: Cue) -> Cue:
        if cue.source:
            return cue
        text, *shorter = self._use(cue.text)
        return replace(cue, text=text, shorter=tuple(shorter))

    def _speak(self, speak: Speak) -> Speak:
        if speak.source or speak.role is Role.TITLE:
            return speak
        return replace(speak, text=self._text(speak.text))

    def _text(self, text: str) -> str:
        """Return the wording of a sentence for this use of it."""
        return self._use(text)[0]

    def _use(self, text: str) -> list[str]:
        """Return the wording of a sentence for this use of it, and shorter ones for where it has no room.

        The first two wordings are the short ones; which of them comes first changes with each use.
        """
        each, row = wordings_of(self._rows, text)
        use = self._uses[row]
        self._uses[row] += 1
        return list(dict.fromkeys((each[use % len(each)], each[use % min(2, len(each))], each[0])))

    def _called(self, texts: list[str]) -> Wordings:
        """Return the wordings of sentences that are each used as often as they are listed.

        Time marks are counted by their time: "Two minutes left." and "One minute left." are not alike.
        """
        found: dict[str, tuple[str, ...]] = {}
        for text, times in Counter(texts).items():
            each, row = wordings_of(self._words.WORDINGS, text)
            if row:
                counted = (text,) if row[0] == self._words.TIME_LEFT else row
                first = self._uses[counted]
                found[text] = tuple(each[(first + use) % len(each)] for use in range(min(times, len(each))))
                self._uses[counted] += times
        return found


@lru_cache(2048)
def wordings_of(rows: tuple[tuple[str, ...], ...], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the wordings of a sentence, the usual one first, and their row; no row if it has no others."""
    for row in rows:
        pattern = re.escape(row[0]).replace(r"\{\}", "(.+)")
        if found := re.fullmatch(pattern, text):
            return tuple(_filled(each, row[0], found.groups()) for each in row), row
    return (text,), ()


def _filled(wording: str, usual: str, parts: Sequence[str]) -> str:
    """Fill in what differs, without its capital if it begins the usual wording and not this one.

    >>> _filled("You have {} left.", "{} left.", ["Two minutes"])
    'You have two minutes left.'
    """
    if usual.startswith("{}") and not wording.startswith("{}"):
        parts = (parts[0][:1].lower() + parts[0][1:], *parts[1:])
    return wording.format(*parts)
