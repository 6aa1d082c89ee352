"""``python -m coach`` and the ``coach`` command."""

import gc
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.live.speakers.early import EarlyLoudspeaker


_OBJECTS_BEFORE_COLLECTING = 20_000
"""Modules and sheets stay to the end: to look for garbage among them at the usual 700 is a tenth of the time
that a command takes."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    with ExitStack() as stack:
        try:
            from coach.stderr import separate_stderr  # noqa: PLC0415

            separate_stderr()
            loudspeaker = open_loudspeaker_early(sys.argv[1:])
            if loudspeaker is not None:
                stack.enter_context(loudspeaker)
            from coach.cli.app import run  # noqa: PLC0415
        except KeyboardInterrupt:
            raise SystemExit(130) from None
        run()


def open_loudspeaker_early(arguments: Sequence[str]) -> "EarlyLoudspeaker | None":
    """Begin to open the loudspeaker that a command will play on, while the command line is being loaded.

    A sound server takes up to 0.1 s to answer, and so does the command line to load. None where nothing is
    played, or where it cannot be told yet: then the command opens it, and says what is wrong.
    """
    match arguments:
        case ["run", *rest] if not {"-h", "--help"} & set(rest):
            pass
        case ["practice", name, *rest] if not name.startswith("-") and not {"-h", "--help"} & set(rest):
            pass
        case _:
            return None
    named = [after for option, after in pairwise(rest) if option == "--player"]
    named += [option.partition("=")[2] for option in rest if option.startswith("--player=")]
    with suppress(Exception):  # the command meets it again, and tells it in words
        from coach.live.speakers.early import begin_early  # noqa: PLC0415 - half of all commands play nothing

        return begin_early(named[-1] if named else "auto")
    return None


if __name__ == "__main__":
    main()
