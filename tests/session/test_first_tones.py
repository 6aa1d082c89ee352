"""In an author's own session a tone is explained before it is first heard."""

from dataclasses import replace

from coach.language.model import Part, Reference, Ring, Script, Session, Sound
from coach.session.arrange import score
from coach.session.compile import compile_session
from coach.session.options import Options
from coach.session.timeline import Timeline, Tone, says
from coach.session.words import en as phrases
from tests.doses import counted, held
from tests.fakes import ESTIMATED, HERE, curls, line, phase


def heard(parts: tuple[Part, ...], **scripts: Script) -> Timeline:
    session = Session("mine", "Mine", (line("Stop at pain."), *parts))
    return compile_session("Mine", score(session, scripts, Options()), ESTIMATED)


def explained(timeline: Timeline) -> list[Sound]:
    meant = {text: sound for sound, text in phrases.TONE_MEANINGS.items()}
    return [meant[say.text] for say in says(timeline.events) if say.text in meant]


MOVES = replace(curls(counted(3)), phases=(phase("up", 2), phase("down", 2), phase("loose", 1)))
HOLDS = replace(curls(held(10, reps=2)), phases=(phase("up", 2), phase("hold", 10), phase("down", 2)))


def reference(name: str) -> Reference:
    return Reference(name, None, HERE)


def test_each_tone_is_explained_once_and_before_it_is_first_heard() -> None:
    timeline = heard((reference("moves"), reference("holds"), reference("moves")), moves=MOVES, holds=HOLDS)
    assert explained(timeline) == [Sound.GO, Sound.MOVE, Sound.REP, Sound.HOLD_START, Sound.HOLD_END]
    for sound, text in phrases.TONE_MEANINGS.items():
        say = next(each for each in says(timeline.events) if each.text == text)
        first = next(each for each in timeline.events if isinstance(each, Tone) and each.sound is sound)
        assert say.start < first.start


def test_what_the_session_sounds_itself_is_not_explained_again() -> None:
    rings = tuple(Ring(sound, HERE) for sound in phrases.TONE_MEANINGS)
    assert explained(heard((*rings, reference("holds")), holds=HOLDS)) == []
    assert explained(heard((rings[0], reference("moves")), moves=MOVES)) == [Sound.MOVE, Sound.REP]
