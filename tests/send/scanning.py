"""A terminal as a camera sees it, simple enough to be seen right, and a reader of codes that is not ours."""

import re

import numpy as np
import zxingcpp
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

COLOURS = {"16": 0, "231": 255, "30": 0, "47": 200}
CELL = 8
"""Pixels of a column; a row has twice as many."""


def seen(lines: str, *, ink: int, ground: int) -> Grey:
    """What a terminal with its own two colours shows, and some of the empty screen around it."""
    rows = lines.split("\n")
    columns = max(len(re.sub(r"\x1b\[[0-9;]*m", "", row)) for row in rows)
    picture = np.full((2 * CELL * (len(rows) + 4), CELL * (columns + 8)), ground, np.uint8)
    for i, row in enumerate(rows):
        front, back, column = ink, ground, 4
        for code, letter in re.findall(r"\x1b\[([0-9;]*)m|(.)", row):
            if letter:
                cell = picture[2 * CELL * (i + 2) :][: 2 * CELL, CELL * column :][:, :CELL]
                cell[:CELL] = front if letter in "▀█" else back
                cell[CELL:] = front if letter in "▄█" else back
                assert letter in " ▀▄█"
                column += 1
            elif code == "0":
                front, back = ink, ground
            elif code == "7":
                front, back = back, front
            elif found := re.fullmatch(r"38;5;(\d+);48;5;(\d+)|(\d+);(\d+)", code):
                front, back = (COLOURS[each] for each in found.groups() if each)
            else:
                raise AssertionError(f"an escape that was not expected: {code}")
    return picture


def read(picture: Grey) -> list[str]:
    """What is read as a strict reader reads: dark on light, upright."""
    found = zxingcpp.read_barcodes(picture, try_invert=False, try_rotate=False)
    return [each.text for each in found]


DARK, LIGHT = {"ink": 230, "ground": 12}, {"ink": 20, "ground": 250}
"""The two colours of a terminal, in grey."""
