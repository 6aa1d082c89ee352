"""Put a live session together: sheet, loudspeaker, voice, keys, screen, diary; and play it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from queue import SimpleQueue
from threading import Thread
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.diary.entries import Entry, unanswered
from coach.diary.storage import Diary, KeptPlace
from coach.errors import CoachError, DiskError, UsageError
from coach.language.level import Level
from coach.live.controls.keyboard import Keyboard, asked, is_available, legend
from coach.live.screen.screen import screen_for
from coach.live.speakers.early import EarlyLoudspeaker
from coach.live.view import View
from coach.progress import Progress
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import TIMES, Options, Screen, number, options_from_json, options_json, whole
from coach.session.pain import MOST as MOST_PAIN
from coach.session.parts import part_number
from coach.session.whereabouts import Place
from coach.session.words.interface import words_for
from coach.settings import read_settings
from coach.sheets.by_name import named
from coach.sheets.files import is_coachs_own
from coach.sheets.score import scored, unmet
from coach.sheets.sheet import Sheet
from coach.sound.clip import Utterance
from coach.text import length_text

if TYPE_CHECKING:
    from coach.sound.music_file import MusicFile
    from coach.voices.cache import ClipCache
    from coach.voices.voice import Voice

EARLY_S = 60.0

MOST = 1_000_000
"""Upper bound of chapters, sets, repetitions and seconds: a stored place beyond it counts as damaged."""

_COUNT = whole("a count", 0, MOST)
_TIMES = whole("times", *TIMES)
_PAIN = whole("a number for pain", 0, MOST_PAIN)
_OFFSET_S = number("seconds", 0, MOST, "S")

OWN_PLACE = "Your place is kept: `coach run --resume` goes on there."
OTHER_PLACE = "The place of the session before is still kept: `coach run --resume` goes on there."


@dataclass(frozen=True, slots=True)
class Request:
    """The sheet to play and its options; a single exercise is repeated ``times`` times."""

    sheet: Sheet
    options: Options = Options()  # noqa: RUF009 - a value
    times: int = 1

    @property
    def address(self) -> str:
        """What the sheet is found by, from any folder."""
        return self.sheet.name if is_coachs_own(self.sheet) else self.sheet.address

    def as_json(self) -> dict[str, Any]:
        """Convert the request to JSON values; `kept_session` reads them back."""
        return {
            "sheet": self.address,
            "options": options_json(self.options),
            "times": self.times,
        }


class Kept(NamedTuple):
    """The last interrupted session: its request, its place, the answers about pain by exercise, its level.

    The ``level`` may have changed in the session; the request is the one that it began with.
    """

    request: Request
    place: Place
    pains: Mapping[str, int]
    level: Level


def kept_session(kept: Mapping[str, Any]) -> Kept:
    """Rebuild an interrupted session from stored JSON values.

    Raises
    ------
    UsageError
        If the sheet is not there any more, or what was kept cannot be understood.
    """
    try:
        options = options_from_json(kept["options"])
        level = options_from_json({"level": kept["level"]}).level if "level" in kept else options.level
        place, times, name = _place(kept["place"]), kept["times"], kept["sheet"]
    except (KeyError, TypeError, ValueError, UsageError) as error:
        raise _damaged() from error
    pains = kept.get("pains", {})
    is_pain = isinstance(pains, dict) and all(map(_PAIN.fits, pains.values()))
    if not (_TIMES.fits(times) and isinstance(name, str) and is_pain):
        raise _damaged()
    return Kept(Request(named(name), options, times), place, pains, level)


def _damaged() -> UsageError:
    hint = "begin again with `coach run`; --from starts at a part of your choice"
    return UsageError("the place that was kept cannot be understood", hint)


def _place(kept: Any) -> Place:
    """Rebuild a place from JSON values; raise TypeError or ValueError if they are invalid."""
    place = Place(**kept)
    texts, counts = (place.title, place.side), (place.chapter, place.number, place.rep)
    is_one = all(isinstance(text, str) for text in texts) and all(map(_COUNT.fits, counts))
    if not (is_one and _OFFSET_S.fits(place.offset_s)):
        raise ValueError("a value of it is none")
    return place


def kept_request(level: Level | None = None) -> Kept:
    """Load the last interrupted session, optionally at another ``level``.

    Raises
    ------
    UsageError
        If there is none.
    """
    kept = KeptPlace()
    settings = kept.read()
    if settings is None:
        raise UsageError(kept.note or "there is no session to go on with", "`coach run` begins one")
    kept_before = kept_session(settings)
    options = replace(kept_before.request.options, usual_voice=read_settings().get("voice"))
    request = replace(kept_before.request, options=options)
    return kept_before._replace(request=request, level=level or kept_before.level)


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a session: its diary entry (None if too little was heard), failures and messages.

    ``how_to_go_on`` is "" where there is no place to go back to. ``voice`` is the whole name of what spoke.
    """

    entry: Entry | None
    how_to_go_on: str
    error: CoachError | None
    notes: tuple[str, ...]
    voice: str = ""
    language: str = ""

    @property
    def summary(self) -> str:
        """Summarise the session in one sentence; "" if too little was heard for the diary."""
        if self.entry is None:
            return ""
        exercises = self.entry.exercises
        done = sum(not exercise.is_skipped for exercise in exercises)
        what = f"{done} of {len(exercises)} exercises" if exercises else "listened"
        return f"{self.entry.title}: {length_text(60 * self.entry.minutes)}, {what}."


def is_early(place: Place) -> bool:
    """Tell whether a session is in its first minute and must not overwrite the place of an earlier session.

    A session started by mistake and stopped at once thus leaves the stored place intact.
    """
    return place.chapter == 0 and place.rep == 0 and place.offset_s < EARLY_S


def chapter_place(chapters: Sequence[ChapterMoves], wanted: str) -> Place:
    """Find the start of a chapter by number (from 1), by title or by part of a title.

    Raises
    ------
    UsageError
        If there is none, or several; the hint lists them.
    """
    titles, names = [each.title for each in chapters], [each.exercise for each in chapters]
    found = part_number(titles, names, wanted)
    return Place(found, titles[found], 0.0)


def _music(
    options: Options, notes: list[str], progress: Progress, *, may_be_gone: bool
) -> "MusicFile | None":
    """Open the music of a session, or return None without music; later read errors become notes.

    Raises
    ------
    CoachError
        If the music cannot be played. With ``may_be_gone`` (a resumed session), a note replaces the error.
    """
    if not options.music:
        return None
    from coach.sound.volumes import music_for  # noqa: PLC0415

    try:
        with progress("listening to the music") as listened:
            music = music_for(options, listened, tell=lambda error: notes.append(str(error)))
    except CoachError as error:
        if not may_be_gone:
            raise
        notes.append(f"There was no music: {error}")
        return None
    notes += music.notes
    return music


def perform(
    request: Request,
    *,
    loudspeaker: EarlyLoudspeaker,
    progress: Progress,
    part: str | None = None,
    place: Place | None = None,
    pains: Mapping[str, int] = MappingProxyType({}),
    level: Level | None = None,
    is_personal: bool = False,
    screen: Screen = Screen.AUTO,
    on_view: Callable[[View], None] | None = None,
    inbox: "SimpleQueue[Any] | None" = None,
) -> Ended:
    """Play a session from its start, from a ``part`` of it, or from a kept ``place`` on, with its ``pains``.

    At another ``level`` than that of its request it has the same exercises, and the steps stay set out.

    With ``is_personal`` the session has all of `coach run`: keys, ``screen``, media keys, diary and kept
    place. Without a screen it begins with what the keys do.
    ``on_view`` is called with each new view; ``inbox`` may deliver actions from another thread.

    Raises
    ------
    CoachError
        If there is no loudspeaker or no such voice, part or sheet.
    KeyboardInterrupt
        On Ctrl-C; the place is kept.
    """
    resumes, options = place is not None, request.options
    level = level or options.level
    title, language, chapters = scored(request.sheet, options, request.times)
    begins = 0 if place is None else place.chapter
    if part is not None:
        begins = chapter_place(chapters, part).chapter  # an error is told before anything is heard
    inbox = SimpleQueue() if inbox is None else inbox
    notes = list(unmet(request.sheet, options.at_level(level)))
    with ExitStack() as stack:
        # Measure new music before the bell rings: it may take long, and may fail.
        music = _music(options, notes, progress, may_be_gone=resumes)
        if music is not None:
            stack.enter_context(music)
        loudspeaker.ring()

        # While the bell sounds, the voice's engine is loaded and the remaining modules are imported.
        from coach.voices.cache import ClipCache  # noqa: PLC0415

        clips = ClipCache()
        voice, speaker = _voice(options, language, chapters[begins : begins + 1], clips)
        stack.callback(speaker.close)

        from coach.live.chapters import SessionToPlay  # noqa: PLC0415
        from coach.live.session_loop import Connections, LiveSession  # noqa: PLC0415
        from coach.live.speaking import SpeakingThread  # noqa: PLC0415
        from coach.sound.volumes import spacing_for, tones_for  # noqa: PLC0415
        from coach.voices.spoken_fit import fitted_by_voice  # noqa: PLC0415

        memory = Memory(Diary(), KeptPlace(), notes, goes_on=resumes) if is_personal else NoMemory()
        stack.callback(memory.close)
        has_keys = is_personal and is_available()

        cut, given = fitted_by_voice(
            request.sheet,
            options,
            request.times,
            voice=voice,
            speaker=speaker,
            progress=progress,
            may_fail=True,
        )
        notes += [f"gave way: {line}" for line in given]

        def score_at(level: Level) -> tuple[ChapterMoves, ...]:
            chosen = replace(options.at_level(level), takes_answers=has_keys)
            return scored(request.sheet, chosen, request.times, cut)[2]

        if part is not None:
            place = chapter_place(score_at(level), part)
        sounds = tones_for(options)
        speaking = stack.enter_context(
            SpeakingThread(speaker, clips, sounds, inbox.put, name=voice, options=options)
        )
        displays = [] if on_view is None else [on_view]
        if is_personal:
            keys = legend(words_for(language)) if has_keys else ""
            displays += _terminal(inbox.put, stack, keys=keys, kind=screen)
        connections = Connections(
            loudspeaker,
            inbox,
            sounds,
            memory.keep,
            memory.record,
            displays,
            asked,
            has_keys=has_keys,
            music=music,
            spacing=spacing_for(options),
        )
        name = request.address
        body_part = request.sheet.value.body_part if request.sheet.value else ""
        to_play = SessionToPlay(
            name,
            title,
            score_at,
            level,
            place,
            resumes,
            request.as_json(),
            body_part,
            options,
            pains,
            None if resumes or options.steps else memory.unanswered(name),
            tells_keys=has_keys and screen is Screen.NONE,
        )
        session = LiveSession(to_play, connections, speaking)
        try:
            session.play()
        except (KeyboardInterrupt, CoachError) as error:
            error.add_note(memory.how_to_go_on)
            raise
    notes += [clips.note] if clips.note else []
    return Ended(session.entry, memory.how_to_go_on, session.error, tuple(notes), voice, language)


def _voice(
    options: Options, language: str, heard_first: Sequence[ChapterMoves], clips: "ClipCache"
) -> tuple[str, "Voice"]:
    """Open the voice, and begin to load its engine if a clip of what is heard first is not kept.

    Raises
    ------
    CoachError
        If there is no such voice.
    """
    from coach.voices.engines import open_voice, voice_for  # noqa: PLC0415
    from coach.voices.voice import load_if_needed  # noqa: PLC0415

    name = voice_for(options.voice, language, options.usual_voice)
    voice = open_voice(name)
    texts = [text for chapter in heard_first for text in prompts(chapter)]
    load_if_needed([Utterance(text, name, options.rate_wpm) for text in texts], voice, clips)
    return name, voice


def _terminal(
    put: Callable[[Any], None], stack: ExitStack, *, keys: str, kind: Screen
) -> list[Callable[[View], None]]:
    """Start keyboard, screen and media keys on ``stack``; return the ones that display views."""
    from coach.live.controls.mpris import Mpris  # noqa: PLC0415

    if keys:
        stack.enter_context(Keyboard(put))
    screen = screen_for(kind=kind, legend=keys)
    stack.callback(screen.close)
    return [screen.show, stack.enter_context(Mpris(put)).show]


class Memory:
    """The diary and the kept place of this machine's user; failures become notes.

    A thread writes the diary, entry by entry, so that sound never waits for a disk or for another coach.

    ``how_to_go_on`` says where `coach run --resume` will continue; "" without a kept place. The first minute
    of a session does not overwrite the place of an earlier one.
    """

    def __init__(self, diary: Diary, place: KeptPlace, notes: list[str], *, goes_on: bool) -> None:
        self._notes = notes
        self._diary, self._place = diary, place
        self._is_own = goes_on
        self._entries: SimpleQueue[tuple[Entry, Entry | None] | None] = SimpleQueue()
        self._writing = Thread(target=self._write, name="coach diary", daemon=True)
        self._writing.start()  # now: Ctrl-C is not to come between an entry and its thread
        self.how_to_go_on = OWN_PLACE if goes_on else OTHER_PLACE if self._place.read() is not None else ""

    def keep(self, settings: Mapping[str, Any] | None) -> None:
        """Store the request and the place, both as JSON values; None deletes the stored place."""
        if settings is None:
            if self._is_own or not self.how_to_go_on:
                self.how_to_go_on = ""
                self._place.clear()
        elif self._is_own or not self.how_to_go_on or not is_early(Place(**settings["place"])):
            self._is_own = True
            self.how_to_go_on = OWN_PLACE
            self._place.write(settings)

    def record(self, entry: Entry, earlier: Entry | None) -> None:
        """Queue an entry to be written into the diary, or to replace the ``earlier`` entry."""
        self._entries.put((entry, earlier))

    def _write(self) -> None:
        while queued := self._entries.get():
            entry, earlier = queued
            try:
                self._diary.add(entry) if earlier is None else self._diary.amend(earlier, entry)
            except DiskError as error:
                note = f"{error.message} {error.hint}"
                if note not in self._notes:
                    self._notes.append(note)

    def unanswered(self, session: str) -> Entry | None:
        """Return the last entry of a session, if nobody told yet how it was on the morning after."""
        return unanswered(self._diary.entries(), session, today=datetime.now().astimezone().date())

    def close(self) -> None:
        """Wait until the diary and the place are on disk; add failures to the notes."""
        self._entries.put(None)
        self._writing.join()
        self._place.flush()
        self._notes += [note for note in (self._diary.note, self._place.note) if note]


class NoMemory:
    """A memory without storage, for sessions that a program plays."""

    how_to_go_on = ""

    def keep(self, settings: Mapping[str, Any] | None) -> None:
        """Do nothing."""

    def record(self, entry: Entry, earlier: Entry | None) -> None:
        """Do nothing."""

    def unanswered(self, session: str) -> None:
        """Return nothing."""

    def close(self) -> None:
        """Do nothing."""
