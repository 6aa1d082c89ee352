"""Write SVG with ElementTree: boxes, lines, and text, measured by its largest width in common fonts."""

import re
import unicodedata
from functools import lru_cache, partial
from xml.etree.ElementTree import Element, SubElement, tostring

from coach.text import cut

FAMILY = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

BOLD = {"font_weight": "bold"}

_REGULAR = {
    280: "'ijl", 300: "I", 320: " ,.’·", 340: "/:;\\|", 360: "f", 380: "-", 400: "()[]t", 420: "!r", 460: '"',
    500: "*J`", 540: "sz", 560: "?L_c–", 580: "k", 600: "vxy", 620: "FTaeo", 640: "$0123456789bdghnpqu{}",
    680: "EKPSY", 700: "ABVXZ", 740: "CRU", 760: "HN", 780: "&DG", 800: "OQ", 820: "w", 840: "#+<=>^~×−",
    880: "M", 960: "%", 980: "m", 1000: "W—…", 1020: "@",
}  # fmt: skip
_BOLD = {
    320: "'", 360: " ijl", 380: ",./I\\|’·", 400: ":;", 420: "-", 440: "f", 460: "!()[]", 480: "t", 500: "`r",
    540: '"*', 560: "J_–", 600: "csz", 620: "?", 640: "L", 660: "vxy", 680: "aek", 700: "$0123456789EFTo",
    720: "Sbdghnpqu{}", 740: "CPYZ", 780: "ABKRVX", 820: "U", 840: "#+<=>DGHN^~×−", 860: "OQ", 880: "&",
    940: "w", 1000: "@M—…", 1020: "%", 1060: "m", 1120: "W",
}  # fmt: skip
"""Advance widths in thousandths of the font's size: the larger of those of DejaVu Sans, the widest of
`FAMILY`, and of Liberation Sans, which has the widths of Helvetica and Arial."""

_WIDTHS = {
    is_bold: {char: width / 1000 for width, chars in table.items() for char in chars}
    for is_bold, table in ((False, _REGULAR), (True, _BOLD))
}
_WIDE = 1.0
_UNKNOWN = 1.25
"""Width of an unknown character, in font sizes: above the widest letter of any alphabet in those fonts."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@lru_cache(maxsize=4096)
def _char_width(char: str, is_bold: bool) -> float:
    widths = _WIDTHS[is_bold]
    if char in widths:
        return widths[char]
    if unicodedata.combining(char):
        return 0.0
    base = unicodedata.normalize("NFD", char)[0]
    if base in widths:
        return widths[base]
    return _WIDE if unicodedata.east_asian_width(char) in "WF" else _UNKNOWN


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the greatest width of a text in any font of `FAMILY`, in the unit of ``size``.

    >>> text_width("Ten.", 10), text_width("Ten.", 10, is_bold=True)
    (22.0, 24.8)
    """
    return round(size * sum(_char_width(char, is_bold) for char in text), 3)


def fitted(text: str, width: float, size: float, *, is_bold: bool = False) -> str:
    """Shorten a text with an ellipsis to fit a width; "" if not even one letter fits.

    >>> fitted("Straight leg raises", 60, 10)
    'Straight l…'
    """
    return cut(text, width, partial(text_width, size=size, is_bold=is_bold))


def number(value: float) -> str:
    """Format a coordinate to a tenth of a unit.

    >>> number(12.04), number(3.25), number(-0.01)
    ('12', '3.2', '0')
    """
    text = f"{value:.1f}"
    return "0" if text in {"0.0", "-0.0"} else text.removesuffix(".0")


def printable(text: str) -> str:
    """Remove characters that XML cannot hold: control characters and lone surrogates."""
    return _NOT_XML.sub("", text)


def mark(x: float, y: float, shape: str) -> str:
    """Return a piece of an SVG path: a shape in relative coordinates, moved to a point."""
    return f"M{number(x)} {number(y)}{shape}"


def box(x: float, y: float, width: float, height: float) -> str:
    """Return a rectangle as a piece of an SVG path: rectangles of one colour share one element.

    >>> box(1, 2, 3.5, 4)
    'M1 2h3.5v4h-3.5z'
    """
    return mark(x, y, f"h{number(width)}v{number(height)}h-{number(width)}z")


class Drawing:
    """A picture that grows downwards: ``width`` units wide, its height given at the end.

    Elements are added to `root` or to a `group`. ``style`` becomes SVG presentation attributes, which every
    viewer supports, with ``_`` written as ``-``.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.root = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": FAMILY})

    def group(self, **style: str) -> Element:
        """Append a new group to the picture."""
        return add(self.root, "g", **style)

    def to_bytes(self, height: float) -> bytes:
        """Serialise the picture as UTF-8, with each top-level element on its own line."""
        size = {"width": number(self.width), "height": number(height)}
        self.root.attrib |= {"viewBox": f"0 0 {size['width']} {size['height']}"} | size
        self.root.text = "\n"
        for child in self.root:
            child.tail = "\n"
        data: bytes = tostring(self.root, encoding="utf-8", xml_declaration=True)
        return data + b"\n"


def add(parent: Element, tag: str, content: str = "", **style: str) -> Element:
    """Append a new element with text to ``parent``."""
    child = SubElement(parent, tag, {key.replace("_", "-"): value for key, value in style.items()})
    child.text = printable(content) or None
    return child


def add_text(parent: Element, x: float, y: float, content: str, size: float, **style: str) -> Element:
    """Append a line of text with its baseline at ``y``."""
    return add(parent, "text", content, x=number(x), y=number(y), font_size=number(size), **style)


def add_path(parent: Element, data: str, **style: str) -> None:
    """Append one path of many pieces; do nothing if there are none."""
    if data:
        add(parent, "path", d=data, **style)
