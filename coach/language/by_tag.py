"""Find a language's module in a folder by the tag of the language."""

import re
from functools import cache
from importlib import import_module
from types import ModuleType

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def is_tag(language: str) -> bool:
    """Tell whether a text has the form of a language's tag, in small letters: ``en``, ``pt-br``."""
    return _TAG.fullmatch(language) is not None


@cache
def language_module(folder: str, language: str) -> ModuleType | None:
    """Return the module of a variety (``pt_br.py`` for ``pt-BR``), or else of its language (``pt.py``).

    >>> language_module("coach.language.keywords", "en-GB").__name__
    'coach.language.keywords.en'
    """
    tag = language.casefold()
    if is_tag(tag):
        for name in (tag.replace("-", "_"), tag.partition("-")[0]):
            module = f"{folder}.{name}"
            try:
                return import_module(module)
            except ModuleNotFoundError as error:
                if error.name != module:
                    raise
    return None
