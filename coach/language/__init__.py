"""Reading of sheets: the text becomes immutable values, and everything wrong with it becomes problems."""

__all__ = [
    "by_tag",
    "dose",
    "file_kinds",
    "keywords",
    "level",
    "lines",
    "model",
    "names",
    "parser",
    "postures",
    "problems",
    "quantities",
    "review",
    "sides",
    "spelling",
    "stop_rules",
]
