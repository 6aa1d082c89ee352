"""What a driven coach has written down of itself."""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.realtime.performance import MOST_S, Performance


def own(folder: Path, clips: Path, base: Mapping[str, str] | None = None, **more: object) -> dict[str, str]:
    """An environment with folders of its own, and what else is wanted in it."""
    folders = {"COACH_CACHE_DIR": clips, "COACH_DATA_DIR": folder / "data"}
    return {**(base or os.environ)} | {name: str(value) for name, value in {**folders, **more}.items()}


def traced(trace: Path) -> list[dict[str, Any]]:
    """Every view of a session so far, and when it was shown."""
    lines = trace.read_text().splitlines(keepends=True) if trace.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def until_traced(it: Performance, trace: Path, limit_s: float = MOST_S, **wanted: object) -> dict[str, Any]:
    """The first view in which things are as they are wanted."""
    until_s = time.monotonic() + limit_s
    while True:
        for view in traced(trace):
            if all(view[name] == value for name, value in wanted.items()):
                return view
        assert time.monotonic() < until_s, f"no {wanted} in {traced(trace)[-1:]}\n{it.text}\n{it.complaints}"
        assert it.process.poll() is None, f"{it.text}\n{it.complaints}"
        time.sleep(0.02)
