"""Prints how many prompts of each session are exact repeats, by level; 1 if too many at the standard one.

    python bench/variety.py

Numbers and phase words are left out: they are to be the same each time.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from coach.language.level import Level
from coach.session.arrange import score
from coach.session.compile import compile_session
from coach.session.options import Options
from tests.content.sheets import PROGRAMME_NAMES, SESSION_NAMES, by_title, session
from tests.fakes import ESTIMATED
from tests.wordings import repeats

MOST = 0.2


def main() -> int:
    most = 0.0
    for name in (*SESSION_NAMES, *PROGRAMME_NAMES):
        for level in Level:
            chapters = score(session(name), by_title(), Options(level=level))
            repeated, said = repeats(compile_session(name, chapters, ESTIMATED))
            most = max(most, repeated / said) if level is Level.STANDARD else most
            print(f"{name:26} {level:9} {repeated:4} of {said:4} prompts {repeated / said:6.1%}")
    return int(most > MOST)


if __name__ == "__main__":
    sys.exit(main())
