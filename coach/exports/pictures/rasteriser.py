"""Render SVG as PNG with resvg and a bundled typeface; both come with the extras ``phone`` and ``plot``."""

import importlib
import importlib.util

from coach.errors import CoachError

FACE = "Source Sans Pro"


def can_draw() -> bool:
    """Tell whether resvg and its typeface are installed."""
    try:
        importlib.import_module("resvg_py")
    except ImportError:
        return False
    return bool(_fonts())


def png(svg: bytes, *, skip_system_fonts: bool = False, zoom: int = 1) -> bytes:
    """Render an SVG picture as PNG, with ``zoom`` pixels for each unit.

    Raises
    ------
    CoachError
        If it cannot be drawn.
    """
    resvg = importlib.import_module("resvg_py")
    try:
        drawn: bytes = resvg.svg_to_bytes(
            svg_string=svg.decode(),
            skip_system_fonts=skip_system_fonts,
            zoom=zoom,
            font_files=_fonts(),
            style_sheet=f"svg {{ font-family: '{FACE}' }}",
        )
    except ValueError as error:
        raise CoachError(f"the picture cannot be drawn: {error}", "another title may do") from error
    return bytes(drawn)


def _fonts() -> list[str]:
    """Return the typeface's files, regular and bold; empty if it is not installed."""
    spec = importlib.util.find_spec("font_source_sans_pro")
    folders = spec.submodule_search_locations if spec else None
    weights = "Regular", "Bold"
    return [f"{folder}/files/SourceSansPro-{weight}.ttf" for folder in folders or () for weight in weights]
