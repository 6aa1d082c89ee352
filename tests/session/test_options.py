"""Options are declared once: what they take, and what is told where a value does not fit."""

import json
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import UsageError
from coach.language.level import Level
from coach.session.options import (
    Count,
    Counted,
    Detail,
    Options,
    declared,
    options,
    options_from_json,
    options_json,
)

NO_CHOICES = {"known", "steps", "takes_answers", "usual_voice"}


def test_every_field_is_offered_and_says_what_it_takes() -> None:
    assert {each.name for each in fields(Options)} == declared().keys() | NO_CHOICES
    assert all(each.help and each.kind.takes for each in declared().values())


def test_every_default_fits_or_stands_for_nothing_chosen() -> None:
    usual = Options()
    for name, option in declared().items():
        assert option.kind.fits(getattr(usual, name)) or not getattr(usual, name), name


def test_plain_words_become_options() -> None:
    chosen = options({"level": "gentle", "count": "top", "music": Path("rain.ogg"), "cue_volume_db": 2})
    assert chosen == Options(Level.GENTLE, count=Count.TOP, music="rain.ogg", cue_volume_db=2.0)
    assert chosen.level is Level.GENTLE


def test_what_was_not_chosen_is_as_in_the_base() -> None:
    base = Options(Level.STRONG, rate_wpm=120, music="rain.ogg")
    assert options({"level": None, "music": "none"}, base) == Options(Level.STRONG, rate_wpm=120)


@pytest.mark.parametrize(
    ("choices", "what", "hint"),
    [
        ({"level": "gentel"}, "'level' cannot be 'gentel'", '"gentle", "standard" or "strong"'),
        ({"levle": "gentle"}, "there is no setting 'levle'", "did you mean 'level'?"),
        ({"rate_wpm": 0}, "'rate_wpm' cannot be 0", "from 80 to 300"),
        ({"sets": 0}, "'sets' cannot be 0", "from 1 to 20"),
        ({"reps": True}, "'reps' cannot be true", "from 1 to 100"),
        ({"voice": ""}, "'voice' cannot be ''", "in quotes"),
        ({"music": "a\0b"}, "'music' cannot be", "a music file"),
        ({"known": ("Step-ups",)}, "there is no setting 'known'", "the settings are"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_does(
    choices: dict[str, object], what: str, hint: str
) -> None:
    with pytest.raises(UsageError) as told:
        options(choices)
    assert what in told.value.message
    assert hint in told.value.hint


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"'rate_wpm' cannot be 3; 'count' cannot be 'up'"):
        options({"rate_wpm": 3, "count": "up"})


def test_options_come_back_from_json_as_they_were() -> None:
    chosen = Options(
        Level.STRONG,
        Detail.AUTO,
        voice="en-gb",
        rate_wpm=140,
        sets=2,
        reps=9,
        count=Count.TOP,
        speak_counts=Counted.TENS,
        music="/music/piano.ogg",
        voice_volume_db=-3.0,
        cue_volume_db=2.0,
        hearing=True,
        known=("Step-ups",),
    )
    kept = options_json(replace(chosen, usual_voice="piper"))
    assert options_from_json(json.loads(json.dumps(kept))) == chosen
    assert options_from_json({}) == Options()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([each.name for each in fields(Options)]) | st.text(), JSON) | JSON)
def test_any_json_gives_options_or_a_usage_error(values: object) -> None:
    with suppress(UsageError):
        assert isinstance(options_from_json(values), Options)
