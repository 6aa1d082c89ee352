"""The functions behind the commands, for notebooks, scripts and programs; `coach` exports all of them.

A sheet is loaded, a plan is made of it (the session in time, with its sound), and the plan is rendered,
exported or played:

    import coach

    sheet = coach.load("step-ups")              # one of coach's own, or the path of a file
    plan = coach.plan(sheet, level="gentle")
    samples = coach.render(plan)                # float32, shape (frames,), 48,000 a second
    coach.export(plan, "knee.mp3")

Nothing here prints, asks or exits, and nothing reads a person's settings or diary unless it is told to
(`my_options`, `run`). What fails raises a `coach.CoachError`, whose ``message`` says what
happened and whose ``hint`` says what to do.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from coach.errors import CoachError, ExportError, ScriptError, UsageError
from coach.exports.formats import Format
from coach.language.level import Level
from coach.language.model import Session
from coach.language.problems import Problem
from coach.live.speakers.player import Player
from coach.progress import Progress, no_progress
from coach.session.options import LIVE, TIMES, USUAL_SESSION, Detail, Options, Screen, options
from coach.sheets.by_name import collection, named
from coach.sheets.check import checked
from coach.sheets.files import is_coachs_own
from coach.sheets.score import least_s, length_s, scored, unmet
from coach.sheets.sheet import Sheet

if TYPE_CHECKING:
    from queue import SimpleQueue

    import numpy as np
    from numpy.typing import NDArray

    from coach.diary.entries import Entry
    from coach.diary.morning import Morning
    from coach.diary.today import Today
    from coach.exports.write import ExportRequest, ExportResult
    from coach.live.actions import Action
    from coach.live.doctor import Examination
    from coach.live.run import Ended, Request
    from coach.live.view import View
    from coach.send.send import Sending
    from coach.sound.music_file import MusicFile
    from coach.voices.adding import AddedVoice
    from coach.voices.engines import Catalogue
    from coach.voices.spoken_session import Plan
    from coach.voices.voice import Voice

# Heavy modules are imported where they are needed, so that `import coach` and the commands start at once.


def load(sheet: str | Path) -> Sheet:
    """A sheet with all its problems: a file, or a sheet by name or title.

    A `Path` is a file always; text is one if it has a slash or is the name of a file that is there. Other
    text is the name of a sheet in the current folder, or else of one of coach's own.

    Raises
    ------
    UsageError
        If there is no such sheet, or several; the hint names the nearest.
    DiskError
        If the file cannot be read.
    """
    return checked(sheet) if isinstance(sheet, Path) else named(sheet)


def parse(text: str, name: str = "sheet", *, folder: str | Path = ".") -> Sheet:
    """A sheet from its text, with all its problems, as `load` gives one from a file.

    ``name`` stands for the name of its file; a session finds the exercises that it names in ``folder``, and
    among coach's own.
    """
    from coach.sheets.check import checked_text  # noqa: PLC0415

    return checked_text(text, Path(folder) / f"{name}.md")


def check(sheet: Sheet | str | Path) -> tuple[Problem, ...]:
    """List the problems of a sheet as values: place (line and column, from 1), message and hint.

    Also of coach's own sheets, read as a listener would hear them.
    """
    if isinstance(sheet, Sheet):
        return (checked(sheet.path) if is_coachs_own(sheet) else sheet).problems
    return check(load(sheet))


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet of coach's own; ``about_s`` has its likely length in seconds at every level.

    ``least_s`` has that of the shortest session that ``minutes`` can make of it.
    """

    kind: str
    name: str
    title: str
    needs: str
    about_s: Mapping[Level, float]
    least_s: Mapping[Level, float]


def list_sheets() -> list[Listed]:
    """Coach's own sessions, then its exercises, with lengths that are estimated without a voice."""
    from coach.session.estimate import Estimates  # noqa: PLC0415
    from coach.session.timeline import Frames  # noqa: PLC0415
    from coach.session.timeline_builder import Sounds  # noqa: PLC0415
    from coach.sound.tones import tones  # noqa: PLC0415

    sounds = Sounds(Estimates(), {sound: Frames(len(samples)) for sound, samples in tones().items()})

    return [
        Listed(
            "session" if isinstance(sheet.value, Session) else "exercise",
            sheet.name,
            sheet.value.title,
            sheet.value.needs,
            {level: length_s(sheet, Options(level), sounds) for level in Level},
            {level: least_s(sheet, Options(level), sounds) for level in Level},
        )
        for sheet in collection()
        if sheet.value is not None
    ]


def sheet_names() -> list[str]:
    """The names of coach's own sheets, sessions first; no sheet is read."""
    from coach.folders import own_sheets  # noqa: PLC0415

    return [path.stem for path in own_sheets()]


def my_options(*, is_live: bool = False, **choices: object) -> Options:
    """The options of the person who uses this machine: as given, else as in their settings file.

    With ``detail="auto"``, the exercises and sessions that their diary says they know are told too. It is the
    default where ``is_live``: a file is for whoever listens to it, a session that is played for its listener.

    Raises
    ------
    CoachError
        If the settings file or an option cannot be understood.
    """
    from coach.settings import read_settings  # noqa: PLC0415

    settings = options(read_settings(), LIVE if is_live else None)
    chosen = options(choices, replace(settings, voice=None, usual_voice=settings.voice))
    if chosen.music:
        chosen = replace(chosen, music=str(Path(chosen.music).absolute()))
    if chosen.detail is not Detail.AUTO:
        return chosen
    from coach.diary.entries import known  # noqa: PLC0415
    from coach.diary.storage import Diary  # noqa: PLC0415

    return replace(chosen, known=known(Diary().entries(), today=datetime.now().astimezone().date()))


def list_voices(usual_voice: str | None = None) -> "Catalogue":
    """Every voice of this machine; the default is the one that an English session would have.

    ``usual_voice`` is the listener's own, as `my_options` has it. Engines that cannot tell their voices are
    troubles of the catalogue.
    """
    from coach.voices.engines import catalogue  # noqa: PLC0415

    return catalogue(usual=usual_voice)


def add_voices(source: str | Path) -> "tuple[AddedVoice, ...]":
    """Put the voices of a file, an archive or a folder where `list_voices` finds them, checked.

    They are styles of Kokoro (the tarball of npm's package kokoro-js has them) and voices of Piper.

    Raises
    ------
    UsageError
        If it has no voice, or a damaged one; nothing is added then.
    DiskError
        If a file cannot be read or written.
    """
    from coach.voices.adding import add_voices  # noqa: PLC0415

    return add_voices(Path(source))


def remove_voice(name: str) -> tuple[Path, ...]:
    """Remove a voice that was added, by its name in `list_voices`; the files that are gone.

    Raises
    ------
    UsageError
        If none of that name was added.
    DiskError
        If a file cannot be removed.
    """
    from coach.voices.adding import remove_voice  # noqa: PLC0415

    return remove_voice(name)


def natural_advice(voice: str, language: str) -> str:
    """One line on what a natural voice would need, for who has heard the built-in ``voice``; else "".

    It is given once, which the folder of coach's data remembers.
    """
    from coach.voices.natural_advice import natural_advice  # noqa: PLC0415

    return natural_advice(voice, language)


def plan(
    sheet: Sheet | str | Path,
    chosen: Options | None = None,
    *,
    times: int = 1,
    speaker: "Voice | None" = None,
    progress: Progress = no_progress,
    **choices: object,
) -> "Plan":
    """A session in time, to the frame, with all its sound: spoken now, or read from the cache of clips.

    Options are ``chosen``, changed by ``choices`` under the names of the fields of `coach.Options`:
    ``level="gentle"``, ``voice="en-gb"``, ``rate_wpm=140``. An exercise is done ``times`` times. A
    ``speaker`` is a voice of the caller's own, in place of one by name.

    Raises
    ------
    ScriptError
        If the sheet has errors; the message explains all of them.
    UsageError
        If an option does not fit, or there is no such sheet or voice.
    VoiceError
        If a prompt cannot be spoken.
    """
    *_, whole = plan_in_turn(
        sheet, chosen, times=times, speaker=speaker, in_part=False, progress=progress, **choices
    )
    return whole


def plan_in_turn(
    sheet: Sheet | str | Path,
    chosen: Options | None = None,
    *,
    times: int = 1,
    speaker: "Voice | None" = None,
    in_part: bool = False,
    progress: Progress = no_progress,
    **choices: object,
) -> "Iterator[Plan]":
    """The plan as `plan` gives it, as far as it is ready: once with each chapter spoken, at last whole.

    What sounds at a frame is the same in each of them, so that who streams can begin with the first. With
    ``in_part`` that is there after a few sentences, when the voice is certain to keep ahead of who listens:
    the plan then can be heard up to its frame ``settled``.
    """
    from coach.voices.engines import voice_for  # noqa: PLC0415
    from coach.voices.spoken_fit import fitted_by_voice  # noqa: PLC0415
    from coach.voices.spoken_session import produced_in_turn  # noqa: PLC0415

    read, wanted = _sheet(sheet), options(choices, chosen)
    with _music(wanted, progress) as music:  # what is wrong with it is told before anything is spoken
        of_music = () if music is None else music.notes
    title, language, chapters = scored(read, wanted, _checked_times(read, times))
    voice = voice_for(wanted.voice, language, wanted.usual_voice) if speaker is None else speaker.identity
    cut, given = fitted_by_voice(read, wanted, times, voice=voice, speaker=speaker, progress=progress)
    if wanted.minutes is not None:
        title, language, chapters = scored(read, wanted, times, cut)
    with progress("speaking") as report:
        for ready in produced_in_turn(
            title, chapters, voice=voice, speaker=speaker, options=wanted, progress=report, in_part=in_part
        ):
            notes = (*unmet(read, wanted), *of_music, *ready.notes) if ready.is_whole else ready.notes
            yield replace(ready, sheet=read, times=times, notes=notes, gave_way=given)


def blocks(made: "Plan") -> "Iterator[NDArray[np.float32]]":
    """The sound of a plan, block by block, for those who stream: float32 of shape (frames,) in [-1, 1].

    Each block is an array of its own. The blocks are at most 1.4 seconds long, and mono at 48,000
    frames a second.

    Raises
    ------
    CoachError
        If the plan's music cannot be played.
    """
    from coach.sound.music_bed import Bed, automation_for  # noqa: PLC0415
    from coach.sound.render import render as rendered  # noqa: PLC0415

    with _music(made.options, no_progress) as music:
        bed = None if music is None else Bed(music, automation_for(made.timeline))
        for block in rendered(made.timeline, made.clips, made.tones, bed=bed):
            yield block[:, 0]


def render(made: "Plan") -> "NDArray[np.float32]":
    """The whole sound of a plan: float32 of shape (frames,) in [-1, 1], mono at 48,000 frames a second.

    The array is its caller's own. Half an hour takes 350 MB; `blocks` needs no more than a block.

    Raises
    ------
    CoachError
        If the plan's music cannot be played.
    """
    import numpy as np  # noqa: PLC0415

    samples = np.empty(made.timeline.length, np.float32)
    at = 0
    for block in blocks(made):
        samples[at : at + len(block)] = block
        at += len(block)
    return samples


def export(
    made: "Plan",
    *files: str | Path,
    tracks: str | Path | None = None,
    track_format: Format | None = None,
    words: bool = False,
    force: bool = False,
    request: "ExportRequest | None" = None,
    progress: Progress = no_progress,
) -> "ExportResult":
    """Write a plan as files, mixed once: what each ``file`` is, the ending of its name says.

    Endings are those of `coach.Format`, and ``.html`` for a page with the sound in it. ``tracks`` is a folder
    for a numbered file of each exercise and a playlist, in ``track_format`` (WAV). ``words`` writes what is
    said beside each file, as ``.lrc`` and ``.vtt``. Without any target it is ``NAME.wav`` in this folder. A
    file or a folder is there whole or not at all; what is there already is replaced with ``force`` alone.
    A ``request`` that `check_export` gave stands for all of that.

    Raises
    ------
    UsageError
        If a target cannot be written, before anything is.
    CoachError
        If one of them failed: ``exported`` of the error says which, and which are there.
    """
    from coach.exports.write import export as write  # noqa: PLC0415
    from coach.exports.write import metadata_of  # noqa: PLC0415

    if request is None:
        request = _export_request(_name(made), files, tracks, track_format, words=words, force=force)
    metadata = metadata_of(made, language=_language(made), level=made.options.level)
    with _music(made.options, progress) as music, progress("writing") as report:
        exported = write(made, metadata, request, music=music, progress=report)
    if exported.failed:
        first = exported.failed[0].error
        raise ExportError(first, exported)
    return exported


def check_export(
    sheet: Sheet,
    *files: str | Path,
    tracks: str | Path | None = None,
    track_format: Format | None = None,
    words: bool = False,
    force: bool = False,
) -> "ExportRequest":
    """Check the targets of an `export` before a session is spoken for nothing, and give them as a request."""
    return _export_request(sheet.name, files, tracks, track_format, words=words, force=force)


def stream(
    sheet: Sheet | str | Path,
    out: BinaryIO,
    chosen: Options | None = None,
    *,
    progress: Progress = no_progress,
    **choices: object,
) -> "Plan":
    """Write a session as a WAV stream that begins with its first sentences; give its plan.

    Raises
    ------
    BrokenPipeError
        If whoever reads has read enough.
    CoachError
        As from `plan`, or if ``out`` cannot be written.
    """
    from coach.exports.write import stream as write  # noqa: PLC0415

    wanted = options(choices, chosen)
    with _music(wanted, progress) as music:
        return write(plan_in_turn(sheet, wanted, in_part=True, progress=progress), out, music=music)


def plot(
    made: "Plan",
    file: str | Path | None = None,
    *,
    force: bool = False,
    progress: Progress = no_progress,
) -> Path:
    """Draw a plan as an ``.svg``, or with the extra ``plot`` as a ``.png``, and give the path of the file.

    Raises
    ------
    UsageError
        If the ending is another, or the file is there and ``force`` is not given.
    CoachError
        If it cannot be drawn or written.
    """
    from coach.exports.pictures.plot import write_plot  # noqa: PLC0415

    target = check_plot(_name(made), file, force=force)
    with _music(made.options, progress) as music, progress("drawing") as report:
        level = made.options.level
        write_plot(made, target, level=level, force=force, music=music, progress=report)
    return target


def check_plot(name: str, file: str | Path | None = None, *, force: bool = False) -> Path:
    """The file that `plot` would write, or what it would raise of it."""
    from coach.exports.pictures.plot import plot_path  # noqa: PLC0415

    return plot_path(None if file is None else Path(file), name, force=force)


def play(
    session: "Plan | Sheet | str | Path",
    chosen: Options | None = None,
    *,
    times: int = 1,
    part: str | None = None,
    player: Player | str = Player.AUTO,
    on_view: "Callable[[View], None] | None" = None,
    actions: "SimpleQueue[Action] | None" = None,
    progress: Progress = no_progress,
    **choices: object,
) -> "Ended":
    """Play a session through the loudspeaker; return when it is over.

    ``part`` is the chapter to begin with: its number from 1, its title or a piece of that. ``on_view`` is
    called some ten times a second with what is heard, a `coach.View`. What another thread puts into
    ``actions`` steers the session, such as ``actions.put(coach.Action.PAUSE)``. ``player="none"`` keeps the
    time in silence. No key is read, nothing is shown, and neither diary nor place is kept: `run` does all of
    that.

    Raises
    ------
    CoachError
        If there is no loudspeaker, or no such part, sheet or voice.
    KeyboardInterrupt
        On Ctrl-C.
    """
    from coach.live.run import perform  # noqa: PLC0415
    from coach.live.speakers.early import take_or_open  # noqa: PLC0415

    request = _request(session, chosen, times, choices)
    with take_or_open(_player(player)) as loudspeaker:
        return perform(
            request, loudspeaker=loudspeaker, progress=progress, part=part, on_view=on_view, inbox=actions
        )


def run(
    session: "Plan | Sheet | str | Path",
    chosen: Options | None = None,
    *,
    times: int = 1,
    part: str | None = None,
    player: Player | str = Player.AUTO,
    screen: Screen | str | None = None,
    progress: Progress = no_progress,
    **choices: object,
) -> "Ended":
    """Play a session as the command `coach run` does: with keys, screen, media keys, diary and kept place.

    It takes the terminal over. ``screen`` says what it prints, by default what the settings file says. The
    rest is as for `play`.
    """
    from coach.live.run import perform  # noqa: PLC0415
    from coach.live.speakers.early import take_or_open  # noqa: PLC0415

    request = _request(session, chosen, times, choices)
    with take_or_open(_player(player)) as loudspeaker:
        return perform(
            request,
            loudspeaker=loudspeaker,
            progress=progress,
            part=part,
            is_personal=True,
            screen=_screen(screen),
        )


def today(name: str | Path | None = None, *, a_day: int | None = None, level: Level | None = None) -> "Today":
    """What is due today of a programme: a session or an exercise, that of last time by default.

    The diary says it. ``a_day`` is the number of exercises a day, ``level`` the one to begin anew at.

    Raises
    ------
    CoachError
        If there is no such sheet, or it has errors.
    """
    from coach.diary.progress import history  # noqa: PLC0415
    from coach.diary.report import cautions  # noqa: PLC0415
    from coach.diary.storage import Diary, KeptPlace  # noqa: PLC0415
    from coach.diary.today import due, last_programme  # noqa: PLC0415
    from coach.session.ladders import programme  # noqa: PLC0415

    now = datetime.now().astimezone()
    day = now.date()
    entries = [entry for entry in Diary().entries() if entry.started <= now]
    last = last_programme(entries)
    try:
        sheet = load(name or last or USUAL_SESSION)
    except CoachError as error:
        if name:
            raise
        hint = f"the diary has it as your last programme; name another, as in `coach today {USUAL_SESSION}`"
        raise UsageError(error.message, hint) from error
    if sheet.value is None:
        raise ScriptError(sheet.explain())
    wanted = programme(sheet.value, sheet.scripts, sheet.name if is_coachs_own(sheet) else sheet.address)
    so_far = history(wanted, entries, my_options().level)
    found = due(wanted, so_far, day, a_day=a_day, level=level)
    own = [entry for entry in entries if any(done.title in wanted.ladders for done in entry.exercises)]
    kept = KeptPlace().read() or {}
    can_resume = found.is_left_unfinished and kept.get("sheet") == wanted.name
    return replace(found, cautions=cautions(own, today=day), can_resume=can_resume)


def run_today(
    today: "Today",
    chosen: Options,
    *,
    player: Player | str = Player.AUTO,
    screen: Screen | str | None = None,
    progress: Progress = no_progress,
) -> "Ended":
    """Play what is due as `run` does, each exercise with its own step; the diary keeps what was set out."""
    wanted = replace(chosen, level=today.level, steps=today.steps)
    if not today.is_whole and wanted.only is None:
        chapters = scored(_sheet(today.programme.name), replace(wanted, from_=None, to=None))[2]
        parts = today.parts([chapter.exercise for chapter in chapters])
        wanted = replace(wanted, only=",".join(map(str, parts)))
    return run(today.programme.name, wanted, player=player, screen=screen, progress=progress)


def tell_morning(entry: "Entry", morning: "Morning") -> None:
    """Write into the diary how it was on the morning after a session.

    Raises
    ------
    DiskError
        If it cannot be written.
    """
    from coach.diary.storage import Diary  # noqa: PLC0415

    Diary().amend(entry, replace(entry, morning=morning))


def resume(
    *,
    level: Level | None = None,
    player: Player | str = Player.AUTO,
    screen: Screen | str | None = None,
    progress: Progress = no_progress,
) -> "Ended":
    """Go on with the session that `run` left last, where it was left, at another ``level`` if one is given.

    Raises
    ------
    UsageError
        If there is none, or what was kept cannot be understood.
    CoachError
        As from `play`.
    """
    from coach.live.run import kept_request, perform  # noqa: PLC0415
    from coach.live.speakers.early import take_or_open  # noqa: PLC0415

    with take_or_open(_player(player)) as loudspeaker:
        kept = kept_request(level)
        return perform(
            kept.request,
            loudspeaker=loudspeaker,
            progress=progress,
            place=kept.place,
            pains=kept.pains,
            level=kept.level,
            is_personal=True,
            screen=_screen(screen),
        )


def choose_exercise(
    chosen: Options,
    *,
    player: Player | str = Player.AUTO,
    screen: Screen | str | None = None,
    tell: Callable[[str], None],
    echo: Callable[[str], None],
) -> str:
    """The name of the exercise that is picked from a list, which is read out and handed to ``tell``.

    With the ``screen`` "none" the list is only read out, where there are keys. ``echo`` is given what has
    been typed so far, and complaints, which end their line. Where there are no keys, a line of standard
    input is read, and nothing is heard.

    Raises
    ------
    UsageError
        If none is picked.
    CoachError
        If the list cannot be read out.
    """
    from coach.live.choose import choose  # noqa: PLC0415

    return choose(player=_player(player), options=chosen, screen=_screen(screen), tell=tell, echo=echo)


def diagnose(
    player: Player | str = Player.AUTO, *, voice: str | None = None, usual_voice: str | None = None
) -> "Examination":
    """Test the loudspeaker, voice and controls of this machine; plays a tone and a sentence.

    ``usual_voice`` is the listener's own, as `my_options` has it. What fails is a finding, not an exception.
    """
    from coach.live.doctor import examine, examine_media_keys  # noqa: PLC0415

    found = examine(_player(player), voice=voice, usual_voice=usual_voice)
    return replace(found, media_keys=examine_media_keys())


def read_diary() -> "tuple[tuple[Entry, ...], str]":
    """The sessions that were done, by time, and a note on what could not be read ("" if nothing)."""
    from coach.diary.storage import Diary  # noqa: PLC0415

    diary = Diary()
    entries = diary.entries()
    return entries, diary.note


def diary_json(entries: "Sequence[Entry]") -> list[dict[str, Any]]:
    """The sessions that were done, as JSON values."""
    from coach.diary.entries import as_json  # noqa: PLC0415

    return [as_json(entry) for entry in entries]


def diary_csv(entries: "Sequence[Entry]") -> str:
    """The sessions that were done, as a table for a spreadsheet; its lines end in CR LF (RFC 4180)."""
    from coach.diary.report import as_csv  # noqa: PLC0415

    return as_csv(entries)


def diary_text(entries: "Sequence[Entry]", *, encoding: str | None = "utf-8", width: int = 80) -> str:
    """The sessions that were done, as a table and charts, in letters that the encoding has."""
    from coach.diary.report import chart, last_session, steps_chart, table  # noqa: PLC0415
    from coach.text import has_letters  # noqa: PLC0415

    day, blocks = datetime.now().astimezone().date(), has_letters(encoding, "█")
    parts = (
        table(entries, width=width),
        last_session(entries, width=width),
        steps_chart(entries, today=day, blocks=blocks, width=width),
        chart(entries, today=day, blocks=blocks, width=width),
    )
    return "\n".join(filter(None, parts))


def serve(
    file: str | Path, *, address: str | None = None, port: int | None = None, for_s: float = 600.0
) -> "Sending":
    """Put a file within reach of a phone in the same network, for one download: a context manager.

    Raises
    ------
    UsageError
        If the file, the address or the port cannot be used.
    """
    from coach.send.send import Sending  # noqa: PLC0415

    return Sending(Path(file), address=address, port=port, for_s=for_s)


def _request(
    session: "Plan | Sheet | str | Path", chosen: Options | None, times: int, choices: Mapping[str, object]
) -> "Request":
    from coach.live.run import Request  # noqa: PLC0415

    if isinstance(session, Sheet | str | Path):
        read = _sheet(session)
        return Request(read, options(choices, chosen), _checked_times(read, times))
    if session.sheet is None:
        raise UsageError("the plan has no sheet", "make it with coach.plan")
    return Request(session.sheet, options(choices, chosen or session.options), session.times)


def _player(player: Player | str) -> Player:
    if player not in list(Player):
        raise UsageError(f"there is no player {player!r}", f"the players are {', '.join(Player)}")
    return Player(player)


def _screen(screen: Screen | str | None) -> Screen:
    if screen is None:
        from coach.settings import usual_screen  # noqa: PLC0415

        return usual_screen()
    if screen not in list(Screen):
        raise UsageError(f"there is no screen {screen!r}", f"the screens are {', '.join(Screen)}")
    return Screen(screen)


def _sheet(sheet: Sheet | str | Path) -> Sheet:
    return sheet if isinstance(sheet, Sheet) else load(sheet)


def _checked_times(sheet: Sheet, times: int) -> int:
    if not TIMES[0] <= times <= TIMES[1]:
        raise UsageError(f"an exercise is not done {times} times", "do it {} to {} times".format(*TIMES))
    if times > 1 and isinstance(sheet.value, Session):
        raise UsageError(
            f"{sheet.title!r} is a session, and a session is done once",
            "`coach run` plays it, without --times",
        )
    return times


def _name(made: "Plan") -> str:
    """The name of a plan's sheet, from which file names are made."""
    return made.timeline.title if made.sheet is None else made.sheet.name


def _language(made: "Plan") -> str:
    return "" if made.sheet is None or made.sheet.value is None else made.sheet.value.language


def _export_request(
    name: str,
    files: Sequence[str | Path],
    tracks: str | Path | None,
    track_format: Format | None,
    *,
    words: bool,
    force: bool,
) -> "ExportRequest":
    from coach.exports.write import export_request  # noqa: PLC0415

    return export_request(
        [Path(file) for file in files],
        name,
        tracks=None if tracks is None else Path(tracks),
        track_format=track_format,
        with_captions=words,
        force=force,
    )


@contextmanager
def _music(chosen: Options, progress: Progress) -> "Iterator[MusicFile | None]":
    """The music of the options, open; None where there is none."""
    if not chosen.music:
        yield None
        return
    from coach.sound.volumes import music_for  # noqa: PLC0415

    with progress("listening to the music") as report:
        music = music_for(chosen, report)
    with music:
        yield music
