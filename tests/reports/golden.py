"""Texts that reports are expected to come to, each in a file: to be read like a page of the manual."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def golden(name: str, text: str) -> None:
    """Expect this text; with DIPLOSTATE_GOLDEN=write it becomes what is expected, for a person to read the difference."""
    file = FOLDER / name
    if os.environ.get("DIPLOSTATE_GOLDEN") == "write":
        file.write_bytes(text.encode())
    assert text == file.read_bytes().decode(), f"{name} has changed: read it, then run with DIPLOSTATE_GOLDEN=write"
