"""Rendering of a timeline to samples: clips, tones and music, mixed, limited and dithered."""

__all__ = [
    "clip",
    "dither",
    "equaliser",
    "limiter",
    "loudness",
    "music_bed",
    "music_file",
    "render",
    "sink",
    "tones",
    "volumes",
]
