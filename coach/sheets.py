"""Script sheets on disk: those that come with coach, and people's own."""

import shlex
import unicodedata
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from math import ceil
from pathlib import Path
from types import MappingProxyType
from typing import Any

from coach.errors import CoachError, DiskError, ScriptError, UsageError
from coach.folders import own_sheets, scripts_folder
from coach.language.dose import Side, completed
from coach.language.file_kinds import kind_of_file
from coach.language.keywords.by_language import keywords_for
from coach.language.level import Level
from coach.language.lines import title_of
from coach.language.model import Reference, Script, Session
from coach.language.names import ENDING, Match, Shelf, comparable, find, references, script_of, wrong_doses
from coach.language.parser import parse
from coach.language.problems import Problem, Severity, Span, as_json, explain_all, in_order
from coach.language.quantities import quoted
from coach.language.sides import on_side
from coach.regular_file import NotRegularFileError, read_beginning
from coach.session.arrange import chosen_dose, counts_repetitions, has_levels, practice, score
from coach.session.compile import compile_session
from coach.session.estimate import USUAL_SOUNDS
from coach.session.moves import Break, ChapterMoves, Interval, Recovery, Repetitions
from coach.session.options import Detail, Options
from coach.session.timeline import LongerRest
from coach.text import printable

_NAME_A_SHEET = "name a script sheet (.md)"

LONGEST_SHEET = 1_000_000
"""Bytes; a file beyond this is no sheet that a person wrote."""


SLACK_S = 1.0
"""Seconds by which an estimated rest may be longer than written before it is worth a warning."""

CUES_WITHIN_H = 1.0
"""Hours; in longer sheets every cue that fits has its turn, so that no level has to be laid out to see it."""

LONGEST_H = 24
"""Hours; no session is meant to last longer."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as read: where it lies, its text, what it says, and what is wrong with it.

    ``draft`` is as much of it as could be read. ``exercises`` has the sheets that a session names, by the
    names that it uses; ``wrong_exercises`` are those of them that have errors. ``notes`` say how parts of the
    sheet were understood. An exercise of a session that is taken alone is a ``part`` of its sheet.
    """

    path: Path
    text: str
    draft: Script | Session | None
    problems: tuple[Problem, ...]
    exercises: Mapping[str, "Sheet"] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()
    wrong_exercises: tuple["Sheet", ...] = ()
    part: str = ""

    @property
    def value(self) -> Script | Session | None:
        """The parsed sheet; None if it has errors."""
        return None if self.has_errors else self.draft

    @property
    def name(self) -> str:
        """The file's name without its ending, and the name of the part."""
        return "-".join([self.path.stem, *comparable(self.part).split()])

    @property
    def address(self) -> str:
        """The absolute path, and the part behind a ``#``: what `named` reads again."""
        return f"{self.path.resolve()}{PART_MARK if self.part else ''}{self.part}"

    @property
    def title(self) -> str:
        """Its title, also of a sheet with errors; "" if it has none."""
        if self.part:
            return self.part
        if self.value is not None:
            return self.value.title
        return title_of(self.text)

    @property
    def scripts(self) -> Mapping[str, Script]:
        """The exercises that a session names, by the names that it uses."""
        return _scripts(self.exercises)

    @property
    def defined(self) -> Mapping[str, "Sheet"]:
        """The exercises that are defined below headings of a session, by title, each as a sheet."""
        if not isinstance(self.draft, Session):
            return {}
        found = [each.script for each in references(self.draft) if each.script]
        titles = Tally(comparable(script.title) for script in found)
        return {
            script.title
            if titles[comparable(script.title)] == 1
            else f"{script.title} (line {script.span.line})": self.alone(script)
            for script in found
        }

    def alone(self, script: Script) -> "Sheet":
        """Return an exercise of this session as a sheet of its own."""
        return replace(self, draft=script, exercises={}, notes=(), wrong_exercises=(), part=script.title)

    def explain(self) -> str:
        """Explain every problem as its author reads it: those of a session's exercises first."""
        own = [explain_all(self.problems, str(self.path), self.text)] if self.problems else []
        return "\n".join([*(sheet.explain() for sheet in self.wrong_exercises), *own])

    def problems_json(self) -> list[dict[str, Any]]:
        """Return every problem as JSON values: those of a session's exercises first."""
        own = [as_json(problem, str(self.path)) for problem in self.problems]
        return [*(row for sheet in self.wrong_exercises for row in sheet.problems_json()), *own]

    def explain_notes(self) -> list[str]:
        """Return a line for each note: how a part of the sheet was understood."""
        places = ((note, f"{self.path}:{note.span.line}:{note.span.column}") for note in self.notes)
        return [printable(f"{place}: {note.severity}: {note.message}") for note, place in places]

    def notes_json(self) -> list[dict[str, Any]]:
        """Return every note as JSON values, like a problem."""
        return [as_json(note, str(self.path)) for note in self.notes]

    @property
    def has_errors(self) -> bool:
        """True if the sheet has errors and cannot be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


PART_MARK = "#"
"""Between the path of a session and the name of an exercise in it, as in ``programme.md#bridges``."""

Catalogue = Mapping[str, Sheet]
"""Sheets by name."""


def read_sheet(path: Path) -> Sheet:
    """Read the sheet in a file, with all its problems.

    Raises
    ------
    UsageError
        If there is no such file, or one of another kind: a folder, a pipe, a document of a word processor.
    DiskError
        If the file cannot be read, or is too long to be a sheet.
    """
    return _parsed(_text_of(path), path)


def _text_of(path: Path) -> str:
    try:
        data = read_beginning(path, LONGEST_SHEET + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, NotRegularFileError) as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", _NAME_A_SHEET) from error
    except ValueError as error:
        raise UsageError(f"cannot read {path}: {error}", _NAME_A_SHEET) from error
    except OSError as error:
        raise DiskError(f"cannot read {path}: {error.strerror}", _NAME_A_SHEET) from error
    if kind := kind_of_file(data):
        what, hint = kind
        raise UsageError(f"cannot read {path}: it is {what}, not plain text", hint)
    if len(data) > LONGEST_SHEET:
        raise DiskError(f"{path} is longer than {LONGEST_SHEET:,} bytes", _NAME_A_SHEET)
    return _decoded(data)


def _parsed(text: str, path: Path) -> Sheet:
    parsed = parse(text, path.stem)
    notes = tuple(problem for problem in parsed.problems if problem.severity is Severity.NOTE)
    problems = tuple(problem for problem in parsed.problems if problem.severity is not Severity.NOTE)
    return Sheet(path, text, parsed.draft, problems, notes=notes)


def _decoded(data: bytes) -> str:
    """Decode a text in UTF-8, UTF-16, or the Windows encoding that word processors call plain text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:20:2] == b"\0" * 10:
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@cache
def bundled() -> Catalogue:
    """Read the sheets that come with coach, by name: sessions first, then exercises; once a process."""
    found = {}
    for path in own_sheets():
        with suppress(CoachError):
            found[path.stem] = read_sheet(path)
    return MappingProxyType(found)


class Surroundings:
    """The sheets that a session in a file may name, a shelf for each place, the author's own first.

    These are its own ``parts``, the sheets beside it, those around it (in folders below, in the folder
    above), and coach's own. A shelf is read when it is first asked for. Keys of the author's own are paths
    relative to the folder of the session, as the session may write them.
    """

    def __init__(self, path: Path, parts: Catalogue = MappingProxyType({})) -> None:
        self._parts = parts
        real = path.resolve().parent
        self._folder = _as_given(real, path.parent)
        self._above = _as_given(real.parent, path.parent.parent, self._folder / "..")
        self._is_coachs_own = scripts_folder().resolve() in {real, real.parent}
        self._read: list[dict[str, str]] = []

    def shelves(self) -> Iterator[Shelf]:
        """Yield the titles of the sheets on each shelf, by key."""
        places = (self._within, self._beside, self._around, self._coachs_own)
        if self._is_coachs_own:
            places = (self._within, _nowhere, _nowhere, self._coachs_own)
        for number, place in enumerate(places):
            if number == len(self._read):
                self._read.append({key: title for key, title in place() if key not in self._seen()})
            yield self._read[number]

    def path(self, key: str) -> Path:
        """Return the path of one of the author's own sheets."""
        return self._above / key[3:] if key.startswith("../") else self._folder / key

    def sheet(self, shelf: int, key: str) -> "Sheet":
        """Return the sheet of a key on a shelf."""
        if shelf == PARTS:
            return self._parts[key]
        return bundled()[key] if shelf == COACHS_OWN else read_sheet(self.path(key))

    def is_exercise(self, shelf: int, key: str) -> bool:
        """Tell whether the sheet of a key can be read as an exercise."""
        try:
            return isinstance(self.sheet(shelf, key).draft, Script)
        except CoachError:
            return False

    def file(self, written: str) -> Path | None:
        """Return the file that a path in a session means; its ending may be missing."""
        path = Path(written.replace("\\", "/")).expanduser()
        for name in (path, path.with_name(f"{path.name}{ENDING}")) if path.name else ():
            here = self._folder / name
            if here.is_file():
                return here
            wanted = _composed(name.name)
            there = [each for each in _files_in(here.parent) if _composed(each.name) == wanted]
            if there:
                return there[0]
        return None

    def _seen(self) -> set[str]:
        return {key for shelf in self._read for key in shelf}

    def _within(self) -> Iterator[tuple[str, str]]:
        return iter(_titles(self._parts).items())

    def _beside(self) -> Iterator[tuple[str, str]]:
        return _titles_in(self._folder)

    def _around(self) -> Iterator[tuple[str, str]]:
        for folder in _folders_below(self._folder):
            yield from _titles_in(self._folder / folder, f"{folder.as_posix()}/")
        yield from _titles_in(self._above, "../")

    def _coachs_own(self) -> Iterator[tuple[str, str]]:
        return ((name, sheet.title) for name, sheet in bundled().items())


def _nowhere() -> Iterator[tuple[str, str]]:
    yield from ()


PARTS, COACHS_OWN = 0, 3
"""The shelves of the session's own parts, and of the sheets that come with coach."""

DEEPEST = 2
MOST_FOLDERS = 300
"""Folders below a session in which exercises are found by their names alone; a path leads anywhere."""


def _folders_below(folder: Path) -> Iterator[Path]:
    """Yield the folders within a folder, relative to it, the nearest first; hidden ones are left out."""
    found, level = 0, [Path()]
    for _ in range(DEEPEST):
        level = [
            above / each.name
            for above in level
            for each in _entries(folder / above)
            if each.is_dir() and not each.name.startswith(".")
        ][: MOST_FOLDERS - found]
        found += len(level)
        yield from level


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _files_in(folder: Path) -> list[Path]:
    return [path for path in _entries(folder) if path.is_file()]


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _titles_in(folder: Path, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the file names of the sheets in a folder, behind a path to it, with their titles."""
    for path in _files_in(folder):
        if path.suffix == ENDING:
            with suppress(CoachError):
                yield f"{before}{path.name}", title_of(_text_of(path))


def _as_given(folder: Path, *names: Path) -> Path:
    """The first of these names that leads to a folder, or its absolute path: a link may lead elsewhere."""
    return next((name for name in names if name.resolve() == folder), folder)


def exercises_in(folder: Path) -> dict[str, Sheet]:
    """Return the exercises without errors in a folder, and those of its sessions, by what `named` reads."""
    paths = [folder / key for key, _ in _titles_in(folder)]
    return _exercises_of({f"./{path.as_posix()}": read_sheet(path) for path in paths})


def own_exercises() -> dict[str, Sheet]:
    """Return the exercises that come with coach, and those of its programmes, by what `named` reads."""
    return _exercises_of(bundled())


def _exercises_of(sheets: Catalogue) -> dict[str, Sheet]:
    found: dict[str, Sheet] = {}
    for name, sheet in sheets.items():
        if isinstance(sheet.value, Script):
            found[name] = sheet
        elif sheet.value is not None:
            found |= {f"{name}{PART_MARK}{title}": part for title, part in sheet.defined.items()}
    return found


def collection() -> list[Sheet]:
    """List the sheets that come with coach, sessions first, with their exercises."""
    sheets = bundled()
    return [_resolved(sheet) for sheet in sheets.values()]


def named(name: str) -> Sheet:
    """Read a sheet by its path, or by a name of it: one in this folder, else one of coach's own.

    ``programme.md#bridges`` is an exercise of a session.

    Raises
    ------
    DiskError
        If the file cannot be read.
    UsageError
        If there is no sheet of that name, or several.
    """
    path, mark, part = name.rpartition(PART_MARK)
    if mark and not _is_there(Path(name)):
        return part_of(named(path), part)
    if _is_path(name) or (Path(name).suffix and _is_there(Path(name))):
        return checked(Path(name))
    match find(name, (dict(_titles_in(Path())), _titles(bundled()))):
        case Match(key=key, shelf=0):
            return checked(Path(key))
        case Match(key=key):
            return _resolved(bundled()[key])
        case Problem(message=message, hint=hint):
            raise UsageError(message, hint)


def part_of(sheet: Sheet, name: str) -> Sheet:
    """Return an exercise of a session as a sheet of its own, in the session's dose.

    Raises
    ------
    ScriptError
        If the session has errors.
    UsageError
        If it has no such exercise, or several.
    """
    session = sheet.value
    if session is None:
        raise ScriptError(sheet.explain())
    if not isinstance(session, Session):
        raise UsageError(
            f"{sheet.path.name} is one exercise and has no parts", "leave out the name of the part"
        )
    parts = dict(sheet.defined)
    for reference in references(session):
        script = script_of(reference, sheet.scripts)
        if script and not reference.script:
            own = reference.dose and {
                lv: completed(reference.dose, usual) for lv, usual in script.doses.items()
            }
            parts.setdefault(script.title, sheet.alone(replace(script, doses=own or script.doses)))
    match find(name, [_titles(parts)]):
        case Match(key=key):
            return parts[key]
        case Problem(message=message, hint=hint):
            raise UsageError(message, hint)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name


def _titles(sheets: Catalogue) -> Shelf:
    return {name: sheet.title for name, sheet in sheets.items()}


def _is_there(path: Path) -> bool:
    """Tell whether a path exists; False for a text that cannot be a path."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def checked(path: Path) -> Sheet:
    """Read a sheet with everything that is wrong with it: as text, by name, to the ear, and its length.

    Raises
    ------
    UsageError, DiskError
        As `read_sheet` does.
    """
    return _checked(read_sheet(path))


def checked_text(text: str, path: Path) -> Sheet:
    """The sheet of a text as `checked` gives it, as if it lay in the file ``path``, which is not read."""
    return _checked(_parsed(text, path))


def _checked(sheet: Sheet) -> Sheet:
    return _with_length(_reviewed(_resolved(sheet)))


def scored(sheet: Sheet, choices: Options, times: int = 1) -> tuple[str, str, tuple[ChapterMoves, ...]]:
    """Return the title, the language and the score of a session, or of an exercise done so many ``times``.

    Raises
    ------
    ScriptError
        If the sheet has errors, with the explanation of every problem.
    UsageError
        If it would last longer than `LONGEST_H` with these choices.
    """
    if sheet.value is None:
        raise ScriptError(sheet.explain())
    chapters = _chapters(sheet.value, sheet.scripts, choices, times)
    hours = _hours(chapters)
    if hours > LONGEST_H:
        message = f"{sheet.title} would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
        raise UsageError(message, "ask for fewer sets, repetitions or times")
    return sheet.value.title, sheet.value.language, chapters


def unmet(sheet: Sheet, choices: Options) -> tuple[str, ...]:
    """Tell which choices change nothing in a sheet, a sentence each."""
    if sheet.value is None:
        return ()
    scripts = [sheet.value] if isinstance(sheet.value, Script) else used_scripts(sheet)
    found = []
    if choices.level is not Level.STANDARD and not any(map(has_levels, scripts)):
        found.append(f"{sheet.title} has no {choices.level} level: it is the same at every level")
    in_full = [script.title for script in scripts if not script.brief]
    if choices.detail is Detail.BRIEF and in_full:
        found.append(f"without a brief form, and said in full: {', '.join(dict.fromkeys(in_full))}")
    counted = (counts_repetitions(script, chosen_dose(script, None, choices)) for script in scripts)
    if choices.reps and not any(counted):
        found.append(f"{sheet.title} has no counted set: --reps changes nothing")
    return tuple(found)


def used_scripts(sheet: Sheet) -> list[Script]:
    """Return the exercises of a session, in order."""
    if not isinstance(sheet.value, Session):
        return []
    found = (script_of(reference, sheet.scripts) for reference in references(sheet.value))
    return [script for script in found if script]


def _chapters(
    value: Script | Session, scripts: Mapping[str, Script], choices: Options, times: int = 1
) -> tuple[ChapterMoves, ...]:
    if isinstance(value, Session):
        return score(value, scripts, choices)
    return practice(value, choices, times)


def _hours(chapters: Iterable[ChapterMoves]) -> float:
    """Sum up all movements and waits, without what is said between them."""
    moves = [move for chapter in chapters for move in chapter.moves]
    waits_s = sum(move.length_s for move in moves if isinstance(move, Interval | Break | Recovery))
    sets_s = sum(move.length_s for move in moves if isinstance(move, Repetitions))
    return (waits_s + sets_s) / 3600


def _with_length(sheet: Sheet) -> Sheet:
    """Add an error if the sheet lasts longer than `LONGEST_H` at one of the levels."""
    if sheet.value is None:
        return sheet
    scores = {level: _chapters(sheet.value, sheet.scripts, Options(level=level)) for level in Level}
    hours = max(map(_hours, scores.values()))
    if hours <= LONGEST_H:
        longer = _longer_rests(sheet.value, scores[Level.STANDARD])
        left_out = list(_left_out(sheet.value, scores))
        warnings = [each for each in left_out if each.severity is not Severity.NOTE]
        return replace(
            sheet,
            problems=in_order((*sheet.problems, *longer, *warnings)),
            notes=in_order((*sheet.notes, *(each for each in left_out if each not in warnings))),
        )
    message = f"this would last {hours:,.0f} hours: the longest session has {LONGEST_H}"
    problem = Problem("long", message, sheet.value.span, "take exercises, sets or repetitions away")
    return replace(sheet, problems=(problem, *sheet.problems))


def _longer_rests(value: Script | Session, chapters: tuple[ChapterMoves, ...]) -> Iterator[Problem]:
    """Yield a warning for each rest of a sheet that what has to be said makes longer than is written."""
    moves = (move for chapter in chapters for move in chapter.moves)
    if not any(isinstance(move, Break) or (isinstance(move, Recovery) and move.must) for move in moves):
        return
    keywords = keywords_for(value.language)
    told = dict[Span, LongerRest]()
    for rest in compile_session(value.title, chapters, USUAL_SOUNDS).longer_rests:
        if rest.source and rest.source.sheet == value.name and rest.length_s > rest.written_s + SLACK_S:
            told.setdefault(rest.source.span, rest)
    for span, rest in told.items():
        needed, written = (keywords.in_words(ceil(each)) for each in (rest.length_s, rest.written_s))
        message = f"the rest of {written} lasts about {needed}: what has to be said in it takes so long"
        hint = f"write '{keywords.examples.rest.format(time=needed)}', or shorten what is said"
        yield Problem("rest", message, span, hint, Severity.WARNING)


def _left_out(value: Script | Session, scores: Mapping[Level, tuple[ChapterMoves, ...]]) -> Iterator[Problem]:
    """Yield a warning for each cue that is never heard, a note for one that a level leaves out."""
    own = [value] if isinstance(value, Script) else [each.script for each in references(value) if each.script]
    keywords = keywords_for(value.language)
    lines = {
        on_side(line.text, side, keywords): line
        for script in own
        for line in (*script.reminders, *script.breathing)
        for side in Side
    }
    if not lines:
        return
    without = dict[Span, list[str]]()
    for level, chapters in scores.items():
        if _hours(chapters) > CUES_WITHIN_H:
            continue
        for text in compile_session(value.title, chapters, USUAL_SOUNDS).left_out:
            if line := lines.get(text):
                levels = without.setdefault(line.span, [])
                levels += [] if keywords.levels[level] in levels else [keywords.levels[level]]
    for span, levels in without.items():
        is_never = len(levels) == len(scores)
        where = "" if is_never else f" at the {' and the '.join(levels)} level"
        message = f"this is not heard{where}: no repetition and no rest has room for it"
        hint = "shorten it, or give a phase or a rest more time"
        yield Problem("room", message, span, hint, Severity.WARNING if is_never else Severity.NOTE)


def _resolved(sheet: Sheet) -> Sheet:
    """Add the exercises that a session names, what each name became, and the problems of those names."""
    session = sheet.draft
    if not isinstance(session, Session):
        return sheet
    around = Surroundings(sheet.path, sheet.defined)
    exercises: dict[str, Sheet] = {}
    problems: list[Problem] = []
    notes: list[Problem] = []
    known: dict[str, tuple[Sheet, Problem] | Problem] = {}
    for reference in references(session):
        if reference.script:
            continue
        found = known.setdefault(reference.name, known.get(reference.name) or _exercise(reference, around))
        if isinstance(found, Problem):
            problems.append(replace(found, span=reference.span))
            continue
        exercises[reference.name], told = found[0], replace(found[1], span=reference.span)
        (notes if told.severity is Severity.NOTE else problems).append(told)
    problems += wrong_doses(session, _scripts(exercises))
    listed = {name: each.draft for name, each in exercises.items() if each.part and each.path == sheet.path}
    return replace(
        sheet,
        draft=_in_the_order_of_lists(session, listed),
        exercises=exercises,
        problems=in_order((*sheet.problems, *problems)),
        notes=in_order((*sheet.notes, *notes)),
    )


def _in_the_order_of_lists(session: Session, listed: Mapping[str, Script | Session | None]) -> Session:
    """Return the session without the definitions that a list above them names: they are done with the list.

    ``listed`` has the exercises that are defined in this session, by the names that its lists use.
    """
    lines = [(each.span.line, listed.get(each.name)) for each in references(session)]
    explained = tuple(
        part
        for part in session.parts
        if isinstance(part, Reference)
        and part.script
        and any(script == part.script and line < part.span.line for line, script in lines)
    )
    parts = tuple(part for part in session.parts if part not in explained)
    return replace(session, parts=parts, explained=explained)


def _exercise(reference: Reference, around: Surroundings) -> "tuple[Sheet, Problem] | Problem":
    """Find the exercise that a session's line names, and what its author is told of it."""
    name, span = reference.name, reference.span
    if path := around.file(name) if _is_path(name) or name.casefold().endswith(ENDING) else None:
        return _by_path(path, name, span)
    if name.startswith((".", "/", "~")) or (_is_path(name) and name.casefold().endswith(ENDING)):
        hint = "a path begins at the folder of the session"
        return Problem("name", f"there is no file '{quoted(name)}'", span, hint)
    match find(name, around.shelves(), span, fits=around.is_exercise):
        case Match(key=key, shelf=shelf, is_whole=is_whole):
            sheet = around.sheet(shelf, key)
            is_own = shelf == COACHS_OWN
            where = COACHS if is_own else sheet.path.as_posix()
            if sheet.part and sheet.draft:
                where = f"line {sheet.draft.span.line}"
            what = f"'{quoted(name)}' is '{sheet.title}', {where}"
            if is_whole or not is_own:
                return sheet, Problem("name", what, span, severity=Severity.NOTE)
            hint = f"write '- {sheet.title}' if you mean it, or the file name of your own"
            return sheet, Problem("name", what, span, hint, Severity.WARNING)
        case Problem() as problem:
            if isinstance(find(name, around.shelves()), Match):
                return _no_exercise(name, span)
            return problem


COACHS = "one of coach's own"


def _by_path(path: Path, name: str, span: Span) -> "tuple[Sheet, Problem] | Problem":
    try:
        sheet = read_sheet(path)
    except CoachError as error:
        return Problem("name", error.message, span, error.hint)
    if not isinstance(sheet.draft, Script):
        return _no_exercise(name, span)
    what = f"'{quoted(name)}' is '{sheet.title}', {path.as_posix()}"
    return sheet, Problem("name", what, span, severity=Severity.NOTE)


def _no_exercise(name: str, span: Span) -> Problem:
    message = f"'{quoted(name)}' is a session, not an exercise"
    return Problem("name", message, span, "name its exercises instead, each on its own line")


def _scripts(exercises: Catalogue) -> dict[str, Script]:
    return {name: each.draft for name, each in exercises.items() if isinstance(each.draft, Script)}


def _reviewed(sheet: Sheet) -> Sheet:
    """Add the problems that a listener would have. Coach's own sheets are reviewed by its tests instead.

    A line that has an error already gets no second one.
    """
    from coach.language.review import review, review_session  # noqa: PLC0415 - of no use to a session that is played

    wrong: dict[str, Sheet] = {}
    done: dict[Path, Sheet] = {}
    unusable: list[Problem] = []
    found: tuple[Problem, ...] = ()
    within: list[Problem] = []
    match sheet.draft:
        case Session() as session:
            for reference in references(session):
                if reference.script:
                    within += review(reference.script)
                    continue
                read = sheet.exercises.get(reference.name)
                if read is None or read.part:
                    continue
                exercise = done[read.path] = done.get(read.path) or _reviewed(read)
                if exercise.has_errors:
                    wrong[str(exercise.path)] = exercise
                    unusable.append(_cannot_be_used(reference, exercise))
            found = (*review_session(session, sheet.scripts), *within)
        case Script() as script:
            found = review(script)
    wrong_lines = {problem.span.line for problem in sheet.problems if problem.severity is Severity.ERROR}
    heard = (each for each in found if each.span.line not in wrong_lines or each.code in _OF_THE_WHOLE_SHEET)
    problems = in_order((*sheet.problems, *unusable, *heard))
    return replace(sheet, problems=problems, wrong_exercises=tuple(wrong.values()))


_OF_THE_WHOLE_SHEET = {"careful", "stop"}
"""Problems that stand at the title, whatever else is wrong there."""


def _cannot_be_used(reference: Reference, exercise: Sheet) -> Problem:
    message = f"'{reference.name}' cannot be used, because {exercise.path.name} has errors"
    hint = f"coach check {shlex.quote(str(exercise.path))} explains them"
    return Problem("exercise", message, reference.span, hint)
