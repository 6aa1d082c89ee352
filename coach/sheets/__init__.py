"""Sheets on disk, people's own and those that come with coach: found by name, read and checked.

`files` reads one, `references` finds the exercises that a session names in its `surroundings`, `check` says
what is wrong with it, and `score` has its moves.
"""

__all__ = ["by_name", "check", "files", "score", "sheet"]
