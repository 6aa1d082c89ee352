"""How far behind the place that was asked for a page's jumps are heard, in a headless Chromium.

    python bench/page.py [MINUTES]

The session is noise that is another at every moment. It needs what tests/exports/page/requirements.txt names.
"""

import sys
import tempfile
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent))

from coach.exports.metadata import Metadata
from coach.session.timeline import RATE_HZ, Chapter, Frames
from tests.exports.page.ear import first_heard, listen
from tests.exports.page.sessions import page_file

playwright: Any = import_module("playwright.sync_api")
"""It is not installed where types are checked."""

CHAPTERS = 12
BLOCK = RATE_HZ


def noise(start: int, end: int) -> NDArray[np.float32]:
    """Frames of a noise below 3 kHz, which MP3 keeps."""
    first, last = start // 8, end // 8 + 1
    index = np.arange(first, last, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    index ^= index >> np.uint64(31)
    index *= np.uint64(0x94D049BB133111EB)
    coarse = (index >> np.uint64(40)).astype(np.float32) / np.float32(2**24) - np.float32(0.5)
    return np.repeat(coarse, 8)[start - 8 * first :][: end - start]


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
        with page_file(
            path, metadata=Metadata(title="Noise", length=Frames(length), chapters=chapters)
        ) as sink:
            for start in range(0, length, BLOCK):
                sink.write(noise(start, min(start + BLOCK, length))[:, np.newaxis])
        browser = started.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--autoplay-policy=no-user-gesture-required"]
        )
        page = browser.new_page(bypass_csp=True)
        began_s = time.monotonic()
        page.goto(path.as_uri())
        page.locator("#play:not([disabled])").wait_for()
        print(f"{path.stat().st_size / 1e6:.1f} MB, ready after {time.monotonic() - began_s:.2f} s")
        listen(page)
        for i in range(CHAPTERS, 0, -1):
            page.evaluate("() => { audio.pause(); }")
            jump = partial(page.evaluate, "i => { document.querySelectorAll('#list button')[i].click(); }", i)
            place = first_heard(page, jump, starts[i], noise)
            behind = (
                "heard with a gap" if place is None else f"{1_000 * (place - starts[i]) / RATE_HZ:+6.1f} ms"
            )
            print(f"{starts[i] / RATE_HZ:9.3f} s  {behind}")
        browser.close()


if __name__ == "__main__":
    main()
