"""A voice-guided audio coach: exercise without looking at a screen.

    import coach

    sheet = coach.load("step-ups")              # one of coach's own, or the path of a file
    plan = coach.plan(sheet, level="gentle")    # the session in time, with its sound
    print(plan.text())
    samples = coach.render(plan)                # float32, shape (frames,), 48,000 a second
    coach.export(plan, "knee.mp3")
    coach.play(plan)

Everything that programs need is here, listed in ``__init__.pyi``; each name is loaded when it is first used.
docs/library.md shows it at work.
"""

from typing import Any

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Read the list of names when the first of them is asked for: who imports `coach.cli` needs none."""
    import lazy_loader  # noqa: PLC0415

    getter, _, names = lazy_loader.attach_stub(__name__, __file__)
    globals().update(__getattr__=getter, __all__=names)
    return names if name == "__all__" else getter(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *(globals().get("__all__") or __getattr__("__all__"))})
