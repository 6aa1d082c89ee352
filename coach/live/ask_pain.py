"""Take the answer to a question about pain: what is typed, what it does, and what is heard then.

A question (`coach.session.question`) can be answered from its first word until a set begins after it. After a
wrong key the coach says which keys answer, and the time to answer begins anew.

`pressed` and `timed` take what happens to a `Typing`, the state of what is typed, and return an effect for
the session. `reply_to` decides what an answer does, by the rules of `coach.session.pain`; the other functions
return the playhead after an effect.
"""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.playhead import PlayableSession, Playhead, answered
from coach.session.moves import ChapterMoves, Move, Speak, Strike
from coach.session.pain import MOST, Advice, has_risen, rule_for
from coach.session.question import Question
from coach.session.timeline import Role
from coach.session.whereabouts import chapter_at, chapter_end
from coach.session.words.interface import Words

NUMBERS = frozenset(str(number) for number in range(MOST + 1))

TWO_DIGITS_S = 1.5
"""Timeout after a typed 1, which a 0 may follow."""

CHOOSE_S = 20.0
"""Time to choose after an answer that ends the exercise; then the session ends."""

MOST_SLIPS = 2
"""Wrong keys after which a question is asked again; after more, its time to answer runs out."""


class Effect(StrEnum):
    """What the session is to do."""

    ACKNOWLEDGE = auto()
    """A digit has been taken, and another may follow."""
    REFUSE = auto()
    ASK_AGAIN = auto()
    GO_ON = auto()
    """The listener gives no answer."""
    END_SESSION = auto()
    """Nobody has chosen to go on."""


@dataclass(frozen=True, slots=True)
class PainAnswer:
    """The effect of a number that is complete."""

    question: Question
    pain: int


@dataclass(frozen=True, slots=True)
class Typing:
    """What is typed after a question.

    ``digits`` become an answer ``due_s`` at the latest. ``slips`` counts the wrong keys. After an answer that
    ends the exercise, the listener may choose until ``choose_until_s``. Times are the caller's, in seconds.
    """

    question: Question | None = None
    digits: str = ""
    due_s: float = math.inf
    slips: int = 0
    choose_until_s: float = math.inf

    @property
    def may_choose(self) -> bool:
        """True after an answer that ended the exercise, until the listener goes on or the time is over."""
        return math.isfinite(self.choose_until_s)


Taken = tuple[Typing, Effect | PainAnswer | None]
"""The state after a key or a moment, and its effect, if it has one."""


def digit_of(key: str) -> str:
    """Return the digit of a key in any script; other keys as they are.

    >>> digit_of("7"), digit_of("٧"), digit_of("enter")
    ('7', '7', 'enter')
    """
    return str(unicodedata.digit(key)) if len(key) == 1 and key.isdecimal() else key


def pressed(
    typing: Typing, key: str, question: Question | None, now_s: float, *, is_heard: bool, has_use: bool
) -> Taken:
    """Take a key that is pressed while a question may be answered; no effect if it is not for that.

    ``is_heard`` is true while the question is being asked or its time runs, and ``has_use`` for a key that
    steers the session.
    """
    question = question or (typing.question if typing.digits else None)
    if question is None:
        return typing, None
    is_same = typing.question is not None and typing.question.chapter == question.chapter
    typing = replace(typing, question=question) if is_same else Typing(question)
    digits = typing.digits + digit_of(key)
    if digits == "1":
        return replace(typing, digits=digits, due_s=now_s + TWO_DIGITS_S), Effect.ACKNOWLEDGE
    number = digits if digits in NUMBERS else typing.digits if key == "enter" else ""
    if number:
        return replace(typing, digits="", due_s=math.inf), PainAnswer(question, int(number))
    is_for_it = (
        (not has_use or key == "backspace") if typing.digits else is_heard and (not has_use or key == "enter")
    )
    if not is_for_it:
        return typing, None
    if not typing.digits and key in {"enter", "escape"}:
        return typing, Effect.GO_ON
    typing = replace(typing, digits="", due_s=math.inf, slips=typing.slips + 1)
    return typing, Effect.ASK_AGAIN if typing.slips <= MOST_SLIPS else Effect.REFUSE


def timed(typing: Typing, now_s: float, *, is_paused: bool) -> Taken:
    """Take the time: complete what is typed, and end the session if nobody has chosen to go on."""
    if typing.question and typing.digits and now_s >= typing.due_s:
        pain = int(typing.digits)
        return replace(typing, digits="", due_s=math.inf), PainAnswer(typing.question, pain)
    if not is_paused:
        return replace(typing, choose_until_s=math.inf), None
    if now_s >= typing.choose_until_s:
        return replace(typing, choose_until_s=math.inf), Effect.END_SESSION
    return typing, None


def due_again(typing: Typing, answer: PainAnswer) -> Typing:
    """Return the state in which an answer that could not be replied to is taken as soon as it can be."""
    return replace(typing, question=answer.question, digits=str(answer.pain), due_s=-math.inf)


def chosen(typing: Typing, action: Action) -> Action:
    """Return what a key does: while the listener may choose, "next" goes on with the others."""
    return Action.RESUME if action is Action.NEXT and typing.may_choose else action


# What an answer does


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said after an answer; ``is_offer`` waits for a choice, ``is_gentler`` eases what comes."""

    texts: tuple[str, ...]
    is_offer: bool = False
    is_gentler: bool = False


def reply_to(
    answer: PainAnswer, earlier: Iterable[int], words: Words, *, has_others: bool, has_gentler: bool
) -> Reply:
    """Decide what an answer does, by `coach.session.pain.RULES`.

    ``earlier`` are the other answers of the session. Exercises that have not ended come if it ``has_others``;
    with ``has_gentler`` they are another thing at the gentle level.
    """
    advice = rule_for(answer.pain).advice
    is_before_all = answer.question.chapter is None
    ends = advice is Advice.END
    if ends and is_before_all:
        texts = [words.LEAVE_IT_TODAY]
    elif not has_others:
        texts = [words.PAIN_AT_THE_END[advice]]
    elif advice is Advice.GENTLE and not has_gentler:
        texts = [words.DO_LESS]
    else:
        texts = [words.PAIN_ADVICE[advice]]
    if has_risen(answer.pain, earlier):
        texts.append(words.PAIN_HAS_RISEN)
    is_offer = ends and (is_before_all or has_others)
    if is_offer:
        texts.append(_offer(answer.question, words))
    return Reply(tuple(texts), is_offer, has_gentler and advice is not Advice.AS_PLANNED)


def _offer(question: Question, words: Words) -> str:
    return words.END_OR_CORRECT if question.chapter is None else words.GO_ON_OR_END


def replies(chapter: ChapterMoves) -> tuple[str, ...]:
    """List what may be said after the question of a chapter; nothing if it has none."""
    if not any(isinstance(move, Speak) and move.role is Role.QUESTION for move in chapter.moves):
        return ()
    words = chapter.words
    return (
        *words.PAIN_ADVICE.values(), words.DO_LESS, *words.PAIN_AT_THE_END.values(), words.LEAVE_IT_TODAY,
        words.PAIN_HAS_RISEN, words.GO_ON_OR_END, words.END_OR_CORRECT, words.END_FOR_TODAY,
        words.A_NUMBER_PLEASE, words.PAUSED,
    )  # fmt: skip


# What is heard


def replied(
    session: PlayableSession, head: Playhead, typing: Typing, question: Question, reply: Reply
) -> Playhead:
    """Say what an answer does, and go on after the question; in a pause, and for a choice, wait.

    An answer that corrects one which left a choice ends the wait for that.
    """
    at = question.end if question.has(head.at) else head.at
    point = resume_points.resume(session.timeline, at)
    is_paused = head.is_paused and not typing.may_choose
    waits = is_paused or reply.is_offer
    texts = (*reply.texts, session.words.PAUSED) if is_paused and not reply.is_offer else reply.texts
    head = replace(head, at=point.at, is_paused=waits)
    head = _said(session, head, texts, counts_in=point.counts_in and not waits)
    return replace(head, shown=" ".join(texts)) if waits else head


def offered(typing: Typing, reply: Reply, head: Playhead, now_s: float) -> Typing:
    """Return the state after a reply that begins at a playhead: after an offer, with time to choose."""
    length_s = head.answer.timeline.duration_s if head.answer else 0.0
    until_s = now_s + length_s + CHOOSE_S if reply.is_offer else math.inf
    return replace(typing, choose_until_s=until_s)


def reminder(question: Question, words: Words) -> Reply:
    """Return what is said after a loss of sound while the listener may choose."""
    return Reply((words.SOUND_IS_BACK, _offer(question, words)), is_offer=True)


def asked_again(session: PlayableSession, head: Playhead, question: Question) -> Playhead:
    """Say which keys answer, and let the time to answer begin anew."""
    return _said(session, replace(head, at=question.waits), [session.words.A_NUMBER_PLEASE])


def gone_on(session: PlayableSession, head: Playhead, question: Question) -> Playhead:
    """Go on after a question that the listener does not answer."""
    point = resume_points.resume(session.timeline, question.end)
    return _said(session, replace(head, at=point.at), [], counts_in=point.counts_in)


def ended_for_today(session: PlayableSession, head: Playhead, question: Question) -> Playhead:
    """Say kindly that the session ends, and stop; resumed, it asks a question before all again."""
    at = question.start if question.chapter is None else head.at
    head = replace(head, at=at, is_stopping=True, is_paused=False, remark=None)
    return _said(session, head, [session.words.END_FOR_TODAY])


def passed_over(session: PlayableSession, head: Playhead) -> Playhead:
    """Leave out the rest of a chapter, as its exercise has ended, but not what closes the session in it."""
    timeline = session.timeline
    index = chapter_at(timeline, head.at)
    end, first = chapter_end(timeline, index), timeline.index_at(head.at)
    closing = (event.start for event in timeline.events[first:] if event.role in {Role.CLOSING, Role.END})
    at = min(next(closing, end), end)
    return _said(session, replace(head, at=at), [session.words.left_out(timeline.chapters[index].exercise)])


def _said(
    session: PlayableSession, head: Playhead, texts: Iterable[str], *, counts_in: bool = False
) -> Playhead:
    moves: list[Move] = [Strike(Sound.KEY, Role.CLOSING), *(Speak(text, Role.CLOSING) for text in texts)]
    return answered(session, head, moves, counts_in=counts_in)
