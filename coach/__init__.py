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

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
