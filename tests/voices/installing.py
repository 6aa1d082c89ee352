"""Packages that are not there, put where Python finds them."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a distribution: its modules, and its entry points as they stand in the metadata."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def installed(name: str, modules: Mapping[str, str], **engines: str) -> None:
        for module, code in modules.items():
            monkeypatch.delitem(sys.modules, module, raising=False)
            (site / f"{module}.py").write_text(code)
        about = site / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        points = "".join(f"{engine} = {target}\n" for engine, target in engines.items())
        (about / "entry_points.txt").write_text(f"[coach.voices]\n{points}")

    yield installed
    for module in [name for name, found in sys.modules.items() if _is_in(site, found)]:
        del sys.modules[module]


def _is_in(folder: Path, module: object) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(str(folder))
