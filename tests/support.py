"""What some tests need beyond what pip installs: asked for in one place, skipped with a reason, counted at the end."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from diplostate.errors import DiplostateError
from diplostate.reports import picture, strip
from diplostate.reports.question import Question

ROOT = Path(__file__).parent.parent


def _folder(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _package(name: str) -> str | None:
    return name if importlib.util.find_spec(name) is not None else None


def _png() -> bytes | None:
    """A picture without any track: where the extra or a font is missing, there is none."""
    question = Question.of(now="2025-07-21")
    try:
        return picture.png(strip.side_by_side((), question))
    except DiplostateError:
        return None


CAPABILITIES: dict[str, tuple[Callable[[], object | None], str]] = {
    "shared": (lambda: _folder(ROOT.parent / "shared"), "no folder 'shared' with coded negotiations beside the project"),
    "png": (_png, "the extra png is not installed, or no font"),
    "libyaml": (lambda: _package("yaml._yaml"), "PyYAML was built without libyaml"),
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
        wanted = os.environ.get("DIPLOSTATE_REQUIRE", "").split(",")
        (pytest.fail if {"all", capability} & set(wanted) else pytest.skip)(f"needs {capability!r}: {reason}")
    return found


def asked() -> set[str]:
    """The capabilities that were asked for since the last call."""
    taken = set(_asked)
    _asked.clear()
    return taken
