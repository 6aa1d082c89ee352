"""An ear in the page: which moment of a session of noise is heard first after something was done."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ

Page = Any
"""playwright's, which is not installed where types are checked."""

LISTEN = """async () => {
  window.heard = [];
  const ear = `registerProcessor("ear", class extends AudioWorkletProcessor {
    process([[mono]]) { if (mono) this.port.postMessage(mono); return true; }
  });`;
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(ear)}`);
  const node = new AudioWorkletNode(context, "ear", { channelCount: 1, channelCountMode: "explicit" });
  node.port.onmessage = ({ data }) => window.heard.push(...data);
  context.createMediaElementSource(document.getElementById("audio")).connect(node);
  node.connect(context.destination);
  await context.resume();
}"""
"""It listens where the sound is made: what listens where the page is drawn misses some on a busy machine."""

AUDIBLE = 0.01
PIECE = RATE_HZ // 20
LOOKED_FOR = RATE_HZ // 2
"""Frames before and after the place that was asked for."""


def listen(page: Page) -> None:
    """Put the ear in. The page allows no foreign script: its context needs ``bypass_csp``."""
    page.evaluate(LISTEN)


def first_heard(
    page: Page, act: Callable[[], None], near: int, noise: Callable[[int, int], NDArray[np.float32]]
) -> int | None:
    """The frame of the session that is heard first when something is done in a pause.

    ``noise`` gives the session's frames from one to another, which lie within half a second of ``near``.

    None if there was a gap in what was heard, as the machine was too slow to play on: the second twentieth of
    a second is not what follows the first.
    """
    page.wait_for_timeout(300)
    page.evaluate("() => { window.heard = []; }")
    act()
    for _ in range(400):
        page.wait_for_timeout(50)
        heard = np.array(page.evaluate("window.heard"), np.float32)
        audible = np.flatnonzero(np.abs(heard) > AUDIBLE)
        if len(audible) and len(heard) > audible[0] + 2 * PIECE:
            break
    else:
        raise TimeoutError("nothing is heard")
    begun = max(0, near - LOOKED_FOR)
    known = noise(begun, near + LOOKED_FOR + 2 * PIECE)
    first, second = np.split(heard[audible[0] :][: 2 * PIECE], 2)
    at, then = begun + place_in(known, first), begun + place_in(known, second)
    return at if then == at + PIECE else None


def place_in(known: NDArray[np.float32], heard: NDArray[np.float32]) -> int:
    """Where in a noise a piece of it that was decoded is."""
    return int(np.argmax(np.correlate(known, heard, "valid")))
