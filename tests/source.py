"""Read Python source as syntax trees: what a module imports, and which functions of the world it uses."""

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a package: its dotted name and its syntax tree."""

    name: str
    tree: ast.Module
    is_folder: bool = False


def modules(package: Path) -> dict[str, Module]:
    """Every module below a package's folder, by its dotted name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        is_folder = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_folder else parts)
        found[name] = Module(name, ast.parse(path.read_text("utf-8")), is_folder)
    return found


def imports(tree: ast.Module, *, for_types: bool = True) -> Iterator[str]:
    """Every dotted name that is imported anywhere in a tree, within functions too, also by ``import_module``.

    ``from a import b`` gives ``a.b``: whether that is a module is known to the caller. With ``for_types``
    off, imports beneath ``if TYPE_CHECKING:`` are left out.
    """
    skipped: set[ast.AST] = set()
    if not for_types:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) in TYPE_CHECKING:
                skipped.update(each for line in node.body for each in ast.walk(line))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                root = "coach." if node.level else ""  # as in the package's stub, and nowhere else
                yield from (f"{root}{node.module}.{alias.name}" for alias in node.names)
            case ast.Constant(value=str(text)) if text.startswith("coach."):
                yield text.replace(":", ".")  # for import_module, or an entry point


def imported_modules(tree: ast.Module, known: Collection[str], *, for_types: bool = True) -> set[str]:
    """Those of the known modules that a tree imports; an import of a module's member is one of the module."""
    return {
        module
        for name in imports(tree, for_types=for_types)
        if (module := innermost(name, known)) is not None
    }


def innermost(name: str, known: Collection[str]) -> str | None:
    """The known module that a dotted name is, or is a member of."""
    while name:
        if name in known:
            return name
        name = name.rpartition(".")[0]
    return None


def doors(importer: str, imported: str) -> Iterator[tuple[str, str]]:
    """The folders that an import enters from outside, each with the name that its face must list.

    >>> list(doors("coach.cli.app", "coach.live.screen.rows"))
    [('coach.live', 'screen'), ('coach.live.screen', 'rows')]
    >>> list(doors("coach.live.run", "coach.live.screen.rows"))
    [('coach.live.screen', 'rows')]
    >>> list(doors("coach.live.run", "coach.live.playhead"))
    []
    """
    parts = imported.split(".")
    for count in range(2, len(parts)):
        folder = ".".join(parts[:count])
        if not f"{importer}.".startswith(f"{folder}."):
            yield folder, parts[count]


def face(module: Module) -> list[str]:
    """The names in ``__all__``, in order."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elements)):
                return [str(ast.literal_eval(element)) for element in elements]
    return []


def circles(arrows: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """Groups of nodes that reach each other, each with more than one node or an arrow to itself.

    >>> circles({"a": ["b"], "b": ["a", "c"], "c": []}) == [{"a", "b"}]
    True
    """

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(arrows.get(start, ()))
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += arrows.get(node, ())
        return seen

    reach = {node: reached(node) for node in arrows}
    found: list[set[str]] = []
    for node, nodes in reach.items():
        if node in nodes and not any(node in circle for circle in found):
            found.append({other for other in nodes if node in reach.get(other, ())})
    return found


def uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything that a tree names, whatever it is called there.

    ``from datetime import datetime as d; d.now()`` uses ``datetime.datetime.now``; a built-in function
    ``open`` is ``builtins.open``; a member of a value that is not known is ``?.now``.
    """
    origins = _imported_as(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in origins:
                origin = _dotted(value, origins)  # clock = datetime
                if origin is not None and not origin.startswith("?"):
                    origins[name] = origin
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (used := _dotted(node, origins)) is not None:
            yield node.lineno, used


def _dotted(node: ast.AST, origins: Mapping[str, str]) -> str | None:
    """The full name of what an expression names, or None where it names nothing."""
    match node:
        case ast.Name(id=name):
            return origins.get(name) or (f"builtins.{name}" if hasattr(builtins, name) else None)
        case (
            ast.Attribute(value=value, attr=name)
            | ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(name)), *_])
        ):
            origin = _dotted(value, origins)
            return f"?.{name}" if origin is None or origin.startswith("?") else f"{origin}.{name}"
    return None


def _imported_as(tree: ast.Module) -> dict[str, str]:
    """The full dotted name of everything imported, by the name that it has in the tree."""
    origins = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    top = alias.name.partition(".")[0]
                    origins[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(module=module, names=aliases):
                origins |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in aliases}
    return origins


def is_within(name: str, roots: Iterable[str]) -> bool:
    """Whether a dotted name is one of the roots or lies beneath one.

    >>> is_within("sys.stdout.buffer", ["sys.stdout"]), is_within("sys.stdouts", ["sys.stdout"])
    (True, False)
    """
    return any(f"{name}.".startswith(f"{root}.") for root in roots)
