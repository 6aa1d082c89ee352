"""Sessions for pages: noise that is another at every moment, so that it can be told where it was heard."""

import json
import re
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.exports.encoded import EncodedFile
from coach.exports.metadata import Caption, Metadata
from coach.exports.page.encoder import page_encoder
from coach.session.timeline import Chapter, Frames

SIX_SECONDS = 288_000

page_file = partial(EncodedFile, opened=page_encoder)
"""Opens a page as a sink."""


@cache
def _noise(length: int) -> NDArray[np.float32]:
    generator = np.random.Generator(np.random.PCG64(5))
    coarse = generator.uniform(-0.5, 0.5, length // 8 + 1)
    fine = np.repeat(coarse, 8)[:length].astype(np.float32)[:, np.newaxis]
    fine.flags.writeable = False
    return fine


def noise(length: int) -> NDArray[np.float32]:
    """The first ``length`` frames of one noise below 3 kHz, which MP3 keeps; shape (frames, 1)."""
    return _noise(length)


def about_noise(length: int, **others: Any) -> Metadata:
    """What is said of noise without words and chapters."""
    return Metadata(title=others.pop("title", "Noise"), length=Frames(length), **others)


def told(data: bytes) -> dict[str, Any]:
    """What a page knows of its session."""
    [known] = re.findall(rb'<script type="application/json" id="about">(.*?)</script>', data)
    found: dict[str, Any] = json.loads(known)
    return found


CHAPTERS = (
    Chapter(Frames(0), "Before we start"),
    Chapter(Frames(150_001), "Step-ups"),
    Chapter(Frames(529_999), "Standing hamstring curls"),
    Chapter(Frames(900_777), "To finish"),
)


def _rep(start: int, text: str, rep: int, number: int = 1) -> Caption:
    return Caption(Frames(start), Frames(start + 30_000), text, "Step-ups", number, 2, "right leg", rep, 10)


SHORT = Metadata(
    title="Knee – the first week",
    album="Knee – the first week",
    language="en-US",
    level="gentle",
    length=Frames(1_056_000),
    chapters=CHAPTERS,
    captions=(
        Caption(Frames(24_000), Frames(110_000), "Have a sturdy chair and a phone in reach."),
        Caption(Frames(150_001), Frames(190_000), "Step-ups.", "Step-ups"),
        _rep(240_000, "With your whole right foot on the step, step up,", 1),
        _rep(290_000, "and down.", 1),
        _rep(340_000, "Two.", 2),
        _rep(380_000, "Down.", 2),
        _rep(430_000, "Three.", 3),
        Caption(Frames(540_000), Frames(580_000), "Now stand behind your chair.", "Standing hamstring curls"),
        Caption(Frames(910_000), Frames(950_000), "This is all for now."),
    ),
)
"""Twenty-two seconds in four chapters, one of them with three repetitions of a set."""
