"""Screens for those who look: what is drawn, how seldom, and that nothing shown can harm what is heard."""

import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any, TextIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from coach.language.level import Level
from coach.live.actions import Action
from coach.live.screen import layout, screen
from coach.live.screen.layout import lay_out, text_of
from coach.live.screen.screen import (
    LiveScreen,
    PlainScreen,
    QuietScreen,
    clean,
    screen_for,
    terminal_size,
)
from coach.live.session_loop import Message
from coach.live.view import View
from coach.session.compile import compile_chapters, joined
from coach.session.estimate import Estimates
from coach.session.moves import ChapterMoves
from coach.session.options import Options, Screen
from coach.session.timeline import Say, Tone
from coach.session.timeline_builder import Sounds
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.text import encodable, printable_line
from tests.exports.looking import CURL, OUTSIDE, Shown, odd_texts, views
from tests.fakes import IN_TWO_SETS
from tests.live.fakes import LENGTHS, played

LEGEND = "space = pause  left = back\nenter = go on  q = stop"


@pytest.fixture(autouse=True)
def _waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with much to do may not come to a thread for seconds."""
    monkeypatch.setattr(screen, "CLOSED_WITHIN_S", 30.0)


class Terminal(io.StringIO):
    """A stream that is said to be a terminal, and counts what it is given."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self.pictures = 0

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.pictures += "\x1b[?2026h" in text
        return super().write(text)


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def coloured(environ: dict[str, str]) -> Callable[[TextIO], Console]:
    return lambda stream: Console(
        file=stream, force_terminal=True, _environ={"TERM": "xterm-256color", **environ}
    )


def live(
    stream: TextIO,
    size: tuple[int, int] = (80, 24),
    clock: Callable[[], float] | None = None,
    environ: dict[str, str] | None = None,
) -> LiveScreen:
    return LiveScreen(
        stream, LEGEND, size=lambda: size, console=coloured(environ or {}), monotonic=clock or Clock()
    )


def drawn(view: View, **environ: str) -> str:
    stream = Terminal()
    shows = live(stream, environ=environ)
    shows.show(view)
    shows.close()
    return stream.getvalue()


def plain_lines(*shown: View) -> list[str]:
    stream = io.StringIO()
    shows = PlainScreen(stream)
    for view in shown:
        shows.show(view)
    shows.close()
    return stream.getvalue().splitlines()


# The live view


@example(replace(CURL, title="", said="", next="", side="", rep=1, reps=1, phase_left_s=0.0), 29, 41)
@given(views(), st.integers(24, 200), st.integers(6, 60))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_terminal_shows_the_picture_of_the_view(view: View, width: int, height: int) -> None:
    stream = Terminal()
    shows = live(stream, (width, height))
    shows.show(view)
    shows.close()
    screen_before, _ = stream.getvalue().split("\x1b[?1049l")
    keys = (
        "space = pause",
        "left = back",
        "enter = enough" if view.may_end_early else "enter = go on",
        "q = stop",
    )
    expected = [text_of(row).rstrip() for row in lay_out(clean(view), width, height, keys)]
    assert Shown.after(screen_before, width, height).lines()[: len(expected)] == expected


def test_what_is_drawn_over_what_was_there_is_the_same_as_drawn_afresh() -> None:
    stream, clock, sizes = Terminal(), Clock(), [(80, 24)]
    shows = LiveScreen(stream, LEGEND, size=lambda: sizes[0], console=coloured({}), monotonic=clock)
    path = [
        (replace(CURL, now=now, rep=rep, is_paused=paused, said=said, at_s=at), size)
        for now, rep, paused, said, at, size in (
            ("Curl", 1, False, "One.", 10.0, (80, 24)),
            ("Hold", 1, False, "", 12.0, (80, 24)),
            ("Hold", 2, True, "Keep your hips down. " * 6, 22.0, (80, 24)),
            ("Lower", 12, False, "Two.", 31.0, (60, 20)),
            ("Up", 3, False, "Three.", 31.4, (80, 24)),
        )
    ]
    for view, size in path:
        sizes[0] = size
        clock.now_s += 1
        before = stream.pictures
        shows.show(view)
        wait_for(lambda before=before: stream.pictures > before)  # type: ignore[misc]
    shows.close()
    fresh = Terminal()
    only = live(fresh)
    only.show(path[-1][0])
    only.close()
    seen = [Shown.after(each.getvalue().split("\x1b[?1049l")[0], 80, 24).lines() for each in (stream, fresh)]
    assert seen[0] == seen[1]


def wait_for(is_so: Callable[[], bool]) -> None:
    moment = threading.Event()
    for _ in range(500):
        if is_so():
            return
        moment.wait(0.01)
    raise AssertionError("it did not come about")


def test_what_looks_the_same_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_at: list[float] = []
    clock = Clock()
    shows = live(Terminal(), clock=clock)
    monkeypatch.setattr(shows._worker, "give", lambda _: given_at.append(clock.now_s))
    for tenth in range(600):
        clock.now_s += 0.1
        shows.show(replace(CURL, at_s=20 + tenth / 1000, phase_left_s=1.9 - tenth / 1000))
    assert len(given_at) == 1


def test_a_minute_that_changes_all_the_time_is_drawn_four_times_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_at: list[float] = []
    stream, clock = Terminal(), Clock()
    shows = live(stream, clock=clock)
    monkeypatch.setattr(shows._worker, "give", lambda _: given_at.append(clock.now_s))
    for tenth in range(600):
        clock.now_s += 0.1
        shows.show(replace(CURL, rep=tenth))
    assert 190 < len(given_at) <= 4 * 60
    assert min(later - sooner for sooner, later in pairwise(given_at)) > 0.249


def test_a_change_that_came_too_soon_is_drawn_when_its_time_has_come() -> None:
    stream, clock = Terminal(), Clock()
    shows = live(stream, clock=clock)
    shows.show(CURL)
    shows.show(replace(CURL, is_paused=True))
    clock.now_s += 0.3
    shows.show(replace(CURL, is_paused=True))
    shows.close()
    assert "\x1b[7;33;40m" in stream.getvalue()


def test_only_the_rows_that_differ_are_written() -> None:
    stream, clock = Terminal(), Clock()
    shows = live(stream, clock=clock)
    shows.show(CURL)
    wait_for(lambda: stream.pictures == 1)
    first = len(stream.getvalue())
    clock.now_s += 1
    shows.show(replace(CURL, at_s=CURL.at_s + 1, left_s=CURL.left_s - 1))
    wait_for(lambda: stream.pictures == 2)
    assert len(stream.getvalue()) - first < first / 5
    clock.now_s += screen.WHOLE_AFTER_S
    before = len(stream.getvalue())
    shows.show(replace(CURL, at_s=CURL.at_s + 2, left_s=CURL.left_s - 2))
    wait_for(lambda: stream.pictures == 3)
    assert len(stream.getvalue()) - before > first / 2, "all rows are written again after a while"
    shows.close()


def test_a_terminal_that_takes_nothing_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "CLOSED_WITHIN_S", 0.05)
    goes_on = threading.Event()

    class Stuck(Terminal):
        def write(self, text: str) -> int:
            goes_on.wait(20)
            return super().write(text)

    streams = (Stuck(), Stuck())
    clock = Clock()
    screens: tuple[LiveScreen | PlainScreen, ...] = (live(streams[0], clock=clock), PlainScreen(streams[1]))
    for shows in screens:
        for second in range(100):
            clock.now_s += 1
            shows.show(replace(CURL, said=f"{second}.", said_at_s=second, at_s=second + 0.1))
        shows.close()
    assert [stream.getvalue() for stream in streams] == ["", ""]
    goes_on.set()
    wait_for(lambda: "\x1b[?1049l" in streams[0].getvalue() and "1:39  99." in streams[1].getvalue())
    for shows in screens:
        shows.close()


@given(odd_texts(), odd_texts())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_in_a_text_steers_the_terminal(title: str, said: str) -> None:
    view = replace(CURL, title=title, session=said, said=said, next=title, notice=title, side=title)
    steering = r"\x1b\[(?:\?(?:2026|1049|25|7)[hl]|\d+;\d+H|[Hm]|[02]?[JK]|\d+(?:;\d+)*m)"
    shown = re.sub(steering, "", drawn(view))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


def test_markup_is_text() -> None:
    shown = drawn(replace(CURL, said="Press [bold red]hard[/] :smile: [link=x]now[/link]."))
    assert "Press [bold red]hard[/] :smile: [link=x]now[/link]." in shown


def test_no_color_leaves_no_colour() -> None:
    colours = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
    paused = replace(CURL, is_paused=True, notice="no sound device: waiting")
    assert colours.search(drawn(paused))
    without = drawn(paused, NO_COLOR="1")
    assert not colours.search(without)
    assert "\x1b[7m" in without, "a pause is still not to be missed"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "utf-8"])
def test_any_encoding_can_be_written(encoding: str) -> None:
    held = io.BytesIO()
    stream = io.TextIOWrapper(held, encoding=encoding, errors="strict")
    for shows in (
        LiveScreen(stream, "→ = next", size=lambda: (80, 24), console=coloured({})),
        PlainScreen(stream),
    ):
        shows.show(replace(CURL, title="Größe 日本 שלום 🏋️", said="It’s “up” – now…"))
        shows.close()
    text = held.getvalue().decode(encoding)
    assert ("████" in text) is (encoding == "utf-8")
    assert ("####" in text) is (encoding != "utf-8")
    assert ('It\'s "up" - now...' in text) is (encoding in {"ascii", "cp437"})


def test_when_it_is_over_the_terminal_is_as_before_and_the_last_lines_stay() -> None:
    shown = drawn(CURL)
    on_other, _, after = shown.partition("\x1b[?1049l")
    assert on_other.index("\x1b[?1049h") < on_other.index("\x1b[?25l") < on_other.index("\x1b[?25h")
    assert on_other.rindex("\x1b[?7h") > on_other.rindex("\x1b[?7l")
    lines = Shown.after(after.replace("\n", "\r\n"), 80, 24).lines()
    assert lines[0] == "Inner knee · standard"
    assert lines[1] == "Hamstring curls · right leg · set 1 of 2 · Curl · repetition 7 of 12"
    assert lines[2] == "Keep your hips down."
    assert lines[3].startswith("12:31 ━━━")
    assert lines[3].endswith("about 35 min left")


def test_a_screen_that_was_never_shown_leaves_the_terminal_alone() -> None:
    stream = Terminal()
    live(stream).close()
    PlainScreen(stream).close()
    assert stream.getvalue() == ""


def test_a_picture_that_fails_gives_way_to_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError("no room")

    stream, clock = Terminal(), Clock()
    shows = live(stream, clock=clock)
    shows.show(CURL)
    wait_for(lambda: stream.pictures == 1)
    monkeypatch.setattr(layout, "lay_out", fails)
    clock.now_s += 1
    shows.show(replace(CURL, rep=8))
    wait_for(lambda: "the screen failed" in stream.getvalue())
    wait_for(lambda: shows._instead is not None)
    shows.show(replace(CURL, rep=9, said="Nine.", said_at_s=751.0))
    shows.close()
    after = stream.getvalue().partition("\x1b[?1049l")[2]
    assert after.splitlines() == [
        "(the screen failed: ZeroDivisionError: no room)",
        "# Inner knee, standard level",
        "",
        "## Hamstring curls",
        "",
        "12:31  Nine.",
    ]


def test_a_console_without_escape_codes_has_plain_lines() -> None:
    stream = Terminal()
    shows = LiveScreen(
        stream, console=lambda each: Console(file=each, force_terminal=True, legacy_windows=True)
    )
    shows.show(CURL)
    wait_for(lambda: shows._instead is not None)
    shows.show(CURL)
    shows.close()
    assert "12:30  Keep your hips down." in stream.getvalue().splitlines()
    assert "\x1b" not in stream.getvalue()


def test_a_size_that_nobody_knows_is_the_usual_one() -> None:
    assert terminal_size(io.StringIO()) == (80, 24)


# Plain lines


def test_plain_lines_say_each_prompt_once_in_order_with_what_else_happens() -> None:
    start = replace(
        CURL, **OUTSIDE, side="", chapter=1, title="Before we start", now="Before we start", said=""
    )

    def at(at_s: float, said: str, said_at_s: float, **more: object) -> View:
        return replace(start, at_s=at_s, said=said, said_at_s=said_at_s, **more)  # type: ignore[arg-type]

    curls = {"chapter": 2, "title": "Hamstring curls"}
    assert plain_lines(
        at(0.0, "", 0.0),
        at(0.1, "", 0.0),
        at(0.5, "Inner knee.", 0.5),
        at(0.6, "Inner knee.", 0.5),
        at(59.9, "Get down to the mat.", 59.9, **curls),
        at(60.4, "Get down to the mat.", 59.9, **curls, notice="no sound device: waiting"),
        at(60.5, "Get down to the mat.", 59.9, **curls, notice="no sound device: waiting"),
        at(60.5, "Get down to the mat.", 59.9, **curls, is_paused=True),
        at(60.5, "Get down to the mat.", 59.9, **curls, is_paused=True),
        at(60.5, "Get down to the mat.", 59.9, **curls, volume_db=-3.0),
        at(61.0, "Set one of two, right leg.", 61.0, **curls),
        at(62.0, "Set one of two, right leg.", 61.0, **curls, tone="go", tone_at_s=62.0),
        at(62.1, "Set one of two, right leg.", 61.0, **curls, tone="go", tone_at_s=62.0),
        at(3725.0, "Lie still.", 3725.0, **curls),
    ) == [
        "# Inner knee, standard level",
        "",
        "## Before we start",
        "",
        "0:00  Inner knee.",
        "",
        "## Hamstring curls",
        "",
        "0:59  Get down to the mat.",
        "1:00  (no sound device: waiting)",
        "1:00  (volume -3 dB)",
        "1:01  (volume +0 dB)",
        "1:01  Set one of two, right leg.",
        "1:02  [go]",
        "1:02:05  Lie still.",
    ]


def said_in(*moments: tuple[float, str, float]) -> list[str]:
    lines = plain_lines(
        *(replace(CURL, at_s=at, said=said, said_at_s=said_at) for at, said, said_at in moments)
    )
    return [line.split("  ", 1)[1] for line in lines if "  " in line]


def test_an_answer_does_not_make_the_prompt_before_it_said_twice() -> None:
    assert said_in(
        (10.0, "Heels up.", 10.0),
        (10.2, "Heels up.", 10.0),
        (10.3, "Set one of two.", 10.3),
        (10.3, "Set one of two.", 10.3),
        (10.3, "Heels up.", 10.0),
        (10.4, "Heels up.", 10.0),
        (12.0, "Hold.", 12.0),
    ) == ["Heels up.", "Set one of two.", "Hold."]


def two_step_ups(level: Level) -> tuple[ChapterMoves, ...]:
    return scored(named(IN_TWO_SETS), Options(level, sets=1, reps=2))[2]


def lines_of(keys: list[tuple[float, Message]]) -> list[str]:
    """The plain lines of a practice of step-ups with what its listener pressed."""
    heard, _, _ = played(two_step_ups, keys)
    return plain_lines(*heard.views)


def without_times(lines: list[str]) -> list[str]:
    return [re.sub(r"^[\d:]+  ", "", line) for line in lines if line]


def test_the_plain_lines_of_a_session_are_its_headings_prompts_and_tones_each_once() -> None:
    sounds = Sounds(Estimates(), LENGTHS)
    timeline = joined("Test", list(compile_chapters(two_step_ups(Level.STANDARD), sounds)))
    expected = ["# Test, standard level"]
    for event in timeline.events:
        expected += [f"## {chapter.title}" for chapter in timeline.chapters if chapter.start == event.start]
        if isinstance(event, Tone):
            expected.append(f"[{event.sound}]")
        elif isinstance(event, Say) and f"## {event.text.rstrip('.')}" != expected[-1]:
            expected.append(event.text)
    assert without_times(lines_of([])) == expected


def test_an_answer_has_its_line_and_the_prompt_before_it_no_second_one() -> None:
    keys: list[tuple[float, Message]] = [(38.0, "space"), (43.0, "space"), (48.0, Action.WHERE)]
    lines, undisturbed = (without_times(lines_of(pressed)) for pressed in (keys, []))
    answers = ["Paused.", "[key]", "Resuming.", "[key]", "Step-ups.", "Three minutes left."]
    assert [line for line in lines if line in answers] == [*answers, "Step-ups."]
    for answer in answers:
        lines.remove(answer)
    assert lines == undisturbed


def test_a_title_is_written_once_with_its_heading_and_again_when_it_is_said_again() -> None:
    step_ups = replace(CURL, chapter=2, title="Step-ups", at_s=95.0, said="Step-ups.", said_at_s=95.0)
    lines = plain_lines(
        replace(step_ups, session="Step-ups", chapter=1, title="Before we start", at_s=0.0, said_at_s=0.0,
                said="Step-ups, standard level."),
        replace(step_ups, said=""),
        step_ups,
        replace(step_ups, at_s=97.0, said="Face the step.", said_at_s=97.0),
        step_ups,
    )  # fmt: skip
    assert without_times(lines) == [
        "# Step-ups, standard level", "## Before we start", "## Step-ups", "Face the step.", "Step-ups.",
    ]  # fmt: skip


def test_plain_lines_name_the_keys_where_there_are_any() -> None:
    stream = io.StringIO()
    shows = PlainScreen(stream, LEGEND)
    shows.show(CURL)
    shows.close()
    assert stream.getvalue().splitlines()[:4] == ["# Inner knee, standard level", "", *LEGEND.split("\n")]


def test_plain_lines_say_once_in_a_chapter_that_enter_ends_what_is_going_on() -> None:
    views = [CURL, replace(CURL, may_end_early=True), CURL, replace(CURL, may_end_early=True)]
    stream = io.StringIO()
    shows = PlainScreen(stream, LEGEND)
    for view in [*views, replace(views[1], chapter=5)]:
        shows.show(view)
    shows.close()
    assert stream.getvalue().count("(enter = enough)") == 2
    assert not any("enough" in line for line in plain_lines(*views)), "there are no keys"


def test_what_is_said_again_is_written_again() -> None:
    assert said_in(
        (10.0, "Heels up.", 10.0),
        (14.0, "Heels up.", 10.0),
        (10.0, "Heels up.", 10.0),
        (10.1, "Heels up.", 10.0),
    ) == ["Heels up.", "Heels up."]


def test_what_a_jump_leaves_behind_is_not_written() -> None:
    assert said_in(
        (10.0, "Heels up.", 10.0),
        (90.0, "Rest.", 80.0),
        (90.1, "Rest.", 80.0),
        (90.5, "Step-ups.", 90.5),
        (30.0, "Six.", 29.0),
        (30.2, "Up.", 30.1),
    ) == ["Heels up.", "Step-ups.", "Up."]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(odd_texts(), min_size=1, max_size=8, unique_by=printable_line))
def test_every_prompt_has_its_line_and_no_line_has_anything_but_text(texts: list[str]) -> None:
    lines = plain_lines(
        *(replace(CURL, at_s=float(i), said=text, said_at_s=float(i)) for i, text in enumerate(texts))
    )
    assert lines[4:] == [
        f"0:0{i}  {printable_line(text)}" for i, text in enumerate(texts) if printable_line(text)
    ]
    assert not any(re.search(r"[\x00-\x1f\x7f-\x9f]", line) for line in lines)


def test_plain_lines_come_one_by_one() -> None:
    reads, writes = os.pipe()
    with os.fdopen(reads) as out, os.fdopen(writes, "w") as stream:
        shows = PlainScreen(stream)
        shows.show(CURL)
        assert [out.readline() for _ in range(5)][-1] == "12:30  Keep your hips down.\n"
        shows.close()


def test_without_a_screen_only_what_is_not_spoken_is_written_and_once() -> None:
    stream = io.StringIO()
    shows = QuietScreen(stream)
    lost, sore = "The loudspeaker is gone.\nThe session waits for it.", "How sore is your knee?"
    moments: list[dict[str, Any]] = [
        {},
        {"notice": lost},
        {"notice": lost, "at_s": 760.0},
        {"notice": "", "said": "Hold.", "tone": "go"},
        {"notice": lost},
        {"notice": sore, "said": sore},
    ]
    for moment in moments:
        shows.show(replace(CURL, **moment))
    shows.close()
    assert stream.getvalue() == 2 * "The loudspeaker is gone. The session waits for it.\n"


def test_a_closed_pipe_ends_the_lines_and_nothing_else() -> None:
    program = (
        "import sys\n"
        "from tests.exports.looking import CURL\n"
        "from dataclasses import replace\n"
        "from coach.live.screen.screen import PlainScreen\n"
        "sys.stdin.readline()\n"
        "screen = PlainScreen(sys.stdout)\n"
        "for i in range(50): screen.show(replace(CURL, said=str(i), said_at_s=float(i), at_s=float(i)))\n"
        "screen.close()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.close()
        child.stdout = None
        _, complaints = child.communicate(b"go\n", timeout=30)
    assert (child.returncode, complaints) == (0, b"")


def test_a_stream_that_is_closed_ends_the_lines() -> None:
    stream = io.StringIO()
    shows = PlainScreen(stream)
    stream.close()
    shows.show(CURL)
    shows.close()


# Which screen


@pytest.mark.parametrize(
    ("asked", "is_terminal", "term", "kind"),
    [
        (Screen.AUTO, True, "xterm-256color", LiveScreen),
        (Screen.PLAIN, True, "xterm-256color", PlainScreen),
        (Screen.AUTO, False, "xterm-256color", PlainScreen),
        (Screen.LIVE, False, "xterm-256color", PlainScreen),
        (Screen.AUTO, True, "dumb", PlainScreen),
        (Screen.NONE, True, "xterm-256color", QuietScreen),
        (Screen.NONE, False, "xterm-256color", QuietScreen),
    ],
)
def test_a_terminal_has_a_live_view_and_all_else_plain_lines(
    monkeypatch: pytest.MonkeyPatch, *, asked: Screen, is_terminal: bool, term: str, kind: type
) -> None:
    monkeypatch.setenv("TERM", term)
    stream = Terminal() if is_terminal else io.StringIO()
    assert type(screen_for(kind=asked, legend=LEGEND, stream=stream)) is kind


def test_without_a_standard_output_nothing_is_shown_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    shows = screen_for()
    shows.show(CURL)
    shows.close()


def test_rich_waits_until_there_is_something_to_draw() -> None:
    program = (
        "import sys, io, coach.live.screen.screen\n"
        "screen = coach.live.screen.screen.LiveScreen(io.StringIO(), '')\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'rich']\n"
        "from tests.exports.looking import CURL\n"
        "screen.show(CURL)\n"
        "screen.close()\n"
        "assert 'rich' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)


# Texts


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_texts())
@example("up \xad")
def test_a_printable_text_is_one_line_that_stays_itself(text: str) -> None:
    tidy = printable_line(text)
    assert printable_line(tidy) == tidy
    assert "\n" not in tidy
    tidy.encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_texts(), st.sampled_from(["ascii", "cp1252", "cp437", "utf-8"]))
def test_what_is_written_can_be_written(text: str, encoding: str) -> None:
    assert encodable(printable_line(text), encoding).encode(encoding) is not None


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
class TestOnATerminal:
    """A program on a pseudo-terminal of its own."""

    PROGRAM = (
        "import sys, time\n"
        "from tests.exports.looking import CURL\n"
        "from coach.live.screen.screen import screen_for\n"
        "screen = screen_for(legend='q = stop')\n"
        "screen.show(CURL)\n"
        "time.sleep(float(sys.argv[1]))\n"
        "{end}\n"
    )

    def shown_by(self, end: str, *, before_end: Callable[[int, int], None] | None = None) -> tuple[str, int]:
        import pty  # noqa: PLC0415 - there is none on Windows

        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [sys.executable, "-c", self.PROGRAM.format(end=end), "20" if before_end else "0"],
            stdin=theirs,
            stdout=theirs,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"TERM": "xterm-256color"},
        ) as child:
            os.close(theirs)
            held = b""
            while True:
                try:
                    come = os.read(ours, 65536)
                except OSError:
                    break
                if not come:
                    break
                held += come
                if before_end and b"repetition" in held:
                    before_end(child.pid, ours)
                    before_end = None
        os.close(ours)
        return held.decode(), child.returncode

    @pytest.mark.parametrize("end", ["screen.close()", "raise ValueError", "", "sys.exit(3)"])
    def test_however_a_program_ends_the_cursor_is_back(self, end: str) -> None:
        shown, _ = self.shown_by(end)
        assert "\x1b[?1049h" in shown
        assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
        assert shown.rindex("\x1b[?1049l") > shown.rindex("\x1b[?1049h")
        assert shown.rindex("\x1b[?7h") > shown.rindex("\x1b[?7l")
        assert "Hamstring curls" in shown.partition("\x1b[?1049l")[2]

    def test_an_interrupt_gives_the_terminal_back(self) -> None:
        import signal  # noqa: PLC0415

        shown, code = self.shown_by("", before_end=lambda child, _: os.kill(child, signal.SIGINT))
        assert code != 0
        assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
        assert shown.rindex("\x1b[?1049l") > shown.rindex("\x1b[?1049h")


def test_a_live_session_begins_with_the_level_that_was_chosen() -> None:
    assert "Inner knee · gentle" in drawn(replace(CURL, level=Level.GENTLE))
