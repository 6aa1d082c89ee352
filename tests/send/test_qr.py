"""The code in the terminal is read by a reader that is not ours, on dark and on light, in colour or not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.send.qr import BORDERS, Terminal, columns_needed, drawn, terminal
from tests.send.scanning import DARK, LIGHT, read, seen

URL = "http://192.168.178.123:8650/BNB_2hlEFmyauDl4iufu6g"
LONGEST = "http://[2001:0db8:85a3:1111:2222:8a2e:0370:7334]:65535/BNB_2hlEFmyauDl4iufu6g"
XTERM = {"TERM": "xterm-256color"}
PLAIN = Terminal(80, has_colours=False)
LIGHT_PLAIN = Terminal(80, has_colours=False, is_light=True)


@pytest.mark.parametrize("own", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("has_blocks", [True, False], ids=["blocks", "spaces"])
@pytest.mark.parametrize("url", [URL, LONGEST], ids=["IPv4", "IPv6"])
def test_a_code_in_colour_is_read_on_dark_and_on_light(
    own: dict[str, int], has_blocks: bool, url: str
) -> None:
    code = drawn(url, Terminal(200, has_blocks=has_blocks))
    assert code is not None
    assert read(seen(code, **own)) == [url]


@pytest.mark.parametrize(("own", "is_light"), [(DARK, False), (LIGHT, True)], ids=["dark", "light"])
def test_without_colours_the_terminals_own_two_do(own: dict[str, int], is_light: bool) -> None:
    code = drawn(URL, Terminal(80, has_colours=False, is_light=is_light))
    assert code is not None
    assert "\x1b" not in code
    assert read(seen(code, **own)) == [URL]


def test_a_code_fits_the_usual_terminal_with_room_for_the_lines_below() -> None:
    code = drawn(URL, Terminal(80))
    assert code is not None
    rows = code.split("\n")
    assert len(rows) == (29 + 2 * BORDERS[0] + 1) // 2 == 19
    assert {len(re.sub(r"\x1b\[[0-9;]*m", "", row)) for row in rows} == {29 + 2 * BORDERS[0]}


@pytest.mark.parametrize("has_blocks", [True, False])
def test_in_a_narrow_terminal_the_margin_gives_way_then_the_code(has_blocks: bool) -> None:
    wide = 1 if has_blocks else 2
    least = columns_needed(URL, Terminal(80, has_blocks=has_blocks))
    assert least == wide * (29 + 2 * BORDERS[-1])
    for columns in range(least, 80):
        code = drawn(URL, Terminal(columns, has_blocks=has_blocks))
        assert code is not None
        assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", row)) for row in code.split("\n")) <= columns
        assert read(seen(code, **DARK)) == [URL]
    assert drawn(URL, Terminal(least - 1, has_blocks=has_blocks)) is None


def test_letters_alone_draw_no_code() -> None:
    assert drawn(URL, Terminal(200, has_colours=False, has_blocks=False)) is None


@settings(max_examples=25)
@given(st.binary(min_size=16, max_size=16), st.integers(1, 65535), st.ip_addresses())
def test_every_address_is_read(secret: bytes, port: int, ip: object) -> None:
    url = f"http://[{ip}]:{port}/{secret.hex()}"
    code = drawn(url, Terminal(100))
    assert code is not None
    assert read(seen(code, **DARK)) == [url]


@pytest.mark.parametrize(
    ("environment", "encoding", "expected"),
    [
        (XTERM, "utf-8", Terminal(80)),
        (XTERM, "cp437", Terminal(80)),
        (XTERM, "ascii", Terminal(80, has_blocks=False)),
        (XTERM, "latin-1", Terminal(80, has_blocks=False)),
        (XTERM, None, Terminal(80, has_blocks=False)),
        (XTERM, "no such", Terminal(80, has_blocks=False)),
        ({}, "utf-8", Terminal(80)),
        ({"TERM": "dumb"}, "utf-8", PLAIN),
        (XTERM | {"NO_COLOR": "1"}, "utf-8", PLAIN),
        (XTERM | {"NO_COLOR": ""}, "utf-8", Terminal(80)),
        (XTERM | {"NO_COLOR": "1", "COLORFGBG": "15;0"}, "utf-8", PLAIN),
        (
            XTERM | {"NO_COLOR": "1", "COLORFGBG": "0;default;15"},
            "utf-8",
            LIGHT_PLAIN,
        ),
        (
            XTERM | {"NO_COLOR": "1", "COLORFGBG": "0;7"},
            "utf-8",
            LIGHT_PLAIN,
        ),
    ],
)
def test_a_terminal_is_taken_at_its_word(
    environment: dict[str, str], encoding: str | None, expected: Terminal
) -> None:
    assert terminal(environment, encoding, 80) == expected
