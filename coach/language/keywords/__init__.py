"""The words that sheets are written with, a module for each language.

A module is named by the language's tag (``es.py``; ``pt_br.py`` for a variety) and has its `Keywords` as
``KEYWORDS``; nothing else needs to know of it. What the coach says and shows in a language is in
`coach.session.words`; how a voice says its numbers and units is in `coach.language.spelling`.
"""

__all__ = ["choice", "vocabulary"]
