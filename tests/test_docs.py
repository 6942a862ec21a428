"""Every example in the README and in docs/ runs, and prints what it says it prints."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import require
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser

from diplostate.reports.words import day_words, unglued

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def _run_console(example: Example) -> None:
    """Run each ``$`` line of a console block and compare what it prints with the lines below it.

    It has to succeed, unless ``$ echo $?`` follows and shows its exit code.
    """
    commands = _commands(str(example.parsed))
    for (command, expected), (after, shown) in zip(commands, [*commands[1:], ("", "")], strict=True):
        if command == "echo $?":
            continue
        words = shlex.split(command, comments=True)
        status = int(shown) if after == "echo $?" else 0
        assert words[0] == "diplostate", f"only diplostate runs in console blocks, not {command!r}"
        done = subprocess.run(
            [sys.executable, "-m", "diplostate", *words[1:]],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
            check=False,
        )
        printed = done.stdout + done.stderr
        assert (done.returncode, _trimmed(printed)) == (status, _trimmed(expected)), f"{command}\n{printed}"


def _commands(text: str) -> list[tuple[str, str]]:
    """The commands of a block (a trailing ``\\`` continues one), each with the output shown below it."""
    commands: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], ""))
        elif commands and commands[-1][0].endswith("\\"):
            commands[-1] = (commands[-1][0][:-1] + line.lstrip(), "")
        else:
            commands[-1] = (commands[-1][0], commands[-1][1] + line + "\n")
    return commands


def _trimmed(text: str) -> str:
    """Without trailing space, and with what is new each time left open: ids (UUIDv7), times of sealing, today."""
    made_up = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=sealed at )[-0-9T:]+Z")
    today = unglued(day_words(datetime.now(UTC).date()))
    return "\n".join(made_up.sub("…", line).replace(today, "…").rstrip() for line in text.strip().splitlines())


def _write_file(example: Example) -> None:
    """A block whose first line is ``# file: NAME`` is written down for the examples that follow it."""
    first, _, rest = str(example.parsed).partition("\n")
    if first.startswith("# file: "):
        Path(first.removeprefix("# file: ").strip()).write_text(rest, "utf-8")


NEEDS = {"how-to/look-ahead.md": "numpy", "how-to/replay-a-billion-events.md": "numba"}
"""What the examples of some pages need beyond what pip installs."""

SYBIL = Sybil(parsers=[PythonCodeBlockParser(), CodeBlockParser("console", _run_console), CodeBlockParser("yaml", _write_file)])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_run(page, tmp_path, monkeypatch):
    """Each page starts in a folder of its own that holds the seeds, and nothing else."""
    for name, capability in NEEDS.items():
        if page == ROOT / "docs" / name:
            require(capability)
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DIPLOSTATE_")]:
        monkeypatch.delenv(name)
    document: Document = SYBIL.parse(page)
    for example in document.examples():
        example.evaluate()


def test_the_documentation_builds_without_a_warning(tmp_path):
    """Every link leads somewhere, every page is in a table of contents, every docstring reads as it is meant."""
    require("sphinx")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(ROOT / "docs"), str(tmp_path)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
