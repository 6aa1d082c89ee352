"""A session in time, in two steps: sheets to moves, then moves to a timeline in whole frames.

`arrange` makes the moves of each chapter: what is heard, in order, before it has a place in time. `compile`
lays them out once the prompts have been spoken, with `repetitions` for the sets and `layout` as the builder
of events. `words` has the coach's own sentences, `options` what a listener can choose. `pain` has the rules
of what an answer about pain does, `question` how it is asked.
"""

__all__ = [
    "activity",
    "arrange",
    "compile",
    "estimate",
    "fit",
    "ladders",
    "moves",
    "options",
    "pain",
    "parts",
    "plan_text",
    "question",
    "steps",
    "timeline",
    "timeline_builder",
    "whereabouts",
    "words",
]
