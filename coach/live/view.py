"""What a session looks like at one moment: everything that a screen or a remote control may show."""

from dataclasses import dataclass

from coach.language.model import Level


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
    """What to do now, in a word or a few: the phase in a set, "Rest", "Get ready", the chapter's title."""
    said: str
    """The prompt that is being said, or was last; "" before the first."""
    said_at_s: float
    """Session time at which that prompt begins."""
    next: str
    """What comes after this: the next set or the next chapter; "" at the end."""
    phase: str = ""
    phase_left_s: float = 0.0
    rep: int = 0
    reps: int = 0
    set: int = 0
    sets: int = 0
    side: str = ""
    """The side that is worked, such as "right leg"; "" without sides."""
    is_paused: bool = False
    is_over: bool = False
    notice: str = ""
    """What a listener who looks should know, such as "no sound device: waiting"; "" if nothing."""
    volume_db: float = 0.0
