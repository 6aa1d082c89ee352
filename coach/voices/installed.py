"""What of the built-in voice is installed on this computer, found out without starting it."""

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

INSTALL_HINT = (
    "Install the voice again with: pip install --force-reinstall espeakng-loader pyttsx3; "
    "or install espeak-ng with your system's packages."
)


def package_folder(package: str) -> Path | None:
    """Where the package is, without importing it; None if it is not installed."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def package_version(folder: Path, distribution: str = "") -> str:
    """The installed version of the package in ``folder``, from the name of the ``.dist-info`` beside it.

    ``distribution`` is what that begins with, if it is not called like the folder. ``importlib.metadata``
    says the same and costs 20 ms a start; it is asked where there is no such name.
    """
    name_there = distribution or folder.name
    start = f"{name_there}-".casefold()
    for name in os.listdir(folder.parent):  # noqa: PTH208 - names are all that is wanted
        if name.casefold().startswith(start) and name.endswith(".dist-info"):
            return name[len(start) : -len(".dist-info")]
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version(name_there)
    except metadata.PackageNotFoundError:
        return "unknown"


def bundled_library() -> Path | None:
    """The espeak-ng library that the package espeakng-loader brings, with its data beside it."""
    folder = package_folder("espeakng_loader")
    name = {"win32": "espeak-ng.dll", "darwin": "libespeak-ng.dylib"}.get(sys.platform, "libespeak-ng.so")
    return None if folder is None else folder / name


def engine_version(library: Path) -> str | None:
    """The engine version that the library names; None if this computer cannot load it."""
    try:
        info = ctypes.CDLL(str(library)).espeak_Info
    except (OSError, AttributeError):
        return None
    info.restype = ctypes.c_char_p
    info.argtypes = [ctypes.c_void_p]
    return bytes(info(None) or b"").decode("ascii", "replace").split(" ")[0]
