"""Draws SVG as PNG by resvg with its own typeface; both come with the extras ``phone`` and ``plot``."""

import importlib
import importlib.util
from pathlib import Path
from typing import Protocol

FACE = "Source Sans Pro"


class Rasteriser(Protocol):
    """Draws SVG as PNG."""

    def __call__(self, svg: bytes, *, skip_system_fonts: bool = False, zoom: int = 1) -> bytes:
        """Draw a picture with ``zoom`` pixels for each of its units.

        Raises
        ------
        ValueError
            If it cannot be drawn.
        """


def rasteriser() -> Rasteriser | None:
    """Load resvg and its typeface in regular and bold; None if they are not installed."""
    try:
        resvg = importlib.import_module("resvg_py")
        spec = importlib.util.find_spec("font_source_sans_pro")
    except ImportError:
        return None
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "files"
    fonts = [str(folder / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Bold")]

    def draw(svg: bytes, *, skip_system_fonts: bool = False, zoom: int = 1) -> bytes:
        return bytes(
            resvg.svg_to_bytes(
                svg_string=svg.decode(),
                skip_system_fonts=skip_system_fonts,
                zoom=zoom,
                font_files=fonts,
                style_sheet=f"svg {{ font-family: '{FACE}' }}",
            )
        )

    return draw
