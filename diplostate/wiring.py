"""From a URL to a ledger: the one place that names the stores."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from diplostate.errors import LedgerError
from diplostate.ledger.protocol import Ledger

_LOGS = (".yaml", ".yml", ".jsonl")
_SQLITE = (".sqlite", ".sqlite3", ".db")
_POSTGRES = ("postgresql://", "postgres://")
_HYPOTHETICAL = "hypothetical:"
_SCHEMES = ("memory:", "sqlite:", "postgresql:", _HYPOTHETICAL)
_KNOWN = (
    "a folder of log files or one of them (.yaml, .yml, .jsonl), a SQLite file (.sqlite, .sqlite3, .db, or sqlite:PATH), "
    "postgresql://..., or memory:"
)


def open(  # noqa: A001  # it is known as diplostate.open
    url: str | os.PathLike[str],
    *,
    create: bool = True,
    clock: Callable[[], datetime] | None = None,
    new_id: Callable[[], str] | None = None,
) -> Ledger:
    """The ledger at a URL or path.

    ``memory:`` is a new one in memory. ``sqlite:PATH``, or a path that ends in .sqlite, .sqlite3 or .db, is a SQLite file;
    ``sqlite:PATH?synchronous=normal`` writes faster, but a power cut may take the last events.
    ``postgresql://USER@HOST:PORT/DATABASE?schema=NAME`` is a schema of a PostgreSQL database (extra ``postgres``; the schema is
    diplostate where none is named). A folder, or a path that ends in .yaml, .yml or .jsonl, is read as log files, and can only
    be read.

    ``hypothetical:`` before any of these opens it as a ledger that may also hold events that are marked as hypothetical, those
    of a branch or of a simulation; else they are refused, in log files and by `Ledger.append`.

    With ``create``, a SQLite file that is not there is made (its folder is not), and so are the tables in a database; without,
    it is an error, and nothing is left behind: so do commands that only read. ``clock`` gives the time as an aware datetime,
    ``new_id`` an id that no event has (default: a UUIDv7). Raises `LedgerError`, `MissingExtra`, and `InvalidLog` for log
    files with faults.
    """
    text = os.fspath(url)
    own: dict[str, Any] = {name: given for name, given in (("clock", clock), ("new_id", new_id)) if given is not None}
    if "\0" in text:
        raise LedgerError(f"{text!r} is no path: it holds a NUL character")
    if is_hypothetical(text):
        from diplostate.ledger.projector import StatusProjector

        text, own["projector"] = text.removeprefix(_HYPOTHETICAL), StatusProjector(hypothetical=True)
    if text == "memory:":
        from diplostate.ledger.memory import MemoryLedger

        return MemoryLedger(**own)
    if text.startswith(_POSTGRES):
        from diplostate.ledger.postgres import PostgresLedger

        return PostgresLedger(text, create=create, **own)
    path = Path(text)
    if text.startswith("sqlite:") or (path.suffix in _SQLITE and not path.is_dir()):
        from diplostate.ledger.sqlite import SqliteLedger

        return SqliteLedger(**_sqlite(text), create=create, **own)
    if path.suffix in _LOGS or path.is_dir():
        from diplostate.ledger.folder import open_logs

        return open_logs(path, hypothetical="projector" in own)
    raise LedgerError(_unknown(text, path))


def is_hypothetical(url: str | os.PathLike[str]) -> bool:
    """Whether a URL opens a ledger that may hold hypothetical events."""
    return os.fspath(url).startswith(_HYPOTHETICAL)


def _sqlite(text: str) -> dict[str, Any]:
    """The path, and the one option that a URL may bring."""
    if not text.startswith("sqlite:"):
        return {"path": text}
    path, _, options = text.removeprefix("sqlite:").partition("?")
    if not path:
        raise LedgerError(f"{text!r} names no file: write sqlite:PATH")
    name, _, value = options.partition("=")
    if name not in ("", "synchronous"):
        raise LedgerError(f"{text!r} has an option {name!r} that nobody knows: write ?synchronous=full or ?synchronous=normal")
    return {"path": path, **({name: value} if name else {})}


def _unknown(text: str, path: Path) -> str:
    text = re.sub("(?<=://).*@", "***@", text)  # who may log in, and with which password
    if path.exists():
        return f"{text!r} is no ledger by its name: open {_KNOWN}"
    near = difflib.get_close_matches(text.partition(":")[0] + ":", _SCHEMES, n=1) if ":" in text else []
    hint = f"; did you mean {near[0] + text.partition(':')[2]!r}?" if near else ""
    return f"nothing at {text!r}: check the path, or open {_KNOWN}{hint}"
