from dataclasses import replace

from coach.voices.espeak import EspeakVoice
from coach.voices.manner import BUILT_IN, Manner, older_ears


def test_a_misread_word_is_respelled_whole_and_in_any_case() -> None:
    manner = Manner(respelled={"leg": "[[l'Eg]]"})
    assert manner.read("Leg up. Legs down, left leg.") == "[[l'Eg]] up. Legs down, left [[l'Eg]]."


def test_whatever_changes_a_clip_changes_the_identity_of_its_voice() -> None:
    kinds = [Manner(), Manner(gains=(1.0,) * 7), Manner(respelled={"leg": "lehg"})]
    assert len({kind.identity for kind in kinds}) == 3
    voice = EspeakVoice("en-us")
    before = voice.identity
    other = EspeakVoice("en-us")
    other.manner = replace(BUILT_IN, gains=(9.0,) * 7)
    assert other.identity != before


def test_a_voice_that_coach_does_not_know_gets_no_filter_for_older_ears() -> None:
    assert older_ears(object()) == ()
    assert older_ears(EspeakVoice("en-us")) == BUILT_IN.older
