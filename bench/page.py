"""How far behind the place that was asked for a page's jumps are heard, in a headless Chromium.

    python bench/page.py [MINUTES]

The session is noise that is another at every moment. It needs what tests/web/requirements.txt names.
"""

import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.core.about import About
from coach.core.timeline import RATE_HZ, Chapter, Frames
from coach.sinks.page import PageFile

playwright: Any = import_module("playwright.sync_api")
"""It is not installed where types are checked."""

CHAPTERS = 12
BLOCK = RATE_HZ

LISTEN = """() => {
  window.heard = [];
  const context = new AudioContext({ sampleRate: 48000 });
  const ear = context.createScriptProcessor(2048, 1, 1);
  ear.onaudioprocess = (event) => window.heard.push(Array.from(event.inputBuffer.getChannelData(0)));
  context.createMediaElementSource(document.getElementById("audio")).connect(ear);
  ear.connect(context.destination);
  return context.resume();
}"""


def noise(start: int, count: int) -> NDArray[np.float32]:
    """Frames of a noise below 3 kHz, which MP3 keeps."""
    first, last = start // 8, (start + count) // 8 + 1
    index = np.arange(first, last, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    index ^= index >> np.uint64(31)
    index *= np.uint64(0x94D049BB133111EB)
    coarse = (index >> np.uint64(40)).astype(np.float32) / np.float32(2**24) - np.float32(0.5)
    return np.repeat(coarse, 8)[start - 8 * first :][:count]


def behind_ms(heard: NDArray[np.float32], place: int) -> float:
    """How far behind a place of the session that is, of which the first samples are these."""
    first = int(np.flatnonzero(np.abs(heard) > 0.01)[0]) + 2_400  # a decoder needs a frame to find its feet
    piece = heard[first : first + 4_800]
    from_frame = max(0, place - RATE_HZ)
    known = noise(from_frame, 2 * RATE_HZ + len(piece))
    alike = np.correlate(known, piece, "valid")
    return float(from_frame + int(np.argmax(alike)) - 2_400 - place) / RATE_HZ * 1_000


def main() -> None:
    """Write a page, open it, go to each chapter."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    length = int(60 * minutes * RATE_HZ)
    starts = [
        0,
        *np.sort(np.random.default_rng(1).integers(RATE_HZ, length - 2 * RATE_HZ, CHAPTERS)).tolist(),
    ]
    chapters = tuple(Chapter(Frames(start), f"Chapter {i}") for i, start in enumerate(starts))
    with tempfile.TemporaryDirectory() as folder, playwright.sync_playwright() as started:
        path = Path(folder) / "noise.html"
        with PageFile(path, about=About(title="Noise", length=Frames(length), chapters=chapters)) as sink:
            for start in range(0, length, BLOCK):
                sink.write(noise(start, min(BLOCK, length - start))[:, np.newaxis])
        browser = started.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--autoplay-policy=no-user-gesture-required"]
        )
        page = browser.new_page()
        began_s = time.monotonic()
        page.goto(path.as_uri())
        page.locator("#play:not([disabled])").wait_for()
        print(f"{path.stat().st_size / 1e6:.1f} MB, ready after {time.monotonic() - began_s:.2f} s")
        page.evaluate(LISTEN)
        for i in range(CHAPTERS, 0, -1):
            page.evaluate("() => { audio.pause(); }")
            page.wait_for_timeout(200)
            page.evaluate("() => { window.heard = []; }")
            page.evaluate("i => { document.querySelectorAll('#list button')[i].click(); }", i)
            page.wait_for_timeout(900)
            heard = np.concatenate([np.array(block, np.float32) for block in page.evaluate("window.heard")])
            print(f"{starts[i] / RATE_HZ:9.3f} s  {behind_ms(heard, starts[i]):+6.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
