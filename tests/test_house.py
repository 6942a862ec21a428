"""The house keeps its order: imports only go down its floors, and no room imports in a circle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "diplostate"
FLOORS = ("__main__", "cli", "wiring", "reports", "simulation", "replay", "codings", "ledger", "talks", "errors", "_version")
"""From the top floor to the ground; ``testing`` stands beside the house and may use all of it below ``cli``."""


def _modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _name(path: Path) -> str:
    parts = ("diplostate", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, wherever in it the import stands."""
    known = {_name(module) for module in _modules()}
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else str(node.module) for name in names}
    return {name for name in found if name.split(".")[0] == "diplostate"}


def _floor(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", _modules(), ids=lambda path: _name(path))
def test_imports_only_go_down(path):
    """A module imports from its own floor and from those below; the package's own face imports only when asked."""
    here = _floor(_name(path))
    if here == "" or here == "testing":
        assert "cli" not in {_floor(name) for name in _imports(path)}
        return
    allowed = {"", *FLOORS[FLOORS.index(here) :]}

    assert {_floor(name) for name in _imports(path)} <= allowed


def test_every_module_stands_on_a_floor():
    """A new room must be given its place in the list above."""
    assert {_floor(_name(path)) for path in _modules()} <= {"", "testing", *FLOORS}


def test_no_room_imports_in_a_circle():
    """Modules can be read one after the other, each after what it needs."""
    rest = {_name(path): _imports(path) - {_name(path), "diplostate"} for path in _modules() if _name(path) != "diplostate"}
    while rest:
        free = [name for name, needs in rest.items() if not needs & rest.keys()]
        assert free, f"these import each other in a circle: {sorted(rest)}"
        for name in free:
            del rest[name]


def test_every_module_says_what_it_is_for():
    """The first line of a module is one sentence."""
    silent = [_name(path) for path in _modules() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]

    assert silent == []
