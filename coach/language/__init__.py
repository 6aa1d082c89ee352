"""Reading of sheets: the text becomes immutable values, and everything wrong with it becomes problems."""

__all__ = [
    "by_tag",
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
