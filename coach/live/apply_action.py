"""Decide what is heard after a key: from one playhead to the next.

Every key is answered at once: with words where the session moves, with a tone where it goes on. A key that
cannot do anything at this moment is answered with the tone "not now".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import islice

from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.playhead import Answer, PlayableSession, Playhead, Volume, acknowledged, answered, remarked
from coach.live.resume import ResumePoint
from coach.session.activity import Activity
from coach.session.moves import Move, Speak, Strike
from coach.session.options import LOUDEST_DB, SOFTEST_DB
from coach.session.timeline import Frames, Role, Say, Timeline, frames, says
from coach.session.timeline_builder import TimelineBuilder
from coach.session.whereabouts import chapter_at, whereabouts

BEFORE_PAUSED = frames(0.300)
"""Silence from a pause to the spoken "Paused."."""

STEP_DB = 3.0


def act(session: PlayableSession, head: Playhead, action: Action) -> Playhead:
    """Apply an action: return the playhead after it.

    A change of level is only acknowledged with a tone here, until the rest of the session has been spoken and
    laid out at the new level (`coach.live.chapters`).
    """
    if head.is_stopping:
        return replace(head, answer=None) if action is Action.STOP else head
    if not session.timeline.chapters and action in _NEED_A_CHAPTER:
        return acknowledged(head, Sound.NOT_NOW)
    return _ACTS[action](session, head)


_KEY = Strike(Sound.KEY, Role.CLOSING)


def _said(texts: Iterable[str]) -> list[Move]:
    return [_KEY, *(Speak(text, Role.CLOSING) for text in texts)]


def _go(
    session: PlayableSession, head: Playhead, resume_point: ResumePoint, texts: Iterable[str] = ()
) -> Playhead:
    """Jump: answer with a tone and words, then continue the session from the resume point."""
    there = replace(head, at=resume_point.at, is_paused=False)
    going = answered(session, there, _said(texts), counts_in=resume_point.counts_in)
    remark = head.remark
    return remarked(session, going, (remark.then or remark.text) if remark else "")


def _pause(session: PlayableSession, head: Playhead) -> Playhead:
    layout = TimelineBuilder(session.sounds, Frames(0), session.words)
    layout.wait(BEFORE_PAUSED, Activity.PAUSE, Role.PAUSE)
    if session.words.PAUSED in session.clips:
        layout.speak(session.words.PAUSED, Role.CLOSING)
    answer = Answer(Timeline("", tuple(layout.events), ()))
    return replace(head, is_paused=True, answer=answer, shown="", tone=None)


def _resume(session: PlayableSession, head: Playhead) -> Playhead:
    if not head.is_paused:
        return acknowledged(head, Sound.NOT_NOW)
    return _go(session, head, resume_points.resume(session.timeline, head.at), (session.words.RESUMING,))


def _toggle(session: PlayableSession, head: Playhead) -> Playhead:
    return _resume(session, head) if head.is_paused else _pause(session, head)


def _back(session: PlayableSession, head: Playhead) -> Playhead:
    resume_point = resume_points.back(session.timeline, head.at)
    return _go(session, head, resume_point, _title(session, resume_point))


def _again(session: PlayableSession, head: Playhead) -> Playhead:
    repeat = resume_points.again(session.timeline, head.at)
    return _go(session, head, repeat.resume_point, repeat.texts)


def cut_short(session: PlayableSession, head: Playhead, action: Action) -> ResumePoint | None:
    """Return where the session goes on after an action that ends an effort or a rest of a set; else None.

    "Next" ends an effort too: a clicker and media keys have no other key for it.
    """
    is_heard = not (head.is_paused or head.is_stopping or head.answer)
    if not is_heard or action not in {Action.GO_ON, Action.NEXT}:
        return None
    effort = resume_points.end_effort(session.timeline, head.at)
    is_rest = effort is None and action is Action.GO_ON
    return resume_points.end_rest(session.timeline, head.at) if is_rest else effort


def _go_on(session: PlayableSession, head: Playhead) -> Playhead:
    if head.is_paused:
        return _resume(session, head)
    effort = cut_short(session, head, Action.GO_ON)
    resume_point = effort or resume_points.go_on(session.timeline, head.at)
    if resume_point is None:
        return acknowledged(head, Sound.NOT_NOW)
    return _go(session, head, resume_point, _moment(session, resume_point))


def _where(session: PlayableSession, head: Playhead) -> Playhead:
    timeline = session.timeline
    texts = whereabouts(timeline, min(head.at, timeline.length - 1), session.left_s(head.at))
    if head.is_paused:
        return replace(answered(session, head, _said(texts)), shown=" ".join(texts))
    return _go(session, head, resume_points.resume(timeline, head.at), texts)


def _stop(session: PlayableSession, head: Playhead) -> Playhead:
    return answered(session, replace(head, is_stopping=True, remark=None), _said([session.words.STOPPED]))


def _next(session: PlayableSession, head: Playhead) -> Playhead:
    if effort := cut_short(session, head, Action.NEXT):
        return _go(session, head, effort, _moment(session, effort))
    timeline = session.timeline
    index = chapter_at(timeline, head.at)
    if index + 1 == len(session.titles):
        return _go(session, head, resume_points.resume(timeline, head.at), (session.words.LAST_PART,))
    if head.at >= timeline.length:
        return _go(session, head, ResumePoint(head.at), (session.words.NOT_YET,))
    resume_point = resume_points.next_chapter(timeline, head.at)
    return _go(session, head, resume_point, _title(session, resume_point))


def _title(session: PlayableSession, resume_point: ResumePoint) -> tuple[str, ...]:
    """Return the title of the chapter at a resume point; empty if the chapter's first prompt contains it."""
    timeline = session.timeline
    if moment := _moment(session, resume_point):
        return moment
    title = session.titles[chapter_at(timeline, resume_point.at)]
    own = islice(timeline.events, timeline.index_at(resume_point.at), None)
    first = next((event for event in own if isinstance(event, Say)), None)
    names_it = first is not None and title.casefold() in first.text.casefold()
    return () if names_it else (session.words.sentence(title),)


def _moment(session: PlayableSession, resume_point: ResumePoint) -> tuple[str, ...]:
    """Return what is said where the session has to wait at a resume point; nothing if it can go on."""
    can_go_on = session.is_whole or resume_point.at < session.end
    return () if can_go_on else (session.words.ONE_MOMENT,)


def _turned(session: PlayableSession, head: Playhead, by_db: float) -> Playhead:
    """Change the volume; at the limit, announce the limit instead, but not twice."""
    gain_db = head.volume.db + by_db
    if not SOFTEST_DB <= gain_db <= LOUDEST_DB:
        words = session.words.LOUDEST if by_db > 0 else session.words.SOFTEST
        limit = acknowledged(head, Sound.NOT_NOW)
        answer = says(head.answer.timeline.events) if head.answer else []
        is_said = head.remark is not None or words in {say.text for say in answer}
        return limit if is_said else remarked(session, limit, words)
    return acknowledged(replace(head, volume=Volume(gain_db, head.volume.db)), Sound.KEY)


def without_sound(session: PlayableSession, head: Playhead, action: Action | None) -> Playhead:
    """Apply an action while the loudspeaker is lost; only stop, pause and "where am I" have an effect."""
    match action:
        case Action.STOP:
            return replace(head, is_stopping=True)
        case Action.TOGGLE:
            return replace(head, is_paused=not head.is_paused)
        case Action.PAUSE | Action.RESUME:
            return replace(head, is_paused=action is Action.PAUSE)
        case Action.WHERE if session.timeline.chapters:
            here = whereabouts(session.timeline, head.at, session.left_s(head.at))
            return replace(head, shown=" ".join(here))
        case _:
            return head


def sound_is_back(session: PlayableSession, head: Playhead) -> Playhead:
    """Return the playhead with which the session resumes once a loudspeaker is available again."""
    words = session.words
    if head.is_paused:
        return answered(session, head, bell_and(words.SOUND_IS_BACK, words.PAUSED))
    there = resume_points.resume(session.timeline, head.at)
    head = replace(head, at=there.at)
    return answered(session, head, bell_and(words.SOUND_IS_BACK), counts_in=there.counts_in)


def bell_and(*texts: str) -> list[Move]:
    """Return the moves of the bell, followed by prompts."""
    return [Strike(Sound.BELL, Role.OPENING), *(Speak(text, Role.OPENING) for text in texts)]


_NEED_A_CHAPTER = frozenset({Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE})

_ACTS: Mapping[Action, Callable[[PlayableSession, Playhead], Playhead]] = {
    Action.TOGGLE: _toggle,
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.NEXT: _next,
    Action.BACK: _back,
    Action.AGAIN: _again,
    Action.GO_ON: _go_on,
    Action.EASIER: lambda _, head: acknowledged(head, Sound.KEY),
    Action.HARDER: lambda _, head: acknowledged(head, Sound.KEY),
    Action.LOUDER: lambda session, head: _turned(session, head, STEP_DB),
    Action.SOFTER: lambda session, head: _turned(session, head, -STEP_DB),
    Action.WHERE: _where,
    Action.STOP: _stop,
}
