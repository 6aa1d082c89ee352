"""The small writer of SVG: coordinates, and the room that text takes before any font is known."""

from xml.etree import ElementTree as ET

import pytest

from coach.exports.pictures.svg import Drawing, add_text, box, fitted, number, printable, text_width


@pytest.mark.parametrize("is_bold", [False, True])
def test_text_that_is_fitted_never_takes_more_than_its_room(is_bold: bool) -> None:
    text = "Straight leg raises, with a folded towel under the knee"
    for width in range(0, 400, 3):
        short = fitted(text, width, 12, is_bold=is_bold)
        assert text_width(short, 12, is_bold=is_bold) <= width
        assert short == text or short.endswith("…") or not short
    assert fitted(text, 1_000, 12) == text


def test_letters_of_other_alphabets_have_room() -> None:
    assert text_width("é", 10) == text_width("e", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)
    assert text_width("膝", 10) == 10.0
    assert text_width("Щ", 10) >= 10.7  # as wide as it is in DejaVu Sans


def test_what_xml_cannot_hold_is_left_out() -> None:
    drawing = Drawing(100)
    add_text(drawing.root, 1, 9, "a\0b\x1b<&>\ud800c", 9)
    root = ET.fromstring(drawing.to_bytes(20))  # noqa: S314 - our own
    assert [element.text for element in root] == ["ab<&>c"]
    assert printable("\tknee – ½ 膝\n") == "\tknee – ½ 膝\n"


def test_a_box_is_where_it_is_said_to_be() -> None:
    assert box(1.26, 2, 10, 0.5) == "M1.3 2h10v0.5h-10z"
    assert number(-3.0) == "-3"


def test_a_drawing_knows_its_size() -> None:
    root = ET.fromstring(Drawing(300).to_bytes(42.5))  # noqa: S314 - our own
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("300", "42.5", "0 0 300 42.5")
