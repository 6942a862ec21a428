"""Files that are there whole or not at all: written under another name, which they lose when they are done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from diplostate.errors import LedgerError

T = TypeVar("T")


def write_file(path: Path, pieces: Iterable[str | bytes], *, overwrite: bool = False) -> None:
    """Write a file whole or not at all; what is there already is only replaced with ``overwrite``.

    Raises `LedgerError` where it cannot be written.
    """

    def make(part: Path) -> None:
        with part.open("xb") as stream:
            stream.writelines(piece.encode() if isinstance(piece, str) else piece for piece in pieces)
            stream.flush()
            os.fsync(stream.fileno())

    make_file(path, make, overwrite=overwrite)


def make_file(path: Path, make: Callable[[Path], T], *, overwrite: bool = False) -> T:
    """What ``make`` returns, which is to make the file under the name that it is given; raises as `write_file` does."""
    if not overwrite:
        refuse_existing(path)
    part = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        made = make(part)
        _put(part, path, overwrite)
    except OSError as error:
        raise LedgerError(f"{path} cannot be written ({error.strerror}): check the folder and its permissions") from error
    finally:
        part.unlink(missing_ok=True)
    return made


def _put(part: Path, path: Path, overwrite: bool) -> None:
    """Give a file that is written its name, in one step."""
    if not overwrite:
        # Another process may have written there in the meantime: a link, unlike a renaming, refuses what is there.
        try:
            path.hardlink_to(part)
            return
        except OSError:
            refuse_existing(path)  # else this is a file system without links
    part.replace(path)


def refuse_existing(path: Path) -> None:
    """Raise `LedgerError` where something is there already."""
    if path.exists():
        raise LedgerError(f"{path} is there already, and stays as it is: choose another name, or say --overwrite")
