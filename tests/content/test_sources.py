"""Every prompt that was written in a sheet knows the line that it was written in."""

import re

import pytest

from coach.language.level import Level
from coach.session.options import Detail
from coach.session.timeline import Role, says
from tests.content.sheets import EXERCISE_NAMES, SESSION_NAMES, text, timeline

WRITTEN = frozenset({Role.INSTRUCTION, Role.CAUTION, Role.GUIDE, Role.PHASE})
"""What is always an author's; cues and stop rules may be the coach's own too."""

LABEL_LETTERS = 40
"""A phase has its word, its seconds at each level and a colon before its sentence."""


def plain(written: str) -> str:
    """Letters alone, the same for both sides: typography, case and sides differ from the sheet's."""
    unsided = re.sub(r"\b(right|left)", "side", written.casefold())
    return re.sub(r"[^a-z0-9]", "", unsided)


@pytest.mark.parametrize("name", [*SESSION_NAMES, *EXERCISE_NAMES])
def test_every_written_prompt_points_to_the_line_that_has_it(name: str) -> None:
    for level, detail in ((Level.GENTLE, Detail.FULL), (Level.STRONG, Detail.BRIEF)):
        for say in says(timeline(name, level, detail).events):
            if say.source is None:
                continue
            assert say.span is not None
            first, *rest = text(say.source.sheet).splitlines()[say.span.line - 1 :]
            written = plain(" ".join([first[say.span.column - 1 :], *rest]))
            said = plain(say.text).removeprefix("ifithurts")
            assert 0 <= written.find(said) <= LABEL_LETTERS, say


@pytest.mark.parametrize("name", SESSION_NAMES)
def test_instructions_cautions_guides_and_phase_words_all_have_their_line(name: str) -> None:
    for say in says(timeline(name).events):
        implied = say.role is Role.PHASE and say.text == "Hold."
        assert say.role not in WRITTEN or say.source is not None or implied, say
        assert say.role not in {Role.COUNT, Role.TIME, Role.COUNTDOWN, Role.DOSE} or say.source is None, say
