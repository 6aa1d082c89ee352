"""The words that sheets are written with, a module for each language.

A module is named by the first part of the language's tag (``en``, ``es``) and has its `Keywords` as
``KEYWORDS``; nothing else needs to know of it.
"""

__all__ = ["by_language", "vocabulary"]
