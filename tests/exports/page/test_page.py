"""A session becomes one page: whole or not there, the same bytes each time, and no title can act in it."""

import base64
import hashlib
import io
import json
import re
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports.encoded import EncodedFile
from coach.exports.lame import FRAME, FRAME_SIZE
from coach.exports.metadata import Caption, Metadata
from coach.exports.page import encoder
from coach.exports.page.encoder import BLOCK_SIZE, DELAY
from coach.session.timeline import Chapter, Frames
from coach.sound.sink import Sink
from tests.exports.page.sessions import SIX_SECONDS, about_noise, noise, page_file, told

Block = NDArray[np.float32]

HOSTILE = "</script><script>alert(1)</script>\u2028<!-- \"'&amp; {{script}} \U0001f9b5 \u202eמתניים\x00"


def export(path: Path, *blocks: Block, metadata: Metadata | None = None, force: bool = False) -> bytes:
    metadata = metadata or about_noise(sum(len(block) for block in blocks))
    with page_file(path, metadata=metadata, force=force) as sink:
        for block in blocks:
            sink.write(block)
    return path.read_bytes()


def mp3_in(data: bytes) -> bytes:
    blocks = re.findall(rb'\n<script type="text/plain" class="sound">([^<]*)</script>', data)
    return b"".join(base64.b64decode(block, validate=True) for block in blocks)


def test_the_sound_in_the_page_is_the_session_after_the_delay_that_the_page_knows(tmp_path: Path) -> None:
    sound = noise(SIX_SECONDS)
    data = export(tmp_path / "knee.html", sound)
    decoded, rate_hz = soundfile.read(io.BytesIO(mp3_in(data)), dtype="float32")
    assert rate_hz == 48_000
    assert told(data)["delay"] == DELAY
    heard = decoded[DELAY : DELAY + SIX_SECONDS]
    wanted = sound[:, 0]
    assert len(heard) == SIX_SECONDS
    assert np.corrcoef(heard, wanted)[0, 1] > 0.95
    shifted = [np.corrcoef(heard[24_000 + by :][:48_000], wanted[24_000:][:48_000])[0, 1] for by in (-24, 24)]
    assert max(shifted) < 0.9, "half a millisecond would be seen"
    below_2_khz = [np.abs(np.fft.rfft(one))[: 2 * SIX_SECONDS // 48] for one in (heard, wanted)]
    assert np.linalg.norm(below_2_khz[0]) / np.linalg.norm(below_2_khz[1]) == pytest.approx(0.96, abs=0.04)


def test_every_frame_of_the_sound_is_as_long_as_the_others(tmp_path: Path) -> None:
    """Browsers find a moment by arithmetic, and LAME's header, which would mislead them, is not there."""
    data = mp3_in(export(tmp_path / "knee.html", noise(SIX_SECONDS)))
    assert len(data) % FRAME_SIZE == 0
    assert {data[at : at + 3] for at in range(0, len(data), FRAME_SIZE)} == {b"\xff\xfbt"}
    assert b"Info" not in data[:FRAME_SIZE]
    assert len(data) // FRAME_SIZE * FRAME >= SIX_SECONDS + DELAY


def test_the_page_says_how_many_bytes_of_sound_it_has(tmp_path: Path) -> None:
    data = export(tmp_path / "knee.html", noise(SIX_SECONDS))
    [size] = re.findall(rb'<script type="application/json" id="whole">{"bytes":(\d+)}</script>', data)
    assert int(size) == len(mp3_in(data))


@pytest.mark.parametrize("lengths", [[SIX_SECONDS], [1, 0, 1_151, 1_153], [70_000] * 4])
def test_the_page_does_not_depend_on_how_the_session_is_cut_into_blocks(
    tmp_path: Path, lengths: list[int]
) -> None:
    sound = noise(SIX_SECONDS)
    cuts = np.minimum(np.cumsum(lengths), SIX_SECONDS)
    metadata = about_noise(SIX_SECONDS)
    whole = export(tmp_path / "whole.html", sound, metadata=metadata)
    assert export(tmp_path / "cut.html", *np.split(sound, cuts), metadata=metadata) == whole


def test_memory_does_not_grow_with_the_session(tmp_path: Path) -> None:
    sound = noise(48_000)

    def peak(seconds: int) -> int:
        with page_file(tmp_path / f"{seconds}.html", metadata=about_noise(48_000 * seconds)) as sink:
            sink.write(sound)
            tracemalloc.start()
            for _ in range(seconds - 1):
                sink.write(sound)
            reached = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return reached

    assert peak(120) < peak(40) + BLOCK_SIZE
    assert (tmp_path / "120.html").stat().st_size > 3 * BLOCK_SIZE


def test_it_is_a_sink_and_has_nothing_to_forget(tmp_path: Path) -> None:
    with page_file(tmp_path / "knee.html", metadata=about_noise(100)) as file:
        sink: Sink = file
        sink.write(noise(60), at=0)
        with pytest.raises(ValueError, match="frame 61 does not follow frame 60"):
            sink.write(noise(1), at=61)
        assert sink.drop() == 0
        sink.write(noise(40), at=60)
        sink.close()
        sink.close()
        with pytest.raises(ValueError, match="is not open"):
            sink.write(noise(1))
    assert (tmp_path / "knee.html").exists()


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (np.full((1, 1), 1.5, np.float32), "not in"),
        (np.full((1, 1), np.nan, np.float32), "not in"),
        (np.zeros((1, 2), np.float32), "shape"),
        (np.zeros(3, np.float32), "shape"),
        (np.zeros((1, 1), np.float64), "float64"),
        (np.zeros((101, 1), np.float32), "101 frames were written of 100"),
    ],
)
def test_what_is_no_sound_is_refused_and_leaves_no_file(tmp_path: Path, block: Block, why: str) -> None:
    with (
        pytest.raises(ValueError, match=why),
        page_file(tmp_path / "knee.html", metadata=about_noise(100)) as sink,
    ):
        sink.write(block)
    assert not list(tmp_path.iterdir())


def test_a_session_that_breaks_off_leaves_no_page(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="only 60 frames were written of 100"),
        page_file(tmp_path / "knee.html", metadata=about_noise(100)) as sink,
    ):
        sink.write(noise(60))
    assert not list(tmp_path.iterdir())


def test_a_page_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "knee.html"
    path.write_text("mine")
    with pytest.raises(DiskError, match="exists already"):
        export(path, noise(100))
    assert path.read_text() == "mine"
    export(path, noise(100), force=True)
    assert path.read_bytes().startswith(b"<!doctype html>")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        pytest.raises(DiskError, match="the disk is full"),
        page_file(tmp_path / "knee.html", metadata=about_noise(48_000 * 40)) as sink,
    ):
        _write_on_a_full_disk(sink, monkeypatch)
    assert not list(tmp_path.iterdir())


def _write_on_a_full_disk(sink: EncodedFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_full(*_: object) -> None:
        raise DiskError("the disk is full")

    monkeypatch.setattr(sink._file, "write", is_full)
    for _ in range(40):
        sink.write(noise(48_000))


def test_missing_files_of_the_page_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "PACKAGE", tmp_path)
    with pytest.raises(DiskError, match=r"page\.css cannot be read"):
        export(tmp_path / "knee.html", noise(100))


class _Read(HTMLParser):
    """What a reader of HTML finds: the elements with their attributes, and the text in some of them."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._within = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._within = dict(attrs).get("id") or f"<{tag}>"

    def handle_endtag(self, tag: str) -> None:
        self._within = f"after {tag}"

    def handle_data(self, data: str) -> None:
        self.texts[self._within] = self.texts.get(self._within, "") + data


def hostile() -> Metadata:
    return Metadata(
        title=HOSTILE,
        artist=HOSTILE,
        album=HOSTILE,
        language='"><b>',
        length=Frames(100),
        chapters=(Chapter(Frames(0), HOSTILE),),
        captions=(Caption(Frames(0), Frames(50), HOSTILE + "\ud800", side=HOSTILE),),
    )


def test_no_title_and_no_word_can_become_a_part_of_the_page(tmp_path: Path) -> None:
    read = _Read(export(tmp_path / "hostile.html", noise(100), metadata=hostile()))
    plain = _Read(export(tmp_path / "plain.html", noise(100)))
    assert [tag for tag, _ in read.found] == [tag for tag, _ in plain.found]
    in_one_line = HOSTILE.replace("\u2028", " ").removesuffix("\x00")
    assert read.texts["<title>"] == in_one_line
    known = json.loads(read.texts["about"])
    assert known["title"] == in_one_line
    assert known["chapters"] == [[0, HOSTILE]]
    assert known["words"][0][2] == HOSTILE + "\ud800"


def test_a_title_of_nothing_gets_a_name(tmp_path: Path) -> None:
    metadata = Metadata(title=" \n\x07", length=Frames(100))
    read = _Read(export(tmp_path / "knee.html", noise(100), metadata=metadata))
    assert read.texts["<title>"] == "A session"


def test_the_browser_is_told_to_run_this_script_and_to_ask_for_nothing(tmp_path: Path) -> None:
    data = export(tmp_path / "knee.html", noise(100))
    read = _Read(data)
    [policy] = [
        attrs["content"] or ""
        for tag, attrs in read.found
        if tag == "meta" and attrs.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["media-src"] == "blob:"
    [script] = re.findall(rb"\n<script>(.*?)</script>", data, re.DOTALL)
    [style] = re.findall(rb"\n<style>(.*?)</style>", data, re.DOTALL)
    for rule, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert b"<!--" not in script, "a browser would read on behind the script's end"
    assert not re.findall(
        rb"""(?:src|href|url)\s*=\s*["'](?!data:)|https?://(?!www\.w3\.org/2000/svg)""", data
    )


def test_the_key_of_the_kept_place_is_the_sessions_own(tmp_path: Path) -> None:
    first = told(export(tmp_path / "1.html", noise(100), metadata=about_noise(100)))
    same = told(export(tmp_path / "2.html", noise(100) * np.float32(0.5), metadata=about_noise(100)))
    other = told(export(tmp_path / "3.html", noise(101), metadata=about_noise(101)))
    assert first["id"] == same["id"] != other["id"]


def test_the_cover_is_in_the_page_and_without_one_the_pages_own_is(tmp_path: Path) -> None:
    cover = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x02\x58\x00\x00\x02\x57 and so on"
    metadata = Metadata(title="Knee", length=Frames(100), cover=cover)
    covered, plain = (
        next(attrs for tag, attrs in _Read(data).found if tag == "link")
        for data in (
            export(tmp_path / "1.html", noise(100), metadata=metadata),
            export(tmp_path / "2.html", noise(100)),
        )
    )
    assert covered["href"] == f"data:image/png;base64,{base64.b64encode(cover).decode()}"
    assert (covered["type"], covered["sizes"]) == ("image/png", "600x599")
    assert (plain["href"] or "").startswith("data:image/svg+xml;base64,")
    assert (plain["type"], plain["sizes"]) == ("image/svg+xml", "any")


PAIRS = [
    ("ink", "paper", 7),
    ("ink", "panel", 7),
    ("ink", "steer", 7),
    ("ink", "pressed", 7),
    ("soft", "paper", 7),
    ("soft", "panel", 7),
    ("soft", "steer", 4.5),
    ("accent", "paper", 4.5),
    ("accent", "panel", 4.5),
    ("on-accent", "accent", 4.5),
    ("fault", "panel", 7),
    ("edge", "paper", 3),
    ("edge", "panel", 3),
    ("accent", "steer", 3),
]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "ratio"), PAIRS)
def test_colours_have_the_contrast_of_wcag(text: str, ground: str, ratio: float, scheme: int) -> None:
    """Success criteria 1.4.3 and 1.4.11 ask for 4.5 and 3; what is read on a mat has 7, as 1.4.6 asks."""
    schemes = encoder._own("page.css").split("@media (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([\w-]+): #(\w{6});", schemes[scheme]))
    lighter, darker = sorted((_luminance(colours[text]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= ratio


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
