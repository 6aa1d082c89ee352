"""What is heard next, and what an action of the listener changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.language.level import Level
from coach.language.model import Sound
from coach.live import resume as resume_points
from coach.live.actions import Action
from coach.live.apply_action import BEFORE_PAUSED, act
from coach.live.playback import BEGINNING, BLOCK, Playback
from coach.live.playhead import (
    FADE,
    Acknowledgement,
    PlayableSession,
    Playhead,
    Remark,
    RenderedBlock,
    Volume,
    acknowledged,
    answered,
    faded,
    is_cut,
    read,
    remarked,
    settled,
)
from coach.live.view import view
from coach.session.activity import Activity
from coach.session.moves import Speak
from coach.session.options import LOUDEST_DB, SOFTEST_DB
from coach.session.timeline import Chapter, Frames, Role, Say, Silence, Timeline, Tone, says
from coach.session.timeline_builder import AFTER_TONE, BEFORE_TONE, SECOND
from coach.session.whereabouts import rep_start
from coach.session.words import en as phrases
from coach.sheets.files import bundled
from coach.sound.clip import Clip
from coach.sound.limiter import CACHED_CLIPS, AmplifiedClips, amplify
from coach.sound.music_bed import AFTER, DUCKED, FADE_IN, RISE, Bed, automation_for
from coach.sound.render import render
from tests.fakes import IN_TWO_SETS, NOISE_TONES, TONES, NoiseClips, NoiseMusic, bundled_chapters, playable

NAMES = sorted(bundled())
CLIPS = NoiseClips()
JUMPS = [Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE]
EMPTY = PlayableSession(Timeline("", (), ()), CLIPS, NOISE_TONES, ("Step-ups",))


@pytest.fixture(scope="module")
def step_ups() -> PlayableSession:
    return playable(bundled_chapters(IN_TWO_SETS))


@pytest.fixture(scope="module")
def session() -> PlayableSession:
    return playable(bundled_chapters("inner-knee"))


@pytest.fixture(scope="module")
def walk() -> PlayableSession:
    return playable(bundled_chapters("warm-up-walk"))


@dataclass(frozen=True)
class Heard:
    """What was heard: its samples, the stretches of the session ``[start, end)``, and what comes next."""

    samples: NDArray[np.float32]
    session: list[tuple[int, int]]
    session_from: int | None
    after: Playhead


NOT_NOW = Acknowledgement(Sound.NOT_NOW)


def the_remark(head: Playhead) -> Remark:
    assert head.remark is not None
    return head.remark


def hear(session: PlayableSession, head: Playhead, count: int, block: int = 960) -> Heard:
    """So many frames, in blocks."""
    samples = np.zeros(count, np.float32)
    spans: list[tuple[int, int]] = []
    done, session_from = 0, None
    while done < count:
        piece = read(session, head, min(block, count - done))
        n = len(piece.block)
        samples[done : done + n] = piece.block[:, 0]
        if piece.at is not None:
            session_from = done if session_from is None else session_from
            if spans and spans[-1][1] == piece.at:
                spans[-1] = (spans[-1][0], piece.at + n)
            else:
                spans.append((piece.at, piece.at + n))
        done += n
        head = piece.after
    return Heard(samples, spans, session_from, head)


def plain(timeline: Timeline, start: int, count: int) -> NDArray[np.float32]:
    """The session as an export has it."""
    return next(render(timeline, CLIPS, NOISE_TONES, start=start, block=count))[:, 0].copy()


def words(head: Playhead) -> list[str]:
    """The prompts and the names of the tones of an answer."""
    found: list[str] = []
    for event in head.answer.timeline.events if head.answer else ():
        match event:
            case Say(text=text):
                found.append(text)
            case Tone(sound=sound):
                found.append(sound)
            case _:
                pass
    return found


def say_of(session: PlayableSession, role: Role, n: int = 0) -> Say:
    return [say for say in says(session.timeline.events) if say.role is role][n]


# Playing


def test_a_session_without_keys_is_the_export_sample_for_sample(step_ups: PlayableSession) -> None:
    start = step_ups.timeline.sets[0].ready
    heard = hear(step_ups, Playhead(start), 20 * SECOND, block=777)
    assert heard.session == [(start, start + 20 * SECOND)]
    assert np.array_equal(heard.samples, plain(step_ups.timeline, start, 20 * SECOND))


def test_a_session_is_over_at_its_end(step_ups: PlayableSession) -> None:
    length = step_ups.timeline.length
    last = Playhead(Frames(length - 10))
    assert not last.is_over(step_ups)
    piece = read(step_ups, last, 960)
    assert len(piece.block) == 10
    assert piece.after.is_over(step_ups)
    assert not piece.after.is_waiting(step_ups)


def test_a_session_whose_next_chapter_is_still_to_come_waits_in_silence() -> None:
    session = playable(bundled_chapters("inner-knee"), 2)
    head = Playhead(session.timeline.length)
    assert head.is_waiting(session)
    assert not head.is_over(session)
    piece = read(session, head, 960)
    assert piece.at is None
    assert not piece.block.any()
    assert piece.after == head
    more = playable(bundled_chapters("inner-knee"), 3)
    assert not head.is_waiting(more)
    assert read(more, head, 960).at == head.at


def test_what_is_left_counts_the_chapters_that_are_still_to_come() -> None:
    session = replace(playable(bundled_chapters("inner-knee"), 2), rest_s=100.0)
    assert session.left_s(session.timeline.length - 2 * SECOND) == 102.0


# Pause and resume


def test_a_pause_says_so_after_a_moment_and_is_then_silent_for_ever(step_ups: PlayableSession) -> None:
    at = Frames(step_ups.timeline.sets[0].start + 3 * SECOND)
    head = act(step_ups, Playhead(at), Action.PAUSE)
    said = CLIPS[phrases.PAUSED].length
    heard = hear(step_ups, head, BEFORE_PAUSED + said + 60 * SECOND, block=4_096)
    assert not heard.session
    assert not heard.samples[:BEFORE_PAUSED].any()
    assert heard.samples[BEFORE_PAUSED : BEFORE_PAUSED + said].all()
    assert not heard.samples[BEFORE_PAUSED + said :].any()
    assert heard.after.at == at
    assert heard.after.is_paused
    assert not heard.after.is_over(step_ups)


def test_a_pause_fades_what_sounds_within_ten_milliseconds(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    at = Frames(say.start + 5_000)
    tail = faded(step_ups, Playhead(at))
    sounding = plain(step_ups.timeline, at, FADE)
    assert tail.shape == (FADE, 1)
    assert tail[0, 0] == sounding[0]
    assert (np.abs(tail[1:, 0]) < sounding[1:]).all()
    assert abs(tail[-1, 0]) < 1e-6


def test_a_fade_goes_on_where_an_answer_ends(step_ups: PlayableSession) -> None:
    at = step_ups.timeline.sets[0].start
    head = answered(step_ups, Playhead(at), [Speak(phrases.RESUMING, Role.CLOSING)])
    assert head.answer
    nearly = replace(head, answer=replace(head.answer, at=Frames(head.answer.timeline.length - 100)))
    tail = faded(step_ups, nearly)
    assert not tail[:100].any()
    assert tail[100:-1].all()


@pytest.mark.parametrize("rep", [1, 2, 6, 10])
@pytest.mark.parametrize("where", ["first frame", "middle", "last frame"])
def test_resuming_in_a_set_counts_in_the_repetition_to_the_frame(
    step_ups: PlayableSession, rep: int, where: str
) -> None:
    each = step_ups.timeline.sets[1]
    start = rep_start(each, rep)
    end = rep_start(each, rep + 1) if rep < each.reps else each.end
    at = {"first frame": start, "middle": (start + end) // 2, "last frame": end - 1}[where]
    paused = hear(step_ups, act(step_ups, Playhead(Frames(at)), Action.PAUSE), 5 * SECOND).after
    head = act(step_ups, paused, Action.RESUME)
    assert words(head) == [Sound.KEY, phrases.RESUMING, *[Sound.COUNTDOWN] * 3]
    assert head.answer
    heard = hear(step_ups, head, head.answer.timeline.length + SECOND)
    pip = NOISE_TONES[Sound.COUNTDOWN].astype(np.float32) / 32768
    go = heard.session_from
    assert go is not None
    for n in (3, 2, 1):
        assert np.array_equal(heard.samples[go - n * SECOND :][: len(pip)], pip)
        assert not heard.samples[go - n * SECOND + len(pip) : go - (n - 1) * SECOND].any()
    assert heard.session == [(start, start + SECOND)]
    assert np.array_equal(heard.samples[go:], plain(step_ups.timeline, start, SECOND))


def test_resuming_answers_with_a_tone_at_once(step_ups: PlayableSession) -> None:
    head = act(step_ups, Playhead(Frames(0), is_paused=True), Action.RESUME)
    key = NOISE_TONES[Sound.KEY].astype(np.float32) / 32768
    assert np.array_equal(hear(step_ups, head, len(key)).samples, key)


def test_without_a_voice_resuming_has_its_tones(step_ups: PlayableSession) -> None:
    session = replace(step_ups, clips=NoiseClips(frozenset({phrases.RESUMING, phrases.PAUSED})))
    each = session.timeline.sets[0]
    paused = act(session, Playhead(each.start), Action.PAUSE)
    assert words(paused) == []
    head = act(session, hear(session, paused, SECOND).after, Action.RESUME)
    assert words(head) == [Sound.KEY, *[Sound.COUNTDOWN] * 3]


def test_resuming_a_sentence_says_all_of_it(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    paused = act(step_ups, Playhead(Frames(say.start + say.length - 1)), Action.PAUSE)
    head = act(step_ups, paused, Action.RESUME)
    assert words(head) == [Sound.KEY, phrases.RESUMING]
    assert head.at == say.start


def test_resuming_a_walk_goes_on_where_it_was(walk: PlayableSession) -> None:
    at = Frames(walk.timeline.sets[0].start + 100 * SECOND)
    head = act(walk, act(walk, Playhead(at), Action.TOGGLE), Action.TOGGLE)
    assert words(head) == [Sound.KEY, phrases.RESUMING]
    assert head.at == at


def test_resuming_in_a_countdown_gets_ready_again(step_ups: PlayableSession) -> None:
    each = step_ups.timeline.sets[0]
    paused = act(step_ups, Playhead(Frames(each.start - 1)), Action.PAUSE)
    head = act(step_ups, paused, Action.RESUME)
    assert head.at == each.ready
    assert words(head) == [Sound.KEY, phrases.RESUMING]


def test_a_pause_in_the_count_in_counts_in_again(step_ups: PlayableSession) -> None:
    each = step_ups.timeline.sets[0]
    start = rep_start(each, 4)
    resuming = act(step_ups, Playhead(Frames(start + 9), is_paused=True), Action.RESUME)
    assert resuming.answer
    counting = hear(step_ups, resuming, resuming.answer.timeline.length - SECOND).after
    head = act(step_ups, hear(step_ups, act(step_ups, counting, Action.PAUSE), SECOND).after, Action.RESUME)
    assert head == resuming


def test_a_pause_while_paused_says_so_again(step_ups: PlayableSession) -> None:
    paused = act(step_ups, Playhead(), Action.PAUSE)
    later = hear(step_ups, paused, 3 * SECOND).after
    assert act(step_ups, later, Action.PAUSE) == paused


def test_there_is_nothing_to_resume_while_playing(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(100_000))
    assert act(step_ups, head, Action.RESUME) == acknowledged(head, Sound.NOT_NOW)


def test_toggle_pauses_and_resumes(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(100_000))
    paused = act(step_ups, head, Action.TOGGLE)
    assert paused == act(step_ups, head, Action.PAUSE)
    assert act(step_ups, paused, Action.TOGGLE) == act(step_ups, paused, Action.RESUME)


# Next, back


def test_next_goes_to_the_next_chapter(session: PlayableSession) -> None:
    second = session.timeline.chapters[1]
    head = act(session, Playhead(Frames(second.start - 1)), Action.NEXT)
    assert head.at == second.start
    assert act(session, head, Action.NEXT).at == session.timeline.chapters[2].start


def test_next_says_the_title_only_where_the_chapters_own_first_words_do_not(session: PlayableSession) -> None:
    chapters = session.timeline.chapters
    said = {}
    for one, other in pairwise(chapters):
        head = act(session, Playhead(one.start), Action.NEXT)
        assert head.at == other.start
        first = next(say for say in says(session.timeline.events) if say.start >= other.start)
        said[other.title] = words(head)[1:]
        assert said[other.title] == (
            [] if other.title.casefold() in first.text.casefold() else [phrases.sentence(other.title)]
        )
    assert [] in said.values()
    assert any(said.values())


def test_next_in_the_last_chapter_says_so_and_goes_on(step_ups: PlayableSession) -> None:
    each = step_ups.timeline.sets[0]
    head = act(step_ups, Playhead(Frames(each.start + 5)), Action.NEXT)
    assert words(head) == [Sound.KEY, phrases.LAST_PART, *[Sound.COUNTDOWN] * 3]
    assert head.at == each.start


def test_next_at_the_very_end_says_that_it_was_the_last_part(step_ups: PlayableSession) -> None:
    head = act(step_ups, Playhead(step_ups.timeline.length, is_paused=True), Action.NEXT)
    assert words(head) == [Sound.KEY, phrases.LAST_PART]


def test_next_before_the_next_chapter_is_laid_out_asks_for_a_moment() -> None:
    session = playable(bundled_chapters("inner-knee"), 2)
    head = act(session, Playhead(Frames(session.timeline.length - 1)), Action.NEXT)
    assert words(head) == [Sound.KEY, phrases.ONE_MOMENT]
    assert head.at == session.timeline.length
    assert head.answer
    waiting = hear(session, head, head.answer.timeline.length).after
    assert waiting.is_waiting(session)
    again = act(session, waiting, Action.NEXT)
    assert words(again) == [Sound.KEY, phrases.NOT_YET]
    assert again.at == session.timeline.length


def test_back_goes_to_the_chapters_start_and_then_to_the_one_before(session: PlayableSession) -> None:
    one, other = session.timeline.chapters[1:3]
    head = act(session, Playhead(Frames(other.start + 3 * SECOND)), Action.BACK)
    assert head.at == other.start
    assert act(session, head, Action.BACK).at == one.start
    first = act(session, Playhead(Frames(100)), Action.BACK)
    assert first.at == 0


@pytest.mark.parametrize("action", [*JUMPS, Action.GO_ON])
def test_a_jump_ends_a_pause(session: PlayableSession, action: Action) -> None:
    paused = act(session, Playhead(session.timeline.sets[0].start), Action.PAUSE)
    assert act(session, paused, action).is_paused is (action is Action.WHERE)


# Again, go on, where


def test_again_in_a_set_says_the_guide_and_counts_in(step_ups: PlayableSession) -> None:
    each = step_ups.timeline.sets[0]
    guide = [say.text for say in says(step_ups.timeline.events) if say.role is Role.GUIDE][:4]
    head = act(step_ups, Playhead(rep_start(each, 3)), Action.AGAIN)
    assert words(head) == [Sound.KEY, *guide, *[Sound.COUNTDOWN] * 3]
    assert head.at == rep_start(each, 3)


def test_again_outside_of_sets_goes_back_to_the_sentence(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    head = act(step_ups, Playhead(Frames(say.start + say.length)), Action.AGAIN)
    assert words(head) == [Sound.KEY]
    assert head.at == say.start


def test_going_on_ends_a_wait(step_ups: PlayableSession) -> None:
    wait = next(e for e in step_ups.timeline.events if resume_points.is_wait(e) and e.length > 3 * SECOND)
    head = act(step_ups, Playhead(Frames(wait.start + SECOND)), Action.GO_ON)
    assert words(head) == [Sound.KEY]
    assert head.at >= wait.start + wait.length


def test_going_on_in_a_set_is_answered_with_not_now_and_changes_nothing(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(step_ups.timeline.sets[0].start + SECOND))
    after = act(step_ups, head, Action.GO_ON)
    assert after == acknowledged(head, Sound.NOT_NOW)
    assert not is_cut(head, after)


def test_where_in_a_set_says_it_and_counts_in_again(step_ups: PlayableSession) -> None:
    each = step_ups.timeline.sets[1]
    head = act(step_ups, Playhead(Frames(rep_start(each, 7) + 99)), Action.WHERE)
    key, *told = words(head)
    assert key is Sound.KEY
    assert told[:2] == ["Right leg, second and final set.", "Repetition seven."]
    assert told[2].endswith("minutes left.")
    assert told[3:] == [Sound.COUNTDOWN] * 3
    assert head.at == rep_start(each, 7)


def test_where_while_paused_stays_paused(step_ups: PlayableSession) -> None:
    at = Frames(step_ups.timeline.sets[0].start + 7)
    paused = act(step_ups, Playhead(at), Action.PAUSE)
    head = act(step_ups, paused, Action.WHERE)
    assert head.is_paused
    assert head.at == at
    assert Sound.COUNTDOWN not in words(head)
    assert head.answer
    assert not hear(step_ups, head, head.answer.timeline.length + SECOND).session


def test_where_at_the_very_end_is_the_last_chapter() -> None:
    session = playable(bundled_chapters("inner-knee"), 2)
    told = words(act(session, Playhead(session.timeline.length), Action.WHERE))
    assert told[1] == phrases.sentence(session.titles[1])


# Louder and softer


def test_louder_is_three_decibels_with_a_tick_at_the_new_loudness(step_ups: PlayableSession) -> None:
    head = act(step_ups, Playhead(is_paused=True), Action.LOUDER)
    assert head.volume.db == 3.0
    assert head.tone == Acknowledgement(Sound.KEY)
    softer = act(step_ups, Playhead(is_paused=True), Action.SOFTER)
    settled_down = hear(step_ups, softer, 960)
    rest = hear(step_ups, settled_down.after, 960).samples
    key = NOISE_TONES[Sound.KEY][960:1920].astype(np.float32) / 32768
    assert np.allclose(rest, key * 10 ** (-3 / 20), atol=1e-6)


def test_a_new_loudness_is_reached_without_a_step(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    head = replace(act(step_ups, Playhead(Frames(say.start + 999)), Action.SOFTER), tone=None)
    before = plain(step_ups.timeline, head.at, 2 * 960)
    heard = hear(step_ups, head, 2 * 960).samples
    gain = heard / before
    assert gain[0] == pytest.approx(1.0)
    assert gain[959] == pytest.approx(10 ** (-3 / 20), rel=1e-4)
    assert np.allclose(gain[960:], 10 ** (-3 / 20), rtol=1e-4)
    assert (np.abs(np.diff(gain)) < 0.001).all()


def test_louder_than_usual_is_limited_and_not_clipped(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    head = Playhead(say.start, volume=Volume(6.0, 6.0))
    heard = hear(step_ups, head, say.length).samples
    usual = plain(step_ups.timeline, say.start, say.length)
    expected = amplify(CLIPS[say.text].samples, 6.0).astype(np.float32) / 32768
    assert np.array_equal(heard, expected)
    assert np.sqrt(np.mean(heard**2)) > 1.3 * np.sqrt(np.mean(usual**2))
    assert np.abs(heard).max() <= 10 ** (-1.5 / 20) + 1 / 32768


def test_a_tick_over_speech_at_the_loudest_stays_within_full_scale(step_ups: PlayableSession) -> None:
    loud = np.tile(np.array([30_000, -30_000], np.int16), 200_000)
    say = say_of(step_ups, Role.CAUTION)
    clips = {say.text: Clip(loud[: say.length], Frames(0))}
    tones = {sound: loud[:length] for sound, length in TONES.items()}
    session = replace(step_ups, clips=clips, tones=tones)
    head = acknowledged(Playhead(say.start, volume=Volume(6.0, 6.0)), Sound.KEY)
    assert np.abs(hear(session, head, 2_000).samples).max() <= 1.0
    turned = replace(act(session, head, Action.SOFTER), tone=Acknowledgement(Sound.KEY, Frames(100)))
    assert np.abs(hear(session, turned, 2_000).samples).max() <= 1.0


def test_the_limits_are_told_with_not_now_and_a_remark(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(0))
    while head.volume.db < LOUDEST_DB:
        head = replace(act(step_ups, head, Action.LOUDER), tone=None)
    limit = act(step_ups, head, Action.LOUDER)
    assert (limit.volume.db, limit.tone) == (LOUDEST_DB, NOT_NOW)
    assert the_remark(limit).text == phrases.LOUDEST
    while head.volume.db > SOFTEST_DB:
        head = replace(act(step_ups, head, Action.SOFTER), tone=None)
    limit = act(step_ups, head, Action.SOFTER)
    assert (limit.volume.db, limit.tone) == (SOFTEST_DB, NOT_NOW)
    assert the_remark(limit).text == phrases.SOFTEST
    assert (SOFTEST_DB, LOUDEST_DB) == (-18.0, 6.0)


def test_a_limit_while_paused_is_told_with_both_one_after_the_other(step_ups: PlayableSession) -> None:
    head = act(step_ups, Playhead(is_paused=True, volume=Volume(6.0, 6.0)), Action.LOUDER)
    assert words(head) == [phrases.LOUDEST]
    assert head.tone == NOT_NOW
    assert head.answer
    assert head.answer.timeline.events[0].length >= TONES[Sound.NOT_NOW] + AFTER_TONE
    assert words(act(step_ups, head, Action.LOUDER)) == [phrases.LOUDEST]


def test_a_limit_does_not_push_a_remark_away(step_ups: PlayableSession) -> None:
    level = phrases.level_from(Level.GENTLE, next_set=True)
    head = remarked(step_ups, Playhead(Frames(0), volume=Volume(6.0, 6.0)), level)
    limit = act(step_ups, head, Action.LOUDER)
    assert limit.tone == NOT_NOW
    assert (the_remark(limit).text, the_remark(limit).then) == (level, "")


def test_louder_clips_are_made_once_and_only_the_latest_are_kept() -> None:
    louder = AmplifiedClips(CLIPS, 3.0)
    first = louder["One."]
    assert louder["One."] is first
    for n in range(CACHED_CLIPS):
        assert louder[f"Number {n}."].length == CLIPS[f"Number {n}."].length
    assert louder["One."] is not first
    assert np.array_equal(louder["One."].samples, first.samples)


def test_new_clips_are_heard_at_the_louder_gain_too() -> None:
    session = playable(bundled_chapters(IN_TWO_SETS))
    say = say_of(session, Role.CAUTION)
    session = replace(session, clips=NoiseClips(frozenset({say.text})))
    head = Playhead(Frames(say.start - 10), volume=Volume(3.0, 3.0))
    read(session, head, 10)
    assert read(replace(session, clips=CLIPS), replace(head, at=say.start), 960).block.any()


# Ticks and remarks


def test_a_tick_sounds_with_the_session_and_takes_no_time(step_ups: PlayableSession) -> None:
    at = step_ups.timeline.sets[0].start
    heard = hear(step_ups, acknowledged(Playhead(at), Sound.KEY), SECOND)
    with_tick = plain(step_ups.timeline, at, SECOND)
    key = NOISE_TONES[Sound.KEY].astype(np.float32) / 32768
    with_tick[: len(key)] += key
    assert heard.session == [(at, at + SECOND)]
    assert np.array_equal(heard.samples, with_tick)
    assert heard.after.tone is None


def test_a_tick_that_sounds_is_not_begun_anew(step_ups: PlayableSession) -> None:
    head = read(step_ups, acknowledged(Playhead(), Sound.KEY), 960).after
    assert acknowledged(head, Sound.KEY) == head
    assert acknowledged(head, Sound.NOT_NOW).tone == NOT_NOW


@pytest.mark.parametrize("action", [Action.EASIER, Action.HARDER])
def test_a_level_key_is_answered_with_a_tick(step_ups: PlayableSession, action: Action) -> None:
    head = Playhead(Frames(99))
    assert act(step_ups, head, action) == acknowledged(head, Sound.KEY)


def test_a_remark_is_heard_in_a_silence_and_takes_no_time(step_ups: PlayableSession) -> None:
    at = Frames(step_ups.timeline.sets[0].start + 77)
    text = phrases.level_from(Level.GENTLE, next_set=True)
    head = remarked(step_ups, Playhead(at), text)
    length = CLIPS[text].length
    count = the_remark(head).at + length + SECOND - at
    heard = hear(step_ups, head, count, block=511)
    usual = plain(step_ups.timeline, at, count)
    alone = heard.samples - usual
    assert heard.session == [(at, at + count)]
    assert not alone[: the_remark(head).at - at].any()
    assert (alone[the_remark(head).at - at :][:length] > 0).all()
    assert not alone[the_remark(head).at - at + length :].any()
    assert not usual[
        the_remark(head).at - at - AFTER_TONE : the_remark(head).at - at + length + BEFORE_TONE
    ].any()
    assert heard.after == Playhead(Frames(at + count))


def test_a_remark_leaves_a_tick_its_time(step_ups: PlayableSession) -> None:
    wait = next(e for e in step_ups.timeline.events if resume_points.is_wait(e) and e.length > 8 * SECOND)
    at = Frames(wait.start + SECOND)
    head = remarked(step_ups, acknowledged(Playhead(at), Sound.NOT_NOW), phrases.LOUDEST)
    assert the_remark(head).at == at + TONES[Sound.NOT_NOW] + AFTER_TONE


def test_a_remark_without_room_is_not_made(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(step_ups.timeline.length - 100))
    assert remarked(step_ups, head, phrases.LOUDEST) == head


def test_a_remark_sounds_with_a_tick(step_ups: PlayableSession) -> None:
    first = remarked(step_ups, Playhead(), phrases.LOUDEST)
    both = hear(step_ups, acknowledged(replace(first, at=the_remark(first).at), Sound.KEY), 960).samples
    alone = hear(step_ups, replace(first, at=the_remark(first).at), 960).samples
    assert np.array_equal(both - NOISE_TONES[Sound.KEY][:960].astype(np.float32) / 32768, alone)


@pytest.mark.parametrize(("more", "has_room"), [(0, True), (-1, False)])
def test_a_remark_has_room_to_the_frame(more: int, *, has_room: bool) -> None:
    """The silence before a tone after it is as long as speech asks for, and not a frame less."""
    length = AFTER_TONE + CLIPS[phrases.LOUDEST].length + BEFORE_TONE + more
    key = NOISE_TONES[Sound.KEY]
    tone = Tone(Frames(0), Frames(len(key)), Sound.KEY, Role.REST)
    silence = Silence(tone.length, Frames(length), "rest", Role.REST, Activity.REST)
    after = replace(tone, start=Frames(tone.length + length))
    session = PlayableSession(
        Timeline("", (tone, silence, after), (Chapter(Frames(0), "A"),)), CLIPS, NOISE_TONES, ("A",)
    )
    head = remarked(session, Playhead(), phrases.LOUDEST)
    assert head.remark == (Remark(phrases.LOUDEST, Frames(len(key) + AFTER_TONE)) if has_room else None)


def test_a_remark_without_a_clip_is_not_made(step_ups: PlayableSession) -> None:
    session = replace(step_ups, clips=NoiseClips(frozenset({phrases.LOUDEST})))
    assert remarked(session, Playhead(), phrases.LOUDEST) == Playhead()


def test_a_new_remark_takes_the_place_of_one_that_waits(step_ups: PlayableSession) -> None:
    head = remarked(step_ups, Playhead(), phrases.LOUDEST)
    assert remarked(step_ups, head, phrases.SOFTEST) == remarked(step_ups, Playhead(), phrases.SOFTEST)


def test_a_remark_that_is_heard_is_heard_to_its_end_before_the_next(step_ups: PlayableSession) -> None:
    first = remarked(step_ups, Playhead(), phrases.LOUDEST)
    sounding = replace(first, at=Frames(the_remark(first).at + 1_000))
    both = remarked(step_ups, sounding, phrases.SOFTEST)
    assert both.remark == Remark(phrases.LOUDEST, the_remark(first).at, then=phrases.SOFTEST)
    assert not is_cut(sounding, both)
    after = hear(step_ups, both, CLIPS[phrases.LOUDEST].length).after
    assert (the_remark(after).text, the_remark(after).then) == (phrases.SOFTEST, "")
    assert the_remark(after).at >= the_remark(first).at + CLIPS[phrases.LOUDEST].length


def test_a_remark_that_is_broken_off_is_made_again(step_ups: PlayableSession) -> None:
    first = remarked(step_ups, Playhead(), phrases.LOUDEST)
    sounding = replace(first, at=Frames(the_remark(first).at + 1_000))
    head = act(step_ups, act(step_ups, sounding, Action.PAUSE), Action.RESUME)
    assert the_remark(head).text == phrases.LOUDEST
    assert the_remark(head).at >= sounding.at + AFTER_TONE


def test_a_remark_while_paused_follows_what_is_being_said(step_ups: PlayableSession) -> None:
    paused = act(step_ups, Playhead(), Action.PAUSE)
    head = remarked(step_ups, paused, phrases.SOFTEST)
    assert words(head) == [phrases.PAUSED, phrases.SOFTEST]
    assert not is_cut(paused, head)
    still = hear(step_ups, paused, 5 * SECOND).after
    assert words(remarked(step_ups, still, phrases.SOFTEST)) == [phrases.SOFTEST]


def test_a_remark_before_a_chapter_that_is_not_there_follows_the_answer() -> None:
    session = playable(bundled_chapters("inner-knee"), 1)
    head = remarked(session, Playhead(), phrases.LOUDEST)
    after = act(session, head, Action.NEXT)
    assert words(after) == [Sound.KEY, phrases.ONE_MOMENT, phrases.LOUDEST]
    assert after.remark is None


def test_an_answer_that_is_not_spoken_yet_is_shown_while_the_session_waits() -> None:
    session = playable(bundled_chapters("inner-knee"), 1)
    waiting = Playhead(session.timeline.length)
    told = words(act(session, waiting, Action.WHERE))[1:]
    session = replace(session, clips=NoiseClips(frozenset(told)))
    head = act(session, waiting, Action.WHERE)
    assert view(session, head, Level.STANDARD).said == " ".join(told)


def test_a_session_stays_as_it_is_while_a_remark_is_heard(step_ups: PlayableSession) -> None:
    assert settled(step_ups, Playhead(Frames(99))) == 99
    head = remarked(step_ups, Playhead(), phrases.LOUDEST)
    assert settled(step_ups, head) == 0
    sounding = replace(head, at=Frames(the_remark(head).at + 1))
    assert settled(step_ups, sounding) == the_remark(head).at + CLIPS[phrases.LOUDEST].length + BEFORE_TONE


# Stop


def test_stop_says_that_the_place_is_kept_and_is_over(step_ups: PlayableSession) -> None:
    at = Frames(step_ups.timeline.sets[0].start + 99)
    head = act(step_ups, Playhead(at), Action.STOP)
    assert words(head) == [Sound.KEY, phrases.STOPPED]
    assert not head.is_over(step_ups)
    assert head.answer
    heard = hear(step_ups, head, head.answer.timeline.length)
    assert not heard.session
    assert heard.after.is_over(step_ups)
    assert heard.after.at == at
    assert not hear(step_ups, heard.after, SECOND).samples.any()


def test_stop_twice_is_over_at_once(step_ups: PlayableSession) -> None:
    stopping = read(step_ups, act(step_ups, Playhead(), Action.STOP), 4_800).after
    head = act(step_ups, stopping, Action.STOP)
    assert head.is_over(step_ups)
    assert is_cut(stopping, head)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.STOP])
def test_while_stopping_only_stop_is_heard(step_ups: PlayableSession, action: Action) -> None:
    stopping = read(step_ups, act(step_ups, Playhead(), Action.STOP), 4_800).after
    assert act(step_ups, stopping, action) == stopping


def test_stop_while_paused_is_over_too(step_ups: PlayableSession) -> None:
    head = act(step_ups, act(step_ups, Playhead(), Action.PAUSE), Action.STOP)
    assert head.answer
    assert hear(step_ups, head, head.answer.timeline.length).after.is_over(step_ups)


# What is cut


def test_what_only_accompanies_cuts_nothing(step_ups: PlayableSession) -> None:
    head = Playhead(Frames(100_000))
    for action in (Action.LOUDER, Action.SOFTER, Action.EASIER, Action.HARDER):
        assert not is_cut(head, act(step_ups, head, action))


@pytest.mark.parametrize("action", [*JUMPS, Action.PAUSE, Action.TOGGLE, Action.STOP])
def test_what_is_answered_with_words_cuts_what_sounds(step_ups: PlayableSession, action: Action) -> None:
    head = Playhead(Frames(100_000))
    assert is_cut(head, act(step_ups, head, action))
    speaking = read(step_ups, act(step_ups, head, Action.WHERE), 4_800).after
    assert is_cut(speaking, act(step_ups, speaking, action))


def test_an_answer_that_begins_anew_is_cut(step_ups: PlayableSession) -> None:
    speaking = read(step_ups, act(step_ups, Playhead(), Action.PAUSE), 20_000).after
    assert is_cut(speaking, act(step_ups, speaking, Action.PAUSE))


def test_an_answer_in_a_pause_cuts_only_a_tick(step_ups: PlayableSession) -> None:
    paused = Playhead(is_paused=True)
    assert not is_cut(paused, act(step_ups, paused, Action.WHERE))
    ticking = read(step_ups, acknowledged(paused, Sound.KEY), 960).after
    assert is_cut(ticking, act(step_ups, ticking, Action.WHERE))
    assert not is_cut(ticking, acknowledged(ticking, Sound.KEY))


# Before the first chapter


@pytest.mark.parametrize("action", list(Action))
def test_every_key_is_answered_before_there_is_a_chapter(action: Action) -> None:
    for head in (Playhead(), Playhead(is_paused=True)):
        after = act(EMPTY, head, action)
        assert after.at == 0
        assert hear(EMPTY, after, 2 * SECOND).samples.any()


@pytest.mark.parametrize("action", JUMPS)
def test_before_there_is_a_chapter_there_is_nowhere_to_go(action: Action) -> None:
    assert act(EMPTY, Playhead(is_paused=True), action) == acknowledged(
        Playhead(is_paused=True), Sound.NOT_NOW
    )


@settings(max_examples=150)
@given(st.sampled_from(NAMES), st.floats(0, 1), st.booleans(), st.sampled_from(list(Action)), st.booleans())
def test_every_key_is_answered_within_half_a_second(
    name: str,
    part: float,
    paused: bool,
    action: Action,
    whole: bool,
) -> None:
    session = playable(bundled_chapters(name), None if whole else 1)
    head = Playhead(Frames(int(part * session.timeline.length)), is_paused=paused)
    after = act(session, head, action)
    assert 0 <= after.at <= session.timeline.length
    assert after != head
    first = Playhead(Frames(0), is_paused=True, answer=after.answer, tone=after.tone)
    assert hear(session, first, SECOND // 2).samples.any()


def test_there_is_no_remark_after_the_end(step_ups: PlayableSession) -> None:
    head = Playhead(step_ups.timeline.length)
    assert remarked(step_ups, head, phrases.LOUDEST) == head


# A music bed


class Tune:
    """A low tone without an end, as loud as a bed: what jumps in it is no part of it."""

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        turns = np.arange(start, start + count) % 480 / 480  # 100 Hz
        return (0.03 * np.sin(2 * np.pi * turns)).astype(np.float32)


class CacheOnlyVoice(Mapping[str, Clip]):
    """A silent clip for every text, so that the bed is heard alone."""

    def __getitem__(self, text: str) -> Clip:
        return Clip(np.zeros(CLIPS[text].length, np.int16), Frames(0))

    def __contains__(self, text: object) -> bool:
        return text in CLIPS

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


MUTE_TONES = {sound: np.zeros(length, np.int16) for sound, length in TONES.items()}
STEEPEST = 0.03 * 2 * np.pi / 480
"""The largest step from sample to sample within the tune."""
GENTLE = 1.5 * STEEPEST
"""More than the tune in a fade, which adds at most 0.03 x pi / 2 / FADE; less than its being cut off."""


def bedded(session: PlayableSession) -> PlayableSession:
    """The stage with a bed, which alone is heard."""
    return replace(session, clips=CacheOnlyVoice(), tones=MUTE_TONES, music=Tune())


def own_bed(session: PlayableSession, start: int, count: int) -> NDArray[np.float32]:
    """The bed of the whole session, as an export has it."""
    assert session.music
    return Bed(session.music, automation_for(session.timeline)).read(
        start, automation_for(session.timeline).gain(start, count)
    )


def open_frame(session: PlayableSession, *, seconds: float = 3.0) -> Frames:
    """A frame at which the bed is not ducked, and nothing is heard for so long."""
    for event in session.timeline.events:
        if isinstance(event, Silence) and event.length > (2 * seconds + 2) * SECOND:
            return Frames(event.start + 2 * SECOND)
    raise AssertionError("no silence is so long")


class Tape:
    """A loudspeaker that has room for 400 ms, and plays what it is told to."""

    player = device = "tape"

    def __init__(self, seconds: float) -> None:
        self.sound = np.zeros(round((seconds + 1) * SECOND), np.float32)
        self.written = 0
        self.heard = 0

    @property
    def room(self) -> int:
        return SECOND * 2 // 5 - (self.written - self.heard)

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        assert at is None or at >= 0
        self.sound[self.written : self.written + len(block)] = block[:, 0]
        self.written += len(block)

    def drop(self) -> int:
        dropped = self.written - self.heard
        self.sound[self.heard : self.written] = 0
        self.written = self.heard
        return dropped

    def close(self) -> None:
        self.heard = self.written


Change = Callable[[PlayableSession, Playhead], tuple[PlayableSession, Playhead]]


def asked(action: Action) -> Change:
    return lambda session, head: (session, act(session, head, action))


def driven(
    session: PlayableSession, head: Playhead, changes: list[tuple[float, Change]], seconds: float
) -> NDArray[np.float32]:
    """What is heard from a playhead on, with changes at so many seconds."""
    tape = Tape(seconds)
    playback = Playback(tape, session, head)
    for at_s, change in [*changes, (seconds, None)]:
        until = round(at_s * SECOND)
        while tape.heard < until and not (playback.is_over and tape.heard == tape.written):
            playback.feed()
            tape.heard = min(until, tape.written)
        if change is not None:
            after_session, after = change(playback.session, playback.take_back())
            playback.go_on(after, after_session)
    return tape.sound[: round(seconds * SECOND)]


def test_what_begins_after_a_key_is_rendered_before_any_of_it_is_written(
    step_ups: PlayableSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    class Watched(Tape):
        def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
            done.append("write")
            super().write(block, at)

    def read_and_tell(session: PlayableSession, head: Playhead, count: int) -> RenderedBlock:
        done.append("read")
        return read(session, head, count)

    tape = Watched(2)
    playback = Playback(tape, step_ups, Playhead(Frames(8 * SECOND)))
    playback.feed()
    tape.heard = SECOND // 10
    head = act(step_ups, playback.take_back(), Action.TOGGLE)
    monkeypatch.setattr("coach.live.playback.read", read_and_tell)
    done.clear()
    playback.go_on(head)
    assert done[: done.index("write")] == ["read"] * (BEGINNING // BLOCK)


def test_with_a_bed_a_session_is_its_export_sample_for_sample(step_ups: PlayableSession) -> None:
    session = replace(step_ups, music=NoiseMusic())
    assert session.bed
    exported = render(session.timeline, CLIPS, NOISE_TONES, bed=session.bed, block=30 * SECOND)
    heard = hear(session, Playhead(), 30 * SECOND, block=777)
    assert np.array_equal(heard.samples, next(exported)[:, 0])
    assert np.count_nonzero(heard.samples) > 29 * SECOND


@pytest.mark.parametrize("before_s", [30.0, 0.5, 0.0])
def test_chapters_that_come_while_they_are_heard_make_no_difference_to_the_bed(
    session: PlayableSession, before_s: float
) -> None:
    laid = bundled_chapters("inner-knee")
    whole = replace(session, music=NoiseMusic())
    part = replace(playable(laid, 1), music=NoiseMusic())
    end = part.timeline.length
    start = Frames(end - 60 * SECOND)
    first = hear(part, Playhead(start), round((60 - before_s) * SECOND))
    second = hear(whole, first.after, round((20 + before_s) * SECOND))
    assert whole.bed
    exported = next(render(whole.timeline, CLIPS, NOISE_TONES, bed=whole.bed, start=start, block=80 * SECOND))
    heard = np.concatenate([first.samples, second.samples])
    assert np.array_equal(heard[RISE:], exported[RISE:, 0])


def test_the_last_chapter_fades_the_bed_out_as_in_the_export(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    start = Frames(session.timeline.length - 10 * SECOND)
    heard = hear(session, Playhead(start), 10 * SECOND)
    assert np.array_equal(heard.samples[RISE:], own_bed(session, start + RISE, 10 * SECOND - RISE))
    assert heard.after.is_over(session)


def test_the_bed_comes_in_softly_wherever_a_session_begins(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    sound = hear(session, Playhead(at), 2 * SECOND).samples
    own = own_bed(session, at, 2 * SECOND)
    assert np.array_equal(sound[RISE:], own[RISE:])
    assert (np.abs(sound[:RISE]) <= np.abs(own[:RISE]) + 1e-6).all()
    assert np.abs(sound[: RISE // 10]).max() < 0.03 * np.abs(own).max()


def test_the_bed_sounds_with_the_session_and_with_nothing_else(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    head = hear(session, Playhead(open_frame(session)), SECOND).after
    for action in (Action.PAUSE, Action.STOP):
        assert not hear(session, act(session, head, action), 10 * SECOND).samples.any()
    asking = act(session, head, Action.WHERE)
    assert asking.answer
    heard = hear(session, asking, asking.answer.timeline.length + SECOND, block=1_000)
    assert not heard.samples[: asking.answer.timeline.length].any()
    assert heard.session_from == asking.answer.timeline.length
    assert np.count_nonzero(heard.samples[asking.answer.timeline.length :]) > 0.9 * SECOND


@pytest.mark.parametrize("seconds", [1.0, 1.0013, 1.0037])
def test_a_pause_and_going_on_make_no_click(step_ups: PlayableSession, seconds: float) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    sound = driven(session, Playhead(at), [(seconds, asked(Action.PAUSE)), (4.0, asked(Action.RESUME))], 20.0)
    assert np.abs(np.diff(sound)).max() < GENTLE
    paused = round(seconds * SECOND)
    assert np.abs(sound[paused - 500 : paused]).max() > 0.029
    assert not sound[paused + FADE : 4 * SECOND].any()
    assert np.abs(sound[-SECOND:]).max() > 0.001
    resumed = paused + FADE + np.flatnonzero(sound[paused + FADE :])[0]
    assert np.abs(sound[resumed : resumed + RISE // 10]).max() < 0.001


@pytest.mark.parametrize(
    "action", [Action.NEXT, Action.BACK, Action.AGAIN, Action.WHERE, Action.GO_ON, Action.STOP, Action.LOUDER]
)
def test_no_key_makes_a_click_in_the_bed(session: PlayableSession, action: Action) -> None:
    session = bedded(session)
    at = open_frame(session)
    sound = driven(session, Playhead(at), [(1.0013, asked(action)), (1.09, asked(action))], 8.0)
    assert np.abs(np.diff(sound)).max() < GENTLE


def test_what_sounds_after_a_pause_is_at_the_place_where_it_would_be(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    head = hear(session, Playhead(at), SECOND).after
    paused = hear(session, act(session, head, Action.PAUSE), 5 * SECOND).after
    resumed = act(session, paused, Action.RESUME)
    assert resumed.answer
    heard = hear(session, resumed, resumed.answer.timeline.length + 2 * SECOND)
    assert heard.session_from is not None
    sound = heard.samples[heard.session_from :]
    assert np.abs(sound[: RISE // 10]).max() < 0.001 < np.abs(sound).max()
    assert np.array_equal(sound[RISE:], own_bed(session, heard.session[0][0] + RISE, len(sound) - RISE))


def test_the_bed_makes_room_for_a_remark_without_a_click(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    at = open_frame(session, seconds=8.0)
    remark = phrases.level_from(Level.GENTLE, next_set=True)

    def say(session: PlayableSession, head: Playhead) -> tuple[PlayableSession, Playhead]:
        return session, remarked(session, head, remark)

    sound = driven(session, Playhead(at), [(1.0, say)], 12.0)
    head = say(session, hear(session, Playhead(at), SECOND).after)[1]
    first = the_remark(head).at - at
    last = first + CLIPS[remark].length
    assert np.abs(sound[SECOND - 480 : SECOND]).max() > 0.029
    assert np.abs(sound[first:last]).max() <= 1.001 * 0.03 * DUCKED
    assert np.abs(sound[last + SECOND : last + SECOND + 480]).max() > 0.029
    assert np.abs(np.diff(sound)).max() < GENTLE


def test_a_bed_that_has_to_be_elsewhere_in_a_new_layout_goes_over_to_it(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    i = session.timeline.index_at(at)
    assert i is not None
    until = Frames(at + SECOND + 10)
    wait = session.timeline.events[i]
    say = Say(until, CLIPS["Now."].length, "Now.", Role.CUE, until)
    events = (*session.timeline.events[:i], replace(wait, length=Frames(until - wait.start)), say)
    other = replace(session, timeline=Timeline("", events, session.timeline.chapters[:1]), titles=("a", "b"))
    sound = driven(session, Playhead(at), [(1.0, lambda _, head: (other, head))], 2.0)
    assert np.abs(sound[SECOND - 480 : SECOND]).max() > 0.029
    assert np.abs(sound[SECOND + RISE : SECOND + RISE + 480]).max() <= 1.001 * 0.03 * DUCKED
    assert np.abs(np.diff(sound)).max() < GENTLE


@pytest.mark.parametrize("comes_s", [1.02, 1.1013, 1.19, 1.5, 5.0])
def test_a_session_that_waits_for_a_chapter_lets_the_bed_fade(
    session: PlayableSession, comes_s: float
) -> None:
    whole = bedded(session)
    part = bedded(playable(bundled_chapters("inner-knee"), 1))
    start = Frames(part.timeline.length - SECOND)
    arrives: Change = lambda _, head: (whole, head)  # noqa: E731
    sound = driven(part, Playhead(start), [(comes_s, arrives)], 8.0)
    soon = round((comes_s + 0.5) * SECOND)
    assert np.abs(np.diff(sound[:soon])).max() < GENTLE * DUCKED
    assert np.abs(sound[SECOND : SECOND + 960]).max() > 0.9 * 0.03 * DUCKED
    assert not sound[SECOND + RISE : round(comes_s * SECOND)].any()
    assert np.abs(sound[soon : soon + 960]).max() > 0.9 * 0.03 * DUCKED


def test_a_bed_that_fades_in_a_wait_does_so_in_blocks_of_any_size() -> None:
    part = bedded(playable(bundled_chapters("inner-knee"), 1))
    start = Playhead(Frames(part.timeline.length - SECOND))
    one, other = (hear(part, start, 2 * SECOND, block).samples for block in (960, 7_777))
    for sound in (one, other):
        assert sound[SECOND : SECOND + RISE // 2].any()
        assert not sound[SECOND + RISE :].any()
    assert np.allclose(one, other, rtol=0, atol=1e-7)


def test_softer_is_softer_for_the_bed_too_and_louder_leaves_it_behind_the_words(
    step_ups: PlayableSession,
) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    usual = own_bed(session, at, 2 * SECOND)[SECOND:]
    for gain_db, expected in ((-6.0, 10 ** (-6 / 20)), (6.0, 1.0)):
        head = Playhead(at, volume=Volume(gain_db, gain_db))
        sound = hear(session, head, 2 * SECOND).samples[SECOND:]
        assert np.allclose(sound, usual * expected, rtol=0, atol=1e-6)
    for action in (Action.SOFTER, Action.LOUDER):
        turned = driven(session, Playhead(at), [(1.0013, asked(action))], 3.0)
        assert np.abs(np.diff(turned)).max() < GENTLE


def test_at_the_loudest_too_speech_leaves_room_for_the_peaks_of_the_bed(step_ups: PlayableSession) -> None:
    say = say_of(step_ups, Role.CAUTION)
    loud = np.tile(np.array([20_000, -20_000], np.int16), 200_000)
    session = replace(step_ups, clips={say.text: Clip(loud[: say.length], Frames(0))}, music=Tune())
    head = Playhead(say.start, volume=Volume(6.0, 6.0))
    assert np.abs(hear(session, head, say.length).samples).max() <= 10 ** (-1.5 / 20)


def test_music_that_is_there_later_than_the_session_comes_in_softly(step_ups: PlayableSession) -> None:
    session = bedded(step_ups)
    at = open_frame(session)
    comes: Change = lambda _, head: (session, head)  # noqa: E731
    sound = driven(replace(session, music=None), Playhead(at), [(1.0, comes)], 3.0)
    assert not sound[:SECOND].any()
    assert np.abs(np.diff(sound)).max() < GENTLE
    assert np.array_equal(sound[SECOND + RISE :], own_bed(session, at + SECOND + RISE, 2 * SECOND - RISE))


def test_a_bed_under_the_first_words_is_still_coming_in(step_ups: PlayableSession) -> None:
    sound = hear(bedded(step_ups), Playhead(), FADE_IN + AFTER).samples
    assert not sound[: SECOND // 2].any()
    assert 0 < np.abs(sound[SECOND // 2 : SECOND]).max() < 0.5 * 0.03 * DUCKED
