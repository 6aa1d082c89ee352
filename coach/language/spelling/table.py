"""The type of a language's table of what voices read wrong, or not at all, and how it is said."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from itertools import chain
from types import MappingProxyType


class Kind(Enum):
    """Why an author should write a part of a text in another way."""

    SIGN = auto()
    """No voice says it."""
    LETTERS = auto()
    """A voice of the language does not know these letters."""
    SIDE = auto()
    """A letter that means a side, is said as a letter, and stays the same on both sides."""
    ADDRESS = auto()
    """It is said, and nobody can keep it in mind."""


@dataclass(frozen=True)
class Rule:
    r"""How one kind of text is said, with an example of it.

    ``pattern`` is a regular expression that ignores case; ``words`` is what is said, with ``\1`` for the
    pattern's first group, or a function of the match. An author is told of what has a ``kind``.
    """

    written: str
    said: str
    pattern: str
    words: str | Callable[[re.Match[str]], str]
    kind: Kind | None = None

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, ready to be used."""
        return re.compile(self.pattern, re.IGNORECASE)

    def spoken(self, found: re.Match[str]) -> str:
        """What is said for a match of the pattern."""
        return found.expand(self.words) if isinstance(self.words, str) else self.words(found)


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is said in one language. Of the rules that match at a place, the first one counts."""

    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Rules behind a pattern that holds wherever one of them begins: it spares the others most places."""
    abbreviations: frozenset[str] = frozenset()
    """Words in small letters that some rule is for; other words in small letters are read as they are."""
    signs_that_voices_say: str = ""
    letters: str = ""
    """How the Unicode names of the language's letters begin; "" for any."""
    hints: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What to write for a sign."""

    @cached_property
    def rule_at(self) -> Mapping[str, Rule]:
        """The rules by their names in `any_rule`."""
        return {f"r{i}": rule for i, rule in enumerate(chain.from_iterable(self.rules.values()))}

    @cached_property
    def any_rule(self) -> re.Pattern[str]:
        """The rules as alternatives."""
        names = iter(self.rule_at)
        groups = (
            f"{before}(?:{'|'.join(f'(?P<{next(names)}>{rule.pattern})' for rule in rules)})"
            for before, rules in self.rules.items()
        )
        return re.compile("|".join(groups) or "(?!)", re.IGNORECASE)
