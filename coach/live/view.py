"""Describe one moment of a session: everything that a screen or a remote control may show.

This module stays light: screens and remote controls import it before the first sound, so it must not import
numpy.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from coach.language.level import Level
from coach.session.question import Question, question_at
from coach.session.timeline import RATE_HZ, Role, Say, Timeline, Tone, says
from coach.session.whereabouts import beat_end, begun_set, chapter_at, may_end, movement_at, next_set
from coach.session.words.interface import Words, words_for
from coach.text import clock

if TYPE_CHECKING:
    from coach.live.playhead import PlayableSession, Playhead

E = TypeVar("E", Say, Tone)


@dataclass(frozen=True, slots=True)
class View:
    """One moment of a session, as values to be shown; nothing in it is needed to follow the session.

    ``at_s`` and ``left_s`` are seconds of session time, pauses not counted; ``left_is_estimate`` is true
    while parts of the session have not been spoken yet. ``chapter`` and ``chapters`` count from 1. Within a
    set (from its go tone to the end of its last repetition) ``rep``, ``reps``, ``set``, ``sets`` count from 1
    and ``phase`` is the word of the movement, with ``phase_left_s`` to its end; outside they are 0 and "".
    """

    session: str
    level: Level
    at_s: float
    left_s: float
    left_is_estimate: bool
    chapter: int
    chapters: int
    title: str
    now: str
    """The current activity in a few words: the phase in a set, "Rest", "Get ready", the chapter's title."""
    said: str
    """The current or the last prompt; "" before the first."""
    said_at_s: float
    """Session time at which that prompt begins."""
    next: str
    """The next set or the next chapter; "" at the end."""
    tone: str = ""
    """The tone that sounds, or sounded last in this chapter, such as "go"; "" before the first."""
    tone_at_s: float = 0.0
    """Session time at which that tone begins."""
    phase: str = ""
    phase_left_s: float = 0.0
    rep: int = 0
    reps: int = 0
    set: int = 0
    sets: int = 0
    is_bound: bool = False
    """True if ``reps`` is a bound, as in "up to 15 times"."""
    may_end_early: bool = False
    """True while Enter ends the set, the hold or the time that is going on."""
    side: str = ""
    """The side that is worked, such as "right leg"; "" without sides."""
    is_paused: bool = False
    is_over: bool = False
    notice: str = ""
    """A message to display, such as "no sound device: waiting"; "" for none."""
    volume_db: float = 0.0
    language: str = "en-us"
    """The language of the displayed words."""


def left_text(view: View) -> str:
    """Format the time left: to the second, or as "about" so many minutes while it is an estimate.

    >>> from dataclasses import replace
    >>> view = View("Knee", Level.GENTLE, 61.7, 313.2, False, 1, 1, "Curls", "Rest", "", 0, "")
    >>> left_text(view), left_text(replace(view, left_is_estimate=True))
    ('5:14 left', 'about 5 min left')
    """
    if view.left_is_estimate:
        return words_for(view.language).about_left(max(1, round(view.left_s / 60)))
    return words_for(view.language).clock_left(clock(round(view.at_s + view.left_s) - int(view.at_s)))


def view(session: "PlayableSession", head: "Playhead", level: Level, notice: str = "") -> View:
    """The view of what is heard at a playhead."""
    timeline, words = session.timeline, session.words
    at = min(head.at, timeline.length - 1)
    index = chapter_at(timeline, at)
    title = session.titles[index]
    each, beat = movement_at(timeline, at) or (None, None)
    question = question_at(timeline, at)
    asked = question if question and question.has(at) else None
    said, said_at = _said_at(session, head, at, timeline.chapters[index].start, asked)
    tone, tone_at = _tone_at(session, head, at, timeline.chapters[index].start)
    keys = words.ANSWER_KEYS if asked and asked.takes_answer else ""
    now = beat.cue.capitalize() if beat else keys or _now(timeline, at, words) or title
    return View(
        session=timeline.title,
        level=level,
        at_s=head.at / RATE_HZ,
        left_s=session.left_s(head.at),
        left_is_estimate=not session.is_whole,
        chapter=index + 1,
        chapters=len(session.titles),
        title=title,
        now=words.ONE_MOMENT if head.is_waiting(session) else now,
        said=said,
        said_at_s=said_at / RATE_HZ,
        next=_next(session, index, at),
        tone=tone,
        tone_at_s=tone_at / RATE_HZ,
        phase=beat.cue if beat else "",
        phase_left_s=(beat_end(each, beat) - at) / RATE_HZ if each and beat else 0.0,
        rep=beat.rep if beat else 0,
        reps=each.reps if each else 0,
        set=each.number if each else 0,
        sets=each.of if each else 0,
        is_bound=each.amount.is_open if each else False,
        may_end_early=may_end(each, beat) if each and beat else False,
        side=each.side if each else "",
        is_paused=head.is_paused,
        is_over=head.is_over(session),
        notice=notice,
        volume_db=head.volume.db,
        language=timeline.language,
    )


def _said_at(
    session: "PlayableSession", head: "Playhead", at: int, since: int, asked: Question | None
) -> tuple[str, int]:
    """Return the words to display and the frame of the session where they begin; "" for none.

    While the time to answer a question runs, that is the question.
    """
    if head.answer:
        words = _said(head.answer.timeline, head.answer.at)
        has_begun = words is not None or not says(head.answer.timeline.events)
        return (head.shown if head.shown and has_begun else words.text if words else ""), head.at
    if head.is_paused and head.shown:
        return head.shown, head.at
    remark = head.remark
    if remark and head.is_remarking and head.at < remark.at + session.clips[remark.text].length:
        return remark.text, remark.at
    if asked and at >= asked.waits:
        return asked.text, asked.start
    words = _said(session.timeline, at, since)
    return (words.text, words.start) if words else ("", 0)


def _tone_at(session: "PlayableSession", head: "Playhead", at: int, since: int) -> tuple[str, int]:
    """Return the current or last tone and its first frame in the session; "" for none.

    The tones of an answer are counted from the frame at which it interrupts the session.
    """
    if head.answer:
        tone = _latest(Tone, head.answer.timeline, head.answer.at)
        return (tone.sound, head.at + tone.start) if tone else ("", 0)
    tone = _latest(Tone, session.timeline, at, since)
    return (tone.sound, tone.start) if tone else ("", 0)


def _said(timeline: Timeline, at: int, since: int = 0) -> Say | None:
    """Return the last prompt that has begun by frame ``at``, and not before ``since``."""
    return _latest(Say, timeline, at, since)


def _latest(kind: type[E], timeline: Timeline, at: int, since: int = 0) -> E | None:
    """The last event of a kind that has begun by frame ``at``, and not before ``since``."""
    for i in range(bisect_right(timeline.events, at, key=lambda event: event.start) - 1, -1, -1):
        event = timeline.events[i]
        if event.start < since:
            return None
        if isinstance(event, kind):
            return event
    return None


def _now(timeline: Timeline, at: int, words: Words) -> str:
    """Name the activity outside of a set; "" where the chapter's title is the best name."""
    if begun_set(timeline.sets, at):
        return words.heading(words.GET_READY)
    event = timeline.events[timeline.index_at(at) or 0]
    return words.heading(words.REST) if event.role is Role.REST else ""


def _next(session: "PlayableSession", index: int, at: int) -> str:
    coming = next_set(session.timeline, at)
    if coming is not None:
        words = session.words
        name = words.heading(words.where_in_sets(coming.side, coming.number, coming.of))
        return name or session.titles[index]
    return session.titles[index + 1] if index + 1 < len(session.titles) else ""
