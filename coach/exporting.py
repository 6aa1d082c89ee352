"""A production written as one WAV: where it goes, and what it is called in a player."""

from collections.abc import Callable
from pathlib import Path

from coach.core.bed import Bed, Music, automated
from coach.core.rendering import render
from coach.errors import DiskError, UsageError
from coach.production import Production
from coach.sinks.riff import Tags
from coach.sinks.wav import WavFile
from coach.sinks.whole_file import explained

SHOWN_EVERY = 16
"""Blocks between two looks at the progress bar."""


def output_path(out: Path | None, name: str, *, force: bool) -> Path:
    """The file to write: ``out``, or ``NAME.wav`` in it if it is a folder, or in the current one.

    Raises
    ------
    UsageError
        If the ending is not ``.wav``, or the file is there and ``force`` is not given. The sink checks the
        latter again when it puts the file in place; asked here, it costs no session spoken for nothing.
    DiskError
        If its folder is not there, or the system does not let us look.
    """
    file_name = f"{name}.wav"
    try:
        target = Path(file_name) if out is None else out / file_name if out.is_dir() else out
        if target.suffix.lower() != ".wav":
            raise UsageError(f"cannot write {target.name!r}", "coach writes WAV: end the name in .wav")
        if target.exists() and not force:
            raise UsageError(f"{target} is there already", "--force replaces it, -o gives another name")
        if not target.parent.is_dir():
            raise DiskError(f"there is no folder {target.parent}", "make it first, or name another")
    except OSError as error:
        raise explained(error, out or Path(file_name)) from error
    return target


def export_wav(
    production: Production,
    target: Path,
    *,
    force: bool,
    music: Music | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the session, block by block, with ``music`` under it.

    Raises
    ------
    DiskError
        If it cannot be written; what was at ``target`` is still there.
    """
    timeline = production.timeline
    tags = Tags(title=timeline.title)
    bed = None if music is None else Bed(music, automated(timeline))
    with WavFile(target, frames=timeline.length, tags=tags, chapters=timeline.chapters, force=force) as sink:
        done = 0
        for i, block in enumerate(render(timeline, production.clips, production.tones, bed=bed)):
            sink.write(block)
            done += len(block)
            if progress is not None and i % SHOWN_EVERY == 0:
                progress(done, timeline.length)
