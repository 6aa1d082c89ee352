"""Exceptions for failures of the voice, the disk or the request. `coach.cli.app` turns these into text."""

from typing import Any

from coach.text import printable


class CoachError(Exception):
    """Something outside the program failed: the message says what happened to what, ``hint`` what to do.

    Both can be shown on a terminal, whatever is in the names of files that they quote.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = "\n".join(map(printable, message.split("\n")))
        self.hint = printable(hint)
        super().__init__(self.message)


class UsageError(CoachError):
    """The command line asks for something that there is not."""

    exit_code = 2


class ScriptError(CoachError):
    """A script sheet has problems; the message is their whole explanation."""

    exit_code = 1


class VoiceError(CoachError):
    """No voice, or a voice that does not say what it is asked to say."""


class DiskError(CoachError):
    """A file or folder cannot be read or written."""


class DeviceError(CoachError):
    """No sound device, or one that cannot be opened."""


class DeviceLostError(DeviceError):
    """The sound device is gone, or takes nothing more, in the middle of a session."""


class ExportError(CoachError):
    """Some of the requested files were not written.

    The message is that of the first failure; ``exported`` (a `coach.ExportResult`) has what is there whole,
    and why the rest is not.
    """

    def __init__(self, first: CoachError, exported: Any) -> None:
        super().__init__(first.message, first.hint)
        self.exported = exported
        self.exit_code = first.exit_code
