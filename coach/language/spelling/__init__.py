"""What a text becomes for a voice: numbers, units and signs in words, a module for each language.

A module is named by the first part of the language's tag (``en``, ``es``) and has its `Table` as ``TABLE``;
nothing else needs to know of it.
"""

__all__ = ["spell_out", "table"]
