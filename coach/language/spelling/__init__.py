"""What a text becomes for a voice: numbers, units and signs in words, a module for each language.

A module is named by the language's tag (``es.py``; ``pt_br.py`` for a variety) and has its `Table` as
``TABLE``; nothing else needs to know of it.
"""

__all__ = ["spell_out", "table"]
