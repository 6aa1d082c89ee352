"""The cover of a session, looked at by numbers: what is on it, that it fits, and that it can be read."""

import importlib.util
import struct
import xml.etree.ElementTree as ET
import zlib
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coach.exports.pictures import cover
from coach.exports.pictures.cover import (
    INK,
    MARGIN,
    NAME_SIZES,
    PAPER,
    PLAIN_PAPER,
    ROOM,
    SIDE,
    cover_png,
    cover_svg,
    name_lines,
    time_text,
)
from coach.language.level import Level
from coach.session.words.interface import words_for

SVG = "{http://www.w3.org/2000/svg}"
HEBREW = "תרגיל לברך הפנימית"
EMOJI = "🏋️ Knee 👩🏽‍🦽"

needs_phone = pytest.mark.skipif(
    importlib.util.find_spec("resvg_py") is None or importlib.util.find_spec("font_source_sans_pro") is None,
    reason="needs the extra phone",
)


def texts(svg: bytes) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))  # noqa: S314 - our own


def words(svg: bytes) -> list[str]:
    return [each.text or "" for each in texts(svg)]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot((0.2126, 0.7152, 0.0722), linear))


def test_a_cover_has_the_name_the_minutes_and_the_level() -> None:
    assert words(cover_svg("Strong knees", 2956, "standard")) == [
        "Strong",
        "knees",
        "49 min",
        "standard",
    ]


def test_the_level_is_told_by_bars_and_by_a_colour_of_its_own() -> None:
    pictures = [cover_svg("Squats", 60, level) for level in Level]
    filled = [picture.count(b"<path") - picture.count(b"fill-opacity") for picture in pictures]
    assert filled == [2, 3, 4]  # the paper is one of them
    papers = [colour for picture in pictures for colour in PAPER.values() if colour.encode() in picture]
    assert papers == list(PAPER.values())
    assert len(set(papers)) == 3


def test_a_session_without_a_level_has_no_bars() -> None:
    assert words(cover_svg("Squats", 60, "")) == ["Squats", "1 min"]
    assert PLAIN_PAPER.encode() in cover_svg("Squats", 60, "")


@pytest.mark.parametrize("paper", [*PAPER.values(), PLAIN_PAPER])
def test_letters_stand_out_from_every_paper(paper: str) -> None:
    contrast = (luminance(INK) + 0.05) / (luminance(paper) + 0.05)
    assert contrast >= 7


def test_letters_can_be_read_where_a_cover_has_a_hundred_pixels() -> None:
    for title in ("Squats", "Strong knees, original order", "word " * 60, "x" * 300, HEBREW):
        sizes = [float(each.attrib["font-size"]) for each in texts(cover_svg(title, 2956, "standard"))]
        assert min(sizes) * 100 / SIDE >= 12


@pytest.mark.parametrize(
    ("length_s", "text"),
    [(2956, "49 min"), (60, "1 min"), (59.4, "59 s"), (59.6, "1 min"), (7260, "121 min")],
)
def test_the_time_is_in_whole_minutes(length_s: float, text: str) -> None:
    assert time_text(length_s, words_for("en")) == text


LONG = "Straight leg raises, heel slides and quad sets for the first week after surgery"


def test_a_name_that_does_not_fit_is_broken_between_words_then_cut_with_a_mark() -> None:
    lines, size = name_lines(LONG)
    assert size == NAME_SIZES[-1]
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert LONG.startswith(" ".join(lines).rstrip("…"))


def test_a_word_that_is_too_long_is_broken_between_two_characters() -> None:
    lines, _ = name_lines("e\u0301" * 40)
    assert len(lines) > 1
    assert all(line.startswith("e\u0301") for line in lines)


def test_chinese_is_broken_between_its_signs() -> None:
    lines, size = name_lines("膝の内側を鍛える運動")
    assert size > NAME_SIZES[-1]
    assert "".join(lines) == "膝の内側を鍛える運動"


def test_what_is_read_from_the_right_stands_at_the_right() -> None:
    hebrew, latin = texts(cover_svg(HEBREW, 60, ""))[0], texts(cover_svg("Knee", 60, ""))[0]
    assert (hebrew.get("text-anchor"), hebrew.get("x")) == ("end", f"{SIDE - MARGIN:.0f}")
    assert (latin.get("text-anchor"), latin.get("x")) == (None, f"{MARGIN:.0f}")


def test_emoji_are_left_out() -> None:
    assert words(cover_svg(EMOJI, 60, ""))[0] == "Knee"
    assert words(cover_svg("🏋️", 60, "")) == ["1 min"]


@given(st.text(max_size=120))
def test_any_title_makes_a_picture_with_its_lines_in_their_room(title: str) -> None:
    svg = cover_svg(title, 600, "gentle")
    assert svg == cover_svg(title, 600, "gentle")
    *name, time, level = texts(svg)
    assert (time.text, level.text) == ("10 min", "gentle")
    rows = [float(each.attrib["y"]) for each in (*name, time)]
    sizes = [float(each.attrib["font-size"]) for each in (*name, time)]
    assert rows[0] >= 0.7 * sizes[0]
    assert all(
        below - above >= 0.9 * size for (above, below), size in zip(pairwise(rows), sizes[1:], strict=True)
    )
    drawn = cover._drawable(title)
    lines, size = name_lines(drawn)
    assert all(cover._width(line, size) <= ROOM or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()).rstrip("…") in "".join(drawn.split())


def test_without_the_extra_there_is_no_cover(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert cover_png("Squats", 60, "gentle") == b""


def pixels(png: bytes) -> NDArray[np.uint8]:
    """A PNG of 8-bit RGBA as an array of rows, columns and four parts (ISO/IEC 15948)."""
    at, data, size = 8, b"", (0, 0)
    while at < len(png):
        length, name = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + length]
        assert zlib.crc32(name + body) == struct.unpack_from(">I", png, at + 8 + length)[0]
        if name == b"IHDR":
            *size_, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            assert (depth, colour, interlaced) == (8, 6, 0)
            size = (size_[0], size_[1])
        data += body if name == b"IDAT" else b""
        at += 12 + length
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(size[1], 1 + 4 * size[0])
    rows = np.zeros((size[1] + 1, 4 * size[0] + 4), np.uint8)
    for y, row in enumerate(raw, start=1):
        kind, line, above = row[0], row[1:], rows[y - 1]
        for x in range(4, 4 * size[0] + 4):
            left, up, corner = int(rows[y, x - 4]), int(above[x]), int(above[x - 4])
            guess = left + up - corner
            nearest = min((left, up, corner), key=lambda each: abs(guess - each))
            rows[y, x] = (int(line[x - 4]) + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return rows[1:, 4:].reshape(size[1], size[0], 4)


@needs_phone
def test_a_cover_is_a_png_of_600_pixels_with_letters_within_its_margins() -> None:
    picture = pixels(cover_png("Strong knees", 2956, "standard"))
    assert picture.shape == (600, 600, 4)
    paper = tuple(int(PAPER[Level.STANDARD][i : i + 2], 16) for i in (1, 3, 5))
    is_paper = (picture[:, :, :3] == paper).all(axis=2)
    assert (picture[:, :, 3] == 255).all()
    edge = int(MARGIN) - 2
    for border in (is_paper[:30], is_paper[-30:], is_paper[:, :edge], is_paper[:, -edge:]):
        assert border.all()
    assert (picture[36:344, :, :3] == 255).all(axis=2).sum() > 5_000


@needs_phone
def test_the_same_session_has_the_same_cover_and_others_have_others() -> None:
    made = [
        cover_png(title, length_s, level)
        for title in ("Squats", HEBREW, EMOJI, "")
        for length_s in (60, 120)
        for level in ("gentle", "")
    ]
    assert made == [
        cover_png(title, length_s, level)
        for title in ("Squats", HEBREW, EMOJI, "")
        for length_s in (60, 120)
        for level in ("gentle", "")
    ]
    assert all(one != two for one, two in combinations(made, 2))


@needs_phone
def test_a_title_in_latin_letters_does_not_ask_for_the_fonts_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resvg_py = importlib.import_module("resvg_py")
    asked = []
    real = resvg_py.svg_to_bytes

    def spy(**options: object) -> bytes:
        asked.append(options["skip_system_fonts"])
        return bytes(real(**options))

    monkeypatch.setattr(resvg_py, "svg_to_bytes", spy)
    cover_png("Übung, Упражнение, Άσκηση 🏋️", 60, "gentle")
    assert asked == [True]


@needs_phone
def test_letters_that_no_font_has_are_left_out_and_make_no_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    resvg_py = importlib.import_module("resvg_py")
    real = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py, "svg_to_bytes", lambda **options: real(**options | {"skip_system_fonts": True})
    )
    assert cover_png(f"Knee {HEBREW}", 60, "gentle") == cover_png("Knee", 60, "gentle")


@needs_phone
@settings(max_examples=20)
@given(st.text(max_size=60))
def test_any_title_can_be_drawn(title: str) -> None:
    assert cover_png(title, 600, "strong").startswith(b"\x89PNG")
