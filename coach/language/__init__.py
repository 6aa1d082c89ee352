"""The text of a sheet, read: what a practitioner wrote becomes values, and every problem of it."""

__all__ = [
    "file_kinds",
    "keywords",
    "level",
    "model",
    "names",
    "parser",
    "postures",
    "problems",
    "review",
    "sides",
]
