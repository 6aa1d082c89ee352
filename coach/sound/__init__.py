"""A timeline becomes samples: clips, tones and music are mixed, limited and dithered."""

__all__ = [
    "clip",
    "dither",
    "gain",
    "limiter",
    "loudness",
    "low_noise",
    "music_bed",
    "music_file",
    "render",
    "sink",
    "tones",
    "volumes",
]
