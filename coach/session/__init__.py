"""A session in time: what is heard becomes moves, and moves become a timeline in whole frames."""

__all__ = [
    "activity",
    "arrange",
    "compile",
    "estimate",
    "layout",
    "moves",
    "options",
    "place",
    "plan_text",
    "timeline",
    "words",
]
