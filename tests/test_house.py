"""The order of the rooms: who may import whom, which are pure, and who may print, exit or read a clock.

Every check is a function from source to faults, so that planted sources can show that it fails.
"""

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import coach
from tests.source import (
    Module,
    circles,
    doors,
    face,
    imported_modules,
    imports,
    innermost,
    is_within,
    modules,
    uses,
)

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGE = Path(coach.__file__).parent
MODULES = modules(PACKAGE)
LIBRARY = imported_modules(ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8")), MODULES)
"""The modules that ``import coach`` offers names of."""

FLOORS: tuple[set[str], ...] = (
    {"progress", "regular_file", "stderr", "text"},
    {"errors"},
    {"folders", "whole"},
    {"disk_cache"},
    {"language"},
    {"session"},
    {"sheets", "settings", "sound"},
    {"diary", "voices"},
    {"exports", "live"},
    {"send"},
    {"library"},
    {"cli"},
    {"__main__"},
)
"""From the bottom up; a room imports from the floors below it, never from its own or from one above."""

PURE = {
    "coach.language",
    "coach.session",
    "coach.errors",
    "coach.text",
    *(f"coach.sound.{name}" for name in "clip dither limiter loudness music_bed render".split()),
    *(
        f"coach.live.{name}"
        for name in "actions apply_action ask_pain change_level playhead resume tally view".split()
    ),
    *(f"coach.exports.{name}" for name in "captions file_names formats metadata pictures.plot_data".split()),
    *(
        "coach.diary.entries",
        "coach.diary.morning",
        "coach.diary.progress",
        "coach.diary.report",
        "coach.diary.today",
        "coach.exports.riff",
        "coach.exports.tags",
        "coach.live.screen.big_letters",
    ),
}
"""Folders and modules that know nothing of the world: no file, no clock, no chance, no machine."""

PURE_IMPORTS = {
    *"abc base64 bisect collections csv dataclasses difflib enum fractions functools hashlib html".split(),
    *"itertools json math numbers operator re string struct textwrap types typing unicodedata zlib".split(),
    *("contextlib.suppress", "io.StringIO", "io.BytesIO"),
    *("datetime.date", "datetime.datetime", "datetime.timedelta", "datetime.timezone", "datetime.UTC"),
    "importlib.import_module",  # a language's module, by the name of the language
    "numpy",
}
"""All that a pure module may import, but for other pure modules."""

WORLD = {
    *(f"builtins.{name}" for name in "open input print breakpoint exec eval compile __import__".split()),
    *("builtins.hash", "builtins.id"),  # another in every process
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
    *("?.now", "?.utcnow", "?.today"),
    *(
        f"numpy.{name}"
        for name in "random load save savez loadtxt savetxt genfromtxt fromfile memmap".split()
    ),
    *("?.tofile", "?.read_text", "?.read_bytes", "?.write_text", "?.write_bytes"),
    *("time", "os", "random", "sys", "pathlib"),
}
"""What a pure module may not use, whatever it calls it: files, clocks, chance, the process."""

OUTPUT = {
    *(f"builtins.{name}" for name in "print input exit quit".split()),
    *("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__", "sys.exit", "os._exit", "os.abort"),
    *("typer", "click", "rich.print", "rich.live", "rich.progress", "warnings", "logging"),
    *("?.print", "traceback.print_exc", "traceback.print_exception"),
}
"""What prints or ends the process; so does ``raise SystemExit``."""

OUTPUT_OF: Mapping[str, set[str]] = {
    "coach.__main__": {"raise SystemExit"},
    "coach.stderr": {"sys.stderr"},
    "coach.voices.worker": {"os._exit"},
    "coach.voices.espeak_worker": {"os._exit"},
    "coach.live.screen.screen": {"sys.stdout", "?.print"},
}
"""Who else than the command line may print or exit, and with what: child processes end themselves."""


def room(module: str) -> str:
    return module.split(".")[1]


def floor(name: str) -> int:
    return next(i for i, rooms in enumerate(FLOORS) if name in rooms)


def inside() -> Iterator[Module]:
    """Every module but the face of the package itself."""
    return (module for module in MODULES.values() if module.name != "coach")


@cache
def arrows(module: Module, *, for_types: bool = True) -> frozenset[str]:
    """The modules of coach that a module imports, but for itself and the package."""
    return frozenset(imported_modules(module.tree, MODULES, for_types=for_types) - {"coach", module.name})


# What is held against every module


def wrong_floors(name: str, targets: Iterable[str]) -> list[str]:
    """Imports from a room's own floor, or from one above."""
    return [
        f"{name} imports {target}"
        for target in targets
        if room(target) != room(name) and floor(room(target)) >= floor(room(name))
    ]


def past_faces(name: str, targets: Iterable[str], faces: Mapping[str, Iterable[str]]) -> list[str]:
    """Imports of what a folder does not list in its ``__all__``."""
    return [
        f"{name} imports {target}: {folder} does not list {entered!r}"
        for target in targets
        for folder, entered in doors(name, target)
        if entered not in faces.get(folder, ())
    ]


def impurities(tree: ast.Module) -> list[str]:
    """What a module has of the world: imports that are not allowed, and uses of what is."""
    imported = [
        f"imports {name}"
        for name in imports(tree)
        if not is_within(name, PURE | PURE_IMPORTS | {"coach"}) or is_within(name, WORLD)
    ]
    return imported + [f"line {line}: {name}" for line, name in uses(tree) if is_within(name, WORLD)]


def output(tree: ast.Module) -> set[str]:
    """What a module has that prints or exits."""
    found = {name for _, name in uses(tree)} | set(imports(tree))
    raised = {
        "raise SystemExit"
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None and "SystemExit" in ast.unparse(node.exc)
    }
    return {root for root in OUTPUT for name in found if is_within(name, {root})} | raised


# The package as it is


def test_no_room_imports_from_its_own_floor_or_one_above() -> None:
    assert [fault for module in inside() for fault in wrong_floors(module.name, arrows(module))] == []


def test_nothing_is_imported_past_the_face_of_a_folder() -> None:
    faces = {module.name: face(module) for module in MODULES.values() if module.is_folder}
    assert [fault for module in inside() for fault in past_faces(module.name, arrows(module), faces)] == []
    assert past_faces("coach", LIBRARY, faces) == []


def test_every_module_on_a_face_is_there_and_is_imported_from_outside() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    entry_points = {
        value.partition(":")[0] for group in project["entry-points"].values() for value in group.values()
    }
    imported = {(module.name, target) for module in MODULES.values() for target in arrows(module)}
    imported |= {("pyproject.toml", target) for target in entry_points}
    imported |= {("coach", target) for target in LIBRARY}
    entered = {door for importer, target in imported for door in doors(importer, target)}
    for module in MODULES.values():
        if module.is_folder and module.name != "coach":
            listed = face(module)
            assert listed == sorted(set(listed)), module.name
            assert set(listed) == {name for folder, name in entered if folder == module.name}, module.name
            assert all(f"{module.name}.{name}" in MODULES for name in listed), module.name


def test_only_the_command_line_imports_the_library_that_the_rest_makes() -> None:
    for module in inside():
        taken = {name for name in imports(module.tree) if innermost(name, MODULES) == "coach"}
        assert room(module.name) == "cli" or taken <= {"coach.__version__"}, module.name


CLI_IMPORTS = {
    *("coach.cli", "coach.errors", "coach.session.options", "coach.text"),
    *("coach.diary.morning", "coach.exports.formats", "coach.live.speakers.player"),
}
"""Besides ``import coach``: values that the help texts need before the library is loaded."""


def test_the_command_line_does_nothing_that_the_library_does_not_offer() -> None:
    for name, module in MODULES.items():
        if is_within(name, {"coach.cli"}):
            assert [target for target in arrows(module) if not is_within(target, CLI_IMPORTS)] == [], name


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles({module.name: arrows(module, for_types=False) for module in inside()}) == []


PURE_MODULES = sorted(name for name in MODULES if is_within(name, PURE))


@pytest.mark.parametrize("name", PURE_MODULES)
def test_a_pure_module_touches_nothing_of_the_world_and_imports_pure_modules_only(name: str) -> None:
    assert impurities(MODULES[name].tree) == []
    assert [target for target in arrows(MODULES[name]) if not is_within(target, PURE)] == []


def test_every_name_that_is_said_to_be_pure_is_that_of_a_module() -> None:
    assert set(MODULES) >= PURE


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_the_command_line_and_the_screen_print_or_exit(name: str) -> None:
    if not is_within(name, {"coach.cli"}):
        assert output(MODULES[name].tree) == OUTPUT_OF.get(name, set())


# The checks themselves: each fails where it has to


def test_a_room_that_imports_its_own_floor_or_one_above_is_told() -> None:
    assert wrong_floors("coach.session.compile", ["coach.live.run"])
    assert wrong_floors("coach.live.run", ["coach.exports.write"])
    assert wrong_floors("coach.live.run", ["coach.session.compile", "coach.live.playhead"]) == []


def test_an_import_past_a_face_is_told() -> None:
    faces = {"coach.live": ["screen"], "coach.live.screen": ["screen"]}
    assert past_faces("coach.cli.app", ["coach.live.screen.screen"], faces) == []
    assert (
        past_faces("coach.live.screen.screen", ["coach.live.view", "coach.live.screen.layout"], faces) == []
    )
    assert past_faces("coach.cli.app", ["coach.live.view"], faces)
    assert past_faces("coach.live.run", ["coach.live.screen.layout"], faces)
    assert past_faces("coach.exports.write", ["coach.send.server"], faces)


@pytest.mark.parametrize(
    "source",
    [
        "import coach.session.compile",
        "from coach.session.compile import Laid",
        "from coach.session import compile",
        "def late():\n    from coach.session.compile import Laid",
        "from importlib import import_module\nimport_module('coach.session.compile')",
        "ENGINES = {'a': ('coach.session.compile', 'Laid')}",
    ],
)
def test_an_import_is_found_however_it_is_written(source: str) -> None:
    assert imported_modules(ast.parse(source), MODULES) == {"coach.session.compile"}


def test_an_import_for_types_alone_makes_no_circle() -> None:
    tree = ast.parse("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import coach.session.compile")
    assert imported_modules(tree, MODULES) == {"coach.session.compile"}
    assert imported_modules(tree, MODULES, for_types=False) == set()


def test_a_circle_of_three_is_found() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) == [{"a", "b", "c"}]


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "import os.path",
        "from pathlib import Path",
        "from random import random",
        "import secrets, math",
        "from io import open",
        "from contextlib import redirect_stdout",
        "def late():\n    import subprocess",
        "from datetime import datetime as d\nd.now()",
        "from datetime import datetime\nclock = datetime.now",
        "import datetime\ndatetime.date.today()",
        "from datetime import datetime\nmoment = datetime\nmoment.utcnow()",
        "def f(clock):\n    return clock.now()",
        "open('a')",
        "text = getattr(path, 'read_text')()",
        "print('a')",
        "say = print",
        "input()",
        "eval('1')",
        "__import__('time').sleep(1)",
        "hash('another in every process')",
        "import numpy as np\nnp.random.default_rng()",
        "from numpy.random import default_rng",
        "from numpy import random as chance\nchance.default_rng()",
        "import numpy\nnumpy.load('a')",
        "samples.tofile('a')",
    ],
)
def test_what_is_not_pure_is_told(source: str) -> None:
    assert impurities(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nfrom numpy.typing import NDArray\nnp.zeros(3)",
        "from datetime import date, timedelta\ndate.fromisoformat('2025-01-01') + timedelta(1)",
        "from coach.session.timeline import frames\nframes(1)",
        "class Door:\n    def open(self): ...\nDoor().open()",
    ],
)
def test_what_is_pure_is_not(source: str) -> None:
    assert impurities(ast.parse(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "print('a')",
        "def f():\n    say = print\n    say('a')",
        "import sys\nsys.stdout.write('a')",
        "import sys as s\ns.stderr.buffer.write(b'a')",
        "from sys import stdout as out\nout.write('a')",
        "import sys\ngetattr(sys, 'stdout').write('a')",
        "import typer\ntyper.echo('a')",
        "from typer import echo",
        "from rich.console import Console\nConsole().print('a')",
        "console.print('a')",
        "import traceback\ntraceback.print_exc()",
        "exit(1)",
        "quit()",
        "import sys\nsys.exit(1)",
        "from sys import exit as leave\nleave(1)",
        "import os\nos._exit(1)",
        "raise SystemExit",
        "raise SystemExit(3) from None",
        "class A:\n    def f(self):\n        raise SystemExit(3)",
    ],
)
def test_what_prints_or_exits_is_told(source: str) -> None:
    assert output(ast.parse(source))


def test_what_catches_an_exit_does_not_exit() -> None:
    assert output(ast.parse("try:\n    f()\nexcept SystemExit:\n    pass")) == set()
