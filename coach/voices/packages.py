"""Find installed packages and their versions without importing them."""

import importlib.util
import os
from pathlib import Path


def package_folder(package: str) -> Path | None:
    """The package's folder; None if it is not installed."""
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def package_version(package: str, distribution: str = "") -> str:
    """The installed version of a package, from the name of the ``.dist-info`` beside it; else "unknown".

    ``distribution`` is what that begins with, if it is not called like the package. ``importlib.metadata``
    says the same and costs 20 ms a start; it is asked where there is no such name.
    """
    folder = package_folder(package)
    if folder is None:
        return "unknown"
    start = f"{distribution or package}-".casefold()
    for name in os.listdir(folder.parent):  # noqa: PTH208 - names are all that is wanted
        if name.casefold().startswith(start) and name.endswith(".dist-info"):
            return name[len(start) : -len(".dist-info")]
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version(distribution or package)
    except metadata.PackageNotFoundError:
        return "unknown"
