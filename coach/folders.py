"""The folders of coach's own sheets and tones, and those of its user: cache, data and settings."""

import os
from pathlib import Path

from coach.errors import DiskError

PACKAGE = Path(__file__).resolve().parent

REINSTALL = "Install coach again: its own files are damaged."


def _folder(name: str) -> Path:
    """A wheel carries its data inside the package; a checkout, also an editable install, has it beside."""
    for place in (PACKAGE, PACKAGE.parent):
        folder = place / name
        if folder.is_dir():
            return folder
    raise DiskError(f"There is no folder {name!r} in {PACKAGE} or beside it.", REINSTALL)


def scripts_folder() -> Path:
    """The folder of script sheets that come with coach.

    Raises
    ------
    DiskError
        Where there is none.
    """
    return _folder("scripts")


def own_sheets() -> list[Path]:
    """List the files of the sheets that come with coach: sessions, whole programmes, then exercises.

    Raises
    ------
    DiskError
        Where there is no folder of them.
    """
    folder = scripts_folder()
    places = (folder / "sessions", folder / "programmes", folder)
    return [path for place in places for path in sorted(place.glob("*.md"))]


def sounds_folder() -> Path:
    """The folder of tones, one ``.wav`` for each `Sound`.

    Raises
    ------
    DiskError
        Where there is none.
    """
    return _folder("sounds")


def clips_folder() -> Path:
    """The folder of cached clips: in ``COACH_CACHE_DIR`` if that is set, else in the user's cache folder."""
    if named := os.environ.get("COACH_CACHE_DIR"):
        return Path(named) / "clips"
    from platformdirs import user_cache_path  # noqa: PLC0415 - of use only here

    return user_cache_path("coach", appauthor=False) / "clips"


def data_folder() -> Path:
    """The folder of diary and place: ``COACH_DATA_DIR`` if that is set, else the user's data folder."""
    if named := os.environ.get("COACH_DATA_DIR"):
        return Path(named)
    from platformdirs import user_data_path  # noqa: PLC0415 - of use only here

    return user_data_path("coach", appauthor=False)


def config_folder() -> Path:
    """The folder of the settings file: ``COACH_CONFIG_DIR`` if that is set, else the user's own."""
    if named := os.environ.get("COACH_CONFIG_DIR"):
        return Path(named)
    from platformdirs import user_config_path  # noqa: PLC0415 - of use only here

    return user_config_path("coach", appauthor=False)


def with_home(path: Path) -> Path:
    """A path with ``~`` replaced by the user's home; unchanged where there is no such user.

    >>> with_home(Path("~nobody-of-this-name/rain.ogg")).as_posix()
    '~nobody-of-this-name/rain.ogg'
    """
    try:
        return path.expanduser()
    except RuntimeError:
        return path
