"""Pick an exercise by ear: a numbered list is read out, and a number or part of a name is typed."""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue

from coach.errors import UsageError
from coach.language.model import Script, Sound
from coach.language.names import Match, comparable, find
from coach.live.controls.keyboard import Keyboard, is_available
from coach.live.playback import Playback
from coach.live.playhead import PlayableSession, Playhead, answered
from coach.live.speakers.player import Player, open_loudspeaker
from coach.session.activity import Activity
from coach.session.moves import ChapterMoves, Interval, Move, Speak, Strike
from coach.session.options import Options, Screen
from coach.session.timeline import Frames, Role
from coach.session.words.interface import words_for
from coach.sheets.by_name import exercises_in, own_exercises
from coach.voices.engines import voice_for
from coach.voices.espeak import DEFAULT_VOICE
from coach.voices.spoken_session import produced_in_turn

TURN_S = 0.04
"""The longest wait for a key before the loudspeaker's buffer is filled again."""

PAUSE_S = 8.0
"""Silence after the list, before it is read out again."""

ROUNDS = 5
"""Times the list is read out before coach gives up."""

LANGUAGE = "en-us"
"""The language of coach's bundled exercises."""

_NO_SUCH = (Strike(Sound.NOT_NOW, Role.OPENING), Speak(words_for(LANGUAGE).NO_SUCH_EXERCISE, Role.OPENING))


class Choice:
    """A numbered list of exercises, and the input typed so far to pick one of them.

    >>> from coach.sheets.files import bundled
    >>> choice = Choice({name: bundled()[name].value for name in ("partial-squats", "step-ups")})
    >>> choice.press("2")
    'step-ups'
    """

    def __init__(self, exercises: Mapping[str, Script]) -> None:
        self._exercises = exercises
        self.typed = ""
        self.complaint = ""

    def press(self, key: str) -> str | None:
        """Handle a key; return the exercise it picks, or None while the input is incomplete.

        A number that can only mean one exercise picks it at once; other input is confirmed by "enter".
        """
        self.complaint = ""
        if key == "enter":
            return self._taken()
        if key == "backspace":
            self.typed = self.typed[:-1]
        elif len(key) == 1 or key == "space":
            self.typed += " " if key == "space" else key
        numbers = map(str, range(1, len(self._exercises) + 1))
        return self._taken() if [self.typed] == [n for n in numbers if n.startswith(self.typed)] else None

    def _taken(self) -> str | None:
        typed, self.typed = self.typed, ""
        found = self.meant(typed)
        if len(found) == 1:
            return found[0]
        numbered = enumerate(self._exercises.items(), start=1)
        rows = [f"{number} {script.title}" for number, (name, script) in numbered if name in found]
        self.complaint = (
            f"{typed!r} may be {' or '.join(rows)}" if found else f"no exercise is called {typed!r}"
        )
        return None

    def meant(self, typed: str) -> list[str]:
        """Return the exercises that match a number, a name or part of a name."""
        names = list(self._exercises)
        if typed.strip().isdecimal() and 1 <= int(typed) <= len(names):
            return [names[int(typed) - 1]]
        found = find(typed, [{name: script.title for name, script in self._exercises.items()}])
        if isinstance(found, Match):
            return [found.key]
        part = comparable(typed)
        return [name for name in names if part and part in comparable(self._exercises[name].title)]


def exercises() -> dict[str, Script]:
    """Return the exercises of this folder by path, then coach's own by name.

    Each are ordered by title, those of whole programmes behind the others.
    """
    return {
        name: sheet.value
        for some in (exercises_in(Path()), own_exercises())
        for name, sheet in sorted(some.items(), key=lambda item: (bool(item[1].part), item[1].title))
        if isinstance(sheet.value, Script)
    }


def choose(
    *,
    player: Player,
    options: Options,
    screen: Screen,
    tell: Callable[[str], None],
    echo: Callable[[str], None],
) -> str:
    """Print the list of exercises by ``tell``, read it out, and return the name of the one that is picked.

    Where it is heard and there is no ``screen``, it is not printed.
    ``echo`` receives the input typed so far, and error messages that end with a newline. Without a keyboard,
    a line of standard input is read and no list is spoken.

    Raises
    ------
    UsageError
        If none is picked.
    CoachError
        If the list cannot be read out.
    KeyboardInterrupt
        On Ctrl-C.
    """
    found = exercises()
    choice = Choice(found)
    is_heard = is_available()
    if not is_heard or screen is not Screen.NONE:
        tell("\n".join(f"{n:>2}  {script.title}" for n, script in enumerate(found.values(), start=1)))
    if is_heard:
        return _by_ear(
            choice,
            _playable(found, voice_for(options.voice, DEFAULT_VOICE, options.usual_voice), options),
            player,
            echo,
        )
    typed = sys.stdin.readline() if sys.stdin is not None else ""
    choice.typed = typed.strip()
    picked = choice.press("enter")
    if picked is None:
        what = choice.complaint if typed.strip() else "no exercise was named"
        raise UsageError(what, "answer with a number of the list, or name one: `coach practice step-ups`")
    return picked


def _playable(found: Mapping[str, Script], voice: str, options: Options) -> PlayableSession:
    words = words_for(LANGUAGE)
    once: list[Move] = [Speak(words.WHICH_EXERCISE, Role.OPENING)]
    for n, script in enumerate(found.values(), start=1):
        once.append(Speak(words.numbered(n, script.title), Role.OPENING))
        last_s = PAUSE_S if n == len(found) else 0.0
        once.append(Interval(0.3 + last_s, Activity.CHOOSE, Role.OPENING))
    chapters = [ChapterMoves("", tuple(once)), ChapterMoves("", _NO_SUCH)]
    *_, made = produced_in_turn("", chapters, voice=voice, options=options)
    return PlayableSession(made.timeline, made.clips, made.tones, ("", ""))


def _by_ear(choice: Choice, session: PlayableSession, player: Player, echo: Callable[[str], None]) -> str:
    inbox: SimpleQueue[str] = SimpleQueue()
    end = session.timeline.chapters[1].start
    rounds = 1
    with ExitStack() as stack:
        stack.enter_context(Keyboard(inbox.put, writing=True))
        playback = Playback(open_loudspeaker(player), session, Playhead())
        stack.callback(playback.cut_off)
        while rounds <= ROUNDS:
            playback.feed()
            if playback.heard.at >= end:
                rounds += 1
                playback.go_on(replace(playback.take_back(), at=Frames(0)))
            try:
                key = inbox.get(timeout=TURN_S)
            except Empty:
                continue
            picked = choice.press(key)
            echo(f"{choice.complaint}\n" if choice.complaint else choice.typed)
            if picked is not None:
                return picked
            if choice.complaint:
                playback.go_on(answered(session, playback.take_back(), _NO_SUCH))
    raise UsageError("no exercise was picked", "name one: `coach practice step-ups`")
