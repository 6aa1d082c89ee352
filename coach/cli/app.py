"""The command line: parse, choose adapters, print, exit codes. Nothing else prints or exits.

Imports stand within the commands, so that each starts with no more than it needs.
"""

import io
import math
import os
import shutil
import signal
import sys
import time
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import coach
from coach.cli.flags import Given, with_live_options, with_options
from coach.cli.progress import Progress
from coach.diary.morning import Morning
from coach.errors import CoachError, DiskError, ExportError, ScriptError, UsageError
from coach.exports.formats import Format
from coach.live.speakers.player import Player
from coach.session.options import USUAL_SESSION, Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coach import Ended, Options, Plan

INTERNAL_ERROR = 3
ONCE_S = 3.0
INTERRUPTED = 130


class Form(StrEnum):
    """The output format of problems."""

    TEXT = "text"
    JSON = "json"


app = typer.Typer(
    name="coach",
    help="Exercise by ear: script sheets become spoken, timed, tone-marked sessions.",
    epilog=(
        "Examples:\n\n\b\n"
        "  coach run                         the whole session, now, through the loudspeaker\n"
        "  coach practice step-ups           one exercise\n"
        "  coach export                      the whole session, as inner-knee.wav\n"
        "  coach export step-ups -o up.wav   one exercise\n"
        "  coach show inner-knee             what is heard, and when\n"
        "  coach check my-exercise.md        read a sheet of your own as a listener would"
    ),
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def run() -> NoReturn:
    """Run the command line and leave with its exit code: 0, 1 problems, 2 usage, 3 the world, 130 Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except ScriptError as error:
        typer.echo("\n  = ".join(filter(None, (error.message, error.hint))), err=True)
        sys.exit(error.exit_code)
    except CoachError as error:
        _complain(error.message, error.hint)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except SystemExit as left:
        if left.code == INTERRUPTED:
            _end_no_more()
        raise
    except Exception as error:  # whatever else went wrong, no traceback reaches a listener
        if os.environ.get("COACH_DEBUG"):
            raise
        _complain(
            f"something went wrong inside coach: {type(error).__name__}: {error}",
            "please report it, with what COACH_DEBUG=1 prints",
        )
        sys.exit(INTERNAL_ERROR)
    sys.exit(0)


def _complain(message: str, hint: str = "") -> None:
    from coach.text import printable

    for line in (f"coach: {message}", *([f"  = {hint}"] if hint else [])):
        typer.echo("\n".join(map(printable, line.split("\n"))), err=True)


def _tell(text: str) -> None:
    """Print a result.

    Raises
    ------
    DiskError
        If it cannot be written. A reader who has read enough (``| head``) is no error.
    """
    if sys.stdout is None:
        return
    try:
        typer.echo(text, nl=not text.endswith("\n"))
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise DiskError(f"cannot write the result: {error.strerror}") from error


def _names(incomplete: str) -> list[str]:
    """Completions for a session's or an exercise's name."""
    here = [str(path) for path in sorted(Path().glob("*.md"))]
    return [name for name in (*coach.sheet_names(), *here) if name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE",
        help="A session or an exercise by file name, by title or by its beginning: in this folder, "
        "else coach's own; or a sheet (.md).",
        autocompletion=_names,
    ),
]
VoiceOption = Annotated[
    str | None, typer.Option("--voice", metavar="NAME", help="A voice of 'coach voices'.")
]
PlayerOption = Annotated[
    Player, typer.Option("--player", help="What plays; 'none' keeps the time in silence.")
]
ScreenOption = Annotated[
    Screen | None,
    typer.Option(
        "--screen",
        help="What is printed while it plays; 'none', for a screen reader: only what is not spoken. "
        "[default: live in a terminal]",
    ),
]
PlainOption = Annotated[bool, typer.Option("--plain", help="The same as --screen plain.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
STDOUT = Path("-")
"""In place of a file: standard output."""


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"coach {coach.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Exercise by ear: script sheets become spoken, timed, tone-marked sessions."""


@app.command("list", epilog="Example:\n\n\b\n  coach list --json")
def list_(*, as_json: JsonOption = False) -> None:
    """List the sessions and exercises, what they need, and how long they take at each level."""
    from coach.cli.listing import list_json, list_text

    rows = coach.list_sheets()
    if as_json:
        _print_json(list_json(rows))
    else:
        _tell(list_text(rows))


@app.command(
    epilog="Examples:\n\n\b\n  coach show\n  coach show step-ups --level gentle\n  coach show --json"
)
@with_options
def show(
    name: Name = USUAL_SESSION,
    *,
    given: Given,
    as_json: JsonOption = False,
) -> None:
    """Show the plan of a session: when what is said, and where the tones are."""
    plan = _planned(name, coach.my_options(**given))
    if as_json:
        _print_json(plan.as_json())
    else:
        _tell(plan.text())


@app.command(epilog="Examples:\n\n\b\n  coach check my-exercise.md\n  coach check --format json *.md")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Script sheets (.md).")],
    *,
    form: Annotated[Form, typer.Option("--format", help="For people or for programs.")] = Form.TEXT,
) -> None:
    """Read script sheets as a listener would hear them, and say what is wrong: exit code 1."""
    from coach.text import printable

    sheets, worst = [], 0
    for path in files:
        try:
            sheets.append(coach.load(path))
        except CoachError as error:
            _complain(error.message, error.hint)
            worst = max(worst, error.exit_code)
    if form is Form.JSON:
        _print_json([row for sheet in sheets for row in (*sheet.problems_json(), *sheet.notes_json())])
    else:
        for sheet in sheets:
            _tell(sheet.explain() if sheet.problems else f"{printable(str(sheet.path))}: fine")
            if sheet.notes:
                _tell("\n".join(sheet.explain_notes()))
    if worst or any(sheet.has_errors for sheet in sheets):
        raise typer.Exit(worst or 1)


@app.command(
    epilog="Examples:\n\n\b\n  coach export\n  coach export step-ups --level gentle -o step-ups.mp3\n"
    "  coach export -o knee.m4a -o knee.html --words\n  coach export --tracks knee --format flac\n"
    "  coach export my-session.md --voice en-gb --force"
)
@with_options
def export(
    name: Name = USUAL_SESSION,
    *,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help="A file, by its ending: .wav, .flac, .ogg, .opus, .mp3, .html, .m4a (extra 'phone'). "
            "More than one may be asked for; - is a WAV stream. [default: NAME.wav here]",
        ),
    ] = None,
    tracks: Annotated[
        Path | None,
        typer.Option(
            "--tracks", metavar="DIR", help="A folder with a file for each exercise, and a playlist."
        ),
    ] = None,
    track_format: Annotated[
        Format | None, typer.Option("--format", help="The format of the tracks. [default: wav]")
    ] = None,
    words: Annotated[
        bool, typer.Option("--words", help="Write what is said beside each file too: .lrc and .vtt.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    given: Given,
) -> None:
    """Write a session or an exercise as a file, or several, to be played anywhere."""
    _end_as_by_ctrl_c()
    if out == [STDOUT] and tracks is None and not words:
        _stream(name, coach.my_options(**given))
        return
    sheet = coach.load(name)
    request = coach.check_export(
        sheet, *(out or ()), tracks=tracks, track_format=track_format, words=words, force=force
    )
    plan = _planned(sheet, coach.my_options(**given))
    _say_what_gave_way(plan)
    try:
        with _telling_what_is_kept():
            exported = coach.export(plan, request=request, progress=Progress)
    except ExportError as error:
        exported = error.exported
    if exported.lacks_a_cover:
        _complain("it has no cover", "pip install '.[phone]' brings what draws one")
    for written in exported.written:
        _tell(f"{written.path}  {written.contents}")
    for failed in exported.failed:
        _complain(failed.error.message, failed.error.hint)
    if exported.failed:
        if exported.written:
            _complain(f"the rest is whole: {', '.join(str(written.path) for written in exported.written)}")
        raise typer.Exit(exported.failed[0].error.exit_code)
    _advise(plan.voice, plan.timeline.language)


@app.command(
    epilog="Examples:\n\n\b\n  coach plot\n  coach plot step-ups --level gentle -o step-ups.svg\n"
    "  coach plot my-session.md -o plan.png"
)
@with_options
def plot(
    name: Name = USUAL_SESSION,
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="OUT", help="An .svg or .png. [default: NAME.svg here]"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    given: Given,
) -> None:
    """Draw a session over time: what is done, said and rung, and how loud it is."""
    _end_as_by_ctrl_c()
    sheet = coach.load(name)
    coach.check_plot(sheet.name, out, force=force)
    plan = _planned(sheet, coach.my_options(**given))
    _say_what_gave_way(plan)
    target = coach.plot(plan, out, force=force, progress=Progress)
    _tell(f"{target}  {plan.length_text}")


@app.command(
    epilog="Examples:\n\n\b\n  coach send inner-knee.m4a\n  coach send inner-knee.html --minutes 30\n"
    "  coach send inner-knee.wav --address 192.168.1.5"
)
def send(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What 'coach export' made; an .html opens at once.")
    ],
    *,
    minutes: Annotated[
        float, typer.Option("--minutes", max=1440, metavar="N", help="How long it can be fetched.")
    ] = 10,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", metavar="A", help="The address of this computer to serve at, where it has several."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, metavar="P", help="[default: the first free from 8650 on]"),
    ] = None,
) -> None:
    """Put a file within reach of your phone: scan the code, save it; it is gone when the phone has it."""
    _end_as_by_ctrl_c()
    with coach.serve(file, address=address, port=port, for_s=60 * minutes) as sending:
        text, place = sending.announcement(sys.stdout)
        typer.echo(text, err=True)
        _tell(place)
        for event in sending.events():
            if event.is_result:
                _tell(event.text)
            else:
                typer.echo(event.text, err=True)


_voices = typer.Typer(invoke_without_command=True)
app.add_typer(
    _voices,
    name="voices",
    epilog="Examples:\n\n\b\n  coach voices\n  coach voices add kokoro-js-1.2.1.tgz\n"
    "  coach voices remove kokoro:af_sky\n  coach export --voice en-gb",
)


@_voices.callback()
def voices(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """List the voices of this machine; the default is marked."""
    if context.invoked_subcommand:
        return
    from coach.cli.listing import voices_json, voices_text

    usual, _ = _usual_voice()
    found = coach.list_voices(usual)
    for trouble in found.troubles:
        _complain(trouble.message, trouble.hint)
    if as_json:
        _print_json(voices_json(found.voices))
    else:
        _tell(voices_text(found.voices))


@_voices.command(
    epilog="Examples:\n\n\b\n  coach voices add kokoro-js-1.2.1.tgz\n  coach voices add kerstin.onnx"
)
def add(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="An archive or a folder with voices, a style of Kokoro, or a Piper voice."
        ),
    ],
) -> None:
    """Add voices that you have got: styles of Kokoro, voices of Piper."""
    from coach.cli.listing import added_text

    _tell(added_text(coach.add_voices(source)))


@_voices.command(epilog="Example:\n\n\b\n  coach voices remove kokoro:af_sky")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A voice that was added.")],
) -> None:
    """Remove a voice that was added."""
    for path in coach.remove_voice(name):
        _tell(f"removed {path}\n")
    usual, _ = _usual_voice()
    if usual is not None and name.rpartition(":")[2] == usual.rpartition(":")[2]:
        _complain(f"the settings still ask for the voice {usual}", "choose another there, or leave it out")


@app.command(
    "run",
    epilog="Examples:\n\n\b\n  coach run\n  coach run no-floor --level gentle\n  coach run --from step-ups\n"
    "  coach run --resume\n\nKeys while it plays:\n\n\b\n"
    "  space pause    left, right back, next    enter go on    r again\n"
    "  + - louder, softer    e h easier, harder    w where am I    q stop",
)
@with_live_options
def run_(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]",
            help="A session or an exercise, as for 'coach export'. [default: inner-knee]",
            autocompletion=_names,
        ),
    ] = None,
    *,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the last session was left.")] = False,
    player: PlayerOption = Player.AUTO,
    screen: ScreenOption = None,
    plain: PlainOption = False,
    given: Given,
) -> None:
    """Play a session through the loudspeaker, steered by keys or a headset."""
    _end_as_by_ctrl_c()
    shown = _screen(screen, plain=plain)
    if not resume:
        options = coach.my_options(is_live=True, **given)
        _perform(
            lambda: coach.run(name or USUAL_SESSION, options, player=player, screen=shown, progress=Progress)
        )
        return
    if name is not None or "from_" in given:
        raise UsageError("--resume goes on with the last session", "leave out the name and --from")
    if given.keys() - {"level"}:
        what = "--resume goes on as the session was begun"
        raise UsageError(what, "only --level can be another; leave out the other choices")
    level = given.get("level")
    _perform(lambda: coach.resume(level=level, player=player, screen=shown, progress=Progress))


@app.command(
    epilog="Examples:\n\n\b\n  coach practice\n  coach practice step-ups --times 3\n"
    "  coach practice squats --reps 5 --detail brief\n"
    "  coach practice programme.md bridges\n\nThe keys are those of 'coach run'."
)
@with_live_options
def practice(
    exercise: Annotated[
        str | None,
        typer.Argument(
            metavar="[EXERCISE]",
            help="An exercise by name or file; without one, a list is read out to pick from.",
            autocompletion=_names,
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Argument(metavar="[PART]", help="The exercise of a session, as in: programme.md bridges."),
    ] = None,
    *,
    times: Annotated[int, typer.Option("--times", min=1, max=20, metavar="N", help="How often.")] = 1,
    player: PlayerOption = Player.AUTO,
    screen: ScreenOption = None,
    plain: PlainOption = False,
    given: Given,
) -> None:
    """Practise one exercise, once or several times."""
    _end_as_by_ctrl_c()
    shown = _screen(screen, plain=plain)
    options = coach.my_options(is_live=True, **given)
    if exercise is None:
        exercise = coach.choose_exercise(options, player=player, screen=shown, tell=_tell, echo=_echo)
    name = exercise if part is None else f"{exercise}#{part}"
    _perform(lambda: coach.run(name, options, times=times, player=player, screen=shown, progress=Progress))


@app.command(
    epilog="Examples:\n\n\b\n  coach today\n  coach today --a-day 2\n  coach today low-back\n"
    "  coach today --tell\n\nThe keys are those of 'coach run'."
)
@with_live_options
def today(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE]",
            help="A session or an exercise, as for 'coach run'. [default: that of last time]",
            autocompletion=_names,
        ),
    ] = None,
    *,
    a_day: Annotated[
        int | None,
        typer.Option(
            "--a-day",
            min=1,
            max=100,
            metavar="N",
            help="Exercises a day. [default: as last time; at first all]",
        ),
    ] = None,
    morning: Annotated[
        Morning | None, typer.Option("--morning", help="How it was on the morning after the last session.")
    ] = None,
    take: Annotated[
        bool | None, typer.Option("--take/--leave", help="Take what is offered, or not. [default: asks]")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Begin on a day on which it is not due, with nothing more.")
    ] = False,
    only_tell: Annotated[bool, typer.Option("--tell", help="Say what is due, and begin nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what is due as JSON, and begin nothing.")
    ] = False,
    player: PlayerOption = Player.AUTO,
    screen: ScreenOption = None,
    plain: PlainOption = False,
    given: Given,
) -> None:
    """Say what is due today, and begin it: three days a week, never two running."""
    _end_as_by_ctrl_c()
    shown = _screen(screen, plain=plain)
    options = coach.my_options(is_live=True, **given)
    level = given.get("level")
    due = coach.today(name, a_day=a_day, level=level)
    _, note = coach.read_diary()
    if note:
        _complain(note)
    if _take_morning(due, morning, may_ask=not as_json):
        due = coach.today(name, a_day=a_day, level=level)
    if as_json:
        _print_json(due.as_json())
        return
    _tell(due.text(begins_anyway=anyway and not only_tell))
    if take and not due.offer:
        _complain("nothing is offered today, so --take changes nothing")
    if due.offer is not None:
        _tell(due.offer.text)
        if take is None and not only_tell:
            take = _answer("Do you take it?", "yes", "no") == "yes"
        if take:
            due = due.with_offer_taken()
    if (due.is_due or anyway) and not only_tell:
        _perform(lambda: coach.run_today(due, options, player=player, screen=shown, progress=Progress))


def _screen(screen: Screen | None, *, plain: bool) -> Screen | None:
    """The display that is asked for; None if none is.

    Raises
    ------
    UsageError
        If two are.
    """
    if plain and screen not in {None, Screen.PLAIN}:
        raise UsageError(f"--plain and --screen {screen} cannot both be", "leave one of them out")
    return Screen.PLAIN if plain else screen


def _take_morning(due: "coach.Today", morning: Morning | None, *, may_ask: bool) -> bool:
    """Write how it was on the morning after the last session into the diary; tell whether anybody said."""
    if due.unanswered is None:
        if morning is not None:
            what = "no session of this programme waits for the morning after it"
            _complain(what, "it is asked within a week, once")
        return False
    said = morning or (_answer(due.question, *Morning) if may_ask else None)
    if said is not None:
        coach.tell_morning(due.unanswered, Morning(said))
    return said is not None


@app.command(epilog="Examples:\n\n\b\n  coach diary\n  coach diary --csv > diary.csv")
def diary(
    *,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Draw with the letters of ASCII.")] = False,
) -> None:
    """Show the sessions that were done, week by week."""
    if as_json and as_csv:
        raise UsageError("--json and --csv are two forms of the same", "choose one of them")
    entries, note = coach.read_diary()
    if note:
        _complain(note)
    if as_json:
        _print_json(coach.diary_json(entries))
    elif as_csv:
        table = coach.diary_csv(entries)  # its lines end in CR LF, which Windows' text streams make too
        _tell(table.replace("\r\n", "\n") if os.linesep == "\r\n" else table)
    elif not entries:
        _tell("No session yet. `coach run` begins one.")
    else:
        encoding = "ascii" if plain else getattr(sys.stdout, "encoding", None)
        _tell(coach.diary_text(entries, encoding=encoding, width=_width()))


@app.command(epilog="Examples:\n\n\b\n  coach doctor\n  coach doctor --player simpleaudio")
def doctor(*, player: PlayerOption = Player.AUTO, voice: VoiceOption = None) -> None:
    """Say what would play and speak on this machine, and try it: a tone and a sentence are heard."""
    usual, exit_code = _usual_voice()
    found = coach.diagnose(player, voice=voice, usual_voice=usual)
    _tell(found.text())
    if found.exit_code or exit_code:
        raise typer.Exit(found.exit_code or exit_code)


def _usual_voice() -> tuple[str | None, int]:
    """Return the voice of the settings, and 0; None and an exit code if they are damaged, which is told."""
    try:
        return coach.my_options().usual_voice, 0
    except CoachError as error:
        _complain(error.message, error.hint)
        return None, error.exit_code


@app.command("help", epilog="Example:\n\n\b\n  coach help export")
def help_(
    context: typer.Context,
    command: Annotated[str | None, typer.Argument(metavar="[COMMAND]", help="A command of coach.")] = None,
) -> None:
    """Show the help of coach or of one of its commands."""
    parent = context.parent
    group = None if parent is None else parent.command
    if parent is None or not isinstance(group, typer.core.TyperGroup):
        raise ValueError("help stands beside the other commands")
    if command is None:
        _tell(parent.get_help())
        return
    asked = group.get_command(parent, command)
    if asked is None:
        names = ", ".join(group.list_commands(parent))
        raise UsageError(f"there is no command {command!r}", f"the commands are {names}")
    _tell(asked.get_help(typer.Context(asked, info_name=command, parent=parent)))


def _echo(text: str) -> None:
    """Show what has been typed so far, on the line that it is typed on."""
    typer.echo(f"\r\x1b[K{text}" if sys.stderr.isatty() else text, err=True, nl=not sys.stderr.isatty())


def _width() -> int:
    """The columns of the terminal, as far as lines can be read well; 80 for a file or a program."""
    if sys.stdout is None or not sys.stdout.isatty():
        return 80
    return min(120, max(40, shutil.get_terminal_size().columns))


def _answer(question: str, *answers: str) -> str | None:
    """Ask at the keyboard; None for Enter alone, or if nobody is there. The first letter is enough."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    while True:
        typer.echo(f"{question} ({', '.join(answers)}, or Enter for no answer) ", err=True, nl=False)
        typed = sys.stdin.readline().strip().casefold()
        found = [answer for answer in answers if typed and answer.startswith(typed)]
        if not typed or found:
            return found[0] if found else None


def _perform(play: "Callable[[], Ended]") -> None:
    """Play, then say what was done, how to go on, and what failed; on Ctrl-C or an error, how to go on first.

    Raises
    ------
    CoachError
        If the voice failed on the way.
    """
    try:
        ended = play()
    except (KeyboardInterrupt, CoachError) as error:
        for note in filter(None, getattr(error, "__notes__", ())):
            _complain(note)
        raise
    for note in ended.notes:
        _complain(note)
    if ended.summary:
        _tell(f"{ended.summary} `coach diary` shows it.")
    if ended.how_to_go_on:
        _tell(ended.how_to_go_on)
    if ended.error is not None:
        raise ended.error
    _advise(ended.voice, ended.language)


def _advise(voice: str, language: str) -> None:
    """Say what a natural voice would need, if the built-in one spoke; once."""
    if advice := coach.natural_advice(voice, language):
        _complain(advice)


def _end_as_by_ctrl_c() -> None:
    """Have the signals that end a process do what Ctrl-C does: nothing is left behind.

    A terminal that is closed sends several, and so does who presses Ctrl-C twice: for `ONCE_S` one is enough,
    so that what has to be written is.
    """
    ended_at_s = -math.inf

    def end(_number: int, _frame: object) -> None:
        nonlocal ended_at_s
        if time.monotonic() - ended_at_s > ONCE_S:
            ended_at_s = time.monotonic()
            raise KeyboardInterrupt

    for number in _ending_signals():
        if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
            signal.signal(number, end)


def _end_no_more() -> None:
    """Have a second signal find nothing to interrupt."""
    for number in _ending_signals():
        signal.signal(number, signal.SIG_IGN)


def _ending_signals() -> list[int]:
    """Return the signals that ask a process to end: Ctrl-C, and on most systems two more."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def _planned(sheet: "coach.Sheet | str", options: "Options") -> "Plan":
    """The session in time, with its sound: what show prints and export writes."""
    with _telling_what_is_kept("nothing was written"):
        plan = coach.plan(sheet, options, progress=Progress)
    _say_notes(plan)
    return plan


@contextmanager
def _telling_what_is_kept(*told: str) -> "Iterator[None]":
    """On Ctrl-C, say what is there of what was begun: what is ``told``, then the notes of the interrupt."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        with suppress(OSError):  # the terminal may be gone
            _complain("; ".join(["stopped", *told, *getattr(stopped, "__notes__", ())]))
        raise


def _say_what_gave_way(plan: "Plan") -> None:
    """Say what gave way for the minutes that were asked for."""
    for line in plan.gave_way:
        _complain(f"gave way: {line}")


def _say_notes(plan: "Plan") -> None:
    """Say what the listener of a session should be told before."""
    for note in plan.notes:
        _complain(note)
    for text in plan.timeline.left_out:
        _complain(
            f"no repetition or rest has room for {text!r}",
            "a longer phase, a longer rest or a shorter line gives it room",
        )


def _stream(name: str, options: "Options") -> None:
    """Write the session to standard output as a WAV stream, and begin with its first sentences.

    Raises
    ------
    UsageError
        If standard output is a terminal.
    """
    sheet = coach.load(name)
    if sys.stdout is None or sys.stdout.isatty():
        raise UsageError("a terminal shows no sound", "send it on, as in: coach export -o - | ffplay -")
    try:
        with _telling_what_is_kept():
            plan = coach.stream(sheet, sys.stdout.buffer, options, progress=Progress)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    _say_what_gave_way(plan)
    _say_notes(plan)
    _advise(plan.voice, plan.timeline.language)


def _print_json(value: object) -> None:
    """Print JSON in which characters that steer a terminal are escaped."""
    import json

    from coach.text import is_steering

    text = json.dumps(value, ensure_ascii=False, indent=1)
    _tell(text.translate({ord(each): json.dumps(each)[1:-1] for each in set(text) if is_steering(each)}))
