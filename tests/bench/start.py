"""Starting: the whole process of ``diplostate status`` into a pipe, beside a bare script of click and sqlite3."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tests.bench.common import events, fill, measure

_BARE = """
import json, sqlite3
import click

@click.command()
@click.argument("path")
def main(path):
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT e.track, p.text FROM events e JOIN projections p ON p.track = e.track WHERE e.version = 1 ORDER BY e.position"
    )
    for track, text in rows:
        status = json.loads(text)["official"]
        click.echo(f"{track} {status.get('phase', 'IDLE')} {status.get('since', '')}")

main()
"""
"""The same query, and the least that can be shown of its answer."""
TIMES = 5


def _run(command: Sequence[str], env: Mapping[str, str]) -> int:
    for _ in range(TIMES):
        subprocess.run(command, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env)
    return TIMES


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "talks.sqlite"
        fill(path, events(200, tracks=10)).close()
        commands = {
            "click and sqlite3, a bare script": [sys.executable, "-c", _BARE, str(path)],
            "diplostate status, piped": [sys.executable, "-m", "diplostate", "status", "--ledger", str(path)],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        # Compiled once, as what is installed is.
        env = {**os.environ, "PYTHONPYCACHEPREFIX": name, "PYTHONDONTWRITEBYTECODE": ""}
        runs: dict[str, Callable[[], int]] = {what: partial(_run, command, env) for what, command in commands.items()}
        measure("start, processes per second, 10 tracks", runs, rounds=9)


if __name__ == "__main__":
    main()
