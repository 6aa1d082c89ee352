"""The picture of a session: all that is in it, where it stands, and that it can be read."""

import importlib.util
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from types import ModuleType
from typing import NoReturn
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.errors import DiskError, UsageError
from coach.exports.pictures import plot as plotting
from coach.exports.pictures.plot import (
    DOINGS,
    LEFT,
    MOVE_2,
    PNG_PIXELS,
    RIGHT,
    SPEECH,
    TONES,
    WIDTH,
    plot_path,
    plot_svg,
    write_plot,
)
from coach.exports.pictures.plot_data import Doing, Speech
from coach.exports.pictures.rasteriser import png
from coach.exports.pictures.svg import text_width
from coach.language.dose import Dose
from coach.language.level import Level
from coach.language.model import Sound
from coach.session.activity import Activity
from coach.session.arrange import practice
from coach.session.compile import compile_session, joined
from coach.session.options import Options
from coach.session.timeline import Chapter, Role, Say, Silence, Timeline, Tone, frames, says
from coach.sound.clip import Clip
from coach.voices.spoken_session import Plan
from tests.doses import counted
from tests.fakes import ESTIMATED, IN_TWO_SETS, NOISE_TONES, NoiseClips, bundled_chapters, curls

SVG = "{http://www.w3.org/2000/svg}"
ASCENT = 0.80
DESCENT = 0.24
"""How far glyphs reach above and below their line, in sizes of the font."""
NAMES = ("inner-knee", "inner-knee-no-floor", "step-ups", "leg-massage", "lying-hamstring-curls")

needs_plot = pytest.mark.skipif(
    importlib.util.find_spec("resvg_py") is None or importlib.util.find_spec("font_source_sans_pro") is None,
    reason="needs the extra plot",
)


def produced(timeline: Timeline) -> Plan:
    return Plan(timeline, NoiseClips(), NOISE_TONES, "en-us")


@cache
def bundled(name: str, level: Level = Level.STANDARD) -> Plan:
    return produced(joined(name, bundled_chapters(name, level)))


def practised(dose: Dose | None = None) -> Plan:
    return produced(compile_session("Curls", practice(curls(dose), Options()), ESTIMATED))


def drawn(plan: Plan, line_s: float | None = None) -> ET.Element:
    svg = plot_svg(plan, level=Level.STANDARD, line_s=line_s)
    return ET.fromstring(svg)  # noqa: S314 - our own


@dataclass(frozen=True)
class Box:
    """Where a text stands, and the most room that it takes in any of the fonts."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def overlaps(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def boxes(root: ET.Element) -> Iterator[Box]:
    """The box of every text in a picture."""
    for element in root.iter(f"{SVG}text"):
        size, weight = float(element.attrib["font-size"]), element.get("font-weight")
        width = text_width(element.text or "", size, is_bold=weight == "bold")
        words = element.text or ""
        for piece in element:
            own_size = float(piece.get("font-size", size))
            is_bold = piece.get("font-weight", weight) == "bold"
            width += text_width(piece.text or "", own_size, is_bold=is_bold) + float(piece.get("dx", 0))
            words += piece.text or ""
        x, y = float(element.attrib["x"]), float(element.attrib["y"])
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[element.get("text-anchor", "start")]
        yield Box(left, y - ASCENT * size, left + width, y + DESCENT * size, words)


def overlapping(found: Sequence[Box]) -> list[tuple[str, str]]:
    return [(one.text, other.text) for one, other in combinations(found, 2) if one.overlaps(other)]


def texts(root: ET.Element) -> list[str]:
    return [box.text for box in boxes(root)]


def crowded() -> Plan:
    """Long names everywhere, words that no line has room for, and signs that mean something in XML."""
    plan = practised(counted(4, sets=3, rest_s=20))
    long = 'A title that goes on & on, "quoted" <and> bracketed, for somebody with two sore knees' * 2
    timeline = plan.timeline
    said = says(timeline.events)
    renamed = {say.start: f"Un{'believ' * 40}able, {say.text}" for say in said[::7]}
    events = tuple(
        replace(event, text=renamed.get(event.start, event.text)) if isinstance(event, Say) else event
        for event in timeline.events
    )
    clips = {say.text: plan.clips[say.text] for say in said}
    clips |= {renamed[say.start]: plan.clips[say.text] for say in said[::7]}
    return replace(
        plan,
        clips=clips,
        timeline=replace(
            timeline,
            title=long,
            chapters=tuple(replace(chapter, title=long) for chapter in timeline.chapters),
            sets=tuple(
                replace(each, side="right shoulder blade, and the upper arm on the same side of the body")
                for each in timeline.sets
            ),
            left_out=(long, "Is your neck long?"),
            events=events,
        ),
    )


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("name", NAMES)
def test_no_two_texts_overlap_and_all_lie_within_the_picture(name: str, level: Level) -> None:
    root = drawn(bundled(name, level))
    found = list(boxes(root))
    assert overlapping(found) == []
    height = float(root.attrib["height"])
    assert all(box.left >= 0 and box.top >= 0 for box in found)
    assert all(box.right <= WIDTH and box.bottom <= height for box in found)


@pytest.mark.parametrize("line_s", [20, 33, 60, 200, 400])
def test_no_two_texts_overlap_at_any_scale(line_s: float) -> None:
    assert overlapping(list(boxes(drawn(practised(), line_s)))) == []


@pytest.mark.parametrize("line_s", [60, 400, 1800])
def test_names_that_are_longer_than_their_sets_do_not_overlap(line_s: float) -> None:
    assert overlapping(list(boxes(drawn(crowded(), line_s)))) == []


@pytest.mark.parametrize("start_s", [3599, 3600])
@pytest.mark.parametrize("line_s", [508, 540])
def test_times_beyond_an_hour_do_not_overlap_and_lie_within(start_s: float, line_s: float) -> None:
    events = (silence(0, start_s), silence(start_s, 3 * line_s))
    chapters = tuple(Chapter(event.start, "A rest") for event in events)
    found = list(boxes(drawn(produced(Timeline("Rests", events, chapters)), line_s)))
    assert "1:05:00" in {box.text for box in found}
    assert overlapping(found) == []
    assert all(box.left >= 0 and box.right <= WIDTH for box in found)


def silence(start_s: float, length_s: float) -> Silence:
    return Silence(frames(start_s), frames(length_s), "rest", Role.REST, Activity.REST)


def test_the_picture_is_the_same_bytes_for_the_same_session() -> None:
    one = plot_svg(practised(), level=Level.GENTLE)
    assert one == plot_svg(practised(), level=Level.GENTLE)
    assert one != plot_svg(practised(), level=Level.STRONG)


def test_the_head_says_what_how_much_how_long_and_who_speaks() -> None:
    plan = bundled("inner-knee")
    head = " ".join(texts(drawn(plan))[:4])
    minutes = int(plan.timeline.duration_s // 60)
    assert "inner-knee standard level" in head
    assert f"· {minutes} min " in head
    assert f"{len(plan.timeline.chapters)} chapters · voice en-us" in head


def test_every_chapter_has_its_title_and_every_exercise_its_dose() -> None:
    plan = bundled("inner-knee")
    found = texts(drawn(plan))
    for i, chapter in enumerate(plan.timeline.chapters):
        assert any(text.startswith(f"{i + 1}  {chapter.title}") for text in found)
    assert any("2 sets of 12 · curl 2 s, hold 3 s, lower 3 s, loose 1 s" in text for text in found)


def test_every_set_is_named_with_its_side_number_and_repetitions() -> None:
    found = texts(drawn(bundled(IN_TWO_SETS)))
    for side in ("right leg", "left leg"):
        for number in (1, 2):
            assert any(re.fullmatch(f"{side} · (set )?{number}( of |/)2 · 10 ×", text) for text in found)


def test_in_one_exercise_every_repetition_is_numbered_and_every_word_can_be_read() -> None:
    plan = practised()
    found = texts(drawn(plan))
    assert [text for text in found if text.isdecimal()] == [str(n) for n in range(1, 13)] * 2
    words = " ".join(found).split()
    spoken = [word for say in says(plan.timeline.events) for word in say.text.split()]
    assert all(words.count(word) >= spoken.count(word) for word in set(spoken))


def test_in_a_whole_session_what_is_said_can_be_pointed_at() -> None:
    plan = bundled("inner-knee")
    root = drawn(plan)
    pointed = [title.text or "" for path in root.iter(f"{SVG}path") for title in path.findall(f"{SVG}title")]
    assert [text.split(" ", 1)[1] for text in pointed] == [say.text for say in says(plan.timeline.events)]


def test_every_prompt_stands_at_its_time_with_its_length() -> None:
    plan = practised()
    root = drawn(plan, plan.timeline.duration_s)
    scale = (RIGHT - LEFT) / max(
        after - before
        for before, after in pairwise(
            [*(chapter.start for chapter in plan.timeline.chapters), plan.timeline.length]
        )
    )
    bars = [path for path in root.iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]
    starts = [chapter.start for chapter in plan.timeline.chapters]
    for bar, say in zip(bars, says(plan.timeline.events), strict=True):
        shape = re.match(r"M([\d.]+) [\d.]+h([\d.]+)v", bar.attrib["d"])
        assert shape is not None
        line_start = max(start for start in starts if start <= say.start)
        assert float(shape[1]) == pytest.approx(LEFT + (say.start - line_start) * scale, abs=0.06)
        assert float(shape[2]) == pytest.approx(max(0.9, say.length * scale), abs=0.06)


def test_every_tone_has_its_mark() -> None:
    plan = practised()
    root = drawn(plan)
    colours = {sound: TONES[sound][0] for sound in Sound}
    sounds = [event.sound for event in plan.timeline.events if isinstance(event, Tone)]
    diamonds = [
        path.attrib["d"].count("l4 4.5-4 4.5-4-4.5z")
        for path in root.iter(f"{SVG}path")
        if path.get("fill") == colours[Sound.REST]
    ]
    assert sum(diamonds) == sounds.count(Sound.REST) + 1  # and one in the legend
    assert set(TONES) == set(Sound)


def test_the_legend_explains_what_occurs_and_nothing_else() -> None:
    walk, curled = texts(drawn(bundled("warm-up-walk")))[:40], texts(drawn(practised()))[:40]
    assert "hold" in curled
    assert "hold begins" in curled
    assert "hold" not in walk
    assert "hold begins" not in walk
    assert "change sides" not in curled
    assert "aim for speech, −16 LUFS" in curled


def hill(root: ET.Element) -> str:
    return "".join(path.attrib["d"] for path in root.iter(f"{SVG}path") if path.get("fill") == "#aebbc7")


def test_a_softer_voice_is_a_lower_hill() -> None:
    plan = practised()
    texts_ = {say.text for say in says(plan.timeline.events)}
    soft = {text: Clip(plan.clips[text].samples // 8, plan.clips[text].onset) for text in texts_}
    quiet = {sound: np.zeros_like(samples) for sound, samples in plan.tones.items()}

    def tallest(clips: dict[str, Clip]) -> float:
        path = hill(drawn(replace(plan, clips=clips, tones=quiet))).split("z")[1:]
        return max(float(rise) for line in path for rise in re.findall(r"v-([\d.]+)", line))

    loud = {text: plan.clips[text] for text in texts_}
    lower = tallest(loud) - tallest(soft)
    assert lower == pytest.approx(20 * np.log10(8) * 20 / 40, abs=0.6)  # 18 dB on a lane of 40 dB, 20 units


def alone() -> tuple[Plan, Say]:
    """Curls of which one prompt only is heard."""
    plan = practised()
    said = says(plan.timeline.events)
    heard = next(say for say in said if say.text == "Curl.")
    clips = {say.text: plan.clips[say.text] for say in said}
    silent = {text: Clip(np.zeros_like(clip.samples), clip.onset) for text, clip in clips.items()}
    tones = {sound: np.zeros_like(samples) for sound, samples in plan.tones.items()}
    return replace(plan, clips=silent | {heard.text: clips[heard.text]}, tones=tones), heard


def test_the_level_rises_where_the_voice_is_heard_and_nowhere_else() -> None:
    plan, heard = alone()
    root = drawn(plan)
    bars = [path for path in root.iter(f"{SVG}path") if "Curl." in (path.findtext(f"{SVG}title") or "")]
    assert len(bars) == len([say for say in says(plan.timeline.events) if say.text == heard.text])
    begins = sorted(float(re.findall(r"[\d.]+", bar.attrib["d"])[0]) for bar in bars)
    hills = [path for path in hill(root).split("z")[1:] if "v" in path]
    rises = sorted(
        float(x) + float(flat) for x, flat in (re.findall(r"[\d.]+", path)[::2][:2] for path in hills)
    )
    assert rises == pytest.approx(begins, abs=2.5)  # 0.2 s are 1.7 units here


def test_the_aim_stands_at_its_level() -> None:
    root = drawn(practised())
    aims = [
        float(path.attrib["d"].split()[1].split("H")[0])
        for path in root.iter(f"{SVG}path")
        if path.get("stroke-dasharray")
        and path.attrib["d"].startswith(f"M{LEFT:.0f} ")
        and "H" in path.attrib["d"]
    ]
    floors = [
        float(re.findall(r"[\d.]+", path.attrib["d"])[1])
        for path in root.iter(f"{SVG}path")
        if path.get("fill") == "#aebbc7"
    ][1:]
    assert [floor - aim for floor, aim in zip(floors, aims, strict=True)] == [15.0] * len(
        floors
    )  # -16 between -46 and -6


class Hum:
    """Music: one soft steady tone, as long as anybody likes."""

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        at = np.arange(start, start + count) / 48_000
        return (0.1 * np.sin(2 * np.pi * 300 * at)).astype(np.float32)


def test_music_is_in_the_level() -> None:
    plan = practised()
    plain = plot_svg(plan, level=Level.STANDARD)
    with_music = plot_svg(plan, level=Level.STANDARD, music=Hum())
    assert plain != with_music
    root = ET.fromstring(with_music)  # noqa: S314 - our own
    assert all(len(path) > 60 for path in hill(root).split("z")[1:-1])


def test_movements_are_all_named_or_none_but_in_the_first_repetition() -> None:
    found = texts(drawn(practised(), 110))  # room for "hold", three seconds, not for "curl", two, or "lower"
    assert 0 < found[40:].count("hold") <= 2
    assert texts(drawn(practised(), 60))[40:].count("lower") == 2 * 12


def test_neighbouring_movements_have_two_shades_and_a_hold_parts_them() -> None:
    def shades(name: str) -> set[str | None]:
        return {path.get("fill") for path in drawn(bundled(name)).iter(f"{SVG}path")}

    assert MOVE_2 in shades("step-ups")
    assert MOVE_2 not in shades("lying-hamstring-curls")


def test_a_rest_is_named_with_its_seconds_up_to_the_go_tone() -> None:
    assert "rest 45 s" in texts(drawn(practised(counted(3, sets=2, rest_s=45))))


def test_sets_are_drawn_whole_if_a_line_has_room_for_them() -> None:
    for dose in (counted(4, sets=3, rest_s=30), counted(12, sets=2, rest_s=30)):
        found = texts(drawn(practised(dose)))
        assert len([text for text in found if re.fullmatch(r"set \d of \d · \d+ ×", text)]) == dose.sets


def test_what_has_no_room_is_said() -> None:
    plan = practised()
    timeline = replace(plan.timeline, left_out=("Is your neck long?",))
    found = texts(drawn(replace(plan, timeline=timeline)))
    assert "No repetition or rest has room for: Is your neck long?" in found


def test_long_names_and_long_words_are_cut_and_do_not_overlap() -> None:
    root = drawn(crowded())
    found = list(boxes(root))
    assert overlapping(found) == []
    assert all(box.right <= WIDTH for box in found)
    assert sum(box.text.count("…") for box in found) > 5
    assert any("<and>" in box.text for box in found)


def lightness(colour: str) -> float:
    """CIE lightness, 0 to 100: what is left of a colour in grey."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_apart_in_grey() -> None:
    hatched = {Doing.READY, Doing.REST}
    plain = [DOINGS[doing] for doing in Doing if doing not in hatched]
    shades = sorted(lightness(colour) for colour in (*plain, MOVE_2))
    assert all(after - before >= 6 for before, after in pairwise(shades))
    for one, other in combinations(Speech, 2):
        if SPEECH[one].row == SPEECH[other].row:
            assert abs(lightness(SPEECH[one].bar) - lightness(SPEECH[other].bar)) >= 20


def test_words_have_the_contrast_that_wcag_asks_for() -> None:
    inks = [look.ink for look in SPEECH.values()]
    assert all(contrast(ink, "#ffffff") >= 4.5 for ink in (*inks, plotting.INK, plotting.SOFT))
    assert all(
        contrast(colour, "#ffffff") >= 4.5 for colour in (DOINGS[Doing.MOVE], MOVE_2, DOINGS[Doing.HOLD])
    )
    pale = (Doing.LOOSE, Doing.READY, Doing.REST, Doing.SET_UP)
    assert all(contrast(plotting.INK, DOINGS[doing]) >= 4.5 for doing in pale)


def test_text_is_large_enough_at_the_width_of_a_readme() -> None:
    sizes = {float(element.attrib["font-size"]) for element in drawn(practised()).iter(f"{SVG}text")}
    assert min(sizes) >= 8.8
    assert WIDTH == 900


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    plan = practised()
    plot_svg(plan, level=Level.STANDARD, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (plan.timeline.length, plan.timeline.length)
    assert told == sorted(told)


# where it goes


def test_without_a_name_it_goes_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert plot_path(None, "step-ups", force=False) == Path("step-ups.svg")
    assert plot_path(tmp_path, "step-ups", force=False) == tmp_path / "step-ups.svg"
    assert plot_path(Path("Plan.SVG"), "step-ups", force=False) == Path("Plan.SVG")


def test_an_unknown_ending_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot draw 'plan\.pdf'") as wrong:
        plot_path(tmp_path / "plan.pdf", "x", force=False)
    assert wrong.value.hint == "end the name in .svg or .png"


def test_a_file_that_is_there_is_kept_without_force(tmp_path: Path) -> None:
    target = tmp_path / "plan.svg"
    target.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        plot_path(target, "x", force=False)
    with pytest.raises(DiskError, match="exists already"):
        write_plot(practised(), target, level=Level.STANDARD, force=False)
    assert target.read_text() == "mine"
    write_plot(practised(), plot_path(target, "x", force=True), level=Level.STANDARD, force=True)
    assert target.read_bytes() == plot_svg(practised(), level=Level.STANDARD)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.svg"]


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="there is no folder"):
        plot_path(tmp_path / "no" / "plan.svg", "x", force=False)


def test_a_name_that_the_system_refuses_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DiskError, match="the name is too long"):
        plot_path(tmp_path / ("x" * 300 + ".svg"), "x", force=False)


def test_a_png_without_the_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> NoReturn:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(UsageError, match="needs the extra 'plot'") as wrong:
        plot_path(tmp_path / "plan.png", "x", force=False)
    assert "pip install '.[plot]'" in wrong.value.hint
    assert not list(tmp_path.iterdir())


def test_a_png_without_its_typeface_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib, "import_module", ModuleType)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="needs the extra 'plot'"):
        plot_path(tmp_path / "plan.png", "x", force=False)


# as PNG


def pixels(data: bytes) -> NDArray[np.uint8]:
    """The pixels of a PNG of 8-bit red, green, blue and opacity; shape (rows, columns, 4)."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed, width, height = 8, b"", 0, 0
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height = int.from_bytes(body[:4]), int.from_bytes(body[4:8])
            assert body[8:10] == b"\x08\x06"
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 4 * width)
    found = np.zeros((height + 1, width + 1, 4), np.int64)
    for y in range(1, height + 1):
        how, row = rows[y - 1, 0], rows[y - 1, 1:].reshape(width, 4).astype(np.int64)
        for x in range(1, width + 1):
            left, up, corner = found[y, x - 1], found[y - 1, x], found[y - 1, x - 1]
            match how:
                case 0:
                    guess = np.zeros(4, np.int64)
                case 1:
                    guess = left
                case 2:
                    guess = up
                case 3:
                    guess = (left + up) // 2
                case _:
                    near = left + up - corner
                    a, b, c = abs(near - left), abs(near - up), abs(near - corner)
                    guess = np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))
            found[y, x] = (row[x - 1] + guess) % 256
    return found[1:, 1:].astype(np.uint8)


@needs_plot
def test_a_png_has_two_pixels_a_unit_and_the_same_bytes_again() -> None:
    svg = plot_svg(practised(), level=Level.STANDARD)
    drawn_once = png(svg, zoom=PNG_PIXELS)
    height = float(ET.fromstring(svg).attrib["height"])  # noqa: S314 - our own
    assert int.from_bytes(drawn_once[16:20]) == 1800
    assert int.from_bytes(drawn_once[20:24]) == pytest.approx(2 * height, abs=1)
    assert drawn_once == png(svg, zoom=PNG_PIXELS)


@needs_plot
@pytest.mark.parametrize("is_bold", [False, True])
def test_text_is_drawn_and_takes_no_more_room_than_was_kept_for_it(is_bold: bool) -> None:
    for text in ("Keep your knee above your ankle all the way.", "10 ×, set 2/2 · left", "WAMgjy"):
        weight = ' font-weight="bold"' if is_bold else ""
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="30"><text x="10" y="20" '
            f'font-size="10"{weight}>{text}</text></svg>'
        )
        inked = np.flatnonzero(pixels(png(svg.encode(), zoom=2))[:, :, 3].max(axis=0))
        width = (inked[-1] + 1 - 20) / 2
        kept = text_width(text, 10, is_bold=is_bold)
        assert 0.6 * kept <= width <= kept


@needs_plot
def test_a_png_is_written_by_its_ending(tmp_path: Path) -> None:
    target = plot_path(tmp_path / "plan.PNG", "x", force=False)
    write_plot(practised(), target, level=Level.STANDARD, force=False)
    assert target.read_bytes().startswith(b"\x89PNG")
