"""Sheets that a person, a mail program or a word processor spoilt end in a session or an explanation."""

import random

import pytest

from coach.folders import scripts_folder
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.sheets.check import checked
from coach.sheets.score import scored
from tests.fakes import ESTIMATED

SHEETS = sorted(scripts_folder().rglob("*.md"))
MUTILATED = 1000


def mutilate(text: str, chance: random.Random) -> str:
    """The text with one to four things done to it."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        i, j = sorted(chance.choices(range(len(lines)), k=2))
        at = chance.randrange(len(text) + 1)
        match chance.randrange(9):
            case 0:
                del lines[i : i + 3]
                text = "\n".join(lines)
            case 1:
                lines[i], lines[j] = lines[j], lines[i]
                text = "\n".join(lines)
            case 2:
                text = (
                    text[:at]
                    + chance.choice([":", "-", "#", "(", "\\", "\0", "–", "9" * 30, "\udc80", "\t", ","])
                    + text[at:]
                )
            case 3:
                text = text[:at]
            case 4:
                text = text.replace(
                    chance.choice(["seconds", "sets", ":", "each leg", "\n", "- "]),
                    chance.choice(["", "s", " ", ";"]),
                    chance.randint(1, 4),
                )
            case 5:
                text = text[:at] + text[at + chance.randint(1, 30) :]
            case 6:
                text = text.replace(str(chance.randint(0, 9)), chance.choice(["0", "-1", "1e9", "", "½"]))
            case 7:
                lines.insert(j, lines[i])
                text = "\n".join(lines)
            case _:
                text = text.upper() if chance.random() < 0.3 else text.replace("\n", "\r\n")
    return text


@pytest.mark.parametrize("part", range(4))
def test_a_thousand_mutilated_sheets_end_in_a_session_or_an_explanation(
    part: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    usable = 0
    for seed in range(part, MUTILATED, 4):
        chance = random.Random(seed)
        source = chance.choice(SHEETS)
        path = folder / "spoilt.md"
        path.write_text(mutilate(source.read_text(), chance), encoding="utf-8", errors="surrogatepass")
        sheet = checked(path)
        if sheet.has_errors or sheet.value is None:
            explained = sheet.explain()
            assert explained.count(": error: ") >= 1, seed
            assert "\n" in explained, seed
            continue
        usable += 1
        title, _, chapters = scored(sheet, Options())
        timeline = compile_session(title, chapters, ESTIMATED)
        assert timeline.length > 0
    assert 20 < usable < 230
