"""Which exercises are calm, and which are made of breaths.

A calm exercise is led in by a bell, without "get ready", 3-2-1 and the go tone. It is one of these:

- breathing: its phases, besides holds and letting go, are all called by a word of breathing ("in", "out"),
  and its title or its sentences, if it has any, speak of breath;
- a hold that is counted in breaths;
- a stretch, or a time of relaxation: one hold or one time on each side, in a sheet whose title or muscles
  ("Works:") name one, or whose instructions name a stretch;
- relaxation of any dose, if the title names it.
"""

import re

from coach.language.dose import Counted, Dose, Held
from coach.language.keywords.choice import keywords_for
from coach.language.level import Level
from coach.language.model import Line, Script
from coach.language.quantities import any_of


def is_calm(script: Script, dose: Dose, level: Level) -> bool:
    """Tell whether an exercise is calm."""
    keywords = keywords_for(script.language)
    if is_of_breaths(script, level) or (isinstance(dose, Held) and dose.in_breaths):
        return True
    if _names(script.title, keywords.relaxations):
        return True
    is_once = not isinstance(dose, Counted) and dose.sets == dose.most_reps == 1
    lines = [each.text for each in (*script.instructions, *script.brief) if isinstance(each, Line)]
    of_what = f"{script.title} {script.works}"
    return is_once and (
        _names(of_what, (*keywords.relaxations, *keywords.stretches))
        or (isinstance(dose, Held) and any(_names(line, keywords.stretches) for line in lines))
    )


def is_of_breaths(script: Script, level: Level) -> bool:
    """Tell whether a repetition is a breath: its movements have words of breathing."""
    keywords = keywords_for(script.language)
    cues = [
        phase.cue.casefold()
        for phase in script.phases
        if phase.length_s[level] and not phase.is_hold and not phase.is_loose
    ]
    if not cues or not keywords.breathing_phases.issuperset(cues):
        return False
    sentences = [phase.text for phase in script.phases if phase.text]
    lines = [each.text for each in script.instructions if isinstance(each, Line)]
    return not sentences or _names(" ".join([script.title, *cues, *sentences, *lines]), keywords.breath_words)


def _names(text: str, words: tuple[str, ...]) -> bool:
    return re.search(rf"\b{any_of(words)}\b", text, re.IGNORECASE) is not None
