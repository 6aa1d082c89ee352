"""Moments to be looked at, texts that nobody expects, and a terminal simple enough to be seen right."""

import re
from dataclasses import dataclass, field
from typing import Any, Self

from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size

from coach.language.level import Level
from coach.live.view import View

CURL = View(
    session="Inner knee",
    level=Level.STANDARD,
    at_s=751.0,
    left_s=2110.0,
    left_is_estimate=True,
    chapter=4,
    chapters=11,
    title="Hamstring curls",
    now="Curl",
    said="Keep your hips down.",
    said_at_s=750.9,
    next="Right leg, second and final set",
    phase="curl",
    phase_left_s=1.9,
    rep=7,
    reps=12,
    set=1,
    sets=2,
    side="right leg",
)

OUTSIDE: dict[str, Any] = {"phase": "", "phase_left_s": 0.0, "rep": 0, "reps": 0, "set": 0, "sets": 0}
"""What a view has none of outside of a set."""

_ODD = (
    "[bold]up[/bold]", "\x1b[2J\x1b[31m", "\x1b]0;title\x07", "\u202eup\u2066", "שלום עולם", "日本語の体操",
    "🏋️👨‍👩‍👧 up", "e\u0301", "\ud800", "a\u2028b", "\r\n\t", "x" * 90, "日" * 70, "\x9b31m",
    "%s {0} \\", "\x00", ":smile:",
)  # fmt: skip


def odd_texts(most: int = 4) -> st.SearchStrategy[str]:
    """Texts of words, symbols, controls and markup."""
    words = st.one_of(
        st.sampled_from(_ODD), st.sampled_from("hold down the left leg".split()), st.text(max_size=12)
    )
    return st.lists(words, max_size=most).map(" ".join)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Any moment, of any session."""
    in_a_set = draw(st.booleans())
    title = draw(odd_texts())
    whole = st.integers(1, 120)
    return View(
        session=draw(odd_texts()),
        level=draw(st.sampled_from(Level)),
        at_s=draw(st.floats(0, 20_000)),
        left_s=draw(st.floats(0, 20_000)),
        left_is_estimate=draw(st.booleans()),
        chapter=draw(whole),
        chapters=draw(whole),
        title=title,
        now=draw(
            st.one_of(st.sampled_from(["Curl", "Hold", "Rest", "Get ready"]), st.just(title), odd_texts())
        ),
        said=draw(odd_texts(8)),
        said_at_s=draw(st.floats(0, 20_000)),
        next=draw(odd_texts()),
        phase="hold" if in_a_set else "",
        phase_left_s=draw(st.floats(0, 400)) if in_a_set else 0.0,
        rep=draw(whole) if in_a_set else 0,
        reps=draw(whole) if in_a_set else 0,
        is_bound=draw(st.booleans()),
        may_end_early=draw(st.booleans()),
        set=draw(whole) if in_a_set else 0,
        sets=draw(whole) if in_a_set else 0,
        side=draw(st.sampled_from(["", "right leg"])),
        is_paused=draw(st.booleans()),
        is_over=draw(st.booleans()),
        notice=draw(st.one_of(st.just(""), odd_texts())),
        volume_db=draw(st.sampled_from([0.0, -6.0, 3.0])),
    )


@dataclass
class Shown:
    """A terminal of a width and a height: it puts text where it is told, and knows nothing but that."""

    width: int
    height: int
    runs: dict[tuple[int, int], str] = field(default_factory=dict)
    """What was written at a row and a column and not written over since."""
    x: int = 0
    y: int = 0

    @classmethod
    def after(cls, written: str, width: int, height: int) -> Self:
        """The terminal when all of that was written to it."""
        shown = cls(width, height)
        for code, text in re.findall(r"(\x1b\[[?0-9;]*[A-Za-z]|[\r\n])|([^\x1b\r\n]+)", written):
            if code:
                shown._obey(code)
            else:
                shown._put(text)
        return shown

    def _obey(self, code: str) -> None:
        numbers, letter = code[2:-1], code[-1]
        if letter == "H":
            row, _, column = numbers.partition(";")
            self.x, self.y = int(column or 1) - 1, int(row or 1) - 1
        elif letter == "J":
            self.runs.clear()
        elif letter == "K":
            self._clear(self.width)
        elif letter == "\r":
            self.x = 0
        elif letter == "\n":
            self.y += 1

    def _put(self, text: str) -> None:
        wide = cell_len(text)
        assert self.x + wide <= self.width, f"{text!r} is too wide at {self.x}"
        assert self.y < self.height, f"{text!r} is below the terminal"
        self._clear(self.x + wide)
        self.runs[self.y, self.x] = text
        self.x += wide

    def _clear(self, until: int) -> None:
        """Make room from where it is; what begins before and goes on behind is never written here."""
        for y, x in list(self.runs):
            if y == self.y and self.x <= x < until:
                del self.runs[y, x]
            elif y == self.y and x < self.x:
                self.runs[y, x] = set_cell_size(self.runs[y, x], min(self.x - x, cell_len(self.runs[y, x])))

    def lines(self) -> list[str]:
        """What stands in the rows, without blanks at their ends."""
        rows = [""] * self.height
        for y, x in sorted(self.runs):
            rows[y] += " " * (x - cell_len(rows[y])) + self.runs[y, x]
        return [row.rstrip() for row in rows]
